"""Who can help: the way to a person or a firm, and who has to do with a topic."""

from __future__ import annotations

from plaintextcrm.app.insight import network
from plaintextcrm.app.vaults import Vault
from plaintextcrm.core import knowing
from plaintextcrm.core.errors import NotFound
from plaintextcrm.core.knowing import Found, Reason
from plaintextcrm.edge.index import Index


def path(index: Index, vault_: Vault, word: str, id: str | None, otherwise: NotFound | None) -> Found:
    """The ways to the person `id`, or else to whoever works at the firm `word`. Raises NotFound, with what is near."""
    net = network(index, vault_)
    if id is not None:
        one = net.by_id[id]
        if one.is_gone:
            raise NotFound(f"{one.name} {knowing.why_not(one)}: no way is looked for")
        return Found((one,), knowing.path(net, [one]))
    aims = knowing.at_company(net, word)
    if not aims:
        near = knowing.near_companies(net, word)
        firms = f"a firm of that name is not known{': did you mean ' + ', '.join(near) + '?' if near else ''}"
        people = str(otherwise)
        raise NotFound(f"{people}{' ' if people.endswith('?') else '; '}{firms}")
    company = aims[0].contact.text("company") or word
    return Found(aims, knowing.path(net, aims), company)


def who(index: Index, vault_: Vault, topic: str) -> tuple[Reason, ...]:
    """Who has to do with a topic, in which way."""
    return knowing.who(network(index, vault_), topic)
