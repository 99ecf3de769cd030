"""Everybody in one table, with what a filter looks at."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from plaintextcrm.core.due_words import between_words
from plaintextcrm.core.model import Contact
from plaintextcrm.core.pages import words
from plaintextcrm.core.pages.addresses import page_of
from plaintextcrm.core.pages.shapes import Person
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Standing
from plaintextcrm.core.stored import compact
from plaintextcrm.core.text import fold

_LISTS = (
    ("alias", "aliases"), ("tag", "tags"), ("group", "groups"), ("company", "company"), ("role", "role"), ("city", "location"),
    ("hobby", "hobbies"), ("owner", "owner"), ("five", "five"), ("needs", "needs"), ("offers", "offers"), ("status", "status"),
)  # fmt: skip
folded = lru_cache(maxsize=1024)(fold)  # towns, firms, hobbies: said by many; a name is asked for twice


def person(contact: Contact, standing: Standing, entries: int, settings: Settings, today: date) -> Person:
    """One row."""
    role, company = contact.text("role"), contact.text("company")
    last = date.fromordinal(standing.last) if standing.last else None
    return Person(
        id=contact.id, name=contact.name, href=page_of(contact.id), state=words.state_shown(standing),
        state_word=words.STATE_WORDS[standing.state], paused=standing.hidden in ("paused", "snoozed"),
        role=", ".join(part for part in (role, company) if part), place=contact.text("location") or "",
        tier=(contact.tier or "") if settings.site.show_tier else "", quiet=_quiet(last, today),
        quiet_days=(today - last).days if last else -1, freshness=standing.freshness, warmth=words.warmth(standing.freshness),
        next=_next(standing, today), next_day=date.fromordinal(standing.next).isoformat() if standing.next else "",
        keys=compact(filter_keys(contact, standing, entries, settings)),
    )  # fmt: skip


def _quiet(last: date | None, today: date) -> str:
    if last is None:
        return ""
    return "today" if last == today else between_words(last, today)


def _next(standing: Standing, today: date) -> str:
    return "" if standing.hidden == "wholly" else words.next_words(standing.due, today)


def filter_keys(contact: Contact, standing: Standing, entries: int, settings: Settings) -> dict[str, list[str | int | float]]:
    """What a filter of the page looks at; texts are folded, days ISO."""
    found: dict[str, list[str | int | float]] = {"name": [folded(contact.name)], "state": [standing.state], "interactions": [entries]}
    for word, key in _LISTS:
        if key in contact.keys and (texts := contact.texts(key)):
            found[word] = [folded(text) for text in texts]
    if contact.tier and settings.site.show_tier:
        found["tier"] = [folded(contact.tier)]
    if contact.is_true("coi"):
        found["coi"] = ["yes"]
    for word, day in (("last", standing.last), ("due", standing.due), ("next", standing.next)):
        if day:
            found[word] = [date.fromordinal(day).isoformat()]
    if standing.ratio is not None:
        found["ratio"] = [round(standing.ratio, 2)]
    if standing.freshness is not None:
        found["freshness"] = [standing.freshness]
    found["has"] = sorted(
        key for key, value in contact.keys.items() if (value or value == "") and (key != "tier" or settings.site.show_tier)
    )
    return found
