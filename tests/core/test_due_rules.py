"""The rules of docs/guide.md ("Who is due") that the worked cases do not show, one test a rule."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from plaintextcrm.core import due
from plaintextcrm.core.due import DueRow, Mark
from plaintextcrm.core.due_words import Offer, quiet_words
from plaintextcrm.core.model import NEVER, Cadence, Contact
from plaintextcrm.core.occasions import near
from plaintextcrm.core.settings import Me, Settings, Tier
from plaintextcrm.core.standing import FOR_GOOD, Facts, Rules, Standing, facts_of, stand
from tests.make import TODAY, Ran, contact, day, ptcrm, standing, vault

PHASES = (Phase.explicit, Phase.generate, Phase.shrink)
MORE = int(os.environ.get("PTCRM_EXAMPLES", "0")) // 10  # as in tests/laws, where an example costs less
LAW = settings(deadline=None, database=None, derandomize=not MORE, max_examples=MORE or 50, phases=PHASES)
OLDER = ("- 2025-01-15 call", "- 2024-12-20 call")
MONTHLY = "cadence: monthly"


def ago(days: int) -> str:
    """The day so many days before 21 November 2026 (negative: after)."""
    return (TODAY - timedelta(days)).isoformat()


def owed(*lines: str, today: str | date = TODAY, settings: Settings = Settings()) -> tuple[str, ...]:
    """What is owed to somebody."""
    return standing(contact(*lines), today, settings).owed


def row_of(one: Contact, today: date = TODAY, settings: Settings = Settings(), offers: Sequence[Offer] = ()) -> DueRow:
    """Somebody's line of the due list."""
    return due.due_row(one, standing(one, today, settings), settings, today, offers)


# --- last, base, cadence -------------------------------------------------------------------------------------------


def test_a_contact_of_tomorrow_counts_tomorrow() -> None:
    one = contact(MONTHLY, "- 2026-10-01 call", "- 2026-11-22 lunch")
    assert day(standing(one, "2026-11-21").last) == "2026-10-01"
    assert day(standing(one, "2026-11-22").last) == "2026-11-22"


@pytest.mark.parametrize(
    "line",
    [
        "- 2026-11-20 call: nobody there [reached:: no]",
        "- 2026-11-20 lunch: saw her across the room [touch:: no]",
        "- 2026-11-20 note: moved house",
        "- 2026-11-20 research: read about her",
        "- 2026-11-20 comment: liked her picture",
        "- 2026-11-20 review: keep",
        "- 2026-11-20 handover: to Noor",
        "- 2026-11-20 skip: not now",
        "- [ ] 2026-11-20 dinner",
        "- [-] 2026-11-20 dinner",
    ],
)
def test_what_is_no_contact_leaves_the_last_contact_alone(line: str) -> None:
    assert day(standing(contact(MONTHLY, "- 2026-10-01 call", line)).last) == "2026-10-01"


@pytest.mark.parametrize("line", ["- 2026-11-20", "- 2026-11-20 gave: a jar", "- [x] 2026-11-20 dinner", "- 2026-11-20 chat about jars"])
def test_what_is_a_contact_moves_the_last_contact(line: str) -> None:
    assert day(standing(contact(MONTHLY, "- 2026-10-01 call", line)).last) == "2026-11-20"


def test_a_last_contact_of_today_counts() -> None:
    assert day(standing(contact(MONTHLY, "last_contact: 2026-11-21", "- 2026-10-01 call")).last) == "2026-11-21"


def test_a_last_contact_older_than_the_log_changes_nothing() -> None:
    assert day(standing(contact(MONTHLY, "last_contact: 2020-01-01", "- 2026-10-01 call")).last) == "2026-10-01"


def test_a_skip_moves_the_base_and_not_the_last_contact() -> None:
    found = standing(contact(MONTHLY, "- 2026-09-01 call", "- 2026-11-01 skip"))
    assert (day(found.base), day(found.last), day(found.next)) == ("2026-11-01", "2026-09-01", "2026-12-01")


def test_a_skip_of_tomorrow_moves_nothing_today() -> None:
    assert day(standing(contact(MONTHLY, "- 2026-09-01 call", "- 2026-11-22 skip")).base) == "2026-09-01"


def test_a_skip_before_the_last_contact_moves_nothing() -> None:
    assert day(standing(contact(MONTHLY, "- 2026-09-01 skip", "- 2026-10-01 call")).base) == "2026-10-01"


def test_a_skip_without_any_contact_is_a_base_too_and_leaves_freshness_unknown() -> None:
    found = standing(contact(MONTHLY, "- 2026-11-01 skip"))
    assert (day(found.next), found.state, found.freshness) == ("2026-12-01", "fresh", None)


@pytest.mark.parametrize(
    ("lines", "cadence"),
    [
        (("tier: A", "cadence: 10 days"), "10 days"),
        (("tier: a",), "1 month"),
        (("tier: B",), "3 months"),
        ((), "1 year"),
        (("tier: Z",), "1 year"),
        (("tier: A", "cadence: never"), "never"),
    ],
)
def test_ones_own_cadence_goes_before_the_tiers_and_that_before_the_default(lines: tuple[str, ...], cadence: str) -> None:
    row = row_of(contact(*lines, "- 2026-11-01 call"), settings=Settings(default_cadence=Cadence(1, "year")))
    assert due.row_facts(row)["cadence"] == cadence


def test_the_cadence_that_a_row_shows_is_the_one_that_its_next_day_comes_from() -> None:
    row = row_of(contact("tier: A", "cadence: 10 days", "- 2026-11-01 call"))
    assert (row.next, row.cadence) == (date(2026, 11, 11), Cadence(10, "day"))


def test_a_tier_that_nobody_defined_weighs_one() -> None:
    found = standing(contact("tier: Z", MONTHLY, "- 2026-10-21 call", *OLDER))
    assert (found.weight, found.score) == (1, 1.0)


def test_who_has_no_cadence_is_on_file_without_next_ratio_score_or_freshness() -> None:
    found = standing(contact("- 2026-10-21 call"))
    assert (found.state, found.next, found.ratio, found.score, found.freshness, found.listed) == ("on-file", 0, None, None, None, False)


def test_added_by_hand_years_ago_and_never_called_has_a_ratio_of_one_and_no_more() -> None:
    assert standing(contact(MONTHLY, "created: 2019-03-01")).ratio == 1.0


# --- newcomers -----------------------------------------------------------------------------------------------------

MET = ("cadence: 3 months", "met: 2026-11-01")


