"""Contacts as JSON and back, for the index: light to import, exact both ways."""

from __future__ import annotations

from datetime import date
from json import dumps, loads

from plaintextcrm.core.model import Cadence, Contact, FollowUp, Interaction, Location, PartialDate, Problem, YearlyDate
from plaintextcrm.core.standing import Facts

_DAYS = ("started", "snooze_until", "next_contact", "last_contact", "met", "created")


def _compact(value: object) -> str:
    return dumps(value, ensure_ascii=False, separators=(",", ":"))


def head(contact: Contact) -> str:
    """All of a contact but its log and follow-ups."""
    paused = contact.paused
    typed = {name: day.isoformat() for name in _DAYS if (day := getattr(contact, name))}
    return _compact(
        [
            contact.id, contact.path, contact.name, contact.keys, contact.other, contact.partly_read, typed,
            contact.cadence, contact.in_person, contact.birthday, contact.died, contact.dates,
            paused.isoformat() if isinstance(paused, date) else paused,
        ]
    )  # fmt: skip


def contact(head_text: str, log_text: str | None = None) -> Contact:
    """A contact from its head and, where given, its log. Raises ValueError on anything else than what was stored."""
    try:
        id, path, name, keys, other, partly, typed, cadence, in_person, birthday, died, dates, paused = loads(head_text)
        entries, tasks = loads(log_text) if log_text else ((), ())
        return Contact(
            id, path, name, {key: tuple(value) if isinstance(value, list) else value for key, value in keys.items()}, other,
            tuple(_entry(entry) for entry in entries), tuple(_task(task) for task in tasks), partly,
            cadence=Cadence(*cadence) if cadence else None, in_person=Cadence(*in_person) if in_person else None,
            birthday=PartialDate(*birthday) if birthday else None, died=PartialDate(*died) if died else None,
            dates=tuple(YearlyDate(*on) for on in dates), paused=date.fromisoformat(paused) if isinstance(paused, str) else paused,
            **{name: date.fromisoformat(day) for name, day in typed.items()},
        )  # fmt: skip
    except (TypeError, AttributeError) as error:
        raise ValueError(f"not a stored contact: {error}") from None


def log(contact: Contact) -> str:
    """The log and the follow-ups of a contact."""
    entries = [
        (entry.on.isoformat(), entry.text, entry.kind, entry.at_time, entry.fields, entry.block_id, entry.details, entry.box, entry.where)
        for entry in contact.interactions
    ]
    tasks = [
        (task.text, task.due and task.due.isoformat(), task.open, task.done and task.done.isoformat(), task.owner, task.waiting, task.where)
        for task in contact.follow_ups
    ]
    return _compact((entries, tasks))


def _entry(stored: list) -> Interaction:  # type: ignore[type-arg]
    on, text, kind, at_time, fields, block_id, details, box, where = stored
    pairs = tuple((key, value) for key, value in fields)
    return Interaction(date.fromisoformat(on), text, kind, at_time, pairs, block_id, tuple(details), box, where)


def _task(stored: list) -> FollowUp:  # type: ignore[type-arg]
    text, due, is_open, done, owner, waiting, where = stored
    return FollowUp(text, due and date.fromisoformat(due), is_open, done and date.fromisoformat(done), owner, waiting, where)


def facts(value: Facts) -> str:
    """The facts of a contact."""
    return _compact(value)


def to_facts(text: str) -> Facts:
    """The facts again. Raises ValueError on anything else."""
    try:
        return Facts(*loads(text))
    except TypeError as error:
        raise ValueError(f"not stored facts: {error}") from None


def problems(found: tuple[Problem, ...]) -> str:
    """What is wrong in a file."""
    return _compact(found)


def to_problems(text: str) -> tuple[Problem, ...]:
    """The problems again."""
    return tuple(Problem(Location(*where), *rest) for where, *rest in loads(text))
