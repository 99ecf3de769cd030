"""Files of address books for tests, and what an importer makes of them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType

from plaintextcrm.core.contact import parse
from plaintextcrm.core.exchange.incoming import Given, Hints, Person, Reading
from plaintextcrm.core.exchange.planning import Aims, Plan, plan
from tests.exchange.make import TODAY, source, table

DATA = Path(__file__).parents[1] / "data"
CONGRESS = DATA / "congress"
LETTERS = DATA / "letters"
GOOGLE = (
    "First Name", "Middle Name", "Last Name", "Name Prefix", "Name Suffix", "Nickname", "File As", "Organization Name",
    "Organization Title", "Organization Department", "Birthday", "Notes", "Photo", "Labels", "E-mail 1 - Label", "E-mail 1 - Value",
    "E-mail 2 - Label", "E-mail 2 - Value", "Phone 1 - Label", "Phone 1 - Value", "Phone 2 - Label", "Phone 2 - Value",
    "Address 1 - Label", "Address 1 - Formatted", "Address 1 - Street", "Address 1 - City", "Address 1 - Region",
    "Address 1 - Postal Code", "Address 1 - Country", "Relation 1 - Label", "Relation 1 - Value", "Relation 2 - Label",
    "Relation 2 - Value", "Website 1 - Label", "Website 1 - Value", "Event 1 - Label", "Event 1 - Value", "Custom Field 1 - Label",
    "Custom Field 1 - Value",
)  # fmt: skip
OUTLOOK = (
    "Title", "First Name", "Middle Name", "Last Name", "Suffix", "Company", "Department", "Job Title", "Business Street",
    "Business Street 2", "Business City", "Business State", "Business Postal Code", "Business Country/Region", "Home Street",
    "Home City", "Home State", "Home Postal Code", "Home Country/Region", "Business Phone", "Home Phone", "Mobile Phone",
    "Primary Phone", "Business Fax", "Anniversary", "Assistant's Name", "Birthday", "Categories", "Children", "E-mail Address",
    "E-mail Type", "E-mail Display Name", "E-mail 2 Address", "Gender", "Government ID Number", "Hobby", "Initials", "Keywords",
    "Location", "Manager's Name", "Notes", "Priority", "Private", "Profession", "Referred By", "Sensitivity", "Spouse", "User 1",
    "Web Page",
)  # fmt: skip
LINKEDIN = ("First Name", "Last Name", "URL", "Email Address", "Company", "Position", "Connected On")
THUNDERBIRD = (
    "First Name", "Last Name", "Display Name", "Nickname", "Primary Email", "Secondary Email", "Screen Name", "Work Phone",
    "Home Phone", "Fax Number", "Pager Number", "Mobile Number", "Home Address", "Home Address 2", "Home City", "Home State",
    "Home ZipCode", "Home Country", "Work Address", "Work Address 2", "Work City", "Work State", "Work ZipCode", "Work Country",
    "Job Title", "Department", "Organization", "Web Page 1", "Web Page 2", "Birth Year", "Birth Month", "Birth Day", "Custom 1",
    "Custom 2", "Custom 3", "Custom 4", "Notes",
)  # fmt: skip


def rows(columns: Sequence[str], *people: Mapping[str, str], separator: str = ",") -> bytes:
    """A CSV file with these columns, each person as the cells that are filled."""
    for one in people:
        assert set(one) <= set(columns), set(one) - set(columns)
    return table([columns, *([one.get(column, "") for column in columns] for one in people)], separator)


def read(module: ModuleType, *files: str | bytes, name: str = "people.csv", **hints: object) -> Reading:
    """What an importer says of the files; each person and refusal has its place in them."""
    given = [Given(f"exports/{name}", one if isinstance(one, bytes) else one.encode()) for one in files]
    reader: Callable[[Sequence[Given], Hints], Reading | None] = module.read
    found = reader(given, Hints(**hints))  # type: ignore[arg-type]
    assert found is not None, "not recognised"
    assert all(person.where and person.origin == name for person in found.people)
    return found


def knows(module: ModuleType, data: str | bytes) -> bool:
    """Whether an importer takes a file for one of its own."""
    return module.read([Given("some.csv", data if isinstance(data, bytes) else data.encode())], Hints()) is not None


def one(module: ModuleType, *files: str | bytes, **hints: object) -> Person:
    """The only person of the files."""
    found = read(module, *files, **hints)
    assert not found.refused
    (person,) = found.people
    return person


def lines(person: Person) -> list[str]:
    """The lines of the body that keep what no key holds."""
    return [line for _, kept in person.rest for line in kept]


def texts(person: Person, reading: Reading | None = None) -> str:
    """All that a person's file will say, one text below the other."""
    found = [person.name, person.uid, person.note, person.body, *person.follow_ups, *lines(person)]
    for value in (*person.keys.values(), *person.other.values()):
        found += [value] if isinstance(value, str) else map(str, value) if isinstance(value, (tuple, list)) else [str(value)]
    found += [f"{other.name} {other.words}" for other in person.related]
    entries = [row.entry for row in reading.rows if (row.uid or row.name) in (person.uid, person.name)] if reading else []
    for entry in (*person.log, *entries):
        found += [entry.on.isoformat(), entry.kind or "", entry.text, *entry.details, *(value for _, value in entry.fields)]
    return plain("\n".join(found))


