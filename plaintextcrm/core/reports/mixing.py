"""Is the network diverse, how is it spoken with, and on whom does it hang: `mix`."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache, partial

from plaintextcrm.core import graph
from plaintextcrm.core.graph import Graph, Weak
from plaintextcrm.core.kinds import Kind, kind_table
from plaintextcrm.core.knowing import warmth
from plaintextcrm.core.linkwords import Plain, plain_words
from plaintextcrm.core.plainlog import PlainLog
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.bridges import bridges_table, bridging, doors_table, groups_of, joined, location_of, place_of
from plaintextcrm.core.reports.network import Member, Network, of_all, of_one
from plaintextcrm.core.reports.saying import listed, many
from plaintextcrm.core.reports.shapes import Column, Report, Row, Rows, Step, Table
from plaintextcrm.core.reports.telling import be, before, contacts_after, first_added, have, names, spelled, who
from plaintextcrm.core.text import fold

YEAR_DAYS = 365
LARGEST = 5  # values shown of each dimension
ENOUGH = 3  # contacts, from which on "only ever in writing" says something
CHANNELS = ("in person", "voice", "writing", "giving")


class Spread(NamedTuple):
    """How people are spread over the values of one dimension: `counts` is (value, how many), largest first."""

    by: str
    people: int  # of whom it is known
    counts: Sequence[tuple[str, int]]

    @property
    def squares(self) -> float:
        """The sum of the squared shares: how often two picked at random agree (1.0: all are of one value)."""
        whole = sum(count for _, count in self.counts)
        return sum((count / whole) ** 2 for _, count in self.counts) if whole else 0.0

    @property
    def as_if(self) -> float:
        """As many values of equal size would be as mixed."""
        return round(1 / self.squares, 1) if self.counts else 0.0

    @property
    def largest(self) -> str | None:
        """The value that most have; None where each has another one."""
        return self.counts[0][0] if len(self.counts) == 1 or (self.counts and self.counts[0][1] > 1) else None

    @property
    def percent(self) -> int:
        """The share of the largest."""
        return round(100 * self.counts[0][1] / sum(count for _, count in self.counts)) if self.counts else 0


def mix(network: Network) -> Report:
    """How mixed people are; groups; kinds of contact by tier and owner; who only ever gets mail; bridges; doors to what is missing."""
    people = list(network)
    spreads = [Spread(*spread) for spread in _spreads(network)]
    sent, near, nodes, edges = _hung_together(network)
    ids = sorted([one.id for one in network.everybody if not one.is_gone])
    joined_to = dict(near)
    net = Graph(tuple(ids), tuple([joined_to.get(node, ()) for node in range(len(ids))]))
    weak = Weak(dict(nodes), edges)
    written = [(one, *told) for one in people if (told := _only_written(one))]
    written.sort(key=lambda told: (-told[0].weight, -told[1], told[0].id))
    bridges = bridging(network, net, weak)
    return Report(
        "mix",
        (
            _spread_table(spreads),
            _largest_table(spreads),
            _groups_table(network, people, sent),
            _kinds_table(people),
            _written_table(written),
            bridges_table(network, net, weak, bridges),
            doors_table(network, net, people),
        ),
        tuple(_sentences(network, people, spreads)),
        tuple(_steps(network, people, spreads, written, bridges)),
    )


@of_all
def _hung_together(network: Network) -> tuple[
    Sequence[tuple[str, int]], Sequence[tuple[int, Sequence[int]]], Sequence[tuple[int, Sequence[int]]], Sequence[tuple[int, int]]
]:  # fmt: skip
    """Who sent us how many, time by time; of the graph of everybody who may be turned to the neighbours; nodes and edges that are weak."""
    sent = graph.referrals(network)
    net = joined(network, sent)
    weak = graph.weak(net)
    near = [(node, others) for node, others in enumerate(net.near) if others]
    return [(one.by, one.people) for one in sent], near, tuple(weak.nodes.items()), weak.edges


# --- how it is spread ----------------------------------------------------------------------------------------------


@of_one
def _met(one: Member) -> tuple[str | None, str | None]:
    """Who referred them, and where they were met."""
    return one.contact.text("referred_by"), one.contact.text("met_at")


def how_met(network: Network, one: Member) -> str | None:
    """`through Ada King`, where somebody referred them; else the words of `met_at`."""
    by, at = _met(one)
    if by:
        sender = network.meant(by)
        return f"through {sender.name if sender else network.plain(by)}"
    return at and network.plain(at)


@of_one
def _work(one: Member) -> tuple[str | None, str | None]:
    """Company and role."""
    return one.contact.text("company"), one.contact.text("role")


@of_all
def _spreads(network: Network) -> Sequence[tuple[str, int, Sequence[tuple[str, int]]]]:
    """Of each dimension what a Spread says."""
    people = list(network)
    place = cache(partial(place_of, network.settings))
    work = [_work(one) for one in people]
    dimensions: tuple[tuple[str, Iterable[Sequence[str | None]]], ...] = (
        ("company", ((company,) for company, _ in work)),
        ("role", ((role,) for _, role in work)),
        ("location", ((place(location_of(one)),) for one in people)),
        ("group", map(groups_of, people)),
        ("how we met", ((how_met(network, one),) for one in people)),
    )
    return tuple(_spread(by, values, network.plain) for by, values in dimensions)


def _spread(by: str, values: Iterable[Sequence[str | None]], plain: Plain) -> Spread:
    """`values` are what each has. They are compared without case and accents, and shown as most people's files spell them.

    Who has two counts in both.
    """
    counts: Counter[str] = Counter()
    spelled_so: dict[str, dict[str, int]] = {}
    known = 0
    for some, people in Counter(map(tuple, values)).items():  # what many have is folded once
        present = {fold(value): value.strip() for value in some if value and value.strip()}
        known += people if present else 0
        for folded, value in present.items():
            counts[folded] += people
            words, so = plain(value), spelled_so.setdefault(folded, {})
            so[words] = so.get(words, 0) + people
    shown = {folded: min(some, key=lambda word: (-some[word], word)) for folded, some in spelled_so.items()}
    ordered = sorted(counts, key=lambda folded: (-counts[folded], folded))
    return Spread(by, known, tuple((shown[folded], counts[folded]) for folded in ordered))


def _spread_table(spreads: Sequence[Spread]) -> Table:
    rows = tuple(
        {
            "by": spread.by, "known": spread.people, "values": len(spread.counts), "largest": spread.largest,
            "people": spread.counts[0][1], "percent": spread.percent, "squares": round(spread.squares, 3), "as_if": spread.as_if,
        }
        for spread in spreads if spread.counts
    )  # fmt: skip
    columns = (
        Column("by", "by"), Column("known", "known of"), Column("values", "different"), Column("largest", "largest"),
        Column("percent", "%"), Column("squares", "squares"), Column("as_if", "as if"),
    )  # fmt: skip
    sentence = (
        "Known of: people whose file says it. %: the share of the largest. Squares: the sum of the squared shares, which is how often "
        "two picked at random agree. As if: so many of equal size would be as mixed."
    )
    return Table("How mixed", columns, rows, sentence if rows else "", "No file says a company, role, location, group, or how you met.")


def _largest_table(spreads: Sequence[Spread]) -> Table:
    """Of each dimension the largest values that more than one person has."""
    rows = tuple(
        {"by": spread.by, "value": value, "people": count, "percent": round(100 * count / sum(count for _, count in spread.counts))}
        for spread in spreads
        for value, count in spread.counts[:LARGEST]
        if count > 1
    )
    columns = (Column("by", "by"), Column("value", "value"), Column("people", "people"), Column("percent", "%"))
    sentence = f"What more than one person has; the {LARGEST} largest of each."
    return Table("Where most are", columns, rows, sentence if rows else "", "No two people share anything of this.")


# --- groups --------------------------------------------------------------------------------------------------------


def _groups_table(network: Network, people: Sequence[Member], sent: Iterable[tuple[str, int]]) -> Table:
    counts: Counter[str] = Counter()
    for by, number in sent:
        counts[by] += number
    groups: dict[str, list[Member]] = {}
    called: dict[str, str] = {}
    fold_ = cache(fold)  # a few groups of many people
    for one in people:
        for folded, group in {fold_(group): group for group in groups_of(one)}.items():
            groups.setdefault(folded, []).append(one)
            called.setdefault(folded, group)
    rows = tuple(
        {
            "group": called[folded], "people": len(some), "freshness": _mean([warmth(one) for one in some]),
            "sent": sum(counts[one.id] for one in some), "through": sum(bool(_met(one)[0]) for one in some),
            "found": _found(network, some),
        }
        for folded, some in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    )  # fmt: skip
    columns = (
        Column("group", "group"), Column("people", "people"), Column("freshness", "warmth"), Column("sent", "sent us"),
        Column("through", "came through people"), Column("found", "found most often"),
    )  # fmt: skip
    none = sum(not groups_of(one) for one in people)
    sentence = "Warmth: the mean, 100 right after a contact. Sent us: people who came through them."
    if none:
        sentence += f" {spelled(none, 'person', 'people')} {be(none)} in no group."
    return Table("Groups", columns, rows, sentence if rows else "", "Nobody is in a group yet: ptcrm set WHO groups+=client")


def _mean(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known)) if known else None


def _found(network: Network, some: Sequence[Member]) -> str | None:
    """How most of them were met, where it is the same of two or more."""
    ways = Counter(filter(None, (how_met(network, one) for one in some)))
    best = min(ways, key=lambda way: (-ways[way], way), default=None)
    return f"{best} ({ways[best]})" if best and ways[best] > 1 else None


# --- kinds of contact ----------------------------------------------------------------------------------------------


def _kinds_table(people: Sequence[Member]) -> Table:
    """By tier, then by owner, how the contacts of the last year were made; one occasion of several people counts once in each row."""
    rows = [*_kind_rows(people, "tier"), *_kind_rows(people, "owner")]
    columns = (
        Column("whose", "whose"), Column("people", "people"), Column("contacts", "contacts"), Column("in_person", "in person"),
        Column("voice", "voice"), Column("writing", "writing"), Column("giving", "giving"), Column("other", "other"),
    )  # fmt: skip
    sentence = "The last twelve months; the kinds in percent of the contacts. Other: no kind is given."
    return Table("How we are in touch", columns, tuple(rows), sentence if rows else "", "Nobody has a tier or an owner yet.")


def _kind_rows(people: Sequence[Member], by: str) -> Iterator[Row]:
    some: dict[str, list[Member]] = {}
    called: dict[str, str] = {}
    fold_ = cache(fold)
    for one in people:
        word = _whose(one)[by == "owner"]
        if word:
            some.setdefault(fold_(word), []).append(one)
            called.setdefault(fold_(word), word)
    for folded in sorted(some):
        counts = _channels(some[folded])
        whole = sum(counts.values())
        shares = {channel: round(100 * counts[channel] / whole) if whole else None for channel in (*CHANNELS, "other")}
        yield {
            "whose": f"{by} {called[folded]}", "people": len(some[folded]), "contacts": whole, "in_person": shares["in person"],
            "voice": shares["voice"], "writing": shares["writing"], "giving": shares["giving"], "other": shares["other"],
        }  # fmt: skip


@of_one
def _whose(one: Member) -> tuple[str, str]:
    """Tier and owner, as they are shown."""
    tier, owner = (plain_words(one.contact.text(by) or "").strip() for by in ("tier", "owner"))
    return tier, owner


def _channels(some: Iterable[Member]) -> Counter[str]:
    """How often they were in touch in the last year, by channel."""
    counts = [0] * (len(CHANNELS) + 1)
    shared: set[tuple[int, str, int]] = set()
    for one in some:
        alone, together = _last_year(one)
        for place, count in alone:
            counts[place] += count
        shared.update((day, block_id, place) for day, block_id, place in together)
    for *_, place in shared:
        counts[place] += 1
    return Counter(dict(zip((*CHANNELS, "other"), counts, strict=True)))


@of_one
def _last_year(one: Member) -> tuple[Sequence[tuple[int, int]], Sequence[tuple[int, str, int]]]:
    """The contacts of the last 365 days by the place of their channel: how many; those that several files share by day and block id."""
    since, kinds = before(one.today, YEAR_DAYS), one.settings.kind_table
    alone: dict[int, int] = {}
    shared: list[tuple[int, str, int]] = []
    for entry in contacts_after(one, since):
        kind = kinds.get(entry.kind) if entry.kind else None
        place = CHANNELS.index(kind.group) if kind and kind.group in CHANNELS else len(CHANNELS)
        if entry.block_id:
            shared.append((entry.on.toordinal(), entry.block_id, place))
        else:
            alone[place] = alone.get(place, 0) + 1
    return tuple(alone.items()), shared


@of_one
def _only_written(one: Member) -> tuple[int, Sequence[str]] | None:
    """How many contacts there were, and of which kinds, where there were three or more and all of them in writing."""
    written, spoken = _ways(one.settings.kinds)
    if len(one.contact.interactions) < ENOUGH or _spoken_with(one, spoken):
        return None  # nearly everybody, by one of the first entries
    if len(one.outline) < ENOUGH or not all(entry.kind in written for entry in one.outline):
        return None
    return len(one.outline), _kinds(one)


@lru_cache(maxsize=1)
def _ways(kinds: tuple[Kind, ...]) -> tuple[Collection[str], Collection[str]]:
    """Under these kinds of one's own the names of those that are writing, and of those that are contact otherwise."""
    table = kind_table(kinds)
    written = frozenset(name for name, kind in table.items() if kind.group == "writing")
    return written, frozenset(name for name, kind in table.items() if kind.touch and kind.group != "writing")


