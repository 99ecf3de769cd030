"""Partial dates, cadences, spoken dates (docs/format.md, "Dates" and "How often")."""

from __future__ import annotations

from datetime import date, timedelta
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plaintextcrm.core.dates import (
    add,
    cadence_text,
    cadence_words,
    day_words,
    iso_day,
    iso_forms,
    key_day,
    last_day,
    long_day,
    parse_cadence,
    parse_partial,
    partial_text,
    plus_days,
    span_words,
    yearly,
)
from plaintextcrm.core.model import NEVER, Cadence, PartialDate
from plaintextcrm.core.spoken import FUTURE, PAST, parse_spoken
from tests.make import TODAY, parsed

LAW = settings(deadline=None, database=None, derandomize=True, max_examples=200)
ODD = st.text(alphabet=st.sampled_from("0123456789²٣๓-/.~? :,[]|TZabdefghilmnorstuvwxy"), max_size=14)
WORDS = st.lists(
    st.sampled_from(
        "a an in on ago next last every of x times twice year month weeks d 2w fri monday 20 31 29 0 99999 1604 feb nov. may 2026".split()
    ),
    max_size=5,
).map(" ".join)
ANY = ODD | WORDS | st.text()

# --- partial dates -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("1980-05-12", "1980-05-12"),
        ("19800512", "1980-05-12"),
        ("--05-12", "--05-12"),
        ("--0512", "--05-12"),
        ("05-12", "--05-12"),
        ("0000-05-12", "--05-12"),
        ("0001-05-12", "--05-12"),
        ("1604-05-12", "--05-12"),
        ("16040512", "--05-12"),
        ("????-05-12", "--05-12"),
        ("1980-05", "1980-05"),
        ("1980", "1980"),
        ("~1980", "1980"),
        ("12 May 1980", "1980-05-12"),
        ("12 May", "--05-12"),
        ("May 12", "--05-12"),
        ("May 12, 1980", "1980-05-12"),
        ("1 April 1987", "1987-04-01"),
        ("3. sept. 1980", "1980-09-03"),
        ("1980-5-1", "1980-05-01"),
        ("1980/05/12", "1980-05-12"),
        ("1980.05.12", "1980-05-12"),
        ("1980-05-12T00:00:00Z", "1980-05-12"),
        ("[[1980-05-12]]", "1980-05-12"),
        ("  1980-05-12 ", "1980-05-12"),
        ("1948-02-29", "1948-02-29"),
        ("--02-29", "--02-29"),
        ("1604-02-29", "--02-29"),
        ("0885-05-12", "0885-05-12"),
        ("9999-12-31", "9999-12-31"),
    ],
)
def test_a_partial_date_means_what_it_says(text: str, means: str) -> None:
    found = parse_partial(text)
    assert found is not None
    assert partial_text(found) == means


@pytest.mark.parametrize(
    "text",
    [
        "12/05/1980", "5/12/1980", "12.05.1980", "12-05-1980", "0512", "1980-02-30", "1981-02-29", "1980-13-01", "1980-13", "1980-00-12",
        "1980-05-00", "13-01", "--13-01", "--04-31", "19801301", "80", "80-05-12", "May", "May 1980", "12 Foo 1980", "31 April", "soon", "",
        "0000", "1604", "1980-05-12x", "1980-05/12", "12th of May", "???", "????",
    ],
)  # fmt: skip
def test_what_would_be_a_guess_or_no_day_is_refused(text: str) -> None:
    assert parse_partial(text) is None


def test_a_refused_birthday_is_answered_with_what_it_may_mean() -> None:
    problems = parsed("---\nbirthday: 12/05/1980\ndied: 0512\n---\n").problems
    assert [(problem.code, problem.where.line) for problem in problems] == [("bad-date", 2), ("bad-date", 3)]
    assert "1980-05-12 or 1980-12-05" in problems[0].message


@pytest.mark.parametrize(
    ("text", "last"),
    [("2025", "2025-12-31"), ("2025-03", "2025-03-31"), ("2024-02", "2024-02-29"), ("2025-02", "2025-02-28"), ("2025-03-02", "2025-03-02")],
)
def test_a_year_or_a_month_alone_ends_on_its_last_day(text: str, last: str) -> None:
    found = parse_partial(text)
    assert found
    assert last_day(found) == date.fromisoformat(last)


def test_without_a_year_there_is_no_last_day() -> None:
    assert last_day(PartialDate(None, 5, 12)) is None


