"""What reading commands ask: each a question to the index, answered by core."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from json import loads
from typing import NamedTuple, TypeVar

from plaintextcrm.app.vaults import Vault
from plaintextcrm.core import due as dues
from plaintextcrm.core import names, query
from plaintextcrm.core.due import DatedRow, DueRow, Mark, Offer
from plaintextcrm.core.errors import NotFound, Refused
from plaintextcrm.core.model import Contact, FollowUp, Problem
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Facts, Rules, Standing, stand
from plaintextcrm.core.text import fold
from plaintextcrm.edge import files, lastlist, vault
from plaintextcrm.edge import index as indexes
from plaintextcrm.edge.index import Index, Progress

Answer = TypeVar("Answer")


def ask(vault_: Vault, question: Callable[[Index], Answer], progress: Progress | None = None) -> Answer:
    """The answer from an index that is up to date; a cache found damaged is thrown away and the question asked again."""
    index = indexes.open_index(vault_.root, vault_.settings, vault_.cache, progress)
    try:
        return question(index)
    except (sqlite3.Error, ValueError):
        indexes.discard(index)
    return question(indexes.open_index(vault_.root, vault_.settings, False, progress))


# --- who is due ----------------------------------------------------------------------------------------------------


class DueList(NamedTuple):
    """The day's list: `rows` in order with their standings, how many more wait, what is near, and how the week stands."""

    rows: tuple[DueRow, ...]
    standings: tuple[Standing, ...]
    waiting: int
    dates: tuple[DatedRow, ...]
    touched: int
    unsorted: int
    people: int
    day: date
    problems: tuple[Problem, ...]

    @property
    def listed(self) -> int:
        """How many are due, shown or waiting."""
        return len(self.rows) + self.waiting


class Wanted(NamedTuple):
    """What of the due list is asked for."""

    terms: tuple[str, ...] = ()
    within_days: int = 0
    limit: int | None = None
    everybody: bool = False
    at: date | None = None


def due_list(index: Index, vault_: Vault, wanted: Wanted = Wanted()) -> DueList:
    """Who is due on the day, cut to what the week has room for."""
    settings, day = vault_.settings, wanted.at or vault_.today
    offers = _Offers(index)
    if wanted.terms or wanted.within_days or wanted.at or not settings.per_week:
        marks, kept, near = _evaluated(index, settings, day, wanted)
        touched = sum(one.touched for one in marks)
        shown = _cut(kept, wanted, dues.capacity_left(settings, touched))
        ids, listed = tuple(one.standing.id for one in shown), len(kept)
        unsorted, dated = 0, tuple(near)
    else:
        room = None if wanted.everybody or wanted.limit is not None else settings.per_week
        found = index.cut(day, room)
        ids, listed, touched, unsorted = found
        ids = ids if wanted.limit is None else ids[: wanted.limit]
        dated = index.dated(day)
    rules = Rules(settings)
    rows, standings = [], []
    for contact, facts in index.facts(ids):
        standing = stand(facts, rules, day)
        rows.append(dues.due_row(contact, standing, settings, day, offers))
        standings.append(standing)
    dates = _dates(index, dated, rules, day)
    return DueList(tuple(rows), tuple(standings), listed - len(rows), dates, touched, unsorted, index.count(), day, tuple(index.problems()))


def _evaluated(index: Index, settings: Settings, day: date, wanted: Wanted) -> tuple[list[Mark], list[Mark], list[str]]:
    """(everybody's marks, those listed and wanted in order, the ids of those with dates near)."""
    holds = query.parse(wanted.terms, settings, day).holds
    rules, until = Rules(settings), day.toordinal() + wanted.within_days
    marks, kept, dated = [], [], []
    for contact, facts in index.contacts(with_log=_needs_log(wanted.terms)):
        one = dues.mark(facts, rules, day)
        marks.append(one)
        standing = one.standing
        is_listed = standing.listed or (bool(standing.due) and standing.due <= until and not standing.hidden)
        if not (is_listed or one.dated) or not holds(query.Person(contact, standing, _count(facts, day))):
            continue
        if is_listed:
            kept.append(one)
        if one.dated:
            dated.append(contact.id)
    kept.sort(key=lambda one: one.standing.order())
    return marks, kept, dated


