"""What an importer hands over: people and dated rows as the files say them, before anybody looks into the vault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Interaction, Location

Keys = Mapping[str, str | tuple[str, ...]]
Rest = tuple[tuple[str, tuple[str, ...]], ...]
"""Column -> the body lines (`- column: value`) that keep a cell no key has room for."""


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
        return f"{self.where.path}:{self.where.line}: {self.reason}"


class Person(NamedTuple):
    """Somebody as a file says them. `keys` are canonical, without name and uid; `where` is None for who is only named in rows."""

    name: str
    uid: str = ""
    keys: Keys = {}
    rest: Rest = ()
    where: Location | None = None
    origin: str = ""  # the file's name without its folder: "Imported from ORIGIN"


class Row(NamedTuple):
    """One dated row: `entry` as it will be written, `ref` as its field holds it, `occasion` the source's own id ("" without one)."""

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