def test_a_newcomer_is_due_after_2_days_2_weeks_6_weeks_and_then_by_the_cadence() -> None:
    added = ("cadence: 3 months", "met: 2026-11-01", "created: 2026-11-01")
    logs = ((), ("- 2026-11-03 call",), ("- 2026-11-03 call", "- 2026-11-17 call"))
    steps = [day(standing(contact(*added, *log)).next) for log in logs]
    assert steps == ["2026-11-03", "2026-11-17", "2026-12-29"]
    third = contact(*added, *logs[2], "- 2026-12-29 call")
    assert day(standing(third, "2026-12-30").next) == "2027-03-29"


@pytest.mark.parametrize(("today", "following"), [("2027-01-30", "2026-11-15"), ("2027-01-31", "2027-02-01")])
def test_somebody_is_new_for_90_days_after_the_first_meeting(today: str, following: str) -> None:
    assert day(standing(contact(*MET, "- 2026-11-01 event"), today).next) == following


def test_without_the_newcomers_setting_the_cadence_holds_from_the_start() -> None:
    found = standing(contact(*MET, "- 2026-11-01 event"), settings=Settings(newcomers=False))
    assert day(found.next) == "2027-02-01"


def test_the_default_cadence_alone_makes_nobody_a_newcomer() -> None:
    found = standing(contact("met: 2026-11-01", "- 2026-11-01 event"), settings=Settings(default_cadence=Cadence(3, "month")))
    assert day(found.next) == "2027-02-01"


def test_a_tiers_cadence_makes_a_newcomer_as_ones_own_does() -> None:
    assert day(standing(contact("tier: B", "met: 2026-11-01", "- 2026-11-01 event")).next) == "2026-11-15"


def test_a_newcomers_step_is_never_longer_than_the_cadence() -> None:
    assert day(standing(contact("cadence: weekly", "met: 2026-11-18", "- 2026-11-18 event")).next) == "2026-11-25"
    both = contact(MONTHLY, "met: 2026-11-01", "- 2026-11-01 event", "- 2026-11-15 call")
    assert day(standing(both).next) == "2026-12-15"


def test_after_a_skip_the_cadence_holds_for_a_newcomer_too() -> None:
    assert day(standing(contact(*MET, "- 2026-11-01 event", "- 2026-11-15 skip")).next) == "2027-02-15"


def test_two_lines_of_one_day_are_one_contact_of_a_newcomer() -> None:
    assert day(standing(contact(*MET, "- 2026-11-01 event", "- 2026-11-01 email")).next) == "2026-11-15"


def test_an_attempt_is_no_step_of_a_newcomer() -> None:
    assert day(standing(contact(*MET, "- 2026-11-01 event", "- 2026-11-08 call [reached:: no]")).next) == "2026-11-15"


# --- slots ---------------------------------------------------------------------------------------------------------


def test_400_imported_people_fall_due_evenly_over_their_cadence() -> None:
    imported = ("cadence: 6 months", "created: 2026-11-21", "source: linkedin 2026-11-21")
    days = Counter(standing(contact(*imported, id=f"person-{number}")).next - TODAY.toordinal() for number in range(400))
    span = 181  # days from 21 November to 21 May
    assert min(days) >= 0
    assert max(days) < span  # nobody waits longer than the cadence
    assert max(days.values()) <= 8  # and on no day more than a few
    quarters = [sum(count for on, count in days.items() if part * span <= 4 * on < (part + 1) * span) for part in range(4)]
    assert sum(quarters) == 400
    assert all(75 <= quarter <= 125 for quarter in quarters)


def test_an_import_makes_nobody_late() -> None:
    imported = ("tier: A", "created: 2026-11-21", "source: linkedin 2026-11-21")
    assert all(standing(contact(*imported, id=f"person-{number}")).ratio <= 1 for number in range(100))  # type: ignore[operator]


def test_the_slot_is_of_the_id_and_the_same_on_every_machine() -> None:
    imported = ("cadence: 100 days", "created: 2026-11-21", "source: x")
    # sha256("ada-king") begins bdcae6939a0c2eab, sha256("work/ada-king") 85cbe537ec94cf98
    for id, digest in (("ada-king", 0xBDCAE6939A0C2EAB), ("work/ada-king", 0x85CBE537EC94CF98)):
        assert standing(contact(*imported, id=id)).next == TODAY.toordinal() + digest % 100


# --- owed ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due_day", "owing"),
    [("2026-11-20", ("promise",)), ("2026-11-21", ("promise",)), ("2026-11-22", ())],
    ids=["late", "today", "tomorrow"],
)
def test_an_own_follow_up_is_owed_from_its_day_on(due_day: str, owing: tuple[str, ...]) -> None:
    assert owed("- 2026-11-19 call", f"  - [ ] send the plans [due:: {due_day}]") == owing


def test_what_they_owe_us_is_not_owed_by_us() -> None:
    found = standing(contact("- 2026-11-19 call", "  - [ ] the old papers [due:: 2026-11-20] [waiting:: them]"))
    assert (found.owed, found.listed) == ((), False)


@pytest.mark.parametrize("task", ["- [x] send it [due:: 2026-11-20]", "- [-] send it [due:: 2026-11-20]", "- [ ] send it"])
def test_a_follow_up_that_is_closed_or_has_no_day_is_not_owed(task: str) -> None:
    assert owed("- 2026-11-19 call", f"  {task}") == ()


def test_a_planned_dinner_whose_day_went_by_is_owed_until_it_is_ticked() -> None:
    assert owed("- [ ] 2026-11-18 dinner: at ours") == ("promise",)
    assert owed("- [x] 2026-11-18 dinner: at ours") == ()


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("- [ ] 2026-11-18 dinner: at ours",), "planned for Wed 18 Nov and not ticked off: dinner: at ours"),
        (("- [ ] 2026-11-21 dinner: at ours",), "planned for today: dinner: at ours"),
        (("- [ ] 2026-11-18",), "planned for Wed 18 Nov and not ticked off"),
        (("- [ ] dinner at ours [due:: 2026-11-18]",), "you promised for Wed 18 Nov: dinner at ours"),
        (("- 2026-11-17 call", "  - [ ] dinner at ours [due:: 2026-11-18]"), "you promised for Wed 18 Nov: dinner at ours"),
    ],
    ids=["past", "today", "without words", "a task without a day in front", "a task below an entry"],
)  # fmt: skip
def test_a_plan_is_told_as_a_plan_and_a_promise_as_one(lines: tuple[str, ...], words: str) -> None:
    row = row_of(contact(*lines))
    assert row.owed == (words,)
    assert row.hook == words


