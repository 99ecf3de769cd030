"""Three years of one person's habit: `python -m bench.habit [--seeds N] [--sweep]` -> a Markdown table.

300 people in tiers 15/50/235, ten conversations a week where the cadences ask for sixteen, missed weeks, a holiday each summer, calls
that come in, and calls that nobody answers. The day and its accidents are the same for every order that is compared; the tool's order
is the real one (`core/standing`).
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from plaintextcrm.core.model import Cadence
from plaintextcrm.core.settings import Settings, Tier
from plaintextcrm.core.standing import Facts, Rules, Standing, stand

START, YEARS = date(2024, 1, 1), 3
SIZES = (("A", 15), ("B", 50), ("C", 235))
A_WEEK = 10
MISSED_WEEKS = 0.08
HOLIDAY_WEEKS = (32, 33, 34)  # of each year, by ISO
CALLS_IN = 0.25  # a day
NO_ANSWER = 0.1  # of those who are tried
LIMIT_DAYS = 500  # nobody is to be silent longer


class Day(NamedTuple):
    """One day as it comes, whatever is done with it: how many conversations there is room for, who calls, who would not answer."""

    on: date
    room: int
    callers: tuple[int, ...]
    deaf: frozenset[int]
    lots: tuple[float, ...]  # for the order by lot


class Person:
    """One of the 300: the days of contact and of attempts so far."""

    def __init__(self, number: int, tier: str, last: date) -> None:
        self.id, self.tier = f"p{number:03d}", tier
        self.touches, self.attempts = [last.toordinal()], list[int]()

    def facts(self) -> Facts:
        """As the index has them."""
        return Facts(self.id, self.tier, touches=self.touches, attempts=self.attempts, days=self.touches)


Chosen = Callable[[Sequence[Standing], Day], Sequence[int]]
"""Standings of everybody on a day -> numbers of people in the order in which they are to be turned to."""


def by_due(standings: Sequence[Standing], day: Day) -> list[int]:
    """As `ptcrm due` lists them."""
    return sorted((n for n, one in enumerate(standings) if one.listed), key=lambda n: standings[n].order())


def longest_silent(standings: Sequence[Standing], day: Day) -> list[int]:
    """Who has not been heard of longest, whatever the tier."""
    return sorted(range(len(standings)), key=lambda n: (standings[n].last, n))


def most_days_overdue(standings: Sequence[Standing], day: Day) -> list[int]:
    """As most tools list them."""
    return sorted((n for n, one in enumerate(standings) if one.listed), key=lambda n: (standings[n].next, n))


def by_lot(standings: Sequence[Standing], day: Day) -> list[int]:
    """Anybody who is due."""
    return sorted((n for n, one in enumerate(standings) if one.listed), key=lambda n: day.lots[n])


ORDERS: dict[str, Chosen] = {
    "ptcrm due": by_due, "longest silent first": longest_silent, "most days overdue first": most_days_overdue, "by lot": by_lot,
}  # fmt: skip


class Outcome(NamedTuple):
    """Of each tier the share of person-days within the cadence and within 1.5 of it; the worst week of A; the longest silences in days."""

    within: dict[str, float]
    within_more: dict[str, float]
    worst_week: float  # of A: share within 1.5 cadences
    longest_a: int
    longest: int


def days(seed: int, people: int, years: int = YEARS) -> Iterator[Day]:
    """Every day of those years, with its accidents."""
    draw = random.Random(seed)
    last = START.replace(year=START.year + years)
    missed: set[tuple[int, int]] = set()
    on = START
    while on < last:
        year, week, _ = on.isocalendar()
        if on.weekday() == 0 and draw.random() < MISSED_WEEKS:
            missed.add((year, week))
        callers = (draw.randrange(people),) if draw.random() < CALLS_IN else ()
        deaf = frozenset(n for n in range(people) if draw.random() < NO_ANSWER)
        lots = tuple(draw.random() for _ in range(people))
        off = on.weekday() > 4 or week in HOLIDAY_WEEKS or (year, week) in missed
        yield Day(on, 0 if off else A_WEEK // 5, callers, deaf, lots)
        on += timedelta(days=1)


def simulate(order: Chosen, settings: Settings, seed: int, years: int = YEARS) -> Outcome:
    """So many years of following an order."""
    people = crowd(settings, seed)
    rules = Rules(settings)
    days_of = {tier.name: _days(tier.cadence) for tier in settings.tiers}
    seen = {name: [0, 0, 0] for name, _ in SIZES}  # person-days, within, within 1.5
    weekly: dict[tuple[int, int], list[int]] = {}
    longest = {name: 0 for name, _ in SIZES}
    for day in days(seed, len(people), years):
        now = day.on.toordinal()
        for number in day.callers:
            _touch(people[number], now)
        if day.room:
            _work(order, people, rules, day)
        for one in people:
            silence, span = now - one.touches[-1], days_of[one.tier]
            counts = seen[one.tier]
            counts[0] += 1
            counts[1] += silence <= span
            counts[2] += silence <= 1.5 * span
            longest[one.tier] = max(longest[one.tier], silence)
            if one.tier == SIZES[0][0]:
                year, week, _ = day.on.isocalendar()
                kept = weekly.setdefault((year, week), [0, 0])
                kept[0] += silence <= 1.5 * span
                kept[1] += 1
    return Outcome(
        {name: counts[1] / counts[0] for name, counts in seen.items()}, {name: counts[2] / counts[0] for name, counts in seen.items()},
        min(kept / whole for kept, whole in weekly.values()), longest[SIZES[0][0]], max(longest.values()),
    )  # fmt: skip


def crowd(settings: Settings, seed: int) -> list[Person]:
    """Everybody, last heard of within their cadence before the start."""
    draw = random.Random(seed + 1_000_000)
    found: list[Person] = []
    for name, size in SIZES:
        tier = settings.tier(name)
        span = _days(tier.cadence) if tier else 365
        found += [Person(len(found) + n, name, START - timedelta(days=1 + draw.randrange(span))) for n in range(size)]
    return found


def _days(cadence: Cadence) -> int:
    return round(cadence.count * {"day": 1, "week": 7, "month": 30.44, "year": 365.25}[cadence.unit])


def _touch(one: Person, now: int) -> None:
    if one.touches[-1] != now:
        one.touches.append(now)


def _work(order: Chosen, people: Sequence[Person], rules: Rules, day: Day) -> None:
    """One day's conversations; who does not answer costs a try, no conversation."""
    now = day.on.toordinal()
    standings = [stand(one.facts(), rules, day.on) for one in people]
    room = day.room
    for number in order(standings, day):
        one = people[number]
        if not room:
            break
        if one.touches[-1] == now:
            continue
        if number in day.deaf:
            one.attempts.append(now)
            continue
        _touch(one, now)
        room -= 1


