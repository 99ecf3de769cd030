"""Contacts as JSON and back, for the index: light to import, exact both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from json import JSONEncoder, loads
from typing import TYPE_CHECKING, Any

from plaintextcrm.core.due import DatedRow, DueRow
from plaintextcrm.core.model import Cadence, Contact, FollowUp, Interaction, Location, PartialDate, Problem, YearlyDate
from plaintextcrm.core.occasions import Occasion
from plaintextcrm.core.standing import Facts

if TYPE_CHECKING:
    from plaintextcrm.core.check import Checked

_DAYS = ("started", "snooze_until", "next_contact", "last_contact", "met", "created")


compact = JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
"""A value as the shortest JSON; one encoder for all (`json.dumps` makes a new one each time)."""


def head(contact: Contact, links: Sequence[str] = (), lines: Mapping[str, int] = {}) -> str:
    """All of a contact but its log and follow-ups; what it links to, and the lines of keys that are checked later."""
    paused = contact.paused
    typed = {name: day.isoformat() for name in _DAYS if name in contact.keys and (day := getattr(contact, name))}
    return compact(
        [
            contact.id, contact.path, contact.name, contact.keys, contact.other, contact.partly_read, typed,
            contact.cadence, contact.in_person, contact.birthday, contact.died, contact.dates,
            paused.isoformat() if isinstance(paused, date) else paused, links, lines,
        ]
    )  # fmt: skip


def contact(head_text: str, log_text: str | None = None) -> Contact:
    """A contact from its head and, where given, its log. Raises ValueError on anything else than what was stored."""
    try:
        id, path, name, keys, other, partly, typed, cadence, in_person, birthday, died, dates, paused, _, _ = loads(head_text)
        entries, tasks = _log(log_text) if log_text else ((), ())
        return Contact(
            id, path, name, {key: tuple(value) if isinstance(value, list) else value for key, value in keys.items()}, other,
            entries, tasks, partly,
            cadence=Cadence(*cadence) if cadence else None, in_person=Cadence(*in_person) if in_person else None,
            birthday=PartialDate(*birthday) if birthday else None, died=PartialDate(*died) if died else None,
            dates=tuple([YearlyDate(*on) for on in dates]), paused=date.fromisoformat(paused) if isinstance(paused, str) else paused,
            **{name: date.fromisoformat(day) for name, day in typed.items()},
        )  # fmt: skip
    except (TypeError, AttributeError) as error:
        raise ValueError(f"not a stored contact: {error}") from None


def checked(head_text: str) -> Checked:
    """What the checks of a whole vault look at, from a head."""
    from plaintextcrm.core.check import Checked

    id, path, name, keys, _, _, typed, *_, links, lines = loads(head_text)
    last = typed.get("last_contact")
    return Checked(id, path, name, keys.get("tier"), keys.get("aliases", ()), links, last and date.fromisoformat(last), lines)


def log(contact: Contact) -> str:
    """The log and the follow-ups of a contact: a plain entry is (day, kind, line) in one list and its text in another."""
    entries = contact.interactions
    rest = [
        (place, one[3], one[4], one[5], one[6], one[7])
        for place, one in enumerate(entries)
        if one[4] or one[6] or one[3] or one[5] or one[7]
    ]
    tasks = [
        (task.text, task.due and task.due.isoformat(), task.open, task.done and task.done.isoformat(), task.owner, task.waiting, task.where)
        for task in contact.follow_ups
    ]
    texts = "\n".join([one[1] for one in entries])
    numbers = " ".join([f"{one[0].toordinal()} {one[2] or '-'} {one[8]}" for one in entries])
    return compact((numbers, texts, rest, tasks)) if entries or tasks else ""


def _log(text: str) -> tuple[tuple[Interaction, ...], tuple[FollowUp, ...]]:
    numbers, texts, rest, tasks = loads(text)
    parts = iter(numbers.split())
    entries = [
        Interaction(date.fromordinal(int(on)), line, None if kind == "-" else kind, None, (), None, (), "", int(where))
        for on, kind, where, line in zip(parts, parts, parts, texts.split("\n"), strict=False)
    ]
    for place, at_time, fields, block_id, details, box in rest:
        pairs = tuple([(key, value) for key, value in fields])
        entries[place] = entries[place]._replace(at_time=at_time, fields=pairs, block_id=block_id, details=tuple(details), box=box)
    return tuple(entries), tuple([_task(task) for task in tasks])


def _task(stored: list) -> FollowUp:  # type: ignore[type-arg]
    text, due, is_open, done, owner, waiting, where = stored
    return FollowUp(text, due and date.fromisoformat(due), is_open, done and date.fromisoformat(done), owner, waiting, where)


def due_row(row: DueRow) -> str:
    """A row of the due list."""
    plain: list[Any] = [part.isoformat() if isinstance(part, date) else part for part in row]
    plain[_TASKS] = [
        (task.text, task.due and task.due.isoformat(), task.open, None, task.owner, task.waiting, task.where) for task in row.follow_ups
    ]
    plain[_OCCASIONS] = [(one.on.isoformat(), *one[1:]) for one in row.occasions]
    return compact(plain)


def to_due_row(text: str) -> DueRow:
    """The row again."""
    parts = loads(text)
    for place in _ROW_DAYS:
        parts[place] = parts[place] and date.fromisoformat(parts[place])
    parts[_CADENCE] = Cadence(*parts[_CADENCE])
    parts[_TASKS] = [_task(task) for task in parts[_TASKS]]
    parts[_OCCASIONS] = [Occasion(date.fromisoformat(on), *rest) for on, *rest in parts[_OCCASIONS]]
    return DueRow._make(tuple(part) if isinstance(part, list) else part for part in parts)


_ROW_DAYS = [DueRow._fields.index(name) for name in ("due", "next", "last")]
_CADENCE, _TASKS, _OCCASIONS = (DueRow._fields.index(name) for name in ("cadence", "follow_ups", "occasions"))


def to_dated_rows(text: str) -> Iterator[DatedRow]:
    """The dated lines of one contact."""
    for on, *rest in loads(text):
        yield DatedRow(date.fromordinal(on), *rest)


def facts(value: Facts) -> str:
    """The facts of a contact."""
    return compact(value)


def to_facts(text: str) -> Facts:
    """The facts again. Raises ValueError on anything else."""
    try:
        return Facts(*loads(text))
    except TypeError as error:
        raise ValueError(f"not stored facts: {error}") from None


def problems(found: tuple[Problem, ...]) -> str:
    """What is wrong in a file."""
    return compact(found) if found else "[]"


def to_problems(text: str) -> tuple[Problem, ...]:
    """The problems again."""
    return tuple(Problem(Location(*where), *rest) for where, *rest in loads(text))