@pytest.mark.parametrize(
    ("next_contact", "owing"),
    [("2026-11-22", ()), ("2026-11-21", ("next contact",)), ("2026-11-02", ("next contact",)), ("2026-11-01", ()), ("2026-10-31", ())],
    ids=["tomorrow", "today", "the day after the last", "the day of the last", "before the last"],
)
def test_a_next_contact_is_owed_after_the_last_contact_and_by_today(next_contact: str, owing: tuple[str, ...]) -> None:
    assert owed(f"next_contact: {next_contact}", "- 2026-11-01 call") == owing


def test_a_next_contact_of_somebody_never_in_touch_is_owed_on_its_day() -> None:
    assert owed("next_contact: 2026-11-21") == ("next contact",)


@pytest.mark.parametrize(
    ("line", "owing"),
    [
        ("birthday: 1976-11-21", ("birthday",)),
        ("birthday: --11-21", ("birthday",)),
        ("birthday: 1976-11", ()),
        ("birthday: 1976-11-22", ()),
        ("dates: [11-21 name day]", ("date",)),
        ("dates: [1999-11-21 wedding]", ("date",)),
        ("started: 2016-11-21", ()),
    ],
)
def test_a_birthday_or_a_date_today_is_owed_and_a_work_anniversary_is_not(line: str, owing: tuple[str, ...]) -> None:
    assert owed(line, "- 2026-11-01 call") == owing


def test_a_work_anniversary_is_a_hook() -> None:
    row = row_of(contact("tier: C", "started: 2016-11-21", "- 2026-04-01 call", *OLDER))
    assert row.owed == ()
    assert all(part in row.hook for part in ("10 years", "today"))


@pytest.mark.parametrize(
    ("leap_day", "today", "is_owed"),
    [
        ("feb28", "2027-02-28", True),
        ("feb28", "2027-03-01", False),
        ("mar1", "2027-02-28", False),
        ("mar1", "2027-03-01", True),
        ("feb28", "2028-02-28", False),
        ("feb28", "2028-02-29", True),
        ("mar1", "2028-02-29", True),
        ("mar1", "2028-03-01", False),
    ],
)
def test_a_29th_of_february_comes_on_the_day_that_the_settings_say(leap_day: str, today: str, is_owed: bool) -> None:
    on = Settings(leap_day=leap_day)
    assert (owed("birthday: 1948-02-29", today=today, settings=on) == ("birthday",)) is is_owed
    assert (owed("dates: [02-29 wedding]", today=today, settings=on) == ("date",)) is is_owed


@pytest.mark.parametrize(("days", "owing"), [(1, ()), (2, ("answer",)), (30, ("answer",)), (31, ())])
def test_a_word_of_theirs_waits_2_to_30_days_for_an_answer(days: int, owing: tuple[str, ...]) -> None:
    assert owed("- 2026-08-01 call", f"- {ago(days)} text: your move [dir:: in]") == owing


@pytest.mark.parametrize(
    "answer",
    [
        "- 2026-11-12 text",
        "- 2026-11-12 call: did not pick up [reached:: no]",
        "- 2026-11-12 skip: leave it",
        "- 2026-11-11 text: answered the same day",
    ],
)
def test_with_an_answer_or_a_try_after_it_nothing_is_owed(answer: str) -> None:
    assert owed("- 2026-11-11 text: your move [dir:: in]", answer) == ()


def test_of_one_day_the_last_word_counts_whichever_way_the_log_is_written() -> None:
    assert owed("- 2026-11-11 text: mine", "- 2026-11-11 text: theirs [dir:: in]") == ("answer",)
    assert owed("- 2026-11-11 text: theirs [dir:: in]", "- 2026-11-11 text: mine", "- 2026-10-01 call") == ("answer",)


def test_a_call_of_theirs_that_was_missed_waits_for_an_answer() -> None:
    assert owed("- 2026-10-01 call", "- 2026-11-11 call: I was out [dir:: in] [reached:: no]") == ("answer",)


@pytest.mark.parametrize(("days", "owing"), [(2, ()), (3, ("thanks",)), (90, ("thanks",)), (91, ())])
def test_a_referral_waits_3_to_90_days_for_a_thank_you(days: int, owing: tuple[str, ...]) -> None:
    assert owed("- 2026-01-01 call", f"- {ago(days)} referral-in: sent us the Okafors") == owing


def test_a_contact_after_a_referral_is_the_thank_you() -> None:
    assert owed("- 2026-11-01 referral-in: sent us the Okafors", "- 2026-11-02 card") == ()


@pytest.mark.parametrize("line", ["- 2026-11-02 note: thank him", "- 2026-11-02 comment: liked it", "- 2026-11-02 call [reached:: no]"])
def test_what_is_no_contact_is_no_thank_you(line: str) -> None:
    assert owed("- 2026-11-01 referral-in: sent us the Okafors", line) == ("thanks",)


def test_a_referral_that_was_no_contact_itself_wants_a_thank_you_all_the_same() -> None:
    assert owed("- 2026-01-01 call", "- 2026-11-01 referral-in: they rang us, he never said [touch:: no]") == ("thanks",)


def test_a_handover_is_owed_only_where_somebody_hands_over() -> None:
    assert owed("owner: lee", "successor: noor", "- 2026-10-01 call") == ("handover",)
    assert owed("successor: noor", "- 2026-10-01 call") == ()
    quiet = standing(contact(MONTHLY, "successor: noor", "snooze_until: 2026-12-01", "- 2026-10-01 call"))
    assert (quiet.hidden, quiet.listed) == ("snoozed", False)


def test_a_referral_of_ours_wants_no_thank_you_of_ours() -> None:
    assert owed("- 2026-01-01 call", "- 2026-11-01 referral-out: sent her the tenor") == ()


def test_all_that_is_owed_is_told_each_in_its_own_words() -> None:
    row = row_of(
        contact(
            "next_contact: 2026-11-20",
            "birthday: 1976-11-21",
            "dates: [1999-11-21 wedding day]",
            "- 2026-11-03 referral-in: Sent us [[the-okafors]]. [dir:: in]",
            "  - [ ] send [[bob-lee]] the list [due:: 2026-11-19]",
            "  - [ ] bring the jars [due:: 2026-11-21]",
        )
    )
    wanted = (
        ("Thu 19 Nov", "send Bob Lee the list"),
        ("today", "bring the jars"),
        ("in touch", "Fri 20 Nov"),
        ("turns 50", "today"),
        ("wedding day", "27 years", "today"),
        ("your answer", "Tue 3 Nov", "Sent us The Okafors."),
        ("thank", "Tue 3 Nov", "Sent us The Okafors."),
    )
    assert len(row.owed) == len(wanted)
    for words, parts in zip(row.owed, wanted, strict=True):
        assert all(part in words for part in parts), words


