"""The days of people: those that come back, what is planned, follow-ups with a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from plaintextcrm.core.exchange.out.leaving import Leaving
from plaintextcrm.core.history import plans
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.linkwords import plain_words
from plaintextcrm.core.model import Contact, Interaction
from plaintextcrm.core.occasions import days_of
from plaintextcrm.core.record import NamedTuple


class Yearly(NamedTuple):
    """A day that comes back: `kind` is birthday, work or date; `year` is when it began."""

    id: str
    name: str
    month: int
    day: int
    year: int | None
    kind: str
    label: str


class Dated(NamedTuple):
    """Something on one day: `key` tells it from others of the same person; `at_time` is HH:MM or None, `details` what more there is."""

    id: str
    name: str
    key: str
    on: date
    words: str
    at_time: str | None = None
    details: str = ""


class Agenda(NamedTuple):
    """Everything with a day."""

    yearly: tuple[Yearly, ...]
    dated: tuple[Dated, ...]


def agenda(people: Sequence[Leaving], today: date, kinds: KindTable = STANDARD) -> Agenda:
    """Of the dead nothing, of the archived nothing; what is planned is told from today on, a follow-up until it is done."""
    alive = [one.contact for one in people if not _is_gone(one.contact)]
    yearly = (Yearly(one.id, one.name, *day) for one in alive for day in days_of(one))
    return Agenda(tuple(yearly), tuple(dated for one in alive for dated in _dated(one, today, kinds)))


def _is_gone(contact: Contact) -> bool:
    return (contact.text("status") or "").lower() in ("archived", "deceased") or contact.died is not None


def _dated(contact: Contact, today: date, kinds: KindTable) -> list[Dated]:
    ahead = {entry.where: entry for entry in (*plans(contact, today, kinds), *_of_today(contact, today))}
    found = [_planned(contact, entry) for entry in ahead.values()]
    for task in contact.follow_ups:
        if task.open and task.due and task.where not in ahead:
            they = "they owe: " if task.waiting == "them" else ""
            found.append(Dated(contact.id, contact.name, f"task:{task.text}", task.due, f"{they}{plain_words(task.text)}"))
    return sorted(found, key=lambda dated: (dated.on, dated.at_time or "", dated.words))


def _of_today(contact: Contact, today: date) -> list[Interaction]:
    return [entry for entry in contact.interactions if entry.on == today and entry.box in (" ", "/")]


def _planned(contact: Contact, entry: Interaction) -> Dated:
    words = ": ".join(part for part in (entry.kind or "", plain_words(entry.text)) if part)
    key = f"plan:{entry.on.isoformat()}:{entry.kind or ''}:{entry.text}"
    return Dated(contact.id, contact.name, key, entry.on, words or "planned", entry.at_time, "\n".join(entry.details))
