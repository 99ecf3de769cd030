"""Any table of people: `--map COLUMN=KEY` says what a column means, else its name does where it is one of our keys."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from plaintextcrm.core.errors import Usage
from plaintextcrm.core.exchange import table
from plaintextcrm.core.exchange.incoming import Given, Hints, Reading
from plaintextcrm.core.exchange.products import Draft, column_of, read_people, split
from plaintextcrm.core.exchange.table import fold_column
from plaintextcrm.core.vocabulary import LIST_TYPES, find_key

NAMES = ("name", "given_name", "family_name", "company", "email")
DAYS = ("partial", "date")
SHOWN = 20  # columns that are not understood
PARTS = ("name", "given_name", "middle_name", "family_name", "name_prefix", "name_suffix")


def read(files: Sequence[Given], hints: Hints) -> Reading | None:
    """Each row is a person. None where the header names nobody; raises Usage where a column of --map is not in it."""
    mapped = {fold_column(column) for column in hints.columns}
    named = any(_key(key) in NAMES for key in hints.columns.values())

    def fits(columns: Sequence[str]) -> bool:
        return mapped <= set(columns) and (named or any(_key(column) in NAMES for column in columns))

    found = read_people(files, hints, fits, _means, (), "such a table")
    if found is None and hints.columns:
        for file in files:
            if header := table.read(file, lambda columns: len(columns) > 1, encoding=hints.encoding, ragged=True):
                for written in hints.columns:
                    column_of(written, header)
        raise Usage(f"{files[0].name}: no column for the name: say which it is, --map COLUMN=name")
    unknown = _not_understood(found, mapped) if found else ()
    if found is None or not unknown:
        return found
    told = f"{', '.join(unknown[:SHOWN])}{', …' if len(unknown) > SHOWN else ''}"
    return found._replace(notes=(*found.notes, f"not understood: {told}: --map COLUMN=KEY"))


def _not_understood(found: Reading, mapped: Collection[str]) -> tuple[str, ...]:
    """The columns that stand in the body because nobody says what they mean."""
    columns = dict.fromkeys(column for person in found.people for column, _ in person.rest)
    return tuple(column for column in columns if not _key(column) and fold_column(column) not in mapped)


def _key(word: str) -> str:
    known = find_key(word)
    return known.name if known else ""


def _means(draft: Draft) -> None:
    said: dict[str, str] = {}
    for column in draft.record.cells:
        known = find_key(column)
        folded = draft.sheet.folded.get(column, "")
        if column in draft.sheet.mapped:
            continue
        if known is None:
            if folded in ("note", "notes"):
                draft.remark(folded)
        elif known.name in PARTS:
            said.setdefault(known.name, draft.cell(folded))
        elif known.type in DAYS:
            draft.day(known.name, draft.cell(folded))
        elif known.type in LIST_TYPES:
            draft.say(known.name, *split(draft.cell(folded), ";" if known.type in ("whole list", "dates") else ",;"))
        else:
            draft.say(known.name, draft.cell(folded))
    for key in PARTS:
        said[key] = said.get(key, "") or next(iter(draft.keys.pop(key, [])), "")
    draft.called(said["name"], said["given_name"], said["middle_name"], said["family_name"], said["name_suffix"], said["name_prefix"])
