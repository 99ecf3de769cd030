"""Our own CSV (`ptcrm export csv`): the keys of the same people again; known by its header."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from plaintextcrm.core.exchange.evidence import uid_given
from plaintextcrm.core.exchange.incoming import Given, Hints, Person, Reading
from plaintextcrm.core.exchange.out.table import OTHER
from plaintextcrm.core.exchange.products import Draft, read_people
from plaintextcrm.core.vocabulary import KEYS, LIST_TYPES, ORDER

_TYPES = {key.name: key.type for key in KEYS}
_ID = "\0id"  # no key of anybody's
_DEFUSED = tuple(f"'{mark}" for mark in "=@+-\t\r")  # what is written so that no spreadsheet runs it


def read(files: Sequence[Given], hints: Hints) -> Reading | None:
    """Everybody in our own tables, or None where none is one. Raises Usage where only some are."""
    found = read_people(files, hints, _fits, _means, (), "ptcrm export csv")
    return found and found._replace(people=tuple(map(_ours, found.people)))


def _fits(columns: Sequence[str]) -> bool:
    """Id and name, then our keys by their own names and in our order, then keys of the user's own."""
    keys = list(takewhile(ORDER.__contains__, columns[2:]))
    own = columns[2 + len(keys) :]
    return list(columns[:2]) == ["id", "name"] and keys != [] and keys == sorted(keys, key=ORDER.__getitem__) and not set(own) & set(ORDER)


def _means(draft: Draft) -> None:
    kinds = {column: _TYPES.get(folded, "") for column, folded in draft.sheet.folded.items()}
    draft.record = draft.record._replace(cells={column: _plain(cell, kinds.get(column, "")) for column, cell in draft.record.cells.items()})
    for column, cell in draft.record.cells.items():
        folded, kind = draft.sheet.folded.get(column), kinds.get(column)
        if folded is None or column in draft.sheet.mapped:  # beyond the header it stays a line of the body
            continue
        draft.used.add(column)
        if folded == "name":
            draft.name = cell
        elif folded == "id":
            draft.other[_ID] = cell
        elif not kind:
            draft.other[_plain(column.removeprefix(OTHER), "")] = cell
        elif kind in ("partial", "date"):
            draft.day(folded, cell)
        elif kind in LIST_TYPES:
            draft.say(folded, *cell.split("; "))
        else:
            draft.say(folded, cell.replace("; ", ", ") if kind == "bool or list" else cell)


def _plain(cell: str, kind: str) -> str:
    """A cell as its file has it."""
    if cell == "yes" and kind.startswith("bool"):
        return "true"
    return cell[1:] if cell.startswith(_DEFUSED) else cell


def _ours(person: Person) -> Person:
    """Somebody with the id and the uid that they had; by an id alone, too, the vault that it is from knows them again."""
    other, keys = dict(person.other), dict(person.keys)
    id, uid = str(other.pop(_ID, "")), str(keys.pop("uid", ""))
    return person._replace(id=id, uid=uid or (uid_given(id) if id else ""), made_up=not uid, keys=keys, other=other)
