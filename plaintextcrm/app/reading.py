"""What reading commands ask: each a question to the index, answered by core."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import islice

from plaintextcrm.app.duelist import Offers, entry_count, needs_log
from plaintextcrm.app.vaults import Vault, missing_folders
from plaintextcrm.core import due as dues
from plaintextcrm.core import query
from plaintextcrm.core.due import DatedRow, DueRow
from plaintextcrm.core.errors import NotFound
from plaintextcrm.core.linkwords import links_of, plain_words
from plaintextcrm.core.model import Contact, FollowUp, Problem
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.standing import Facts, Rules, Standing, stand
from plaintextcrm.core.text import fold
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
    names: Mapping[str, str] = {}  # what its links are called

    def plain(self, text: str) -> str:
        """Text of this person in plain words, links by the names of those they mean."""
        return plain_words(text, self.names)


def brief(index: Index, vault_: Vault, id: str) -> Brief:
    """One person, whole. Raises NotFound."""
    found = next(index.facts([id]), None)
    if found is None:
        raise NotFound(f'nobody has the id "{id}"')
    contact, facts = found
    standing = stand(facts, Rules(vault_.settings), vault_.today)
    names = index.names(links_of(_texts(contact)))
    plain = partial(plain_words, names=names)
    row = dues.due_row(contact, standing, vault_.settings, vault_.today, Offers(index), plain)
    row = row._replace(hook=plain(row.hook))  # what they need keeps its links, which a page leads on
    dates = dues.dated_rows(contact, standing, vault_.settings, vault_.today)
    dates = tuple(on._replace(label=plain(on.label)) for on in dates)
    problems = tuple(problem for problem in index.problems() if problem.where.path == contact.path)
    return Brief(contact, facts, standing, row, dates, _linked(index, contact), problems, names)


def _texts(contact: Contact) -> Iterator[str]:
    """All that somebody's file says of them: keys, log, follow-ups."""
    for key in contact.keys:
        yield from contact.texts(key)
    for entry in contact.interactions:
        yield entry.text
        yield from entry.details
    yield from (task.text for task in contact.follow_ups)


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
    from plaintextcrm.core.searching import Finder, match_query

    holds = None
    if terms:
        kept = {person.contact.id for person in people(index, vault_, terms)}
        holds = kept.__contains__
    wanted = match_query(words)
    if not wanted:
        return ()
    line_of = Finder(words).line_of
    hits = (hit for hit in index.search(wanted) if holds is None or holds(hit[0]))
    return tuple(Found(id, name, *line_of(name, fields, body)) for id, name, fields, body in islice(hits, limit))


def whole_problems(index: Index, vault_: Vault) -> tuple[Problem, ...]:
    """What only shows when all contacts are looked at."""
    from plaintextcrm.core import check

    return check.check(check.Whole(tuple(index.checked()), vault_.settings, vault_.today))


def all_problems(index: Index, vault_: Vault, terms: Sequence[str] = ()) -> tuple[Problem, ...]:
    """Everything wrong in the vault: in the settings, in each file, and what only shows in the whole."""
    found = [*vault_.problems, *missing_folders(vault_), *index.problems(), *whole_problems(index, vault_)]
    if terms:
        paths = {person.contact.path for person in people(index, vault_, terms)}
        found = [problem for problem in found if problem.where.path in paths]
    return tuple(sorted(found, key=lambda problem: (problem.where, problem.code)))
