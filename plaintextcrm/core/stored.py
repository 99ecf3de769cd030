"""Contacts as JSON and back, for the index: light to import, exact both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from json import JSONEncoder, loads
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

from plaintextcrm.core.due import DatedRow, DueRow
from plaintextcrm.core.model import Cadence, Contact, FollowUp, Interaction, Location, PartialDate, Problem, YearlyDate
from plaintextcrm.core.occasions import Occasion
from plaintextcrm.core.standing import Facts

if TYPE_CHECKING:
    from plaintextcrm.core.check import Checked

_DAYS = ("started", "snooze_until", "next_contact", "last_contact", "met", "created")


_encoder = JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))
_encode = c_make_encoder(None, _encoder.default, encode_basestring, None, ":", ",", False, False, True) if c_make_encoder else None


def compact(value: object) -> str:
    """A value as the shortest JSON; what encodes is made once (`JSONEncoder.encode` makes it anew each time)."""
    return "".join(_encode(value, 0)) if _encode else _encoder.encode(value)


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


def contact(head_text: str, tasks_text: str = "[]", interactions: Sequence[Interaction] = (), log_order: str = "oldest") -> Contact:
    """A contact from its head, follow-ups and log. Raises ValueError on anything else than what was stored."""
    try:
        id, path, name, keys, other, partly, typed, cadence, in_person, birthday, died, dates, paused, _, _ = loads(head_text)
        for key, value in keys.items():
            if type(value) is list:
                keys[key] = tuple(value)
        days = {name: date.fromisoformat(day) for name, day in typed.items()} if typed else typed
        return Contact(  # by place, in the order of the fields: by name it takes three times as long
            id, path, name, keys, other, interactions, to_tasks(tasks_text), partly, cadence and Cadence(*cadence),
            birthday and PartialDate(*birthday), tuple([YearlyDate(*on) for on in dates]) if dates else (), days.get("started"),
            days.get("snooze_until"), date.fromisoformat(paused) if isinstance(paused, str) else paused, died and PartialDate(*died),
            days.get("next_contact"), days.get("last_contact"), days.get("met"), days.get("created"),
            in_person and Cadence(*in_person), log_order,
        )  # fmt: skip
    except (TypeError, AttributeError) as error:
        raise ValueError(f"not a stored contact: {error}") from None


def checked(head_text: str) -> Checked:
    """What the checks of a whole vault look at, from a head."""
    from plaintextcrm.core.check import Checked

    id, path, name, keys, _, _, typed, *_, links, lines = loads(head_text)
    last = typed.get("last_contact")
    minders = [(key, keys[key]) for key in ("owner", "successor") if key in keys]
    return Checked(id, path, name, keys.get("tier"), keys.get("aliases", ()), links, last and date.fromisoformat(last), lines, minders)


def log(contact: Contact, body: str) -> str:
    """The log of a contact beside the body it stands in; of a plain one without texts, which `to_log` takes from there. "" for none."""
    log = contact.interactions
    if not log:
        return ""
    kept = log.kept(body) if hasattr(log, "kept") else None
    return compact([(entry.on.toordinal(), *entry[1:]) for entry in log] if kept is None else kept)


def to_log(text: str, body: str) -> Sequence[Interaction]:
    """The log again."""
    kept = loads(text) if text else ()
    if kept and isinstance(kept[0], int):
        from plaintextcrm.core.plainlog import PlainLog

        return PlainLog.of(kept, body)
    return tuple(_entry(*entry) for entry in kept)


def _entry(
    on: int, text: str, kind: str | None, at_time: str | None, fields: Sequence[Sequence[str]], block_id: str | None,
    details: Sequence[str], box: str, where: int,
) -> Interaction:  # fmt: skip
    pairs = tuple((key, value) for key, value in fields)
    return Interaction(date.fromordinal(on), text, kind, at_time, pairs, block_id, tuple(details), box, where)


def tasks(contact: Contact) -> str:
    """The follow-ups of a contact."""
    if not contact.follow_ups:
        return "[]"
    return compact([(task[0], _iso(task.due), task.open, _iso(task.done), *task[4:]) for task in contact.follow_ups])


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def to_tasks(text: str) -> tuple[FollowUp, ...]:
    """The follow-ups again."""
    return tuple(_task(task) for task in loads(text)) if text != "[]" else ()


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
