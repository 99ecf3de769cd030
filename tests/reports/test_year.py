"""`year`: the year in people and numbers, and how many of their days each tier was kept in time; rule by rule."""

from __future__ import annotations

from datetime import date

import pytest

from plaintextcrm.core.dates import parse_cadence
from plaintextcrm.core.model import NEVER, Cadence
from plaintextcrm.core.reports.kept import days_kept
from plaintextcrm.core.settings import Settings, Tier
from tests.make import contact
from tests.reports.people import ids, row, told

PEOPLE, NUMBERS, KEPT = 1, 2, 3


def numbers(*people, **more):
    """What is counted -> (this year, the same days of the year before)."""
    return {line["what"]: (line["year"], line["before"]) for line in told("year", *people, **more).tables[NUMBERS - 1].rows}


def months(*people, **more):
    """The rows of the table of what was kept, by month."""
    return {line["month"]: line for line in told("year", *people, **more).tables[KEPT - 1].rows}


# --- the people ----------------------------------------------------------------------------------------------------


def test_the_year_begins_on_new_years_day_and_ends_today():
    ada = contact("- 2025-12-31 call", "- 2026-01-01 call", "- 2026-11-21 call", "- 2026-11-22 call")
    assert row(told("year", ada), "ada")["contacts"] == 2


def test_the_year_before_is_cut_on_the_same_day():
    ada = contact("- 2024-12-31 call", "- 2025-01-01 call", "- 2025-11-21 call", "- 2025-11-22 call", "- 2026-02-01 call")
    assert row(told("year", ada), "ada")["before"] == 2


def test_on_29_february_the_year_before_ends_on_the_28th():
    ada = contact("- 2023-02-28 call", "- 2023-03-01 call", "- 2024-02-01 call")
    assert row(told("year", ada, today="2024-02-29"), "ada")["before"] == 1


def test_two_calls_of_one_day_are_one_day_and_a_note_is_none():
    ada = contact("- 2026-03-01 call", "- 2026-03-01 email", "- 2026-03-02 note: Saw her")
    assert row(told("year", ada), "ada")["contacts"] == 1
    assert ids(told("year", contact("- 2026-03-02 note: Saw her"))) == []


def test_most_days_stand_first_then_most_in_person_then_the_id():
    people = [
        contact("- 2026-01-01 call", "- 2026-01-02 call", id="b"), contact("- 2026-01-01 call", "- 2026-01-02 call", id="a"),
        contact("- 2026-01-01 call", "- 2026-01-02 lunch", id="c"), contact(*[f"- 2026-01-0{day} call" for day in (1, 2, 3)], id="d"),
    ]  # fmt: skip
    assert ids(told("year", *people)) == ["d", "c", "a", "b"]


def test_a_first_contact_this_year_is_somebody_new():
    assert row(told("year", contact("met: 2026-03-01", "- 2026-03-01 call")), "ada")["became"] == ("new since 1 Mar",)


@pytest.mark.parametrize("line", ["met: 2024-03-01", "last_contact: 2025-06-01", "- 2025-12-31 email: Hello"])
def test_whoever_was_known_before_is_not_new(line):
    assert row(told("year", contact(line, "- 2026-03-01 call")), "ada")["became"] == ()


def test_after_a_year_of_silence_somebody_is_back():
    assert row(told("year", contact("- 2025-02-01 call", "- 2026-02-01 call")), "ada")["became"] == ("back after 12 months",)
    assert row(told("year", contact("- 2025-02-02 call", "- 2026-02-01 call")), "ada")["became"] == ()


def test_what_else_became_of_it_is_told_in_words():
    ada = contact(
        "met: 2020-01-01", "- 2025-06-01 call", "- 2026-02-01 referral-in: A widow. [value:: 9500]", "- 2026-03-01 referral-in: Her cousin.",
        "- 2026-04-01 gave: Thanks.", "- 2026-05-01 asked: For a name.", "- 2026-06-01 handover: To Noor.",
    )  # fmt: skip
    assert row(told("year", ada), "ada")["became"] == ("sent us 2 referrals", "you gave once", "you asked once", "handed over")
    assert row(told("year", ada), "ada")["value"] == 9500