@pytest.mark.parametrize(
    "line",
    [
        "birthday: 1976-11-21",
        "birthday: --11-21",
        "dates: [1999-11-21 wedding]",
        "dates: [11-21]",
        "birthday: 2026-11-21",
        "dates: [2026-11-21 the twins are born]",
        "dates: [2027-11-21 the wedding that is to be]",
    ],
)
def test_whoever_is_listed_because_something_is_owed_is_told_what(line: str) -> None:
    one = contact(line, "- 2026-11-01 call")
    assert bool(standing(one).owed) == bool(row_of(one).owed)


# --- listed and hidden ---------------------------------------------------------------------------------------------

LATE = (MONTHLY, "- 2026-09-01 call", *OLDER)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("snooze_until: 2026-11-22", "snoozed"),
        ("snooze_until: 2026-11-21", ""),
        ("paused: true", "paused"),
        ("paused: 2026-11-22", "paused"),
        ("paused: 2026-11-21", ""),
        ("paused: false", ""),
        ("- 2026-11-15 call [reached:: no]", "attempt"),
        ("- 2026-11-14 call [reached:: no]", ""),
        ("- 2026-12-21 lunch", "plan"),
        ("- [ ] 2026-12-21 lunch", "plan"),
        ("- 2026-12-22 lunch", ""),
        ("- [ ] 2026-12-22 lunch", ""),
        ("- 2026-11-30 note: nothing planned", ""),
        ("do_not_contact: yes", "wholly"),
        ("status: Archived", "wholly"),
        ("status: deceased", "wholly"),
        ("status: active", ""),
        ("died: 2026-11-21", "wholly"),
        ("died: 2026-11-22", ""),
    ],
)
def test_what_hides_somebody_ends_on_its_day(line: str, reason: str) -> None:
    found = standing(contact(line, *LATE))
    assert (found.hidden, found.listed) == (reason, not reason)


def test_who_is_not_due_yet_is_not_listed() -> None:
    one = contact(MONTHLY, "- 2026-10-22 call", *OLDER)
    assert [standing(one, on).listed for on in ("2026-11-21", "2026-11-22")] == [False, True]


def test_retry_days_says_how_long_an_attempt_hides() -> None:
    one = contact(*LATE, "- 2026-11-18 call [reached:: no]")
    assert standing(one, settings=Settings(retry_days=4)).hidden == "attempt"
    assert standing(one, settings=Settings(retry_days=3)).hidden == ""


@pytest.mark.parametrize(("tried", "reason"), [("2026-11-18", ""), ("2026-11-19", "attempt")])
def test_an_attempt_hides_no_longer_than_a_short_cadence(tried: str, reason: str) -> None:
    assert standing(contact("cadence: 3 days", "- 2026-11-01 call", *OLDER, f"- {tried} call [reached:: no]")).hidden == reason


def test_an_attempt_before_the_last_contact_hides_nothing() -> None:
    assert standing(contact("cadence: 3 days", *OLDER, "- 2026-11-17 call [reached:: no]", "- 2026-11-18 call")).hidden == ""


@pytest.mark.parametrize(("planned", "reason"), [("2026-11-28", "plan"), ("2026-11-29", "")])
def test_a_plan_hides_no_further_ahead_than_a_short_cadence(planned: str, reason: str) -> None:
    assert standing(contact("cadence: weekly", "- 2026-11-01 call", *OLDER, f"- {planned} lunch")).hidden == reason


@pytest.mark.parametrize(("planned", "reason"), [("2026-12-21", "plan"), ("2026-12-22", "")])
def test_a_plan_hides_at_most_30_days_ahead(planned: str, reason: str) -> None:
    assert standing(contact("cadence: yearly", "- 2025-11-01 call", *OLDER, f"- {planned} lunch")).hidden == reason


def test_the_nearest_plan_decides_and_not_the_last() -> None:
    assert standing(contact(*LATE, "- 2026-11-25 lunch", "- 2027-06-01 wedding")).hidden == "plan"
    assert standing(contact(*LATE, "- [ ] 2026-11-25 lunch", "- [ ] 2027-06-01 wedding")).hidden == "plan"


def test_a_plan_that_hides_is_shown_among_the_dates() -> None:
    one = contact(*LATE, "- [ ] 2026-11-25 lunch: at the harbour")
    dates = due.dated_rows(one, standing(one), Settings(), TODAY)
    assert [(row.on, row.kind, row.label) for row in dates] == [(date(2026, 11, 25), "plan", "lunch: at the harbour")]


def test_dates_of_one_person_stand_by_day_whatever_they_are() -> None:
    one = contact(
        f"next_contact: {ago(-3)}", "birthday: --11-26", f"- [ ] {ago(-20)} lunch", "- 2026-11-01 call", f"  - [ ] a map [due:: {ago(-6)}]"
    )
    dates = due.dated_rows(one, standing(one), Settings(), TODAY)
    assert [(row.on.isoformat(), row.kind) for row in dates] == [
        (ago(-3), "next contact"), (ago(-5), "birthday"), (ago(-6), "promise"), (ago(-20), "plan"),
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["snooze_until: 2027-01-01", "paused: true", "- 2026-11-20 call [reached:: no]", "- 2026-11-25 lunch"])
def test_what_is_owed_still_shows_for_those_hidden_from_their_cadence(line: str) -> None:
    found = standing(contact(line, "next_contact: 2026-11-20", *LATE))
    assert (found.listed, found.owed, found.hidden != "") == (True, ("next contact",), True)


# --- states, score, freshness --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cadence", "last", "state"),
    [
        ("cadence: 30 days", 22, "fresh"),  # 8 days to go
        ("cadence: 30 days", 23, "soon"),  # 7
        ("cadence: 30 days", 29, "soon"),
        ("cadence: 30 days", 30, "due"),
        ("cadence: 7 days", 5, "fresh"),  # 2, and a quarter of a week is less
        ("cadence: 7 days", 6, "soon"),
        ("cadence: 8 days", 6, "soon"),  # 2 days, a quarter of 8
        ("cadence: 3 days", 2, "fresh"),
        ("cadence: 10 days", 14, "due"),
        ("cadence: 10 days", 15, "overdue"),  # 1.5 cadences
        ("cadence: 1 year", 365, "due"),
        ("cadence: 121 days", 365, "overdue"),  # 3.02 cadences, a year and not more
        ("cadence: 121 days", 366, "lapsed"),
        ("cadence: 200 days", 599, "overdue"),  # under 3 cadences
        ("cadence: 200 days", 600, "lapsed"),
    ],
)
def test_the_state_follows_from_how_far_the_cadence_has_run(cadence: str, last: int, state: str) -> None:
    log = [f"- {ago(last)} call", f"- {ago(last + 100)} call", f"- {ago(last + 200)} call"]
    assert standing(contact(cadence, *log)).state == state


