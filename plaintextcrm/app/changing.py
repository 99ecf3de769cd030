"""Keys changed by hand, of one person or of many: words to changes, changes to one write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from plaintextcrm.app.finding import one
from plaintextcrm.app.vaults import Vault
from plaintextcrm.app.writing import How, Logged, Written, after_edit, joined_edit, log, read_source, write
from plaintextcrm.core import contact as contacts
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.model import Edit, Interaction, Source
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.splice import ADD, SET, Change, change_key, fitting
from plaintextcrm.core.standing import Rules, Standing, facts_of, stand
from plaintextcrm.core.vocabulary import Key, find_key, near_key

_CHANGE = pattern(r"([^=:<>\r\n]*?)[ \t]*([+-]?=)(.*)\Z", re.DOTALL)
MANY = 100  # people: what is done with more of them shows how far it is
_TO_COME = ("snooze_until", "next_contact", "paused")


Progress = Callable[[int, int], None]
"""Told (done, of how many)."""
Bars = Callable[[str], Progress | None]


class Changed(NamedTuple):
    """What `set` did: the names of those whose file changed, and how each stands after it."""

    written: Written
    names: tuple[str, ...]
    standings: tuple[Standing, ...]


# --- words ---------------------------------------------------------------------------------------------------------


def is_change(word: str) -> bool:
    """Whether a word is `key=value` and the like, and not a filter (`last:..2026-06-01`)."""
    return _CHANGE.match(word) is not None


def change_of(vault_: Vault, word: str) -> Change:
    """`key=value`, `key+=value`, `key-=value` or `key=` as a change, its value as the key's reader takes it.

    Raises Usage with what would be right.
    """
    match = _CHANGE.match(word)
    key, sign, value = (match[1].strip(), match[2], match[3]) if match else ("", "", "")
    if not key:
        raise Usage(f'"{word}": write it like tier=A, tags+=friend, tags-=friend or tier= (which takes it out)')
    if not _encodes(word) or not key.isprintable():
        raise Usage(f'"{word}": is not text that a file could hold')
    if not value.strip():
        if sign != SET:
            raise Usage(f'"{word}": say what to {"add" if sign == ADD else "take out"}, like {key}{sign}friend')
        return Change(key, SET, ())
    known = find_key(key)
    if known is None:
        return Change(key, sign, (value,))
    change = Change(key, sign, _items(vault_, known, key, sign, value.strip()))
    fitting(change, known)
    return change


def _encodes(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in word


def _items(vault_: Vault, known: Key, key: str, sign: str, value: str) -> tuple[str, ...]:
    """The value as texts to be written. Raises Usage where the key does not take it."""
    if known.name == "tier":
        tier = vault_.settings.tier(value)
        if tier is None:
            raise Usage(f'tier "{value}" is not in ptcrm.toml, which has {", ".join(one.name for one in vault_.settings.tiers)}')
        return (tier.name,)
    try:
        read = contacts.READERS[known.type](value, key)
    except contacts._Wrong as wrong:
        spoken = _spoken(vault_, known, value)
        if spoken is None:
            raise Usage(str(wrong.args[1])) from None
        return (spoken,)
    if isinstance(read, bool):
        return ("true" if read else "false",)
    if isinstance(read, tuple):
        if not read:
            raise Usage(f'{key}{sign}"{value}": no value is left of it')
        return tuple(dict.fromkeys(contacts.typed_whole(value) if known.type == "whole list" else read))
    return (read if known.type in ("date", "partial", "bool or date") else value,)


def _spoken(vault_: Vault, known: Key, value: str) -> str | None:
    """A day as people say it (`fri`, `in 2 weeks`), or None."""
    if known.type not in ("date", "bool or date"):
        return None
    from plaintextcrm.core.spoken import FUTURE, PAST, parse_spoken

    try:
        return parse_spoken(value, vault_.today, FUTURE if known.name in _TO_COME else PAST).isoformat()
    except ValueError:
        return None


def near_keys(changes: Sequence[Change]) -> tuple[tuple[str, str], ...]:
    """(the user's own key, our key that it may have meant)."""
    found = ((change.key, near_key(change.key)) for change in changes if change.items and find_key(change.key) is None)
    return tuple((key, near) for key, near in found if near)


def strangers(vault_: Vault, values: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """What is to be told of the (key, value) pairs that name as owner or successor who is nobody of the `[team]`."""
    named = [(key, value) for key, value in values if value and (known := find_key(key)) and known.name in ("owner", "successor")]
    if not named or not vault_.settings.team:
        return ()
    from plaintextcrm.core.colleagues import Colleagues

    team = Colleagues(vault_.settings)
    return tuple(team.stranger(key, value) for key, value in named if not team.knows(team.id(value)))


# --- the write -----------------------------------------------------------------------------------------------------


def change_keys(
    vault_: Vault, ids: Sequence[str], changes: Sequence[Change], what: str, how: How = How(), bars: Bars | None = None
) -> Changed:  # fmt: skip
    """Those changes made in the file of each; who has it all so already is left out. One write, or none where one is refused.

    `bars` gives who is told of the progress of many, by the word for what is done: planning, then writing.
    """
    told = bars if bars and len(ids) > MANY else lambda word: None
    names: list[str] = []
    standings: list[Standing] = []

    def plan() -> list[Edit]:
        names.clear()
        standings.clear()
        progress = told("planning")
        try:
            return [edit for number, id in enumerate(ids) if (edit := planned(number, id, progress))]
        finally:
            if progress:
                progress(1, 1)

    def planned(number: int, id: str, progress: Progress | None) -> Edit | None:
        if progress:
            progress(number, len(ids))
        source = read_source(vault_, id)
        after = _with_changes(source, changes)
        if after.data == source.data:
            return None
        contact = contacts.parse(after, vault_.settings.kind_table, vault_.settings.log_order).contact
        names.append(contact.name)
        standings.append(stand(facts_of(contact, vault_.settings.kind_table), Rules(vault_.settings), vault_.today))
        return joined_edit(source, after)

    written = write(vault_, plan, what, how, told("writing"))
    return Changed(written, tuple(names), tuple(standings))


def _with_changes(source: Source, changes: Sequence[Change]) -> Source:
    for change in changes:
        source = after_edit(source, change_key(source, change))
    return source


def whom(vault_: Vault, terms: Sequence[str], progress: Progress | None = None) -> tuple[str, ...]:
    """The ids of all whom a filter lets through, archived and deceased too."""
    from plaintextcrm.app import reading
    from plaintextcrm.app.asking import ask

    return ask(vault_, lambda index: tuple(person.contact.id for person in reading.people(index, vault_, terms)), progress)


# --- skip, archive -------------------------------------------------------------------------------------------------


def skip(vault_: Vault, id: str, why: str, how: How = How()) -> Logged:
    """Not this time: an entry of kind skip today, which is no contact; the next turn is a cadence from today."""
    first, *details = [line.rstrip() for line in why.strip().splitlines()] or [""]
    entry = Interaction(vault_.today, first, "skip", details=tuple(details))
    return log(vault_, [id], entry, how=how)


def archive(vault_: Vault, ids: Sequence[str], how: How = How()) -> Changed:
    """`status: archived`. Raises Usage where somebody has died, which says as much and more."""
    for id in ids:
        contact = one(vault_, id)
        if (contact.text("status") or "").casefold() == "deceased":
            raise Usage(f"{contact.name} has the status {contact.text('status')}, and is asked for no more already")
    said = ids[0] if len(ids) == 1 else f"{ids[0]} and {len(ids) - 1} more"
    return change_keys(vault_, ids, [Change("status", SET, ("archived",))], f"archive: {said}", how)
