"""Who can help: the warmest way to somebody, and who has to do with a topic (docs/reports.md, "Where am I going, who can help")."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from plaintextcrm.core import graph
from plaintextcrm.core.due_words import entry_words
from plaintextcrm.core.graph import Tie
from plaintextcrm.core.history import from_them, from_us
from plaintextcrm.core.linkwords import Plain
from plaintextcrm.core.model import Interaction
from plaintextcrm.core.pages import words
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.network import Member, Network, of_one
from plaintextcrm.core.text import fold

_MARK, _FIELD = re.compile(r"\s*(?:[-*+]\s+(?:\[.\]\s+)?)?"), re.compile(r"\s*\[[^\[\]:]+::[^\[\]]*\]")
WARM = 60  # of freshness, and above
HALF_LIFE_DAYS = 180  # of the warmth of somebody without a cadence
MOST_WAYS = 3
COLD_STEP = 2.0  # what it costs to turn to somebody one has all but lost, beside 1 for each step
HEARSAY, COLLEAGUE = 1.5, 2.5  # what a step costs that somebody else must take: to whom they know, to whom works where they work
SAYS = {
    graph.SENT: "{} sent us {}", graph.INTRODUCED: "we brought {} and {} together", graph.KNOWS: "{} and {} know each other",
    graph.MET: "{} and {} sat at one table with us", "company": "{} and {} work at the same place",
}  # fmt: skip


# --- how warm ------------------------------------------------------------------------------------------------------


@of_one
def warmth(one: Member) -> int | None:
    """Freshness; of somebody without a cadence 100 x 2^-(days since the last contact / 180). None where there was no contact."""
    if one.standing.freshness is not None:
        return one.standing.freshness
    return None if one.silence is None else round(100 * 2 ** (-one.silence / HALF_LIFE_DAYS))


def warmth_words(one: Member) -> str:
    """warm, cooling, cold, or not in touch yet."""
    return words.warmth(warmth(one)) or "not in touch yet"


def last_move(one: Member) -> str:
    """Whose turn it is, by the newest contact: `you gave last`, `they wrote last`; "" where it does not say."""
    entry = one.touches[-1] if one.touches else None
    if entry is None:
        return ""
    if entry.kind == "referral-out":
        return "you gave last"
    if entry.kind in ("gave", "offered", "introduced", "gift"):
        return "they gave last" if from_them(entry) else "you gave last"
    if entry.kind in ("got", "referral-in"):
        return "they gave last"
    if entry.kind == "asked":
        return "they asked last" if from_them(entry) else "you asked last"
    return "they began last" if from_them(entry) else "you began last" if from_us(entry) else ""


def whom(one: Member) -> str:
    """What an introduction may be about: `who needs tide tables`, else what they offer, else why they matter, else their place of work."""
    for key, verb in (("needs", "who needs"), ("offers", "who offers")):
        if one.contact.texts(key):
            return f"{verb} {one.contact.texts(key)[0]}"
    return words.role_line(one.contact)


# --- the way to somebody -------------------------------------------------------------------------------------------


class Way(NamedTuple):
    """One chain from me: the people in order, the last being the one it leads to, and what an introduction to each may be about; between
    each two the tie that joins them."""

    people: tuple[Member, ...]
    about: tuple[str, ...]
    ties: tuple[Tie, ...]
    cost: float


class Found(NamedTuple):
    """Whom a word means, and the ways there, the best first. `company` is the firm, where one was meant."""

    aims: tuple[Member, ...]
    ways: tuple[Way, ...]
    company: str = ""


def at_company(network: Network, word: str) -> tuple[Member, ...]:
    """Those who work at a firm of that name: exactly so (accents and case folded), else with all its words beginning words of it."""
    wanted, working = fold(word), [one for one in network.everybody if one.contact.text("company") and not one.is_gone]
    same = tuple(one for one in working if _company(one) == wanted)
    return same or tuple(one for one in working if says(words_of(word), one.contact.text("company") or ""))


def near_companies(network: Network, word: str) -> tuple[str, ...]:
    """Up to three firms whose name is like that."""
    from difflib import get_close_matches

    firms: dict[str, str] = {}
    for one in network.everybody:
        if _company(one) and not one.is_gone:
            name = one.contact.text("company") or ""
            for part in (_company(one), *words_of(name)):
                firms.setdefault(part, name)
    return tuple(dict.fromkeys(firms[part] for part in get_close_matches(fold(word), firms, 6, 0.72)))[:3]


def path(network: Network, aims: Sequence[Member]) -> tuple[Way, ...]:
    """Up to three ways to any of these people, over those we have been in touch with and whom they know; the warmest first.

    A way costs 1 to 3 for turning to the first person (the colder the more), 1.5 for each further one, 2.5 over a common firm. Nobody
    archived, deceased or not to be contacted is on a way. A way over somebody who begins a better one is left out.
    """
    people = {one.id: one for one in network.everybody if not one.is_gone}
    sent = graph.referrals(network)
    said = {frozenset((tie.one, tie.other)): tie for tie in graph.ties(network, sent)}
    firms = {one.id: f"\0{_company(one)}" for one in people.values() if _company(one)}
    pairs = [*(tuple(pair) for pair in said), *firms.items()]
    net = graph.graph([*people, *firms.values()], [(one, other) for one, other in pairs])
    place = net.place
    over_firm = [id.startswith("\0") for id in net.ids]
    to = graph.ways(
        net, {place[one.id]: 0.0 for one in aims if one.id in people},
        lambda node, other: COLLEAGUE / 2 if over_firm[node] or over_firm[other] else HEARSAY,
    )  # fmt: skip
    doors = sorted(
        (door(one) + to.cost[place[one.id]], one.id) for one in people.values()
        if one.last is not None and to.cost[place[one.id]] < float("inf")
    )  # fmt: skip
    found: list[Way] = []
    for cost, id in doors:
        steps = [net.ids[node] for node in to.way(place[id])]
        if any(way.people[0].id in steps for way in found):
            continue
        found.append(_way([people[id] for id in steps if id in people], said, cost, network.plain))
        if len(found) == MOST_WAYS:
            break
    return tuple(found)


def _way(people: Sequence[Member], said: Mapping[frozenset[str], Tie], cost: float, plain: Plain) -> Way:
    pairs = ((one.id, other.id) for one, other in pairwise(people))
    ties = (said.get(frozenset(pair)) or Tie(*pair, "company") for pair in pairs)
    return Way(tuple(people), tuple(plain(whom(one)) for one in people), tuple(ties), round(cost, 2))


def tie_words(way: Way, tie: Tie) -> str:
    """`Ada King and Ingrid Solheim know each other`."""
    names = {one.id: one.name for one in way.people}
    return SAYS[tie.words].format(names[tie.one], names[tie.other])


def door(one: Member) -> float:
    """What it costs to turn to somebody: 1 right after a contact, 3 when all but forgotten."""
    return 1 + COLD_STEP * (1 - (warmth(one) or 0) / 100)


def _company(one: Member) -> str:
    return fold(one.contact.text("company") or "")


def way_words(way: Way) -> str:
    """`you → Ada King (warm, you gave last) → Ingrid Solheim, who needs tide tables`."""
    parts = ["you"]
    for number, one in enumerate(way.people):
        note = ", ".join(part for part in (warmth_words(one), last_move(one)) if part) if not number else ""
        about = way.about[-1] if number == len(way.people) - 1 else ""
        parts.append(f"{one.name}{f' ({note})' if note else ''}{f', {about}' if about else ''}")
    return " → ".join(parts)


def why_not(one: Member) -> str:
    """Why somebody is not to be turned to."""
    if one.contact.is_true("do_not_contact"):
        return "asked not to be contacted"
    return "is archived" if fold(one.contact.text("status") or "") == "archived" else "has died"


# --- who has to do with a topic ------------------------------------------------------------------------------------


class Reason(NamedTuple):
    """One person and one reason: `why` is the group, `where` the key it stands in, `text` the words that match."""

    one: Member
    why: str
    where: str
    text: str
    on: date | None = None


CARES, OFFERS, WORKS, INTRODUCES, TOLD = "cares", "offers", "works there", "could introduce", "was told"
GROUPS = {CARES: "Care about it", OFFERS: "Offer it", WORKS: "Work there", INTRODUCES: "Could introduce", TOLD: "Spoke of it with us"}
_KEYS = ((CARES, ("needs", "hobbies", "tags")), (OFFERS, ("offers",)), (WORKS, ("company", "role", "location")))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a topic, folded."""
    return tuple(re.findall(r"\w+", fold(text)))


