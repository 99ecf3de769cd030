"""Who a person of a file is, from the strongest sign to the weakest: uid, e-mail, LinkedIn page, phone with family name, name and company.

With the company the first and the last name do, where they are one person's on both sides. A name alone is no sign: it is a question,
and whoever has it is somebody new.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from uuid import NAMESPACE_URL, uuid5

from plaintextcrm.core.exchange.incoming import Person
from plaintextcrm.core.model import Contact
from plaintextcrm.core.text import fold

DIGITS = 9  # the last of a phone number: the rest is written in many ways
LEAST_DIGITS = 6
SUFFIXES = ("jr", "sr", "ii", "iii", "iv")
Sign = tuple[str, ...]


def uid_given(id: str) -> str:
    """The uid that an export gives a contact without one: it stays the same as long as the id does."""
    return str(uuid5(NAMESPACE_URL, f"ptcrm:{id}"))


def signs(name: str, uid: str, keys: Mapping[str, str | bool | tuple[str, ...]]) -> Iterator[tuple[int, Sign]]:
    """(rank, sign) of somebody: equal signs of a rank mean one person."""
    if uid:
        yield 0, ("uid", uid)
    for mail in _texts(keys, "email"):
        yield 1, ("email", mail.strip().casefold())
    for page in _texts(keys, "linkedin"):
        yield 2, ("linkedin", _page(page))
    family = _family(name, keys)
    for phone in _texts(keys, "phone"):
        digits = re.sub(r"\D", "", phone)[-DIGITS:]
        if len(digits) >= LEAST_DIGITS and family:
            yield 3, ("phone", digits, family)
    company = keys.get("company")
    if isinstance(company, str) and name:
        yield 4, ("company", fold(name), fold(company))
        yield 5, ("short name", _first_and_last(name), fold(company))


RANKS = 6


def _texts(keys: Mapping[str, str | bool | tuple[str, ...]], key: str) -> tuple[str, ...]:
    value = keys.get(key, ())
    return value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()


def _page(address: str) -> str:
    """An address without its scheme, query and trailing slash."""
    plain = re.split(r"[?#]", address.strip().casefold())[0].rstrip("/")
    return re.sub(r"\A(?:https?://)?(?:[a-z]{2,3}\.)?(?=linkedin\.)", "", plain)


def _first_and_last(name: str) -> str:
    """A name without what stands between and behind: `Alma S. Adams` and `Alma Adams, PhD` are one."""
    words = _plain_words(name)
    return " ".join((words[0], words[-1])) if words else ""


def _plain_words(name: str) -> list[str]:
    """The words of a name, folded, without `Jr.` or `III` behind."""
    words = fold(name.split(",")[0]).split()
    while len(words) > 1 and words[-1].rstrip(".") in SUFFIXES:
        words.pop()
    return words


def _family(name: str, keys: Mapping[str, str | bool | tuple[str, ...]]) -> str:
    said = keys.get("family_name")
    words = _plain_words(said if isinstance(said, str) else name)
    return (" ".join(words) if isinstance(said, str) else words[-1]) if words else ""


def hint(name: str, keys: Mapping[str, str | bool | tuple[str, ...]]) -> Sign | None:
    """What two people who may be one have in common: the family name and the company. It makes a question, no match."""
    company, family = keys.get("company"), _family(name, keys)
    return ("hint", family, fold(company)) if isinstance(company, str) and company and family else None


def sure_pairs(
    people: Sequence[Person], contacts: Iterable[Contact], same_name: Callable[[Person, Contact], bool]
) -> dict[int, Contact]:  # fmt: skip
    """Number of a person -> the contact that this surely is. Nobody is two of them; of several who share a sign the one of the name is."""
    everybody = {contact.id: contact for contact in contacts}
    by_sign: dict[Sign, list[str]] = defaultdict(list)
    for contact in everybody.values():
        uid = contact.text("uid") or uid_given(contact.id)
        for _, sign in signs(contact.name, uid, contact.keys):
            by_sign[sign].append(contact.id)
    of_person = [list(signs(person.name, person.uid, person.keys)) for person in people]
    found: dict[int, Contact] = {}
    taken: set[str] = set()
    for rank in range(RANKS):
        claims: dict[str, list[int]] = defaultdict(list)
        for number, own in enumerate(of_person):
            if number not in found:
                hits = {id for place, sign in own if place == rank for id in by_sign.get(sign, ()) if id not in taken}
                id = _the_one(hits, people[number], everybody, same_name)
                if id:
                    claims[id].append(number)
        for id, numbers in claims.items():
            named = [number for number in numbers if same_name(people[number], everybody[id])]
            the_one = numbers if len(numbers) == 1 else named
            if len(the_one) == 1:
                found[the_one[0]] = everybody[id]
                taken.add(id)
    return found


def _the_one(
    hits: set[str], person: Person, everybody: Mapping[str, Contact], same_name: Callable[[Person, Contact], bool]
) -> str | None:  # fmt: skip
    if len(hits) < 2:
        return next(iter(hits), None)
    named = [id for id in hits if same_name(person, everybody[id])]
    return named[0] if len(named) == 1 else None


def key_of(person: Person) -> str:
    """What tells somebody apart among those of one source, from one export to the next; "" where nothing does."""
    if person.uid:
        return f"uid {person.uid}"
    own = next((sign for rank, sign in signs(person.name, "", person.keys) if rank in (1, 2, 3, 4)), ())
    return " ".join(("name", fold(person.name), *own)) if person.name else ""
