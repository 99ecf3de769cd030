"""How many of their days people were kept in time: month by month, tier by tier, from the log."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache

from plaintextcrm.core.dates import add, month_length, yearly
from plaintextcrm.core.due_words import rhythm_of
from plaintextcrm.core.model import Cadence
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.network import Member, of_one
from plaintextcrm.core.reports.telling import rests
from plaintextcrm.core.settings import Tier

OTHERS = ""  # those with a rhythm and no tier


class Kept(NamedTuple):
    """One month, or several together: (days kept, days) of each tier, in the order of the settings, and of all."""

    month: str = ""
    tiers: Mapping[str, tuple[int, int]] = {}
    whole: tuple[int, int] = (0, 0)


class Span(NamedTuple):
    """Days, both ends included."""

    first: date
    last: date

    def within(self, days: Sequence[int]) -> slice:
        """Where they stand in sorted ordinals."""
        return slice(bisect_left(days, self.first.toordinal()), bisect_right(days, self.last.toordinal()))


@lru_cache(maxsize=8)
def year_so_far(today: date) -> tuple[Span, Span | None]:
    """The calendar year up to today, and the same days of the year before (None: there was none)."""
    now = Span(today.replace(month=1, day=1), today)
    if today.year == 1:
        return now, None
    return now, Span(now.first.replace(year=today.year - 1), yearly(today.month, today.day, today.year - 1))


Rounds = tuple[str, Sequence[tuple[int, int, int]], Sequence[int]]
"""One person's rhythm: the tier it is counted with, (month, days kept, days) of each month of the year so far, and (days kept, days)
of the same days of the year before."""


@of_one
def _rounds(one: Member) -> Rounds | None:
    """None of somebody who has no rhythm, rests, or may not be turned to.

    Tiers and rhythms are those of today, for a log does not tell what they were.
    """
    if one.is_gone or not one.standing.span or rests(one):
        return None
    now, before = year_so_far(one.today)
    starts, cadence = bases(one), rhythm_of(one.contact, one.settings)
    months: dict[int, list[int]] = {}
    for month, kept, days in days_kept(starts, cadence, *now):
        sums = months.setdefault(month, [0, 0])
        sums[0] += kept
        sums[1] += days
    earlier = tuple(days_kept(starts, cadence, *before)) if before else ()
    tier = one.settings.tier(one.contact.tier)
    return (
        tier.name if tier else OTHERS,
        [(month, kept, days) for month, (kept, days) in months.items()],
        (sum(kept for _, kept, _ in earlier), sum(days for *_, days in earlier)),
    )


def kept_by_month(people: Iterable[Member], tiers: Iterable[Tier], today: date) -> tuple[tuple[Kept, ...], Kept]:
    """Every month of the year so far, and the same days of the year before as one. A day is kept when no more than the rhythm has
    passed since the last contact or skip; days before the first contact are left out.
    """  # fmt: skip
    found: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    earlier: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for tier, months, (kept_before, days_before) in filter(None, map(_rounds, people)):
        for month, kept, days in months:
            sums = found[month, tier]
            sums[0] += kept
            sums[1] += days
        if days_before:
            earlier[tier][0] += kept_before
            earlier[tier][1] += days_before
    order = [*(tier.name for tier in tiers), OTHERS]
    months_ = (
        _summed(f"{today.year:04}-{month:02}", [(name, found[month, name]) for name in order if (month, name) in found])
        for month in range(1, today.month + 1)
    )
    return tuple(months_), _summed("", earlier.items())


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
