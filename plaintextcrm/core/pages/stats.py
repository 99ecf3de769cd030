"""How the time goes: weeks, kinds, states, and what is asked against what is done. Tallies add up, so that one change costs one person."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from datetime import date
from operator import itemgetter

from plaintextcrm.core import history
from plaintextcrm.core.dates import FULL_MONTHS, MONTHS
from plaintextcrm.core.model import Contact
from plaintextcrm.core.pages import words
from plaintextcrm.core.pages.shapes import Bar, Fact, Stats, Week
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Standing

WEEKS = 104
MADE_WEEKS = 12
SIZES = ((10, 13), (6, 10), (3, 7), (1, 4), (0, 0))
SCALE = 10**9  # so that shares of a week add up exactly, in whichever order

Tally = dict[str, int]
"""`w` and a week's number, `k` with group and kind, `s` and a state, `asked` (contacts a week, in billionths), `made` -> how many.

An entry with a block id is `j` with its day, block id, group and kind -> in how many files: what several people share is one occasion,
and only the sum of all tallies tells which it is (docs/format.md, "One occasion, several people").
"""


def first_monday(today: date) -> int:
    """The Monday with which the oldest of the 104 weeks begins."""
    return today.toordinal() - today.weekday() - 7 * (WEEKS - 1)


def tally(contact: Contact, standing: Standing, settings: Settings, today: date) -> Tally:
    """What one contact adds."""
    found: Tally = {}
    start, groups = first_monday(today), words.groups_of(settings.kind_table)
    touches = history.touches(contact, today, settings.kind_table)
    for entry in touches[bisect_left(touches, date.fromordinal(start), key=itemgetter(0)) :]:
        on = entry.on.toordinal()
        kind = f"{groups[entry.kind]} {entry.kind or 'no kind'}"
        for key in (f"j{on} {entry.block_id} {kind}",) if entry.block_id else _once(on, start, kind):
            found[key] = found.get(key, 0) + 1
    if standing.hidden != "wholly":
        found[f"s{standing.state}"] = 1
        if standing.span and standing.hidden != "paused":
            found["asked"] = round(7 * SCALE / standing.span)
    return found


def _once(on: int, start: int, kind: str) -> tuple[str, ...]:
    """The keys under which one contact of a day is counted."""
    week = (on - start) // 7
    return (f"w{week}", f"k{kind}", "made") if week >= WEEKS - MADE_WEEKS else (f"w{week}", f"k{kind}")


def _apart(total: Mapping[str, int], start: int) -> Counter[str]:
    """The sum with each shared occasion counted once; where files call it by several kinds, under the first of them."""
    found = Counter({key: count for key, count in total.items() if key[0] != "j"})
    shared: dict[tuple[str, str], str] = {}
    for key in sorted(key for key, count in total.items() if key[0] == "j" and count > 0):
        on, block_id, kind = key[1:].split(" ", 2)
        shared.setdefault((on, block_id), kind)
    for (on, _), kind in shared.items():
        found.update(_once(int(on), start, kind))
    return found


def stats(total: Mapping[str, int], settings: Settings, today: date) -> Stats:
    """The page, from the sum of all tallies."""
    start = first_monday(today)
    total = _apart(total, start)
    counts = [total.get(f"w{week}", 0) for week in range(WEEKS)]
    mondays = [date.fromordinal(start + 7 * week) for week in range(WEEKS)]
    weeks = tuple(
        Week(monday.isoformat(), count, next(size for least, size in SIZES if count >= least))
        for monday, count in zip(mondays, counts, strict=True)
    )
    asked, made = total.get("asked", 0) / SCALE, total.get("made", 0) / MADE_WEEKS
    return Stats(
        finding=_finding(counts, asked, made), weeks=weeks if any(counts) else (), months=_months(mondays),
        by_month=_by_month(mondays, counts) if any(counts) else (), kinds=_kinds(total), states=_states(total),
        load=_load(asked, made, settings) if asked or made else (),
    )  # fmt: skip


def _finding(counts: list[int], asked: float, made: float) -> str:
    whole = sum(counts)
    if not whole:
        return "Nobody was in touch in the last two years, as far as these files know."
    this_year, before = sum(counts[-52:]), sum(counts[:-52])
    than = "as often as" if this_year == before else "more often than" if this_year > before else "less often than"
    compared = f", {than} in the year before ({before})" if before else ""
    load = ""
    if asked:
        load = f" The cadences ask for {_rate(asked)} a week; lately it was {_rate(made)}."
    return f"In touch {words.count_words(this_year, 'time')} in the last year{compared}.{load}"


def _rate(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0") if value < 10 else str(round(value))


def _months(mondays: list[date]) -> tuple[tuple[str, int], ...]:
    found: list[tuple[str, int]] = []
    for place, monday in enumerate(mondays):
        if not place or monday.month != mondays[place - 1].month:
            found.append((MONTHS[monday.month - 1].capitalize(), place))
    return tuple(found)


def _by_month(mondays: list[date], counts: list[int]) -> tuple[tuple[str, int], ...]:
    found: dict[tuple[int, int], int] = {}
    for monday, count in zip(mondays, counts, strict=True):
        found[monday.year, monday.month] = found.get((monday.year, monday.month), 0) + count
    return tuple((f"{FULL_MONTHS[month - 1].capitalize()} {year}", count) for (year, month), count in sorted(found.items(), reverse=True))


def _kinds(total: Mapping[str, int]) -> tuple[Bar, ...]:
    found = sorted(((key[1:], count) for key, count in total.items() if key[0] == "k"), key=lambda one: (-one[1], one[0]))
    most = max((count for _, count in found), default=1)
    return tuple(Bar(key.split(" ", 1)[1], count, max(1, round(100 * count / most)), key.split(" ", 1)[0]) for key, count in found)


def _states(total: Mapping[str, int]) -> tuple[Bar, ...]:
    found = [(state, total.get(f"s{state}", 0)) for state in words.STATE_WORDS]
    most = max((count for _, count in found), default=1) or 1
    return tuple(Bar(words.STATE_WORDS[state], count, max(1, round(100 * count / most)), state) for state, count in found if count)


def _load(asked: float, made: float, settings: Settings) -> tuple[Fact, ...]:
    fits = settings.per_week
    if asked <= fits:
        said = "what the cadences ask fits"
    else:
        said = f"the cadences ask for {_rate(asked - fits)} more: fewer people, or longer cadences"
    return (
        Fact("Asked", _rate(asked), "contacts a week, if every cadence were kept"),
        Fact("Made", _rate(made), f"a week, over the last {MADE_WEEKS}"),
        Fact("Room", str(fits), f"a week, as ptcrm.toml says; {said}"),
    )
