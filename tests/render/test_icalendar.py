"""Calendar files, as icalendar and vobject read them."""

from __future__ import annotations

import os
import re
from datetime import date, datetime, timedelta

import icalendar
import pytest
import vobject
from dateutil.rrule import rrulestr
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plaintextcrm.core.standing import BIRTHDAY, DATE, WORK
from plaintextcrm.render.icalendar import DueEvent, OccasionEvent, Slot, due_calendar, occasion_calendar
from tests.hostile import HOSTILE

MORE = int(os.environ.get("PTCRM_EXAMPLES", "0"))  # as in tests/laws
law = settings(deadline=None, database=None, derandomize=not MORE, max_examples=MORE or 200)
TODAY = date(2026, 11, 21)
ADA = DueEvent("ada-king", "Ada King", date(2026, 11, 23), "You said you would send the gym list.")


def due(*events: DueEvent, title: str = "Our people", seed: str = "people", today: date = TODAY) -> bytes:
    return due_calendar(events, title=title, seed=seed, today=today)


def yearly(*events: OccasionEvent, leap_day: str = "feb28", seed: str = "people", today: date = TODAY) -> bytes:
    return occasion_calendar(events, title="Dates", seed=seed, today=today, leap_day=leap_day)


def birthday(month: int, day: int, year: int | None = None, id: str = "ada-king", name: str = "Ada King") -> OccasionEvent:
    return OccasionEvent(id, name, BIRTHDAY, month, day, year, "birthday")


def read(data: bytes) -> list[icalendar.Event]:
    """The events as icalendar reads them; vobject must read the same ones, and every line must be one of RFC 5545."""
    assert data.endswith(b"\r\n")
    lines = data.split(b"\r\n")
    for line in lines:
        assert len(line) <= 75
        assert not set(b"\r\n") & set(line)
        line.decode()  # no character is cut in two
    for line in re.sub(b"\r\n ", b"", data).decode().split("\r\n")[:-1]:
        assert re.match(r"[A-Z-]+(;[A-Z]+=[A-Z]+)?:", line), line
        assert re.search("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", line) is None, line
    calendar = icalendar.Calendar.from_ical(data)
    assert calendar.errors == []
    events = list(calendar.walk("VEVENT"))
    assert all(event.errors == [] for event in events)
    other = vobject.readOne(data.decode(), validate=bool(events))
    others = other.contents.get("vevent", [])
    assert [(str(event["SUMMARY"]), str(event["UID"]), event["DTSTART"].dt) for event in events] == [
        (event.summary.value, event.uid.value, event.dtstart.value) for event in others
    ]
    return events


def days(event: icalendar.Event, start: int, end: int) -> list[date]:
    """The days of a yearly event from one year to before another."""
    first = datetime.combine(event["DTSTART"].dt, datetime.min.time())
    rule = rrulestr(event["RRULE"].to_ical().decode(), dtstart=first)
    return [found.date() for found in rule.between(datetime(start, 1, 1), datetime(end - 1, 12, 31), inc=True)]


def alarms(event: icalendar.Event) -> list[tuple[str, timedelta]]:
    return [(str(alarm["ACTION"]), alarm["TRIGGER"].dt) for alarm in event.walk("VALARM")]


# --- who is due ----------------------------------------------------------------------------------------------------


def test_somebody_due_takes_one_whole_day_and_blocks_no_time() -> None:
    (event,) = read(due(ADA))
    assert (str(event["SUMMARY"]), str(event["DESCRIPTION"])) == ("Ada King: get in touch", ADA.hook)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 11, 23), date(2026, 11, 24))
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event["TRANSP"] == "TRANSPARENT"
    assert alarms(event) == [("DISPLAY", timedelta(hours=9))]


def test_the_file_as_a_whole() -> None:
    assert due(DueEvent("bob", "Bob", date(2026, 11, 23), "")).decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//plaintextcrm//ptcrm build//EN",
        "CALSCALE:GREGORIAN",
        "X-WR-CALNAME:Our people",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
        "X-PUBLISHED-TTL:P1D",
        "BEGIN:VEVENT",
        "DTSTAMP:20261121T000000Z",
        "UID:fa7b78f735f0c006fb54d87a47eaa1cb@ptcrm",
        "DTSTART;VALUE=DATE:20261123",
        "DTEND;VALUE=DATE:20261124",
        "SUMMARY:Bob: get in touch",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:Bob",
        "TRIGGER:PT9H",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_nobody_due_is_a_calendar_without_events() -> None:
    assert read(due()) == read(yearly()) == []


