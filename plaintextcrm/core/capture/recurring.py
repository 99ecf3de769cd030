"""The days of a series (RFC 5545, RRULE), where it is a plain one: every so many days, weeks, months or years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count, islice

from plaintextcrm.core.record import NamedTuple

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_DAYS = 20_000  # of one series
_KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTH", "BYMONTHDAY", "WKST"}


class Rule(NamedTuple):
    """A plain rule; `weekdays` (0 is Monday) are those of a weekly or daily one, `month` and `day` must be those of the start."""

    freq: str
    interval: int = 1
    times: int | None = None
    until: date | None = None
    weekdays: tuple[int, ...] = ()
    month: int | None = None
    day: int | None = None

    @staticmethod
    def parse(text: str) -> Rule | None:
        """The rule, or None where it says more than these can."""
        parts = dict(part.split("=", 1) for part in text.strip().upper().split(";") if "=" in part)
        if not parts.keys() <= _KNOWN or parts.get("FREQ") not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
            return None
        try:
            weekdays = tuple(sorted(WEEKDAYS.index(word) for word in parts["BYDAY"].split(","))) if "BYDAY" in parts else ()
            numbers = {key: int(parts[key]) for key in ("INTERVAL", "COUNT", "BYMONTH", "BYMONTHDAY") if key in parts}
            until = date(*(int(parts["UNTIL"][at : at + size]) for at, size in ((0, 4), (4, 2), (6, 2)))) if "UNTIL" in parts else None
        except ValueError:
            return None
        interval = numbers.get("INTERVAL", 1)
        if interval < 1 or (weekdays and parts["FREQ"] not in ("DAILY", "WEEKLY")):
            return None
        return Rule(parts["FREQ"], interval, numbers.get("COUNT"), until, weekdays, numbers.get("BYMONTH"), numbers.get("BYMONTHDAY"))


def days_of(start: date, rule: Rule, before: date) -> tuple[date, ...] | None:
    """The days of the series before that day, or None where its rule leads away from the day it begins on."""
    if (rule.month or start.month) != start.month or (rule.day or start.day) != start.day:
        return None
    if rule.weekdays and start.weekday() not in rule.weekdays:
        return None
    last = min(before - timedelta(days=1), rule.until or date.max)
    found = []
    for day in islice(_series(start, rule), min(rule.times if rule.times is not None else MOST_DAYS, MOST_DAYS)):
        if day > last:
            break
        found.append(day)
    return tuple(found)


def _series(start: date, rule: Rule) -> Iterator[date]:
    """The days one after the other, up to the end of the calendar."""
    try:
        if rule.freq in ("DAILY", "WEEKLY"):
            yield from _by_days(start, rule)
        else:
            yield from _by_months(start, rule.interval * (12 if rule.freq == "YEARLY" else 1))
    except OverflowError:
        return


def _by_days(start: date, rule: Rule) -> Iterator[date]:
    if rule.freq == "DAILY":
        for number in count():
            day = start + timedelta(days=number * rule.interval)
            if not rule.weekdays or day.weekday() in rule.weekdays:
                yield day
        return
    monday = start - timedelta(days=start.weekday())
    for number in count():
        for weekday in rule.weekdays or (start.weekday(),):
            day = monday + timedelta(days=number * rule.interval * 7 + weekday)
            if day >= start:
                yield day


def _by_months(start: date, months: int) -> Iterator[date]:
    """The same day of the month; a month without it is left out."""
    for number in count():
        year, month = divmod(start.year * 12 + start.month - 1 + number * months, 12)
        if year > date.max.year:
            return
        try:
            yield date(year, month + 1, start.day)
        except ValueError:
            continue