def _needs_log(terms: Iterable[str]) -> bool:
    return any(word in term for term in terms for word in ("follow", "todo", "promise"))


def _count(facts: Facts, day: date) -> int:
    today = day.toordinal()
    return sum(on <= today for on in facts.days)


def _cut(kept: Sequence[Mark], wanted: Wanted, room: int) -> Sequence[Mark]:
    if wanted.everybody:
        return kept
    if wanted.limit is not None:
        return kept[: wanted.limit]
    return dues.cut(kept, room)


def _dates(index: Index, ids: Iterable[str], rules: Rules, day: date) -> tuple[DatedRow, ...]:
    rows: list[DatedRow] = []
    for contact, facts in index.facts(ids):
        rows += dues.dated_rows(contact, stand(facts, rules, day), rules.settings, day)
    return tuple(sorted(rows, key=lambda row: (row.on, row.name, row.kind, row.label)))


class _Offers:
    """What the people of the vault offer, looked up at most once and only when somebody's need asks for it."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.found: tuple[Offer, ...] | None = None

    def __iter__(self):  # type: ignore[no-untyped-def]
        if self.found is None:
            people = (contact for contact, _ in self.index.contacts(with_log=False))
            self.found = tuple(Offer(one.id, one.name, offer) for one in people for offer in one.texts("offers"))
        return iter(self.found)


# --- everybody -----------------------------------------------------------------------------------------------------


class Listed(NamedTuple):
    """One person of a list: the contact (its log only where asked for), where it stands, how many entries it has."""

    contact: Contact
    standing: Standing
    interactions: int


def people(index: Index, vault_: Vault, terms: Sequence[str] = (), with_log: bool = False) -> tuple[Listed, ...]:
    """Everybody the filter lets through, by id; archived and deceased too."""
    settings, today = vault_.settings, vault_.today
    holds = query.parse(terms, settings, today).holds
    rules = Rules(settings)
    found = []
    for contact, facts in index.contacts(with_log or _needs_log(terms)):
        person = query.Person(contact, stand(facts, rules, today), _count(facts, today))
        if holds(person):
            found.append(Listed(*person))
    return tuple(found)


def find_id(index: Index, who: str) -> str:
    """The id of the one person that WHO names. Raises NotFound."""
    return names.find(who, [names.Known(*row) for row in index.known()]).id


def who(vault_: Vault, word: str, now: float) -> str:
    """The id that WHO names: a number of the last list, an id as it stands on disk (no scan), else by the ladder of names.

    Raises NotFound.
    """
    if word.isdigit():
        numbered = lastlist.recall(vault_.state, int(word), now)
        if numbered is not None and exists(vault_, numbered):
            return numbered
    if exists(vault_, word):
        return word
    return ask(vault_, lambda index: find_id(index, word))


def exists(vault_: Vault, id: str) -> bool:
    """Whether a contact's file of exactly that id is there."""
    relative = vault.path_of(id, vault_.settings)
    if not id or not vault.is_contact_path(relative, vault_.settings):
        return False
    path = vault_.root / relative
    try:
        return path.is_file() and vault.spelled_so(path) and not vault_.settings.only
    except OSError:
        return False


def whos(vault_: Vault, word: str, now: float) -> tuple[str, ...]:
    """The ids of one or more people: the whole word where it is somebody, else its parts between commas."""
    try:
        return (who(vault_, word, now),)
    except NotFound:
        parts = [part.strip() for part in word.split(",") if part.strip()]
        if len(parts) < 2:
            raise
    return tuple(dict.fromkeys(who(vault_, part, now) for part in parts))


# --- one person ----------------------------------------------------------------------------------------------------


class Brief(NamedTuple):
    """What there is to know before a meeting."""

    contact: Contact
    facts: Facts
    standing: Standing
    row: DueRow
    dates: tuple[DatedRow, ...]
    linked: tuple[tuple[str, str], ...]  # (id, name) of those whose file names this one
    problems: tuple[Problem, ...]


def brief(index: Index, vault_: Vault, id: str) -> Brief:
    """One person, whole. Raises NotFound."""
    found = next(index.facts([id]), None)
    if found is None:
        raise NotFound(f'nobody has the id "{id}"')
    contact, facts = found
    standing = stand(facts, Rules(vault_.settings), vault_.today)
    row = dues.due_row(contact, standing, vault_.settings, vault_.today, _Offers(index))
    dates = dues.dated_rows(contact, standing, vault_.settings, vault_.today)
    problems = tuple(problem for problem in index.problems() if problem.where.path == contact.path)
    return Brief(contact, facts, standing, row, dates, _linked(index, contact), problems)


