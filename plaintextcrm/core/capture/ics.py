"""Events of calendars (RFC 5545) -> proposals: past meetings with those who were invited and did not decline."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from plaintextcrm.core.capture.proposals import (
    Found,
    Piece,
    Proposal,
    Somebody,
    Terms,
    clock_time,
    counted,
    kind_in,
    ref_of,
    text_of,
    words_of,
)
from plaintextcrm.core.capture.recurring import Rule, days_of
from plaintextcrm.core.capture.zones import zone
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple

MOST_THERE = 20  # people: what has more is an event of somebody's, and no meeting
_LINE = pattern(r"([A-Za-z0-9-]+)((?:;[^=;:]*=(?:\"[^\"]*\"|[^\";:])*)*):(.*)\Z", re.DOTALL)
_PARAM = pattern(r";([^=;:]*)=(\"[^\"]*\"|[^\";:]*)")
_WHEN = pattern(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?(Z?))?\Z")
_SPAN = pattern(r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:\d{1,6}S)?)?\Z")
_ONLINE = pattern(r"zoom\.us|meet\.google\.com|teams\.microsoft\.com|teams\.live\.com|webex\.com|whereby\.com|jit\.si", re.IGNORECASE)


Zones = Mapping[str, tzinfo]
"""The zones that a calendar defines itself, by name."""


class Line(NamedTuple):
    """One property of an event."""

    name: str
    params: Mapping[str, str]
    value: str


class When(NamedTuple):
    """A day, and the time on it with its zone where there is one; `odd` is a zone that nobody knows."""

    day: date
    at: datetime | None = None
    odd: str = ""


class Event(NamedTuple):
    """One event; `instead` is the occurrence of a series that it stands for, `replaces` its day in the zone of the series.

    `zones` are those that its calendar defines.
    """

    uid: str
    start: When
    lines: tuple[Line, ...]
    zones: Zones
    instead: When | None = None
    replaces: date | None = None

    def value(self, name: str) -> str:
        """The text of the first property of that name, or ""."""
        return next((unescaped(line.value) for line in self.lines if line.name == name), "")


def read(pieces: Iterable[Piece], terms: Terms) -> Found:
    """What is cancelled, declined by us, or still to come is left out; so is who declined."""
    zones: dict[str, dict[str, tzinfo]] = defaultdict(dict)  # by file, then by name
    parts: list[tuple[str, tuple[Line, ...]]] = []
    for piece in pieces:
        lines = tuple(_lines(piece.data))
        if lines and lines[0].value.upper() == "VTIMEZONE":
            zones[piece.name] |= _defined(lines)
        else:
            parts.append((piece.name, _own(lines)))
    found_events = [_event(lines, zones[name]) for name, lines in parts]  # a zone may stand behind its events
    events = [event for event in found_events if event]
    unread = len(found_events) - len(events)
    zones_of = {event.uid: _zone(event.start) for event in events if not event.instead}
    events = [event._replace(replaces=_day_in(event.instead, zones_of.get(event.uid)) if event.instead else None) for event in events]
    replaced = {(event.uid, event.replaces) for event in events if event.replaces}
    found: dict[str, Proposal] = {}
    odd_rules: list[str] = []
    for event in events:
        people = _people(event, terms)
        if not people or event.value("STATUS").upper() == "CANCELLED":
            continue
        said = _said(event, people, terms)
        for start in _starts(event, replaced, terms, odd_rules):
            proposal = _on_its_day(event, said, start, terms)
            if proposal and proposal.on <= terms.today:
                found[proposal.ref] = proposal
    odd_zones = sorted({event.start.odd for event in events if event.start.odd})
    notes = (
        *counted(unread, "event without a day", "events without a day"),
        *(f'"{title}": comes back in a way that is not read: only its first day is taken' for title in dict.fromkeys(odd_rules)),
        *(f'time zone "{zone}" is not known: times are taken as they are written' for zone in odd_zones),
    )
    return Found(tuple(found.values()), notes)


# --- one event -----------------------------------------------------------------------------------------------------


def _lines(data: bytes) -> Iterator[Line]:
    text = text_of(re.sub(rb"\r?\n[ \t]", b"", data))  # some programs cut a letter of several bytes
    return filter(None, map(_line, re.split(r"\r\n|\r|\n", text)))


def _own(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Those of an event, not of its alarms."""
    depth, own = 0, []
    for line in lines:
        if line.name in ("BEGIN", "END"):
            depth += 1 if line.name == "BEGIN" else -1
        elif depth <= 1:
            own.append(line)
    return tuple(own)


def _defined(lines: Sequence[Line]) -> dict[str, tzinfo]:
    """The zone that is defined there, by its name; none where it cannot be read."""
    name = next((unescaped(line.value).strip() for line in lines if line.name == "TZID"), "")
    found = zone(name, ((line.name, line.value) for line in lines))
    return {name: found} if found else {}


def _event(lines: tuple[Line, ...], zones: Zones) -> Event | None:
    start = _when(lines, "DTSTART", zones)
    if start is None:
        return None
    uid = next((line.value.strip() for line in lines if line.name == "UID"), "")
    return Event(uid, start, lines, zones, _when(lines, "RECURRENCE-ID", zones))


def _when(lines: Sequence[Line], name: str, zones: Zones) -> When | None:
    return next((when_of(line, zones) for line in lines if line.name == name), None)


def _line(raw: str) -> Line | None:
    match = _LINE.match(raw)
    if not match:
        return None
    params = {name.upper(): value.strip('"') for name, value in _PARAM.findall(match[2])}
    return Line(match[1].upper(), params, match[3])


def unescaped(text: str) -> str:
    r"""`\n`, `\,`, `\;` and `\\` as they were meant."""
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], text) if "\\" in text else text


