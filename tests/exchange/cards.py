"""Cards for tests: text in, people or a vault out."""

from __future__ import annotations

from plaintextcrm.core import contact
from plaintextcrm.core.exchange import vcard
from plaintextcrm.core.exchange.incoming import Given, Hints, Person, Reading
from plaintextcrm.core.exchange.planning import Aims, Plan, plan
from tests.exchange.make import TODAY, Vault, source


def card(*lines: str, version: str = "3.0") -> str:
    """One card with these lines."""
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])


def reading(data: str | bytes, **hints: object) -> Reading:
    """What a file says."""
    given = Given("people.vcf", data.encode() if isinstance(data, str) else data)
    found = vcard.read([given], Hints(**hints))  # type: ignore[arg-type]
    assert found is not None, "not recognised"
    return found


def person(*lines: str, version: str = "3.0") -> Person:
    """The one person of a card with a name and these lines."""
    (found,) = reading(card("FN:Ada King", *lines, version=version)).people
    return found


def imported(data: str | bytes, into: Vault | None = None, **aims: object) -> tuple[Vault, Plan]:
    """(the vault afterwards, the plan) of an address book; a name decides nothing."""
    before = dict(into or {})
    people = {path: text for path, text in before.items() if path.endswith(".md")}
    contacts = tuple(contact.parse(source(path, text)).contact for path, text in people.items())
    known = {
        "contacts": contacts,
        "read": lambda id: source(f"contacts/{id}.md", before[f"contacts/{id}.md"]),
        "today": TODAY,
        "source": "vcard 2026-11-21",
        "taken": frozenset(one.slug for one in contacts),
        "name_decides": False,
        "attached": before.get,
    }
    done = plan(data if isinstance(data, Reading) else reading(data), Aims(**(known | aims)))  # type: ignore[arg-type]
    for edit in (*done.attachments, *done.edits):
        assert before.get(edit.path) == edit.expects
        assert edit.replaces is not None
        before[edit.path] = edit.replaces
    return before, done
