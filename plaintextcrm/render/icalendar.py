"""iCalendar files (RFC 5545): who is due on which day, and the days that come back every year.

All events take whole days. The same events on the same day give the same bytes; an event keeps its UID in every file, so that a
calendar that subscribes moves it rather than doubling it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import sha256

from plaintextcrm.core.contentlines import folded
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.standing import BIRTHDAY, WORK

_MORNING = "PT9H"  # nine o'clock on the day
_WEEK_BEFORE = "-P6DT15H"  # nine o'clock a week before
# A yearly day begins here at the earliest (some calendars know no day before 1970), or here if nobody knows the year: a leap year.
_EARLIEST, _ANY_YEAR = 1970, 2000
_BREAKS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")  # all that some reader takes for the end of a line
_UNSHOWN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_PLAIN = re.compile("[\\\\;,\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class DueEvent(NamedTuple):
    """Somebody to be in touch with on a day; `hook` is the reason to write, or ""."""

    id: str  # of the contact, or its uid: the event is the same as long as this is
    name: str
    on: date
    hook: str


class OccasionEvent(NamedTuple):
    """A day that comes back: a birthday, a work anniversary, or a date with its label; `year` is when it began."""

    id: str
    name: str
    kind: str  # BIRTHDAY, WORK or DATE
    month: int
    day: int
    year: int | None
    label: str


class Slot(NamedTuple):
    """An hour of the week that is kept for it: from its next coming on, `names` of those it is for now."""

    on: date
    hour: int
    minute: int
    names: tuple[str, ...]


def due_calendar(events: Iterable[DueEvent], *, title: str, seed: str, today: date, slot: Slot | None = None) -> bytes:
    """One event for each, with an alarm at nine, and the week's slot; `seed` keeps the UIDs of two vaults apart."""
    uids = _Uids(seed)
    weekly = [_weekly(slot, uids)] if slot else []
    return _calendar(title, today, (*weekly, *(_due(event, uids) for event in events)))


def occasion_calendar(events: Iterable[OccasionEvent], *, title: str, seed: str, today: date, leap_day: str = "feb28") -> bytes:
    """One yearly event for each, with alarms at nine, for birthdays a week before too; no age, which would be that of one year.

    It begins a year after the day itself. 29 February comes on 28 February in other years, or on 1 March with `leap_day` "mar1".
    """
    uids = _Uids(seed)
    return _calendar(title, today, (_yearly(event, uids, leap_day) for event in events if not event.year or event.year < 9999))


def _due(event: DueEvent, uids: _Uids) -> list[str]:
    return [
        f"UID:{uids.of('due', event.id)}",
        *_days(event.on),
        f"SUMMARY:{_text(event.name)}: get in touch",
        *([f"DESCRIPTION:{_text(event.hook)}"] if event.hook else []),
        *_alarm(_MORNING, event.name),
    ]


def _weekly(slot: Slot, uids: _Uids) -> list[str]:
    """Half an hour by the clock on the wall, wherever one is, every week."""
    start = f"{_day(slot.on)}T{slot.hour:02}{slot.minute:02}00"
    return [
        f"UID:{uids.of('slot')}",
        f"DTSTART:{start}",
        "DURATION:PT30M",
        "RRULE:FREQ=WEEKLY",
        "SUMMARY:Keep in touch",
        *([f"DESCRIPTION:{_text(chr(10).join(slot.names))}"] if slot.names else []),
        *_alarm("PT0S", "Keep in touch"),
    ]


def _yearly(event: OccasionEvent, uids: _Uids, leap_day: str) -> list[str]:
    is_birthday, is_work = event.kind == BIRTHDAY, event.kind == WORK
    what = "birthday" if is_birthday else "work anniversary" if is_work else event.label or "a date"
    since = f"{'Born' if is_birthday else 'Began'} in {event.year}" if event.year else ""
    year = max(event.year + 1, _EARLIEST) if event.year else _ANY_YEAR
    rule, month, day = "FREQ=YEARLY", event.month, event.day
    if (month, day) == (2, 29):
        is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        if leap_day == "mar1":
            rule = "FREQ=YEARLY;BYYEARDAY=60"  # 29 February in leap years, 1 March in others
            month, day = (2, 29) if is_leap else (3, 1)
        else:
            rule = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"  # a plain yearly rule would fire in leap years only
            day = 29 if is_leap else 28
    alarms = [_WEEK_BEFORE, _MORNING] if is_birthday else [_MORNING]
    # a birthday or a first day at work that is set right stays the same event; of other dates there may be several
    key = (event.kind, event.id) if is_birthday or is_work else (event.kind, event.id, event.label, f"{event.month}-{event.day}")
    return [
        f"UID:{uids.of(*key)}",
        *_days(date(year, month, day)),
        f"RRULE:{rule}",
        f"SUMMARY:{_text(event.name)}: {_text(what)}",
        *([f"DESCRIPTION:{since}"] if since else []),
        *(line for trigger in alarms for line in _alarm(trigger, f"{event.name}: {what}")),
    ]


def _days(on: date) -> list[str]:
    """One whole day; its end is the next, which the last day of all does not have."""
    start = f"DTSTART;VALUE=DATE:{_day(on)}"
    return [start] if on == date.max else [start, f"DTEND;VALUE=DATE:{_day(on + timedelta(days=1))}"]


def _alarm(trigger: str, words: str) -> list[str]:
    return ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_text(words)}", f"TRIGGER:{trigger}", "END:VALARM"]


def _calendar(title: str, today: date, events: Iterable[list[str]]) -> bytes:
    """The file; made "at midnight", so that it is the same whenever on that day it is made."""
    head = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//plaintextcrm//ptcrm build//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_text(title)}",
    ]
    lines = [*head, "REFRESH-INTERVAL;VALUE=DURATION:P1D", "X-PUBLISHED-TTL:P1D"]
    for event in events:
        alarms = event.index("BEGIN:VALARM")  # alarms stand last
        lines += "BEGIN:VEVENT", f"DTSTAMP:{_day(today)}T000000Z", *event[:alarms], "TRANSP:TRANSPARENT", *event[alarms:], "END:VEVENT"
    lines.append("END:VCALENDAR")
    return ("\r\n".join(map(folded, lines)) + "\r\n").encode()


class _Uids:
    """A name for each event: from what it is about, never from when; a second of the same gets one of its own."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.seen: dict[tuple[str, ...], int] = {}

    def of(self, *key: str) -> str:
        """A name as `5f3c…@ptcrm`."""
        again = self.seen[key] = self.seen.get(key, -1) + 1
        parts = (self.seed, *key, *([str(again)] if again else []))
        return sha256("".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "surrogatepass")).hexdigest()[:32] + "@ptcrm"


def _day(on: date) -> str:
    return f"{on.year:04}{on.month:02}{on.day:02}"


def _text(text: str) -> str:
    """A value of type TEXT: escaped, without control characters."""
    if _NOT_PLAIN.search(text) is None:
        return text
    text = _SURROGATE.sub("\ufffd", _BREAKS.sub("\n", text))
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return _UNSHOWN.sub("", text)
