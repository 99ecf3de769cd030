"""Imports for tests: files as text, the vault as {path: text}, nothing on disk."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from plaintextcrm.core import contact
from plaintextcrm.core.exchange import IMPORTERS
from plaintextcrm.core.exchange.incoming import Given, Hints
from plaintextcrm.core.exchange.planning import Aims, Plan, plan
from plaintextcrm.core.model import Contact, Interaction, Source
from plaintextcrm.core.text import decode

Vault = Mapping[str, bytes]
TODAY = date(2026, 11, 21)


def source(path: str, data: bytes) -> Source:
    """A file of the vault."""
    text, encoding = decode(data)
    return Source(path.removeprefix("contacts/")[:-3], path, data, text, encoding)


def read(vault: Vault, id: str) -> Contact:
    """Somebody of the vault."""
    return contact.parse(source(f"contacts/{id}.md", vault[f"contacts/{id}.md"])).contact


def entries(vault: Vault, id: str) -> tuple[Interaction, ...]:
    """Somebody's log."""
    return read(vault, id).interactions


def table(rows: Iterable[Sequence[str]], separator: str = ",") -> bytes:
    """Rows as a CSV file."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator).writerows(rows)
    return file.getvalue().encode("utf-8", "surrogatepass")


def imported(*files: str | bytes, into: Vault | None = None, encoding: str | None = None, **aims: object) -> tuple[Vault, Plan]:
    """(the vault afterwards, the plan): the files are called 1.csv, 2.csv …; `into` is the vault before."""
    before = dict(into or {})
    given = [Given(f"{number}.csv", one if isinstance(one, bytes) else one.encode()) for number, one in enumerate(files, 1)]
    found = IMPORTERS["interactions"](given, Hints(encoding))
    assert found is not None, "not recognised"
    contacts = tuple(contact.parse(source(path, data)).contact for path, data in before.items())
    known = {
        "contacts": contacts,
        "read": lambda id: source(f"contacts/{id}.md", before[f"contacts/{id}.md"]),
        "today": TODAY,
        "source": "interactions 2026-11-21",
        "taken": frozenset(one.slug for one in contacts),
    }
    done = plan(found, Aims(**(known | aims)))  # type: ignore[arg-type]
    for edit in done.edits:
        assert before.get(edit.path) == edit.expects
        assert edit.replaces is not None
        before[edit.path] = edit.replaces
    refused = sum(refusal.rows for refusal in done.refused if not refusal.of_person)
    assert done.rows == done.written + done.there + refused, "the rows do not add up"
    return before, done


def reasons(done: Plan) -> list[str]:
    """Where rows are refused, and why."""
    return [str(refusal) for refusal in done.refused]
