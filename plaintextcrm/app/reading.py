"""What reading commands ask: each a question to the index, answered by core."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from plaintextcrm.app.asking import ask
from plaintextcrm.app.duelist import Offers, entry_count, needs_log
from plaintextcrm.app.vaults import Vault
from plaintextcrm.core import due as dues
from plaintextcrm.core import names, query
from plaintextcrm.core.due import DatedRow, DueRow
from plaintextcrm.core.errors import NotFound
from plaintextcrm.core.model import Contact, FollowUp, Problem
from plaintextcrm.core.standing import Facts, Rules, Standing, stand
from plaintextcrm.core.text import fold
from plaintextcrm.edge import lastlist, vault
from plaintextcrm.edge.index import Index

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
    for contact, facts in index.contacts(with_log or needs_log(terms)):
        person = query.Person(contact, stand(facts, rules, today), entry_count(facts, today))
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
    if word.isascii() and word.isdigit() and len(word) < 10:
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
    row = dues.due_row(contact, standing, vault_.settings, vault_.today, Offers(index))
    dates = dues.dated_rows(contact, standing, vault_.settings, vault_.today)
    problems = tuple(problem for problem in index.problems() if problem.where.path == contact.path)
    return Brief(contact, facts, standing, row, dates, _linked(index, contact), problems)


def _linked(index: Index, contact: Contact) -> tuple[tuple[str, str], ...]:
    """Who else's file links to this person."""
    words = {fold(word) for word in (contact.slug, contact.id, contact.name, *contact.texts("aliases"))}
    found = []
    for other in index.checked():
        if other.id != contact.id and any(fold(link) in words for link in other.links):
            found.append((other.id, other.name))
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

    whole = check.Whole(tuple(index.checked()), vault_.settings, vault_.today)
    found = [*vault_.problems, *index.problems(), *check.check(whole)]
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
