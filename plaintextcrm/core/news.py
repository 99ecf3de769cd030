"""What feeds (RSS, Atom) say: bytes to items, and which of them are new. The parsing is feedparser's."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from plaintextcrm.core.dates import day_or_none
from plaintextcrm.core.model import Contact
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import fold

FIRST_TIME = 3  # items of a feed that was never looked at: the newest, not the whole archive
MOST_SEEN = 500  # keys kept of one feed
LONGEST = 300  # characters of a title


class Item(NamedTuple):
    """One thing that was published. `key` tells it from every other of its feed; `on` is None where the feed does not say."""

    key: str
    title: str
    link: str
    on: date | None = None


class News(NamedTuple):
    """One item as a reason to write to somebody."""

    id: str
    name: str
    item: Item
    feed: str
    names_them: bool


def parse(data: bytes) -> tuple[Item, ...] | None:
    """The items of a feed in its order, or None where it is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the library, about Python's own modules
        import feedparser

        found = feedparser.parse(io.BytesIO(data), sanitize_html=False)
    if not found.version:
        return None
    return tuple(item for entry in found.entries if (item := _item(entry)).key)


def _item(entry: Mapping[str, Any]) -> Item:
    said = entry.get
    title = " ".join(re.sub(r"<[^<>]{0,200}>", "", str(said("title") or "")).split())[:LONGEST]
    link = str(said("link") or "").strip()
    when = said("published_parsed") or said("updated_parsed")
    on = day_or_none(*when[:3]) if when else None
    key = str(said("id") or link or title)
    return Item(key[:2000], title or link, link if link.startswith(("http://", "https://")) else "", on)


def fresh(items: Iterable[Item], seen: Collection[str] | None) -> tuple[Item, ...]:
    """Those that were not seen, newest first; of a feed never looked at (None) the newest few."""
    new: dict[str, Item] = {}
    for item in items:
        if seen is None or item.key not in seen:
            new.setdefault(item.key, item)
    newest = sorted(new.values(), key=lambda item: -(item.on.toordinal() if item.on else 0))
    return tuple(newest[:FIRST_TIME] if seen is None else newest)


def seen_after(items: Sequence[Item], seen: Sequence[str] | None) -> tuple[str, ...]:
    """The keys to remember: those of now first, of older ones as many as there is room for."""
    return tuple(dict.fromkeys([*(item.key for item in items), *(seen or ())]))[:MOST_SEEN]


def names_them(title: str, contact: Contact) -> bool:
    """Whether a title has the person's name, or another name of theirs, as whole words."""
    said = f" {_words(title)} "
    return any((words := _words(name)) and f" {words} " in said for name in (contact.name, *contact.texts("aliases")))


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


def about(contact: Contact, items: Iterable[Item], feed: str) -> tuple[News, ...]:
    """Items of one person's feed."""
    return tuple(News(contact.id, contact.name, item, feed, names_them(item.title, contact)) for item in items)


def ordered(news: Iterable[News]) -> tuple[News, ...]:
    """What names them first, then the newest; of one day by name and title."""
    return tuple(
        sorted(news, key=lambda one: (not one.names_them, -(one.item.on.toordinal() if one.item.on else 0), one.name, one.item.title))
    )
