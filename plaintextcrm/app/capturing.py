"""Interactions from calendars, mail, messages and daily notes: what they propose, and what of it is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from plaintextcrm.app import writing
from plaintextcrm.app.asking import ask
from plaintextcrm.app.vaults import Vault
from plaintextcrm.app.writing import How, Written
from plaintextcrm.core.capture import CAPTURERS
from plaintextcrm.core.capture.placing import Offer, Placed, place
from plaintextcrm.core.capture.proposals import Proposal, Terms
from plaintextcrm.core.contact import parse
from plaintextcrm.core.errors import PtcrmError, Usage, why
from plaintextcrm.core.exchange.merging import insert_interactions
from plaintextcrm.core.exchange.planning import block_id
from plaintextcrm.core.model import Contact, Edit, Interaction
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.edge import captured, git, sources
from plaintextcrm.edge.index import Index, Progress
from plaintextcrm.edge.paths import Path


class Captured(NamedTuple):
    """What the sources propose; `notes` are what they say that is not taken, and why."""

    placed: Placed
    notes: tuple[str, ...]


class Kept(NamedTuple):
    """What was written; `refused` says whose file could not take it, and why: those are proposed again."""

    written: Written
    taken: tuple[Offer, ...]
    refused: tuple[str, ...]


def propose(
    vault_: Vault,
    paths: Sequence[str],
    kind: str | None = None,
    me: Sequence[str] = (),
    again: bool = False,
    progress: Progress | None = None,
) -> Captured:
    """What is new for people of the vault; with `again` also what was taken or refused before.

    Raises Usage where a source cannot be read, or nobody knows what it is.
    """
    terms = Terms(vault_.today, own_addresses(vault_, me), vault_.settings.kind_table, _local)
    proposals: dict[str, Proposal] = {}
    notes: list[str] = []
    for given in paths:
        found = _found(given, kind, terms)
        proposals |= {one.ref: one for one in found[0] if one.ref not in proposals}
        notes += (f"{given}: {note}" for note in found[1])
    decided = frozenset() if again else captured.load(vault_.state)

    def everybody(index: Index) -> tuple[Contact, ...]:
        return tuple(contact for contact, _ in index.contacts())

    contacts = ask(vault_, everybody, progress)
    return Captured(place(tuple(proposals.values()), contacts, vault_.settings.kind_table, decided), tuple(notes))


def own_addresses(vault_: Vault, me: Sequence[str]) -> frozenset[str]:
    """Whose mail is ours: the addresses that are named, those of `[me]` and the `[team]`, and git's."""
    mates = (mate.email for mate in vault_.settings.team)
    ours = (*me, *vault_.settings.me.email, *mates, git.author(vault_.root))
    return frozenset(address.strip().casefold() for address in ours if address.strip())


def _local(at: datetime) -> datetime:
    """A time with a zone on the clocks of this machine."""
    return at.astimezone().replace(tzinfo=None)


def _found(given: str, kind: str | None, terms: Terms) -> tuple[Iterable[Proposal], Iterable[str]]:
    path = Path(given).expanduser()
    try:
        known = kind or sources.kind_of(path)
        if known is None:
            raise Usage(f"{given}: of no kind that is known ({', '.join(CAPTURERS)}): say which with --from")
        return CAPTURERS[known](sources.pieces(known, path), terms)
    except OSError as error:
        raise Usage(f"{given}: cannot be read: {why(error)}") from None


def keep(vault_: Vault, offers: Sequence[Offer], how: How = How()) -> Kept:
    """Write these entries into their people's logs, all as one write, and remember that they were taken."""
    refused: dict[str, str] = {}
    by = writing.signed(vault_, Interaction(date.min)).fields

    def plan() -> list[Edit]:
        refused.clear()
        edits = []
        for id in dict.fromkeys(offer.id for offer in offers):
            try:
                edits.append(_edit(vault_, id, [_entry(vault_, offer, by) for offer in offers if offer.id == id]))
            except PtcrmError as error:
                refused[id] = str(error)
        return edits

    count = len(offers)
    written = writing.write(vault_, plan, f"capture: {count} {'entry' if count == 1 else 'entries'}", how)
    taken = tuple(offer for offer in offers if offer.id not in refused)
    if not how.dry_run:
        remember(vault_, taken)
    return Kept(written, taken, tuple(refused.values()))


def remember(vault_: Vault, offers: Sequence[Offer]) -> None:
    """What was taken or refused is not proposed again."""
    keys = [key for offer in offers for key in offer.keys]
    if keys:
        captured.add(vault_.state, keys)


def _entry(vault_: Vault, offer: Offer, by: tuple[tuple[str, str], ...]) -> Interaction:
    """The entry as it is written: with who of us it was, and who else was there."""
    entry = offer.entry._replace(fields=(*offer.entry.fields, *by))
    if not offer.others:
        return entry
    others = [writing.read_source(vault_, id) for id in offer.others]
    everybody = [*others, writing.read_source(vault_, offer.id)]
    return writing.with_others(entry._replace(block_id=block_id(entry.field("ref") or "")), others, everybody)


def _edit(vault_: Vault, id: str, entries: Sequence[Interaction]) -> Edit:
    """Somebody's file with these entries. Raises Refused where it is not to be touched."""
    source = writing.read_source(vault_, id)
    settings = vault_.settings
    there = {entry.block_id for entry in parse(source, settings.kind_table).contact.interactions if entry.block_id}
    fresh = [entry._replace(block_id=None) if entry.block_id in there else entry for entry in entries]
    changed = insert_interactions(source, fresh, settings.log_order, settings.kind_table)
    return Edit(source.path, source.data, changed.data)
