"""Going somewhere: who is there, whom to meet on a journey, and its meals written down as plans."""

from __future__ import annotations

from collections.abc import Sequence

from plaintextcrm.app.insight import network
from plaintextcrm.app.vaults import Vault
from plaintextcrm.app.writing import How, Written, read_source, signed, with_others, write
from plaintextcrm.core import edit as edits
from plaintextcrm.core import going
from plaintextcrm.core.due import DueRow
from plaintextcrm.core.due_words import Offer
from plaintextcrm.core.going import Journey, Trip
from plaintextcrm.core.model import Edit
from plaintextcrm.core.reports.network import Member, Network
from plaintextcrm.edge.index import Index


def near(index: Index, vault_: Vault, place: str, terms: Sequence[str] = ()) -> tuple[tuple[Member, DueRow], ...]:
    """Those who live there, the most urgent first, each with the reason to write."""
    found = network(index, vault_, terms)
    offers = offers_of(found)
    return tuple((one, found.due_row(one, offers)) for one in going.near(found, place))


def offers_of(found: Network) -> tuple[Offer, ...]:
    """What the people of the vault offer."""
    return tuple(Offer(one.id, one.name, offer) for one in found.everybody for offer in one.contact.texts("offers"))


def trip(index: Index, vault_: Vault, journey: Journey) -> Trip:
    """Whom to meet on a journey."""
    return going.trip(network(index, vault_), journey)


def book(vault_: Vault, trip: Trip, how: How = How()) -> Written:
    """Each table as a planned entry in the log of each guest: one batch, one commit."""
    kinds, journey = vault_.settings.kind_table, trip.journey

    def plan() -> list[Edit]:
        planned = []
        for table in trip.tables:
            entry = signed(vault_, going.entry_of(table, journey.place))
            sources = [read_source(vault_, one.id) for one in table.guests]
            for source in sources:
                own = with_others(entry, [other for other in sources if other is not source], sources)
                planned.append(edits.insert_interaction(source, own, vault_.settings.log_order, kinds))
        return planned

    days = f"{journey.first.isoformat()} to {journey.last.isoformat()}"
    return write(vault_, plan, f"trip: {journey.place}, {days}, {len(trip.tables)} meal{'' if len(trip.tables) == 1 else 's'}", how)
