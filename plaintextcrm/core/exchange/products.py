"""What the tables of all address books have in common: one row becomes a person, and no cell of it is lost.

An importer says which column means what; whatever then stands in no key and not in the note is a line under "Imported from".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence

from plaintextcrm.core.errors import Usage
from plaintextcrm.core.exchange import table
from plaintextcrm.core.exchange.cells import column_lines, is_plain, label, lines_of, protect
from plaintextcrm.core.exchange.days import deciding, no_day, read_day
from plaintextcrm.core.exchange.headings import english
from plaintextcrm.core.exchange.incoming import Given, Hints, Person, Reading, Refusal, Related, canonical, counted
from plaintextcrm.core.exchange.table import Record, Table, fold_column
from plaintextcrm.core.model import Location
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.vocabulary import KEYS, LIST_TYPES, find_key

LONGEST_KEY = 1000  # characters; what is longer stands in the body
TOGETHER = " ::: "  # Google's mark between several values of one cell
FAMILY = frozenset(
    "spouse partner wife husband domestic_partner child children son daughter parent mother father brother sister sibling relative"
    " godfather godmother godson goddaughter grandson granddaughter grandfather grandmother grandparent grandchild uncle aunt cousin"
    " nephew niece stepparent stepchild father_in_law mother_in_law brother_in_law sister_in_law family".split()
)
_LISTS = frozenset(key.name for key in KEYS if key.type in LIST_TYPES)
_FREE = frozenset(key.name for key in KEYS if key.type in ("text", "unlinked", "list", "whole list"))  # take any text
SAID_BY_ALL = "* myContacts"  # Google's label of everybody in the address book
_PARTS = pattern(r" ::: |\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_ALL_PARTS = pattern(r" ::: |[\r\n\x0b\x0c\x85\u2028\u2029;,]")


class Sheet(NamedTuple):
    """What is known of the columns of one file: `names` finds one by its folded English name, `order` is how its days are written."""

    names: Mapping[str, str]
    folded: Mapping[str, str]  # column -> its folded English name
    mapped: Mapping[str, str]  # column -> key: what --map says
    order: str
    origin: str
    dated: Collection[str] = ()  # the columns of days, which may hold none: `0/0/00`


class Draft:
    """One row on its way to a person. A column that is asked for may stand in a key; what does not in the end is a line of the body."""

    def __init__(self, record: Record, sheet: Sheet) -> None:
        self.record, self.sheet = record, sheet
        self.name = ""
        self.named_by = ""  # what stands in for a name that is missing
        self.note: list[str] = []
        self.noted: set[str] = set()  # the columns that stand in it
        self.related: list[Related] = []
        self.follow_ups: list[str] = []
        self.other: dict[str, object] = {}
        self.keys: dict[str, list[str]] = {}
        self.lines: dict[str, tuple[str, list[str]]] = {}  # column where it stands -> its name in the body, the values
        self.used: set[str] = set()
        self.unsaid: set[str] = set()  # values that their key has no room for
        for column, key in sheet.mapped.items():
            if column in record.cells:
                self._map(column, key)

    def cell(self, name: str) -> str:
        """The cell of a column by its folded English name, "" where it is empty; it counts as used."""
        column = self.sheet.names.get(name, "")
        if not column or column in self.sheet.mapped:
            return ""
        self.used.add(column)
        return self.record.cells.get(column, "")

    def say(self, key: str, *values: str) -> None:
        """More values of one of our keys, each once; what the key does not take, or has no room for, is left to the body."""
        held = self.keys.setdefault(key, [])
        for value in filter(None, map(str.strip, values)):
            room = not held or key in _LISTS
            if value in held:
                continue
            if room and is_plain(value, LONGEST_KEY) and _takes(key, value):
                held.append(value)
            else:
                self.unsaid.add(value)

    def day(self, key: str, text: str, century: int | None = None) -> None:
        """A day as it is written in this file."""
        day = read_day(text, self.sheet.order, century)
        self.say(key, day)
        self.unsaid |= set() if day else {text}

    def yearly(self, text: str, words: str) -> None:
        """A day that comes back, under `dates`: `2010-12-24 anniversary`."""
        day = read_day(text, self.sheet.order)
        if len(day) in (7, 10) and day[-3] == "-" and words:  # with its month and day
            self.say("dates", f"{day.removeprefix('--')} {' '.join(words.split())}")

    def line(self, column: str, words: str, *values: str) -> None:
        """A line of the body where that column stands: `words` as its name, the values as they are written."""
        _, held = self.lines.setdefault(self.sheet.names.get(column, column), (label(words), []))
        held += (value for value in values if value)

    def remark(self, name: str, before: str = "") -> None:
        """A column of free text, as a paragraph of the body."""
        text = self.cell(name)
        if text:
            self._note(self.sheet.names[name], before + text)

    def _note(self, column: str, text: str) -> None:
        self.note.append("\n".join(lines_of(text)))
        self.noted.add(column)

    def drop(self, column: str, *defaults: str) -> None:
        """A cell that says nothing: what the program writes for everybody."""
        if self.cell(column) in defaults:
            self.lines.setdefault(self.sheet.names.get(column, column), ("", []))

    def kin(self, name: str, words: str) -> None:
        """Somebody of theirs: family under `family`, who introduced us under `referred_by`; others are links where they are known."""
        folded = fold_column(words)
        for one in filter(None, map(str.strip, _PARTS.split(name))):
            if folded in FAMILY:
                self.say("family", f"{one}, {words.lower()}")
            elif folded == "referred_by":
                self.say("referred_by", one)
            elif is_plain(one, LONGEST_KEY):
                self.related.append(Related("knows", name=one, words=words))

    def called(self, display: str, given: str, middle: str, family: str, suffix: str = "", prefix: str = "") -> None:
        """The name: as it is shown, else put together; its parts only where the name cannot be split into them at its blanks."""
        given, middle, family, suffix, prefix, shown = (" ".join(part.split()) for part in (given, middle, family, suffix, prefix, display))
        parts = [part for part in (given, middle, family, suffix) if part]
        if prefix and shown.startswith(f"{prefix} "):
            shown = shown[len(prefix) + 1 :]
        self.name = self.name or shown or " ".join(parts)
        self.say("name_prefix", prefix)
        if suffix or parts != self.name.split() or len(parts) > 3:
            for key, part in zip(("given_name", "middle_name", "family_name", "name_suffix"), (given, middle, family, suffix), strict=True):
                self.say(key, part if self.name != part else "")

    def person(self) -> Person | Refusal:
        """The person, or why there is none: no name, or one that no file can hold."""
        self.name = unicodedata.normalize("NFC", " ".join(self.name.split()))
        for key in ("company", "email", "phone"):
            if not self.name and self.keys.get(key):
                self.name, self.named_by = self.keys[key][0], key
        if not self.name:
            return Refusal(self.record.where, "no name, company, e-mail or phone to call somebody by", of_person=True)
        if not is_plain(self.name, LONGEST_KEY):
            reason = "a control character in the name" if len(self.name) <= LONGEST_KEY else f"a name of {len(self.name):,} characters"
            return Refusal(self.record.where, reason, of_person=True)
        keys = {key: value for key, values in self.keys.items() if (value := _value(key, values))}
        note = "\n\n".join(self.note)
        rest = self._rest([self.name, *(text for value in keys.values() for text in ((value,) if isinstance(value, str) else value))])
        return Person(
            self.name, "", keys, rest, self.record.where, self.sheet.origin, note,
            related=tuple(self.related), other=self.other, follow_ups=tuple(self.follow_ups),
        )  # fmt: skip

    def _map(self, column: str, key: str) -> None:
        """A column for which --map says the key: one of ours, `note`, or one of the user's own."""
        cell = self.record.cells[column]
        known = find_key(key)
        self.used.add(column)
        if fold_column(key) in ("note", "notes"):
            self._note(column, cell)
        elif known is None:
            self.other[key] = cell
        elif known.name == "name":
            self.name = cell
        elif known.type in ("partial", "date"):
            self.day(known.name, cell)
        else:
            self.say(known.name, *split(cell, ",;" if known.type in ("list", "tags") else ";") if known.name in _LISTS else [cell])

    def _rest(self, written: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The lines of the body, in the order of the columns: those that were asked for, and each cell that stands nowhere yet."""
        told = {column: f"{name} {' '.join(values)}" for column, (name, values) in self.lines.items()}
        kin = (f"{other.name}, {other.words}" for other in self.related)
        texts = unicodedata.normalize("NFC", "\0".join((*written, *told.values(), *map(str, self.other.values()), *kin, *self.follow_ups)))
        rest: dict[str, tuple[str, ...]] = {}
        for column in dict.fromkeys((*self.record.cells, *self.lines)):
            name, values = self.lines.get(column, ("", []))
            for value in values:
                rest[name] = (*rest.get(name, ()), *column_lines(name, value))
            cell = self.record.cells.get(column, "")
            dropped = (column in self.lines and not name) or column in self.noted
            dropped = dropped or (column in self.sheet.dated and no_day(cell))
            if cell and not dropped and not (column in self.used and cell not in self.unsaid and _stands(cell, texts)):
                rest[column] = (*rest.get(column, ()), *column_lines(column, cell))
        return tuple(rest.items())


def _takes(key: str, value: str) -> bool:
    """Whether one of our keys takes a value, which is not empty."""
    return key in _FREE or canonical(key, (value,) if key in _LISTS else value) not in (None, (), "")


def _value(key: str, values: Sequence[str]) -> str | tuple[str, ...]:
    """What the file is to hold: the values as the key reads them; of a key that takes one, the first."""
    if not values:
        return ""
    found = canonical(key, tuple(values) if key in _LISTS else values[0])
    if not isinstance(found, tuple):
        return found if isinstance(found, str) else values[0]
    return found[0] if len(found) == 1 and "," not in found[0] else found


def _stands(cell: str, texts: str) -> bool:
    """Whether a cell is found in the texts, whole or each part of it."""
    if cell in texts:
        return True
    parts = _ALL_PARTS.split(unicodedata.normalize("NFC", cell).replace(SAID_BY_ALL, ""))
    return all(" ".join(part.split()).removeprefix("* ") in texts for part in parts)


def split(cell: str, marks: str = ";") -> list[str]:
    """The values of a cell that holds several, at line ends, Google's mark and each of `marks`."""
    parts = _PARTS.split(cell)
    for mark in marks:
        parts = [piece for part in parts for piece in part.split(mark)]
    return [part.strip() for part in parts if part.strip()]


def joined(*parts: str) -> str:
    """Parts of an address on one line, each once: `Rua Augusta 24, Lisbon, Portugal`."""
    return ", ".join(dict.fromkeys(" ".join(line.split()) for part in parts for line in lines_of(part) if line.strip()))


# --- files ---------------------------------------------------------------------------------------------------------

Means = Callable[[Draft], None]
"""Says on a draft what the columns of one program mean."""


def read_people(
    files: Sequence[Given], hints: Hints, fits: Callable[[Sequence[str]], bool], means: Means, days: Sequence[str] = (), what: str = ""
) -> Reading | None:  # fmt: skip
    """What the files of one program say, or None where none is of it; `days` are columns of days. Raises Usage where only some are."""
    tables = [
        table.read(file, lambda columns: fits([english(column) for column in columns]), encoding=hints.encoding, ragged=True)
        for file in files
    ]
    if not any(tables):
        return None
    people: list[Person] = []
    refused: list[Refusal] = []
    notes: list[str] = []
    for file, found in zip(files, tables, strict=True):
        if found is None:
            raise Usage(f"{file.name}: its header is not that of {what}: import files of another kind on their own")
        sheet, told = _sheet(found, hints, days)
        refused += (refusal._replace(of_person=True) for refusal in found.refused)
        nameless: list[Location] = []
        for record in counted(found.records, len(found.records), hints.progress):
            draft = Draft(record, sheet)
            means(draft)
            person = draft.person()
            if isinstance(person, Person):
                people.append(person)
            else:
                refused.append(person)
            nameless += [record.where] if draft.named_by else []
        notes += (*found.notes, *told, *_nameless(nameless))
    return Reading(tuple(people), (), tuple(refused), tuple(notes))


def _sheet(found: Table, hints: Hints, days: Sequence[str]) -> tuple[Sheet, tuple[str, ...]]:
    names: dict[str, str] = {}
    folded = {column: english(fold_column(column)) for column in found.columns}
    for column in found.columns:
        names.setdefault(folded[column], column)
    mapped = {column_of(written, found): key for written, key in hints.columns.items()}
    dated = [column for column in found.columns if folded[column] in days or _is_day(mapped.get(column, column))]
    texts = [text for record in found.records for column in dated if (text := record.cells.get(column, "")) and not no_day(text)]
    order, told = deciding(texts, hints.date_order, found.name)
    return Sheet(names, folded, mapped, order, origin_of(found.name), frozenset(dated)), told


def origin_of(name: str) -> str:
    """A file's name without its folder, as a heading holds it."""
    return protect(" ".join(name.replace("\\", "/").rsplit("/", 1)[-1].split()))


def column_of(written: str, found: Table) -> str:
    """The column that --map means. Raises Usage where there is none."""
    for column in found.columns:
        if column == written or fold_column(column) == fold_column(written):
            return column
    shown = ", ".join(found.columns[:20])
    raise Usage(f'--map "{written}": {found.name} has no such column; it has {shown}')


def _is_day(key: str) -> bool:
    known = find_key(key)
    return known is not None and known.type in ("partial", "date")


def _nameless(found: Sequence[Location]) -> list[str]:
    """Who has no name, and is called by something else."""
    if not found:
        return []
    lines = ", ".join(str(where.line) for where in found[:5]) + (", …" if len(found) > 5 else "")
    one = len(found) == 1
    who = "1 person has no name and is" if one else f"{len(found):,} people have no name and are"
    return [f"{found[0].path}: {who} called by company, e-mail or phone (line{'' if one else 's'} {lines})"]
