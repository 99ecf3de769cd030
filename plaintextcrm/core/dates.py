"""ISO days, partial dates, cadences and spoken dates (docs/format.md, "Dates" and "How often"). Only days; no time zones."""

from __future__ import annotations

import re
from datetime import date

from plaintextcrm.core.model import NEVER, Cadence, PartialDate

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FULL_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
FULL_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NO_YEAR = (0, 1, 1604)  # 1604 is Apple's; 0000 and 0001 are other address books'

_ISO = r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})\Z"
_LINKED = r"\[\[(?:[^\[\]|]*/)?([^\[\]|/]+)(?:\|[^\[\]]*)?\]\]\Z"
_CUT_TIME = r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9]{1,2}:[0-9]{2}"
_DMY = r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})\Z"


def iso_day(text: str) -> date | None:
    """A day written year first with one of `-`, `/`, `.` throughout, or None."""
    match = re.match(_ISO, text)
    return day_or_none(int(match[1]), int(match[3]), int(match[4])) if match else None


def day_or_none(year: int, month: int, day: int) -> date | None:
    """That day, or None where the calendar has none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_length(year: int, month: int) -> int:
    """28 to 31."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def key_day(text: str) -> date | None:
    """The day of a date key: a date, a date-time (cut) or a linked date."""
    text = text.strip()
    linked = re.match(_LINKED, text)
    if linked:
        text = linked[1]
    timed = re.match(_CUT_TIME, text)
    return iso_day(timed[1] if timed else text)


def iso_forms(text: str) -> tuple[str, ...]:
    """What a day written day or month first may mean, in ISO: `20/11/2026` gives one form, `5/6/2026` two."""
    match = re.match(_DMY, text.strip())
    if not match:
        return ()
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    days = (day_or_none(year, second, first), day_or_none(year, first, second))
    return tuple(dict.fromkeys(day.isoformat() for day in days if day))


# --- how often -----------------------------------------------------------------------------------------------------

UNITS = {"d": "day", "day": "day", "w": "week", "wk": "week", "week": "week", "m": "month", "mo": "month",
          "month": "month", "y": "year", "yr": "year", "year": "year"}  # fmt: skip
# Patterns are texts: `re` compiles them at their first use, which most runs never come to.
_WORDS = {
    "daily": Cadence(1, "day"), "weekly": Cadence(1, "week"), "fortnightly": Cadence(2, "week"),
    "monthly": Cadence(1, "month"), "quarterly": Cadence(3, "month"), "half-yearly": Cadence(6, "month"),
    "yearly": Cadence(1, "year"), "annually": Cadence(1, "year"), "never": NEVER,
}  # fmt: skip
NUMBER_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
            "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "other": 2}  # fmt: skip
_SPAN = r"(?:every\s+)?(?:([0-9]{1,6})\s*|([a-z]+)\s+)?([a-z]+)\Z"
_TIMES = r"(?:([0-9]{1,5})\s*(?:x|times)|(once|twice)|([a-z]+)\s+times)(?:\s*/\s*|\s+(?:a|per|every)\s+)year\Z"
_MOST = {"day": 36525, "week": 5218, "month": 1200, "year": 100}  # 100 years


def parse_cadence(text: str) -> Cadence | None:
    """`30`, `2w`, `every 3 weeks`, `quarterly`, `4x/year`, `never` …; None if not understood or not in 1 day..100 years."""
    words = " ".join(text.lower().split())
    if words.isascii() and words.isdigit() and len(words) <= 6:
        return _bounded(int(words), "day")
    if words in _WORDS:
        return _WORDS[words]
    times = re.match(_TIMES, words)
    if times:
        count = int(times[1]) if times[1] else {"once": 1, "twice": 2}.get(times[2]) or NUMBER_WORDS.get(times[3], 0)
        return _times_a_year(count)
    span = re.match(_SPAN, words)
    if span is None:
        return None
    amount, unit = span[1] or span[2], unit_of(span[3])
    if unit is None:
        return None
    if amount is None:
        return _bounded(1, unit) if words.startswith("every ") else None
    return _bounded(int(amount) if amount.isdigit() else NUMBER_WORDS.get(amount, 0), unit)


def unit_of(word: str) -> str | None:
    """`day`, `week`, `month` or `year` for any way to write it, or None."""
    return UNITS.get(word) or (UNITS.get(word[:-1]) if word.endswith("s") and len(word) > 2 else None)


def _bounded(count: int, unit: str) -> Cadence | None:
    return Cadence(count, unit) if 1 <= count <= _MOST[unit] else None


def _times_a_year(count: int) -> Cadence | None:
    if not 1 <= count <= 365:
        return None
    if 12 % count == 0:
        return Cadence(12 // count, "month") if count > 1 else Cadence(1, "year")
    return Cadence(round(365 / count), "day")


def cadence_text(cadence: Cadence) -> str:
    """The canonical spelling, which parses back: `3 months`, `1 year`, `never`."""
    if cadence.unit == "never":
        return "never"
    return f"{cadence.count} {cadence.unit}{'' if cadence.count == 1 else 's'}"


def cadence_words(cadence: Cadence) -> str:
    """As it is shown: `every 3 months`, `every week`, `never`."""
    if cadence.unit == "never":
        return "never"
    return f"every {cadence.unit}" if cadence.count == 1 else f"every {cadence_text(cadence)}"


def add(day: date, cadence: Cadence, times: int = 1) -> date:
    """`day` plus that many cadences by the calendar: 31 January + 1 month is the end of February; stays within 1..9999."""
    count = cadence.count * times
    if cadence.unit in ("day", "week"):
        return plus_days(day, count if cadence.unit == "day" else 7 * count)
    months = day.year * 12 + day.month - 1 + (count if cadence.unit == "month" else 12 * count)
    year, month = divmod(months, 12)
    if year > 9999:
        return date.max
    if year < 1:
        return date.min
    return date(year, month + 1, min(day.day, month_length(year, month + 1)))


def plus_days(day: date, days: int) -> date:
    """`day` + `days`, held within the calendar."""
    ordinal = day.toordinal() + days
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))


