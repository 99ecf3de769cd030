"""The week that fits, under the cadences as they are or as they might be."""

from __future__ import annotations

from collections.abc import Sequence

from plaintextcrm.app.insight import network
from plaintextcrm.app.vaults import Vault
from plaintextcrm.core import planning
from plaintextcrm.core.planning import Change, Plan
from plaintextcrm.core.reports.network import Network
from plaintextcrm.edge.index import Index


def plan(
    index: Index, vault_: Vault, terms: Sequence[str] = (), per_week: int | None = None, what_if: Sequence[str] = ()
) -> tuple[Plan, Change | None]:  # fmt: skip
    """The plan of whom the filter lets through; with `what_if` under those cadences, and what they change.

    Raises Usage for a word that is no filter or no cadence.
    """
    others = planning.with_cadences(vault_.settings, what_if)
    found = network(index, vault_, terms)
    room = vault_.settings.per_week if per_week is None else per_week
    if not what_if:
        return planning.plan(found, room), None
    people = ((one.contact, one.facts) for one in found.everybody)
    changed = Network(people, others, vault_.today, {one.id for one in found.members})
    return planning.plan(changed, room), planning.change(found, changed, what_if)