def test_soon_days_says_how_early_soon_is() -> None:
    one = contact("cadence: 100 days", f"- {ago(80)} call")
    assert [standing(one, settings=Settings(soon_days=days)).state for days in (19, 20, 60)] == ["fresh", "soon", "soon"]


@pytest.mark.parametrize("line", ["tier: A", "coi: true", "five: now", "five: next", "tags: [coi]"])
def test_those_who_matter_most_never_lapse(line: str) -> None:
    assert standing(contact(line, MONTHLY, "- 2024-10-17 call", "- 2024-09-17 call", "- 2024-08-17 call")).state == "overdue"


@pytest.mark.parametrize(
    ("lines", "score"),
    [
        ((), 4.0),
        (("tier: C",), 4.0),
        (("tier: B",), 8.0),
        (("tier: A",), 12.0),
        (("coi: yes",), 5.0),
        (("five: next",), 5.0),
        (("tier: A", "coi: yes", "five: now, next"), 18.75),
    ],
)
def test_the_score_is_the_square_of_the_ratio_times_the_weights(lines: tuple[str, ...], score: float) -> None:
    assert standing(contact("cadence: 10 days", *lines, f"- {ago(20)} call", *OLDER)).score == pytest.approx(score)


@pytest.mark.parametrize(("days", "freshness"), [(0, 100), (10, 79), (30, 50), (60, 25), (90, 12), (300, 0)])
def test_freshness_is_100_on_the_day_and_half_of_it_after_each_cadence(days: int, freshness: int) -> None:
    assert standing(contact("cadence: 30 days", f"- {ago(days)} call")).freshness == freshness


def test_due_is_the_earlier_of_next_and_a_next_contact_later_than_the_last() -> None:
    assert day(standing(contact(MONTHLY, "next_contact: 2026-12-05", "- 2026-11-10 call")).due) == "2026-12-05"
    assert day(standing(contact(MONTHLY, "next_contact: 2026-12-15", "- 2026-11-10 call")).due) == "2026-12-10"
    assert standing(contact("next_contact: 2026-11-10", "- 2026-11-10 call")).due == 0


# --- order ---------------------------------------------------------------------------------------------------------

PEOPLE = tuple(
    standing(contact(*lines, id=id))
    for id, *lines in (
        ("promised", "cadence: yearly", "next_contact: 2026-11-20", "- 2026-11-01 call"),
        ("promised-lapsed", MONTHLY, "next_contact: 2026-11-20", "- 2024-11-01 call"),
        ("promised-on-file", "next_contact: 2026-11-20"),
        ("weekly", "cadence: 7 days", f"- {ago(14)} call", *OLDER),
        ("monthly", "cadence: 30 days", f"- {ago(60)} call", *OLDER),
        ("again-monthly", "cadence: 30 days", f"- {ago(60)} call", *OLDER),
        ("yearly", "cadence: 365 days", f"- {ago(405)} call"),
        ("on-file",),
        ("new", "tier: C"),
        ("lapsed", MONTHLY, "- 2024-11-01 call"),
        ("lapsed-longer", MONTHLY, "- 2023-11-01 call"),
    )
)


def test_the_owed_come_first_the_lapsed_last_and_each_by_score_then_next_then_id() -> None:
    assert [one.id for one in sorted(PEOPLE, key=Standing.order)] == [
        *("promised", "promised-on-file", "promised-lapsed"),
        *("again-monthly", "monthly", "weekly", "yearly", "new", "on-file"),
        *("lapsed-longer", "lapsed"),
    ]


@LAW
@given(st.permutations(PEOPLE))
def test_the_order_is_the_same_from_whatever_order_one_begins_with(shuffled: list[Standing]) -> None:
    assert sorted(shuffled, key=Standing.order) == sorted(PEOPLE, key=Standing.order)


@LAW
@given(st.permutations(PEOPLE), st.integers(0, 12))
def test_the_cut_is_the_same_from_whatever_order_one_begins_with(shuffled: list[Standing], room: int) -> None:
    def shown(people: Sequence[Standing]) -> tuple[Mark, ...]:
        return due.cut([Mark(one, False, False, False) for one in sorted(people, key=Standing.order) if one.listed], room)

    assert shown(shuffled) == shown(PEOPLE)


def test_a_yearly_friend_40_days_late_comes_after_a_monthly_one_20_days_late() -> None:
    yearly = standing(contact("cadence: yearly", f"- {ago(405)} call"))
    monthly = standing(contact("cadence: 30 days", f"- {ago(50)} call"))
    assert monthly.order() < yearly.order()


# --- capacity ------------------------------------------------------------------------------------------------------


def marks(*people: Contact, today: date = TODAY, settings: Settings = Settings()) -> tuple[list[Mark], int]:
    """(those listed, in order; how many were in touch since Monday)."""
    rules = Rules(settings)
    all_marks = [due.mark(facts_of(one), rules, today) for one in people]
    listed = sorted((one for one in all_marks if one.standing.listed), key=lambda one: one.standing.order())
    return listed, sum(one.touched for one in all_marks)


def late(number: int, *lines: str) -> Contact:
    """Somebody due, the later the lower the number."""
    return contact("cadence: 30 days", f"- {ago(90 - number)} call", *OLDER, *lines, id=f"person-{number}")


def shown(people: Sequence[Contact], room: int, settings: Settings = Settings()) -> list[str]:
    """The ids of the day's few."""
    return [one.standing.id for one in due.cut(marks(*people, settings=settings)[0], room)]


def test_the_day_shows_as_many_as_the_week_has_room_for() -> None:
    assert shown([late(number) for number in range(9)], 4) == [f"person-{number}" for number in range(4)]


@pytest.mark.parametrize(
    ("last", "touched"),
    [("- 2026-11-15 call", 0), ("- 2026-11-16 call", 1), ("- 2026-11-21 call", 1), ("- 2026-11-22 call", 0)],
    ids=["Sunday", "Monday", "today", "tomorrow"],
)
def test_people_in_touch_since_monday_take_room(last: str, touched: int) -> None:
    assert marks(contact(MONTHLY, last))[1] == touched