def says(wanted: Sequence[str], text: str) -> bool:
    """Whether every word begins a word of the text: `desk` is in `eight desks`, `table` is not in `vegetables`."""
    if not wanted:
        return False
    folded = fold(text)
    if not all(word in folded for word in wanted):
        return False
    present = words_of(folded)
    return all(any(other.startswith(word) for other in present) for word in wanted)


def who(network: Network, topic: str) -> tuple[Reason, ...]:
    """Who cares about a topic, offers it, works there, could introduce to one of these who is not warm, or heard of it; by group.

    One line for each person in each group; of the log the newest entry that speaks of it. Nobody archived, deceased or not to be contacted.
    """
    wanted = words_of(topic)
    here = [one for one in network.everybody if not one.is_gone]
    is_there = _places(network, wanted)
    found = [reason for one in here for reason in _keyed(one, wanted, is_there)]
    found += _introducers(network, found)
    found += [reason for one in here if (reason := _told(one, wanted))]
    return tuple(reason._replace(text=network.plain(reason.text)) for reason in sorted(found, key=_order))


def _order(reason: Reason) -> tuple[int, int, int, str]:
    """By group; of the log the newest first; then the warmest."""
    warm = warmth(reason.one)
    return (list(GROUPS).index(reason.why), -reason.on.toordinal() if reason.on else 0, 1 if warm is None else -warm, reason.one.id)