YEARS = st.integers(0, 9999)
FORMS = st.one_of(
    st.builds("{:04}-{:02}-{:02}".format, YEARS, st.integers(0, 13), st.integers(0, 32)),
    st.builds("{:04}{:02}{:02}".format, YEARS, st.integers(1, 12), st.integers(1, 31)),
    st.builds("--{:02}-{:02}".format, st.integers(1, 12), st.integers(1, 31)),
    st.builds("{:04}-{:02}".format, YEARS | st.sampled_from([0, 1, 1604]), st.integers(1, 12)),
    st.builds("{}{:04}".format, st.sampled_from(["", "~"]), YEARS),
    st.builds("{} {} {:04}".format, st.integers(1, 31), st.sampled_from(["May", "feb", "September"]), YEARS),
)


@LAW
@example("1604-05")
@example("~0512")
@given(FORMS | ANY)
def test_the_canonical_text_of_a_partial_date_parses_back(text: str) -> None:
    found = parse_partial(text)
    if found is not None:
        assert parse_partial(partial_text(found)) == found


@LAW
@given(FORMS | ANY)
def test_a_partial_date_is_always_a_day_of_some_calendar(text: str) -> None:
    found = parse_partial(text)
    if found is not None and found.month and found.day:
        assert yearly(found.month, found.day, 2024)
    if found is not None and found.year:
        assert last_day(found)


# --- cadences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "canonical", "shown"),
    [
        ("30", "30 days", "every 30 days"),
        ("30d", "30 days", "every 30 days"),
        ("30 days", "30 days", "every 30 days"),
        ("1", "1 day", "every day"),
        ("daily", "1 day", "every day"),
        ("2w", "2 weeks", "every 2 weeks"),
        ("every 3 weeks", "3 weeks", "every 3 weeks"),
        ("every week", "1 week", "every week"),
        ("every other week", "2 weeks", "every 2 weeks"),
        ("weekly", "1 week", "every week"),
        ("fortnightly", "2 weeks", "every 2 weeks"),
        ("1m", "1 month", "every month"),
        ("monthly", "1 month", "every month"),
        ("6 months", "6 months", "every 6 months"),
        ("two months", "2 months", "every 2 months"),
        ("quarterly", "3 months", "every 3 months"),
        ("1y", "1 year", "every year"),
        ("yearly", "1 year", "every year"),
        ("twice a year", "6 months", "every 6 months"),
        ("once a year", "1 year", "every year"),
        ("4x/year", "3 months", "every 3 months"),
        ("4 times a year", "3 months", "every 3 months"),
        ("5x/year", "73 days", "every 73 days"),
        ("7x/year", "52 days", "every 52 days"),
        ("12x/year", "1 month", "every month"),
        ("365x/year", "1 day", "every day"),
        ("never", "never", "never"),
        ("100 years", "100 years", "every 100 years"),
        ("36525", "36525 days", "every 36525 days"),
        (" Every  3   Weeks ", "3 weeks", "every 3 weeks"),
    ],
)
def test_a_cadence_is_read_stored_and_shown(text: str, canonical: str, shown: str) -> None:
    found = parse_cadence(text)
    assert found is not None
    assert (cadence_text(found), cadence_words(found)) == (canonical, shown)


@pytest.mark.parametrize(
    "text",
    [
        "0", "0d", "-3", "-3 days", "500x/year", "0x/year", "9999y", "101 years", "1201 months", "36526", "36526 days", "soon", "often", "",
        "month", "1.5 months", "3 fridays", "every", "every 0 days", "twice", "12x/month", "1 month 2 days", "1e3", "0x10", "1_000", "²",
        "³ days", "30²",
    ],
)  # fmt: skip
def test_what_is_no_cadence_from_1_day_to_100_years_is_refused(text: str) -> None:
    assert parse_cadence(text) is None


def test_a_cadence_of_odd_digits_is_a_mistake_in_the_file_like_any_other() -> None:
    file = parsed("---\ntier: A\ncadence: ²\n---\n")
    assert [(problem.code, problem.where.line) for problem in file.problems] == [("bad-cadence", 3)]


