"""What a report is made of: titled tables, sentences that say what they mean, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping

from plaintextcrm.core.record import NamedTuple

Row = Mapping[str, object]
"""Column key -> text, number, bool, date, None or a tuple of texts. A row about a person carries `id` and `name` first."""


class Column(NamedTuple):
    """One column that is shown: the key of its cells in JSON and CSV, the words above it. `id` is never a column: the name carries it."""

    key: str
    words: str


class Table(NamedTuple):
    """Rows in the order in which they are to be read; `sentence` says what they mean; `empty` what it means that there are none."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
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
