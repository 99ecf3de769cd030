"""Birthdays, work anniversaries and other dates that come back (docs/guide.md, "Occasions")."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaintextcrm.core.due import has_dates
from plaintextcrm.core.occasions import Occasion, near, occasions
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import facts_of
from tests.make import TODAY, contact, standing

LAW = settings(deadline=None, database=None, derandomize=True)


def told(*lines: str, today: str | date = TODAY, settings: Settings = Settings()) -> list[str]:
    """What is told of somebody on a day: `2026-11-24 birthday, turns 41`."""
    on = date.fromisoformat(today) if isinstance(today, str) else today
    one = contact(*lines)
    return [f"{found.on} {found.words()}" for found in near(one, standing(one, on, settings), settings, on)]


# --- what there is to tell -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("birthday: 1985-11-24", "birthday, turns 41"),
        ("birthday: --11-24", "birthday"),
        ("birthday: 1604-11-24", "birthday"),
        ("birthday: 2025-11-24", "birthday, turns 1"),
        ("started: 2016-11-24", "10 years in the job"),
        ("started: 2025-11-24", "a year in the job"),
        ("dates: [11-24 name day]", "name day"),
        ("dates: [2004-11-24 the first pour]", "the first pour, 22 years"),
        ("dates: [2025-11-24 wedding day]", "wedding day"),
        ("dates: [11-24]", "a date"),
        ("anniversary: 1999-11-24", "anniversary, 27 years"),
    ],
)
def test_an_occasion_says_what_it_is_and_how_long_ago_it_began(line: str, words: str) -> None:
    assert told(line) == [f"2026-11-24 {words}"]


@pytest.mark.parametrize("line", ["birthday: 1985-11", "birthday: 1985", "birthday: ~1985", "met: 2016-11-24", "created: 2016-11-24"])
def test_what_has_no_day_or_is_no_occasion_is_not_told(line: str) -> None:
    assert told(line) == []


@pytest.mark.parametrize("line", ["birthday: 2026-11-24", "started: 2026-11-24", "dates: [2026-11-24 wedding]", "dates: [2030-11-24 x]"])
def test_the_first_day_of_all_is_no_anniversary(line: str) -> None:
    assert told(line) == []


def test_occasions_stand_in_the_order_of_their_days() -> None:
    lines = ("dates: [11-26 name day, 1999-11-22 wedding day]", "birthday: --11-24", "started: 2020-11-21")
    assert told(*lines) == [
        "2026-11-21 6 years in the job",
        "2026-11-22 wedding day, 27 years",
        "2026-11-24 birthday",
        "2026-11-26 name day",
    ]


def test_two_birthdays_of_a_couple_are_told_each_by_its_label() -> None:
    found = occasions(contact("dates: [1983-11-22 Chidi's birthday, 11-23 Grace's birthday]"), TODAY, 7, 0)
    assert found == (
        Occasion(date(2026, 11, 22), "date", "Chidi's birthday", 43),
        Occasion(date(2026, 11, 23), "date", "Grace's birthday", None),
    )


# --- when ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "is_told"), [("--11-21", True), ("--11-28", True), ("--11-29", False)], ids=["today", "in 7 days", "in 8"])
def test_an_occasion_is_told_a_week_ahead(on: str, is_told: bool) -> None:
    assert bool(told(f"birthday: {on}", "tier: B")) is is_told


@pytest.mark.parametrize(("on", "is_told"), [("--12-05", True), ("--12-06", False)], ids=["in 14 days", "in 15"])
def test_of_those_with_weight_3_it_is_told_twice_as_early(on: str, is_told: bool) -> None:
    assert bool(told(f"birthday: {on}", "tier: A")) is is_told


def test_occasion_days_says_how_early() -> None:
    assert [bool(told("birthday: --12-21", settings=Settings(occasion_days=days))) for days in (29, 30)] == [False, True]
    assert told("birthday: --11-22", settings=Settings(occasion_days=0)) == []


@pytest.mark.parametrize(("on", "is_told"), [("--11-20", True), ("--11-18", True), ("--11-17", False)], ids=["yesterday", "3 ago", "4 ago"])
def test_a_missed_occasion_is_told_for_3_days(on: str, is_told: bool) -> None:
    assert bool(told(f"birthday: {on}", "- 2026-11-01 call")) is is_told


@pytest.mark.parametrize(("last", "is_told"), [("2026-11-18", True), ("2026-11-19", False), ("2026-11-20", False)])
def test_it_was_not_missed_if_somebody_was_in_touch_on_the_day_or_since(last: str, is_told: bool) -> None:
    assert bool(told("birthday: --11-19", f"- {last} call")) is is_told


def test_the_day_itself_is_told_even_after_a_call() -> None:
    assert told("birthday: --11-21", "- 2026-11-21 call") == ["2026-11-21 birthday"]


@pytest.mark.parametrize("line", ["status: deceased", "died: 2026-11-20", "died: 2025", "status: archived", "do_not_contact: true"])
def test_the_dead_and_the_gone_have_no_occasions(line: str) -> None:
    assert told(line, "birthday: --11-24", "dates: [11-21 wedding]", "started: 2020-11-22") == []


def test_the_snoozed_and_the_paused_have_theirs() -> None:
    assert told("paused: true", "snooze_until: 2027-01-01", "birthday: --11-24") == ["2026-11-24 birthday"]


@pytest.mark.parametrize(("today", "told_as"), [("2026-12-28", "2027-01-01"), ("2027-01-02", "2027-01-01"), ("2026-12-31", "2027-01-01")])
def test_the_turn_of_the_year_hides_nothing(today: str, told_as: str) -> None:
    assert told("birthday: 1980-01-01", today=today) == [f"{told_as} birthday, turns 47"]


# --- 29 February ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leap_day", "today", "on"),
    [
        ("feb28", "2027-02-25", "2027-02-28 birthday, turns 79"),
        ("mar1", "2027-02-25", "2027-03-01 birthday, turns 79"),
        ("feb28", "2027-03-03", "2027-02-28 birthday, turns 79"),
        ("mar1", "2027-03-04", "2027-03-01 birthday, turns 79"),
        ("feb28", "2028-02-25", "2028-02-29 birthday, turns 80"),
        ("mar1", "2028-02-25", "2028-02-29 birthday, turns 80"),
        ("feb28", "2100-02-25", "2100-02-28 birthday, turns 152"),
        ("feb28", "2000-02-25", "2000-02-29 birthday, turns 52"),
    ],
)
def test_a_29th_of_february_is_told_on_the_day_the_settings_say(leap_day: str, today: str, on: str) -> None:
    assert told("birthday: 1948-02-29", today=today, settings=Settings(leap_day=leap_day)) == [on]


# --- the quick look that an index takes ----------------------------------------------------------------------------


def _is_near(month: int, day: int, today: date, chosen: Settings) -> tuple[bool, bool]:
    one = contact(f"birthday: --{month:02}-{day:02}")
    found = standing(one, today, chosen)
    return bool(near(one, found, chosen, today)), has_dates(facts_of(one), found, chosen, today)


@pytest.mark.parametrize("ahead", [0, 7, 14, 30, 60, 90, 150, 212, 300, 360, 437, 800])
def test_the_quick_look_never_misses_an_occasion(ahead: int) -> None:
    chosen = Settings(occasion_days=ahead)
    for start in range(0, 366, 7):
        today = date(2027, 1, 1) + timedelta(start)
        for distance in (ahead, ahead - 1, ahead // 2, -3):
            on = today + timedelta(distance)
            is_near, quick = _is_near(on.month, on.day, today, chosen)
            assert is_near
            assert quick, f"on {today} the quick look misses --{on:%m-%d}, told {ahead} days ahead"


@LAW
@given(
    st.dates(), st.integers(1, 12), st.integers(1, 29), st.sampled_from([0, 1, 7, 14, 25]), st.sampled_from(["feb28", "mar1"])
)  # fmt: skip
def test_in_any_year_the_quick_look_says_what_the_long_one_says(today: date, month: int, day: int, ahead: int, leap_day: str) -> None:
    is_near, quick = _is_near(month, day, today, Settings(occasion_days=ahead, leap_day=leap_day))
    assert quick == is_near


@LAW
@given(st.dates(date(1605, 1, 1)), st.dates(), st.integers(0, 400), st.integers(0, 400))
def test_every_occasion_lies_within_the_days_asked_for_and_after_it_all_began(born: date, today: date, ahead: int, behind: int) -> None:
    one = contact(f"birthday: {born}", f"started: {born}", f"dates: [{born} x]")
    for found in occasions(one, today, ahead, behind):
        assert -behind <= (found.on - today).days <= ahead
        assert found.on > born
        assert found.years is None or found.years == found.on.year - born.year
