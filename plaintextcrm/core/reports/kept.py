"""How many of their days people were kept in time: month by month, tier by tier, from the log."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from plaintextcrm.core.dates import add, month_length
from plaintextcrm.core.due import rhythm_of
from plaintextcrm.core.model import NEVER, Cadence
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.network import Member, Network
from plaintextcrm.core.reports.telling import rests

OTHERS = ""  # those with a rhythm and no tier


class Kept(NamedTuple):
    """One month, or several together: (days kept, days) of each tier, in the order of the settings, and of all."""

    month: str = ""
    tiers: Mapping[str, tuple[int, int]] = {}
    whole: tuple[int, int] = (0, 0)


def kept_by_month(network: Network, first: date, last: date) -> tuple[Kept, ...]:
    """Every month from `first` to `last` (within one year). A day is kept when no more than the rhythm has passed since the last
    contact or skip. Tiers and rhythms are those of today, for a log does not tell what they were; days before the first contact,
    and people who rest or are gone, are left out.
    """  # fmt: skip
    found: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for one in network:
        cadence = rhythm_of(one.contact, network.settings)
        if cadence == NEVER or rests(one):
            continue
        tier = network.settings.tier(one.contact.tier)
        for month, kept, days in days_kept(bases(one), cadence, first, last):
            sums = found[month, tier.name if tier else OTHERS]
            sums[0] += kept
            sums[1] += days
    order = [*(tier.name for tier in network.settings.tiers), OTHERS]
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


def bases(one: Member) -> list[int]:
    """The days on which the clock started anew, up to today: contacts, skips, and `last_contact`."""
    now, facts = one.today.toordinal(), one.facts
    days = {day for day in (*facts.touches, *facts.skips) if day <= now}
    if 0 < facts.last_contact <= now:
        days.add(facts.last_contact)
    return sorted(days)


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
