"""How many of their days people were kept in time: month by month, tier by tier, from the log."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache

from plaintextcrm.core.dates import add, month_length
from plaintextcrm.core.due_words import rhythm_of
from plaintextcrm.core.model import Cadence
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.network import Member, Network
from plaintextcrm.core.reports.telling import rests
from plaintextcrm.core.settings import Tier

OTHERS = ""  # those with a rhythm and no tier


class Kept(NamedTuple):
    """One month, or several together: (days kept, days) of each tier, in the order of the settings, and of all."""

    month: str = ""
    tiers: Mapping[str, tuple[int, int]] = {}
    whole: tuple[int, int] = (0, 0)


class Clock(NamedTuple):
    """One person's rhythm: the tier it is counted with, and the days on which it began anew."""

    tier: str
    cadence: Cadence
    starts: Sequence[int]


def clocks(network: Network) -> tuple[Clock, ...]:
    """Of all who have a rhythm, do not rest, and may be turned to. Tiers and rhythms are those of today, for a log does not tell what
    they were.
    """  # fmt: skip
    tier_of = cache(network.settings.tier)
    found = []
    for one in network:
        if one.standing.span and not rests(one):
            tier = tier_of(one.contact.tier)
            found.append(Clock(tier.name if tier else OTHERS, rhythm_of(one.contact, network.settings), bases(one)))
    return tuple(found)


def kept_by_month(clocks: Iterable[Clock], tiers: Iterable[Tier], first: date, last: date) -> tuple[Kept, ...]:
    """Every month from `first` to `last` (within one year). A day is kept when no more than the rhythm has passed since the last
    contact or skip; days before the first contact are left out.
    """  # fmt: skip
    found: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for clock in clocks:
        for month, kept, days in days_kept(clock.starts, clock.cadence, first, last):
            sums = found[month, clock.tier]
            sums[0] += kept
            sums[1] += days
    order = [*(tier.name for tier in tiers), OTHERS]
    return tuple(
        _summed(f"{first.year:04}-{month:02}", [(name, found[month, name]) for name in order if (month, name) in found])
        for month in range(first.month, last.month + 1)
    )


def together(months: Iterable[Kept]) -> Kept:
    """All of them as one."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for month in months:
        for name, (kept, days) in month.tiers.items():
            found[name][0] += kept
            found[name][1] += days
    return _summed("", found.items())


def _summed(month: str, tiers: Iterable[tuple[str, Sequence[int]]]) -> Kept:
    found = {name: (kept, days) for name, (kept, days) in tiers}
    return Kept(month, found, (sum(kept for kept, _ in found.values()), sum(days for _, days in found.values())))


def contact_days(one: Member) -> Sequence[int]:
    """The days with contact up to today, oldest first, as ordinals: those of `outline`, without making it."""
    days, now = one.facts.touches, one.today.toordinal()
    return days[: bisect_right(days, now)] if days and days[-1] > now else days


def bases(one: Member) -> Sequence[int]:
    """The days on which the clock started anew, up to today: contacts, skips, and `last_contact`."""
    now, facts = one.today.toordinal(), one.facts
    others = [day for day in (*facts.skips, facts.last_contact) if 0 < day <= now]
    return sorted({*contact_days(one), *others}) if others else contact_days(one)


def days_kept(starts: Sequence[int], cadence: Cadence, first: date, last: date) -> Iterator[tuple[int, int, int]]:
    """(month, days kept, days) of each stretch between two starts, cut at the ends of months."""
    low, high = first.toordinal(), last.toordinal()
    for place in range(max(0, bisect_right(starts, low) - 1), len(starts)):
        start = starts[place]
        end = min(high, starts[place + 1] - 1 if place + 1 < len(starts) else high)
        day = max(start, low)
        if day > end:
            continue
        due = add(date.fromordinal(start), cadence).toordinal()
        while day <= end:
            on = date.fromordinal(day)
            stop = min(end, day + month_length(on.year, on.month) - on.day)
            yield on.month, max(0, min(stop, due) - day + 1), stop - day + 1
            day = stop + 1
