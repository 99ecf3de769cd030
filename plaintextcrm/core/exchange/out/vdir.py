"""A folder with one card each (vdir, as vdirsyncer and khard keep it): what to write, what to remove, what was changed there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

from plaintextcrm.core.exchange.out.keeping import kept, same_card, uid_in, version_of
from plaintextcrm.core.exchange.out.leaving import Leaving
from plaintextcrm.core.exchange.out.vcard import uid_of, vcard
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple

MADE_HERE = "X-PTCRM-ID:"  # stands in every card that an export wrote
_PLAIN_NAME = pattern(r"[A-Za-z0-9][A-Za-z0-9_.@+-]{0,99}\Z")


class Change(NamedTuple):
    """One file: its text before (None: it is new) and after (None: it goes)."""

    name: str
    uid: str
    before: str | None
    after: str | None


class Mirror(NamedTuple):
    """What makes the folder say what the vault says.

    `changed` are the files that say something else than both sides last did: they stay. `back` are cards that were removed there and
    come again. `seen` is uid -> card, what both sides agree on once the changes are made.
    """

    changes: tuple[Change, ...]
    changed: tuple[str, ...]
    back: int
    seen: Mapping[str, str]


def mirror(
    people: Sequence[Leaving], there: Mapping[str, str], base: Mapping[str, str], version: str | None = None, whole: bool = True
) -> Mirror:  # fmt: skip
    """`there` is file name -> card as it is now, `base` uid -> card as it was when both sides last agreed.

    A file that was changed since is never written to, nor one that no export made removed; without `whole` (not all of the vault could
    be read) nothing is removed.
    """
    at = {uid: name for name, card in sorted(there.items(), reverse=True) if (uid := uid_in(card))}
    names = {name.casefold() for name in there}
    changes: list[Change] = []
    changed: list[str] = []
    seen: dict[str, str] = {}
    back = 0
    people = _each_once(people)
    for one in people:
        uid = uid_of(one.contact)
        name = at.get(uid)
        old = there[name] if name else None
        if old is None:
            name = file_name(uid, names)
            names.add(name.casefold())
            back += uid in base
        elif not same_card(old, base.get(uid, "")) and not _says_ours(one, old):
            changed.append(name or "")
            seen |= {uid: base[uid]} if uid in base else {}
            continue
        new = vcard(one, version or "3.0") if old is None else kept(old, vcard(one, version or version_of(old)))
        if old is None or not same_card(old, new):
            changes.append(Change(name or "", uid, old, new))
        seen[uid] = new
    here = {uid_of(one.contact) for one in people}
    for uid in sorted(base.keys() - here):
        name = at.get(uid)
        if name and whole and same_card(there[name], base[uid]) and MADE_HERE in base[uid]:
            changes.append(Change(name, uid, there[name], None))
        elif name:
            seen[uid] = base[uid]
            changed += [] if same_card(there[name], base[uid]) else [name]
    return Mirror(tuple(changes), tuple(changed), back, seen)


def _each_once(people: Sequence[Leaving]) -> list[Leaving]:
    """Everybody with a UID that nobody before has: of two that say the same one the second gets that of its id."""
    found: list[Leaving] = []
    taken: set[str] = set()
    for one in people:
        if uid_of(one.contact) in taken:
            contact = one.contact
            one = one._replace(contact=contact._replace(keys={key: value for key, value in contact.keys.items() if key != "uid"}))
        taken.add(uid_of(one.contact))
        found.append(one)
    return found


def _says_ours(one: Leaving, old: str) -> bool:
    """Whether the card says nothing but what an export would: then nobody changed it."""
    return same_card(old, kept(old, vcard(one, version_of(old))))


def file_name(uid: str, taken: set[str]) -> str:
    """`UID.vcf` where that is a file name everywhere and free, else one made of its digest."""
    plain = f"{uid}.vcf"
    if _PLAIN_NAME.match(uid) and plain.casefold() not in taken and not uid.endswith("."):
        return plain
    return f"{sha256(uid.encode()).hexdigest()[:32]}.vcf"
