"""Questions about the whole vault: everybody read once, then one pure function of core."""

from __future__ import annotations

from collections.abc import Sequence

from plaintextcrm.app.duelist import entry_count
from plaintextcrm.app.vaults import Vault
from plaintextcrm.core import query, reports
from plaintextcrm.core.reports.network import Network
from plaintextcrm.core.reports.shapes import Report
from plaintextcrm.core.standing import Rules, stand
from plaintextcrm.edge.index import Index


def network(index: Index, vault_: Vault, terms: Sequence[str] = (), without: str = "") -> Network:
    """Everybody with their logs; the filter says whom the question is about. Raises Usage for a word that is no filter."""
    settings, today = vault_.settings, vault_.today
    people = tuple(index.contacts())
    asked = None
    if terms:
        holds, rules = query.parse(terms, settings, today).holds, Rules(settings)
        counted = ((contact, facts, entry_count(facts, today)) for contact, facts in people)
        asked = {contact.id for contact, facts, count in counted if holds(query.Person(contact, stand(facts, rules, today), count))}
    return Network(people, settings, today, asked, without)


def report(index: Index, vault_: Vault, name: str, terms: Sequence[str] = (), without: str = "") -> Report:
    """One report by its name, which is one of REPORTS."""
    return reports.report(name, network(index, vault_, terms, without))
