"""`ptcrm.toml` -> (Settings, problems): a mistake is named with its line and the default holds (docs/format.md, "Settings")."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from plaintextcrm.core.dates import key_day, last_day, parse_cadence, parse_partial
from plaintextcrm.core.kinds import STANDARD, Kind, KindTable, kind_table
from plaintextcrm.core.model import NEVER, Cadence, Location, Problem

FILE = "ptcrm.toml"
LOCAL_FILE = "ptcrm.local.toml"


class Tier(NamedTuple):
    """How often, and how heavy in the due list."""

    name: str
    cadence: Cadence
    weight: float


class Teammate(NamedTuple):
    """One of us; `leaves` is the last day, if it is known."""

    id: str
    name: str = ""
    email: str = ""
    leaves: date | None = None


class Me(NamedTuple):
    """Whose vault it is."""

    name: str = ""
    location: str = ""
    hobbies: tuple[str, ...] = ()
    ahead: str = ""


class Site(NamedTuple):
    """What the site shows."""

    out: str = "site"
    title: str = ""
    show_tier: bool = False
    private: tuple[str, ...] = ("phone", "address")
    reports: tuple[str, ...] = ("load", "new", "mix", "year")


STANDARD_TIERS = (
    Tier("A", Cadence(1, "month"), 3),
    Tier("B", Cadence(3, "month"), 2),
    Tier("C", Cadence(6, "month"), 1),
)


class Settings(NamedTuple):
    """Everything a vault may set, with what holds where it does not."""

    name: str = "My people"
    contacts: tuple[str, ...] = ("contacts",)
    only: str = ""
    since: date | None = None
    file_names: str = "slug"
    leap_day: str = "feb28"
    currency: str = "EUR"
    tiers: tuple[Tier, ...] = STANDARD_TIERS
    default_cadence: Cadence = NEVER
    per_week: int = 10
    soon_days: int = 7
    occasion_days: int = 7
    retry_days: int = 7
    newcomers: bool = True
    when: str = ""
    me: Me = Me()
    team: tuple[Teammate, ...] = ()
    handover_lead: str = ""
    kinds: tuple[Kind, ...] = ()
    places: tuple[tuple[str, tuple[str, ...]], ...] = ()
    log_order: str = "oldest"
    commit: bool = True
    site: Site = Site()

    @property
    def kind_table(self) -> KindTable:
        """Every spelling of a kind that a log of this vault may use."""
        return kind_table(self.kinds) if self.kinds else STANDARD

    def tier(self, word: str | None) -> Tier | None:
        """The tier of that name, compared without case; None where none is defined."""
        folded = (word or "").strip().casefold()
        return next((tier for tier in self.tiers if tier.name.casefold() == folded), None) if folded else None

    @property
    def highest_weight(self) -> float:
        """The weight of the tier that matters most."""
        return max((tier.weight for tier in self.tiers), default=1)


class _Wrong(Exception):
    """A value that a setting does not take: what would be right."""


def parse(text: str, local: str = "", path: str = FILE) -> tuple[Settings, tuple[Problem, ...]]:
    """The settings of the two files' texts, the local one over the other. TOML that does not parse leaves the defaults."""
    problems: list[Problem] = []
    data = _toml(text, path, problems)
    if local:
        _lay_over(data, _toml(local, LOCAL_FILE, problems))
    reader = _Reader(text, path, problems)
    return reader.settings(data), tuple(problems)


def _toml(text: str, path: str, problems: list[Problem]) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (max(1, text.count("\n")), 1)
        what = re.sub(r" \(at .*\)$", "", str(error))
        message = f"not readable as TOML: {what[:1].lower()}{what[1:]}; the defaults are used"
        problems.append(Problem(Location(path, line, column), "bad-settings", message))
        return {}


def _lay_over(below: dict[str, Any], above: dict[str, Any]) -> None:
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(key), dict):
            _lay_over(below[key], value)
        else:
            below[key] = value


