"""A contact three ways by what it says: front matter by keys, logs by entries, everything else by lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plaintextcrm.core.threeway.checking import BROKEN, Version
from plaintextcrm.core.threeway.front import front_pieces
from plaintextcrm.core.threeway.lines import Clash, Doubt, Piece, merge_lines
from plaintextcrm.core.threeway.log import Body, Entry, body_of, log_pieces


def by_meaning(base: Version, ours: Version, theirs: Version) -> Iterator[Piece]:
    """The merged file. Raises Doubt where a version cannot be read whole, or a log lost its place."""
    if any(one.problems().keys() & set(BROKEN) for one in (base, ours, theirs)):
        raise Doubt
    yield from front_pieces(base, ours, theirs)
    yield from _body_pieces(*(body_of(one) for one in (base, ours, theirs)))


def _body_pieces(base: Body, ours: Body, theirs: Body) -> Iterator[Piece]:
    done = set()
    tight = [_tight(one) for one in (ours, theirs)]
    apart = False  # a log was empty until now: a heading that follows its entries wants a blank line
    for line in merge_lines(base.lines, ours.lines, theirs.lines):
        if isinstance(line, int):
            if line in done:
                raise Doubt
            done.add(line)
            yield from log_pieces(*(_log(one, line) for one in (base, ours, theirs)))
            apart = any(_log(one, line) for one in (ours, theirs)) and not any(line in one for one in tight)
            continue
        text = line if isinstance(line, str) else _text(line.ours)
        yield "\n" if apart and text.startswith("#") else ""
        yield line if isinstance(line, str) else Clash(text, _text(line.theirs))
        apart = False


def _log(body: Body, number: int) -> Sequence[Entry]:
    return body.logs[number] if number < len(body.logs) else ()


def _tight(body: Body) -> set[int]:
    """The logs whose entries a heading follows at once."""
    pairs = zip(body.lines, body.lines[1:], strict=False)
    return {number for number, line in pairs if isinstance(number, int) and _log(body, number) and str(line).startswith("#")}


def _text(lines: tuple[object, ...]) -> str:
    if not all(isinstance(line, str) for line in lines):
        raise Doubt  # a log within a stretch that both changed
    return "".join(map(str, lines))
