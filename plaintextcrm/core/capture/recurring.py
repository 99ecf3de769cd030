"""The days of a series (RFC 5545, RRULE), where it is a plain one: every so many days, weeks, months or years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice

from plaintextcrm.core.record import NamedTuple

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_DAYS = 20_000  # of one series
_KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTH", "BYMONTHDAY", "WKST"}


class Rule(NamedTuple):
    """A plain rule; `weekdays` (0 is Monday) are those of a weekly or daily one, `month` and `day` must be those of the start.

    A week begins on `week_start`. `until` is the last day; `until_at` the last moment, where the rule says one, as the clocks of
    Greenwich have it.
    """

    freq: str
    interval: int = 1
    times: int | None = None
    until: date | None = None
    weekdays: tuple[int, ...] = ()
    month: int | None = None
    day: int | None = None
    until_at: datetime | None = None
    week_start: int = 0

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
            week_start = WEEKDAYS.index(parts.get("WKST", "MO"))
            until_at = _moment(parts.get("UNTIL", ""))
        except ValueError:
            return None
        interval = numbers.get("INTERVAL", 1)
        if interval < 1 or (weekdays and parts["FREQ"] not in ("DAILY", "WEEKLY")):
            return None
        month, day = numbers.get("BYMONTH"), numbers.get("BYMONTHDAY")
        return Rule(parts["FREQ"], interval, numbers.get("COUNT"), until, weekdays, month, day, until_at, week_start)

    def ending(self, start: datetime | None) -> Rule:
        """The rule with the last day of a series that begins at that time of its own zone."""
        if self.until_at is None or start is None or start.tzinfo is None:
            return self
        try:
            last = self.until_at.astimezone(start.tzinfo)
            too_late = start.replace(year=last.year, month=last.month, day=last.day) > last
            return self._replace(until=last.date() - timedelta(days=too_late))
        except OverflowError:
            return self


def _moment(text: str) -> datetime | None:
    """`20261018T035959Z`; None for a day, or a time without the Z. Raises ValueError."""
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if text.endswith("Z") else None


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
    steps = sorted((weekday - rule.week_start) % 7 for weekday in rule.weekdays or (start.weekday(),))
    gone = (start.weekday() - rule.week_start) % 7  # days of the week that the series begins in
    for number in count():
        for step in steps:
            ahead = number * rule.interval * 7 + step - gone
            if ahead >= 0:
                yield start + timedelta(days=ahead)


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