def _places(network: Network, wanted: Sequence[str]) -> Callable[[str], bool]:
    """Whether a location is of the topic: it says so, or is another name of a place that does."""
    others: list[str] = []
    for place, names in network.settings.places:
        if any(says(wanted, name) for name in (place, *names)):
            others += [fold(place), *map(fold, names)]
    return lambda location: any(name in fold(location) for name in others)


def _keyed(one: Member, wanted: Sequence[str], is_there: Callable[[str], bool]) -> Iterator[Reason]:
    for why, keys in _KEYS:
        for key in keys:
            hits = [text for text in one.contact.texts(key) if says(wanted, text) or (key == "location" and is_there(text))]
            if hits:
                yield Reason(one, why, key, ", ".join(hits))
                break


def _introducers(network: Network, found: Sequence[Reason]) -> Iterator[Reason]:
    """Those we are in touch with who know somebody found so far whom we are less warm with; one line each, of the first they know."""
    aims = {reason.one.id: reason for reason in reversed(found) if (warmth(reason.one) or 0) < WARM}
    if not aims:
        return
    known: dict[str, list[Reason]] = {}
    for tie in graph.ties(network, graph.referrals(network)):
        for one, other in ((tie.one, tie.other), (tie.other, tie.one)):
            if other in aims:
                known.setdefault(one, []).append(aims[other])
    for id, reasons in known.items():
        person = network.by_id[id]
        better = [reason for reason in reasons if (warmth(person) or 0) > (warmth(reason.one) or 0)]
        if better and not person.is_gone:
            aim = better[0]
            more = f" and {len(better) - 1} more" if len(better) > 1 else ""
            yield Reason(person, INTRODUCES, "knows", f"{aim.one.name}{more}: {aim.text}")


def _told(one: Member, wanted: Sequence[str]) -> Reason | None:
    for entry in reversed(one.past):
        if says(wanted, entry.text) or any(says(wanted, detail) for detail in entry.details):
            return Reason(one, TOLD, "log", _line(entry, wanted), entry.on)
    return None


def _line(entry: Interaction, wanted: Sequence[str]) -> str:
    """The entry in words, or the detail below it that speaks of the topic."""
    if says(wanted, entry.text):
        return entry_words(entry, str)
    detail = next(detail for detail in entry.details if says(wanted, detail))
    return _FIELD.sub("", _MARK.sub("", detail, count=1)).strip()