def test_a_last_contact_of_this_week_takes_room_too_and_an_attempt_does_not() -> None:
    assert marks(contact("last_contact: 2026-11-17"), contact("- 2026-11-17 call [reached:: no]"))[1] == 1


def test_the_room_that_is_left_is_per_week_less_those_in_touch_and_never_below_none() -> None:
    assert [due.capacity_left(Settings(per_week=10), touched) for touched in (0, 4, 10, 13)] == [10, 6, 0, 0]


@pytest.mark.parametrize(
    "line",
    [
        "next_contact: 2026-11-20",
        "birthday: 1980-11-25",
        "dates: [11-28 wedding]",
        "started: 2019-11-28",
        "  - [ ] write [due:: 2026-11-28]",
        "next_contact: 2026-11-28",
        "birthday: 1980-11-19",
    ],
    ids=["owed", "birthday near", "date near", "work anniversary near", "promise near", "next contact near", "birthday missed"],
)
def test_what_is_owed_or_dated_is_shown_however_full_the_week_is(line: str) -> None:
    people = [*(late(number) for number in range(6)), contact("cadence: 30 days", f"- {ago(35)} call", line, *OLDER, id="dated")]
    assert "dated" in shown(people, 2)


@pytest.mark.parametrize(
    "line",
    [
        "birthday: 1980-11-29",
        "birthday: 1980-12-02",
        "birthday: 1980-11-17",
        "started: 2019-12-01",
        "  - [ ] write [due:: 2026-11-29]",
        "- 2027-05-01 wedding",
        "- 2026-12-24 note: call her family first",
    ],
    ids=["birthday in 8 days", "in 11", "4 days ago", "job in 10", "promise in 8", "plan in 5 months", "note of a day to come"],
)
def test_what_has_no_date_near_waits_like_everybody_else(line: str) -> None:
    people = [*(late(number) for number in range(6)), contact("cadence: 30 days", f"- {ago(35)} call", *OLDER, line, id="undated")]
    assert "undated" not in shown(people, 2)


