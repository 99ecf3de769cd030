"""One contact -> its page and its card: what a build does ten thousand times, in two processes where there are many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from functools import cache, cached_property, lru_cache
from json import loads
from typing import TYPE_CHECKING, Any, TypeVar

from plaintextcrm.app.vaults import Vault
from plaintextcrm.core import due as dues
from plaintextcrm.core import stored
from plaintextcrm.core.dates import last_day
from plaintextcrm.core.due import DueRow
from plaintextcrm.core.due_words import Offer
from plaintextcrm.core.model import NEVER, Contact, FollowUp
from plaintextcrm.core.occasions import days_of
from plaintextcrm.core.pages import calendar, people, stats
from plaintextcrm.core.pages.addresses import encoded, page_of, page_path
from plaintextcrm.core.pages.digest import Around, digest, logged_lines, notes_of, plain_by
from plaintextcrm.core.pages.outlook import HORIZON
from plaintextcrm.core.pages.published import clean, imported_lines, private_keys, published, seen_facts, without_comments, without_links
from plaintextcrm.core.pages.shapes import Common, Digest, Fact, Frame, Link, Person
from plaintextcrm.core.record import NamedTuple, quicken
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Facts, Rules, Standing, stand
from plaintextcrm.core.text import fold
from plaintextcrm.core.vocabulary import ORDER
from plaintextcrm.edge import assets, places
from plaintextcrm.edge.cards import Card, Cards
from plaintextcrm.edge.compiled import Compiled
from plaintextcrm.edge.faces import Faces
from plaintextcrm.edge.index import Index, Written
from plaintextcrm.render.html import Pages, Templates
from plaintextcrm.render.timeline import Timeline, timeline

if TYPE_CHECKING:
    from plaintextcrm.app.sketching import Sketches

T = TypeVar("T")
quicken(Fact, FollowUp, Link, Common, Digest, DueRow, Person, Facts, Standing)
BATCH = 50  # pages that go through each step together (as files do when they are read)


@cache
def templates(may_keep: bool) -> Templates:
    """The templates of all pages, read once; compiled ones are kept where that may be."""
    return Templates(assets.template, Compiled(places.cache_folder() / "templates") if may_keep else None)


class Names:
    """Who people are, what they offer, and who of them is private."""

    def __init__(self, cards: Cards, faces: Faces) -> None:
        self._cards: Cards | None = cards
        self.faces, self.private = faces, cards.private_ids()
        self.modest, self.count = cards.modest(), cards.count()
        self._offers: tuple[Offer, ...] | None = None

    def elsewhere(self) -> Names:
        """The same for another process."""
        self.offers()
        other = copy(self)
        other._cards, other.faces = None, self.faces.elsewhere()
        return other

    def is_private(self, id: str) -> bool:
        """Whether somebody is on no page."""
        return id in self.private

    def offers(self) -> Iterable[Offer]:
        """What people offer, private ones left out."""
        if self._offers is None:
            assert self._cards is not None
            told = self._cards.told()
            self._offers = tuple(Offer(id, name, offer) for id, name, text in told for offer in loads(text).get("offers", ()))
        return self._offers


class Pressed(NamedTuple):
    """One person: the card, the path of the page, the page, and what is kept for reports ("" where none is shown)."""

    card: Card
    path: str
    page: bytes
    sketch: str


class Known(NamedTuple):
    """A contact as it may be seen, and where it stands."""

    contact: Contact
    facts: Facts
    standing: Standing
    hidden: frozenset[str]  # the keys that are not shown
    settings: Settings  # `show_tier` is off where the tier is private


class Press:
    """Makes pages and cards under one vault, day and frame."""

    def __init__(self, vault_: Vault, index: Index, names: Names, frame: Frame, files: str) -> None:
        self.vault, self.index, self.names, self.frame, self.files = vault_, index, names, frame, files
        self.settings, self.today = vault_.settings, vault_.today
        self.rules = Rules(vault_.settings)
        self.modest = self.settings._replace(site=self.settings.site._replace(show_tier=False))
        self.asked: set[str] = set()  # the names that the page in the press asked for
        self._frames: dict[int, Frame] = {}
        self._known_pages = lru_cache(maxsize=2048)(self._resolve)
        self._known_hidden = lru_cache(maxsize=2048)(self._is_hidden)
        self.plain = plain_by(self.resolve)
        self.pages = Pages(self.resolve, templates(vault_.cache))

    def resolve(self, target: str) -> tuple[str, str] | None:
        """The page that a name means, and the name to show; None where there is none."""
        self.asked.add(target)
        return self._known_pages(target)

    def is_hidden(self, target: str) -> bool:
        """Whether a name is that of somebody private."""
        self.asked.add(target)
        return bool(self.names.private) and self._known_hidden(target)

    def _resolve(self, target: str) -> tuple[str, str] | None:
        found = [id for id in self.names.faces.meant(fold(target)) if not self.names.is_private(id)]
        return (page_of(found[0]), self.names.faces.name_of(found[0])) if len(found) == 1 else None

    def _is_hidden(self, target: str) -> bool:
        word = _word_of(target)
        found = self.names.faces.meant(word) or ("/" in word and self.names.faces.meant(word.rsplit("/", 1)[1])) or ()
        return bool(found) and all(self.names.is_private(id) for id in found)

    def seen(self, contact: Contact, facts: Facts) -> Known:
        """Somebody as others may see them."""
        hidden = private_keys(contact, self.settings)
        shown = published(contact, hidden, self.is_hidden)
        seen = seen_facts(facts, shown, hidden, self.settings)
        settings = self.modest if "tier" in hidden else self.settings
        return Known(shown, seen, stand(seen, self.rules, self.today), hidden, settings)

    def _frame(self, depth: int) -> Frame:
        """The frame of a page so many folders below that of the site."""
        if depth not in self._frames:
            self._frames[depth] = self.frame._replace(root="../" * depth)
        return self._frames[depth]

    @cached_property
    def _offers(self) -> tuple[tuple[Offer, ...], frozenset[str]]:
        """(what people offer, as others may see it; the names that were asked for, on which every page that may speak of it depends)."""
        before, self.asked = self.asked, set()
        offers = tuple(offer._replace(text=clean(offer.text, self.is_hidden)) for offer in self.names.offers())
        asked, self.asked = frozenset(self.asked), before
        return offers, asked

    @property
    def offers(self) -> tuple[Offer, ...]:
        """What people offer, as others may see it."""
        return self._offers[0]

    @cached_property
    def sketches(self) -> Sketches:
        """What the reports of the site keep of each."""
        from plaintextcrm.app.sketching import Sketches  # loaded only where there are such pages

        are_tiers_told = (self.settings.site.show_tier and not self.names.modest) or not self.names.count
        return Sketches(self.settings, self.today, are_tiers_told)

    def row(self, known: Known) -> DueRow:
        """Their row of the due list, which tells no private rhythm."""
        if "needs" in known.contact.keys:
            self.asked |= self._offers[1]
        row = dues.due_row(known.contact, known.standing, known.settings, self.today, self.offers, self.plain)
        return row._replace(cadence=NEVER) if "cadence" in known.hidden else row

    def pressed(self, ids: Sequence[str]) -> Iterator[Pressed]:
        """What is made of each; private people have no page and are left out."""
        for start in range(0, len(ids), BATCH):
            shown = [id for id in ids[start : start + BATCH] if not self.names.is_private(id)]
            yield from self._press(self.index.written(shown))

    def _press(self, batch: Sequence[Written]) -> Iterator[Pressed]:
        """The same of a few people, step by step for all of them: what a step needs stays in the cache of the processor."""
        asked: list[set[str]] = [set() for _ in batch]  # by each step that may ask for names; the others are only mapped

        def each(step: Callable[..., T], *columns: Sequence[Any]) -> list[T]:
            made = []
            for self.asked, *parts in zip(asked, *columns, strict=True):
                made.append(step(*parts))
            return made

        known = each(lambda written: self.seen(written.contact, written.facts), batch)
        rows = each(self.row, known)
        notes = each(self._notes, batch, known)
        digests = each(self._digest, known, rows, notes)
        timelines = [*map(self._timeline, known, digests)]
        pages = each(self._page, digests, timelines)
        people_ = [*map(self._person, known, digests)]
        shown = [self.pages.person_row(person, self.frame) for person in people_]
        cards = each(self._card, known, rows, people_, shown)
        sketches = [*map(self.sketches.of, known)] if self.settings.site.reports else [""] * len(known)
        for names, card, one, page, sketch in zip(asked, cards, digests, pages, sketches, strict=True):
            yield Pressed(card._replace(asked="\n".join(sorted(_words_of(names)))), page_path(one.id), page, sketch)

    def _digest(self, known: Known, row: DueRow, notes: str) -> Digest:
        contact = known.contact
        linked = tuple((name, page_of(id)) for id, name in self.names.faces.linked_to(contact.id))
        depth = page_path(contact.id).count("/")
        file = "../" * depth + self.files + encoded(contact.path) if self.files else ""
        return digest(contact, known.standing, row, notes, Around(known.settings, self.today, self.resolve, linked, file))

    def _timeline(self, known: Known, one: Digest) -> Timeline | None:
        died = last_day(known.contact.died) if known.contact.died else None
        return timeline(one.log, self.today, died, known.settings.kind_table)

    def _page(self, one: Digest, drawn: Timeline | None) -> bytes:
        return self.pages.digest(self._frame(page_path(one.id).count("/")), one, drawn)

    def _person(self, known: Known, one: Digest) -> Person:
        return people.person(known.contact, known.standing, len(one.entries), known.settings, self.today)

    def _card(self, known: Known, row: DueRow, person: Person, shown: str) -> Card:
        contact, standing, settings = known.contact, known.standing, known.settings
        events = calendar.events(contact, standing, settings, self.today, self.plain)
        return Card(
            contact.id, people.folded(contact.name), contact.name, person.href, person.state, shown,
            stored.compact(site_facts(known, row)), _listed(events),
            _listed([] if standing.hidden == "wholly" else [(kind, *on, label) for *on, kind, label in days_of(contact)]),
            stored.compact(stats.tally(contact, standing, settings, self.today)), *calendar.first_ahead(events, self.today, HORIZON), "",
        )  # fmt: skip

    def _notes(self, written: Written, known: Known) -> str:
        unsound = written.line == 2 or (written.line == 1 and written.text.startswith("<<<<<<< "))
        if unsound or "notes" in known.hidden:
            return ""  # unsound: the front matter is not closed, or a merge stands before it, so that keys are among the notes
        text = written.text
        if "<!--" in text or "%%" in text:
            text = without_comments(text, "\n\0")  # before any line is left out that has only one end of a comment
        is_hidden = not known.hidden.isdisjoint(("log", "interactions"))
        sections = [lines for section in written.outline.sections for lines in logged_lines(section, whole=is_hidden)]
        sections += imported_lines(text, written.line)
        tasks = [task.where for task in written.contact.follow_ups]
        notes = notes_of(text, written.line, sections, written.outline.title, tasks)
        return without_links(notes.replace("\n\0", "").replace("\0", ""), self.is_hidden)


def _listed(found: Sequence[object]) -> str:
    return stored.compact(found) if found else "[]"


def _words_of(asked: Iterable[str]) -> set[str]:
    """Under which folded words those names were looked for."""
    words = set(map(_word_of, asked))
    return words | {word.rsplit("/", 1)[1] for word in words if "/" in word}


@lru_cache(maxsize=2048)
def _word_of(name: str) -> str:
    return fold(name).removesuffix(".md")


def site_facts(known: Known, row: DueRow) -> dict[str, object]:
    """One person as `site.json` has it: the keys of the vocabulary that are shown, and where they stand."""
    contact = known.contact
    left_out = known.hidden | {"private"} | (frozenset() if known.settings.site.show_tier else {"tier"})
    keys = contact.keys
    shown = sorted(ORDER.keys() & keys.keys() - left_out, key=ORDER.__getitem__)
    facts: dict[str, object] = {key: keys[key] for key in shown}
    told = dues.row_facts(row)
    wanted = ("last", "last_kind", "due", "next", "state", "ratio", "freshness", "hook", "owed", "occasions", "follow_ups")
    return {"id": contact.id, "page": page_of(contact.id), **facts, "name": contact.name, **{key: told[key] for key in wanted}}
