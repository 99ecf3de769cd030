"""Time zones that a calendar defines itself, as Outlook does."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaintextcrm.core.capture import CAPTURERS, zones
from plaintextcrm.core.capture.proposals import Piece
from plaintextcrm.edge import sources
from plaintextcrm.edge.paths import Path as OurPath
from tests.capture.make import TERMS, calendar, event, read, zone

BERLIN = (
    ("16010101T030000", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "+0200", "+0100"),
    ("16010101T020000", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "+0100", "+0200"),
)
NEW_YORK = (
    ("20061029T020000", "", "-0400", "-0500"), ("20070311T020000", "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", "-0500", "-0400"),
    ("20071104T020000", "FREQ=YEARLY;BYMONTH=11;BYDAY=1SU", "-0400", "-0500"),
)  # fmt: skip
SYDNEY = (
    ("20080406T030000", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=SU", "+1100", "+1000"),
    ("20081005T020000", "FREQ=YEARLY;BYMONTH=10;BYDAY=1SU;UNTIL=20221002T160000Z", "+1000", "+1100"),
)  # fmt: skip
INDIA = (("16010101T000000", "", "+0530", "+0530"),)
OUTLOOK = zone("W. Europe Standard Time", *BERLIN)


@pytest.mark.parametrize(
    ("start", "on", "at_time"),
    [("20261118T140000", "2026-11-18", "14:00"), ("20260718T140000", "2026-07-18", "13:00"), ("20260718T003000", "2026-07-17", "23:30")],
)
def test_a_name_that_only_the_file_knows_is_read_as_it_defines_it(start: str, on: str, at_time: str) -> None:
    """It was told as unknown, and the time taken as it was written. (The clocks of these tests are always an hour ahead.)"""
    meeting = event(start=f"DTSTART;TZID=W. Europe Standard Time:{start}")
    for order in ((OUTLOOK, meeting), (meeting, OUTLOOK)):
        found = read("ics", *order)
        assert [(str(proposal.on), proposal.at_time) for proposal in found.proposals] == [(on, at_time)]
        assert found.notes == ()


def test_a_zone_is_that_of_its_own_file() -> None:
    pieces = [
        Piece(name, data)
        for name, start in (("x", NEW_YORK), ("y", INDIA))
        for data in (zone("Mine", *start), event(uid=name, start="DTSTART;TZID=Mine:20261118T140000"))
    ]
    assert [proposal.at_time for proposal in CAPTURERS["ics"](pieces, TERMS).proposals] == ["20:00", "09:30"]


def test_a_series_in_such_a_zone_has_its_days_there() -> None:
    series = event(
        "RRULE:FREQ=WEEKLY;UNTIL=20261018T035959Z", "EXDATE:20261012T010000Z", "DTEND;TZID=Mine:20261004T220000",
        start="DTSTART;TZID=Mine:20261004T210000",
    )  # fmt: skip
    (found,) = read("ics", zone("Mine", *NEW_YORK), series).proposals
    assert (found.ref, found.minutes, found.at_time) == ("1@cal/20261004", 60, "02:00")


@pytest.mark.parametrize(
    "odd",
    [
        (), (("yesterday", "", "+0100", "+0200"),), (("16010101T030000", "FREQ=HOURLY", "+0100", "+0200"),),
        (("16010101T030000", "FREQ=YEARLY;BYMONTH=13;BYDAY=1SU", "+0100", "+0200"),), (("16010101T030000", "", "+01", "+0200"),),
        (("16010101T030000", "FREQ=YEARLY", "+0100", "+9900"),), (("16010101T030000", "", "+0100", "+0200"),) * 600,
    ],
)  # fmt: skip
def test_a_definition_that_cannot_be_read_leaves_its_zone_unknown(odd: tuple[tuple[str, str, str, str], ...]) -> None:
    found = read("ics", zone("Mine", *odd), event(start="DTSTART;TZID=Mine:20261118T140000"))
    assert found.notes == ('time zone "Mine" is not known: times are taken as they are written',)
    assert [proposal.at_time for proposal in found.proposals] == ["14:00"]


def test_a_zone_and_its_events_are_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "x.ics").write_bytes(calendar(OUTLOOK, event(start="DTSTART;TZID=W. Europe Standard Time:20260718T140000")))
    found = CAPTURERS["ics"](sources.pieces("ics", OurPath(tmp_path / "x.ics")), TERMS)
    assert ([proposal.at_time for proposal in found.proposals], found.notes) == (["13:00"], ())


@pytest.mark.parametrize(("day", "hours"), [("2021-11-01", 11), ("2022-09-01", 10), ("2022-11-01", 11), ("2023-11-01", 10)])
def test_a_rule_holds_until_the_moment_that_is_said_in_greenwich(day: str, hours: int) -> None:
    changes = (
        ("DAYLIGHT", "16010101T020000", "FREQ=YEARLY;BYMONTH=10;BYDAY=1SU;UNTIL=20221001T160000Z", "+1000", "+1100"),
        ("STANDARD", "16010101T030000", "FREQ=YEARLY;BYMONTH=4;BYDAY=1SU", "+1100", "+1000"),
    )
    keys = ("BEGIN", "DTSTART", "RRULE", "TZOFFSETFROM", "TZOFFSETTO", "END")
    lines = [pair for change in changes for pair in zip(keys, (*change, change[0]), strict=True)]
    assert datetime.fromisoformat(day).replace(tzinfo=zones.zone("Mine", lines)).utcoffset() == timedelta(hours=hours)


@given(st.sampled_from([BERLIN, NEW_YORK, SYDNEY, INDIA]), st.datetimes(datetime(2009, 1, 1), datetime(2040, 1, 1)))
def test_clocks_are_as_far_ahead_as_dateutil_has_them(changes: tuple[tuple[str, str, str, str], ...], clocks: datetime) -> None:
    from dateutil.tz import tzical

    text = calendar(zone("Mine", *changes)).decode()
    theirs = tzical(io.StringIO(text)).get("Mine")  # type: ignore[no-untyped-call]
    pairs = (line.split(":", 1) for line in text.split("\r\n") if ":" in line)
    ours = zones.zone(
        "Mine", ((name, value) for name, value in pairs if name not in ("VERSION",) and value not in ("VCALENDAR", "VTIMEZONE"))
    )
    assert ours is not None
    assert clocks.replace(tzinfo=ours).utcoffset() == clocks.replace(tzinfo=theirs).utcoffset()
    there = clocks.replace(tzinfo=UTC).astimezone(ours)
    assert abs(there.astimezone(UTC) - clocks.replace(tzinfo=UTC)) in (timedelta(), timedelta(hours=1))  # the hour that is there twice
