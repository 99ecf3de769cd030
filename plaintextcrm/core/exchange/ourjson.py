"""Our own JSON (`ptcrm export json`, docs/export.schema.json): the same contacts again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from plaintextcrm.core.dates import iso_day
from plaintextcrm.core.entries import parse_follow_up
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.exchange import table
from plaintextcrm.core.exchange.incoming import Given, Hints, Person, Reading, Refusal
from plaintextcrm.core.exchange.out.ourjson import task_fact
from plaintextcrm.core.exchange.products import origin_of
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import Interaction, Location
from plaintextcrm.core.vocabulary import find_key

SCHEMA = "ptcrm.export/1"


class _Odd(Exception):
    """A contact that is not as an export writes it: what it lacks."""


def read(files: Sequence[Given], hints: Hints) -> Reading | None:
    """Everybody in our own exports, or None where none is one. Raises Usage where only some are."""
    texts = [table.decode(file, hints.encoding)[0] for file in files]
    given = [loaded(text) if SCHEMA.partition("/")[0] in text[:1000] else None for text in texts]
    ours = [one if isinstance(one, dict) and str(one.get("schema", "")).startswith("ptcrm.export/") else None for one in given]
    if not any(ours):
        return None
    people: list[Person] = []
    refused: list[Refusal] = []
    for file, one in zip(files, ours, strict=True):
        if one is None or one.get("schema") != SCHEMA or not isinstance(one.get("contacts"), list):
            raise Usage(f"{file.name}: not an export that this version reads ({SCHEMA})")
        for number, contact in enumerate(one["contacts"], 1):
            where = Location(file.name, number)
            try:
                people.append(_person(contact, where, origin_of(file.name), hints.kinds))
            except _Odd as odd:
                refused.append(Refusal(where, f"contact number {number}: {odd}", of_person=True))
    return Reading(tuple(people), (), tuple(refused))


def loaded(text: str) -> object:
    """JSON as values, None where it is none or nested deeper than anybody's."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _person(contact: object, where: Location, origin: str, kinds: KindTable) -> Person:
    if not isinstance(contact, dict) or not isinstance(contact.get("name"), str) or not contact["name"].strip():
        raise _Odd("no name")
    held = _of(contact, "keys", dict)
    keys = {key: value for key, written in held.items() if find_key(key) and (value := _value(key, written))}
    uid = keys.pop("uid", "")
    keys.pop("name", None)
    other = {**_of(contact, "other", dict), **{key: value for key, value in held.items() if not find_key(key)}}
    return Person(
        contact["name"], uid if isinstance(uid, str) else "", keys, (), where, origin,
        log=tuple(_entry(fact, kinds) for fact in _of(contact, "log", list)), other=other, body=_of(contact, "body", str),
        follow_ups=tuple(map(_task, _of(contact, "follow_ups", list))), id=_of(contact, "id", str),
    )  # fmt: skip


def _of(contact: Mapping[str, Any], field: str, kind: type) -> Any:
    """A field of that kind, empty where it is not there."""
    value = contact.get(field)
    if value is not None and not isinstance(value, kind):
        raise _Odd(f'"{field}" is not what an export writes there')
    return kind() if value is None else value


def _value(key: str, written: object) -> str | tuple[str, ...]:
    if isinstance(written, bool):
        return "true" if written else "false"
    if isinstance(written, list) and all(isinstance(one, str) for one in written):
        return written[0] if len(written) == 1 and "," not in written[0] else tuple(written)
    if not isinstance(written, str):
        raise _Odd(f'"{key}" is neither text nor a list of texts')
    return written


def _entry(fact: object, kinds: KindTable) -> Interaction:
    """An entry of a log; a kind that this vault does not have stays a word of its text, as a file would say it."""
    if not isinstance(fact, dict) or not isinstance(fact.get("date"), str) or (on := iso_day(fact["date"])) is None:
        raise _Odd("an entry of its log has no day")
    pairs = _of(fact, "fields", list)
    if not all(isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair) for pair in pairs):
        raise _Odd("the fields of an entry are no pairs of texts")
    details = _of(fact, "details", list)
    if not all(isinstance(line, str) for line in details):
        raise _Odd("the details of an entry are no lines")
    texts = {field: _of(fact, field, str) for field in ("time", "kind", "text", "block_id", "box")}
    if texts["kind"] and texts["kind"] not in kinds:
        texts |= {"text": f"{texts['kind']}: {texts['text']}".strip(), "kind": ""}
    return Interaction(
        on, texts["text"], texts["kind"] or None, texts["time"] or None, tuple((key, value) for key, value in pairs),
        texts["block_id"] or None, tuple(details), texts["box"],
    )  # fmt: skip


def _task(fact: object) -> str:
    """A follow-up as its line: `- [ ] text [due:: 2026-12-01]`; as it stood in the file, where that says the same."""
    if not isinstance(fact, dict) or not isinstance(fact.get("text"), str):
        raise _Odd("a follow-up has no text")
    line: str = _of(fact, "line", str).strip()
    read = parse_follow_up(line, "", 0) if len(line.splitlines()) == 1 else None
    if read and all(task_fact(read[0])[key] == fact.get(key) for key in ("text", "due", "open", "done", "owner", "waiting")):
        return line  # with its mark, its own fields and what is no day: all that the others do not say
    fields = (("due", "due"), ("done", "completion"), ("owner", "owner"), ("waiting", "waiting"))
    said = "".join(f" [{word}:: {value}]" for field, word in fields if (value := _of(fact, field, str)))
    return f"- [{' ' if fact.get('open', True) else 'x'}] {fact['text']}{said}"
