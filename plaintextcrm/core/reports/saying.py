"""Small words that reports share: a number with its noun, names in a row, a sum of money as it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence


def many(count: int, one: str, more: str = "") -> str:
    """`1 person`, `2 people`; without `more` an s is added."""
    return f"{count:,} {one if count == 1 else more or f'{one}s'}"


def listed(names: Sequence[str], most: int = 3) -> str:
    """`Ada, Bob and Cleo`, `Ada, Bob, Cleo and 4 more`."""
    shown, left = list(names[:most]), len(names) - most
    if left > 0:
        shown.append(f"{left} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


def number(value: float) -> str:
    """With one decimal where it says something: `10`, `3.4`, `0.05`."""
    if value and abs(value) < 0.1:
        return f"{value:.2f}"
    return f"{value:.1f}".removesuffix(".0")


def numbered(value: float, noun: str) -> str:
    """`1 hour`, `3.4 hours`, `0.05 hours`."""
    said = number(value)
    return f"{said} {noun}{'' if said == '1' else 's'}"


def amount(text: str | None) -> float:
    """`[value:: 12000]` as a number: also `12,000`, `12.000`, `12 000.50` and `99,5`; 0 where it is none.

    A sign before three digits parts thousands: nobody writes a sum of money with three decimals.
    """
    plain = re.sub(r"[ _\u00a0\u202f]", "", text or "")
    match = re.fullmatch(r"([1-9][0-9]{0,2}(?:[.,][0-9]{3})+|[0-9]{1,15})(?:[.,]([0-9]{1,9}))?", plain)
    if not match or len(match[1]) > 19:
        return 0.0
    return float(f"{re.sub('[.,]', '', match[1])}.{match[2] or 0}")