def test_an_event_keeps_its_name_when_its_day_moves() -> None:
    (now,) = read(due(ADA))
    (later,) = read(due(ADA._replace(on=date(2027, 1, 5), hook="", name="Ada Byron"), today=date(2026, 12, 24)))
    assert now["UID"] == later["UID"]


def test_every_event_has_a_name_of_its_own() -> None:
    people = [ADA, ADA._replace(id="bob"), ADA._replace(id="work/bob"), ADA._replace(id="bob", on=TODAY)]
    dates = [birthday(5, 12), birthday(5, 12, id="bob"), OccasionEvent("bob", "Bob", WORK, 5, 12, 2019, "")]
    dates += [OccasionEvent("bob", "Bob", DATE, 5, 12, None, label) for label in ("wedding", "wedding", "first day at sea")]
    names = [str(event["UID"]) for data in (due(*people), yearly(*dates), due(ADA, seed="another vault")) for event in read(data)]
    assert len(set(names)) == len(names) == 11


def test_the_same_day_gives_the_same_bytes_and_the_next_day_only_another_stamp() -> None:
    one, two = due(ADA, today=TODAY), due(ADA, today=TODAY + timedelta(days=1))
    assert one == due(ADA, today=TODAY)
    assert one.replace(b"DTSTAMP:20261121T", b"DTSTAMP:20261122T") == two


@pytest.mark.parametrize("on", [date.min, date(33, 4, 3), date(9999, 12, 30), date.max])
def test_the_ends_of_the_calendar_are_days_too(on: date) -> None:
    (event,) = read(due(ADA._replace(on=on)))
    assert event["DTSTART"].dt == on


# --- what comes back -----------------------------------------------------------------------------------------------


def test_a_birthday_comes_every_year_with_two_alarms_at_nine() -> None:
    (event,) = read(yearly(birthday(5, 12, 1980)))
    assert (str(event["SUMMARY"]), str(event["DESCRIPTION"])) == ("Ada King: birthday", "Born in 1980")
    assert days(event, 2026, 2029) == [date(2026, 5, 12), date(2027, 5, 12), date(2028, 5, 12)]
    assert alarms(event) == [("DISPLAY", timedelta(days=-7, hours=9)), ("DISPLAY", timedelta(hours=9))]
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(days=1)


def test_no_title_tells_an_age_that_would_be_wrong_a_year_later() -> None:
    text = yearly(birthday(5, 12, 1980), OccasionEvent("bob", "Bob", WORK, 3, 1, 2019, "")).decode()
    assert re.findall("(?:SUMMARY|DESCRIPTION):.*[0-9].*", text) == ["DESCRIPTION:Born in 1980\r", "DESCRIPTION:Began in 2019\r"]


def test_a_birthday_whose_year_nobody_knows_says_nothing_of_a_year() -> None:
    (event,) = read(yearly(birthday(2, 29)))
    assert event["DTSTART"].dt == date(2000, 2, 29)
    assert "DESCRIPTION" not in event


@pytest.mark.parametrize(("year", "first"), [(2019, 2020), (1980, 1981), (1885, 1970), (1, 1970), (2030, 2031), (9998, 9999)])
def test_the_first_time_is_a_year_after_the_day_itself(year: int, first: int) -> None:
    (event,) = read(yearly(OccasionEvent("bob", "Bob", WORK, 3, 1, year, "")))
    assert (str(event["SUMMARY"]), event["DTSTART"].dt) == ("Bob: work anniversary", date(first, 3, 1))
    assert alarms(event) == [("DISPLAY", timedelta(hours=9))]


def test_what_would_come_after_the_last_year_is_left_out() -> None:
    assert read(yearly(birthday(5, 12, 9999))) == []


def test_another_date_is_called_by_its_label() -> None:
    events = read(yearly(OccasionEvent("bob", "Bob", DATE, 6, 1, 2011, "wedding day"), OccasionEvent("bob", "Bob", DATE, 6, 1, None, "")))
    assert [str(event["SUMMARY"]) for event in events] == ["Bob: wedding day", "Bob: a date"]