def _spoken_with(one: Member, spoken: Collection[str]) -> bool:
    """Whether a plain log has an entry of these kinds that no field makes anything else."""
    log, now = one.contact.interactions, one.today.toordinal()
    if not isinstance(log, PlainLog):
        return False
    return any(kind in spoken and log.days[place] <= now and place not in log.fields for place, kind in enumerate(log.kinds))


Written = tuple[Member, int, Sequence[str]]
"""Somebody who was only ever written to, how often, and by which kinds."""


def _written_table(written: Sequence[Written]) -> Table:
    columns = (
        Column("name", "name"), Column("contacts", "contacts"), Column("kinds", "all of them"), Column("phone", "phone"),
        Column("prefers", "prefers"),
    )  # fmt: skip
    count = spelled(len(written), "person", "people")
    sentence = f"{count} with {ENOUGH} contacts or more {have(len(written))} only ever been in touch in writing: a call?"
    return Table(
        "Only ever in writing", columns, Rows(_written_row, written), sentence if written else "", "Nobody has only ever been written to."
    )


def _written_row(told: Written) -> Row:
    one, contacts, kinds = told
    return {
        "id": one.id, "name": one.name, "contacts": contacts, "kinds": listed(kinds),
        "phone": (one.contact.texts("phone") or (None,))[0], "prefers": one.contact.text("prefers"), "last": one.last,
    }  # fmt: skip


