"""Lines, or whatever stands for them, three ways: what one side changed is taken, what both changed differently is a clash."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

from plaintextcrm.core.record import NamedTuple

T = TypeVar("T", bound=Hashable)
_FEW = 250_000  # pairs of lines that are compared one by one where no line is unique


class Doubt(Exception):
    """This way of merging does not understand these files."""


class Clash(NamedTuple):
    """What both sides changed differently: whole lines of each."""

    ours: str
    theirs: str


Piece = str | Clash


def align(one: Sequence[T], other: Sequence[T]) -> list[tuple[int, int]]:
    """Pairs of places that hold the same, ascending in both: common ends first, then what is unique in both ("patience")."""
    found: list[tuple[int, int]] = []
    todo = [(0, len(one), 0, len(other))]
    while todo:
        start, stop, begin, end = todo.pop()
        while start < stop and begin < end and one[start] == other[begin]:
            found.append((start, begin))
            start, begin = start + 1, begin + 1
        while start < stop and begin < end and one[stop - 1] == other[end - 1]:
            stop, end = stop - 1, end - 1
            found.append((stop, end))
        if start == stop or begin == end:
            continue
        anchors = _unique(one[start:stop], other[begin:end])
        if not anchors and (stop - start) * (end - begin) <= _FEW:
            blocks = SequenceMatcher(None, one[start:stop], other[begin:end], autojunk=False).get_matching_blocks()
            found += [(start + a + more, begin + b + more) for a, b, size in blocks for more in range(size)]
            continue
        left, above = start, begin
        for a, b in anchors:
            found.append((start + a, begin + b))
            todo.append((left, start + a, above, begin + b))
            left, above = start + a + 1, begin + b + 1
        if anchors:
            todo.append((left, stop, above, end))
    return sorted(found)


def _unique(one: Sequence[T], other: Sequence[T]) -> list[tuple[int, int]]:
    """The longest ascending pairs of places among what stands exactly once in each."""
    once, once_there = Counter(one), Counter(other)
    there = {value: place for place, value in enumerate(other) if once_there[value] == 1}
    pairs = [(place, there[value]) for place, value in enumerate(one) if once[value] == 1 and value in there]
    return ascending(pairs)


def ascending(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest of the sub-sequences whose second places ascend (the first do)."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        last[length : length + 1] = [number]
        before.append(last[length - 1] if length else -1)
    found = []
    number = last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


class Differing(NamedTuple):
    """A stretch that both sides changed differently."""

    ours: tuple[Hashable, ...]
    theirs: tuple[Hashable, ...]


def stretches(base: Sequence[T], ours: Sequence[T], theirs: Sequence[T]) -> Iterator[tuple[Sequence[T], Sequence[T], Sequence[T], bool]]:
    """(base, ours, theirs, whether it is the same in all) of each stretch, in order; the last of them may be empty."""
    in_ours, in_theirs = dict(align(base, ours)), dict(align(base, theirs))
    start = begin = left = 0
    for place in range(len(base)):
        if place in in_ours and place in in_theirs:
            yield base[start:place], ours[begin : in_ours[place]], theirs[left : in_theirs[place]], False
            yield base[place : place + 1], base[place : place + 1], base[place : place + 1], True
            start, begin, left = place + 1, in_ours[place] + 1, in_theirs[place] + 1
    yield base[start:], ours[begin:], theirs[left:], False


def merge_lines(base: Sequence[T], ours: Sequence[T], theirs: Sequence[T]) -> Iterator[T | Differing]:
    """The lines that are settled, and stretches that both changed differently, as git does it."""
    for before, one, other, _ in stretches(base, ours, theirs):
        if one == other or other == before:
            yield from one
        elif one == before:
            yield from other
        elif before:
            yield from _trimmed(one, other)
        else:
            yield from _both_added(one, other)


def _both_added(ours: Sequence[T], theirs: Sequence[T]) -> Iterator[T | Differing]:
    """Where nothing stood before: what both have once, what one has, and what is different."""
    begin = left = 0
    for place, there in [*align(ours, theirs), (len(ours), len(theirs))]:
        one, other = tuple(ours[begin:place]), tuple(theirs[left:there])
        if one and other:
            yield Differing(one, other)
        else:
            yield from one or other
        yield from ours[place : place + 1]
        begin, left = place + 1, there + 1


def _trimmed(ours: Sequence[T], theirs: Sequence[T]) -> Iterator[T | Differing]:
    """The difference without the lines that both begin and end with."""
    start = _shared(ours, theirs)
    one, other = ours[start:], theirs[start:]
    end = _shared(one[::-1], other[::-1])
    yield from ours[:start]
    yield Differing(tuple(one[: len(one) - end]), tuple(other[: len(other) - end]))
    yield from one[len(one) - end :]


def _shared(one: Sequence[object], other: Sequence[object]) -> int:
    """How many both begin with."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (here, there) in enumerate(pairs) if here != there), min(len(one), len(other)))


def line_pieces(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> tuple[Piece, ...]:
    """`merge_lines` of texts."""
    return tuple(map(_piece, merge_lines(base, ours, theirs)))


def clash_of(ours: Sequence[str], theirs: Sequence[str]) -> tuple[Piece, ...]:
    """One clash around everything that differs."""
    return tuple(map(_piece, _trimmed(ours, theirs)))


def _piece(found: str | Differing) -> Piece:
    return found if isinstance(found, str) else Clash("".join(map(str, found.ours)), "".join(map(str, found.theirs)))
