"""What a report is made of: titled tables, sentences that say what they mean, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, overload

from plaintextcrm.core.record import NamedTuple

Row = Mapping[str, object]
"""Column key -> text, number, bool, date, None or a tuple of texts. A row about a person carries `id` and `name` first."""


class Rows(Sequence[Row]):
    """Rows that are made of something each when they are looked at: most are shown to nobody, for a page or a terminal has the first."""

    def __init__(self, make: Callable[..., Row], of: Sequence[Any]) -> None:
        self._make, self._of = make, of
        self._all: tuple[Row, ...] | None = None

    @property
    def all(self) -> tuple[Row, ...]:
        """Them all."""
        if self._all is None:
            self._all = tuple(map(self._make, self._of))
        return self._all

    def __len__(self) -> int:
        return len(self._of)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.all)

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        if self._all is None:
            return tuple(map(self._make, self._of[place])) if isinstance(place, slice) else self._make(self._of[place])
        return self._all[place]

    def __eq__(self, other: object) -> bool:
        return self.all == (other.all if isinstance(other, Rows) else other)

    __hash__ = None  # type: ignore[assignment]  # as of the rows themselves, which are no keys


class Column(NamedTuple):
    """One column that is shown: the key of its cells in JSON and CSV, the words above it. `id` is never a column: the name carries it."""

    key: str
    words: str


class Table(NamedTuple):
    """Rows in the order in which they are to be read; `sentence` says what they mean; `empty` what it means that there are none."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    sentence: str = ""
    empty: str = ""


class Step(NamedTuple):
    """What to do next, in words, and the command that does it ("" where no command does)."""

    words: str
    command: str = ""


class Picture(NamedTuple):
    """A graph as it is drawn: places in a unit square, deterministic. `edges` are numbers of nodes, with what the line means."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[int, int, str], ...]


class Node(NamedTuple):
    """One person of a picture; `weight` 0 to 3 is how large it is drawn, `kind` "me", "coi", "five", "" or "gone"."""

    id: str
    name: str
    x: float
    y: float
    weight: int = 0
    kind: str = ""


class Report(NamedTuple):
    """One question answered. The first table is the main one (`rows` of the JSON); `sentences` hold for the whole."""

    name: str
    tables: tuple[Table, ...]
    sentences: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    picture: Picture | None = None
