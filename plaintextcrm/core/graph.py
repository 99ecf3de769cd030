"""Who knows whom and who sent whom, as the files say it, and what a graph of people tells. Linear, and without recursion."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from heapq import heapify, heappop, heappush
from itertools import combinations

from plaintextcrm.core.model import Interaction
from plaintextcrm.core.plainlog import PlainLog
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.network import Member, Network, of_one
from plaintextcrm.core.reports.saying import amount
from plaintextcrm.core.text import fold

SENT, INTRODUCED, KNOWS, MET = "sent", "introduced", "knows", "met"
TOGETHER = frozenset(["introduced", "referral-out"])  # kinds that say that we brought two people together
TO_US = frozenset(["referral-in"])
AT_A_TABLE = 12
_LINK = re.compile(r"\[\[([^\[\]|#\n]+)[^\[\]]*\]\]")


class Tie(NamedTuple):
    """One tie between two people: `words` is SENT (`one` sent us `other`), INTRODUCED (by us), KNOWS, or MET (at one occasion of ours)."""

    one: str
    other: str
    words: str


class Referral(NamedTuple):
    """Somebody sent us people: `to` are those who have a file. Without a day only a `referred_by` says so."""

    on: date | None
    by: str
    to: tuple[str, ...] = ()
    value: float = 0
    text: str = ""

    @property
    def people(self) -> int:
        """How many were sent: those with a file, else one."""
        return max(1, len(self.to))


# --- what the files say --------------------------------------------------------------------------------------------


def referrals(network: Network) -> tuple[Referral, ...]:
    """Every referral to us by today, by day; those without one first. Each is told once, whether its log, the other file or both say it.

    `[from::]` and `[to::]` say who sent whom; else the file's own person sent those whom the line links to.
    """
    found: dict[tuple[object, ...], Referral] = {}
    for one in network.everybody:
        for on, said_from, said_to, block_id, where, value, text in _sent_us(one):
            senders = _named(network, said_from) or (one.id,)
            named = _named(network, said_to) or _linked(network, text)
            day = date.fromordinal(on)
            for by in senders:
                sent = named or ((one.id,) if by != one.id else ())
                to = tuple(id for id in sent if id != by)
                key = (by, day, block_id) if block_id else (by, day, one.id, where)
                found.setdefault(key, Referral(day, by, to, value, text))
    told = {(referral.by, id) for referral in found.values() for id in referral.to}
    for one in network.everybody:
        said, on = _came_through(one)
        sender = network.meant(said) if said else None
        if sender and sender is not one and (sender.id, one.id) not in told and on <= network.today.toordinal():
            found[sender.id, one.id] = Referral(date.fromordinal(on) if on else None, sender.id, (one.id,))
    return tuple(sorted(found.values(), key=lambda told: (told.on or date.min, told.by, told.to, told.text)))


@of_one
def _sent_us(one: Member) -> Sequence[tuple[int, str | None, str | None, str | None, int, float, str]]:
    """Their referrals to us: (day, `from`, `to`, block id, line, value, text)."""
    entries = map(one.whole, of_kinds(one, TO_US)) if one.facts.referrals else ()
    return [
        (
            entry.on.toordinal(),
            entry.field("from"),
            entry.field("to"),
            entry.block_id,
            entry.where,
            amount(entry.field("value")),
            entry.text,
        )
        for entry in entries
    ]


@of_one
def _came_through(one: Member) -> tuple[str | None, int]:
    """Who sent them, as their file says it, and the day they were met (0: it does not say)."""
    met = one.contact.met
    return one.contact.text("referred_by"), met.toordinal() if met else 0


def ties(network: Network, sent: Iterable[Referral]) -> tuple[Tie, ...]:
    """Every tie between two people, each pair once with the strongest words that are said of it: sent, introduced, knows, met."""
    found: dict[frozenset[str], Tie] = {}
    for tie in (*_sent(sent), *_introduced(network), *_knows(network), *_met(network)):
        if tie.one != tie.other:
            found.setdefault(frozenset((tie.one, tie.other)), tie)
    return tuple(sorted(found.values()))


def _sent(sent: Iterable[Referral]) -> Iterator[Tie]:
    return (Tie(referral.by, id, SENT) for referral in sent for id in referral.to)


def _introduced(network: Network) -> Iterator[Tie]:
    for one in network.everybody:
        for said_from, said_to, text in _brought_together(one):
            ends = _named(network, said_from) or (one.id,)
            others = _named(network, said_to) or _linked(network, text)
            yield from (Tie(end, other, INTRODUCED) for end in ends for other in others)


@of_one
def _brought_together(one: Member) -> Sequence[tuple[str | None, str | None, str]]:
    """What says that we brought them together with others, oldest first: (`from`, `to`, text)."""
    entries = map(one.whole, _naming(one, TOGETHER))
    return [(entry.field("from"), entry.field("to"), entry.text) for entry in entries if entry.field("to") or "[[" in entry.text]


def _knows(network: Network) -> Iterator[Tie]:
    for one in network.everybody:
        for link in known_by(one):
            other = network.meant(link)
            if other:
                yield Tie(one.id, other.id, KNOWS)


@of_one
def known_by(one: Member) -> Sequence[str]:
    """Whom they know, as their file says it."""
    return one.contact.texts("knows")


def _met(network: Network) -> Iterator[Tie]:
    """People whose files share an entry (one day, one block id) sat at one table; more than a dozen are a hall, where one meets nobody."""
    tables: dict[tuple[int, str], list[str]] = {}
    for one in network.everybody:
        for day, block_id in _shared(one):
            tables.setdefault((day, block_id), []).append(one.id)
    for table in tables.values():
        if len(table) <= AT_A_TABLE:
            yield from (Tie(one, other, MET) for one, other in combinations(table, 2))


@of_one
def _shared(one: Member) -> Sequence[tuple[int, str]]:
    """(day, block id) of the entries by today that stand in several files."""
    log = one.contact.interactions
    if isinstance(log, PlainLog):
        return ()  # a plain one has no block id
    return [
        (entry.on.toordinal(), entry.block_id)
        for entry in log
        if entry.block_id is not None and entry.on <= one.today and not entry.is_task
    ]


def of_kinds(one: Member, kinds: frozenset[str]) -> list[Interaction]:
    """The entries by today of these kinds, as they stand in the log; of a plain log without texts."""
    log, today = one.contact.interactions, one.today
    if isinstance(log, PlainLog):
        if kinds.isdisjoint(log.kinds):
            return []
        now = today.toordinal()
        return [log.bare(place) for place, kind in enumerate(log.kinds) if kind in kinds and log.days[place] <= now]
    return [entry for entry in log if entry.kind in kinds and entry.on <= today and not entry.is_task]


def _naming(one: Member, kinds: frozenset[str]) -> Sequence[Interaction]:
    """The same, but oldest first, and none of a log in which no such entry names somebody by a link or `[to::]`."""
    log = one.contact.interactions
    if isinstance(log, PlainLog) and (kinds.isdisjoint(log.kinds) or not _names(log, kinds)):
        return ()  # most logs: they are neither put in order nor parsed
    return [entry for entry in one.bones if entry.kind in kinds]


def _names(log: PlainLog, kinds: frozenset[str]) -> bool:
    """Whether a link or `[to::]` stands in the line of an entry of these kinds."""
    places = [place for place, kind in enumerate(log.kinds) if kind in kinds]
    if "[[" in log.text:
        lines = log.text.lstrip("\n").split("\n")
        if any("[[" in lines[log.lines[place] - log.lines[0]] for place in places):
            return True
    return any(key == "to" for place in places for key, _ in log.fields.get(place, ()))


def _linked(network: Network, text: str) -> tuple[str, ...]:
    """The ids of those whom a text links to."""
    people = [network.meant(link) for link in _LINK.findall(text)] if "[[" in text else []
    return tuple(dict.fromkeys(person.id for person in people if person))


def _named(network: Network, field: str | None) -> tuple[str, ...]:
    """The ids of those whom a field names, linked or by their bare names. One of us is none of them."""
    if not field or "[[" in field:
        return _linked(network, field or "")
    ours = {fold(word) for mate in network.settings.team for word in (mate.id, mate.name)}
    people = [network.meant(word) for word in field.split(",") if fold(word) not in ours]
    return tuple(dict.fromkeys(person.id for person in people if person))


# --- what a graph tells --------------------------------------------------------------------------------------------


class Graph(NamedTuple):
    """Nodes by id, sorted, and for each the places of its neighbours, sorted."""

    ids: tuple[str, ...]
    near: tuple[Sequence[int], ...]

    @property
    def place(self) -> Mapping[str, int]:
        """Id -> its place."""
        return {id: place for place, id in enumerate(self.ids)}


def graph(ids: Iterable[str], pairs: Iterable[tuple[str, str]]) -> Graph:
    """The undirected graph of those nodes; pairs with anybody else, and of somebody with themselves, are left out."""
    ordered = tuple(sorted(set(ids)))
    place = {id: at for at, id in enumerate(ordered)}
    near: list[set[int]] = [set() for _ in ordered]
    for one, other in pairs:
        if one in place and other in place and one != other:
            near[place[one]].add(place[other])
            near[place[other]].add(place[one])
    return Graph(ordered, tuple(tuple(sorted(some)) for some in near))


def components(net: Graph, without: int = -1) -> tuple[tuple[int, ...], ...]:
    """The parts that hang together (`without` one node), largest first, then by their first node."""
    seen, parts = [place == without for place in range(len(net.ids))], []
    for start in range(len(net.ids)):
        if not seen[start]:
            seen[start], part = True, [start]
            for node in part:  # it grows while it is walked
                for next_ in net.near[node]:
                    if not seen[next_]:
                        seen[next_] = True
                        part.append(next_)
            parts.append(tuple(sorted(part)))
    return tuple(sorted(parts, key=lambda part: (-len(part), part)))


class Weak(NamedTuple):
    """Where a graph would fall apart: nodes with the sizes of the parts that would be left of theirs, and edges."""

    nodes: Mapping[int, Sequence[int]]
    edges: Sequence[tuple[int, int]]


def weak(net: Graph) -> Weak:
    """Articulation points and bridges, in one walk (Tarjan, Hopcroft 1973)."""
    count = len(net.ids)
    number, low, size, parent = [-1] * count, [0] * count, [1] * count, [-1] * count
    nodes: dict[int, tuple[int, ...]] = {}
    edges: list[tuple[int, int]] = []
    for root in range(count):
        if number[root] < 0 and net.near[root]:  # nothing falls apart where nothing is joined
            walk = _walk(net, root, number, parent)
            apart: dict[int, list[int]] = {}
            for node in reversed(walk):  # every node after all that hang below it
                low[node] = min([number[node], *(number[next_] for next_ in net.near[node] if next_ != parent[node])])
                low[node] = min([low[node], *(low[next_] for next_ in net.near[node] if parent[next_] == node)])
                above = parent[node]
                if above >= 0:
                    size[above] += size[node]
                    if low[node] >= number[above]:
                        apart.setdefault(above, []).append(size[node])
                    if low[node] > number[above]:
                        edges.append((min(node, above), max(node, above)))
            for node, parts in apart.items():
                rest = len(walk) - 1 - sum(parts)
                if rest or len(parts) > 1:
                    nodes[node] = tuple(sorted((*parts, *([rest] if rest else [])), reverse=True))
    return Weak(nodes, tuple(sorted(edges)))


def _walk(net: Graph, root: int, number: list[int], parent: list[int]) -> list[int]:
    """The part of `root` depth first, in the order in which it is reached; sets the numbers and parents of its nodes."""
    order = [root]
    number[root] = 0
    stack = [(root, iter(net.near[root]))]
    while stack:
        node, rest = stack[-1]
        for next_ in rest:
            if number[next_] < 0:
                number[next_], parent[next_] = len(order), node
                order.append(next_)
                stack.append((next_, iter(net.near[next_])))
                break
        else:
            stack.pop()
    return order


class Ways(NamedTuple):
    """From each node to the nearest start: what it costs, and the next node on the way (-1 at a start, and where there is no way)."""

    cost: tuple[float, ...]
    next: tuple[int, ...]

    def way(self, node: int) -> tuple[int, ...]:
        """The nodes from `node` to the start, both among them."""
        found = [node]
        while self.next[found[-1]] >= 0:
            found.append(self.next[found[-1]])
        return tuple(found)


def ways(net: Graph, starts: Mapping[int, float], step: Callable[[int, int], float]) -> Ways:
    """The cheapest way of every node to a start (Dijkstra); of equal ones the one over the first node."""
    cost, next_ = [float("inf")] * len(net.ids), [-1] * len(net.ids)
    heap = []
    for start, price in starts.items():
        if net.near[start]:
            heap.append((price, start, -1))
        else:
            cost[start] = price  # whom nobody leads to, and who leads to nobody: most of a large network
    heapify(heap)
    done = [False] * len(net.ids)
    while heap:
        price, node, came = heappop(heap)
        if done[node]:
            continue
        done[node], cost[node], next_[node] = True, price, came
        for other in net.near[node]:
            if not done[other]:
                heappush(heap, (price + step(node, other), other, node))
    return Ways(tuple(cost), tuple(next_))
