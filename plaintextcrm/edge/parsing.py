"""Contact files -> index rows: the only part of the index that needs the parser, imported when a file changed."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from plaintextcrm.core import query, stored
from plaintextcrm.core.contact import Parsed, parse
from plaintextcrm.core.errors import Refused
from plaintextcrm.core.model import Problem, Source
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Rules, facts_of, stand
from plaintextcrm.core.vocabulary import KEYS, find_key, fold_key
from plaintextcrm.edge import vault
from plaintextcrm.edge.marks import Marker, MarkRow
from plaintextcrm.edge.paths import Path
from plaintextcrm.edge.workers import WORKERS, pool

if TYPE_CHECKING:
    from plaintextcrm.edge.index import Progress, Row

_CHECKED = ("tier", "last_contact")
_OTHERS = frozenset(key.name for key in KEYS if key.name not in _CHECKED)
MANY = 1500  # files from which a second process pays
CHUNK = 250


def rows(
    root: Path, paths: list[str], settings: Settings, today: date | None, progress: Progress | None
) -> Iterator[tuple[Row, MarkRow | None]]:
    """Of each file, in order, its row and a contact's mark of the day (where one is given); many files are shared out, a process a core."""
    if len(paths) < MANY or WORKERS < 2:
        reader = Reader(root, settings, today)
        for number, path in enumerate(paths):
            yield reader.read(path)
            if progress and number % 100 == 99:
                progress(number + 1, len(paths))
        return
    Reader(root, settings, today).read(paths[0])  # patterns are compiled when first used: here once, not once a process
    chunks = [paths[start : start + CHUNK] for start in range(0, len(paths), CHUNK)]
    done = 0
    with pool(_begin, root, settings, today) as processes:
        ahead = [processes.submit(_rows, chunk) for chunk in chunks[: 2 * WORKERS]]
        coming = iter(chunks[2 * WORKERS :])
        while ahead:
            part = ahead.pop(0).result()
            following = next(coming, None)
            if following is not None:
                ahead.append(processes.submit(_rows, following))
            done += len(part)
            if progress:
                progress(done, len(paths))
            yield from part


_reader: Reader


def _begin(root: Path, settings: Settings, today: date | None) -> None:
    global _reader
    gc.disable()  # nothing made here is a cycle, and what is made goes to the parent at once
    _reader = Reader(root, settings, today)


def _rows(paths: list[str]) -> list[tuple[Row, MarkRow | None]]:
    return [_reader.read(path) for path in paths]


class Reader:
    """Files to rows under one vault's settings."""

    def __init__(self, root: Path, settings: Settings, today: date | None = None) -> None:
        self.root, self.settings, self.kinds = root, settings, settings.kind_table
        self.only = query.parse(query.split(settings.only), settings, date(2000, 1, 1)) if settings.only else None
        self.rules = Rules(settings)
        self.marker = Marker(settings, today) if today else None

    def read(self, path: str) -> tuple[Row, MarkRow | None]:
        """What the index keeps of one file, and of a contact the mark of the day."""
        try:
            source = vault.read(self.root, path, self.settings)
        except (OSError, Refused) as error:
            return _empty(path, vault.unreadable(path, error)), None
        return self.row_of(source)

    def is_person(self, parsed: Parsed) -> bool:
        """Whether the vault's `only` (and not being a template) makes it a contact."""
        if not parsed.is_person or self.only is None:
            return parsed.is_person
        facts = facts_of(parsed.contact, self.kinds)
        standing = stand(facts, self.rules, date(2000, 1, 1))
        return self.only.holds(query.Person(parsed.contact, standing, len(facts.days)))

    def row_of(self, source: Source) -> tuple[Row, MarkRow | None]:
        """The same of a file that is read."""
        parsed = parse(source, self.kinds, self.settings.log_order)
        contact = parsed.contact
        is_person = self.is_person(parsed)
        front, text = parsed.front, parsed.text
        body = text[front.body :]
        facts = facts_of(contact, self.kinds)
        row = (
            source.path, contact.id, contact.name, int(is_person), stored.head(contact, *_linked(parsed)),
            stored.facts(facts), stored.log(contact, body), stored.tasks(contact), front.body_line,
            stored.problems(parsed.problems if is_person else ()), text[front.start : front.end], body,
        )  # fmt: skip
        return row, self.marker.row(facts, lambda: contact) if self.marker and is_person else None


def _empty(path: str, problem: Problem) -> Row:
    return (path, path, "", 0, "", "", "", "[]", 1, stored.problems((problem,)), "", "")


def _linked(parsed: Parsed) -> tuple[list[str], dict[str, int]]:
    """(what a contact links to, the lines of the keys that the checks of a whole vault look at)."""
    lines: dict[str, int] = {}
    for pair in parsed.front.pairs:
        if pair.key in _OTHERS:
            continue
        key = find_key(pair.key)
        if key and pair.value and key.name in _CHECKED and (key.name not in lines or fold_key(pair.key) == fold_key(key.name)):
            lines[key.name] = pair.line  # a synonym counts where our own word is not there
    links = list(parsed.body.links)
    if "[[" in parsed.text[: parsed.front.end]:
        for value in parsed.contact.keys.values():
            texts = value if isinstance(value, tuple) else (value,)
            links += [text.strip("[]").split("|")[0] for text in texts if isinstance(text, str) and text.startswith("[[")]
    return links, lines
