"""The days of people as one calendar (RFC 5545): those that come back, what is planned, follow-ups."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from plaintextcrm.core.exchange.out.calendar import Agenda, Dated
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.render.icalendar import _MORNING, OccasionEvent, _alarm, _calendar, _day, _days, _text, _Uids, _yearly

HOUR = timedelta(hours=1)  # how long something planned takes, as far as a calendar has to know


class Look(NamedTuple):
    """The title, what keeps the UIDs of two vaults apart, and when 29 February is in other years."""

    title: str
    seed: str
    leap_day: str = "feb28"


def agenda_calendar(agenda: Agenda, look: Look, today: date) -> bytes:
    """One event for each; an event keeps its UID in every file, and the birthdays those of the site's calendar."""
    return _calendar(look.title, today, _events(agenda, look))


def _events(agenda: Agenda, look: Look) -> Iterator[list[str]]:
    uids = _Uids(look.seed)
    for id, name, month, day, year, kind, label in agenda.yearly:
        if not year or year < date.max.year:
            yield _yearly(OccasionEvent(id, name, kind, month, day, year, label), uids, look.leap_day)
    for one in agenda.dated:
        yield _one(one, uids)


def _one(one: Dated, uids: _Uids) -> list[str]:
    return [
        f"UID:{uids.of('dated', one.id, one.key)}",
        *(_hour(one.on, one.at_time) if one.at_time else _days(one.on)),
        f"SUMMARY:{_text(f'{one.name}: {one.words}')}",
        *([f"DESCRIPTION:{_text(one.details)}"] if one.details else []),
        *_alarm("-PT1H" if one.at_time else _MORNING, f"{one.name}: {one.words}"),
    ]


def _hour(on: date, at_time: str) -> list[str]:
    """From that time on, in whatever zone the reader is."""
    return [f"DTSTART:{_day(on)}T{at_time.replace(':', '')}00", f"DURATION:PT{HOUR.seconds // 3600}H"]
