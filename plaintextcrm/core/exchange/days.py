"""Days as programs write them, `5/27/1946` and `7-Feb-22` too, read only where they can mean one day."""

from __future__ import annotations

from collections.abc import Iterable

from plaintextcrm.core.dates import day_or_none, month_of, parse_partial, partial_text
from plaintextcrm.core.model import PartialDate
from plaintextcrm.core.patterns import pattern

_NUMBERS = pattern(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?:,?[ T].*)?\Z")
_NAMED = pattern(r"([0-9]{1,2})[-/. ]([A-Za-z]{3,9})[-/. ]([0-9]{4}|[0-9]{2})(?:,? .*)?\Z")
_EMPTY = pattern(r"(?:0{1,4}[/.-]0{1,2}[/.-]0{1,4}(?:[ T]00:00:00)?)?\Z")


def no_day(text: str) -> bool:
    """Whether a cell holds no day at all: empty, `0/0/00`, `0000-00-00 00:00:00`."""
    return bool(_EMPTY.match(text))


def read_day(text: str, order: str = "", century: int | None = None) -> str:
    """A day in ISO as far as it is known, "" where it is none or could mean two.

    `order` is the file's, "dmy" or "mdy"; a year of two digits is read only where the `century` is known (2000).
    """
    text = text.strip()
    if no_day(text):
        return ""
    numbers, named = _NUMBERS.match(text), _NAMED.match(text)
    if numbers:
        first, second = int(numbers[1]), int(numbers[3])
        day_first = numbers[2] == "." or order == "dmy"  # with points the day is first wherever they are written
        if not day_first and order != "mdy" and max(first, second) <= 12 and first != second:
            return ""
        if not day_first and order != "mdy":
            day_first = first > 12
        day, month = (first, second) if day_first else (second, first)
        return _day(numbers[4], month, day, century)
    if named:
        return _day(named[3], month_of(named[2]) or 0, int(named[1]), century)
    known = parse_partial(text)
    return partial_text(known) if known else ""


def _day(year: str, month: int, day: int, century: int | None) -> str:
    if len(year) == 2 and century is None:
        return ""
    full = int(year) if len(year) == 4 else (century or 0) + int(year)
    if full in (0, 1, 1604):  # no year, as other address books write it
        return partial_text(PartialDate(None, month, day)) if day_or_none(2000, month, day) else ""
    return partial_text(PartialDate(full, month, day)) if day_or_none(full, month, day) else ""


def deciding(texts: Iterable[str], wanted: str | None, name: str) -> tuple[str, tuple[str, ...]]:
    """(day or month first in this file, what is to be told): a part above 12 decides, else what the user says, else nothing."""
    orders: set[str] = set()
    unsure = ""
    for text in texts:
        numbers = _NUMBERS.match(text)
        if numbers and numbers[2] != ".":
            first, second = int(numbers[1]), int(numbers[3])
            orders |= {"dmy"} if first > 12 >= second else {"mdy"} if second > 12 >= first else set()
            if max(first, second) <= 12 and first != second:
                unsure = unsure or text
    if wanted or len(orders) == 1:
        return wanted or orders.pop(), ()
    if not unsure:
        return "", ()
    reason = "some of its days are written day first, some month first" if orders else "no day of it tells"
    return "", (f'{name}: "{unsure}" may be day or month first ({reason}): such days are kept as text; --date-order dmy or mdy tells',)