@pytest.fixture(scope="module")
def full_week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve people due (person-00 the most), one of them owed something; one was in touch on Tuesday; three a week fit."""
    files: dict[str, str | bytes] = {
        f"person-{number:02}": f"---\ncadence: 30 days\n---\n\n## Log\n\n- {ago(90 - number)} call: hello\n" for number in range(11)
    }
    files["promised"] = f"---\ncadence: 30 days\nnext_contact: 2026-11-20\n---\n\n## Log\n\n- {ago(31)} call\n"
    files["in-touch"] = "---\ncadence: 30 days\n---\n\n## Log\n\n- 2026-11-17 call\n"
    folder = tmp_path_factory.mktemp("full") / "people"
    return vault(folder, files, "[due]\nper_week = 3\n\n[git]\ncommit = false\n")


FEW = ["promised", "person-00"]


def due_on(folder: Path, *words: str) -> Ran:
    """`ptcrm due`, in a process of its own."""
    return ptcrm(folder, "due", *words)


def test_the_cut_is_the_same_in_every_format(full_week: Path) -> None:
    found = json.loads(due_on(full_week, "--json").out)
    assert ([row["id"] for row in found["rows"]], found["waiting"]) == (FEW, 10)
    assert due_on(full_week, "--format", "ids").out.split() == FEW
    for format in ("csv", "md", "plain", "table"):
        text = due_on(full_week, "--format", format).out
        assert ("promised" in text, "person-00" in text, "person-01" in text) == (True, True, False), format


def test_count_and_exit_code_look_at_all_that_are_due(full_week: Path) -> None:
    done = due_on(full_week, "--count", "--exit-code")
    assert (done.out.strip(), done.code) == ("12", 10)


def test_all_shows_all_and_nobody_waits(full_week: Path) -> None:
    found = json.loads(due_on(full_week, "--all", "--json").out)
    assert (len(found["rows"]), found["waiting"]) == (12, 0)


# --- hooks ---------------------------------------------------------------------------------------------------------

OFFERS = (Offer("bob-lee", "Bob Lee", "a desk in Porto"),)
SAILOR = Settings(me=Me(hobbies=("Sailing",)))
REASONS = (  # what it is, the line that says so, words by which the hook is known
    ("owed", ("next_contact: 2026-11-20",), "Fri 20 Nov"),
    ("an occasion", ("birthday: 1980-11-24",), "turns 46"),
    ("a newcomer's step", ("met: 2026-11-01",), "two weeks"),
    ("not seen in person", ("in_person: monthly",), "in person"),
    ("the last words", ("- 2026-11-01 call: Kept bees.",), "Kept bees."),
    ("a hobby", ("hobbies: [sailing]",), "sailing"),
    ("a need", ("needs: [a desk in Porto]",), "Bob Lee offers"),
    ("nothing", (), ""),
)


@pytest.mark.parametrize("first", range(len(REASONS)), ids=[what for what, _, _ in REASONS])
def test_of_several_hooks_the_first_in_order_is_told(first: int) -> None:
    lines = [line for _, lines, _ in REASONS[first:] for line in lines]
    hook = row_of(contact("cadence: 3 months", *lines), settings=SAILOR, offers=OFFERS).hook
    assert REASONS[first][2] in hook
    assert bool(hook) == bool(lines)


def test_a_newcomer_never_called_is_introduced_with_where_we_met() -> None:
    row = row_of(contact("tier: B", "met: 2026-11-19", "met_at: the tax chamber", "created: 2026-11-19"))
    assert all(part in row.hook for part in ("new", "met", "Thu 19 Nov", "the tax chamber"))


def test_the_second_step_of_a_newcomer_is_six_weeks() -> None:
    row = row_of(contact("tier: B", "met: 2026-09-22", "- 2026-09-22 event: At the fair.", "- 2026-10-10 call: About bees."))
    assert all(part in row.hook for part in ("six weeks", "second", "About bees."))


def test_in_person_is_a_reminder_once_it_has_been_longer() -> None:
    lines = ("cadence: monthly", "in_person: 3 months", "- 2026-10-01 call: About bees.", *OLDER)
    assert "in person since Fri 21 Aug" in row_of(contact("- 2026-08-21 lunch", *lines)).hook
    assert "About bees." in row_of(contact("- 2026-08-22 lunch", *lines)).hook


def test_an_offer_of_ones_own_is_no_help_with_a_need() -> None:
    assert row_of(contact("needs: [a desk]", id="bob-lee"), offers=(Offer("bob-lee", "Bob", "a desk"),)).hook == ""


def test_what_they_owe_us_by_now_is_a_hook() -> None:
    one = contact(MONTHLY, "- 2026-10-01 call", "  - [ ] the old papers [due:: 2026-11-10] [waiting:: them]")
    assert "the old papers" in row_of(one).hook


def test_what_they_owe_us_by_a_day_near_is_among_the_dates_and_does_not_wait() -> None:
    one = contact("cadence: 30 days", f"- {ago(35)} call", "  - [ ] the old papers [due:: 2026-11-25] [waiting:: them]", *OLDER)
    assert [row.label for row in due.dated_rows(one, standing(one), Settings(), TODAY)] == ["they: the old papers"]
    assert due.mark(facts_of(one), Rules(Settings()), TODAY).dated


def test_a_kind_of_ones_own_that_is_no_contact_is_not_what_was_said_last(tmp_path: Path) -> None:
    people = vault(
        tmp_path / "people",
        {"ada": "---\ncadence: 3 months\nmet: 2026-11-01\n---\n\n## Log\n\n- 2026-11-01 call: Kept bees.\n- 2026-11-05 memo: Dull.\n"},
        "[kinds]\nmemo = { touch = false }\n\n[git]\ncommit = false\n",
    )
    hook = json.loads(due_on(people, "--json").out)["rows"][0]["hook"]
    assert ("Kept bees." in hook, "Dull." in hook) == (True, False)


# --- words are kind ------------------------------------------------------------------------------------------------


def test_the_reason_says_how_quiet_it_is_how_often_it_should_be_and_the_tier() -> None:
    assert row_of(contact("tier: A", f"- {ago(42)} call", *OLDER)).reason == "quiet for 6 weeks · every month · A"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("cadence: weekly", "- 2026-11-21 call"), "in touch today · every week"),
        (("tier: C",), "no contact yet · every 6 months · C"),
        (("- 2026-11-20 call",), "quiet for 1 day"),
        (("cadence: quarterly", f"- {ago(13)} call"), "quiet for 13 days · every 3 months"),
        (("cadence: quarterly", f"- {ago(14)} call"), "quiet for 2 weeks · every 3 months"),
    ],
)
def test_the_reason_says_what_there_is_to_say(lines: tuple[str, ...], reason: str) -> None:
    row = row_of(contact(*lines))
    assert row.reason == reason


@pytest.mark.parametrize(
    ("cadence", "last", "quiet"),
    [
        ("weekly", "2026-11-14", "7 days"),
        ("monthly", "2026-10-21", "4 weeks"),
        ("3 months", "2026-08-21", "3 months"),
        ("6 months", "2026-05-21", "6 months"),
        ("yearly", "2025-11-21", "12 months"),
        ("2 years", "2024-11-21", "24 months"),
        ("3 years", "2023-11-21", "3 years"),
        ("6 years", "2020-11-21", "6 years"),
    ],
)
def test_on_the_day_that_a_cadence_is_over_it_has_been_quiet_for_as_long(cadence: str, last: str, quiet: str) -> None:
    assert quiet_words(standing(contact(f"cadence: {cadence}", f"- {last} call")), TODAY) == f"quiet for {quiet}"


def test_of_the_lapsed_the_reason_asks_what_to_do() -> None:
    assert row_of(contact(MONTHLY, "- 2025-09-18 call")).reason == "quiet for 14 months: keep, loosen or let go? · every month"


@LAW
@given(
    st.sampled_from(["", "cadence: daily", "cadence: yearly", "tier: A", "tier: C", "tier: Z"]),
    st.integers(-40, 4000),
    st.sampled_from(["", "next_contact: 2024-01-01", "birthday: 1980-11-20", "met: 2026-10-01", "in_person: weekly", "coi: yes"]),
)
def test_no_reason_and_no_hook_is_unkind(rhythm: str, days: int, more: str) -> None:
    row = row_of(contact(*filter(None, (rhythm, more)), f"- {ago(days)} call [dir:: in]"))
    words = f"{row.reason} {row.hook} {' '.join(row.owed)}".lower()
    assert not any(word in words for word in ("overdue", "neglect", "late", "behind", "streak", "fail", "lapsed", "!"))


def test_the_page_of_the_day_is_kind_and_without_numbers_unless_asked(full_week: Path) -> None:
    page = due_on(full_week, "--format", "table").out
    assert not any(word in page.lower() for word in ("overdue", "neglect", "ratio", "score", "fresh"))
    assert "ratio" in due_on(full_week, "--format", "table", "--explain").out


# --- laws ----------------------------------------------------------------------------------------------------------

FIRST, LAST = 1, date.max.toordinal()
CADENCES = (
    "30",
    "weekly",
    "1 month",
    "3 months",
    "100 years",
    "36525 days",
    "5218 weeks",
    "1200 months",
    "daily",
    "never",
    "rubbish",
    None,
)
SPANS = st.sampled_from([Cadence(1, "day"), Cadence(1, "month"), Cadence(5, "week"), Cadence(100, "year"), NEVER])
YEARLY = tuple(
    facts_of(contact(*lines)).yearly
    for lines in ((), ("birthday: 1980-02-29",), ("birthday: --01-01", "started: 2020-12-31"), ("dates: [02-29 x, 2030-06-15 y]",))
)


@st.composite
def rules_of_a_vault(draw: st.DrawFn) -> Rules:
    """The rules of some settings."""
    tiers = st.builds(Tier, st.sampled_from(["A", "b"]), SPANS, st.sampled_from([0, 0.5, 1, 3, 1000]))
    return Rules(
        Settings(
            since=draw(st.none() | st.dates()),
            tiers=tuple(draw(st.lists(tiers, max_size=2))),
            default_cadence=draw(SPANS),
            soon_days=draw(st.integers(0, 100_000)),
            retry_days=draw(st.integers(0, 100_000)),
            occasion_days=draw(st.integers(0, 100_000)),
            newcomers=draw(st.booleans()),
            leap_day=draw(st.sampled_from(["feb28", "mar1"])),
        )
    )


@st.composite
def facts_near(draw: st.DrawFn, low: int = FIRST, high: int = LAST, happened: tuple[int, int] = (FIRST, LAST)) -> Facts:
    """Facts whose days are between two ordinals, those of what happened (or is to) between two others."""
    one = st.just(0) | st.integers(low, high)
    some = st.lists(st.integers(*happened), max_size=4, unique=True).map(sorted)
    single = st.just(0) | st.integers(*happened)
    return Facts(
        id=draw(st.text(max_size=5)),
        tier=draw(st.sampled_from(["A", "B", "z", None])),
        cadence=draw(st.sampled_from(CADENCES)),
        coi=draw(st.booleans()),
        five=draw(st.booleans()),
        gone=draw(st.booleans()),
        died=draw(one),
        snooze_until=draw(one),
        paused=draw(st.just(FOR_GOOD) | one),
        next_contact=draw(one),
        last_contact=draw(single),
        met=draw(one),
        created=draw(one),
        imported=draw(st.booleans()),
        days=draw(some),
        touches=draw(some),
        inbound=draw(some),
        skips=draw(some),
        attempts=draw(some),
        referrals=draw(some),
        plans=draw(some),
        promises=draw(some),
        yearly=draw(st.sampled_from(YEARLY)),
    )


EDGES = [st.integers(FIRST, FIRST + 400), st.integers(LAST - 400, LAST), st.integers(FIRST, LAST)]


@LAW
@given(st.data(), st.one_of(*EDGES), rules_of_a_vault())
def test_in_the_years_1_to_9999_nothing_raises_and_every_day_is_one_of_the_calendar(data: st.DataObject, now: int, rules: Rules) -> None:
    near_by = (max(FIRST, now - 500), min(LAST, now + 500))
    facts = data.draw(facts_near(*near_by, happened=near_by) | facts_near())
    found = stand(facts, rules, date.fromordinal(now))
    for ordinal in (found.last, found.base, found.next, found.due):
        assert 0 <= ordinal <= LAST
    assert found.order() == found.order()
    assert due.mark(facts, rules, date.fromordinal(now)).standing == found


@LAW
@given(st.data(), st.one_of(*EDGES), rules_of_a_vault())
def test_numbers_stay_within_their_bounds(data: st.DataObject, now: int, rules: Rules) -> None:
    near_by = (max(FIRST, now - 500), min(LAST, now + 500))
    found = stand(data.draw(facts_near(*near_by, happened=near_by) | facts_near()), rules, date.fromordinal(now))
    assert found.freshness is None or 0 <= found.freshness <= 100
    assert found.score is None or found.score >= 0
    assert found.ratio is None or found.ratio >= 0
    assert (found.ratio is None) == (found.state == "on-file") == (found.next == 0)
    assert (found.span >= 1) == (found.ratio is not None)
    assert (found.freshness is None) == (not found.last or not found.span)
    assert found.base or found.ratio is None or found.ratio <= 1
    assert found.hidden != "wholly" or not found.listed
    assert found.listed == (bool(found.owed) or (0 < found.next <= now and not found.hidden))


@LAW
@given(st.data(), st.integers(720_000, 740_000), st.integers(0, 3000), rules_of_a_vault())
def test_a_later_day_never_makes_a_ratio_smaller_when_nothing_else_changes(data: st.DataObject, now: int, days: int, rules: Rules) -> None:
    facts = data.draw(facts_near(now - 2000, now + 2000, happened=(now - 2000, now)))
    before, after = (stand(facts, rules, date.fromordinal(on)) for on in (now, now + days))
    assume((before.newcomer >= 0) == (after.newcomer >= 0))  # the end of the first 90 days is a change
    assume(before.ratio is not None and after.ratio is not None)
    assert after.ratio >= before.ratio  # type: ignore[operator]


@LAW
@given(st.data(), st.integers(720_000, 740_000), st.integers(0, 3000), rules_of_a_vault())
def test_a_later_day_never_makes_somebody_fresher_when_nothing_else_changes(data: st.DataObject, now: int, days: int, rules: Rules) -> None:
    facts = data.draw(facts_near(now - 2000, now + 2000, happened=(now - 2000, now)))._replace(met=0)
    before, after = (stand(facts, rules, date.fromordinal(on)) for on in (now, now + days))
    assert (before.freshness is None) == (after.freshness is None)
    assert before.freshness is None or after.freshness <= before.freshness  # type: ignore[operator]


@pytest.mark.parametrize("cadence", ["daily", "weekly", "monthly", "100 years"])
@pytest.mark.parametrize(("last", "today"), [("9999-12-30", "9999-12-31"), ("0001-01-01", "0001-01-02"), ("0001-01-01", "9999-12-31")])
def test_the_first_and_the_last_days_of_the_calendar_have_a_row_too(cadence: str, last: str, today: str) -> None:
    one = contact(f"cadence: {cadence}", "birthday: 02-29", f"next_contact: {today}", f"- {last} call: hello")
    row = row_of(one, date.fromisoformat(today))
    assert row.last == date.fromisoformat(last)
    assert due.row_facts(row)["id"] == "ada"
    assert due.dated_rows(one, standing(one, today), Settings(), date.fromisoformat(today)) is not None


KEYS = st.sampled_from(
    [
        "birthday: 1976-11-21", "birthday: --02-29", "dates: [2024-02-29 pier, 12-31 year's end]", "started: 2016-01-01",
        "next_contact: 2026-11-27", "next_contact: 2026-03-01", "status: archived", "tier: A", "tier: C",
    ]
)  # fmt: skip
LINES = st.sampled_from(
    [
        "- 2026-11-25 lunch", "- [ ] 2026-12-20 dinner", "- 2026-02-27 call", "- 2027-02-28 skip", "- 2026-03-01 note: x",
        "- 2026-10-01 call\n  - [ ] write [due:: 2026-12-01]", "- 2026-10-01 call\n  - [ ] theirs [due:: 2027-02-01] [waiting:: them]",
    ]
)  # fmt: skip


@settings(LAW, max_examples=MORE or 200)
@given(
    st.lists(KEYS, unique=True, max_size=3), st.lists(LINES, max_size=3), st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    st.sampled_from([0, 7, 30, 75, 150, 300]), st.sampled_from(["feb28", "mar1"]),
)  # fmt: skip
def test_whoever_has_a_dated_row_is_marked_as_dated(keys: list[str], lines: list[str], today: date, ahead: int, leap_day: str) -> None:
    chosen = Settings(occasion_days=ahead, leap_day=leap_day)
    one = contact(*keys, *(part for line in lines for part in line.split("\n")))
    found = standing(one, today, chosen)
    rows = due.dated_rows(one, found, chosen, today)
    assert not rows or due.mark(facts_of(one), Rules(chosen), today).dated
    assert not near(one, found, chosen, today) or rows
