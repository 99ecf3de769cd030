"""Dates as people type them on the command line (docs/format.md, "Dates"): a grammar, no guesses."""

from __future__ import annotations

import re
from datetime import date

from plaintextcrm.core.dates import (
    DAY_FIRST,
    FULL_WEEKDAYS,
    MONTH_FIRST,
    NUMBER_WORDS,
    UNITS,
    WEEKDAYS,
    add,
    day_or_none,
    iso_forms,
    key_day,
    month_of,
    plus_days,
    unit_of,
)
from plaintextcrm.core.model import Cadence

PAST, FUTURE = -1, 1
_SHORT = r"([0-9]{1,2})([./])([0-9]{1,2})\.?\Z"  # 26.11. and 26/11
_SPAN = r"(?:([0-9]{1,5}) ?|([a-z]+) )([a-z]+)\Z"  # 2w, 2 weeks, two weeks; a blank between two words


def parse_spoken(text: str, today: date, direction: int) -> date:
    """A day as typed on the command line; `direction` is PAST (`log`) or FUTURE (`snooze`, `--due`).

    Raises ValueError, with what to type instead, where the words are not understood or could mean two days.
    """
    words = " ".join(text.lower().replace(",", " ").split())
    if words in ("today", "now"):
        return today
    if words == "yesterday":
        return plus_days(today, -1)
    if words == "tomorrow":
        return plus_days(today, 1)
    written = key_day(words)
    if written:
        return written
    forms = iso_forms(words) or short_forms(words, today, direction)
    if forms:
        raise ValueError(f'date "{text}": type it as {" or ".join(forms)}')
    spoken = _ago(words, today) or _weekday(words, today, direction) or _next_or_last(words, today)
    spoken = spoken or _span_ahead(words, today, direction) or _named_day(words, today, direction)
    if spoken is None:
        raise ValueError(f'date "{text}": type it like 2026-11-20, yesterday, 3 days ago, fri, 20 Nov or in 2 weeks')
    return spoken


def weekday_after(text: str, day: date) -> date | None:
    """The nearest such weekday after a day, None where the text is no weekday."""
    return _weekday(" ".join(text.lower().split()), day, FUTURE)


def short_forms(words: str, today: date, direction: int) -> tuple[str, ...]:
    """What `26.11.` or `26/11`, a day and a month without a year, may mean, in ISO: the nearest ones in that direction."""
    match = re.match(_SHORT, words)
    if not match:
        return ()
    one, two = int(match[1]), int(match[3])
    days = (_nearest(month, number, today, direction) for number, month in ((one, two), (two, one)))
    return tuple(dict.fromkeys(day.isoformat() for day in days if day))


def _span(words: str) -> Cadence | None:
    match = re.match(_SPAN, words)
    if not match or match[2] == "other":
        return None
    count, name = int(match[1]) if match[1] else NUMBER_WORDS.get(match[2]), unit_of(match[3])
    return Cadence(count, name) if count is not None and name else None


def _ago(words: str, today: date) -> date | None:
    span = _span(words.removesuffix(" ago")) if words.endswith(" ago") else None
    return add(today, span, -1) if span else None


def _span_ahead(words: str, today: date, direction: int) -> date | None:
    if not (words.startswith("in ") or direction == FUTURE):
        return None
    span = _span(words.removeprefix("in "))
    return add(today, span) if span else None


def _weekday(words: str, today: date, direction: int) -> date | None:
    rest = words.removeprefix("on ")
    first, _, name = rest.partition(" ")
    rest = (name if first in ("last", "next") else rest).rstrip(".")  # the command's direction holds, whichever is said
    for names in (WEEKDAYS, FULL_WEEKDAYS, ("", "tues", "", "thur", "", "", ""), ("", "", "", "thurs", "", "", "")):
        if rest and rest in names:
            ahead = (names.index(rest) - today.weekday()) % 7 or 7
            return plus_days(today, ahead if direction == FUTURE else (ahead - 7) or -7)
    return None


def _next_or_last(words: str, today: date) -> date | None:
    first, _, unit = words.partition(" ")
    name = UNITS.get(unit) if len(unit) > 2 else None
    if first not in ("next", "last") or name is None:
        return None
    return add(today, Cadence(1, name), 1 if first == "next" else -1)


def _named_day(words: str, today: date, direction: int) -> date | None:
    for pattern, order in ((DAY_FIRST, (1, 2)), (MONTH_FIRST, (2, 1))):
        match = re.match(pattern, words)
        month = month_of(match[order[1]]) if match else None
        if match and month:
            number = int(match[order[0]])
            if match[3]:
                return day_or_none(int(match[3]), month, number)
            return _nearest(month, number, today, direction)
    return None


def _nearest(month: int, number: int, today: date, direction: int) -> date | None:
    """That day of the year which is today or the next one in that direction."""
    years = range(today.year, today.year + 9 * direction, direction)
    days = (day_or_none(year, month, number) for year in years if 1 <= year <= 9999)
    return next((day for day in days if day and (day - today).days * direction >= 0), None)