@LAW
@given(
    st.one_of(
        st.builds(Cadence, st.integers(1, 36525), st.just("day")),
        st.builds(Cadence, st.integers(1, 5218), st.just("week")),
        st.builds(Cadence, st.integers(1, 1200), st.just("month")),
        st.builds(Cadence, st.integers(1, 100), st.just("year")),
        st.just(NEVER),
    )
)
def test_the_canonical_text_and_the_shown_words_of_a_cadence_parse_back(cadence: Cadence) -> None:
    assert parse_cadence(cadence_text(cadence)) == cadence
    assert parse_cadence(cadence_words(cadence)) == cadence


@LAW
@example("²")
@given(ANY)
def test_what_a_file_may_hold_never_raises(text: str) -> None:
    cadence = parse_cadence(text)
    assert cadence is None or parse_cadence(cadence_text(cadence)) == cadence
    parse_partial(text)
    key_day(text)
    iso_day(text)
    iso_forms(text)


# --- adding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "cadence", "times", "after"),
    [
        ("2027-01-31", Cadence(1, "month"), 1, "2027-02-28"),
        ("2028-01-31", Cadence(1, "month"), 1, "2028-02-29"),
        ("2026-08-31", Cadence(1, "month"), 1, "2026-09-30"),
        ("2026-08-31", Cadence(6, "month"), 1, "2027-02-28"),
        ("2026-11-30", Cadence(3, "month"), 1, "2027-02-28"),
        ("2026-12-31", Cadence(1, "month"), 1, "2027-01-31"),
        ("2024-02-29", Cadence(1, "year"), 1, "2025-02-28"),
        ("2024-02-29", Cadence(4, "year"), 1, "2028-02-29"),
        ("1896-02-29", Cadence(4, "year"), 1, "1900-02-28"),
        ("2027-03-31", Cadence(1, "month"), -1, "2027-02-28"),
        ("2026-01-15", Cadence(1, "month"), -1, "2025-12-15"),
        ("2026-01-31", Cadence(1, "month"), 13, "2027-02-28"),
        ("2026-11-21", Cadence(2, "week"), 1, "2026-12-05"),
        ("2026-11-21", Cadence(30, "day"), -1, "2026-10-22"),
        ("9999-12-01", Cadence(1, "month"), 1, "9999-12-31"),
        ("9999-12-31", Cadence(1, "day"), 1, "9999-12-31"),
        ("0001-01-31", Cadence(1, "year"), -1, "0001-01-01"),
        ("0001-01-02", Cadence(1, "week"), -1, "0001-01-01"),
    ],
)
def test_adding_a_cadence_follows_the_calendar_and_stays_in_it(day: str, cadence: Cadence, times: int, after: str) -> None:
    assert add(date.fromisoformat(day), cadence, times).isoformat() == after


@LAW
@given(st.dates(), st.dates(), st.sampled_from(["day", "week", "month", "year"]), st.integers(1, 40000))
def test_what_begins_later_never_ends_earlier(one: date, other: date, unit: str, count: int) -> None:
    first, second = sorted((one, other))
    cadence = Cadence(count, unit)
    assert first <= add(first, cadence) <= add(second, cadence)
    assert add(first, cadence, -1) <= add(second, cadence, -1) <= second


@LAW
@given(st.dates(), st.integers(-(10**7), 10**7))
def test_days_added_stay_within_the_calendar(day: date, days: int) -> None:
    assert date.min <= plus_days(day, days) <= date.max


# --- spoken dates --------------------------------------------------------------------------------------------------