def _kinds(one: Member) -> list[str]:
    counts = Counter(entry.kind or "" for entry in one.outline)
    return sorted(counts, key=lambda kind: (-counts[kind], kind))


# --- in words ------------------------------------------------------------------------------------------------------


def _sentences(network: Network, people: Sequence[Member], spreads: Sequence[Spread]) -> Iterator[str]:
    if not people:
        yield "Nobody who may be turned to is meant." if network.everybody else "There is nobody here yet to be mixed."
        return
    told = [spread for spread in spreads if spread.people >= 2]
    if not told:
        count = spelled(len(people), "person", "people")
        yield f"{count}, and too little in the files to say how mixed: company, role, location, groups, met_at."
        return
    least, most = max(told, key=lambda spread: spread.squares), min(told, key=lambda spread: spread.squares)
    if least.largest is None:
        yield "As mixed as can be: no two share a company, role, location, group, or how you met."
        return
    most_of = least.counts[0][1]
    yield (
        f"The least mixed is {least.by}: {most_of} of {least.people} say {least.largest}. Two picked at random agree in it "
        f"{round(100 * least.squares)} times in 100, as if there were {least.as_if:g} of equal size."
    )
    if most is not least:
        yield f"The most mixed is {most.by}, with {len(most.counts)} different ones, as if {most.as_if:g} of equal size."


def _steps(
    network: Network,
    people: Sequence[Member],
    spreads: Sequence[Spread],
    written: Sequence[Written],
    bridges: Sequence[tuple[Member, Sequence[int]]],
) -> Iterator[Step]:
    if not network.everybody:
        yield Step("Begin with somebody:", first_added(network.settings))
    if not people:
        return
    spread: Mapping[str, Spread] = {spread.by: spread for spread in spreads}
    located = spread["location"]
    if len(located.counts) > 1 and located.percent >= 50:
        place = located.counts[0][0]
        yield Step(f"Most are in {place}. Those who are elsewhere:", f"ptcrm list has:location {shlex.quote(f'-near:{place}')}")
    if written:
        first = written[0][0]
        yield Step(f"{first.name} has only ever been written to. Before a call:", f"ptcrm show {who(first)}")
    if bridges:
        yield Step(f"Whoever knows whom over {names([bridges[0][0]])} alone could be brought together:", "ptcrm report introduce")
    unknown = [by for by in ("location", "company", "role") if spread[by].people < len(people)]
    if unknown:
        count = many(len(people) - spread[unknown[0]].people, "person", "people")
        yield Step(f"Of {count} no {unknown[0]} is known:", f"ptcrm list missing:{unknown[0]}")
