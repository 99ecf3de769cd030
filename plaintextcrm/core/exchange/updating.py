"""A newer export of somebody -> what it changed since the last one, written where the user has not changed the same.

Three ways: what was imported last (`before`), what the source says now, what the file says. What both changed is told and left.
"""

from __future__ import annotations

from plaintextcrm.core import contact, edit, splice
from plaintextcrm.core.errors import PtcrmError
from plaintextcrm.core.exchange.cells import column_lines
from plaintextcrm.core.exchange.incoming import Keys, Person, canonical
from plaintextcrm.core.exchange.merging import add_imported, after, fill_keys, imported_lines, with_lines
from plaintextcrm.core.exchange.notes import paragraphs, placed
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import Contact, Source
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.renaming import called
from plaintextcrm.core.splice import SET, Change
from plaintextcrm.core.text import decode, line_end_at, line_starts, split_lines
from plaintextcrm.core.vocabulary import fold_key

SHOWN = 60  # characters of a value that is told


class Before(NamedTuple):
    """What was imported last; `mirrors` where the source holds all of it, so that what is gone there goes here, too."""

    person: Person
    mirrors: bool = False


def shown(value: object) -> str:
    """A value, cut short."""
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def difference(path: str, key: str, held: object, value: object, origin: str) -> str:
    """One key that two sides say differently."""
    return f'{path}: {key} is "{shown(held)}", in {origin} "{shown(value)}"'


def updated(
    source: Source, person: Person, before: Before, origin: str, kinds: KindTable
) -> tuple[Source, list[str], list[str], Person]:  # fmt: skip
    """(the file, its new lines, the conflicts, what the next import compares with)."""
    work = _Update(source, person, before, origin, kinds)
    work.name()
    work.keys()
    work.others()
    work.columns()
    work.note()
    return work.source, work.lines, work.told, work.said()


