"""A log in which every line is of the shape nearly all have: read in one go, its entries made when they are first looked at.

Law: what `PlainLog.read` takes, the line-wise scanner (`body.py`) reads the same. It exists because building an index of ten
thousand contacts takes half the time with it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import accumulate, count, repeat
from operator import add
from typing import Any, overload

from plaintextcrm.core.entries import field_pairs, fields_of
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Interaction
from plaintextcrm.core.patterns import pattern

# An entry, and below it lines that are indented, or blank; or any other line, of which nothing is taken. Line ends and all.
_ENTRY = pattern(
    r"[-*+] ([0-9]{4}-[0-9]{2}-[0-9]{2}) (?:((?:[01][0-9]|2[0-3]):[0-5][0-9]) )?([a-z-]++): (\S[^\n]*+)\n"
    r"((?:(?: {2,}+\S[^\n\t]*+)?\n)*+)|[^\n]*+\n"
)
Fields = tuple[tuple[str, str], ...]
Row = tuple[str, ...]
"""Of an entry the day, the time, the kind, the rest of the line, and the lines below it; of any other line five times nothing."""

_new = tuple.__new__  # calling the class takes three times as long, and this is the innermost loop


class PlainLog(Sequence[Interaction]):
    """The entries of such a log in file order, as columns: `days` (ordinals), `kinds` and `lines` of all, `times` and `fields` of some.

    `skeleton` are the entries without text and details, which is all that dates need. `at` is where the log stands in its body; `tasks`
    are (line, its number) of details that may be follow-ups.
    """

    __slots__ = ("_entries", "_found", "_skeleton", "at", "days", "fields", "kinds", "lines", "tasks", "text", "times")

    def __init__(
        self, text: str, at: int, days: list[int], kinds: list[str], lines: list[int], times: dict[int, str], fields: dict[int, Fields]
    ) -> None:
        self.text, self.at, self.days, self.kinds, self.lines, self.times, self.fields = text, at, days, kinds, lines, times, fields
        self.tasks: list[tuple[str, int]] = []
        self._found: list[Row] = []
        self._skeleton: list[Interaction] = []
        self._entries: tuple[Interaction, ...] | None = None

    @classmethod
    def read(cls, text: str, number: int, kinds: KindTable, at: int = 0) -> PlainLog | None:
        """The log whose first line is line `number` of the file, or None where a line needs the grammar in full."""
        rows = _rows(text)
        if not rows or "^" in text:
            return None
        start = _start(text)
        isos, at_times, kinds_, words, below = zip(*rows, strict=True)
        try:  # a line between the entries has no kind
            names = list(map(kinds.names.__getitem__, kinds_))
            days = list(map(date.toordinal, map(date.fromisoformat, isos)))
        except (KeyError, ValueError):
            return None
        heights = [details.count("\n") if details else 0 for details in below[:-1]]
        lines = list(map(add, accumulate(heights, initial=number + start), count()))
        times = {place: at_time for place, at_time in enumerate(at_times) if at_time} if any(at_times) else {}
        fields: dict[int, Fields] = {}
        if "::" in text:
            for place, said in enumerate(words):
                if "::" in said:
                    if said[0] in "[(":
                        return None
                    if pairs := field_pairs(said):
                        fields[place] = pairs
        tasks: list[tuple[str, int]] = []
        if "[" in text:
            for place, details in enumerate(below):
                if "[" in details:
                    tasks += [(task, line) for line, task in enumerate(details.split("\n"), lines[place] + 1) if "[" in task]
        log = cls(text, at, days, names, lines, times, fields)
        log.tasks, log._found = tasks, rows
        return log

    def kept(self, body: str) -> list[object] | None:
        """What `of` makes the log from again beside its body: where it stands there, and the columns.

        None where it does not stand in the body as it was read, because comments and the like were left out.
        """
        if not body.startswith(self.text, self.at):
            return None
        return [self.at, len(self.text), self.days, self.kinds, self.lines, list(self.times.items()), list(self.fields.items())]

    @classmethod
    def of(cls, kept: Sequence[Any], body: str) -> PlainLog:
        """The log again, our own kinds as one text each."""
        at, length, days, kinds, lines, times, fielded = kept
        fields = {place: tuple([(key, value) for key, value in pairs]) for place, pairs in fielded}
        return cls(body[at : at + length], at, days, list(map(STANDARD.names.get, kinds, kinds)), lines, dict(times), fields)

    def bare(self, place: int) -> Interaction:
        """One entry without text and details."""
        on, at_time, fields = date.fromordinal(self.days[place]), self.times.get(place), self.fields.get(place, ())
        entry: Interaction = _new(Interaction, (on, "", self.kinds[place], at_time, fields, None, (), "", self.lines[place]))
        return entry

    @property
    def skeleton(self) -> list[Interaction]:
        """Them all without text and details."""
        if not self._skeleton:
            places = range(len(self.days))
            times = map(self.times.get, places) if self.times else repeat(None)
            fields = map(self.fields.get, places, repeat(())) if self.fields else repeat(())
            days = map(date.fromordinal, self.days)
            entries = zip(days, repeat(""), self.kinds, times, fields, repeat(None), repeat(()), repeat(""), self.lines, strict=False)
            self._skeleton = list(map(_new, repeat(Interaction), entries))
        return self._skeleton

    @property
    def _rows(self) -> list[Row]:
        if not self._found:
            self._found = _rows(self.text)
        return self._found

    @property
    def entries(self) -> tuple[Interaction, ...]:
        """Them all, whole."""
        if self._entries is None:
            self._entries = tuple(map(_whole, self.skeleton, self._rows))
        return self._entries

    def whole(self, bare: Interaction) -> Interaction:
        """One entry of the skeleton with its text and details."""
        place = bisect_left(self.lines, bare.where)
        return self._entries[place] if self._entries else _whole(bare, self._row(place))

    def _row(self, place: int) -> Row:
        """One of `_rows`, alone where they are not there yet."""
        if self._found:
            return self._found[place]
        lines, first = self.text.lstrip("\n").split("\n"), self.lines[0]
        below = self.lines[place + 1] - first if place + 1 < len(self.lines) else None
        return _rows("\n".join(lines[self.lines[place] - first : below]))[0]

    @property
    def end(self) -> int:
        """The line after the last that is not blank."""
        return _end(self.lines[-1], self._rows[-1])

    @property
    def placed(self) -> list[tuple[date, int, int]]:
        """(day, line, the line after its last) of each entry."""
        columns = zip(self.days, self.lines, self._rows, strict=True)
        return [(date.fromordinal(day), line, _end(line, row)) for day, line, row in columns]

    def __len__(self) -> int:
        return len(self.days)

    def __iter__(self) -> Iterator[Interaction]:
        return iter(self.entries)

    @overload
    def __getitem__(self, place: int) -> Interaction: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Interaction]: ...

    def __getitem__(self, place: int | slice) -> Interaction | Sequence[Interaction]:
        return self.entries[place]


def _start(text: str) -> int:
    """Where the first line that is not blank begins."""
    start = 0
    while text.startswith("\n", start):
        start += 1
    return start


def _rows(text: str) -> list[Row]:
    start = _start(text)
    return _ENTRY.findall(text if text.endswith("\n") else text + "\n", start)


def _end(line: int, row: Row) -> int:
    """The line after the last of an entry in that line that is not blank."""
    below = row[4].rstrip("\n")
    return line + 1 + (below.count("\n") + 1 if below else 0)


def _whole(bare: Interaction, row: Row) -> Interaction:
    on, _, kind, at_time, fields, block_id, details, box, where = bare
    _, _, _, text, below = row
    if fields:
        text = fields_of(text)[0]
    if below:
        details = dedented(below.split("\n"))
    entry: Interaction = _new(Interaction, (on, text.strip(), kind, at_time, fields, block_id, details, box, where))
    return entry


def dedented(lines: list[str]) -> tuple[str, ...]:
    """The lines without the blanks they share and without blank lines at either end."""
    while lines and not lines[-1].strip():
        lines.pop()
    while lines and not lines[0].strip():
        lines.pop(0)
    if not lines:
        return ()
    expanded = [line.expandtabs(4) if "\t" in line[:8] else line for line in lines]
    shared = min(len(line) - len(line.lstrip()) for line in expanded if line.strip())
    return tuple(line[shared:].rstrip() for line in expanded)