def mean(outcomes: Sequence[Outcome]) -> Outcome:
    """Of several seeds: means of the shares, the worst of the rest."""
    count = len(outcomes)
    return Outcome(
        {name: sum(one.within[name] for one in outcomes) / count for name, _ in SIZES},
        {name: sum(one.within_more[name] for one in outcomes) / count for name, _ in SIZES},
        min(one.worst_week for one in outcomes), max(one.longest_a for one in outcomes), max(one.longest for one in outcomes),
    )  # fmt: skip


HEAD = "| order | A in time | B | C | A within 1.5 cadences | B | C | A in its worst week | longest silence in A | of anybody |"


def line(name: str, found: Outcome) -> str:
    """A line of the table."""
    shares = [found.within[tier] for tier, _ in SIZES] + [found.within_more[tier] for tier, _ in SIZES] + [found.worst_week]
    return f"| {name} | " + " | ".join(f"{100 * share:.0f} %" for share in shares) + f" | {found.longest_a} days | {found.longest} days |"


def weighted(a: float, b: float, c: float) -> Settings:
    """The standard tiers with other weights."""
    cadences = (Cadence(1, "month"), Cadence(3, "month"), Cadence(6, "month"))
    return Settings(tiers=tuple(Tier(name, cadence, weight) for (name, _), cadence, weight in zip(SIZES, cadences, (a, b, c), strict=True)))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.habit", description="three simulated years of keeping up, by several orders")
    parser.add_argument("--seeds", type=int, default=5, help="how many lives (default 5)")
    parser.add_argument("--sweep", action="store_true", help="other weights of the tiers instead of other orders")
    given = parser.parse_args()
    rows: list[tuple[str, Chosen, Settings]] = [(name, order, Settings()) for name, order in ORDERS.items()]
    if given.sweep:
        rows = [(f"weights {a:g}, {b:g}, {c:g}", by_due, weighted(a, b, c)) for a, b, c in WEIGHTS]
    print(HEAD)
    print("|---|" + "---|" * 9)
    for name, order, settings in rows:
        print(line(name, mean([simulate(order, settings, seed) for seed in range(given.seeds)])), flush=True)


WEIGHTS = ((1, 1, 1), (2, 1.5, 1), (3, 2, 1), (5, 2, 1), (6, 4, 1), (10, 3, 1))

if __name__ == "__main__":
    main()
