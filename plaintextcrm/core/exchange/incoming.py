"""What an importer hands over: people and dated rows as the files say them, before anybody looks into the vault."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeVar

from plaintextcrm.core import contact
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Interaction, Location
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.vocabulary import find_key

T = TypeVar("T")
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
    date_order: str | None = None  # dmy, mdy or ymd; None: each file's own values decide
    columns: Mapping[str, str] = MappingProxyType({})  # --map: column as written -> key
    include_orgs: bool = False
    progress: Callable[[int, int], None] | None = None  # told (people read, people of the file)


class Refusal(NamedTuple):
    """Rows that are not imported, and why; `of_person` where they are rows about people, not about days."""

    where: Location
    reason: str
    rows: int = 1
    of_person: bool = False

    def __str__(self) -> str:
        return f"{place(self.where)}: {self.reason}"


class Attachment(NamedTuple):
    """Something binary of a person's: written to `attachments/SLUG-WORDS.SUFFIX`, and named in the body."""

    words: str  # "photo", "logo"
    suffix: str  # "jpg"
    data: bytes


class Related(NamedTuple):
    """Another person of the file: `key` is knows, referred_by or family; `uid` or `name` says who, `words` what they are to each other."""

    key: str
    uid: str = ""
    name: str = ""
    words: str = ""


class Person(NamedTuple):
    """Somebody as a file says them. `keys` are canonical, without name and uid; `where` is None for who is only named in rows."""

    name: str
    uid: str = ""
    keys: Keys = MappingProxyType({})
    rest: Rest = ()
    where: Location | None = None
    origin: str = ""  # the file's name without its folder: "Imported from ORIGIN"
    note: str = ""  # their own free text: a paragraph of the body, as it is
    attachments: tuple[Attachment, ...] = ()
    related: tuple[Related, ...] = ()
    log: tuple[Interaction, ...] = ()  # entries the file holds of this person alone, as friends.md and our own JSON do
    other: Mapping[str, object] = MappingProxyType({})  # keys that are not ours, kept under their own name
    body: str = ""  # Markdown of our own export: stands as it is where it changes nothing else, else as a note
    follow_ups: tuple[str, ...] = ()  # open and closed tasks of our own export, as lines
    id: str = ""  # theirs in the vault that our own export comes from
    made_up: bool = False  # our own export gave them the uid: it tells who they are, and is not written


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


def counted(things: Iterable[T], whole: int, progress: Callable[[int, int], None] | None) -> Iterator[T]:
    """The things, one by one, and `progress` told of each."""
    if progress is None:
        yield from things
        return
    for number, one in enumerate(things):
        progress(number, max(whole, number + 1))
        yield one
    progress(1, 1)


def canonical(key: str, value: str | tuple[str, ...]) -> contact.Value | None:
    """What a contact's file will be read to hold under one of our keys, or None where the key does not take the value."""
    known = find_key(key)
    if known is None:
        return None
    try:
        return contact.READERS[known.type](list(value) if isinstance(value, tuple) else value, key)
    except contact._Wrong:
        return None
