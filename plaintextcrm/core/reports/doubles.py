"""Who is perhaps there twice: groups by what two files share, never everybody against everybody."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

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


Finding = tuple[Sequence[Member], str]
"""People who share something, and what it is, in words."""


def doubles(network: Network) -> tuple[Double, ...]:
    """Those with most reasons first. Asked of a few, it still compares them with everybody; who `knows` the other is somebody else."""
    people = [one for one in network.everybody if not one.is_gone]
    asked = {one.id for one in network.members}
    why: dict[tuple[str, str], list[str]] = defaultdict(list)
    for rule in RULES:
        for group, words in rule(people):
            keep, *others = sorted(group, key=_first)
            for other in others:
                why[keep.id, other.id].append(words)
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


def _first(one: Member) -> tuple[int, date, int, str]:
    return (-entries_by_now(one), one.contact.created or date.max, len(one.id), one.id)


def _are_acquainted(pair: Double, network: Network) -> bool:
    def knows(one: Member, other: Member) -> bool:
        return any(network.meant(link) is other for link in one.contact.texts("knows"))

    return knows(pair.keep, pair.other) or knows(pair.other, pair.keep)


# --- what two files may share --------------------------------------------------------------------------------------


def _groups(people: Iterable[Member], keys: Callable[[Member], Iterable[Hashable]]) -> Mapping[Hashable, list[Member]]:
    """Everybody by each of their keys; somebody alone with a key is left out."""
    found: dict[Hashable, list[Member]] = defaultdict(list)
    for one in people:
        for key in dict.fromkeys(keys(one)):
            found[key].append(one)
    return {key: group for key, group in found.items() if len(group) > 1}


@lru_cache(maxsize=65536)
def _folded(name: str) -> str:
    """`fold`, kept: five rules look at each name."""
    return fold(name)


def _name(one: Member) -> str:
    return _folded(one.name)


def _parts(one: Member) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", _name(one)))


def same_name(people: Sequence[Member]) -> Iterable[Finding]:
    """The same name, whatever case and accents."""
    return ((group, "the same name") for group in _groups(people, lambda one: [_name(one)]).values())


def same_email(people: Sequence[Member]) -> Iterable[Finding]:
    """An e-mail address of both."""
    found = _groups(people, lambda one: [text.strip().casefold() for text in one.contact.texts("email") if "@" in text])
    return ((group, f"e-mail {key}") for key, group in found.items() if len(group) < OFFICE)


def same_phone(people: Sequence[Member]) -> Iterable[Finding]:
    """A phone number of both: the last nine digits, so that +351, 00351 and nothing at all agree."""

    def numbers(one: Member) -> Iterable[str]:
        digits = (re.sub(r"\D", "", text) for text in one.contact.texts("phone"))
        return (number[-SAME_DIGITS:] for number in digits if len(number) >= LEAST_DIGITS)

    return ((group, "the same phone") for group in _groups(people, numbers).values() if len(group) < OFFICE)


def alias_is_name(people: Sequence[Member]) -> Iterable[Finding]:
    """The name of one is an alias of the other."""
    named = _by_name(people)
    for one in people:
        for alias in one.contact.texts("aliases"):
            other = named.get(fold(alias))
            if other and other is not one:
                yield (one, other), f'the alias "{alias}"'


def _by_name(people: Sequence[Member]) -> Mapping[str, Member]:
    """Who has a name; of several the first, to which `same_name` joins the others."""
    found: dict[str, Member] = {}
    for one in sorted(people, key=_first):
        found.setdefault(_name(one), one)
    return found


def turned_name(people: Sequence[Member]) -> Iterable[Finding]:
    """`King, Ada` and `Ada King`."""
    found = _groups(_by_name(people).values(), lambda one: [tuple(sorted(_parts(one)))] if len(_parts(one)) > 1 else [])
    return ((group, "the name turned round") for group in found.values())


def near_name(people: Sequence[Member]) -> Iterable[Finding]:
    """One letter more, less or other, or two swapped, in the same company."""
    found = _groups(_by_name(people).values(), _shortened)
    seen: set[tuple[str, str]] = set()
    for group in found.values():
        first, *others = sorted(group, key=_first)
        for other in others:
            if (first.id, other.id) not in seen and is_near(_name(first), _name(other)):
                seen.add((first.id, other.id))
                yield (first, other), "nearly the same name, in one company"


def _shortened(one: Member) -> Iterable[tuple[str, str]]:
    """Company and name, and the name less each of its letters: near names have one of these in common."""
    company, name = fold(one.contact.text("company") or ""), _name(one)
    if not company or len(name) < 5:
        return ()
    return ((company, short) for short in (name, *(name[:at] + name[at + 1 :] for at in range(len(name)))))


def is_near(a: str, b: str) -> bool:
    """Whether two names differ by one letter, or by two neighbours swapped."""
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    a, b = a[start:], b[start:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    return (len(a) <= 1 and len(b) <= 1) or (len(a) == 2 and a == b[::-1])


def initial_only(people: Sequence[Member]) -> Iterable[Finding]:
    """`A. King` beside the only A… King of the same company."""

    def key(one: Member) -> Iterable[tuple[str, str, str]]:
        company, parts = fold(one.contact.text("company") or ""), _parts(one)
        return [(company, parts[0][0], parts[-1])] if company and len(parts) > 1 else []

    for group in _groups(_by_name(people).values(), key).values():
        short = [one for one in group if len(_parts(one)[0]) == 1]
        full = [one for one in group if len(_parts(one)[0]) > 1]
        if len(full) == 1:
            yield from (((one, full[0]), "the initial, in one company") for one in short)


RULES: tuple[Callable[[Sequence[Member]], Iterable[Finding]], ...] = (
    same_name, same_email, same_phone, alias_is_name, turned_name, near_name, initial_only,
)  # fmt: skip
