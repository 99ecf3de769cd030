"""What the log of one contact amounts to: which entries are contact, in which order they happened (docs/format.md, "Interactions")."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Contact, Interaction

# Kinds that say nothing about who owes whom an answer.
ASIDES = ("note", "research", "comment", "review", "handover")


def is_attempt(entry: Interaction) -> bool:
    """`[reached:: no]`: tried, no answer."""
    return (entry.field("reached") or "").lower() == "no"


def is_touch(entry: Interaction, kinds: KindTable = STANDARD) -> bool:
    """Whether the entry counts as contact once its day has come."""
    kind = kinds.get(entry.kind) if entry.kind else None
    if (kind is not None and not kind.touch) or entry.is_task:
        return False
    return not entry.fields or not (is_attempt(entry) or (entry.field("touch") or "").lower() == "no")


def from_them(entry: Interaction) -> bool:
    """`[dir:: in]`: they began."""
    return (entry.field("dir") or "").lower() == "in"


def from_us(entry: Interaction) -> bool:
    """`[dir:: out]`: we began."""
    return (entry.field("dir") or "").lower() == "out"


def chronological(interactions: Iterable[Interaction]) -> tuple[Interaction, ...]:
    """Oldest first; of one day in the order of the log (turned round where it is written newest first), by time where given."""
    entries = tuple(interactions)
    if len(entries) > 1 and entries[0].on > entries[-1].on:
        entries = entries[::-1]
    days = [entry.on for entry in entries]
    ordered = list(entries)
    if days != sorted(days):
        ordered.sort(key=lambda entry: entry.on)
    if any(entry.at_time for entry in ordered) and len(set(days)) != len(days):
        ordered.sort(key=lambda entry: (entry.on, entry.at_time or "24:00" if _all_timed(ordered, entry.on) else ""))
    return tuple(ordered)


def _all_timed(entries: list[Interaction], on: date) -> bool:
    return all(entry.at_time for entry in entries if entry.on == on)


def past(contact: Contact, today: date) -> tuple[Interaction, ...]:
    """The entries not after `today`, oldest first, plans left out."""
    return tuple(entry for entry in chronological(contact.interactions) if entry.on <= today and not entry.is_task)


def touches(contact: Contact, today: date, kinds: KindTable = STANDARD) -> tuple[Interaction, ...]:
    """The entries that count as contact on `today`, oldest first."""
    return tuple(entry for entry in past(contact, today) if is_touch(entry, kinds))


def plans(contact: Contact, today: date, kinds: KindTable = STANDARD) -> tuple[Interaction, ...]:
    """What is planned for after `today`, oldest first: open dated tasks, and entries whose day is still to come."""
    ahead = (entry for entry in chronological(contact.interactions) if entry.on > today)
    return tuple(entry for entry in ahead if entry.box in (" ", "/") or is_touch(entry, kinds))
