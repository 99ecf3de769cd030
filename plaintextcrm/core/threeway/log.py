"""Logs three ways, entry by entry: an entry is its line with the deeper lines below it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from plaintextcrm.core.body import Placed, mask
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.threeway.checking import Version, lines_of
from plaintextcrm.core.threeway.lines import Piece
from plaintextcrm.core.threeway.named import Settled, Unit, merge_named

_BLOCK_ID = pattern(r"\^[a-z0-9]{6}$", re.MULTILINE)
_DATE = pattern(r"[^\d\n]*\d{4}.\d{1,2}.\d{1,2}")


class Entry(NamedTuple):
    """One entry as it stands: its day, its lines, and those between it and the entry above (None: it is the first)."""

    on: date
    text: str
    lead: str | None


class Body(NamedTuple):
    """A body: its lines, with a number in place of the entries of each log section (0 for the first), and those entries."""

    lines: tuple[str | int, ...]
    logs: tuple[tuple[Entry, ...], ...]


def body_of(version: Version) -> Body:
    """The body cut into lines and logs. A log section without entries has its place below the heading and a blank line."""
    lines = lines_of(version.text)
    first = version.front.body_line - 1
    shown = lines_of(mask(version.text[version.front.body :])[0])
    hidden = [place >= first and bool(line.strip()) and not shown[place - first].strip() for place, line in enumerate(lines)]
    left: list[str | int] = []
    logs = []
    at = first
    for number, section in enumerate(version.parsed.body.sections):
        places = [_whole(place, lines, hidden) for place in sorted(section.entries, key=lambda place: place.line)]
        after_heading = section.line + int(lines[section.line : section.line + 1] == ["\n"])
        start, end = (places[0].line - 1, places[-1].end - 1) if places else (after_heading, after_heading)
        left += [*lines[at:start], number]
        logs.append(tuple(_entries(places, lines)))
        at = end
    return Body((*left, *lines[at:]), tuple(logs))


def _whole(place: Placed, lines: Sequence[str], hidden: Sequence[bool]) -> Placed:
    """An entry with the fences and comments that stand deeper below it, which reading leaves out."""
    end = at = place.end - 1
    if at == len(lines) or (lines[at].strip() and not hidden[at]):
        return place
    least = _indent(lines[place.line - 1]) + 2
    while at < len(lines) and (hidden[at] or not lines[at].strip()):
        if hidden[at] and _indent(lines[at]) < least:
            break
        at += 1
        end = at if hidden[at - 1] else end
    return place._replace(end=end + 1)


def _indent(line: str) -> int:
    line = line.expandtabs(4)
    return len(line) - len(line.lstrip())


def _entries(places: Sequence[Placed], lines: Sequence[str]) -> Iterator[Entry]:
    above = None
    for place in places:
        lead = None if above is None else "".join(lines[above : place.line - 1])
        yield Entry(place.on, "".join(lines[place.line - 1 : place.end - 1]), lead)
        above = place.end - 1


def log_pieces(base: Sequence[Entry], ours: Sequence[Entry], theirs: Sequence[Entry]) -> Iterator[Piece]:
    """The entries of one log. One that both changed, or that one changed and the other removed, is a clash."""
    newest_first = next((found for found in map(_newest_first, (base, ours, theirs)) if found is not None), False)
    old, one, other = (_units(log, newest_first) for log in (base, ours, theirs))
    here, there = _changed(old, one), _changed(old, other)
    for id in here.keys() & there.keys():
        now, by_them = here[id], there[id]
        if (now or by_them) and not (now and by_them and now.text == by_them.text):
            one = [unit._replace(id=id) if unit is now else unit for unit in one]
            other = [unit._replace(id=id) if unit is by_them else unit for unit in other]
    usual = _usual_gap(base) if len(base) > 1 else max(_gaps([*ours, *theirs]), default="")
    for place, settled in enumerate(merge_named(old, one, other)):
        yield _gap(settled, place == 0, usual, len(base) < 2)
        yield settled.text


def _newest_first(log: Sequence[Entry]) -> bool | None:
    """The order of a log by its ends; None where they do not tell."""
    return None if not log or log[0].on == log[-1].on else log[0].on > log[-1].on


def _units(log: Sequence[Entry], newest_first: bool) -> list[Unit]:
    """The entries, each named by its text and by how many of that text stand above it."""
    seen: Counter[str] = Counter()
    units = []
    for on, text, lead in log:
        day = -on.toordinal() if newest_first else on.toordinal()
        units.append(Unit((text, seen[text]), text, lead, (day, text, seen[text])))
        seen[text] += 1
    return units


def _changed(base: Sequence[Unit], side: Sequence[Unit]) -> dict[object, Unit | None]:
    """The entries of the base that a side has no more, each with what became of it: same block id, same words, or same day."""
    kept = {unit.id for unit in base} & {unit.id for unit in side}
    found: dict[object, Unit | None] = {unit.id: None for unit in base if unit.id not in kept}
    new = [unit for unit in side if unit.id not in kept]
    for sign in (_block_id, _words, _day):
        waiting: dict[object, list[Unit]] = {}
        for unit in reversed(new):
            waiting.setdefault(sign(unit), []).append(unit)
        for unit in base:
            if unit.id in found and not found[unit.id] and sign(unit) and waiting.get(sign(unit)):
                found[unit.id] = waiting[sign(unit)].pop()
        taken = {unit.id for unit in found.values() if unit}
        new = [unit for unit in new if unit.id not in taken]
    return found


def _block_id(unit: Unit) -> str:
    found = _BLOCK_ID.search(unit.text)
    return found[0] if found else ""


def _words(unit: Unit) -> str:
    return _DATE.sub("", unit.text, count=1).strip()


def _day(unit: Unit) -> object:
    return unit.rank[:1]


def _gaps(log: Sequence[Entry]) -> list[str]:
    """The blank lines above each entry that has only such."""
    return [entry.lead for entry in log if entry.lead is not None and not entry.lead.strip()]


def _usual_gap(log: Sequence[Entry]) -> str:
    """The blank lines that most entries have above them; of two as frequent the more."""
    gaps = Counter(_gaps(log))
    return max(gaps, key=lambda gap: (gaps[gap], gap), default="")


def _gap(settled: Settled, first: bool, usual: str, even: bool) -> Piece:
    """What stands above an entry of the result: its own lines, or the usual blank ones; with `even`, those above all alike."""
    if not isinstance(settled.lead, str | None):
        return settled.lead
    if first:
        return (settled.lead or "").lstrip("\n")
    return usual if settled.lead is None or (even and not settled.lead.strip()) else settled.lead
