"""On whom a network hangs, and who leads to what it is thin in: the bridges and doors of `mix`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, partial

from plaintextcrm.core import graph
from plaintextcrm.core.graph import Graph
from plaintextcrm.core.knowing import HEARSAY, door, warmth_words, words_of
from plaintextcrm.core.reports.network import Member, Network, of_one
from plaintextcrm.core.reports.saying import listed, many
from plaintextcrm.core.reports.shapes import Column, Table
from plaintextcrm.core.reports.telling import be
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.text import fold

MOST_BRIDGES = 25


# --- on whom it hangs ----------------------------------------------------------------------------------------------


def joined(network: Network, sent: Sequence[graph.Referral]) -> Graph:
    """Everybody who may be turned to, and who of them is tied to whom. Oneself is not in it."""
    ids = [one.id for one in network.everybody if not one.is_gone]
    return graph.graph(ids, ((tie.one, tie.other) for tie in graph.ties(network, sent)))


def bridging(network: Network, net: Graph, weak: graph.Weak) -> list[tuple[Member, Sequence[int]]]:
    """Those asked about without whom others would hang together no more, with the sizes of the parts; most cut off first."""
    asked = {one.id for one in network}
    found = [(network.by_id[net.ids[node]], parts) for node, parts in weak.nodes.items() if net.ids[node] in asked]
    return sorted(found, key=lambda bridge: (-sum(bridge[1][1:]), bridge[0].id))


def bridges_table(network: Network, net: Graph, weak: graph.Weak, bridges: Sequence[tuple[Member, Sequence[int]]]) -> Table:
    place = net.place
    rows = []
    for one, parts in bridges[:MOST_BRIDGES]:
        apart = _cut_off(net, place[one.id], len(parts))
        rows.append({
            "id": one.id, "name": one.name, "cut": sum(parts[1:]), "rest": parts[0],
            "apart": listed([network.by_id[net.ids[node]].name for node in apart]), "warmth": warmth_words(one),
        })  # fmt: skip
    columns = (
        Column("name", "name"), Column("cut", "cut off"), Column("rest", "from"), Column("apart", "who"), Column("warmth", "now"),
    )  # fmt: skip
    tied = sum(len(near) for near in net.near) // 2
    sentence = (
        f"{many(len(bridges), 'person', 'people')} without whom others would no longer be joined to the rest, you yourself left out. "
        f"Of {many(tied, 'tie')} between people {len(weak.edges)} {be(len(weak.edges))} the only way from one side to the other."
    )
    empty = "No one person holds two parts of the network together, as far as `knows`, referrals and introductions say."
    return Table("Bridges", columns, tuple(rows), sentence if rows else "", empty)


def _cut_off(net: Graph, node: int, parts: int) -> list[int]:
    """The neighbours' sides but the largest, by their nodes: who would no longer be reached from the most."""
    sides: list[list[int]] = []
    seen = {node}
    for start in net.near[node]:
        if start not in seen:
            seen.add(start)
            side = [start]
            for at in side:  # it grows while it is walked
                fresh = [other for other in net.near[at] if other not in seen]
                seen.update(fresh)
                side += fresh
            sides.append(sorted(side))
    sides.sort(key=lambda side: (-len(side), side))
    return [at for side in sides[1:parts] for at in side]


# --- the doors to what is missing ----------------------------------------------------------------------------------


def doors_table(network: Network, net: Graph, people: Sequence[Member]) -> Table:
    """What lies ahead, groups of one, people not in touch yet: to each the nearest person we are in touch with."""
    by_id, place = network.by_id, net.place
    starts = {place[one.id]: door(one) for one in network.everybody if one.standing.last and not one.is_gone}
    ways = graph.ways(net, starts, lambda node, other: HEARSAY)
    rows = []
    for missing, why, some in _missing(network, people):
        best = min((place[one.id] for one in some), key=lambda node: (ways.cost[node], node))
        if ways.cost[best] < float("inf"):
            chain = [by_id[net.ids[node]] for node in reversed(ways.way(best))]
            rows.append({
                "id": chain[0].id, "name": chain[0].name, "missing": missing, "why": why,
                "over": chain[-1].name if len(chain) > 1 else None, "warmth": warmth_words(chain[0]),
            })  # fmt: skip
    columns = (
        Column("missing", "missing"), Column("why", "because"), Column("name", "the door"), Column("over", "to"), Column("warmth", "now"),
    )  # fmt: skip
    sentence = "What the network is thin in, and the nearest person you are in touch with who leads there."
    return Table("The nearest door", columns, tuple(rows), sentence if rows else "", "Nothing is seen to be missing that anybody leads to.")


def _missing(network: Network, people: Sequence[Member]) -> Iterator[tuple[str, str, Sequence[Member]]]:
    """(what, why, who is there): places that `ahead` names, groups of one, then people we were never in touch with."""
    places: dict[str, list[Member]] = {}
    groups: dict[str, list[Member]] = {}
    place_, fold_ = cache(partial(place_of, network.settings)), cache(fold)  # a few places and groups of many people
    for one in people:
        places.setdefault(place_(location_of(one)) or "", []).append(one)
        for group in groups_of(one):
            groups.setdefault(fold_(group), []).append(one)
    ahead = f" {' '.join(words_of(network.settings.me.ahead))} "
    for place in sorted(filter(None, places)):
        if f" {' '.join(words_of(place))} " in ahead:
            yield place, f"it lies ahead, {many(len(places[place]), 'person', 'people')} there", places[place]
    for group in sorted(groups):
        if len(groups[group]) == 1:
            yield f"group {group}", "only one of it", groups[group]
    for one in people:
        if not one.standing.last:
            yield one.name, "not in touch yet", [one]


@of_one
def location_of(one: Member) -> str | None:
    """Where they are, as their file says it."""
    return one.contact.text("location")


@of_one
def groups_of(one: Member) -> Sequence[str]:
    """Their groups, as their file says them."""
    return one.contact.texts("groups")


def place_of(settings: Settings, location: str | None) -> str | None:
    """The location, by the name that `[places]` gives it."""
    folded = fold(location or "")
    return next((place for place, others in settings.places if folded in {fold(place), *map(fold, others)}), location)