def _linked(index: Index, contact: Contact) -> tuple[tuple[str, str], ...]:
    """Who else's file links to this person."""
    words = {fold(word) for word in (contact.slug, contact.id, contact.name, *contact.texts("aliases"))}
    found = []
    for text in index.checked():
        id, _, name, _, _, links, _, _ = loads(text)
        if id != contact.id and any(fold(link) in words for link in links):
            found.append((id, name))
    return tuple(found)


# --- follow-ups ----------------------------------------------------------------------------------------------------


class Promise(NamedTuple):
    """One open follow-up, `number` counting those of its person."""

    contact: Contact
    number: int
    task: FollowUp


def promises(index: Index, vault_: Vault, terms: Sequence[str] = ()) -> tuple[Promise, ...]:
    """All open follow-ups, those with a day first and by day."""
    found = []
    for person in people(index, vault_, terms, with_log=True):
        if person.standing.hidden == "wholly":
            continue
        found += [Promise(person.contact, number, task) for number, task in enumerate(open_tasks(person.contact), 1)]
    return tuple(sorted(found, key=lambda promise: (promise.task.due or date.max, promise.contact.id, promise.number)))


def open_tasks(contact: Contact) -> tuple[FollowUp, ...]:
    """The open follow-ups of one person, by day, then line."""
    tasks = (task for task in contact.follow_ups if task.open)
    return tuple(sorted(tasks, key=lambda task: (task.due or date.max, task.where)))


# --- search, check -------------------------------------------------------------------------------------------------


class Found(NamedTuple):
    """One hit of a search: `where` is "name", a key, or "" for the body; `line` the matching line."""

    id: str
    name: str
    where: str
    line: str


def search(index: Index, vault_: Vault, words: Sequence[str], terms: Sequence[str] = (), limit: int | None = None) -> tuple[Found, ...]:
    """Full text over fields and bodies, ranked; every word must occur, the last letters of a word may be left off."""
    from plaintextcrm.core.searching import line_of, match_query

    holds = None
    if terms:
        kept = {person.contact.id for person in people(index, vault_, terms)}
        holds = kept.__contains__
    wanted = match_query(words)
    if not wanted:
        return ()
    found = []
    for hit in index.search(wanted):
        if holds is None or holds(hit.id):
            found.append(Found(hit.id, hit.name, *line_of(words, hit.name, hit.fields, hit.body)))
            if limit is not None and len(found) >= limit:
                break
    return tuple(found)


def all_problems(index: Index, vault_: Vault, terms: Sequence[str] = ()) -> tuple[Problem, ...]:
    """Everything wrong in the vault: in the settings, in each file, and what only shows in the whole."""
    from plaintextcrm.core import check

    contacts = []
    for text in index.checked():
        id, path, name, tier, aliases, links, last, lines = loads(text)
        contacts.append(check.Checked(id, path, name, tier, aliases, links, last and date.fromisoformat(last), lines))
    found = [*vault_.problems, *index.problems(), *check.check(check.Whole(contacts, vault_.settings, vault_.today))]
    if terms:
        paths = {person.contact.path for person in people(index, vault_, terms)}
        found = [problem for problem in found if problem.where.path in paths]
    return tuple(sorted(found, key=lambda problem: (problem.where, problem.code)))


# --- without the index ---------------------------------------------------------------------------------------------


def one(vault_: Vault, id: str) -> Contact:
    """One person straight from the file. Raises NotFound, or Refused where it cannot be read."""
    from plaintextcrm.app.writing import read_source
    from plaintextcrm.core.contact import parse

    return parse(read_source(vault_, id), vault_.settings.kind_table).contact


def inbox_lines(vault_: Vault) -> int:
    """How many lines wait in `inbox.md`: every one that is not blank, a heading or a comment."""
    try:
        text = files.read_bytes(vault_.root / "inbox.md").decode("utf-8", "replace")
    except (OSError, Refused):
        return 0
    return sum(bool(line.strip()) and not line.lstrip().startswith(("#", "<!--", "%%")) for line in text.splitlines())
