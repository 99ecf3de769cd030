"""`ptcrm.toml` -> (Settings, problems): a mistake is named with its line and the default holds (docs/format.md, "Settings")."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from plaintextcrm.core import settings_values as takes
from plaintextcrm.core.kinds import Kind
from plaintextcrm.core.model import NEVER, Location, Problem
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import FILE, LOCAL_FILE, STANDARD_TIERS, Me, Settings, Site, Teammate, Tier
from plaintextcrm.core.vocabulary import find_key, near_key


def parse(text: str, local: str = "", path: str = FILE) -> tuple[Settings, tuple[Problem, ...]]:
    """The settings of the two files' texts, the local one over the other. TOML that does not parse leaves the defaults."""
    problems: list[Problem] = []
    files = [_read(text, path, problems)]
    if local:
        files.append(_read(local, LOCAL_FILE, problems))
        _lay_over(files[0].data, files[1].data)
    return _Reader(files, problems).settings(files[0].data), tuple(problems)


_BETWEEN, _QUOTE = "', '", "'"
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
        what = re.sub(r"\(('[^()]*'),?\)", lambda keys: f"[{keys[1].replace(_BETWEEN, '.').strip(_QUOTE)}]", what)  # ('me', 'x')
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
        self._unknown(data, (), {*takes.TOP, *takes.TABLES})
        top = {name: self.value(data, (), name, read, getattr(empty, name)) for name, read in takes.TOP.items()}
        due = self.table(data, "due", takes.DUE, empty)
        me = Me(**self.table(data, "me", takes.ME, empty.me))
        site = Site(**self.table(data, "site", takes.SITE, empty.site))
        for word in (word for word in site.private if not find_key(word) and near_key(word)):
            self.wrong(("site", "private"), f'private: no key is called "{word}": did you mean {near_key(word)}?', "warning")
        log = self.table(data, "log", {"order": takes.one_of("oldest", "newest")}, _Defaults(order="oldest"))
        git = self.table(data, "git", {"commit": takes.boolean}, _Defaults(commit=True))
        lead = self.table(data, "handover", {"lead": takes.text}, _Defaults(lead=""))
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
        except takes.Wrong as right:
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
        found: list[Tier] = []
        for name, value in tables.items():
            at = ("tiers", name)
            same = next((tier.name for tier in found if tier.name.casefold() == name.casefold()), None)
            if same is not None:
                self.wrong(at, f'tier "{name}" is "{same}" already, since case does not count: this one is not read; take one out')
            elif isinstance(value, str):
                found.append(Tier(name, self.value(tables, ("tiers",), name, takes.cadence, NEVER), 1))
            elif isinstance(value, dict):
                self._unknown(value, at, ("cadence", "weight"))
                cadence = self.value(value, at, "cadence", takes.cadence, NEVER)
                found.append(Tier(name, cadence, self.value(value, at, "weight", takes.weight, 1)))
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
            keys = {"name": takes.text, "email": takes.text, "leaves": takes.leaves}
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
            touch = self.value(value, at, "touch", takes.boolean, True)
            strength = self.value(value, at, "strength", takes.count, 1)
            group = {3: "in person", 2: "voice"}.get(strength, "writing") if touch else "none"
            found.append(Kind(name.lower(), group, strength, self.value(value, at, "minutes", takes.count, 10)))
        return tuple(found)

    def places(self, data: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        found = self.tables(data, "places") or {}
        return tuple((name, self.value(found, ("places",), name, takes.texts, ())) for name in found)


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