class _Update:
    """Fills up: the file changed step by step, and what stays as it is because both sides changed it."""

    def __init__(self, source: Source, person: Person, before: Before, origin: str, kinds: KindTable) -> None:
        self.source, self.person, self.was, self.mirrors = source, person, before.person, before.mirrors
        self.origin, self.kinds = origin, kinds
        self.known = contact.parse(source, kinds).contact
        self.lines: list[str] = []
        self.told: list[str] = []
        self.left: set[str] = set()  # keys and columns in conflict

    def conflict(self, key: str, held: object, value: object) -> None:
        """Both sides changed it."""
        self.told.append(difference(self.source.path, key, held if held not in (None, ()) else "gone", value, self.origin))
        self.left.add(key)

    def name(self) -> None:
        """Another name at the source is another name here, the old one an alias; the file keeps its place."""
        if self.person.name in (self.was.name, self.known.name) or not self.person.name:
            return
        if self.known.name != self.was.name:
            self.conflict("name", self.known.name, self.person.name)
            return
        try:
            self.source = called(self.source, self.person.name, self.source.id, self.kinds)
            self.lines.append(f"name: {self.person.name}")
        except PtcrmError:
            self.conflict("name", self.known.name, self.person.name)

    def keys(self) -> None:
        """Each of our keys."""
        now, was = _said(self.person), _said(self.was)
        empty: dict[str, str | tuple[str, ...]] = {}
        for key in dict.fromkeys((*now, *was)):
            wanted, old = _value(now, key), _value(was, key)
            held = self.known.keys.get(key)
            if wanted in (old, held):
                continue
            if isinstance(wanted, tuple) or isinstance(old, tuple):
                self.list(key, _tuple(wanted), _tuple(old), _tuple(held))
            elif wanted is None:
                self.gone(key, held, old)
            elif held is None and old is None:
                empty[key] = now[key]
            elif held == old:
                self.set(key, (_text(wanted),), held)
            else:
                self.conflict(key, held, now[key])
        self.source, missed = fill_keys(self.source, empty)
        for key in missed:
            self.conflict(key, "", empty[key])
        self.lines += (line for key, value in empty.items() if key not in missed for line in edit.key_lines(key, value))

    def gone(self, key: str, held: object, old: object) -> None:
        """A value that the source no longer has."""
        if self.mirrors and held == old:
            self.set(key, (), held)

    def list(self, key: str, wanted: tuple[str, ...], old: tuple[str, ...], held: tuple[str, ...]) -> None:
        """What the source added and took away, in the user's own order; a value in the place of another takes its place."""
        new = [value for value in wanted if value not in old and value not in held]
        away = [value for value in old if value not in wanted] if self.mirrors or new else []
        away = away if self.mirrors else away[: len(new)]
        result: list[str] = []
        for value in held:
            if value not in away:
                result.append(value)
            elif new:
                result.append(new.pop(0))
        result += new
        if tuple(result) != held:
            self.set(key, tuple(result), held)

    def set(self, key: str, values: tuple[str, ...], held: object) -> None:
        """The key with these values, spliced in where it stands."""
        try:
            done = splice.change_key(self.source, Change(key, SET, values))
        except PtcrmError:
            self.conflict(key, held, values)
            return
        text = decode(done.replaces or b"")[0]
        self.source = after(self.source, text)
        self.lines += edit.key_lines(key, values if len(values) > 1 else values[0]) if values else [f"{key}: (gone)"]

    def others(self) -> None:
        """Each of the user's own keys."""
        for key, value in self.person.other.items():
            old, held = self.was.other.get(key), own_value(self.known, key)
            if value in (old, held):
                continue
            if held == old:
                self.set(key, tuple(value) if isinstance(value, list) else (str(value),), held)
            else:
                self.conflict(key, held, value)

    def columns(self) -> None:
        """The lines under "Imported from …": a column that the source changed is changed where it stands as it was imported."""
        now, was = dict(self.person.rest), dict(self.was.rest)
        there = imported_lines(self.source)
        fresh = []
        for column, lines in now.items():
            old = was.get(column)
            if old == lines or there.issuperset(lines):
                continue
            if old is None:
                fresh.append((column, lines))
            elif there.issuperset(old):
                changed = with_lines(self.source, old, lines, self.kinds)
                if changed:
                    self.source = changed
                    self.lines += lines
                else:
                    self.conflict(column, " / ".join(old), " / ".join(lines))
            elif any(line.startswith(f"- {column}:") for line in there):
                self.conflict(column, "changed here", " / ".join(lines))
        try:
            self.source, added, other = add_imported(self.source, self.person.origin, tuple(fresh), self.kinds)
        except PtcrmError as error:
            self.told.append(str(error))
            return
        self.lines += added
        for column, lines in other:
            self.conflict(column, "another value", " / ".join(lines))

    def note(self) -> None:
        """The note, where it stands as it was imported."""
        if self.person.note == self.was.note or not self.person.note:
            return
        now, old = paragraphs(self.person.note), paragraphs(self.was.note)
        lines = split_lines(self.source.text)
        if placed(lines, now) is not None:
            return
        at = placed(lines, old)
        if at is None:
            try:
                rest = (("note", column_lines("note", self.person.note)),)
                self.source, added, other = add_imported(self.source, self.person.origin, rest, self.kinds)
            except PtcrmError as error:
                self.told.append(str(error))
                return
            self.lines += added
            if other:
                self.conflict("note", "another", self.person.note)
            return
        starts = line_starts(self.source.text)
        mark = line_end_at(self.source.text, starts[at])
        text = self.source.text
        changed = after(self.source, text[: starts[at]] + mark.join(now) + mark + text[starts[at + len(old)] :])
        before, found = contact.parse(self.source, self.kinds), contact.parse(changed, self.kinds)
        if found.contact.keys == before.contact.keys and len(found.contact.interactions) == len(before.contact.interactions):
            self.source = changed
            self.lines += now
        else:
            self.conflict("note", "another", self.person.note)

    def said(self) -> Person:
        """What the source said, but for what is left because both sides changed it: there it still is what was said before."""
        if not self.left:
            return self.person
        keys = {key: value for key, value in self.person.keys.items() if key not in self.left}
        keys |= {key: value for key, value in self.was.keys.items() if key in self.left}
        other = {key: value for key, value in self.person.other.items() if key not in self.left}
        other |= {key: value for key, value in self.was.other.items() if key in self.left}
        rest = [(column, lines) for column, lines in self.person.rest if column not in self.left]
        rest += ((column, lines) for column, lines in self.was.rest if column in self.left)
        name = self.was.name if "name" in self.left else self.person.name
        note = self.was.note if "note" in self.left else self.person.note
        return self.person._replace(name=name, keys=keys, other=other, rest=tuple(rest), note=note)


def own_value(known: Contact, key: str) -> object:
    """What somebody has for one of the user's own keys, however that is spelt; None without it."""
    return next((value for name, value in known.other.items() if fold_key(name) == fold_key(key)), None)


def _said(person: Person) -> Keys:
    return {**person.keys, "uid": person.uid} if person.uid else person.keys


def _value(keys: Keys, key: str) -> object:
    return canonical(key, keys[key]) if key in keys else None


def _tuple(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else () if value is None else (str(value),)


def _text(value: object) -> str:
    return {True: "true", False: "false"}.get(value, "") if isinstance(value, bool) else str(value)