class _Reader:
    """Values out of a table, each checked; the default where one is wrong."""

    def __init__(self, text: str, path: str, problems: list[Problem]) -> None:
        self.text, self.path, self.problems = text, path, problems

    def settings(self, data: dict[str, Any]) -> Settings:
        empty = Settings()
        self._unknown(data, "", set(_TOP) | set(_TABLES))
        top = {name: self.value(data, "", name, read, getattr(empty, name)) for name, read in _TOP.items()}
        due = self.table(data, "due", _DUE, empty)
        me = Me(**self.table(data, "me", _ME, empty.me))
        site = Site(**self.table(data, "site", _SITE, empty.site))
        log = self.table(data, "log", {"order": _one_of("oldest", "newest")}, _Defaults(order="oldest"))
        git = self.table(data, "git", {"commit": _bool}, _Defaults(commit=True))
        lead = self.table(data, "handover", {"lead": _text}, _Defaults(lead=""))
        return Settings(
            **top, **due, me=me, site=site, log_order=log["order"], commit=git["commit"], handover_lead=lead["lead"],
            tiers=self.tiers(data), team=self.team(data), kinds=self.kinds(data), places=self.places(data),
        )  # fmt: skip

    def wrong(self, table: str, key: str, message: str, severity: str = "error") -> None:
        line = _line_of(self.text, table, key)
        self.problems.append(Problem(Location(self.path, line), "bad-settings", message, None, severity))

    def value(self, data: Mapping[str, Any], table: str, key: str, read: Callable[[Any], Any], default: Any) -> Any:
        if key not in data:
            return default
        try:
            return read(data[key])
        except _Wrong as right:
            shown = data[key].isoformat() if isinstance(data[key], date) else data[key]
            self.wrong(table, key, f"{key} = {shown!r}: {right}; the default is used")
            return default

    def _unknown(self, data: Mapping[str, Any], table: str, known: set[str]) -> None:
        for key in data:
            if key not in known:
                place = f" in [{table}]" if table else ""
                self.wrong(table, key, f'no setting is called "{key}"{place}: see docs/format.md', "warning")

    def tables(self, data: Mapping[str, Any], name: str) -> dict[str, Any]:
        found = data.get(name, {})
        if isinstance(found, dict):
            return found
        self.wrong("", name, f"{name} is a table: write [{name}] and its lines below it")
        return {}

    def table(self, data: Mapping[str, Any], name: str, keys: Mapping[str, Callable[[Any], Any]], defaults: Any) -> dict[str, Any]:
        found = self.tables(data, name)
        self._unknown(found, name, set(keys))
        return {key: self.value(found, name, key, read, getattr(defaults, key)) for key, read in keys.items()}

    def tiers(self, data: Mapping[str, Any]) -> tuple[Tier, ...]:
        if "tiers" not in data:
            return STANDARD_TIERS
        found = []
        for name, value in self.tables(data, "tiers").items():
            if isinstance(value, str):
                value = {"cadence": value}
            if not isinstance(value, dict):
                self.wrong("tiers", name, f'{name} = {value!r}: write {{ cadence = "1 month", weight = 1 }}')
                continue
            self._unknown(value, "tiers", {"cadence", "weight"})
            cadence = self.value(value, "tiers", "cadence", _cadence, NEVER)
            found.append(Tier(name, cadence, self.value(value, "tiers", "weight", _weight, 1)))
        return tuple(found)

    def team(self, data: Mapping[str, Any]) -> tuple[Teammate, ...]:
        found = []
        for name, value in self.tables(data, "team").items():
            if not isinstance(value, dict):
                self.wrong("team", name, f"write [team.{name}] and its lines below it")
                continue
            keys = {"name": _text, "email": _text, "leaves": _leaves}
            self._unknown(value, f"team.{name}", set(keys))
            facts = {key: self.value(value, f"team.{name}", key, read, None) for key, read in keys.items()}
            found.append(Teammate(name, facts["name"] or name, facts["email"] or "", facts["leaves"]))
        return tuple(found)

    def kinds(self, data: Mapping[str, Any]) -> tuple[Kind, ...]:
        found = []
        for name, value in self.tables(data, "kinds").items():
            if not isinstance(value, dict) or not re.fullmatch(r"[^\W\d_]+(?:-[^\W\d_]+)*", name):
                self.wrong("kinds", name, f"{name}: a kind is a word of letters, = {{ touch = true, strength = 1, minutes = 30 }}")
                continue
            self._unknown(value, "kinds", {"touch", "strength", "minutes"})
            touch = self.value(value, "kinds", "touch", _bool, True)
            strength = self.value(value, "kinds", "strength", _count, 1)
            group = {3: "in person", 2: "voice"}.get(strength, "writing") if touch else "none"
            found.append(Kind(name.lower(), group, strength, self.value(value, "kinds", "minutes", _count, 10)))
        return tuple(found)

    def places(self, data: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        found = self.tables(data, "places")
        return tuple((name, self.value(found, "places", name, _texts, ())) for name in found)


class _Defaults:
    """Defaults of a table that is not a type of its own."""

    def __init__(self, **values: object) -> None:
        self.__dict__.update(values)


def _line_of(text: str, table: str, key: str) -> int:
    """The line in which a table sets a key, else the table's heading, else 1."""
    inside, heading = table == "", 1
    pattern = re.compile(rf"""\s*(?:[\w.-]+\s*=\s*\{{.*)?["']?{re.escape(key)}["']?\s*=|\s*\[\[?\s*(?:[\w.]+\.)?{re.escape(key)}\s*\]""")
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"\s*\[", line):
            inside = line.strip().strip("[]").strip() == table
            heading = number if inside else heading
        if (inside or table == "" or line.lstrip().startswith("[")) and pattern.match(line):
            return number
    return heading


