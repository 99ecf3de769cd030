"""A neutral log of interactions as CSV: LOG (a row for each person and occasion) and PEOPLE, told apart by their headers.

LOG has `date` and `person` or `person_id`, and as it likes `channel direction note letter_id`; PEOPLE has `name`, better with
`person_id`. All other columns are kept: of LOG as details of the entry, of PEOPLE in the body (docs/due.md, "Import").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from hashlib import sha256

from plaintextcrm.core.dates import day_or_none, iso_forms, key_day, parse_partial, partial_text
from plaintextcrm.core.edit import scalar
from plaintextcrm.core.entries import entry_line, parse_entry
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.exchange import table
from plaintextcrm.core.exchange.cells import column_lines, is_plain, lines_of, protect
from plaintextcrm.core.exchange.incoming import Given, Hints, Person, Reading, Refusal, Row, canonical
from plaintextcrm.core.exchange.table import Record, Table
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import Interaction, PartialDate
from plaintextcrm.core.vocabulary import BY_FOLD, LIST_TYPES

LOG_COLUMNS = ("date", "person", "person_id", "channel", "direction", "note", "letter_id")
PEOPLE_COLUMNS = (
    "name", "person_id", "given", "family", "birth", "birth_precision", "death", "death_precision", "also_known_as",
    "birth_name", "usual_place", "occupations", "wikipedia",
)  # fmt: skip
MAPPED = frozenset(PEOPLE_COLUMNS) - {"birth_precision", "death_precision"}
DIRECTIONS = {"sent": "out", "out": "out", "received": "in", "in": "in"}
ONE_TO_ONE = (("usual_place", "location"), ("occupations", "role"), ("wikipedia", "website"))
PARTIAL = (("birth", "birthday"), ("death", "died"))
LONGEST_KEY = 1000  # characters; what is longer stands in the body
LONGEST_REF = 200


def is_log(columns: Sequence[str]) -> bool:
    """Whether a header (folded names) is that of a log."""
    return "date" in columns and ("person" in columns or ("person_id" in columns and "name" not in columns))


def is_people(columns: Sequence[str]) -> bool:
    """Whether a header (folded names) may be that of people."""
    return "name" in columns and not is_log(columns)


def read(files: Sequence[Given], hints: Hints) -> Reading | None:
    """What the files say, or None where none of them is of this kind. Raises Usage where only some are."""
    found = [(file, table.read(file, _fits, (*LOG_COLUMNS, *PEOPLE_COLUMNS), hints.encoding)) for file in files]
    if not any(one and (is_log(one.columns) or "person_id" in one.columns) for _, one in found):
        return None
    people: list[Person] = []
    rows: list[Row] = []
    refused: list[Refusal] = []
    notes: list[str] = []
    for file, one in found:
        if one is None:
            raise Usage(f"{file.name}: a log has the columns date and person (or person_id), people have name")
        notes += one.notes
        if is_log(one.columns):
            refused += one.refused
            _each_row(one, hints.kinds, rows, refused)
        else:
            refused += (refusal._replace(of_person=True) for refusal in one.refused)
            _each_person(one, people, refused)
    return Reading(tuple(people), tuple(rows), tuple(refused), tuple(notes))


def _fits(columns: Sequence[str]) -> bool:
    return is_log(columns) or is_people(columns)


# --- people --------------------------------------------------------------------------------------------------------


def _each_person(given: Table, people: list[Person], refused: list[Refusal]) -> None:
    for record in given.records:
        name = _name(record.cells.get("name", ""))
        if not name:
            refused.append(Refusal(record.where, "no name", of_person=True))
        elif not is_plain(name, LONGEST_KEY):
            reason = "a control character in the name" if len(name) <= LONGEST_KEY else f"a name of {len(name):,} characters"
            refused.append(Refusal(record.where, reason, of_person=True))
        else:
            people.append(_person(record, name, protect(" ".join(given.name.replace("\\", "/").rsplit("/", 1)[-1].split()))))


def _name(cell: str) -> str:
    return unicodedata.normalize("NFC", " ".join(cell.split()))


def _person(record: Record, name: str, origin: str) -> Person:
    """One row about a person: a cell becomes a key where it means the same, and a line of the body unless it stands there."""
    cells = record.cells
    keys: dict[str, str | tuple[str, ...]] = {}
    _name_parts(cells.get("given", ""), cells.get("family", ""), name, keys)
    aliases = [*cells.get("also_known_as", "").split("; "), cells.get("birth_name", "")]
    _take(keys, "aliases", tuple(dict.fromkeys(alias.strip() for alias in aliases if alias.strip() and alias.strip() != name)))
    for column, key in PARTIAL:
        _take(keys, key, _partial(cells.get(column, ""), cells.get(f"{column}_precision", "")))
    for column, key in ONE_TO_ONE:
        _take(keys, key, cells.get(column, ""))
    uid = cells.get("person_id", "")
    uid = uid if is_plain(uid, LONGEST_KEY) else ""
    values = [name, uid, *(part for value in keys.values() for part in ((value,) if isinstance(value, str) else value))]
    parts = {cell for column in ("given", "family") if (cell := cells.get(column)) and f" {cell} " in f" {name} "}
    written = {value for value in values if value in scalar(value) and (value != name or protect(value) == value)} | parts
    spare = ((column, cell) for column, cell in cells.items() if column not in MAPPED or cell not in written)
    rest = tuple((column, column_lines(column, cell)) for column, cell in spare)
    return Person(name, uid, keys, rest, record.where, origin)


def _name_parts(given: str, family: str, name: str, keys: dict[str, str | tuple[str, ...]]) -> None:
    """The parts, only where the name split at its last blank does not give them."""
    head, _, tail = name.rpartition(" ")
    if (given, family) == (head, tail) or (not head and (given or family) == name and not (given and family)):
        return
    _take(keys, "given_name", given)
    _take(keys, "family_name", family)


def _take(keys: dict[str, str | tuple[str, ...]], key: str, value: str | tuple[str, ...]) -> None:
    """Keep a value under a key that takes it as it is."""
    parts = (value,) if isinstance(value, str) else value
    if not value or not all(is_plain(part, LONGEST_KEY) for part in parts):
        return
    if "," in parts[0] and BY_FOLD[key.replace("_", "")].type in LIST_TYPES:
        value = parts
    if canonical(key, value) in (value, parts):
        keys[key] = value


def _partial(cell: str, precision: str) -> str:
    """A day as far as it is known, by the precision that stands beside it; "" where it is none."""
    known = parse_partial(cell) if cell else None
    if known is None:
        return ""
    if precision == "year" and known.year:
        known = PartialDate(known.year)
    elif precision == "month":
        known = known._replace(day=None)
    return partial_text(known)


# --- the log -------------------------------------------------------------------------------------------------------


def _each_row(given: Table, kinds: KindTable, rows: list[Row], refused: list[Refusal]) -> None:
    for record in given.records:
        cells = record.cells
        written = cells.get("date", "")
        on = _day(written)
        name, uid = _name(cells.get("person", "")), cells.get("person_id", "")
        if on is None:
            refused.append(Refusal(record.where, _date_reason(written)))
        elif not name and not uid:
            refused.append(Refusal(record.where, "no person"))
        elif not is_plain(name, LONGEST_KEY) or not is_plain(uid, LONGEST_KEY):
            refused.append(Refusal(record.where, "a person of several lines, or longer than a name"))
        else:
            occasion = cells.get("letter_id", "")
            ref = _ref(occasion)
            rows.append(Row(record.where, name, uid, _entry(record, on, ref, kinds), ref, occasion))


def _day(text: str) -> date | None:
    """A day, a month (its first day) or a year (its first day)."""
    day = key_day(text)
    known = parse_partial(text) if day is None else None
    if known and known.year and not known.day:
        return day_or_none(known.year, known.month or 1, 1)
    return day


def _date_reason(text: str) -> str:
    if not text:
        return "no date"
    forms = iso_forms(text)
    return f'date "{text[:40]}": write it {"as " + " or ".join(forms) if forms else "like 1888-05-03, 1888-05 or 1888"}'


def _ref(occasion: str) -> str:
    """The source's own id as a `[ref:: …]` holds it; a digest of one that would not come back from there."""
    if not occasion or re.fullmatch(r"[\w./@+-]{1,200}", occasion):
        return occasion
    probe = Interaction(date(2000, 1, 1), "", None, None, (("ref", occasion),))
    if is_plain(occasion, LONGEST_REF) and protect(occasion) == occasion and parse_entry(entry_line(probe)) == probe:
        return occasion
    return f"sha256-{sha256(occasion.encode()).hexdigest()[:16]}"


def _entry(record: Record, on: date, ref: str, kinds: KindTable) -> Interaction:
    """`- DATE kind: note [dir:: …] [ref:: …]` with each other cell a detail; the note too, where it would not be read back."""
    cells = record.cells
    channel, direction = cells.get("channel", ""), cells.get("direction", "")
    kind = kinds.get(channel.lower())
    way = DIRECTIONS.get(direction.lower(), "")
    said = {
        "date": cells.get("date") == on.isoformat(), "channel": kind is not None and kind.name == channel.lower(),
        "direction": bool(way), "letter_id": ref == cells.get("letter_id"), "note": True, "person": True, "person_id": True,
    }  # fmt: skip
    details = [line for column, cell in cells.items() if not said.get(column) for line in column_lines(column, cell)]
    text, *more = [protect(line) for line in lines_of(cells.get("note", ""))]
    fields = tuple((key, value) for key, value in (("dir", way), ("ref", ref)) if value)
    entry = Interaction(on, text, kind.name if kind else None, None, fields)
    if parse_entry(entry_line(entry, kinds=kinds), kinds=kinds) != entry:
        entry, more = entry._replace(text=""), [text, *more]
    return entry._replace(details=(*(f"- note: {line}".rstrip() for line in more), *details))
