"""How the reports say things: counts, names in a row, and who may be turned to today."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache

from plaintextcrm.core.dates import cadence_text, plus_days
from plaintextcrm.core.due_words import between_words, entry_words, rhythm_of
from plaintextcrm.core.history import touches_of
from plaintextcrm.core.linkwords import Plain
from plaintextcrm.core.model import NEVER, Interaction
from plaintextcrm.core.pages.words import SMALL
from plaintextcrm.core.plainlog import PlainLog
from plaintextcrm.core.reports.network import Member
from plaintextcrm.core.reports.saying import listed, many
from plaintextcrm.core.reports.shapes import Column
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.text import typed

RESTING = ("snoozed", "paused")


def columns(**words: str) -> tuple[Column, ...]:
    """Key and heading of each column: `name="Name", quiet="Quiet for"`."""
    return tuple(Column(key, heading) for key, heading in words.items())


def spelled(count: int, one: str, several: str = "") -> str:
    """The same where a sentence begins: `Three people`."""
    words = many(count, one, several)
    return f"{SMALL[count]} {words.split(' ', 1)[1]}" if count < len(SMALL) else words


def often(count: int) -> str:
    """`once`, `twice`, `12 times`."""
    return {1: "once", 2: "twice"}.get(count) or many(count, "time")


def be(count: int) -> str:
    """`is` or `are`."""
    return "is" if count == 1 else "are"


def have(count: int) -> str:
    """`has` or `have`."""
    return "has" if count == 1 else "have"


def names(people: Sequence[Member], most: int = 3) -> str:
    """Their names, in a row."""
    return listed([one.name for one in people], most)


def who(one: Member) -> str:
    """The id as it is typed behind a command, after `--` where it looks like an option."""
    return typed(one.id)


def first_added(settings: Settings, place: int = 0, *more: str) -> str:
    """The command that adds somebody, in the highest tier there is, or in one `place` below it."""
    tiers = sorted(settings.tiers, key=lambda tier: -tier.weight)
    tier = ("--tier", tiers[min(place, len(tiers) - 1)].name) if tiers else ()
    return " ".join(['ptcrm add "Ada King"', *map(shlex.quote, (*tier, *more))])


def rests(one: Member) -> bool:
    """Snoozed or paused: silent because the user said so."""
    return one.standing.hidden in RESTING


def quiet_for(one: Member) -> str | None:
    """`9 weeks` since the last contact; `today`; None where there was none."""
    if one.last is None:
        return None
    return "today" if one.last == one.today else between_words(one.last, one.today)


def rhythm(one: Member) -> str | None:
    """`3 months`; None where there is no clock."""
    cadence = rhythm_of(one.contact, one.settings)
    return None if cadence == NEVER else cadence_text(cadence)


def last_said(one: Member, plain: Plain) -> str | None:
    """What the last contact was about, in words of `plain`; None where its entry says nothing, or only `last_contact` tells of it."""
    last, log = one.standing.last, one.contact.interactions
    if last not in one.facts.touches:
        return None
    if isinstance(log, PlainLog) and log.days.count(last) == 1:  # the only entry of its day: they need not be put in order
        return entry_words(log.whole(log.bare(log.days.index(last))), plain)
    newest = one.outline[-1] if one.outline else None
    return entry_words(one.whole(newest), plain) if newest and newest.on == one.last else None


@lru_cache(maxsize=8)
def before(today: date, days: int) -> date:
    """The day so many days ago, which is asked of everybody."""
    return plus_days(today, -days)


def contacts_after(one: Member, day: date) -> Sequence[Interaction]:
    """The contacts after a day and by today, as they stand in the log; of a plain log without texts."""
    if not one.facts.touches or one.facts.touches[-1] <= day.toordinal():
        return ()
    log, since, now = one.contact.interactions, day.toordinal(), one.today.toordinal()
    if isinstance(log, PlainLog):
        near = [log.bare(place) for place, on in enumerate(log.days) if since < on <= now]
    else:
        near = [entry for entry in log if day < entry.on <= one.today and not entry.is_task]
    return touches_of(near, one.settings.kind_table)


def entries_of(one: Member, kinds: Collection[str]) -> list[Interaction]:
    """The entries of those kinds by today, oldest first."""
    return [one.whole(entry) for entry in one.bones if entry.kind in kinds]
