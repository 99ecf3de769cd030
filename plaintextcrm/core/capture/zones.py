"""Time zones as a calendar defines them itself (RFC 5545, VTIMEZONE): Outlook's names are known to nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo

from plaintextcrm.core.capture.recurring import WEEKDAYS
from plaintextcrm.core.dates import month_length
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple

MOST_CHANGES = 500  # of one zone
_OFFSET = pattern(r"([+-])([01]\d|2[0-3])([0-5]\d)([0-5]\d)?")
_DAY = pattern(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_RULE = {"FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "UNTIL", "WKST"}


class Yearly(NamedTuple):
    """A day of each year: of the days of a month, or of some of them, those of one weekday (None: any), and of these the one at `place`."""

    month: int
    month_days: tuple[int, ...] = ()
    weekday: int | None = None
    place: int = 0
    until: date = date.max

    def on(self, year: int) -> date | None:
        """The day in that year; None where it has none, or the rule has ended."""
        days = [date(year, self.month, day) for day in range(1, month_length(year, self.month) + 1)]
        fit = [day for day in days if (not self.month_days or day.day in self.month_days) and self.weekday in (None, day.weekday())]
        found = fit[self.place] if -len(fit) <= self.place < len(fit) else None
        return found if found and found - timedelta(days=1) <= self.until else None  # `until` is a day in Greenwich


class Change(NamedTuple):
    """The clocks are set, once or each year from then on; `first` is as the clocks `before` have it, and they are ahead of Greenwich."""

    first: datetime
    before: timedelta
    after: timedelta
    rule: Yearly | None = None

    def last_by(self, clocks: datetime) -> datetime | None:
        """The last time it happened by then; None where that was never."""
        if clocks < self.first:
            return None
        if self.rule:
            newest = min(clocks.year, self.rule.until.year)
            for year in range(newest, max(newest - 2, self.first.year - 1), -1):
                day = self.rule.on(year)
                at = self.first.replace(year=day.year, month=day.month, day=day.day) if day else None
                if at and self.first <= at <= clocks:
                    return at
        return self.first


class Zone(tzinfo):
    """A zone by its changes, of which there is one at least."""

    def __init__(self, name: str, changes: tuple[Change, ...]) -> None:
        self.name, self.changes = name, changes

    def _ahead(self, clocks: datetime) -> timedelta:
        """How far the clocks are ahead of Greenwich when they show that."""
        last = max(((at, change.after) for change in self.changes if (at := change.last_by(clocks))), default=None)
        return last[1] if last else min(self.changes, key=lambda change: change.first).before

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        """See `tzinfo`."""
        return self._ahead(dt.replace(tzinfo=None)) if dt else None

    def dst(self, dt: datetime | None) -> None:
        """Nobody asks."""

    def tzname(self, dt: datetime | None) -> str:
        """As the calendar calls it."""
        return self.name

    def fromutc(self, dt: datetime) -> datetime:
        """What the clocks show then. Raises OverflowError."""
        greenwich = dt.replace(tzinfo=None)
        ahead = sorted({change.after for change in self.changes} | {self.changes[0].before}, reverse=True)
        shown = next((at for by in ahead if self._ahead(at := greenwich + by) == by), greenwich + self._ahead(greenwich))
        return shown.replace(tzinfo=self)


def zone(name: str, lines: Iterable[tuple[str, str]]) -> Zone | None:
    """The zone of the (property, value) pairs of a VTIMEZONE; None where they say what these can not."""
    changes: list[Change] = []
    said: dict[str, str] = {}
    dates: list[str] = []
    try:
        for key, value in lines:
            if key == "BEGIN":
                said, dates = {}, []
            elif key == "RDATE":
                dates += value.split(",")
            elif key == "END" and value.upper() in ("STANDARD", "DAYLIGHT"):
                before, after = _offset(said["TZOFFSETFROM"]), _offset(said["TZOFFSETTO"])
                changes.append(Change(_moment(said["DTSTART"]), before, after, _yearly(said["RRULE"]) if "RRULE" in said else None))
                changes += (Change(_moment(text), before, after) for text in dates)
            else:
                said[key] = value.strip()
            if len(changes) > MOST_CHANGES:
                return None
    except (KeyError, ValueError):
        return None
    return Zone(name, tuple(changes)) if changes else None


def _offset(text: str) -> timedelta:
    """`+0100`. Raises ValueError."""
    match = _OFFSET.fullmatch(text)
    if not match:
        raise ValueError(text)
    ahead = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    return -ahead if match[1] == "-" else ahead


def _moment(text: str) -> datetime:
    """`16010101T030000`. Raises ValueError."""
    return datetime.strptime(text.strip(), "%Y%m%dT%H%M%S")


def _yearly(text: str) -> Yearly:
    """`FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU`. Raises ValueError, KeyError where it is no plain rule."""
    parts = dict(part.split("=", 1) for part in text.upper().split(";") if "=" in part)
    day, month = _DAY.fullmatch(parts.get("BYDAY", "SU")), int(parts["BYMONTH"])
    if not parts.keys() <= _RULE or parts["FREQ"] != "YEARLY" or parts.get("INTERVAL", "1") != "1" or not day or not 1 <= month <= 12:
        raise ValueError(text)
    month_days = tuple(int(part) for part in parts.get("BYMONTHDAY", "").split(",") if part)
    place = int(day[1] or 1)
    until = datetime.strptime(parts["UNTIL"][:8], "%Y%m%d").date() if "UNTIL" in parts else date.max
    weekday = WEEKDAYS.index(day[2]) if "BYDAY" in parts else None
    return Yearly(month, month_days, weekday, place - 1 if place > 0 else place, until)
