"""friends.md: activities and notes with the names in bold, friends with what else they are called, where they live and their tags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plaintextcrm.core.dates import iso_day
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.exchange import table
from plaintextcrm.core.exchange.cells import column_lines
from plaintextcrm.core.exchange.entering import entry_of
from plaintextcrm.core.exchange.incoming import Given, Hints, Person, Reading, Refusal, Row, canonical
from plaintextcrm.core.exchange.matching import normal
from plaintextcrm.core.exchange.products import LONGEST_KEY, origin_of
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import Location
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import split_lines

ACTIVITIES, NOTES, FRIENDS, LOCATIONS = "### Activities:", "### Notes:", "### Friends:", "### Locations:"
_FRIEND = pattern(r"- ([^(\[@]+?)(?: \(a\.k\.a\. ([^)]*)\))?(?: \[([^\]]*)\])?((?: +@\S+)*)\s*\Z")
_DATED = pattern(r"- (\d{4}-\d{2}-\d{2}): (.*)\Z")
_NAME = pattern(r"\*\*([^*]+)\*\*")
_PLACE = pattern(r"(?<!\w)_([^_]+)_(?!\w)")
_TAG = pattern(r"(?<![^\W_])@([^\W_]+(?:[:-]?[^\W_]+)*)")
SHOWN = 10  # names or places that are told


class _Line(NamedTuple):
    where: Location
    section: str
    text: str


def read(files: Sequence[Given], hints: Hints) -> Reading | None:
    """What the files say, or None where none has friends or activities. Raises Usage where only some have."""
    texts = [table.decode(file, hints.encoding) for file in files]
    known = [_is_friends(text) for text, _ in texts]
    if not any(known):
        return None
    if not all(known):
        raise Usage(f"{files[known.index(False)].name}: has neither {FRIENDS} nor {ACTIVITIES}: import files of another kind on their own")
    found = [_read(file, text, hints.kinds) for file, (text, _) in zip(files, texts, strict=True)]
    return Reading(
        tuple(person for one in found for person in one.people),
        tuple(row for one in found for row in one.rows),
        tuple(refusal for one in found for refusal in one.refused),
        tuple(note for (_, guessed), one in zip(texts, found, strict=True) for note in (*guessed, *one.notes)),
    )


def _is_friends(text: str) -> bool:
    lines = {line.rstrip() for line in split_lines(text)}
    return FRIENDS in lines or (ACTIVITIES in lines and any(map(_DATED.match, lines)))


def _lines(name: str, text: str) -> Iterator[_Line]:
    section = ""
    for number, line in enumerate(split_lines(text), 1):
        if line.startswith("#"):
            section = line.rstrip()
        if line.strip() and not (line.startswith("#") and section in (ACTIVITIES, NOTES, FRIENDS, LOCATIONS)):
            yield _Line(Location(name, number), section, line.rstrip())


def _read(file: Given, text: str, kinds: KindTable) -> Reading:
    lines = list(_lines(file.name, text))
    people: dict[str, Person] = {}  # by the name
    called: dict[str, str] = {}  # every name and alias -> the name
    refused: list[Refusal] = []
    for line in lines:
        if line.section == FRIENDS:
            person = _friend(line, origin_of(file.name))
            before = people.get(normal(person.name)) if isinstance(person, Person) else None
            if isinstance(person, Refusal) or before is not None:
                same = f"the same name as in line {before.where.line}" if before and before.where else ""
                refused.append(person if isinstance(person, Refusal) else Refusal(line.where, same, of_person=True))
            else:
                people[normal(person.name)] = person
    for name, person in people.items():
        for alias in (name, *map(normal, _texts(person.keys.get("aliases", ())))):
            called.setdefault(alias, person.name)
    rows: list[Row] = []
    strangers: dict[str, None] = {}
    for line in lines:
        if line.section in (ACTIVITIES, NOTES):
            found = _dated(line, called, kinds, strangers)
            rows += found if isinstance(found, list) else ()
            refused += () if isinstance(found, list) else (found,)
        elif line.section not in (FRIENDS, LOCATIONS):
            refused.append(Refusal(line.where, f'"{line.text[:40]}": a line under none of the four headings'))
    return Reading(tuple(people.values()), tuple(rows), tuple(refused), tuple(_told(file.name, lines, strangers, people.values())))


def _friend(line: _Line, origin: str) -> Person | Refusal:
    """`- Name (a.k.a. X a.k.a. Y) [Location] @tag @tag`."""
    match = _FRIEND.match(line.text)
    if not match or not match[1].strip() or len(match[1]) > LONGEST_KEY:
        return Refusal(line.where, f'"{line.text[:40]}": write a friend like "- Ada King (a.k.a. Ada) [Lisbon] @tag"', of_person=True)
    said: dict[str, str | tuple[str, ...]] = {
        "aliases": tuple(dict.fromkeys(part.strip() for part in (match[2] or "").split(" a.k.a. ") if part.strip())),
        "location": (match[3] or "").strip(),
        "tags": tuple(dict.fromkeys(word[1:] for word in match[4].split())),
    }
    keys: dict[str, str | tuple[str, ...]] = {}
    rest = []
    for key, value in said.items():
        if value and canonical(key, value) == value:
            keys[key] = value
        elif value:
            rest.append((key, tuple(line for one in _texts(value) for line in column_lines(key, one))))
    return Person(normal(match[1]), "", keys, tuple(rest), line.where, origin)


def _dated(line: _Line, called: dict[str, str], kinds: KindTable, strangers: dict[str, None]) -> list[Row] | Refusal:
    """An activity or note: a row for each friend in bold. The kind is the last tag that is one; a note is no contact."""
    match = _DATED.match(line.text)
    on = iso_day(match[1]) if match else None
    if not match or on is None:
        return Refusal(line.where, f'"{line.text[:40]}": write it like "- 2026-11-21: Lunch with **Ada King**"')
    names = [normal(name) for name in _NAME.findall(match[2])]
    friends = list(dict.fromkeys(called[name] for name in names if name in called))
    strangers |= dict.fromkeys(name for name in names if name not in called)
    if not friends:
        return Refusal(line.where, f'"{line.text[:40]}" names no friend in bold')
    tags = [tag.lower() for tag in _TAG.findall(match[2])]
    kind = "note" if line.section == NOTES else next((tag for tag in reversed(tags) if tag in kinds), None)
    entry = entry_of(on, kind, match[2], kinds)
    occasion = f"{match[1]}: {match[2]}" if len(friends) > 1 else ""
    return [Row(line.where, name, "", entry, "", occasion) for name in friends]


def _texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _told(name: str, lines: Sequence[_Line], strangers: dict[str, None], people: object) -> Iterator[str]:
    """Names in bold that are no friends, and places where nobody lives and nothing happened."""
    if strangers:
        yield f"{name}: in bold, but not under {FRIENDS}, so not imported: {_some(list(strangers))}"
    used = {place for line in lines if line.section in (ACTIVITIES, NOTES) for place in _PLACE.findall(line.text)}
    used |= {match[3] for line in lines if line.section == FRIENDS and (match := _FRIEND.match(line.text)) and match[3]}
    spare = [place for line in lines if line.section == LOCATIONS and (place := line.text.removeprefix("- ").strip()) not in used]
    if spare:
        yield f"{name}: places of nobody, left out: {_some(spare)}"


def _some(words: Sequence[str]) -> str:
    more = f" and {len(words) - SHOWN:,} more" if len(words) > SHOWN else ""
    return ", ".join(words[:SHOWN]) + more
