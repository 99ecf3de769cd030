"""People whom an import names beside somebody: links where the file or the vault has them, else words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from plaintextcrm.core.exchange.cells import column_lines
from plaintextcrm.core.exchange.incoming import Person, Related, canonical
from plaintextcrm.core.exchange.matching import Match, normal
from plaintextcrm.core.model import Contact

Link = Callable[[str], str]  # id -> `[[slug]]`


def with_related(matches: Sequence[Match], ids: Sequence[str], contacts: Sequence[Contact], link: Link) -> tuple[Match, ...]:
    """Everybody with the people beside them in their keys, or as lines of the body."""
    if not any(one.person.related for one in matches):
        return tuple(matches)
    uids: dict[str, str] = {uid: one.id for one in contacts if (uid := one.text("uid"))}
    named: dict[str, set[str]] = defaultdict(set)
    for contact in contacts:
        named[normal(contact.name)].add(contact.id)
    for one, id in zip(matches, ids, strict=True):
        if one.person.uid:
            uids[one.person.uid] = id
        if one.person.name:
            named[normal(one.person.name)].add(id)

    def id_of(other: Related) -> str | None:
        found = named.get(normal(other.name), set()) if other.name else set()
        return uids.get(other.uid) if other.uid else next(iter(found)) if len(found) == 1 else None

    def linked(person: Person, own: str) -> Person:
        for other in person.related:
            id = id_of(other)
            person = _with(person, other, link(id) if id and id != own else "")
        return person

    return tuple(one._replace(person=linked(one.person, id)) if one.person.related else one for one, id in zip(matches, ids, strict=True))


def _with(person: Person, other: Related, link: str) -> Person:
    """One of them as a value of its key; what the key does not say is a line of the body."""
    said = link or other.name
    value = f"{said}, {other.words}" if other.key == "family" and said and other.words else said
    taken = bool(value) and (other.key == "family" or bool(link) or other.key == "referred_by")
    keys = dict(person.keys)
    if taken and other.key == "referred_by":
        taken = "referred_by" not in keys and canonical("referred_by", value) == value
        if taken:
            keys["referred_by"] = value
    elif taken:
        held = keys.get(other.key, ())
        values = tuple(dict.fromkeys((*((held,) if isinstance(held, str) else held), value)))
        taken = canonical(other.key, values) == values
        if taken:
            keys[other.key] = values
    unsaid = ", ".join(part for part in (other.name or other.uid, other.words) if part)
    if not taken or (link and other.name) or (other.words and other.words not in value):
        rest = dict(person.rest)
        rest["related"] = tuple(dict.fromkeys((*rest.get("related", ()), *column_lines("related", unsaid))))
        return person._replace(keys=keys, rest=tuple(rest.items()))
    return person._replace(keys=keys)
