"""The lines of an inbox: what waits in it, and the text without what is placed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from plaintextcrm.core.dates import month_of
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import line_starts, readable, split_lines

_BULLET = pattern(r"[ \t]*(?:[-*+]|\d{1,3}([.)]))[ \t]+(?:\[.\][ \t]+)?")
_FIRST_WORD = pattern(r"[A-Za-z]*")
_DEEPER = pattern(r"(?:[ ]{2}|[ ]?\t)[ \t]*\S")
_CLOSINGS = {"<!--": "-->", "%%": "%%"}


class Note(NamedTuple):
    """One jotted line and what stands indented below it: lines `first` up to `end` (from 0), the text without its bullet."""

    first: int
    end: int
    text: str
    details: tuple[str, ...] = ()


def notes(text: str) -> tuple[Note, ...]:
    """What waits in a text: every line that is not blank, a heading or a comment, with the lines indented below it."""
    lines = split_lines(readable(text))
    found: list[Note] = []
    for number in _waiting(lines):
        above = found[-1] if found else None
        if above and above.end == number and _DEEPER.match(lines[number]):
            found[-1] = above._replace(end=number + 1, details=(*above.details, lines[number].rstrip()))
        else:
            found.append(Note(number, number + 1, " ".join(_without_bullet(lines[number]).split())))
    return tuple(note for note in found if note.text)


def _without_bullet(line: str) -> str:
    """The line after what makes it an item of a list; `7. Nov: call` begins with its day."""
    bullet = _BULLET.match(line)
    if not bullet:
        return line
    word = _FIRST_WORD.match(line, bullet.end())
    return line if bullet[1] == "." and word and month_of(word[0]) else line[bullet.end() :]


def _waiting(lines: Sequence[str]) -> Iterator[int]:
    """The numbers of the lines that are neither blank, nor a heading, a comment or front matter."""
    closing = "---" if lines[0].rstrip() == "---" and "---" in (line.rstrip() for line in lines[1:]) else ""
    for number, line in enumerate(lines):
        stripped = line.strip()
        if closing:
            closing = "" if number and closing in stripped else closing
            continue
        opening = next((mark for mark in _CLOSINGS if stripped.startswith(mark)), "")
        if opening:
            closing = "" if _CLOSINGS[opening] in stripped[len(opening) :] else _CLOSINGS[opening]
        elif stripped and not stripped.startswith("#"):
            yield number


def without(text: str, gone: Iterable[Note]) -> str:
    """The text without those lines; every other one stays as it is."""
    starts = line_starts(text)
    pieces, kept = [], 0
    for note in sorted(gone):
        pieces.append(text[kept : starts[note.first]])
        kept = starts[note.end]
    return "".join((*pieces, text[kept:]))
