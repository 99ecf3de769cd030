"""A log in which every line is of the shape nearly all have: read in one go, its entries made when they are first looked at.

Law: what `PlainLog.read` takes, the line-wise scanner (`body.py`) reads the same. It exists because building an index of ten
thousand contacts takes half the time with it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import repeat
from sys import intern
from typing import Any, overload

from plaintextcrm.core.entries import field_pairs, fields_of
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import Interaction
from plaintextcrm.core.patterns import pattern

# An entry, and below it lines that are indented, or blank; line ends and all.
_ENTRY = pattern(
    r"([-*+] (\d{4}-\d\d-\d\d) (?:((?:[01]\d|2[0-3]):[0-5]\d) )?([a-z]+(?:-[a-z]+)?): (\S[^\n]*)\n((?:(?: {2,}\S[^\n\t]*)?\n)*))"
)
_new = tuple.__new__  # calling the class takes three times as long, and this is the innermost loop


class PlainLog(Sequence[Interaction]):
    """The entries of such a log in file order. `skeleton` has them without text and details, which is all that dates need.

    `at` is where the log stands in its body; `tasks` are (line, its number) of details that may be follow-ups.
    """

    __slots__ = ("_entries", "_found", "_text", "at", "skeleton", "tasks")

    def __init__(self, text: str, at: int, skeleton: list[Interaction], tasks: Sequence[tuple[str, int]] = ()) -> None:
        self._text, self.at, self.skeleton, self.tasks = text, at, skeleton, tasks
        self._found: list[tuple[str, ...]] = []
        self._entries: tuple[Interaction, ...] | None = None

    @classmethod
    def read(cls, text: str, number: int, kinds: KindTable, at: int = 0) -> PlainLog | None:
        """The log whose first line is line `number` of the file, or None where a line needs the grammar in full."""
        start = len(text) - len(text.lstrip("\n"))
        rows = _rows(text)
        if not rows or "^" in text or sum([len(row[0]) for row in rows]) < len(text) - start:
            return None  # something stands between the entries
        skeleton: list[Interaction] = []
        tasks: list[tuple[str, int]] = []
        line = number + start
        for _, day, at_time, word, words, below in rows:
            kind = kinds.get(word)
            if kind is None:
                return None
            fields: tuple[tuple[str, str], ...] = ()
            if "::" in words:
                if words[0] in "[(":
                    return None
                fields = field_pairs(words)
            try:
                on = date.fromisoformat(day)
            except ValueError:
                return None
            skeleton.append(_new(Interaction, (on, "", kind.name, at_time or None, fields, None, (), "", line)))
            line += 1
            if below:
                if "[" in below:
                    tasks += [(task, place) for place, task in enumerate(below.split("\n"), line) if "[" in task]
                line += below.count("\n")
        log = cls(text, at, skeleton, tasks)
        log._found = rows
        return log

    def kept(self, body: str) -> list[object] | None:
        """What `of` makes the log from again beside its body: where it stands, and days, kinds, lines, times and fields of its entries.

        None where it does not stand in the body as it was read, because comments and the like were left out.
        """
        if not body.startswith(self._text, self.at):
            return None
        bones = self.skeleton
        return [
            self.at, len(self._text), [one[0].toordinal() for one in bones], [one[2] for one in bones], [one[8] for one in bones],
            [(place, one[3]) for place, one in enumerate(bones) if one[3]], [(place, one[4]) for place, one in enumerate(bones) if one[4]],
        ]  # fmt: skip

    @classmethod
    def of(cls, kept: Sequence[Any], body: str) -> PlainLog:
        """The log again."""
        at, length, days, kinds, lines, timed, fielded = kept
        times: list[str | None] = [None] * len(days)
        fields: list[tuple[tuple[str, str], ...]] = [()] * len(days)
        for place, at_time in timed:
            times[place] = at_time
        for place, pairs in fielded:
            fields[place] = tuple([(key, value) for key, value in pairs])
        on, kind = map(date.fromordinal, days), map(intern, kinds)
        entries = zip(on, repeat(""), kind, times, fields, repeat(None), repeat(()), repeat(""), lines, strict=False)
        skeleton: list[Interaction] = list(map(_new, repeat(Interaction), entries))
        return cls(body[at : at + length], at, skeleton)

    @property
    def _rows(self) -> list[tuple[str, ...]]:
        """Of each entry the whole, the day, the time, the kind, the rest of the line, and the lines below it."""
        if not self._found:
            self._found = _rows(self._text)
        return self._found

    @property
    def entries(self) -> tuple[Interaction, ...]:
        """Them all, whole."""
        if self._entries is None:
            self._entries = tuple(map(_whole, self.skeleton, self._rows))
        return self._entries

    def whole(self, bare: Interaction) -> Interaction:
        """One entry of the skeleton with its text and details."""
        place = bisect_left(self.skeleton, bare.where, key=lambda one: one.where)
        return self._entries[place] if self._entries else _whole(self.skeleton[place], self._rows[place])

    @property
    def end(self) -> int:
        """The line after the last that is not blank."""
        return _end(self.skeleton[-1], self._rows[-1])

    @property
    def placed(self) -> list[tuple[date, int, int]]:
        """(day, line, the line after its last) of each entry."""
        pairs = zip(self.skeleton, self._rows, strict=True)
        return [(one.on, one.where, _end(one, row)) for one, row in pairs]

    def __len__(self) -> int:
        return len(self.skeleton)

    def __iter__(self) -> Iterator[Interaction]:
        return iter(self.entries)

    @overload
    def __getitem__(self, place: int) -> Interaction: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Interaction]: ...

    def __getitem__(self, place: int | slice) -> Interaction | Sequence[Interaction]:
        return self.entries[place]


def _rows(text: str) -> list[tuple[str, ...]]:
    start = len(text) - len(text.lstrip("\n"))
    return _ENTRY.findall(text if text.endswith("\n") else text + "\n", start)


def _end(skeleton: Interaction, row: tuple[str, ...]) -> int:
    """The line after an entry's last that is not blank."""
    below = row[5].rstrip("\n")
    return skeleton.where + 1 + (below.count("\n") + 1 if below else 0)


def _whole(skeleton: Interaction, row: tuple[str, ...]) -> Interaction:
    on, _, kind, at_time, fields, block_id, details, box, where = skeleton
    _, _, _, _, text, below = row
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