@pytest.mark.parametrize(("key", "words"), [
    ("status: archived", "archived"), ("status: deceased", "died"), ("died: 2026-03-02", "died"), ("do_not_contact: true", "not to be contacted"),
])  # fmt: skip
def test_who_is_gone_by_now_was_there_all_the_same(key, words):
    found = told("year", contact(key, "met: 2020-01-01", "- 2025-12-01 call", "- 2026-03-01 visit"))
    assert row(found, "ada")["became"] == (words,)
    assert ids(found, PEOPLE) == ["ada"]


def test_nobody_in_touch_is_said():
    found = told("year", contact("- 2025-03-01 call"))
    expected = "Nobody was in touch in 2026 so far, as far as these files know; in the same days of 2025 it was 1 person, once."
    assert found.sentences == (expected,)


def test_the_sentence_counts_people_and_times():
    ada = contact("name: Ada", "met: 2020-01-01", "- 2025-02-01 call", "- 2026-01-01 call", "- 2026-02-01 call", id="a")
    bob = contact("name: Bob", "- 2026-03-01 call", "- 2026-04-01 referral-in: Cleo. [value:: 1200]", id="b")
    assert told("year", ada, bob).sentences == (
        "In 2026 so far you were in touch with 2 people, 4 times; in the same days of 2025 it was 1 person, once.",
        "New this year: Bob.",
        "One person sent you 1 referral, worth EUR 1,200.",
    )


# --- in numbers ----------------------------------------------------------------------------------------------------


def test_a_lunch_in_two_files_is_one_time_and_two_people():
    lunch = "- 2026-03-01 lunch: All of us. ^k3x9q2"
    found = numbers(contact(lunch, id="a"), contact(lunch, id="b"), contact("- 2026-03-01 lunch", id="c"))
    assert (found["people in touch"], found["times in touch"]) == ((3, 0), (2, 0))


def test_the_same_block_id_on_another_day_is_another_time():
    assert numbers(contact("- 2026-03-01 lunch ^k3x9q2", "- 2026-03-02 lunch ^k3x9q2"))["times in touch"] == (2, 0)


def test_each_number_stands_beside_that_of_the_year_before():
    ada = contact(
        "- 2023-01-01 call", "- 2025-03-01 lunch", "- 2025-04-01 gave: A pen", "- 2025-05-01 referral-in: Bob. [value:: 100]",
        "- 2026-03-01 asked: A name", "- 2026-05-01 lunch", "- 2026-06-01 referral-in: Cleo. [value:: 50,5]",
    )  # fmt: skip
    assert numbers(ada) == {
        "people in touch": (1, 1), "times in touch": (3, 3), "days in person, with each": (1, 1), "back after a year or more": (0, 1),
        "times given or offered": (0, 1), "times asked": (1, 0), "referrals to us": (1, 1), "worth, in EUR": (50.5, 100),
    }  # fmt: skip


def test_what_was_nought_both_years_is_left_out():
    assert "times asked" not in numbers(contact("- 2026-03-01 call"))


# --- kept in time --------------------------------------------------------------------------------------------------


def test_a_day_is_kept_up_to_the_day_on_which_the_turn_comes():
    found = months(contact("tier: A", "- 2026-01-01 call"), today="2026-02-28")  # the turn comes on 1 February
    assert [(line["kept"], line["days"], line["tier:A"]) for line in found.values()] == [(31, 31, 100), (1, 28, 4)]


def test_days_before_the_first_contact_are_not_counted():
    assert months(contact("tier: A", "- 2026-01-30 call"), today="2026-01-31")["2026-01"]["days"] == 2


def test_what_was_open_at_the_turn_of_the_year_goes_on():
    found = months(contact("tier: A", "- 2025-12-20 call"), today="2026-01-31")
    assert (found["2026-01"]["kept"], found["2026-01"]["days"]) == (20, 31)


def test_a_contact_begins_anew_and_so_does_a_skip():
    late = months(contact("tier: A", "- 2025-11-20 call", "- 2026-01-11 call"), today="2026-01-31")
    assert (late["2026-01"]["kept"], late["2026-01"]["days"]) == (21, 31)
    skipped = months(contact("tier: A", "- 2025-12-20 call", "- 2026-01-10 skip: August"), today="2026-01-31")
    assert skipped["2026-01"]["kept"] == 31


