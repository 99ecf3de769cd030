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
_AGO = re.compile(r"(?:(\d{1,5}|[a-z]+)\s*)([a-z]+)\s+ago\Z")
_IN = re.compile(r"(?:in\s+)?(?:(\d{1,5}|[a-z]+)\s*)([a-z]+)\Z")


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
    forms = iso_forms(words)
    if forms:
        raise ValueError(f'date "{text}": type it as {" or ".join(forms)}')
    spoken = _ago(words, today) or _weekday(words, today, direction) or _next_or_last(words, today)
    spoken = spoken or _span_ahead(words, today, direction) or _named_day(words, today, direction)
    if spoken is None:
        raise ValueError(f'date "{text}": type it like 2026-11-20, yesterday, 3 days ago, fri, 20 Nov or in 2 weeks')
    return spoken


def _amount(number: str, unit: str) -> Cadence | None:
    count = int(number) if number.isdigit() else NUMBER_WORDS.get(number)
    name = unit_of(unit)
    return Cadence(count, name) if count is not None and name and number != "other" else None


def _ago(words: str, today: date) -> date | None:
    match = _AGO.match(words)
    span = _amount(match[1], match[2]) if match else None
    return add(today, span, -1) if span else None


def _span_ahead(words: str, today: date, direction: int) -> date | None:
    match = _IN.match(words)
    if not match or not (words.startswith("in ") or direction == FUTURE):
        return None
    span = _amount(match[1].removeprefix("in "), match[2])
    return add(today, span) if span else None


def _weekday(words: str, today: date, direction: int) -> date | None:
    first, _, rest = words.partition(" ")
    if first in ("last", "next") and rest:
        direction = PAST if first == "last" else FUTURE
    else:
        rest = words.removeprefix("on ")
    rest = rest.rstrip(".")
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
            years = range(today.year, today.year + 9 * direction, direction)
            days = (day_or_none(year, month, number) for year in years if 1 <= year <= 9999)
            return next((day for day in days if day and (day - today).days * direction >= 0), None)
    return None
