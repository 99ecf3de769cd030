"""Events of calendars: who, when, how long, and which days of a series."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaintextcrm.core.capture.recurring import WEEKDAYS, Rule, days_of
from tests.capture.make import event, one, read


def test_a_meeting_has_its_day_time_length_people_and_title() -> None:
    found = one("ics", event("DTEND:20261118T153000Z", "SUMMARY:Portfolio\\, and more", "ORGANIZER:MAILTO:Bob@Example.com"))
    assert (found.on, found.at_time, found.minutes, found.kind, found.ref) == (date(2026, 11, 18), "15:00", 90, "meeting", "1@cal")
    assert (found.text, [who.email for who in found.people]) == ("Portfolio, and more", ["ada@example.com", "bob@example.com"])


@pytest.mark.parametrize(
    ("start", "day", "at_time"),
    [
        ("DTSTART:20261118T233000Z", "2026-11-19", "00:30"),
        ("DTSTART;TZID=Europe/Berlin:20261118T140000", "2026-11-18", "14:00"),
        ("DTSTART;TZID=America/New_York:20261118T200000", "2026-11-19", "02:00"),
        ('DTSTART;TZID="/mozilla.org/20050126_1/Europe/Berlin":20261118T140000', "2026-11-18", "14:00"),
        ("DTSTART:20261118T140000", "2026-11-18", "14:00"),
        ("DTSTART;VALUE=DATE:20261118", "2026-11-18", None),
        ("DTSTART;TZID=Nowhere/Town:20261118T140000", "2026-11-18", "14:00"),
        ("DTSTART;TZID=../../../etc/passwd:20261118T140000", "2026-11-18", "14:00"),
    ],
)
def test_a_time_is_that_of_the_clocks_here(start: str, day: str, at_time: str | None) -> None:
    found = one("ics", event(start=start))
    assert (found.on.isoformat(), found.at_time) == (day, at_time)


def test_a_zone_that_nobody_knows_is_said() -> None:
    assert read("ics", event(start="DTSTART;TZID=W. Town:20261118T140000")).notes == (
        'time zone "W. Town" is not known: times are taken as they are written',
    )


@pytest.mark.parametrize(
    ("line", "kind", "text"),
    [
        ("SUMMARY:Lunch with Ada", "lunch", "Lunch with Ada"),
        ("SUMMARY:Coffee", "coffee", ""),
        ("SUMMARY:Review", "meeting", "Review"),  # a review is no contact
        ("SUMMARY:Talk\r\nLOCATION:https://zoom.us/j/1", "video", "Talk"),
        ("SUMMARY:Call Ada\r\nDESCRIPTION:https://meet.google.com/x", "call", "Call Ada"),
        ("X-A:1", "meeting", ""),
    ],
)
def test_the_kind_is_in_the_first_word_or_the_place(line: str, kind: str, text: str) -> None:
    found = one("ics", event(line))
    assert (found.kind, found.text) == (kind, text)


@pytest.mark.parametrize(
    "odd",
    [
        event("STATUS:CANCELLED"),
        event(start="DTSTART:20261122T140000Z"),
        event(start="DTSTART;VALUE=DATE:20270101"),
        event(who=""),
        event("ATTENDEE;PARTSTAT=DECLINED:mailto:me@example.com"),
        event(who="mailto:me@example.com"),
        event(*(f"ATTENDEE:mailto:p{n}@example.com" for n in range(30))),
        event("ATTENDEE;CUTYPE=ROOM:mailto:room@example.com", who=""),
    ],
)
def test_what_did_not_take_place_or_was_with_nobody_is_left_out(odd: bytes) -> None:
    assert read("ics", odd).proposals == ()


def test_who_declined_was_not_there() -> None:
    found = one("ics", event("ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.com"))
    assert [who.email for who in found.people] == ["ada@example.com"]


@pytest.mark.parametrize("start", ["DTSTART:yesterday", "DTSTART:20261332T140000Z", "DTSTART:20261118T250000Z", "X:1", "DTSTART:"])
def test_an_event_without_a_day_is_counted(start: str) -> None:
    found = read("ics", event(start=start))
    assert (found.proposals, found.notes) == ((), ("1 event without a day",))


def test_an_attendee_without_mailto_is_somebody_all_the_same() -> None:
    assert one("ics", event(who="ada@example.com")).people[0].email == "ada@example.com"
    assert one("ics", event("ATTENDEE;CN=Bob;EMAIL=bob@example.com:urn:uuid:1", who="")).people[0].email == "bob@example.com"
    named = one("ics", event('ATTENDEE;CN="Lee; Bob":invalid:nomail', who="")).people[0]
    assert (named.email, named.name) == ("", "Lee; Bob")


def test_folded_lines_alarms_and_broken_bytes_do_no_harm() -> None:
    folded = event(
        "SUMMARY:A long\r\n  title of a mee\r\n\tting", "BEGIN:VALARM", "SUMMARY:Alarm", "DTSTART:19700101", "END:VALARM", "JUNK", ":::;;;"
    )
    assert one("ics", folded).text == "A long title of a meeting"
    assert one("ics", event("SUMMARY:x").replace(b"SUMMARY:x", b"SUMMARY:\xff\xfe")).text == "ÿþ"


def test_a_letter_cut_by_folding_and_windows_1252_are_read() -> None:
    for written in (b"SUMMARY:B\xc3\r\n \xa4cker", b"SUMMARY:B\xe4cker"):
        assert one("ics", event("SUMMARY:x").replace(b"SUMMARY:x", written)).text == "Bäcker"


def test_one_byte_that_is_no_letter_garbles_no_other() -> None:
    cut = event("SUMMARY:Bäcker", "DESCRIPTION:x").replace(b"DESCRIPTION:x", b"DESCRIPTION:cut at \xc3")
    assert one("ics", cut).text == "Bäcker"


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=DAILY;INTERVAL=10", ["20261001", "20261011", "20261021", "20261031", "20261110", "20261120"]),
        ("FREQ=WEEKLY;COUNT=3", ["20261001", "20261008", "20261015"]),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=TH;WKST=SU", ["20261001", "20261022", "20261112"]),
        ("FREQ=WEEKLY;BYDAY=FR,TH;COUNT=4", ["20261001", "20261002", "20261008", "20261009"]),
        ("FREQ=MONTHLY;BYMONTHDAY=1", ["20261001", "20261101"]),
        ("FREQ=DAILY;UNTIL=20261003T235959Z", ["20261001", "20261002", "20261003"]),
        ("FREQ=YEARLY", ["20261001"]),
    ],
)
def test_a_series_is_its_days_up_to_today(rule: str, days: list[str]) -> None:
    found = read("ics", event(f"RRULE:{rule}", start="DTSTART:20261001T090000Z"))
    assert [proposal.ref for proposal in found.proposals] == [f"1@cal/{day}" for day in days]
    assert found.notes == ()
    assert {proposal.at_time for proposal in found.proposals} == {"10:00"}


@pytest.mark.parametrize(
    "rule", ["FREQ=MONTHLY;BYDAY=1TH", "FREQ=HOURLY", "FREQ=WEEKLY;BYDAY=MO", "FREQ=DAILY;INTERVAL=0", "nonsense", "FREQ=DAILY;COUNT=x"]
)
def test_of_any_other_series_the_first_day_is_taken_and_that_is_said(rule: str) -> None:
    found = read("ics", event(f"RRULE:{rule}", "SUMMARY:Board", start="DTSTART:20261001T090000Z"))
    assert [proposal.on for proposal in found.proposals] == [date(2026, 10, 1)]
    assert found.notes == ('"Board": comes back in a way that is not read: only its first day is taken',)


def test_days_that_are_taken_out_moved_or_cancelled_are_not_proposed_twice() -> None:
    series = event("RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE:20261008T090000Z,20261231T090000Z", start="DTSTART:20261001T090000Z")
    moved = event("RECURRENCE-ID:20261015T090000Z", start="DTSTART:20261016T120000Z")
    off = event("RECURRENCE-ID:20261022T090000Z", "STATUS:CANCELLED", start="DTSTART:20261022T090000Z")
    found = read("ics", series, moved, off).proposals
    assert [(proposal.on.isoformat(), proposal.ref) for proposal in found] == [
        ("2026-10-01", "1@cal/20261001"),
        ("2026-10-16", "1@cal/20261015"),
    ]


@pytest.mark.parametrize(
    ("zone", "start", "until", "days"),
    [
        ("America/New_York", "20261004T210000", "20261018T035959Z", ["20261004", "20261011"]),  # the 17th, as its clocks have it
        ("Asia/Tokyo", "20261008T080000", "20261021T230000Z", ["20261008", "20261015", "20261022"]),
        ("Asia/Tokyo", "20261008T080000", "20261021T225959Z", ["20261008", "20261015"]),
        ("Asia/Tokyo", "20261112T080000", "99991231T235959Z", ["20261112", "20261119"]),
    ],
)
def test_a_series_ends_at_the_moment_that_is_said_in_greenwich(zone: str, start: str, until: str, days: list[str]) -> None:
    found = read("ics", event(f"RRULE:FREQ=WEEKLY;UNTIL={until}", start=f"DTSTART;TZID={zone}:{start}"))
    assert [proposal.ref for proposal in found.proposals] == [f"1@cal/{day}" for day in days]


def test_days_taken_out_or_moved_are_found_in_whatever_zone_they_are_written() -> None:
    new_york = "DTSTART;TZID=America/New_York:"
    series = event("RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE:20261009T010000Z", start=f"{new_york}20261001T210000")
    moved = event("RECURRENCE-ID:20261016T010000Z", start=f"{new_york}20261014T210000")
    for order in ((series, moved), (moved, series)):
        assert sorted(proposal.ref for proposal in read("ics", *order).proposals) == ["1@cal/20261001", "1@cal/20261015"]


@settings(max_examples=150, deadline=None)
@given(
    st.dates(date(2024, 1, 1), date(2026, 12, 1)), st.sets(st.sampled_from(WEEKDAYS)), st.integers(1, 5), st.sampled_from(["", *WEEKDAYS])
)  # fmt: skip
def test_the_weeks_of_a_series_begin_as_dateutil_has_them(start: date, days: set[str], interval: int, first: str) -> None:
    from datetime import datetime

    from dateutil.rrule import rrulestr

    weekdays = ",".join(sorted({*days, WEEKDAYS[start.weekday()]}))
    text = f"FREQ=WEEKLY;INTERVAL={interval};BYDAY={weekdays}" + (f";WKST={first}" if first else "")
    rule = Rule.parse(text)
    assert rule is not None
    expected = rrulestr(text, dtstart=datetime(start.year, start.month, start.day)).between(
        datetime(1980, 1, 1), datetime(2026, 11, 21), inc=True
    )
    assert days_of(start, rule, date(2026, 11, 22)) == tuple(day.date() for day in expected)


@settings(max_examples=150, deadline=None)
@given(
    st.dates(date(1990, 1, 1), date(2026, 12, 1)),
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 400),
    st.one_of(st.none(), st.integers(0, 50)),
)
def test_the_days_of_a_plain_series_are_those_that_dateutil_finds(start: date, freq: str, interval: int, count: int | None) -> None:
    from datetime import datetime

    from dateutil.rrule import rrulestr

    text = f"FREQ={freq};INTERVAL={interval}" + (f";COUNT={count}" if count else "")
    rule = Rule.parse(text)
    assert rule is not None
    before = date(2026, 11, 22)
    expected = rrulestr(text, dtstart=datetime(start.year, start.month, start.day)).between(
        datetime(1980, 1, 1), datetime(2026, 11, 21), inc=True
    )
    assert days_of(start, rule, before) == tuple(day.date() for day in expected)


def test_series_without_end_and_ten_thousand_events_are_quick() -> None:
    begun = time.process_time()
    assert len(read("ics", event("RRULE:FREQ=DAILY", start="DTSTART:00010101T090000")).proposals) == 20_000
    assert len(read("ics", *(event(uid=f"{n}@x") for n in range(10_000))).proposals) == 10_000
    assert time.process_time() - begun < 20


def test_an_event_without_a_uid_is_the_same_one_the_next_time() -> None:
    first, second = (one("ics", event("SUMMARY:x", uid="")).ref for _ in range(2))
    assert first == second
    assert one("ics", event("SUMMARY:y", uid="")).ref != first
    assert one("ics", event(uid="a b [x] ]] ^")).ref.startswith("event-")
