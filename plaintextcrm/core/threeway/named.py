"""Sequences of units that have names, three ways: keys of a front matter, items of a list, entries of a log."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence

from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.threeway.lines import Clash, Doubt, Piece, stretches

Rank = tuple[object, ...]


class Unit(NamedTuple):
    """Whole lines under a name that is unique in its file.

    `lead` are the comments and blank lines above that travel with it, None where they are not its own (the first entry of a log).
    `rank` orders what both sides put in one place.
    """

    id: Hashable
    text: str
    lead: str | None = ""
    rank: Rank = ()


class Settled(NamedTuple):
    """A unit of the result: its lead (None: as the others have it) and its text."""

    lead: Piece | None
    text: Piece


Both = Callable[[Unit | None, Unit, Unit], Piece]


def clash(base: Unit | None, ours: Unit, theirs: Unit) -> Piece:
    """What both changed differently is shown as it is."""
    return Clash(ours.text, theirs.text)


def merge_named(base: Sequence[Unit], ours: Sequence[Unit], theirs: Sequence[Unit], both: Both = clash) -> list[Settled]:
    """The units that stand in the result, in order. A unit that one side removed is gone, unless the other changed it.

    Each side's units stay where it had them. Where both put some in one place, those are ordered by rank.
    """
    old, one, other = ({unit.id: unit for unit in side} for side in (base, ours, theirs))
    if (len(old), len(one), len(other)) != (len(base), len(ours), len(theirs)):
        raise Doubt
    found = {id: _settled(old.get(id), one.get(id), other.get(id), both) for id in old | one | other}
    settled = {id: unit for id, unit in found.items() if unit is not None}
    rank = {unit.id: unit.rank for unit in theirs} | {unit.id: min(unit.rank, other.get(unit.id, unit).rank) for unit in ours}
    return [settled[id] for id in _order(list(old), list(one), list(other), settled, rank)]


def _order(
    base: list[Hashable], ours: list[Hashable], theirs: list[Hashable], settled: dict[Hashable, Settled], rank: dict[Hashable, Rank]
) -> Iterator[Hashable]:
    """The names of the settled units as they follow each other; one that a side moved stands where that side put it."""
    moved, moved_there = _moved(base, ours), _moved(base, theirs)
    by_us, by_them = moved - moved_there, moved_there - moved
    done: set[Hashable] = set()
    for _, left, right, same in stretches(base, ours, theirs):
        one = [id for id in left if id in settled and id not in done and (same or id not in by_them)]
        other = [id for id in right if id in settled and id not in done and (same or id not in by_us)]
        run = one or other if one == other or not (one and other) else sorted({*one, *other}, key=lambda id: rank[id])
        yield from run
        done.update(run)


def _moved(base: Sequence[Hashable], side: Sequence[Hashable]) -> set[Hashable]:
    """Those that a side still has, in another place among the others."""
    stayed = {before[0] for before, _, _, same in stretches(base, side, side) if same}
    return set(base) & set(side) - stayed


def _settled(base: Unit | None, ours: Unit | None, theirs: Unit | None, both: Both) -> Settled | None:
    """One unit three ways; None where it is gone."""
    if ours and theirs:
        old = base or Unit(None, "", None)
        lead = _lead(old.lead, ours.lead, theirs.lead)
        for text, by_other in ((ours.text, theirs.text), (theirs.text, ours.text)):
            if text == by_other or (base and by_other == base.text):
                return Settled(lead, text)
        return Settled(lead, both(base, ours, theirs))
    left = ours or theirs
    if left is None or base is None:
        return left and Settled(left.lead, left.text)
    if left.text == base.text and _said(left) == _said(base):
        return None
    text = (left.lead or "").lstrip("\n") + left.text
    return Settled(None, Clash(text if ours else "", text if theirs else ""))


def _said(unit: Unit) -> str:
    return (unit.lead or "").strip()


def _lead(base: str | None, ours: str | None, theirs: str | None) -> Piece | None:
    """The lines above a unit; of blank ones that differ the more."""
    if ours == theirs or theirs == base or theirs is None:
        return ours if ours is not None else theirs
    if ours == base or ours is None:
        return theirs
    if ours.strip() and theirs.strip() and ours.strip() != theirs.strip():
        return Clash(ours, theirs)
    return max(ours, theirs, key=lambda lead: (lead.strip(), lead))
