"""What each setting takes: a value as TOML has it -> the value of the setting, or what would be right."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from plaintextcrm.core.dates import FULL_WEEKDAYS, WEEKDAYS, key_day, last_day, parse_cadence, parse_partial
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.model import Cadence
from plaintextcrm.core.settings import Settings

REPORTS = ("quiet", "referrals", "give", "five", "load", "new", "mix", "introduce", "team", "handover", "tidy", "year")


class Wrong(Exception):
    """A value that a setting does not take: what would be right."""


def text(value: Any) -> str:
    """Text in quotes."""
    if not isinstance(value, str):
        raise Wrong("write text in quotes")
    return value


def texts(value: Any) -> tuple[str, ...]:
    """A list of texts; one text is a list of one."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise Wrong('write a list like ["one", "two"]')
    return tuple(value)


def words(value: Any) -> tuple[str, ...]:
    """A list of words; one text is split at its commas, as in a contact's file."""
    if isinstance(value, str):
        return tuple(word for word in (part.strip() for part in value.split(",")) if word)
    return texts(value)


def _private(value: Any) -> tuple[str, ...]:
    """Words, and whatever else a list holds as words: for one slip nothing that was to stay private is shown."""
    return words([str(part) for part in value] if isinstance(value, list) else value)


def _folders(value: Any) -> tuple[str, ...]:
    folders = tuple(folder.replace("\\", "/") for folder in texts(value))
    if not folders or not all(_is_inside(folder) for folder in folders):
        raise Wrong('folders inside the vault, like ["contacts"]')
    return tuple("/".join(part for part in folder.split("/") if part not in ("", ".")) or "." for folder in folders)


def _is_inside(folder: str) -> bool:
    is_absolute = folder.startswith(("/", "~")) or folder[1:2] == ":"
    return not is_absolute and ".." not in folder.split("/") and min(folder, default=" ") >= " "


def _own_folder(value: Any) -> str:
    """A folder for generated pages: what is above or beside the vault, or the vault itself, is none of ours to write to."""
    folder = text(value)
    (inside,) = _folders(folder) if _is_inside(folder.replace("\\", "/")) else (".",)
    if inside == ".":
        raise Wrong('a folder of its own inside the vault, like "site"')
    return inside


def _filter(value: Any) -> str:
    from plaintextcrm.core import query  # which needs Settings

    terms = text(value)
    try:
        query.parse(query.split(terms), Settings(), date(2000, 1, 1))
    except Usage as error:
        raise Wrong(str(error)) from None
    return terms


def boolean(value: Any) -> bool:
    """`true` or `false`."""
    if not isinstance(value, bool):
        raise Wrong("write true or false")
    return value


def count(value: Any) -> int:
    """A whole number, not below 0."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100_000:
        raise Wrong("write a whole number")
    return value


def weight(value: Any) -> float:
    """A number, not below 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1000:
        raise Wrong("write a number, like 2")
    return value


def cadence(value: Any) -> Cadence:
    """How often, as `3w` or `quarterly`."""
    cadence = parse_cadence(_with_numbers(value))
    if cadence is None:
        raise Wrong("write it like 3w, 2 months, quarterly or never")
    return cadence


def _with_numbers(value: Any) -> str:
    """A text, or a number as one: `30`, `2027`; nothing else."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1_000_000:
        return str(value)
    return value if isinstance(value, str) else ""


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    day = value if isinstance(value, date) else key_day(value) if isinstance(value, str) else None
    if day is None:
        raise Wrong("write a day like 2026-11-21")
    return day


def leaves(value: Any) -> date:
    """A day; of a month or a year its last one."""
    if isinstance(value, date):
        return _day(value)
    partial = parse_partial(_with_numbers(value))
    day = last_day(partial) if partial else None
    if day is None:
        raise Wrong('write a day or a month like 2027-03-31 or "2027-03"')
    return day


def _slot(value: Any) -> str:
    """A weekday and a time, as `mon 09:00`."""
    day, _, time = value.strip().lower().partition(" ") if isinstance(value, str) else ("", "", "")
    clock = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", time.strip())
    if value != "" and not (clock and (day in WEEKDAYS or day in FULL_WEEKDAYS)):
        raise Wrong('write a weekday and a time, like "mon 09:00"')
    return f"{day[:3]} {int(clock[1]):02}:{clock[2]}" if clock else ""


def _reports(value: Any) -> tuple[str, ...]:
    names = words(value)
    if not set(names) <= set(REPORTS):
        raise Wrong(f"the reports are {', '.join(REPORTS)}")
    return names


def one_of(*words: str) -> Callable[[Any], str]:
    """What reads one of these words."""

    def read(value: Any) -> str:
        if value not in words:
            raise Wrong(" or ".join(f'"{word}"' for word in words))
        return str(value)

    return read


TOP: dict[str, Callable[[Any], Any]] = {
    "name": text, "contacts": _folders, "only": _filter, "since": _day, "currency": text,
    "file_names": one_of("slug", "name"), "leap_day": one_of("feb28", "mar1"),
}  # fmt: skip
TABLES = ("tiers", "due", "me", "team", "handover", "kinds", "places", "log", "git", "site")
DUE: dict[str, Callable[[Any], Any]] = {
    "default_cadence": cadence, "per_week": count, "soon_days": count, "occasion_days": count, "retry_days": count,
    "newcomers": boolean, "when": _slot,
}  # fmt: skip
ME: dict[str, Callable[[Any], Any]] = {"name": text, "location": text, "hobbies": words, "ahead": text, "email": words}
SITE: dict[str, Callable[[Any], Any]] = {
    "out": _own_folder, "title": text, "show_tier": boolean, "private": _private, "reports": _reports,
}  # fmt: skip
