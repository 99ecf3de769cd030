"""Everybody as a friends.md file: activities and notes, newest first, then friends and places (docs/migrating.md)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from plaintextcrm.core.entries import fields_of, parse_follow_up
from plaintextcrm.core.exchange.out.leaving import Leaving
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.linkwords import plain_words
from plaintextcrm.core.model import Interaction
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple

NOTE = "note"  # the kind of what stands under Notes, which needs no tag
_NOT_IN_NAMES = pattern(r"[(\[@*_)\]]+")
_NOT_IN_TAGS = pattern(r"[\W_]+")


class _Line(NamedTuple):
    """One activity or note: of one occasion several names."""

    on: date
    names: tuple[str, ...]
    text: str
    tag: str


def friends(people: Sequence[Leaving], today: date, kinds: KindTable = STANDARD) -> str:
    """The file; what is planned stays out, which friends.md has no place for."""
    lines = [(entry, one.contact.name) for one in people for entry in one.contact.interactions if entry.on <= today and not entry.is_task]
    touches = [(entry, name) for entry, name in lines if _is_touch(entry, kinds)]
    notes = [(entry, name) for entry, name in lines if not _is_touch(entry, kinds)]
    places = sorted({place for one in people if (place := _place(one))})
    sections = (
        ("Activities", _occasions(touches)),
        ("Notes", _occasions(notes)),
        ("Friends", sorted(_friend(one) for one in people)),
        ("Locations", [f"- {place}" for place in places]),
    )
    return "\n".join("".join(f"{line}\n" for line in (f"### {title}:", *rows)) for title, rows in sections)


def _is_touch(entry: Interaction, kinds: KindTable) -> bool:
    return kinds[entry.kind].touch if entry.kind in kinds and entry.kind else True


def _occasions(lines: Sequence[tuple[Interaction, str]]) -> list[str]:
    """Newest first; the lines with one block id on one day are one."""
    found: dict[tuple[object, ...], _Line] = {}
    for number, (entry, name) in enumerate(lines):
        key = (entry.on, entry.block_id) if entry.block_id else (entry.on, number)
        line = _of_friends(entry, name) or _Line(entry.on, (_name(name),), _text(entry), _tag(entry.kind or ""))
        before = found.get(key)
        found[key] = before._replace(names=(*before.names, *line.names)) if before and before.names else before or line
    return [_line(line) for line in sorted(found.values(), key=lambda line: (-line.on.toordinal(), _line(line)))]


def _of_friends(entry: Interaction, name: str) -> _Line | None:
    """A line that names its people in bold as friends.md does, and came from there: it goes back as it is."""
    if f"**{_name(name)}**" not in entry.text:
        return None
    details = (line for line in entry.details if not line.startswith("- with: ") and not parse_follow_up(line, "", 0))
    text = " ".join((entry.text, *(line.lstrip("-*+ \t") for line in details)))
    tag = _tag(entry.kind or "")
    return _Line(entry.on, (), " ".join(text.split()), "" if f"@{tag}" in text.split() else tag)


def _line(line: _Line) -> str:
    who = " and ".join(f"**{name}**" for name in line.names)
    said = ": ".join(part for part in (who, line.text) if part)
    return f"- {line.on.isoformat()}: {said}{f' @{line.tag}' if line.tag and line.tag != NOTE else ''}"


def _friend(one: Leaving) -> str:
    contact, place = one.contact, _place(one)
    called = " a.k.a. ".join(name for alias in contact.texts("aliases") if (name := _plain(alias)))
    tags = "".join(f" @{tag}" for word in contact.texts("tags") if (tag := _tag(word)))
    return f"- {_name(contact.name)}{f' (a.k.a. {called})' if called else ''}{f' [{place}]' if place else ''}{tags}"


def _place(one: Leaving) -> str:
    return _plain(one.contact.text("location") or "")


def _name(name: str) -> str:
    return _plain(name) or "somebody"


def _plain(name: str) -> str:
    """A name without the signs that end it there."""
    return " ".join(_NOT_IN_NAMES.sub(" ", name).split())


def _text(entry: Interaction) -> str:
    """The words in one line, without the marks that would be names, places or tags there."""
    details = (line for line in entry.details if not parse_follow_up(line, "", 0))
    told = " ".join((entry.text, *(fields_of(line.lstrip("-*+ \t"))[0] for line in details)))
    plain = re.sub(r"\*\*|(?<!\w)_|_(?!\w)", "", plain_words(told))
    return " ".join(re.sub(r"(?<!\w)@(?=\w)", "at ", plain).split())


def _tag(word: str) -> str:
    return _NOT_IN_TAGS.sub("-", word).strip("-")
