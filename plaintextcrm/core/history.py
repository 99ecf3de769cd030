"""What the log of one contact amounts to: which entries are contact, in which order they happened (docs/format.md, "Interactions")."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache

from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Contact, Interaction

# Kinds that say nothing about who owes whom an answer.
ASIDES = ("note", "research", "comment", "review", "handover")
MOST_KEPT = 128  # logs, whose order is asked for again and again


def is_attempt(entry: Interaction) -> bool:
    """`[reached:: no]`: tried, no answer."""
    return (entry.field("reached") or "").lower() == "no"


def is_touch(entry: Interaction, kinds: KindTable = STANDARD) -> bool:
    """Whether the entry counts as contact once its day has come."""
    kind = kinds.get(entry.kind) if entry.kind else None
    if (kind is not None and not kind.touch) or entry.is_task:
        return False
    return not entry.fields or not _denied(entry.fields)


@lru_cache(maxsize=4096)
def _denied(fields: tuple[tuple[str, str], ...]) -> bool:
    """Whether the fields of an entry say that it is no contact."""
    entry = Interaction(date.min, fields=fields)
    return is_attempt(entry) or (entry.field("touch") or "").lower() == "no"


def from_them(entry: Interaction) -> bool:
    """`[dir:: in]`: they began."""
    return (entry.field("dir") or "").lower() == "in"


def from_us(entry: Interaction) -> bool:
    """`[dir:: out]`: we began."""
    return (entry.field("dir") or "").lower() == "out"


def chronological(interactions: Iterable[Interaction], order: str = "oldest") -> tuple[Interaction, ...]:
    """Oldest first; of one day in the order of the log (turned round where it is written newest first), by time where given.

    A log whose first and last entry are of one day does not show its order: `order` is that of the settings.
    """
    entries = tuple(interactions)
    if len(entries) > 1 and (entries[0].on > entries[-1].on or (entries[0].on == entries[-1].on and order == "newest")):
        entries = entries[::-1]
    days = [entry.on for entry in entries]
    ordered = list(entries)
    if days != sorted(days):
        ordered.sort(key=lambda entry: entry.on)
    if any(entry.at_time for entry in ordered) and len(set(days)) != len(days):
        untimed = {entry.on for entry in ordered if not entry.at_time}
        ordered.sort(key=lambda entry: (entry.on, "" if entry.on in untimed else entry.at_time or ""))
    return tuple(ordered)


def _lately_asked(answer: Callable[..., tuple[Interaction, ...]]) -> Callable[..., tuple[Interaction, ...]]:
    """Keeps the last answers, each for the very same arguments: a page asks for the same log ten times, and pages are made 50 at a time."""
    kept: dict[tuple[int, ...], tuple[tuple[object, ...], tuple[Interaction, ...]]] = {}

    def asked(*arguments: object) -> tuple[Interaction, ...]:
        key = tuple(map(id, arguments))
        found = kept.get(key)
        if found is None:
            if len(kept) >= MOST_KEPT:
                del kept[next(iter(kept))]
            found = kept[key] = arguments, answer(*arguments)  # as long as they are held, nothing else has their ids
        return found[1]

    return asked


@_lately_asked
def past_of(interactions: Sequence[Interaction], today: date, order: str) -> tuple[Interaction, ...]:
    """Of a log in that order the entries not after `today`, oldest first, plans left out."""
    days = getattr(interactions, "days", None)  # of a plain log, which has no plans
    if days and days[0] < days[-1] <= today.toordinal() and days == sorted(days) and not getattr(interactions, "times", True):
        return tuple(interactions)
    return tuple([entry for entry in chronological(interactions, order) if entry.on <= today and not (entry.box and entry.is_task)])


@_lately_asked
def touches_of(entries: Sequence[Interaction], kinds: KindTable) -> tuple[Interaction, ...]:
    """Those of the entries that count as contact."""
    plain = kinds.touching
    return tuple([one for one in entries if (one[2] in plain and not one[4] and not one[7]) or is_touch(one, kinds)])


def past(contact: Contact, today: date) -> tuple[Interaction, ...]:
    """The entries not after `today`, oldest first, plans left out."""
    return past_of(contact.interactions, today, contact.log_order)


def touches(contact: Contact, today: date, kinds: KindTable = STANDARD) -> tuple[Interaction, ...]:
    """The entries that count as contact on `today`, oldest first."""
    return touches_of(past(contact, today), kinds)


def plans(contact: Contact, today: date, kinds: KindTable = STANDARD) -> tuple[Interaction, ...]:
    """What is planned for after `today`, oldest first: open dated tasks, and entries whose day is still to come."""
    days = getattr(contact.interactions, "days", None)  # of a plain log
    if max(days) <= today.toordinal() if days else all(entry.on <= today for entry in contact.interactions):
        return ()  # nearly everybody: nothing is put in order
    ahead = (entry for entry in chronological(contact.interactions, contact.log_order) if entry.on > today)
    return tuple(entry for entry in ahead if entry.box in (" ", "/") or is_touch(entry, kinds))
