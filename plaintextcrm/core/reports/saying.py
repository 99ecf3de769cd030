"""Small words that reports share: a number with its noun, names in a row."""

from __future__ import annotations

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
