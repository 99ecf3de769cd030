"""What an importer hands over: people and dated rows as the files say them, before anybody looks into the vault."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from plaintextcrm.core import contact
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Interaction, Location
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.vocabulary import find_key

Keys = Mapping[str, str | tuple[str, ...]]
Rest = tuple[tuple[str, tuple[str, ...]], ...]
"""Column -> the body lines (`- column: value`) that keep a cell no key has room for."""


def place(where: Location) -> str:
    """`letters.csv:12`."""
    return f"{where.path}:{where.line}"


class Given(NamedTuple):
    """One file to import: its name as typed, its bytes."""

    name: str
    data: bytes


class Hints(NamedTuple):
    """What the user and the vault say about how to read the files."""

    encoding: str | None = None
    kinds: KindTable = STANDARD


class Refusal(NamedTuple):
    """Rows that are not imported, and why; `of_person` where they are rows about people, not about days."""

    where: Location
    reason: str
    rows: int = 1
    of_person: bool = False

    def __str__(self) -> str:
        return f"{place(self.where)}: {self.reason}"


class Person(NamedTuple):
    """Somebody as a file says them. `keys` are canonical, without name and uid; `where` is None for who is only named in rows."""

    name: str
    uid: str = ""
    keys: Keys = MappingProxyType({})
    rest: Rest = ()
    where: Location | None = None
    origin: str = ""  # the file's name without its folder: "Imported from ORIGIN"


class Row(NamedTuple):
    """One dated row: `entry` as it will be written, `occasion` the source's own id ("" without one), `ref` as a field has it."""

    where: Location
    name: str
    uid: str
    entry: Interaction
    ref: str = ""
    occasion: str = ""


class Reading(NamedTuple):
    """All that the files say, in their order."""

    people: tuple[Person, ...] = ()
    rows: tuple[Row, ...] = ()
    refused: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()


def canonical(key: str, value: str | tuple[str, ...]) -> contact.Value | None:
    """What a contact's file will be read to hold under one of our keys, or None where the key does not take the value."""
    known = find_key(key)
    if known is None:
        return None
    try:
        return contact.READERS[known.type](list(value) if isinstance(value, tuple) else value, key)
    except contact._Wrong:
        return None
