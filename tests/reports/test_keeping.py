"""`quiet`, `give` and `five`: who goes silent, whether giving comes first, and the five; rule by rule."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaintextcrm.core.plainlog import PlainLog
from plaintextcrm.core.reports.keeping import _paces
from plaintextcrm.core.reports.kept import contact_days
from plaintextcrm.core.settings import Me, Settings
from tests.make import TODAY, contact
from tests.reports.people import ids, network, row, told

LAW = settings(deadline=None, database=None, derandomize=True)
DAYS = st.integers(-40, 900).map(lambda ago: TODAY - timedelta(ago)) | st.integers(0, 20).map(lambda ago: TODAY - timedelta(7 * ago))
KINDS = st.sampled_from(["call", "lunch", "email", "note", "gave", "asked", "gift", "referral-in", "handover", "skip"])
TEXTS = st.sampled_from(["Words", "With [[Cleo]]", "With [[bob]]", "About it", "To [[Bob Lee|him]]"])
FIELDS = st.sampled_from(["", "", " [dir:: in]", " [touch:: no]", " [value:: 12.5]", " [minutes:: 45]", " [reached:: no]"])
LOGS = st.lists(st.builds(lambda on, *words: f"- {on} {words[0]}: {words[1]}{words[2]}", DAYS, KINDS, TEXTS, FIELDS), max_size=14)

# --- quiet: who matters and is going silent ------------------------------------------------------------------------


def test_somebody_of_the_highest_tier_is_quiet_from_the_first_day_past_the_rhythm():
    on_the_day = contact("tier: A", "- 2026-10-21 call")
    a_day_late = contact("tier: A", "- 2026-10-20 call", id="bob")
    assert ids(told("quiet", on_the_day, a_day_late)) == ["bob"]


@pytest.mark.parametrize("key", ["coi: true", "five: now", "five: next"])
def test_centres_of_influence_and_the_five_matter_in_any_tier(key):
    found = told("quiet", contact("tier: B", key, "- 2026-08-01 call"), contact("tier: B", "- 2026-08-01 call", id="bob"))
    assert ids(found) == ["ada"]


def test_what_makes_somebody_matter_is_said():
    ada = contact("name: Ada", "tier: A", "coi: true", "five: now, next", "- 2026-08-01 call")
    assert row(told("quiet", ada), "ada")["matters"] == ("A", "COI", "five now", "five next")


def test_anybody_is_quiet_after_six_months_and_not_on_the_day():
    assert ids(told("quiet", contact("- 2026-05-21 call"), contact("- 2026-05-20 call", id="bob"))) == ["bob"]


def test_a_longer_rhythm_of_ones_own_is_still_shown_and_counted_as_such():
    found = told("quiet", contact("cadence: yearly", "- 2026-01-10 call"))
    assert ids(found) == ["ada"]
    assert "1 of them within a longer rhythm of your own" in " ".join(found.sentences)


def test_who_matters_and_keeps_a_longer_rhythm_is_not_said_to_be_quieter_than_meant():
    found = told(
        "quiet",
        contact("name: Ada", "coi: true", "cadence: yearly", "- 2026-03-01 call"),
        contact("coi: true", "- 2026-11-20 call", id="bob"),
    )
    assert ids(found) == ["ada"]
    assert "quieter than meant" not in " ".join(found.sentences)


def test_those_who_matter_stand_first_and_then_the_score_decides():
    monthly = contact("tier: A", "- 2026-09-21 call", id="monthly")
    late = contact("tier: A", "- 2026-06-21 call", id="late")
    yearly = contact("cadence: yearly", "- 2024-01-10 call", id="yearly")
    on_file = contact("- 2020-01-10 call", id="on-file")
    earlier = contact("- 2019-01-10 call", id="earlier")
    assert ids(told("quiet", on_file, earlier, yearly, late, monthly)) == ["late", "monthly", "yearly", "earlier", "on-file"]


def test_somebody_without_any_contact_is_not_silent_but_named():
    found = told("quiet", contact("name: Ingrid", "five: next"))
    assert ids(found) == []
    assert "Ingrid matters too, and there was no contact yet." in found.sentences


@pytest.mark.parametrize("key", ["status: archived", "status: deceased", "do_not_contact: true"])
def test_who_is_gone_is_not_quiet(key):
    assert ids(told("quiet", contact("tier: A", key, "- 2020-01-01 call"))) == []


@pytest.mark.parametrize("key", ["snooze_until: 2027-01-01", "paused: true", "paused: 2027-01-01"])
def test_who_rests_is_left_out_and_counted(key):
    found = told("quiet", contact("tier: A", key, "- 2020-01-01 call"), contact("tier: A", "- 2020-01-01 call", id="bob"))
    assert ids(found) == ["bob"]
    assert "One person rests, snoozed or paused by you, and is not counted." in found.tables[0].sentence


def test_a_last_contact_counts_and_a_plan_does_not():
    told_so = contact("tier: A", "last_contact: 2026-11-20", "- 2026-01-01 call")
    planned = contact("tier: A", "- 2026-01-01 call: Hello", "- 2026-12-01 lunch", id="bob")
    found = told("quiet", told_so, planned)
    assert ids(found) == ["bob"]
    assert row(found, "bob")["said"] == "call: Hello"


def test_how_many_are_quiet_is_said_of_one_and_of_several():
    ada, bob = contact("name: Ada", "tier: A", "- 2026-08-01 call"), contact("name: Bob", "tier: A", "- 2026-08-02 call", id="bob")
    cleo = contact("name: Cleo", "tier: A", "- 2026-11-20 call", id="cleo")
    assert told("quiet", ada).sentences == ("Ada, who matters most, is quieter than meant.",)
    assert told("quiet", ada, cleo).sentences == ("Of 2 people who matter most, 1 is quieter than meant: Ada.",)
    assert told("quiet", ada, bob, cleo).sentences == ("Of 3 people who matter most, 2 are quieter than meant: Ada and Bob.",)


def test_all_kept_is_said_kindly():
    found = told("quiet", contact("name: Ada", "tier: A", "- 2026-11-20 call"))
    assert found.sentences == ("Ada, who matters most, was heard from in time.",)
    assert found.steps[-1].command == "ptcrm due --within 2w"


# --- quiet: rhythms ------------------------------------------------------------------------------------------------

EVERY_THREE_WEEKS = ("- 2026-07-21 call", "- 2026-08-11 call", "- 2026-09-01 call", "- 2026-09-22 call: Nights from October")


def test_a_rhythm_that_broke_is_seen_though_the_tier_is_content():
    found = told("quiet", contact("name: Priya", "tier: B", *EVERY_THREE_WEEKS))
    assert ids(found) == []
    assert row(found, "ada", 2)["used"] == "every 3 weeks"
    assert row(found, "ada", 2)["days"] == 60
    assert found.steps[0].command == 'ptcrm set ada "cadence=3 weeks"'


@pytest.mark.parametrize(("gap", "words"), [(13, "2 weeks"), (20, "3 weeks"), (25, "4 weeks"), (58, "2 months"), (11, "11 days")])
def test_the_rhythm_that_broke_is_told_as_the_command_writes_it(gap, words):
    last = date(2026, 11, 21) - timedelta(3 * gap)
    found = told("quiet", contact("name: Priya", *(f"- {last - timedelta(gap * back)} call" for back in range(4))))
    assert row(found, "ada", 2)["used"] == f"every {words}"
    assert found.tables[1].sentence.startswith(f"Priya used to be in touch every {words}, and has been quiet for ")
    assert (found.steps[0].words, found.steps[0].command) == (
        f"If every {words} is what Priya and you want, write it down:", f'ptcrm set ada "cadence={words}"',
    )  # fmt: skip


def test_a_rhythm_is_not_broken_where_last_contact_knows_better():
    assert ids(told("quiet", contact("tier: B", "last_contact: 2026-11-01", *EVERY_THREE_WEEKS)), 2) == []


def test_who_is_silent_for_very_long_has_no_rhythm_any_more():
    assert ids(told("quiet", contact("tier: B", *EVERY_THREE_WEEKS), today="2027-11-21"), 2) == []


def test_the_rhythm_that_broke_most_stands_first():
    weekly = contact("- 2026-08-28 call", "- 2026-09-04 call", "- 2026-09-11 call", "- 2026-09-18 call", id="weekly")
    assert ids(told("quiet", contact(*EVERY_THREE_WEEKS), weekly), 2) == ["weekly", "ada"]


FORTNIGHTLY = ("- 2026-09-17 event", "- 2026-10-01 event", "- 2026-10-15 event", "- 2026-10-29 event", "- 2026-11-12 event")


def test_who_is_seen_twice_as_often_as_planned_gets_the_line_to_change():
    found = told("quiet", contact("tier: B", *FORTNIGHTLY))
    assert row(found, "ada", 3)["write"] == "cadence: 2 weeks"
    assert found.steps[0].command == 'ptcrm set ada "cadence=2 weeks"'


def test_somewhat_more_often_than_planned_is_what_was_planned():
    fortnights = [f"- 2026-{day} call" for day in ("09-12", "09-26", "10-10", "10-24", "11-07")]
    found = told("quiet", contact("cadence: 4 weeks", *fortnights, id="half"), contact("cadence: 27 days", *fortnights, id="more"))
    assert ids(found, 3) == ["half"]


def test_four_gaps_are_needed_to_speak_of_a_rhythm_of_ones_own():
    assert ids(told("quiet", contact("tier: B", *FORTNIGHTLY[1:])), 3) == []


def test_who_was_seen_often_and_no_longer_is_does_not_count_as_seen_more():
    assert ids(told("quiet", contact("tier: B", *FORTNIGHTLY), today="2027-11-21"), 3) == []


# --- quiet: old strong ties ----------------------------------------------------------------------------------------


@LAW
@given(LOGS)
def test_what_days_alone_tell_is_what_the_entries_say(lines):
    one = network(contact(*lines)).everybody[0]
    assert [date.fromordinal(day) for day in contact_days(one)] == sorted({entry.on for entry in one.outline})
    assert one.facts.days[: len(one.bones)] == [entry.on.toordinal() for entry in one.bones]
    found = one.numbers
    paced = [(pace.gap, pace.gaps, pace.silence) for pace in _paces([one])]
    assert paced == ([(found.gap, found.gaps, found.silence)] if found.gap else [])


@LAW
@given(LOGS, LOGS, st.sampled_from(["quiet", "give", "load", "new", "tidy", "year"]))
def test_a_report_of_plain_logs_is_that_of_their_entries(lines, others, name):
    ada, bob = contact("name: Ada", "tier: A", *lines), contact("name: Bob Lee", *others, id="bob")
    assert all(isinstance(one.interactions, PlainLog) or not one.interactions for one in (ada, bob))
    whole = (one._replace(interactions=tuple(one.interactions)) for one in (ada, bob))
    assert told(name, ada, bob) == told(name, *whole)


def test_ten_days_with_contact_and_a_year_of_silence_make_an_old_strong_tie():
    letters = [f"- 20{year}-06-01 letter" for year in range(10, 20)]
    assert ids(told("quiet", contact(*letters), contact(*letters[1:], id="nine")), 4) == ["ada"]


def test_two_letters_of_one_day_are_one_day():
    assert ids(told("quiet", contact(*[f"- 20{year}-06-01 letter" for year in range(10, 19)], "- 2018-06-01 letter: Again")), 4) == []


def test_a_strength_above_sixty_at_its_best_is_enough():
    three_meetings = ("- 2024-05-01 lunch", "- 2024-05-08 lunch", "- 2024-05-15 lunch")
    found = told("quiet", contact("met: 2020-05-15", *three_meetings), contact(*three_meetings[1:], id="bob"))
    assert ids(found, 4) == ["ada"]
    assert row(found, "ada", 4)["known"] == "6 years"


def test_three_calls_in_a_fortnight_are_just_strong_enough_and_with_a_letter_for_one_they_are_not():
    calls = ("- 2024-05-01 call", "- 2024-05-08 call", "- 2024-05-15 call")
    found = told("quiet", contact(*calls), contact(*calls[:2], "- 2024-05-15 letter", id="bob"))
    assert [(line["id"], line["best_strength"]) for line in found.tables[3].rows] == [("ada", 62)]


def test_a_year_to_the_day_is_silence_enough():
    letters = [f"- 20{year}-06-01 letter" for year in range(10, 20)]
    assert ids(told("quiet", contact(*letters, "- 2025-11-21 card")), 4) == ["ada"]
    assert ids(told("quiet", contact(*letters, "- 2025-11-22 card")), 4) == []


def test_letters_of_1885_are_as_real_as_any():
    found = told("quiet", contact("tier: A", "- 1885-03-01 letter"), today="1886-01-01")
    assert row(found, "ada")["quiet"] == "10 months"


# --- give ----------------------------------------------------------------------------------------------------------


def test_who_was_asked_more_than_given_is_listed():
    ada = contact("- 2026-01-01 asked: For a name.", "- 2026-02-01 asked: For another.", "- 2025-01-01 gave: A lift.")
    assert row(told("give", ada), "ada")["asked"] == 2
    assert row(told("give", ada), "ada")["about"] == "For another."


@pytest.mark.parametrize("kind", ["gave", "offered", "introduced", "referral-out", "gift", "referred"])
def test_each_way_of_giving_is_one(kind):
    assert ids(told("give", contact("- 2026-01-01 asked: Help.", f"- 2026-02-01 {kind}: Something."))) == []


@pytest.mark.parametrize("line", ["got: Honey.", "referral-in: Bob.", "gift: Theirs. [dir:: in]", "email: Hello."])
def test_what_came_from_them_is_no_giving_of_ours(line):
    assert ids(told("give", contact("- 2026-01-01 asked: Help.", f"- 2026-02-01 {line}"))) == ["ada"]


def test_what_they_asked_of_us_is_no_asking_of_ours():
    assert ids(told("give", contact("- 2026-01-01 asked: For my time. [dir:: in]"))) == []


def test_asking_planned_for_later_does_not_count():
    assert ids(told("give", contact("- 2026-12-01 asked: Help."))) == []


def test_what_would_help_is_what_somebody_else_offers():
    yuki = contact("name: Yuki", "needs: [a quiet room, a desk in Porto]", "- 2026-06-03 asked: To read our lease", id="yuki")
    bob = contact("name: Bob", "offers: [a desk in Porto]", id="bob")
    assert row(told("give", yuki, bob), "yuki")["help"] == "a desk in Porto: Bob offers it"
    assert row(told("give", yuki), "yuki")["help"] == "a quiet room"


def test_an_occasion_in_two_files_is_given_once_to_two_people():
    ines = contact("- 2026-10-11 introduced: Her to Otto. ^p1an0b", id="ines")
    otto = contact("- 2026-10-11 introduced: Him to Ines. ^p1an0b", id="otto")
    found = told("give", ines, otto)
    assert found.sentences == (
        "In the last twelve months you gave or offered once, to 2 people, and asked for nothing: giving comes first.",
    )
    assert ids(found, 2) == ["ines", "otto"]


def test_two_gifts_of_one_day_are_two():
    found = told("give", contact("- 2026-10-11 gave: A pen.", "- 2026-10-11 gave: Ink."))
    assert "gave or offered twice, to 1 person" in found.sentences[0]


def test_given_lately_is_the_last_six_months_newest_first():
    ada = contact("- 2026-05-20 gave: Too long ago", "- 2026-05-21 gave: Just", "- 2026-11-21 gave: Today", "- 2026-11-22 gave: Not yet")
    assert [line["what"] for line in told("give", ada).tables[1].rows] == ["Today", "Just"]


def test_open_promises_are_ours_by_day_those_without_one_last():
    ada = contact(
        "- 2026-11-01 call", "  - [ ] Without a day", "  - [ ] Later [due:: 2026-12-01]", "  - [x] Done [due:: 2026-11-01]",
        "  - [ ] Theirs [due:: 2026-11-02] [waiting:: them]",
    )  # fmt: skip
    bob = contact("- 2026-11-01 call", "  - [ ] Sooner [due:: 2026-11-20] [owner:: noor]", id="bob")
    table = told("give", ada, bob).tables[2]
    assert [(line["promise"], line["number"], line["owner"]) for line in table.rows] == [
        ("Sooner", 1, "noor"), ("Later", 2, None), ("Without a day", 3, None),
    ]  # fmt: skip
    assert table.sentence == "Three promises of ours are open, 1 of them for today or before. One more waits on them."


def test_the_number_of_a_promise_is_the_one_that_done_takes():
    ada = contact(
        "- [ ] 2026-11-30 lunch: A plan",
        "- 2026-11-01 call",
        "  - [ ] Send the list [due:: 2026-11-20]",
        "  - [ ] Later [due:: 2026-12-20]",
    )
    found = told("give", ada)
    assert [(line["promise"], line["number"]) for line in found.tables[2].rows] == [("Send the list", 1), ("Later", 3)]
    assert found.steps[0].command == "ptcrm done ada 1"


def test_a_planned_lunch_is_no_promise():
    assert ids(told("give", contact("- [ ] 2026-12-04 lunch: All of us")), 3) == []


def test_who_is_gone_asks_for_nothing():
    assert ids(told("give", contact("status: archived", "- 2026-01-01 asked: Help."))) == []


# --- five ----------------------------------------------------------------------------------------------------------


def test_the_five_now_stand_before_the_next_and_the_coldest_first():
    warm = contact("name: Warm", "five: now", "tier: A", "- 2026-11-20 call", id="warm")
    cold = contact("name: Cold", "five: now", "tier: A", "- 2026-09-01 call", id="cold")
    later = contact("name: Later", "five: next", "tier: A", "- 2026-01-01 call", id="later")
    unmet = contact("name: Unmet", "five: next", id="unmet")
    found = told("five", warm, cold, later, unmet, settings=Settings(me=Me(ahead="a boat")))
    assert ids(found) == ["cold", "warm", "unmet", "later"]
    assert found.sentences == (
        "Two are named for today: Cold (cold) and Warm (warm).",
        "Two are named for what lies ahead (a boat): Unmet (not met yet) and Later (cold).",
    )


def test_somebody_may_be_one_of_the_five_now_and_next():
    found = told("five", contact("name: Ada", "five: now, next", "tier: A", "- 2026-11-20 call"))
    assert ids(found) == ["ada"]
    assert row(found, "ada")["five"] == ("now", "next")


def test_more_than_five_is_a_list():
    people = [contact(f"name: P{number}", "five: now", "- 2026-11-20 call", id=f"p{number}") for number in range(6)]
    assert told("five", *people).sentences[-1] == "More than five is a list; five is a choice."
    assert "More than five" not in " ".join(told("five", *people[1:]).sentences)


def test_nobody_named_is_a_question_and_a_command():
    found = told("five", contact("- 2026-11-20 call"))
    assert found.sentences[0].startswith("Nobody is named yet.")
    assert found.steps[-1].command == "ptcrm set WHO five=now"


def test_the_way_to_somebody_not_met_yet_begins_with_somebody_who_is():
    ingrid = contact("name: Ingrid", "five: next", id="ingrid")
    ada = contact("name: Ada", 'knows: ["[[ingrid]]"]', "tier: A", "- 2026-11-20 call", id="ada")
    found = told("five", ingrid, ada)
    assert row(found, "ingrid", 2)["path"] == "you → Ada → Ingrid"
    assert found.steps[-1].command == "ptcrm log ada asked 'An introduction to Ingrid'"


def test_where_nobody_knows_them_there_is_no_way():
    assert row(told("five", contact("name: Ingrid", "five: next")), "ada", 2)["path"] is None


def test_who_is_gone_is_not_one_of_the_five():
    assert ids(told("five", contact("five: now", "status: deceased", "- 2026-11-20 call"))) == []


def test_among_the_strongest_ties_acts_like_one_and_whoever_is_named_does_not_count():
    lunches = ("- 2026-11-01 lunch", "- 2026-11-08 lunch", "- 2026-11-15 lunch")
    ada, bob = contact("name: Ada", *lunches, id="ada"), contact("name: Bob", "five: now", *lunches, "- 2026-11-20 lunch", id="bob")
    found = told("five", ada, bob)
    assert ids(found, 3) == ["ada"]
    assert row(found, "ada", 3)["acts"] == ("one of the five strongest ties",)


def test_the_sixth_strongest_tie_does_not_act_like_one_of_the_five():
    lunches = ["- 2026-11-01 call", "- 2026-11-08 call", "- 2026-11-15 call"]
    people = [contact(*lunches, *["- 2026-11-20 call"] * (number < 5), id=f"p{number}") for number in range(6)]
    assert ids(told("five", *people), 3) == ["p0", "p1", "p2", "p3", "p4"]


def test_who_sent_two_people_acts_like_one_and_who_sent_one_does_not():
    two = contact("- 2020-01-01 referral-in: A widow.", "- 2021-01-01 referral-in: Her cousin.", id="two")
    one = contact("- 2020-01-01 referral-in: A widow.", id="one")
    found = told("five", two, one)
    assert ids(found, 3) == ["two"]
    assert row(found, "two", 3)["acts"] == ("sent us 2 people",)


def test_all_well_with_the_five_still_ends_in_something_to_do():
    found = told("five", contact("name: Ada", "five: now, next", "tier: A", "- 2026-11-20 call"))
    assert [step.command for step in found.steps] == ["ptcrm show ada"]


# --- all of them ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["quiet", "give", "five", "tidy", "year"])
@pytest.mark.parametrize("today", [date(1, 1, 1), date(1, 12, 31), date(1870, 6, 1), date(2024, 2, 29), date(9999, 12, 31)])
@pytest.mark.parametrize("lines", [(), ("name: Ada",), ("tier: A", "five: next", "- 0001-01-01 call", "- 9999-12-31 asked: Help.")])
def test_any_day_and_hardly_anybody_is_answered(name, today, lines):
    found = told(name, *([contact(*lines)] if lines else []), today=today)
    assert found.sentences
    assert all(table.sentence or table.empty for table in found.tables)
    assert all({column.key for column in table.columns} <= set(line) for table in found.tables for line in table.rows)


@pytest.mark.parametrize("name", ["quiet", "give", "five", "tidy", "year"])
def test_a_filter_says_of_whom_is_told(name):
    ada = contact("tier: A", "five: now", "- 2026-01-01 asked: Help.", id="ada")
    bob = contact("tier: A", "five: now", "- 2026-01-01 asked: Help.", id="bob")
    for table in told(name, ada, bob, asked=["bob"]).tables:
        assert {line["id"] for line in table.rows if "id" in line} <= {"bob"}
    assert ids(told(name, ada, bob, asked=["bob"])) == ["bob"]
