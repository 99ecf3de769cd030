"""News of the people of a vault: their feeds, fetched, and what of it is new."""

from __future__ import annotations

from collections.abc import Collection

from plaintextcrm.app.vaults import Vault
from plaintextcrm.core import news
from plaintextcrm.core.model import Contact
from plaintextcrm.core.news import News
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.edge import feeds
from plaintextcrm.edge.feeds import Seen
from plaintextcrm.edge.index import Index, Progress


class Found(NamedTuple):
    """New items in the order in which to read them, feeds that gave none with the reason, and how many feeds there are."""

    news: tuple[News, ...]
    failed: tuple[tuple[str, str, str], ...]  # id of the person, feed, reason
    feeds: int
    seen: dict[str, Seen]


def readers(index: Index, ids: Collection[str] | None = None) -> tuple[Contact, ...]:
    """Who has feeds: those people, else everybody who may be turned to."""
    found = (contact for contact, facts in index.contacts(with_log=False) if (contact.id in ids if ids is not None else not facts.gone))
    return tuple(contact for contact in found if contact.texts("feeds"))


def look(
    vault_: Vault, people: tuple[Contact, ...], again: bool = False, progress: Progress | None = None, seconds: float = feeds.SECONDS
) -> Found:
    """What their feeds say that was not seen; with `again` all that they say. Nothing is remembered yet."""
    seen = feeds.recall(vault_.state)
    whose = {feed: contact for contact in reversed(people) for feed in contact.texts("feeds")}
    asked = {} if again else seen
    found: list[News] = []
    failed: list[tuple[str, str, str]] = []
    after = dict(seen)
    for number, got in enumerate(feeds.fetch(whose, asked, seconds), 1):
        if progress:
            progress(number, len(whose))
        contact, known = whose[got.feed], asked.get(got.feed)
        items = news.parse(got.data) if got.data is not None else ()
        if got.reason or items is None:
            failed.append((contact.path, got.feed, got.reason or "is no feed (RSS or Atom)"))
            continue
        new = items if again else news.fresh(items, known.keys if known else None)
        for reader in people:
            if got.feed in reader.texts("feeds"):
                found += news.about(reader, new, got.feed)
        held = seen.get(got.feed)
        after[got.feed] = Seen(got.etag, got.modified, news.seen_after(items, held.keys if held else None))
    return Found(news.ordered(found), tuple(failed), len(whose), after)


def remember(vault_: Vault, found: Found) -> None:
    """What was shown is not shown again."""
    feeds.remember(vault_.state, found.seen)