def plain(text: str) -> str:
    """A text for comparing: composed, blanks made one, without what makes it harmless."""
    return " ".join(unicodedata.normalize("NFC", text.replace("<\\!--", "<!--").replace("%\\%", "%%")).split())


def parts(cell: str) -> Iterator[str]:
    """The parts of a cell that must be found: it is split at lines and at the marks between several values."""
    for part in re.split(r" ::: |[\r\n;,]", cell):
        if (word := plain(part).removeprefix("* ")) and word != "myContacts":
            yield word


def lost(cells: Iterable[str], person: Person, reading: Reading | None = None) -> list[str]:
    """The cells that are not found, whole or in their parts."""
    said = texts(person, reading)
    return [cell for cell in cells if plain(cell) not in said and not all(part in said for part in parts(cell))]


# --- into a vault ----------------------------------------------------------------------------------------------------


def into(vault: Mapping[str, bytes], *people: Person) -> tuple[dict[str, bytes], Plan]:
    """(the vault afterwards, the plan); each edit is for the file as it is."""
    after = dict(vault)
    contacts = tuple(parse(source(path, data)).contact for path, data in vault.items())
    taken = frozenset(one.slug for one in contacts)
    done = plan(
        Reading(people),
        Aims(contacts, lambda id: source(f"contacts/{id}.md", after[f"contacts/{id}.md"]), TODAY, "test 2026-11-21", taken=taken),
    )
    for edit in done.edits:
        assert after.get(edit.path) == edit.expects
        assert edit.replaces is not None
        after[edit.path] = edit.replaces
    return after, done


# --- Monica ----------------------------------------------------------------------------------------------------------


def block(kind: str, *values: object) -> dict[str, object]:
    """A collection as Monica writes it."""
    return {"count": len(values), "type": kind, "values": list(values)}


def said(uuid: str = "", **properties: object) -> dict[str, object]:
    """A value as Monica writes it."""
    made = {"created_at": "2020-02-03T10:00:00Z", "updated_at": "2024-02-03T10:00:00Z", "properties": properties}
    return {"uuid": uuid, **made} if uuid else made


def contact(uuid: str, *blocks: object, **properties: object) -> dict[str, object]:
    """A contact of Monica's."""
    return {**said(uuid, **properties), "data": list(blocks)}


FIELD_TYPES = [
    said("type-mail", name="Email", type="email"), said("type-phone", name="Phone", type="phone"),
    said("type-wa", name="Whatsapp", type="phone"), said("type-li", name="LinkedIn"), said("type-fb", name="Facebook"),
]  # fmt: skip


def monica(*blocks: object, **properties: object) -> bytes:
    """An export of Monica's with these collections."""
    account = {
        "uuid": "acc", "data": list(blocks), "properties": properties,
        "instance": {"contact_field_types": FIELD_TYPES, "activity_types": [said("type-hike", translation_key="went_hiking"), said("type-lunch", name="Lunch")]},
    }  # fmt: skip
    return json.dumps({"version": "1.0-preview.1", "app_version": "4.0.0", "account": account}, indent=1).encode()
