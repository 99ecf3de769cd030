"""Who is meant, and one person straight from the file: what writing commands ask, without the index where a file says it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from plaintextcrm.app.vaults import Vault
from plaintextcrm.core.errors import NotFound
from plaintextcrm.core.model import Contact
from plaintextcrm.edge import lastlist, vault

if TYPE_CHECKING:
    from plaintextcrm.edge.index import Index


def who(vault_: Vault, word: str, now: float) -> str:
    """The id that WHO names: an id as it stands on disk (no scan), a number of the last list, else by the ladder of names.

    An id of digits is no number of a list: commands that are printed name people by their ids. Raises NotFound.
    """
    if exists(vault_, word):
        return word
    is_number = word.isascii() and word.isdigit() and len(word) < 10
    numbered = lastlist.recall(vault_.state, int(word), now) if is_number else None
    if numbered is not None and exists(vault_, numbered):
        return numbered
    from plaintextcrm.app.asking import ask

    return ask(vault_, lambda index: _found(index, word, numbered))


def exists(vault_: Vault, id: str) -> bool:
    """Whether a contact's file of exactly that id is there."""
    relative = vault.path_of(id, vault_.settings)
    if not id or not vault.is_contact_path(relative, vault_.settings):
        return False
    path = vault_.root / relative
    try:
        return path.is_file() and vault.spelled_so(path) and not vault_.settings.only
    except OSError:
        return False


def whos(vault_: Vault, word: str, now: float) -> tuple[str, ...]:
    """The ids of one or more people: the whole word where it is somebody, else its parts between commas; an id may hold commas."""
    try:
        return (who(vault_, word, now),)
    except NotFound:
        parts = list(_parts(vault_, word.split(",")))
        if len(parts) < 2:
            raise
    return tuple(dict.fromkeys(who(vault_, part, now) for part in parts))


def _parts(vault_: Vault, pieces: Sequence[str]) -> Iterator[str]:
    """What stands between commas; pieces that are an id together stay together."""
    place = 0
    while place < len(pieces):
        ends = (end for end in range(len(pieces), place + 1, -1) if exists(vault_, ",".join(pieces[place:end]).strip()))
        end = next(ends, place + 1)
        if part := ",".join(pieces[place:end]).strip():
            yield part
        place = end


def _found(index: Index, word: str, numbered: str | None) -> str:
    """The same by the index, which knows whom a vault's `only` lets through. Raises NotFound."""
    from plaintextcrm.core import names

    people = [names.Known(*row) for row in index.known()]
    ids = {one.id for one in people}
    return next((id for id in (word, numbered) if id in ids), None) or names.find(word, people).id


def one(vault_: Vault, id: str) -> Contact:
    """One person straight from the file. Raises NotFound, or Refused where it cannot be read."""
    from plaintextcrm.app.writing import read_source
    from plaintextcrm.core.contact import parse

    return parse(read_source(vault_, id), vault_.settings.kind_table, vault_.settings.log_order).contact
