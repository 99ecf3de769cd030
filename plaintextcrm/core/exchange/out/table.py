"""People as a table: a row each, a column for each key that somebody has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plaintextcrm.core.exchange.headings import english
from plaintextcrm.core.exchange.out.leaving import Leaving
from plaintextcrm.core.exchange.table import fold_column
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.vocabulary import KEYS, ORDER

OTHER = "other:"  # before a key of the user's own that would be read as a column of ours
Row = Mapping[str, object]


class Table(NamedTuple):
    """Columns in the order of our vocabulary, the id first; cells are text."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def table(people: Sequence[Leaving]) -> Table:
    """The columns in use, then the users' own keys; lists are joined by "; "."""
    used = {key for one in people for key in one.contact.keys}
    own = dict.fromkeys(key for one in people for key in one.contact.other)
    columns = (
        "id",
        "name",
        *(key.name for key in KEYS if key.name in used and key.name != "name"),
        *map(_column, own),
    )
    return Table(columns, tuple(_row(one) for one in people))


def _row(one: Leaving) -> Row:
    own = {_column(key): value for key, value in one.contact.other.items()}
    facts = {**own, **one.contact.keys, "id": one.contact.id, "name": one.contact.name}
    return {key: _cell(value) for key, value in facts.items()}


def _column(key: str) -> str:
    """The column of a key of the user's own: `other:id`, `other:started` where the value is no day, else the key."""
    read_as = english(fold_column(key))
    return f"{OTHER}{key}" if read_as == "id" or read_as in ORDER else key


def _cell(value: object) -> object:
    return "; ".join(str(part) for part in value) if isinstance(value, list | tuple) else value
