"""Contact files -> index rows: the only part of the index that needs the parser, imported when a file changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from plaintextcrm.core import query, stored
from plaintextcrm.core.body import Body, Section
from plaintextcrm.core.contact import Parsed, parse, parse_all
from plaintextcrm.core.due import Mark
from plaintextcrm.core.errors import Refused
from plaintextcrm.core.frontmatter import FrontMatter, Pair
from plaintextcrm.core.model import Contact, FollowUp, PartialDate, Problem, Source
from plaintextcrm.core.record import quicken
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Facts, Rules, Standing, YearlyDay, facts_of, stand
from plaintextcrm.core.text import split_lines
from plaintextcrm.core.vocabulary import KEYS, find_key, fold_key
from plaintextcrm.edge import vault
from plaintextcrm.edge.marks import Marker, MarkRow
from plaintextcrm.edge.paths import Path
from plaintextcrm.edge.workers import WORKERS, are_gathered, pool

if TYPE_CHECKING:
    from plaintextcrm.edge.filling import Row
    from plaintextcrm.edge.index import Progress

_CHECKED = ("tier", "last_contact", "owner", "successor")
_OTHERS = frozenset(key.name for key in KEYS if key.name not in _CHECKED)
_MADE = (Source, Pair, FrontMatter, Section, Body, PartialDate, FollowUp, Parsed, Facts, YearlyDay, Standing, Mark)  # of each file
MANY = 1500  # files from which a second process pays
SOME = 200  # the same where it has begun already
CHUNK = 250
BATCH = 25  # files that go through each step together: what a step needs stays in the cache of the processor
LARGE = 1_000_000  # letters, from which a batch is large enough


def rows(
    root: Path, paths: list[str], settings: Settings, today: date | None, progress: Progress | None
) -> Iterator[tuple[Row, MarkRow | None]]:
    """Of each file, in order, its row and a contact's mark of the day (where one is given); many files are shared out, a process a core."""
    if len(paths) < (SOME if are_gathered() else MANY) or WORKERS < 2:
        for number, row in enumerate(Reader(root, settings, today).read(paths)):
            yield row
            if progress and number % 100 == 99:
                progress(number + 1, len(paths))
        return
    quicken(*_MADE)
    list(Reader(root, settings, today).read(paths[:1]))  # patterns are compiled when first used: here once, not once a process
    size = min(CHUNK, len(paths) // (4 * WORKERS) + 1)  # each has some, and nobody waits long for the last
    chunks = [paths[start : start + size] for start in range(0, len(paths), size)]
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
    _reader = Reader(root, settings, today)


def _rows(paths: list[str]) -> list[tuple[Row, MarkRow | None]]:
    return list(_reader.read(paths))


class Reader:
    """Files to rows under one vault's settings."""

    def __init__(self, root: Path, settings: Settings, today: date | None = None) -> None:
        self.root, self.settings, self.kinds = root, settings, settings.kind_table
        self.only = query.parse(query.split(settings.only), settings, date(2000, 1, 1)) if settings.only else None
        self.rules = Rules(settings)
        self.marker = Marker(settings, today) if today else None

    def read(self, paths: Iterable[str]) -> Iterator[tuple[Row, MarkRow | None]]:
        """Of each file, in order, what the index keeps of it, and of a contact the mark of the day."""
        batch: list[tuple[str, Source | Problem]] = []
        size = 0
        for path in paths:
            source = self._source(path)
            batch.append((path, source))
            size += 0 if isinstance(source, Problem) else len(source.text)
            if len(batch) == BATCH or size > LARGE:
                yield from self._batch(batch)
                batch.clear()
                size = 0
        yield from self._batch(batch)

    def _source(self, path: str) -> Source | Problem:
        try:
            return vault.read(self.root, path, self.settings)
        except (OSError, Refused) as error:
            return vault.unreadable(path, error)

    def _batch(self, batch: Sequence[tuple[str, Source | Problem]]) -> Iterator[tuple[Row, MarkRow | None]]:
        made = iter(self.rows_of([source for _, source in batch if not isinstance(source, Problem)]))
        for path, source in batch:
            yield (_empty(path, source), None) if isinstance(source, Problem) else next(made)

    def is_person(self, parsed: Parsed) -> bool:
        """Whether the vault's `only` (and not being a template) makes it a contact."""
        if not parsed.is_person or self.only is None:
            return parsed.is_person
        facts = facts_of(parsed.contact, self.kinds)
        standing = stand(facts, self.rules, date(2000, 1, 1))
        return self.only.holds(query.Person(parsed.contact, standing, len(facts.days)))

    def rows_of(self, sources: Sequence[Source]) -> list[tuple[Row, MarkRow | None]]:
        """The same of files that are read, step by step for all of them (as `parse_all`)."""
        parsed = parse_all(sources, self.kinds, self.settings.log_order)
        contacts = [one.contact for one in parsed]
        persons = [self.is_person(one) for one in parsed]
        facts = [facts_of(contact, self.kinds) for contact in contacts]
        bodies = [one.text[one.front.body :] for one in parsed]
        linked = [_linked(one) for one in parsed]
        columns = (
            [one.path for one in sources], [one.id for one in contacts], [one.name for one in contacts],
            [int(is_one) for is_one in persons],
            [stored.head(contact, *links) for contact, links in zip(contacts, linked, strict=True)],
            [stored.facts(one) for one in facts],
            [stored.log(contact, body) for contact, body in zip(contacts, bodies, strict=True)],
            [stored.tasks(contact) for contact in contacts], [one.front.body_line for one in parsed],
            [stored.problems(one.problems if is_one else self._missed(one)) for one, is_one in zip(parsed, persons, strict=True)],
            [one.text[one.front.start : one.front.end] for one in parsed], bodies,
        )  # fmt: skip
        marks = [self._mark(*parts) for parts in zip(persons, facts, contacts, strict=True)]
        return list(zip(zip(*columns, strict=True), marks, strict=True))

    def _missed(self, parsed: Parsed) -> tuple[Problem, ...]:
        """Of a file that `only` leaves out, the tags that are comments to YAML, where with them it would be a contact that all may see."""
        fixes = {one.where.line: one.fix for one in parsed.problems if one.code == "hidden-tag"}
        if not fixes or self.only is None:
            return ()
        from plaintextcrm.core.pages.published import means_all

        lines = [fixes.get(number) or line for number, line in enumerate(split_lines(parsed.text), 1)]
        contact = parsed.contact
        meant = parse(Source(contact.id, contact.path, b"", "\n".join(lines), "utf-8"), self.kinds)
        seen = not means_all(meant.contact.keys.get("private"))
        return tuple(one for one in parsed.problems if one.code == "hidden-tag") if seen and self.is_person(meant) else ()

    def _mark(self, is_person: bool, facts: Facts, contact: Contact) -> MarkRow | None:
        return self.marker.row(facts, lambda: contact) if self.marker and is_person else None


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