@pytest.mark.parametrize("year", [None, 1980, 1979, 1896, 1900, 2000, 2023, 2024])
def test_the_29th_of_february_is_the_last_of_february(year: int | None) -> None:
    (event,) = read(yearly(birthday(2, 29, year)))
    assert days(event, 2095, 2105) == [date(y, 2, 29 if y in (2096, 2104) else 28) for y in range(2095, 2105)]
    assert days(event, event["DTSTART"].dt.year, event["DTSTART"].dt.year + 1) == [event["DTSTART"].dt]


@pytest.mark.parametrize("year", [None, 1980, 1979, 1900, 2023, 2024])
def test_the_29th_of_february_is_the_first_of_march_for_those_who_say_so(year: int | None) -> None:
    (event,) = read(yearly(birthday(2, 29, year), leap_day="mar1"))
    assert days(event, 2095, 2105) == [date(y, 2, 29) if y in (2096, 2104) else date(y, 3, 1) for y in range(2095, 2105)]
    assert days(event, event["DTSTART"].dt.year, event["DTSTART"].dt.year + 1) == [event["DTSTART"].dt]


@law
@given(st.dates(), st.booleans(), st.sampled_from((BIRTHDAY, WORK, DATE)), st.sampled_from(("feb28", "mar1")))
def test_any_day_comes_once_a_year_and_on_its_day(on: date, with_year: bool, kind: str, leap_day: str) -> None:
    for event in read(yearly(OccasionEvent("x", "X", kind, on.month, on.day, on.year if with_year else None, "x"), leap_day=leap_day)):
        start = max(event["DTSTART"].dt.year, 2027)
        found = days(event, start, min(start + 5, 9999))
        assert [day.year for day in found] == list(range(start, min(start + 5, 9999)))
        assert (on.month, on.day) == (2, 29) or all((day.month, day.day) == (on.month, on.day) for day in found)


# --- any text ------------------------------------------------------------------------------------------------------


def told(text: str) -> str:
    """What is left of a text: line ends are one kind, controls are gone, what cannot be written is a sign for that."""
    text = re.sub("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", "\n", text)
    text = re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]", "", text)
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def assert_only_text(text: str) -> None:
    events = read(due(DueEvent(text, text, TODAY, text), title=text, seed=text))
    assert [str(event["SUMMARY"]) for event in events] == [f"{told(text)}: get in touch"]
    assert str(events[0].get("DESCRIPTION", "")) == told(text)
    assert len(alarms(events[0])) == 1
    (event,) = read(yearly(OccasionEvent(text, text, DATE, 5, 12, None, text), seed=text))
    assert str(event["SUMMARY"]) == f"{told(text)}: {told(text) if text else 'a date'}"
    assert set(event.keys()) == {"DTSTAMP", "UID", "DTSTART", "DTEND", "RRULE", "SUMMARY", "TRANSP"}


@pytest.mark.parametrize("text", [*HOSTILE, "a; b, c\\n \\; \\", "\t tab", "x" * 500, "é" * 200, "🏳️‍🌈" * 50, "a" * 73 + "\r\n b"])
def test_hostile_text_stays_text(text: str) -> None:
    assert_only_text(text)


@law
@given(st.text(st.characters(exclude_categories=())))
@example("\r\nEND:VEVENT\n\x85\u2028")
@example("日本語" * 40)
def test_any_text_stays_text(text: str) -> None:
    assert_only_text(text)


def test_the_slot_of_the_week_comes_back_at_its_hour_with_the_names_of_now() -> None:
    names = ("Ada King", "Beyer, Jr.; Donald", "Ünal\\Öz")
    (slot, ada) = read(due_calendar([ADA], title="x", seed="s", today=TODAY, slot=Slot(date(2026, 11, 23), 9, 5, names)))
    assert slot["DTSTART"].dt == datetime(2026, 11, 23, 9, 5)
    assert slot["DTSTART"].dt.tzinfo is None  # nine on the clock on the wall
    assert slot["RRULE"].to_ical() == b"FREQ=WEEKLY"
    assert str(slot["DESCRIPTION"]).split("\n") == list(names)
    assert ada["UID"] != slot["UID"]
    (later,) = read(due_calendar([], title="x", seed="s", today=TODAY, slot=Slot(date(2026, 11, 30), 9, 5, ())))
    assert (later["UID"], "DESCRIPTION" in later) == (slot["UID"], False)