SPOKEN = [  # on Saturday 21 November 2026: (typed, looking back, looking ahead)
    ("2026-11-20", "2026-11-20", "2026-11-20"),
    ("2027-03-01", "2027-03-01", "2027-03-01"),
    ("2026/11/20", "2026-11-20", "2026-11-20"),
    ("today", "2026-11-21", "2026-11-21"),
    ("Today", "2026-11-21", "2026-11-21"),
    ("yesterday", "2026-11-20", "2026-11-20"),
    ("tomorrow", "2026-11-22", "2026-11-22"),
    ("3 days ago", "2026-11-18", "2026-11-18"),
    ("a week ago", "2026-11-14", "2026-11-14"),
    ("two months ago", "2026-09-21", "2026-09-21"),
    ("1y ago", "2025-11-21", "2025-11-21"),
    ("fri", "2026-11-20", "2026-11-27"),
    ("Friday", "2026-11-20", "2026-11-27"),
    ("on friday", "2026-11-20", "2026-11-27"),
    ("sat", "2026-11-14", "2026-11-28"),
    ("saturday", "2026-11-14", "2026-11-28"),
    ("sun", "2026-11-15", "2026-11-22"),
    ("mon", "2026-11-16", "2026-11-23"),
    ("tue", "2026-11-17", "2026-11-24"),
    ("wed", "2026-11-18", "2026-11-25"),
    ("thu", "2026-11-19", "2026-11-26"),
    ("20 Nov", "2026-11-20", "2027-11-20"),
    ("20 november", "2026-11-20", "2027-11-20"),
    ("Nov 20", "2026-11-20", "2027-11-20"),
    ("21 Nov", "2026-11-21", "2026-11-21"),
    ("22 Nov", "2025-11-22", "2026-11-22"),
    ("20 Nov 2024", "2024-11-20", "2024-11-20"),
    ("Nov 20, 2024", "2024-11-20", "2024-11-20"),
    ("29 feb", "2024-02-29", "2028-02-29"),
    ("in 2 weeks", "2026-12-05", "2026-12-05"),
    ("in a month", "2026-12-21", "2026-12-21"),
    ("in 10d", "2026-12-01", "2026-12-01"),
    ("next month", "2026-12-21", "2026-12-21"),
    ("next week", "2026-11-28", "2026-11-28"),
    ("next year", "2027-11-21", "2027-11-21"),
    ("last month", "2026-10-21", "2026-10-21"),
    ("last week", "2026-11-14", "2026-11-14"),
]


@pytest.mark.parametrize(("typed", "back", "ahead"), SPOKEN, ids=[typed for typed, _, _ in SPOKEN])
def test_a_spoken_date_is_the_nearest_in_the_commands_direction(typed: str, back: str, ahead: str) -> None:
    assert parse_spoken(typed, TODAY, PAST).isoformat() == back
    assert parse_spoken(typed, TODAY, FUTURE).isoformat() == ahead


@pytest.mark.parametrize("direction", [PAST, FUTURE], ids=["log", "snooze"])
@pytest.mark.parametrize("word", ["last", "next"])
def test_last_and_next_before_a_weekday_change_nothing(word: str, direction: int) -> None:
    assert parse_spoken(f"{word} fri", TODAY, direction) == parse_spoken("fri", TODAY, direction)


@pytest.mark.parametrize("typed", ["2w", "2 weeks", "10 days", "a month", "1y"])
def test_a_span_alone_is_ahead_where_the_command_looks_ahead_and_refused_where_it_looks_back(typed: str) -> None:
    assert parse_spoken(typed, TODAY, FUTURE) == parse_spoken(f"in {typed}", TODAY, FUTURE)
    with pytest.raises(ValueError, match="type it like"):
        parse_spoken(typed, TODAY, PAST)


@pytest.mark.parametrize(
    ("today", "direction", "found"),
    [
        ("2024-02-29", PAST, "2024-02-29"),
        ("2024-02-29", FUTURE, "2024-02-29"),
        ("2024-03-01", FUTURE, "2028-02-29"),
        ("2024-02-28", PAST, "2020-02-29"),
        ("1896-03-01", FUTURE, "1904-02-29"),
        ("2104-02-28", PAST, "2096-02-29"),
    ],
)
def test_the_29th_of_february_is_looked_for_across_the_common_years(today: str, direction: int, found: str) -> None:
    assert parse_spoken("29 feb", date.fromisoformat(today), direction).isoformat() == found


@pytest.mark.parametrize("on", [TODAY + timedelta(days) for days in range(7)])
@pytest.mark.parametrize("name", ["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
def test_a_weekday_is_never_today_and_never_further_than_a_week(on: date, name: str) -> None:
    back, ahead = parse_spoken(name, on, PAST), parse_spoken(name, on, FUTURE)
    assert 1 <= (on - back).days <= 7
    assert 1 <= (ahead - on).days <= 7
    assert back.weekday() == ahead.weekday() == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].index(name)


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("20/11/2026", "type it as 2026-11-20"),
        ("11/20/2026", "type it as 2026-11-20"),
        ("5/6/2026", "type it as 2026-06-05 or 2026-05-06"),
        ("05.06.2026", "type it as 2026-06-05 or 2026-05-06"),
        ("5/5/2026", "type it as 2026-05-05"),
    ],
)
@pytest.mark.parametrize("direction", [PAST, FUTURE], ids=["log", "snooze"])
def test_a_day_written_day_or_month_first_is_refused_with_the_iso_form(typed: str, right: str, direction: int) -> None:
    with pytest.raises(ValueError, match=right) as refused:
        parse_spoken(typed, TODAY, direction)
    assert str(refused.value) == f'date "{typed}": {right}'


