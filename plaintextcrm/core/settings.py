"""`ptcrm.toml` -> (Settings, problems): a mistake is named with its line and the default holds (docs/format.md, "Settings")."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any

from plaintextcrm.core.dates import FULL_WEEKDAYS, WEEKDAYS, key_day, last_day, parse_cadence, parse_partial
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.kinds import STANDARD, Kind, KindTable, kind_table
from plaintextcrm.core.model import NEVER, Cadence, Location, Problem
from plaintextcrm.core.record import NamedTuple

FILE = "ptcrm.toml"
LOCAL_FILE = "ptcrm.local.toml"
REPORTS = ("quiet", "referrals", "give", "five", "load", "new", "mix", "introduce", "team", "handover", "tidy", "year")


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
    email: tuple[str, ...] = ()


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
    files = [_read(text, path, problems)]
    if local:
        files.append(_read(local, LOCAL_FILE, problems))
        _lay_over(files[0].data, files[1].data)
    return _Reader(files, problems).settings(files[0].data), tuple(problems)


_Keys = tuple[str, ...]
"""Where a value is: `("tiers", "A", "cadence")`."""


class _File(NamedTuple):
    """One file as read; `text` is empty where it is no TOML."""

    path: str
    text: str
    data: dict[str, Any]


def _read(text: str, path: str, problems: list[Problem]) -> _File:
    import tomllib

    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        return _File(path, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (max(1, text.count("\n")), 1)
        what = re.sub(r" \(at .*\)$", "", str(error))
        what = what[:1].lower() + what[1:]
    except (RecursionError, ValueError) as error:  # neither says where: most likely in the longest line
        line, column = 1 + max(enumerate(text.split("\n")), key=lambda numbered: len(numbered[1]))[0], 1
        what = "brackets nested too deep" if isinstance(error, RecursionError) else "a number of too many digits"
    problems.append(Problem(Location(path, line, column), "bad-settings", f"not readable as TOML: {what}; the defaults are used"))
    return _File(path, "", {})


def _lay_over(below: dict[str, Any], above: dict[str, Any]) -> None:
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(key), dict):
            _lay_over(below[key], value)
        else:
            below[key] = value


class _Reader:
    """Values out of a table, each checked; the default where one is wrong."""

    def __init__(self, files: list[_File], problems: list[Problem]) -> None:
        self.files, self.problems = files, problems
        self.lines: list[dict[_Keys, int]] = []  # of each file, made for the first mistake

    def settings(self, data: dict[str, Any]) -> Settings:
        empty = Settings()
        self._unknown(data, (), {*_TOP, *_TABLES})
        top = {name: self.value(data, (), name, read, getattr(empty, name)) for name, read in _TOP.items()}
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

    def wrong(self, keys: _Keys, message: str, severity: str = "error") -> None:
        self.problems.append(Problem(self.place(keys), "bad-settings", message, None, severity))

    def place(self, keys: _Keys) -> Location:
        """The line that sets it, in the file that has the last word on it."""
        self.lines = self.lines or [_lines_of(file.text) for file in self.files]
        for file, lines in zip(reversed(self.files), reversed(self.lines), strict=True):
            if keys in lines:
                return Location(file.path, lines[keys])
        return Location(self.files[0].path)

    def value(self, data: Mapping[str, Any], table: _Keys, key: str, read: Callable[[Any], Any], default: Any) -> Any:
        if key not in data:
            return default
        try:
            return read(data[key])
        except _Wrong as right:
            self.wrong((*table, key), f"{key} = {_shown(data[key])}: {right}; the default is used")
            return default

    def _unknown(self, data: Mapping[str, Any], table: _Keys, known: Collection[str]) -> None:
        for key in data:
            if key not in known:
                place = f" in [{'.'.join(table)}]" if table else ""
                self.wrong((*table, key), f'no setting is called "{key}"{place}: see docs/format.md', "warning")

    def tables(self, data: Mapping[str, Any], name: str) -> dict[str, Any] | None:
        """That table; None where there is none."""
        found = data.get(name)
        if found is None or isinstance(found, dict):
            return found
        self.wrong((name,), f"{name} is a table: write [{name}] and its lines below it")
        return None

    def table(self, data: Mapping[str, Any], name: str, keys: Mapping[str, Callable[[Any], Any]], defaults: Any) -> dict[str, Any]:
        found = self.tables(data, name) or {}
        self._unknown(found, (name,), keys)
        return {key: self.value(found, (name,), key, read, getattr(defaults, key)) for key, read in keys.items()}

    def tiers(self, data: Mapping[str, Any]) -> tuple[Tier, ...]:
        tables = self.tables(data, "tiers")
        if tables is None:
            return STANDARD_TIERS
        found = []
        for name, value in tables.items():
            at = ("tiers", name)
            if isinstance(value, str):
                found.append(Tier(name, self.value(tables, ("tiers",), name, _cadence, NEVER), 1))
            elif isinstance(value, dict):
                self._unknown(value, at, ("cadence", "weight"))
                cadence = self.value(value, at, "cadence", _cadence, NEVER)
                found.append(Tier(name, cadence, self.value(value, at, "weight", _weight, 1)))
            else:
                self.wrong(at, f'{name} = {_shown(value)}: write {{ cadence = "1 month", weight = 1 }}')
        return tuple(found)

    def team(self, data: Mapping[str, Any]) -> tuple[Teammate, ...]:
        found = []
        for name, value in (self.tables(data, "team") or {}).items():
            at = ("team", name)
            if not isinstance(value, dict):
                self.wrong(at, f"{name} = {_shown(value)}: write [team.{name}] and its lines below it")
                continue
            keys = {"name": _text, "email": _text, "leaves": _leaves}
            self._unknown(value, at, keys)
            facts = {key: self.value(value, at, key, read, None) for key, read in keys.items()}
            found.append(Teammate(name, facts["name"] or name, facts["email"] or "", facts["leaves"]))
        return tuple(found)

    def kinds(self, data: Mapping[str, Any]) -> tuple[Kind, ...]:
        found = []
        for name, value in (self.tables(data, "kinds") or {}).items():
            at = ("kinds", name)
            if not isinstance(value, dict) or not re.fullmatch(r"[^\W\d_]+(?:-[^\W\d_]+)*", name):
                self.wrong(at, f"{name}: a kind is a word of letters, = {{ touch = true, strength = 1, minutes = 30 }}")
                continue
            self._unknown(value, at, ("touch", "strength", "minutes"))
            touch = self.value(value, at, "touch", _bool, True)
            strength = self.value(value, at, "strength", _count, 1)
            group = {3: "in person", 2: "voice"}.get(strength, "writing") if touch else "none"
            found.append(Kind(name.lower(), group, strength, self.value(value, at, "minutes", _count, 10)))
        return tuple(found)

    def places(self, data: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        found = self.tables(data, "places") or {}
        return tuple((name, self.value(found, ("places",), name, _texts, ())) for name in found)


class _Defaults:
    """Defaults of a table that is not a type of its own."""

    def __init__(self, **values: object) -> None:
        self.__dict__.update(values)


def _shown(value: Any) -> str:
    """A value in a message, not too long."""
    if isinstance(value, bool):
        return str(value).lower()
    try:
        text = value.isoformat() if hasattr(value, "isoformat") else repr(value)
    except ValueError:  # Python prints no number of more than 4300 digits
        text = "a number of too many digits"
    return text if len(text) <= 80 else f"{text[:77]}..."


# --- where a setting stands ----------------------------------------------------------------------------------------

_TOKEN = (
    r'"{3}(?:\\.|[^\\])*?"{3,5}' r"|'{3}.*?'{3,5}"  # texts of several lines
    r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'"
    r"|#[^\n]*|[\n\[\]{}=,]|[A-Za-z0-9_-]+"
)  # fmt: skip


def _lines_of(text: str) -> dict[_Keys, int]:
    """The line in which each key and table of a sound TOML text first stands, those of inline tables and dotted keys too."""
    found: dict[_Keys, int] = {}
    line = 1
    table: _Keys = ()
    parts: _Keys = ()  # of the key that is being read
    within: list[_Keys | None] = []  # the open brackets: the keys of an inline table, None for an array and all in it
    in_heading = in_value = False

    def note(base: _Keys) -> _Keys:
        for count in range(1, len(parts) + 1):
            found.setdefault((*base, *parts[:count]), line)
        return (*base, *parts)

    for token in re.findall(_TOKEN, text, re.DOTALL):
        base = within[-1] if within else table
        if token in ("}", "]") and within:
            within.pop()
        elif token in ("{", "[") and in_value:
            within.append((*base, *parts) if token == "{" and base is not None else None)
            parts, in_value = (), within[-1] is None
        elif token == "[":
            parts, in_heading = (), True
        elif token == "]" and in_heading:
            table, in_heading = note(()), False
        elif (token == "\n" and not within) or (token == "," and base is not None):
            parts, in_value = (), False
        elif token == "=" and base is not None and not in_value:
            note(base)
            in_value = True
        elif not in_value and token[0] not in "#\n]":
            parts = (*parts, _key(token))
        line += token.count("\n")
    return found


def _key(token: str) -> str:
    import tomllib

    return str(tomllib.loads(f"key = {token}")["key"]) if token[0] in "\"'" else token


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
    folders = tuple(folder.replace("\\", "/") for folder in _texts(value))
    if not folders or not all(_is_inside(folder) for folder in folders):
        raise _Wrong('folders inside the vault, like ["contacts"]')
    return tuple("/".join(part for part in folder.split("/") if part not in ("", ".")) or "." for folder in folders)


def _is_inside(folder: str) -> bool:
    is_absolute = folder.startswith(("/", "~")) or folder[1:2] == ":"
    return not is_absolute and ".." not in folder.split("/") and min(folder, default=" ") >= " "


def _own_folder(value: Any) -> str:
    """A folder for generated pages: what is above or beside the vault, or the vault itself, is none of ours to write to."""
    folder = _text(value)
    (inside,) = _folders(folder) if _is_inside(folder.replace("\\", "/")) else (".",)
    if inside == ".":
        raise _Wrong('a folder of its own inside the vault, like "site"')
    return inside


def _filter(value: Any) -> str:
    from plaintextcrm.core import query  # which needs Settings

    text = _text(value)
    try:
        query.parse(query.split(text), Settings(), date(2000, 1, 1))
    except Usage as error:
        raise _Wrong(str(error)) from None
    return text


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
    cadence = parse_cadence(_with_numbers(value))
    if cadence is None:
        raise _Wrong("write it like 3w, 2 months, quarterly or never")
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
        raise _Wrong("write a day like 2026-11-21")
    return day


def _leaves(value: Any) -> date:
    if isinstance(value, date):
        return _day(value)
    partial = parse_partial(_with_numbers(value))
    day = last_day(partial) if partial else None
    if day is None:
        raise _Wrong('write a day or a month like 2027-03-31 or "2027-03"')
    return day


def _slot(value: Any) -> str:
    """A weekday and a time, as `mon 09:00`."""
    day, _, time = value.strip().lower().partition(" ") if isinstance(value, str) else ("", "", "")
    clock = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", time.strip())
    if value != "" and not (clock and (day in WEEKDAYS or day in FULL_WEEKDAYS)):
        raise _Wrong('write a weekday and a time, like "mon 09:00"')
    return f"{day[:3]} {int(clock[1]):02}:{clock[2]}" if clock else ""


def _reports(value: Any) -> tuple[str, ...]:
    names = _texts(value)
    if not set(names) <= set(REPORTS):
        raise _Wrong(f"the reports are {', '.join(REPORTS)}")
    return names


def _one_of(*words: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in words:
            raise _Wrong(" or ".join(f'"{word}"' for word in words))
        return str(value)

    return read


_TOP: dict[str, Callable[[Any], Any]] = {
    "name": _text, "contacts": _folders, "only": _filter, "since": _day, "currency": _text,
    "file_names": _one_of("slug", "name"), "leap_day": _one_of("feb28", "mar1"),
}  # fmt: skip
_TABLES = ("tiers", "due", "me", "team", "handover", "kinds", "places", "log", "git", "site")
_DUE: dict[str, Callable[[Any], Any]] = {
    "default_cadence": _cadence, "per_week": _count, "soon_days": _count, "occasion_days": _count, "retry_days": _count,
    "newcomers": _bool, "when": _slot,
}  # fmt: skip
_ME: dict[str, Callable[[Any], Any]] = {"name": _text, "location": _text, "hobbies": _texts, "ahead": _text, "email": _texts}
_SITE: dict[str, Callable[[Any], Any]] = {
    "out": _own_folder, "title": _text, "show_tier": _bool, "private": _texts, "reports": _reports,
}  # fmt: skip
