"""The piles that `triage` goes through: who is in each, in which order, and one of them as it stands now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from plaintextcrm.app import duelist, reading
from plaintextcrm.app.reading import Listed
from plaintextcrm.app.vaults import Vault
from plaintextcrm.edge.index import Index

Pile = Callable[[Index, Vault, Sequence[str]], tuple[str, ...]]


def due(index: Index, vault_: Vault, terms: Sequence[str]) -> tuple[str, ...]:
    """The day's list, as `due` has it."""
    return tuple(row.id for row in duelist.due_list(index, vault_, duelist.Wanted(tuple(terms))).rows)


def new(index: Index, vault_: Vault, terms: Sequence[str]) -> tuple[str, ...]:
    """On file without a tier, and not archived: the newest first."""
    found = [one for one in _people(index, vault_, terms) if not one.contact.tier and one.standing.state == "on-file"]
    found.sort(key=lambda one: (-(one.contact.created or one.contact.met or date.min).toordinal(), one.contact.id))
    return tuple(one.contact.id for one in found)


def lapsed(index: Index, vault_: Vault, terms: Sequence[str]) -> tuple[str, ...]:
    """Drifted apart for so long that it is a question: in the order of `due`."""
    found = [one for one in _people(index, vault_, terms) if one.standing.lapsed and not one.standing.hidden]
    return tuple(one.contact.id for one in sorted(found, key=lambda one: one.standing.order()))


PILES: dict[str, Pile] = {"due": due, "new": new, "lapsed": lapsed}


def _people(index: Index, vault_: Vault, terms: Sequence[str]) -> list[Listed]:
    return [one for one in reading.people(index, vault_, terms) if one.standing.hidden != "wholly"]