@pytest.mark.parametrize(
    ("typed", "log", "snooze"),
    [
        ("26/11", "2025-11-26", "2026-11-26"),
        ("11/26", "2025-11-26", "2026-11-26"),
        ("20.11.", "2026-11-20", "2027-11-20"),
        ("21/11", "2026-11-21", "2026-11-21"),
        ("5/6", "2026-06-05 or 2026-05-06", "2027-06-05 or 2027-05-06"),
        ("29/2", "2024-02-29", "2028-02-29"),
    ],
)
def test_a_day_and_a_month_in_numbers_are_refused_with_the_iso_form_of_the_nearest(typed: str, log: str, snooze: str) -> None:
    for direction, right in ((PAST, log), (FUTURE, snooze)):
        with pytest.raises(ValueError, match="type it as") as refused:
            parse_spoken(typed, TODAY, direction)
        assert str(refused.value) == f'date "{typed}": type it as {right}'


@pytest.mark.parametrize(
    "typed",
    [
        "12", "may", "nov", "2026", "2026-11", "soon", "later", "", " ", "?", "2026-02-30", "31 feb", "30 feb 2024", "20",
        "the 20th", "fri fri",
        "3 ago", "days ago", "next", "last", "next may", "other week ago", "in", "in 2", "in 2 fridays", "-1", "99/99/9999",
        "20/13", "noon",
        "am", "ad", "ay", "and", "tend", "anyway", "and ago", "sixd ago",
    ],
)  # fmt: skip
@pytest.mark.parametrize("direction", [PAST, FUTURE], ids=["log", "snooze"])
def test_what_is_not_understood_is_refused_with_what_to_type(typed: str, direction: int) -> None:
    with pytest.raises(ValueError, match="type it like 2026-11-20, yesterday, 3 days ago, fri, 20 Nov or in 2 weeks"):
        parse_spoken(typed, TODAY, direction)


@LAW
@given(ANY, st.dates(), st.sampled_from([PAST, FUTURE]))
def test_any_text_is_a_day_or_refused_with_a_message(text: str, today: date, direction: int) -> None:
    try:
        assert date.min <= parse_spoken(text, today, direction) <= date.max
    except ValueError as refused:
        assert str(refused).startswith(f'date "{text}": type it ')  # noqa: PT017 - both ends are right


@LAW
@given(st.dates(date(1, 1, 1), date(9990, 12, 31)), st.dates(), st.sampled_from([PAST, FUTURE]))
def test_an_iso_day_is_that_day_whatever_the_direction(day: date, today: date, direction: int) -> None:
    assert parse_spoken(day.isoformat(), today, direction) == day


@pytest.mark.parametrize(
    ("text", "length"),
    [("?", 10**5), ("1", 10**5), ("[", 10**5), ("[[", 50_000), (" ", 10**5), ("-", 10**5), ("a ", 50_000), ("a/", 50_000), ("a", 8_000)],
)  # fmt: skip
def test_a_very_long_text_is_refused_at_once(text: str, length: int) -> None:
    begun = process_time()
    for direction in (PAST, FUTURE):
        with pytest.raises(ValueError, match="type it like"):
            parse_spoken(text * length + "!", TODAY, direction)
    parse_cadence(text * length)
    parse_partial(text * length)
    assert process_time() - begun < 5


# --- days in words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "words"),
    [("2026-11-24", "Tue 24 Nov"), ("2026-11-20", "Fri 20 Nov"), ("2027-02-19", "Fri 19 Feb"), ("2029-01-02", "2 Jan 2029")],
)
def test_a_day_near_is_told_by_its_weekday_and_one_far_off_by_its_year(day: str, words: str) -> None:
    assert day_words(date.fromisoformat(day), TODAY) == words


def test_the_long_day_is_the_whole_date() -> None:
    assert long_day(TODAY) == "Saturday 21 November 2026"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "0 days"), (1, "1 day"), (13, "13 days"), (14, "2 weeks"), (42, "6 weeks"), (69, "9 weeks"), (70, "2 months"), (92, "3 months"),
        (429, "14 months"), (731, "24 months"), (1096, "3 years"), (6960, "19 years"),
    ],
)  # fmt: skip
def test_a_length_of_time_is_told_as_people_say_it(days: int, words: str) -> None:
    assert span_words(days) == words
