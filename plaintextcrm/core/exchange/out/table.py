"""People as a table: a row each, a column for each key that somebody has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plaintextcrm.core.exchange.out.leaving import Leaving
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.vocabulary import KEYS

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
        *(key for key in own if key not in used),
    )
    return Table(columns, tuple(_row(one) for one in people))


def _row(one: Leaving) -> Row:
    facts = {**one.contact.other, **one.contact.keys, "id": one.contact.id, "name": one.contact.name}
    return {key: _cell(value) for key, value in facts.items()}


def _cell(value: object) -> object:
    return "; ".join(str(part) for part in value) if isinstance(value, list | tuple) else value
