"""Everybody as one JSON object (docs/export.schema.json), from which the same contacts can be made again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from plaintextcrm.core.exchange.out.leaving import Leaving
from plaintextcrm.core.model import FollowUp, Interaction, Problem
from plaintextcrm.core.text import UNSAFE

SCHEMA = "ptcrm.export/1"


def export(people: Sequence[Leaving], today: date, problems: Sequence[Problem] = ()) -> str:
    """One line a key, so that two exports can be compared line by line."""
    told = [{**one.where._asdict(), "code": one.code, "message": one.message, "fix": one.fix, "severity": one.severity} for one in problems]
    facts = {"schema": SCHEMA, "today": today.isoformat(), "contacts": [contact_fact(one) for one in people], "problems": told}
    text = json.dumps(facts, ensure_ascii=False, indent=1)
    return UNSAFE.sub(lambda char: char[0] if char[0] == "\n" else f"\\u{ord(char[0]):04x}", text) + "\n"


def contact_fact(one: Leaving) -> dict[str, object]:
    """One contact: its keys as text, list or bool; `follow_ups` are those outside the log, the others stand in `details`."""
    contact = one.contact
    return {
        "id": contact.id,
        "name": contact.name,
        "keys": {key: list(value) if isinstance(value, tuple) else value for key, value in contact.keys.items()},
        "other": dict(contact.other),
        "log": [entry_fact(entry) for entry in contact.interactions],
        "follow_ups": [{**task_fact(task), "line": line} for task, line in one.tasks],
        "body": one.body,
    }


def entry_fact(entry: Interaction) -> dict[str, object]:
    """One entry of the log; what is not there is null, `box` is "" without a task mark."""
    return {
        "date": entry.on.isoformat(),
        "time": entry.at_time,
        "kind": entry.kind,
        "text": entry.text,
        "fields": [list(pair) for pair in entry.fields],
        "details": list(entry.details),
        "block_id": entry.block_id,
        "box": entry.box,
    }


def task_fact(task: FollowUp) -> dict[str, object]:
    """One follow-up."""
    return {
        "text": task.text,
        "due": task.due and task.due.isoformat(),
        "open": task.open,
        "done": task.done and task.done.isoformat(),
        "owner": task.owner,
        "waiting": task.waiting,
    }
