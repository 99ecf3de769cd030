"""Lines that look like an entry or a task, and are none: nothing of them is read, so they are told."""

from __future__ import annotations

from datetime import date

from plaintextcrm.core.dates import day_or_none
from plaintextcrm.core.entries import LIST_ITEM, parse_text
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Location, Problem
from plaintextcrm.core.patterns import pattern

# `20.11.`, `20.11`, `20/11`, and with two digits of a year.
_SHORT = pattern(r"(\d{1,2})([./])(\d{1,2})(?:\2(\d\d)|(\.))?(?=[\s:,|—–=]|\Z)")
# `- [] x`, `-[ ] x`, `-[x] x`, `- [ ]x`, `[ ] x`; a link, `-[x](…)`, is none.
_NEARLY_TASK = pattern(r"([ \t]*)(?:([-*+])[ \t]*\[([ xX]?)\](?=[ \t]+\S)|([-*+])[ \t]+\[ \](?=\w)|\[ \](?=[ \t]+\S))[ \t]*")
_LEAP_YEAR = 2000


def short_day(line: str, path: str, where: int, kinds: KindTable = STANDARD) -> Problem | None:
    """The problem with a list item of a log whose day has no year, or two digits of it; or None.

    A number is taken for such a day where a full stop closes it, or a kind follows: `20.11.`, `20/11 call`.
    """
    item = LIST_ITEM.match(line)
    found = _SHORT.match(line, item.end()) if item and not item[4] else None
    if not item or not found:
        return None
    day_first, mark, year, closed = (int(found[1]), int(found[3])), found[2], found[4], found[5]
    orders = [day_first] if mark == "." else [day_first, day_first[::-1]]
    days = [day_or_none(2000 + int(year) if year else _LEAP_YEAR, month, day) for day, month in orders]
    right = list(dict.fromkeys(f"{day:%Y-%m-%d}" if year else f"YYYY-{day:%m-%d}" for day in days if day))
    plain = len(found[1]) == len(found[3]) == 2
    if not right or not (closed or (year and plain) or parse_text(line[found.end() :], date.min, kinds=kinds).kind):
        return None
    message = f'date "{found[0]}": write {" or ".join(right)}{"" if year else ", with its year"}'
    return Problem(Location(path, where, item.end() + 1), "odd-entry", message, None, "warning")


def nearly_task(line: str, path: str, where: int) -> Problem | None:
    """The problem with a line that would be a task with its blanks where they belong, with the corrected line; or None."""
    found = _NEARLY_TASK.match(line)
    if not found:
        return None
    indent, bullet = found[1], found[2] or found[4] or "-"
    fix = f"{indent}{bullet} [{found[3] or ' '}] {line[found.end() :]}"
    message = f'not read as a task: write "{bullet} [{found[3] or " "}] ", with its blanks'
    return Problem(Location(path, where, len(indent) + 1), "odd-task", message, fix, "warning")
