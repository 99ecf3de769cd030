"""The due list: who, in which order, how many of them today, and what is near."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from plaintextcrm.app.vaults import Vault
from plaintextcrm.core import due as dues
from plaintextcrm.core.due import DatedRow, DueRow, Mark
from plaintextcrm.core.errors import Refused
from plaintextcrm.core.model import Contact, Problem
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Facts, Rules, stand
from plaintextcrm.edge import files
from plaintextcrm.edge.index import Index

if TYPE_CHECKING:
    from plaintextcrm.core.due_words import Offer


class DueList(NamedTuple):
    """The day's list: `rows` in order, how many more wait, what is near, and how the week stands."""

    rows: tuple[DueRow, ...]
    explained: tuple[tuple[str, ...], ...]  # the arithmetic of each row, where it was asked for
    waiting: int
    dates: tuple[DatedRow, ...]
    touched: int
    unsorted: int
    people: int
    day: date
    problems: tuple[Problem, ...]


class Wanted(NamedTuple):
    """What of the due list is asked for."""

    terms: tuple[str, ...] = ()
    within_days: int = 0
    limit: int | None = None
    everybody: bool = False
    at: date | None = None
    explain: bool = False

    @property
    def is_the_days(self) -> bool:
        """Whether it is the list of the day, which the index keeps."""
        return not (self.terms or self.within_days or self.at)


class _Chosen(NamedTuple):
    """Whom to show, of how many."""

    ids: tuple[str, ...]
    listed: int
    touched: int
    unsorted: int
    dates: tuple[DatedRow, ...]


def due_list(index: Index, vault_: Vault, wanted: Wanted = Wanted()) -> DueList:
    """Who is due on the day, cut to what the week has room for."""
    settings, day = vault_.settings, wanted.at or vault_.today
    rules, offers = Rules(settings), Offers(index)
    chosen = _of_the_day(index, settings, day, wanted) if wanted.is_the_days else _evaluated(index, settings, day, wanted)

    def make(contact: Contact, facts: Facts) -> DueRow:
        # `str` leaves links as they are: a row is kept, and what they are called hangs on other files
        return dues.due_row(contact, stand(facts, rules, day), settings, day, offers, str)

    if wanted.is_the_days:
        rows = tuple(index.rows(chosen.ids, make))
    else:
        rows = tuple(make(contact, facts) for contact, facts in index.facts(chosen.ids))
    explained: tuple[tuple[str, ...], ...] = ()
    if wanted.explain:
        standings = [stand(facts, rules, day) for _, facts in index.facts(chosen.ids)]
        explained = tuple(dues.arithmetic(row, standing, settings) for row, standing in zip(rows, standings, strict=True))
    rows, near = _named(index, rows, chosen.dates)
    dates = tuple(sorted(near, key=lambda row: (row.on, row.name, row.kind, row.label, row.id)))
    return DueList(
        rows, explained, chosen.listed - len(rows), dates, chosen.touched, chosen.unsorted, index.count(), day, tuple(index.problems())
    )


def _named(index: Index, rows: Sequence[DueRow], dates: Sequence[DatedRow]) -> tuple[tuple[DueRow, ...], tuple[DatedRow, ...]]:
    """The same with names for links; nobody is looked up where no line has one."""
    texts = [*(text for row in rows for text in (row.hook, *row.owed)), *(on.label for on in dates)]
    if not any("[[" in text for text in texts):
        return tuple(rows), tuple(dates)
    from plaintextcrm.core.linkwords import links_of, plain_words

    plain = partial(plain_words, names=index.names(links_of(texts)))
    named = (row._replace(hook=plain(row.hook), owed=tuple(plain(text) for text in row.owed)) for row in rows)
    return tuple(named), tuple(on._replace(label=plain(on.label)) for on in dates)


def due_count(index: Index, vault_: Vault, wanted: Wanted = Wanted()) -> int:
    """How many are due, shown or waiting."""
    settings, day = vault_.settings, wanted.at or vault_.today
    if wanted.is_the_days:
        return index.cut(day, 0).listed
    return _evaluated(index, settings, day, wanted).listed


def _of_the_day(index: Index, settings: Settings, day: date, wanted: Wanted) -> _Chosen:
    found = index.cut(day, None if wanted.everybody or wanted.limit is not None else settings.per_week)
    ids = found.shown if wanted.limit is None else found.shown[: wanted.limit]
    return _Chosen(ids, found.listed, found.touched, found.unsorted, tuple(index.dated(day)))


def _evaluated(index: Index, settings: Settings, day: date, wanted: Wanted) -> _Chosen:
    from plaintextcrm.core import query

    holds = query.parse(wanted.terms, settings, day).holds
    rules, until = Rules(settings), day.toordinal() + wanted.within_days
    kept: list[Mark] = []
    near: list[str] = []
    touched = unsorted = 0
    for contact, facts in index.contacts(with_log=needs_log(wanted.terms)):
        one = dues.mark(facts, rules, day)
        standing = one.standing
        touched += one.touched
        is_listed = standing.listed or (bool(standing.due) and standing.due <= until and not standing.hidden)
        if not (is_listed or one.dated or one.unsorted) or not holds(query.Person(contact, standing, entry_count(facts, day))):
            continue
        unsorted += one.unsorted
        if is_listed:
            kept.append(one)
        if one.dated:
            near.append(contact.id)
    kept.sort(key=lambda one: one.standing.order())
    shown = _cut(kept, wanted, dues.capacity_left(settings, touched))
    dates = [row for contact, facts in index.facts(near) for row in dues.dated_rows(contact, stand(facts, rules, day), settings, day)]
    return _Chosen(tuple(one.standing.id for one in shown), len(kept), touched, unsorted, tuple(dates))


def _cut(kept: Sequence[Mark], wanted: Wanted, room: int) -> Sequence[Mark]:
    if wanted.limit is not None:
        return kept[: wanted.limit]
    return kept if wanted.everybody else dues.cut(kept, room)


def needs_log(terms: Iterable[str]) -> bool:
    """Whether a filter looks into logs and follow-ups."""
    return any(word in term for term in terms for word in ("follow", "todo", "promise"))


def entry_count(facts: Facts, day: date) -> int:
    """How many entries there are up to the day."""
    today = day.toordinal()
    return sum(on <= today for on in facts.days)


class Offers:
    """What the people of the vault offer, looked up at most once and only when somebody's need asks for it."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.found: tuple[Offer, ...] | None = None

    def __iter__(self) -> Iterator[Offer]:
        if self.found is None:
            from plaintextcrm.core.due_words import Offer

            people = (contact for contact, _ in self.index.contacts(with_log=False))
            self.found = tuple(Offer(one.id, one.name, offer) for one in people for offer in one.texts("offers"))
        return iter(self.found)


def inbox_lines(vault_: Vault) -> int:
    """How many notes wait in `inbox.md`, as `jot` finds them."""
    try:
        text = files.read_bytes(vault_.root / "inbox.md").decode("utf-8", "replace")
    except (OSError, Refused):
        return 0
    from plaintextcrm.core.inbox import notes

    return len(notes(text))
