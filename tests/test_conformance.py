"""Every case of tests/conformance/: text in, facts out, as any program would run them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from plaintextcrm.core import check, settings_text, stored
from plaintextcrm.core.contact import parse
from plaintextcrm.core.history import is_touch
from plaintextcrm.core.model import Interaction, Source
from plaintextcrm.core.text import decode
from plaintextcrm.edge import vault
from plaintextcrm.edge.parsing import Reader, _linked

CASES = sorted((Path(__file__).parent / "conformance").rglob("*.json"))


def facts_of(case: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what is wanted, what we read)."""
    wanted = json.loads(case.read_text(encoding="utf-8"))
    data = case.with_suffix(".md").read_bytes()
    chosen, _ = settings_text.parse(wanted.get("settings", ""))
    path = wanted.get("path", f"contacts/{case.stem}.md")
    today = date.fromisoformat(wanted.get("today", "2026-11-21"))
    text, encoding = decode(data)
    source = Source(vault.id_of(path, chosen), path, data, text, encoding)
    parsed = parse(source, chosen.kind_table)
    contact = parsed.contact
    checked = stored.checked(stored.head(contact, *_linked(parsed)))
    problems = [*parsed.problems, *check.check(check.Whole([checked], chosen, today))]
    person = Reader(Path(), chosen).is_person(parsed) and vault.is_contact_path(path, chosen)

    def entry(one: Interaction) -> dict[str, Any]:
        counts = one.on <= today and is_touch(one, chosen.kind_table)
        return {
            "on": one.on.isoformat(), "time": one.at_time, "kind": one.kind, "text": one.text, "fields": dict(one.fields),
            "block_id": one.block_id, "details": list(one.details), "counts": counts,
        }  # fmt: skip

    def task(one: Any) -> dict[str, Any]:
        return {
            "text": one.text, "due": one.due and one.due.isoformat(), "open": one.open, "done": one.done and one.done.isoformat(),
            "owner": one.owner, "waiting": one.waiting,
        }  # fmt: skip

    return wanted, {
        "contact": person, "id": contact.id, "slug": contact.slug, "name": contact.name,
        "keys": {key: list(value) if isinstance(value, tuple) else value for key, value in contact.keys.items()},
        "other": dict(contact.other), "interactions": [entry(one) for one in contact.interactions],
        "follow_ups": [task(one) for one in contact.follow_ups],
        "problems": [
            {"line": one.where.line, "column": one.where.column, "code": one.code}
            for one in sorted(problems, key=lambda one: one.where)
        ],
    }  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.stem}")
def test_a_conformance_case_gives_its_facts(case: Path) -> None:
    wanted, got = facts_of(case)
    for fact in ("contact", "id", "slug", "name", "keys", "other"):
        if fact in wanted:
            assert got[fact] == wanted[fact], wanted["about"]
    for fact in ("interactions", "follow_ups", "problems"):
        if fact in wanted:
            named = [{key: one.get(key) for key in asked} for one, asked in zip(got[fact], wanted[fact], strict=False)]
            assert (len(got[fact]), named) == (len(wanted[fact]), wanted[fact]), (wanted["about"], got[fact])


def test_there_is_a_case_for_every_rule() -> None:
    assert len(CASES) > 200