def when_of(line: Line, zones: Zones) -> When | None:
    """The day, and the time in the zone it is given in, which everybody knows or is one of `zones`; None where there is no such day."""
    match = _WHEN.match(line.value.strip())
    if not match:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
        if match[4] is None:
            return When(day)
        at = datetime(day.year, day.month, day.day, int(match[4]), int(match[5]))
    except ValueError:
        return None
    named = "UTC" if match[7] else line.params.get("TZID", "")
    known = zone_of(named) or zones.get(named) if named else None
    return When(day, at.replace(tzinfo=known), named if named and known is None else "")


@lru_cache(maxsize=256)
def zone_of(name: str) -> tzinfo | None:
    """The zone of that name, or of the end of it (`/mozilla.org/20050126_1/Europe/Berlin`); None where nobody knows it."""
    parts = name.strip("/").split("/")
    for candidate in dict.fromkeys((name, "/".join(parts[-2:]), "/".join(parts[-3:]))):
        try:
            return ZoneInfo(candidate)
        except (ValueError, OSError, LookupError):
            continue
    return None


def _people(event: Event, terms: Terms) -> tuple[Somebody, ...]:
    """Who was invited or invites, without us, rooms, and who declined; nobody where we declined, or where it is an assembly."""
    found: dict[str, Somebody] = {}
    for line in event.lines:
        if line.name not in ("ATTENDEE", "ORGANIZER") or line.params.get("CUTYPE", "").upper() in ("ROOM", "RESOURCE", "GROUP"):
            continue
        one = _somebody(line)
        declined = line.params.get("PARTSTAT", "").upper() == "DECLINED"
        if one.email in terms.own and declined:
            return ()
        if (one.email or one.name) and not declined and one.email not in terms.own:
            found.setdefault(one.email or one.name.casefold(), one)
    return tuple(found.values()) if len(found) <= MOST_THERE else ()


def _somebody(line: Line) -> Somebody:
    address = re.sub(r"(?i)\Amailto:", "", unescaped(line.value).strip())
    if "@" not in address or " " in address:
        address = line.params.get("EMAIL", "")
    name = words_of(line.params.get("CN", ""))
    return Somebody(address.casefold(), "" if "@" in name else name)


# --- its days ------------------------------------------------------------------------------------------------------


def _starts(event: Event, replaced: Collection[tuple[str, date]], terms: Terms, odd: list[str]) -> Iterator[When]:
    """When it took place: once, or each time up to today, but for days that are taken out or replaced."""
    rule = event.value("RRULE")
    if not rule or event.replaces:
        yield event.start
        return
    parsed = Rule.parse(rule)
    days = days_of(event.start.day, parsed.ending(event.start.at), terms.today + timedelta(days=1)) if parsed else None
    if days is None:
        odd.append(words_of(event.value("SUMMARY")))
        yield event.start
        return
    out = {_day_in(when, _zone(event.start)) for when in _dates(event, "EXDATE")}
    for day in days:
        if day not in out and (event.uid, day) not in replaced:
            at = event.start.at
            yield When(day, at.replace(year=day.year, month=day.month, day=day.day) if at else None)


def _zone(when: When) -> tzinfo | None:
    return when.at.tzinfo if when.at else None


def _day_in(when: When, zone: tzinfo | None) -> date:
    """The day that it is in the zone of a series, however the time is written."""
    if when.at is None or when.at.tzinfo is None or zone is None:
        return when.day
    try:
        return when.at.astimezone(zone).date()
    except OverflowError:
        return when.day


def _dates(event: Event, name: str) -> Iterator[When]:
    for line in event.lines:
        if line.name == name:
            yield from (when for part in line.value.split(",") if (when := when_of(line._replace(value=part), event.zones)))


def _said(event: Event, people: tuple[Somebody, ...], terms: Terms) -> Proposal:
    """What holds of each of its days; `ref` is the id of the whole series."""
    title = words_of(event.value("SUMMARY"))
    place = f"{event.value('LOCATION')} {event.value('DESCRIPTION')[:5000]} {event.value('URL')}"
    kind = kind_in(title, terms.kinds, "video" if _ONLINE.search(place) else "meeting")
    text = "" if title.lower() == kind else title
    ref = ref_of("event", event.uid, title, event.start.day.isoformat())
    return Proposal(ref, event.start.day, people, kind, text, minutes=_minutes(event))


def _on_its_day(event: Event, said: Proposal, start: When, terms: Terms) -> Proposal | None:
    """The proposal of one day; of a series the day is part of its id. None where the calendar ends."""
    try:
        at = terms.local(start.at) if start.at and start.at.tzinfo else start.at
    except (ValueError, OverflowError, OSError):
        return None
    is_one_of_many = event.replaces or start is not event.start
    day = (event.replaces or start.day).isoformat().replace("-", "") if is_one_of_many else ""
    on, at_time = (at.date(), clock_time(at)) if at else (start.day, None)
    return said._replace(ref=f"{said.ref}/{day}" if day else said.ref, on=on, at_time=at_time, minutes=said.minutes if at else 0)


def _minutes(event: Event) -> int:
    """How long it took; 0 where that is not said, or is a day and more."""
    ends = _when(event.lines, "DTEND", event.zones)
    span = _SPAN.match(event.value("DURATION").strip())
    first = event.start.at
    minutes = 0
    if ends and ends.at and first and (ends.at.tzinfo is None) == (first.tzinfo is None):
        minutes = int((ends.at - first).total_seconds() // 60)
    elif span and first:
        weeks, days, hours, rest = (int(part or 0) for part in span.groups())
        minutes = ((weeks * 7 + days) * 24 + hours) * 60 + rest
    return minutes if 0 < minutes < 24 * 60 else 0