# --- partial dates -------------------------------------------------------------------------------------------------

_PARTIALS = (
    (r"([0-9]{4}|\?{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ].*)?\Z", "ymd"),
    (r"([0-9]{4})[/.]([0-9]{1,2})[/.]([0-9]{1,2})\Z", "ymd"),
    (r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T.*)?\Z", "ymd"),
    (r"--([0-9]{2})-?([0-9]{2})\Z", "md"),
    (r"--([0-9]{2})\Z", "m"),
    (r"([0-9]{2})-([0-9]{2})\Z", "md"),
    (r"([0-9]{4})-([0-9]{2})\Z", "ym"),
    (r"~?([0-9]{4})\Z", "y"),
)
DAY_FIRST = r"([0-9]{1,2})\.?\s+([A-Za-z]{3,9})\.?(?:,?\s+([0-9]{4}))?\Z"
MONTH_FIRST = r"([A-Za-z]{3,9})\.?\s+([0-9]{1,2})(?:,?\s+([0-9]{4}))?\Z"


def parse_partial(text: str) -> PartialDate | None:
    """A birthday as written (`1980-05-12`, `--05-12`, `1980`, `12 May`), or None where it would be a guess or no such day."""
    text = text.strip()
    linked = re.match(_LINKED, text)
    if linked:
        text = linked[1].strip()
    for pattern, shape in _PARTIALS:
        match = re.match(pattern, text)
        if match:
            parts = dict(zip(shape, match.groups(), strict=True))
            if shape == "y" and text[0] == "0":  # 0512 is a month and a day without a mark: a question, not a year
                return None
            year = int(parts["y"]) if parts.get("y", "????") != "????" else None
            return _partial(year, int(parts.get("m") or 0) or None, int(parts.get("d") or 0) or None, shape)
    for pattern, order in ((DAY_FIRST, (1, 2)), (MONTH_FIRST, (2, 1))):
        match = re.match(pattern, text)
        if match:
            month = month_of(match[order[1]])
            return _partial(int(match[3]) if match[3] else None, month, int(match[order[0]]), "md") if month else None
    return None


def _partial(year: int | None, month: int | None, day: int | None, shape: str) -> PartialDate | None:
    if year in NO_YEAR:
        year = None
    if "m" in shape and (month is None or not 1 <= month <= 12):
        return None
    if "d" in shape and (day is None or day_or_none(year or 2000, month or 0, day) is None):
        return None
    if year is None and month is None:
        return None
    return PartialDate(year, month, day)


def month_of(word: str) -> int | None:
    """1..12 for an English month name or its first three letters, or None."""
    word = word.lower().rstrip(".")
    if word in FULL_MONTHS:
        return FULL_MONTHS.index(word) + 1
    if word in MONTHS:
        return MONTHS.index(word) + 1
    return 9 if word == "sept" else None


def partial_text(value: PartialDate) -> str:
    """ISO as far as known, which parses back: `1980-05-12`, `--05-12`, `1980-05`, `--05`, `1980`, `~0885`."""
    year, month, day = value
    if month is None:
        return f"{year:04d}" if year is None or year >= 1000 else f"~{year:04d}"
    if day is None:
        return f"{year:04d}-{month:02d}" if year is not None else f"--{month:02d}"
    return f"{year:04d}-{month:02d}-{day:02d}" if year is not None else f"--{month:02d}-{day:02d}"


def last_day(value: PartialDate) -> date | None:
    """The last day a partial date may mean (a year alone: 31 December); None without a year."""
    if value.year is None:
        return None
    month = value.month or 12
    return day_or_none(value.year, month, value.day or month_length(value.year, month))


def yearly(month: int, day: int, year: int, leap_day: str = "feb28") -> date:
    """That day in that year; 29 February falls on 28 February or 1 March in the other years."""
    if month == 2 and day == 29 and month_length(year, 2) == 28:
        return date(year, 3, 1) if leap_day == "mar1" else date(year, 2, 28)
    return date(year, month, day)


# --- days in words -------------------------------------------------------------------------------------------------


def day_words(day: date, today: date) -> str:
    """`Tue 24 Nov` within a year of today, else `19 Feb 2027`."""
    month = MONTHS[day.month - 1].capitalize()
    if abs((day - today).days) < 180:
        return f"{WEEKDAYS[day.weekday()].capitalize()} {day.day} {month}"
    return f"{day.day} {month} {day.year}"


def long_day(day: date) -> str:
    """`Saturday 21 November 2026`."""
    return f"{FULL_WEEKDAYS[day.weekday()].capitalize()} {day.day} {FULL_MONTHS[day.month - 1].capitalize()} {day.year}"


def span_words(days: int) -> str:
    """A length of time as people say it: `today`-less `3 days`, `6 weeks` up to 9, months up to 24, then years."""
    for size, most, unit in ((1, 13, "day"), (7, 69, "week"), (30.44, 745, "month")):
        if days <= most:
            count = max(1, int(days / size)) if days else 0
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{int(days / 365.25)} years"


def time_since(first: date, today: date) -> str:
    """`span_words`, with the months and years of the calendar: ten years on the very day, not a day after."""
    days = (today - first).days
    if days <= 69:
        return span_words(days)
    months = 12 * (today.year - first.year) + today.month - first.month - (today.day < first.day)
    return f"{months} months" if days <= 745 else f"{months // 12} years"
