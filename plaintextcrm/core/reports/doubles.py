"""Who is perhaps there twice: groups by what two files share, never everybody against everybody."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date

from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.network import Member, Network
from plaintextcrm.core.text import fold

OFFICE = 4  # what so many share is an office's line, and says nothing of who they are
LEAST_DIGITS, SAME_DIGITS = 7, 9  # of a phone number: what makes one, and how many of the last must agree


class Double(NamedTuple):
    """Two files of perhaps one person, and why; `keep` has more entries, else is older, else has the shorter id."""

    keep: Member
    other: Member
    why: tuple[str, ...]


class Card(NamedTuple):
    """What the rules compare of one person: the name and the company folded, and the words of the name.

    `place` is where they stand among all: who comes first is kept.
    """

    one: Member
    place: int
    name: str
    company: str
    parts: tuple[str, ...]


Finding = tuple[Sequence[Card], str]
"""People who share something, and what it is, in words."""


def doubles(network: Network) -> tuple[Double, ...]:
    """Those with most reasons first. Asked of a few, it still compares them with everybody; who `knows` the other is somebody else."""
    cards = _cards([one for one in network.everybody if not one.is_gone])
    asked = {one.id for one in network.members}
    why: dict[tuple[str, str], list[str]] = defaultdict(list)
    for rule in RULES:
        for group, words in rule(cards):
            keep, *others = sorted(group, key=_place)
            for other in others:
                why[keep.one.id, other.one.id].append(words)
    found = [
        Double(network.by_id[keep], network.by_id[other], tuple(dict.fromkeys(words)))
        for (keep, other), words in why.items()
        if keep in asked or other in asked
    ]
    return tuple(
        sorted((one for one in found if not _are_acquainted(one, network)), key=lambda one: (-len(one.why), one.keep.id, one.other.id))
    )


def entries_by_now(one: Member) -> int:
    """How many entries there are, plans and days to come left out."""
    return bisect_right(one.facts.days, one.today.toordinal())


def _cards(people: Sequence[Member]) -> list[Card]:
    """In the order of the people."""
    place = {one.id: place for place, one in enumerate(sorted(people, key=_first))}
    found = []
    for one in people:
        name = fold(one.name)
        found.append(Card(one, place[one.id], name, fold(one.contact.text("company") or ""), tuple(re.findall(r"\w+", name))))
    return found


def _place(card: Card) -> int:
    return card.place


def _first(one: Member) -> tuple[int, date, int, str]:
    return (-entries_by_now(one), one.contact.created or date.max, len(one.id), one.id)


def _are_acquainted(pair: Double, network: Network) -> bool:
    def knows(one: Member, other: Member) -> bool:
        return any(network.meant(link) is other for link in one.contact.texts("knows"))

    return knows(pair.keep, pair.other) or knows(pair.other, pair.keep)


# --- what two files may share --------------------------------------------------------------------------------------


def _groups(cards: Iterable[Card], keys: Callable[[Card], Iterable[Hashable]]) -> Mapping[Hashable, list[Card]]:
    """Everybody by each of their keys; somebody alone with a key is left out."""
    found: dict[Hashable, list[Card]] = defaultdict(list)
    for card in cards:
        for key in keys(card):
            group = found[key]
            if not group or group[-1] is not card:  # who has a key twice is in its group once
                group.append(card)
    return {key: group for key, group in found.items() if len(group) > 1}


def same_name(cards: Sequence[Card]) -> Iterable[Finding]:
    """The same name, whatever case and accents."""
    return ((group, "the same name") for group in _groups(cards, lambda card: [card.name]).values())


def same_email(cards: Sequence[Card]) -> Iterable[Finding]:
    """An e-mail address of both."""
    found = _groups(cards, lambda card: [text.strip().casefold() for text in card.one.contact.texts("email") if "@" in text])
    return ((group, f"e-mail {key}") for key, group in found.items() if len(group) < OFFICE)


def same_phone(cards: Sequence[Card]) -> Iterable[Finding]:
    """A phone number of both: the last nine digits, so that +351, 00351 and nothing at all agree."""

    def numbers(card: Card) -> Iterable[str]:
        digits = [re.sub(r"\D", "", text) for text in card.one.contact.texts("phone")]
        return [number[-SAME_DIGITS:] for number in digits if len(number) >= LEAST_DIGITS]

    return ((group, "the same phone") for group in _groups(cards, numbers).values() if len(group) < OFFICE)


def alias_is_name(cards: Sequence[Card]) -> Iterable[Finding]:
    """The name of one is an alias of the other."""
    named = _by_name(cards)
    for card in cards:
        for alias in card.one.contact.texts("aliases"):
            other = named.get(fold(alias))
            if other and other is not card:
                yield (card, other), f'the alias "{alias}"'


def _by_name(cards: Sequence[Card]) -> Mapping[str, Card]:
    """Who has a name; of several the first, to which `same_name` joins the others."""
    found: dict[str, Card] = {}
    for card in sorted(cards, key=_place):
        found.setdefault(card.name, card)
    return found


def turned_name(cards: Sequence[Card]) -> Iterable[Finding]:
    """`King, Ada` and `Ada King`."""
    found = _groups(_by_name(cards).values(), lambda card: [tuple(sorted(card.parts))] if len(card.parts) > 1 else [])
    return ((group, "the name turned round") for group in found.values())


def near_name(cards: Sequence[Card]) -> Iterable[Finding]:
    """One letter more, less or other, or two swapped, in the same company."""
    long = [card for card in _by_name(cards).values() if card.company and len(card.name) >= 5]
    seen: set[tuple[int, int]] = set()
    for colleagues in _groups(long, lambda card: [card.company]).values():
        if not _share_an_end([card.name for card in colleagues]):
            continue
        for first, *others in _groups(colleagues, _shortened).values():
            for other in others:
                if (first.place, other.place) not in seen and is_near(first.name, other.name):
                    seen.add((first.place, other.place))
                    yield (first, other), "nearly the same name, in one company"


def _share_an_end(names: Sequence[str]) -> bool:
    """Whether two of them begin or end with the same two letters. Near names of five letters and more do; most colleagues do not."""
    return len({name[:2] for name in names}) < len(names) or len({name[-2:] for name in names}) < len(names)


def _shortened(card: Card) -> Iterable[str]:
    """The name, and the name less each of its letters: near names have one of these in common."""
    name = card.name
    return [name, *[name[:at] + name[at + 1 :] for at in range(len(name))]]


def is_near(a: str, b: str) -> bool:
    """Whether two names differ by one letter, or by two neighbours swapped."""
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    a, b = a[start:], b[start:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    return (len(a) <= 1 and len(b) <= 1) or (len(a) == 2 and a == b[::-1])


def initial_only(cards: Sequence[Card]) -> Iterable[Finding]:
    """`A. King` beside the only A… King of the same company."""

    def key(card: Card) -> Iterable[tuple[str, str, str]]:
        return [(card.company, card.parts[0][0], card.parts[-1])] if card.company and len(card.parts) > 1 else []

    for group in _groups(_by_name(cards).values(), key).values():
        short = [card for card in group if len(card.parts[0]) == 1]
        full = [card for card in group if len(card.parts[0]) > 1]
        if len(full) == 1:
            yield from (((card, full[0]), "the initial, in one company") for card in short)


RULES: tuple[Callable[[Sequence[Card]], Iterable[Finding]], ...] = (
    same_name, same_email, same_phone, alias_is_name, turned_name, near_name, initial_only,
)  # fmt: skip