def test_a_last_contact_counts_from_its_day():
    assert months(contact("tier: A", "last_contact: 2026-01-30"), today="2026-01-31")["2026-01"]["days"] == 2


def test_a_plan_keeps_nothing():
    found = months(contact("tier: A", "- 2025-12-01 call", "- 2026-02-01 lunch"), today="2026-01-31")
    assert found["2026-01"]["kept"] == 1


def test_the_cadence_of_ones_own_decides_and_those_without_a_tier_are_the_others():
    weekly = contact("cadence: weekly", "- 2026-01-01 call", id="w")
    daily = contact("tier: B", "cadence: 1 day", "- 2026-01-01 call", id="d")
    found = months(weekly, daily, today="2026-01-10")["2026-01"]
    assert (found["tier:"], found["tier:B"], found["all"]) == (80, 20, 50)


def test_who_has_no_rhythm_is_not_in_it_unless_the_settings_give_everybody_one():
    assert months(contact("- 2026-01-01 call")) == {}
    settings = Settings(default_cadence=parse_cadence("yearly") or NEVER)
    assert months(contact("- 2026-01-01 call"), settings=settings)["2026-11"]["all"] == 100


@pytest.mark.parametrize(
    "key", ["status: archived", "died: 2026-05-01", "do_not_contact: true", "paused: true", "snooze_until: 2027-01-01"]
)
def test_who_rests_or_is_gone_is_left_out(key):
    assert months(contact("tier: A", key, "- 2026-01-01 call")) == {}


def test_tiers_stand_in_the_order_of_the_settings():
    settings = Settings(tiers=(Tier("Low", Cadence(1, "year"), 1), Tier("Top", Cadence(1, "month"), 9)))
    people = [contact("tier: top", "- 2026-01-01 call", id="a"), contact("tier: LOW", "- 2026-01-01 call", id="b")]
    table = told("year", *people, settings=settings).tables[KEPT - 1]
    assert [column.words for column in table.columns] == ["Month", "Low", "Top", "All"]


def test_a_tier_that_begins_later_in_the_year_stands_in_its_place_all_the_same():
    people = [
        contact("tier: A", "- 2026-03-01 call", id="a"), contact("tier: C", "- 2026-01-01 call", id="c"),
        contact("cadence: 1 month", "- 2026-01-01 call", id="own"), contact("tier: B", "- 2026-02-01 call", id="b"),
    ]  # fmt: skip
    table = told("year", *people, today="2026-03-01").tables[KEPT - 1]
    assert [column.words for column in table.columns] == ["Month", "A", "B", "C", "Others", "All"]
    assert table.sentence.startswith("Kept in time: A 100 %, B 100 %, C 100 %, the others 53 %; together ")


def test_the_share_is_said_and_compared_with_the_year_before():
    ada = contact("tier: A", "- 2025-01-01 call", "- 2026-01-01 call")
    sentence = told("year", ada, today="2026-02-28").tables[KEPT - 1].sentence
    assert sentence.startswith("Kept in time: A 54 %, against 54 % in the same days of 2025.")


def test_a_tier_rarely_kept_asks_what_a_longer_rhythm_would_free():
    commands = [step.command for step in told("year", contact("tier: A", "- 2026-01-01 call")).steps]
    assert 'ptcrm plan --what-if "A=2 months"' in commands
    assert commands[-2:] == ["ptcrm --today 2025-12-31 report year", "ptcrm review quarter --save"]


def test_a_stretch_is_cut_at_the_ends_of_months():
    start = date(2026, 1, 30).toordinal()
    assert list(days_kept([start], Cadence(3, "day"), date(2026, 1, 1), date(2026, 3, 1))) == [(1, 2, 2), (2, 2, 28), (3, 0, 1)]


def test_letters_of_1885_are_as_real_as_any():
    found = months(contact("tier: A", "- 1885-12-20 letter"), today="1886-01-20")
    assert found["1886-01"]["tier:A"] == 100
