"""CHECKS: what can only be seen with the settings, the day or the whole vault in hand; one function and one line each.

What a single file says wrong is found while it is parsed (`core/contact.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from plaintextcrm.core.colleagues import Colleagues
from plaintextcrm.core.model import Location, Problem
from plaintextcrm.core.names import Known, link_targets
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.text import fold


class Checked(NamedTuple):
    """What the checks look at of one contact: small enough to keep for ten thousand."""

    id: str
    path: str
    name: str
    tier: str | None
    aliases: Sequence[str]
    links: Sequence[str]  # targets of its wikilinks, in keys and body
    last_contact: date | None
    lines: dict[str, int]  # key -> line
    minders: Sequence[tuple[str, str]] = ()  # (key, whom it names) of `owner` and `successor`


class Whole(NamedTuple):
    """A vault to be checked."""

    contacts: Sequence[Checked]
    settings: Settings
    today: date


def unknown_tiers(vault: Whole) -> Iterable[Problem]:
    """A tier that `ptcrm.toml` does not define: one warning a word."""
    first: dict[str, tuple[Checked, int]] = {}
    for contact in vault.contacts:
        if contact.tier and vault.settings.tier(contact.tier) is None:
            known, count = first.get(contact.tier.casefold(), (contact, 0))
            first[contact.tier.casefold()] = (known, count + 1)
    defined = ", ".join(tier.name for tier in vault.settings.tiers) or "none"
    for contact, count in first.values():
        others = f" (and {count - 1} more)" if count > 1 else ""
        message = f'tier "{contact.tier}"{others} is not in ptcrm.toml, which has {defined}'
        yield Problem(Location(contact.path, contact.lines.get("tier", 1)), "unknown-tier", message, None, "warning")


def unknown_owners(vault: Whole) -> Iterable[Problem]:
    """An `owner` or `successor` who is nobody of the `[team]`, where there is one: one warning a word."""
    if not vault.settings.team:
        return
    team = Colleagues(vault.settings)
    first: dict[tuple[str, str], tuple[Checked, str, int]] = {}
    for contact in vault.contacts:
        for key, word in contact.minders:
            id = team.id(word)
            if id and not team.knows(id):
                known, said, count = first.get((key, id), (contact, word, 0))
                first[key, id] = (known, said, count + 1)
    for (key, _), (contact, word, count) in first.items():
        others = f" (and {count - 1} more)" if count > 1 else ""
        message = team.stranger(key, word, others)
        yield Problem(Location(contact.path, contact.lines.get(key, 1)), "unknown-owner", message, None, "warning")


def future_last_contacts(vault: Whole) -> Iterable[Problem]:
    """A `last_contact` after today is a slip, and ignored."""
    for contact in vault.contacts:
        if contact.last_contact and contact.last_contact > vault.today:
            message = f"last_contact {contact.last_contact.isoformat()} is after today and is not counted"
            place = Location(contact.path, contact.lines.get("last_contact", 1))
            yield Problem(place, "future-last-contact", message, None, "warning")


def ambiguous_links(vault: Whole) -> Iterable[Problem]:
    """A link that two contacts answer to."""
    targets = link_targets(Known(contact.id, contact.name, contact.aliases) for contact in vault.contacts)
    doubled = {word: ids for word, ids in targets.items() if len(set(ids)) > 1}
    if not doubled:
        return
    for contact in vault.contacts:
        for link in contact.links:
            ids = sorted(set(doubled.get(fold(link), ())))
            exact = [id for id in ids if id == link]
            if ids and not exact:
                message = f"link [[{link}]] may be {' or '.join(ids)}: write the one you mean"
                yield Problem(Location(contact.path), "ambiguous-link", message, None, "warning")


CHECKS: tuple[Callable[[Whole], Iterable[Problem]], ...] = (unknown_tiers, unknown_owners, future_last_contacts, ambiguous_links)


def check(vault: Whole) -> tuple[Problem, ...]:
    """Everything the checks find, in order of file and line."""
    found = [problem for one in CHECKS for problem in one(vault)]
    return tuple(sorted(found, key=lambda problem: problem.where))