# --- what a setting takes ------------------------------------------------------------------------------------------


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong("write text in quotes")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise _Wrong('write a list like ["one", "two"]')
    return tuple(value)


def _folders(value: Any) -> tuple[str, ...]:
    folders = tuple(folder.replace("\\", "/").strip("/") or "." for folder in _texts(value))
    if not folders or any(".." in folder.split("/") or folder.startswith("~") for folder in folders) or str(value).startswith("['/"):
        raise _Wrong('folders inside the vault, like ["contacts"]')
    return folders


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("write true or false")
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100_000:
        raise _Wrong("write a whole number")
    return value


def _weight(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1000:
        raise _Wrong("write a number, like 2")
    return value


def _cadence(value: Any) -> Cadence:
    cadence = parse_cadence(str(value)) if isinstance(value, str | int) else None
    if cadence is None:
        raise _Wrong("write it like 3w, 2 months, quarterly or never")
    return cadence


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    day = value if isinstance(value, date) else key_day(value) if isinstance(value, str) else None
    if day is None:
        raise _Wrong("write a day like 2026-11-21")
    return day


def _leaves(value: Any) -> date:
    partial = parse_partial(str(value)) if not isinstance(value, date) else None
    day = value if isinstance(value, date) else last_day(partial) if partial else None
    if day is None:
        raise _Wrong('write a day or a month like 2027-03-31 or "2027-03"')
    return day


def _one_of(*words: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in words:
            raise _Wrong(" or ".join(f'"{word}"' for word in words))
        return str(value)

    return read


_TOP: dict[str, Callable[[Any], Any]] = {
    "name": _text, "contacts": _folders, "only": _text, "since": _day, "currency": _text,
    "file_names": _one_of("slug", "name"), "leap_day": _one_of("feb28", "mar1"),
}  # fmt: skip
_TABLES = ("tiers", "due", "me", "team", "handover", "kinds", "places", "log", "git", "site")
_DUE: dict[str, Callable[[Any], Any]] = {
    "default_cadence": _cadence, "per_week": _count, "soon_days": _count, "occasion_days": _count, "retry_days": _count,
    "newcomers": _bool, "when": _text,
}  # fmt: skip
_ME: dict[str, Callable[[Any], Any]] = {"name": _text, "location": _text, "hobbies": _texts, "ahead": _text}
_SITE: dict[str, Callable[[Any], Any]] = {
    "out": _text, "title": _text, "show_tier": _bool, "private": _texts, "reports": _texts,
}  # fmt: skip
