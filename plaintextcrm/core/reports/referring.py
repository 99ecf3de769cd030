"""Who sends us people, and do we look after them: `referrals`."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from plaintextcrm.core import graph
from plaintextcrm.core.dates import span_words
from plaintextcrm.core.due_words import between_words
from plaintextcrm.core.graph import Referral, of_kinds
from plaintextcrm.core.history import from_them
from plaintextcrm.core.knowing import WARM, warmth, warmth_words
from plaintextcrm.core.layout import forest, layout, read_order
from plaintextcrm.core.model import Interaction
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.network import Member, Network
from plaintextcrm.core.reports.saying import many
from plaintextcrm.core.reports.shapes import Column, Node, Picture, Report, Row, Step, Table
from plaintextcrm.core.reports.telling import contacts_after, have, names, quiet_for, spelled, who
from plaintextcrm.core.standing import THANKS_DAYS
from plaintextcrm.core.text import fold

BEFORE_DAYS = 30  # how long before a referral a contact may have led to it
MOST_DRAWN = 300  # people of the picture
BACK = "referral-out"  # sent by us, whoever began
DONE = frozenset(["gave", "gift", "offered", "introduced", BACK])  # what we do for those who send; `[dir:: in]` says that they did it
KNOWS_MANY = 3  # people of ours that somebody knows who might become a centre of influence


class Sender(NamedTuple):
    """What one person has sent us by today, how many we sent `back`, what we have `done` for them, and what was not thanked for yet."""

    one: Member
    sent: tuple[Referral, ...]
    back: int
    done: int
    second: int
    unthanked: tuple[Referral, ...]

    @property
    def people(self) -> int:
        """How many they sent."""
        return sum(referral.people for referral in self.sent)

    @property
    def value(self) -> float:
        """What came of it."""
        return sum(referral.value for referral in self.sent)

    @property
    def at_risk(self) -> float:
        """People sent, for each cadence that we are late."""
        return round(self.people * max(0.0, (self.one.standing.ratio or 0.0) - 1), 2)

    @property
    def last(self) -> date | None:
        """The day of the newest referral, where one has a day."""
        return max((referral.on for referral in self.sent if referral.on), default=None)

    @property
    def first(self) -> date | None:
        """The day of the oldest."""
        return min((referral.on for referral in self.sent if referral.on), default=None)


def referrals(network: Network) -> Report:
    """Who sends us people and what came of it; the tree of it, with a picture; who might become one; what came before each referral."""
    sent = graph.referrals(network)
    children = _children(sent)
    mine, members = {one.id for one in network}, {one.id for one in network.members}
    senders = sorted(_senders(network, sent, children), key=_order)
    active = [sender for sender in senders if sender.one.id in mine]
    asked = [referral for referral in sent if referral.by in members]
    tree = _tree(network, children)
    return Report(
        "referrals",
        (
            _senders_table(network, active),
            _tree_table(network, tree, sent),
            _might_table(network, active, sent),
            _before_table(network, asked),
        ),
        tuple(_sentences(network, asked, active, senders)),
        tuple(_steps(network, active)),
        _picture(network, tree, sent),
    )


# --- who sends -----------------------------------------------------------------------------------------------------


def _children(sent: Sequence[Referral]) -> dict[str, list[Referral]]:
    """Sender -> what they sent, by day."""
    found: dict[str, list[Referral]] = {}
    for referral in sent:
        found.setdefault(referral.by, []).append(referral)
    return found


def _senders(network: Network, sent: Sequence[Referral], children: Mapping[str, Sequence[Referral]]) -> Iterator[Sender]:
    """Everybody asked about who sent somebody or is marked as a centre of influence; those who are gone, too."""
    for one in network.members:
        theirs = tuple(children.get(one.id, ()))
        if theirs or one.is_coi:
            done = [entry.kind for entry in of_kinds(one, DONE) if entry.kind == BACK or not from_them(entry)]
            yield Sender(one, theirs, done.count(BACK), len(done), _second(one.id, children), _unthanked(one, theirs))


def _second(id: str, children: Mapping[str, Sequence[Referral]]) -> int:
    """How many were sent by those whom this person sent, themselves left out."""
    below = {child for referral in children.get(id, ()) for child in referral.to} - {id}
    return sum(referral.people for child in below for referral in children.get(child, ()) if id not in referral.to)


def _unthanked(one: Member, sent: Sequence[Referral]) -> tuple[Referral, ...]:
    """Referrals of three days and more ago with no contact on a later day; another referral of theirs is none."""
    waiting = [(told.on, told) for told in sent if told.on and (one.today - told.on).days >= THANKS_DAYS[0]]
    if not waiting:
        return ()
    days = [entry.on for entry in contacts_after(one, min(on for on, _ in waiting)) if entry.kind != "referral-in"]
    floor = one.contact.last_contact
    last = max([*days, *([floor] if floor and floor <= one.today else [])], default=date.min)
    return tuple(told for on, told in waiting if last <= on)


def _order(sender: Sender) -> tuple[int, float, str]:
    return (-sender.people, -sender.value, sender.one.id)


def _senders_table(network: Network, senders: Sequence[Sender]) -> Table:
    rows: list[Row] = [
        {
            "id": sender.one.id, "name": sender.one.name, "sent": sender.people, "second": sender.second, "back": sender.back,
            "value": money(sender.value), "balance": sender.done - sender.people, "last": sender.last,
            "since": between_words(sender.last, network.today) if sender.last else None,
            "days": (network.today - sender.last).days if sender.last else None,
            "years": round((network.today - sender.first).days / 365.25, 1) if sender.first else None,
            "unthanked": len(sender.unthanked), "at_risk": sender.at_risk,
        }
        for sender in senders
    ]  # fmt: skip
    columns = (
        Column("name", "name"), Column("sent", "sent"), Column("second", "2nd"), Column("back", "back"),
        Column("value", network.settings.currency), Column("balance", "+/-"), Column("since", "last"), Column("years", "years"),
        Column("unthanked", "owed"), Column("at_risk", "risk"),
    )  # fmt: skip
    sentence = (
        "Sent: people sent to us. 2nd: those whom these sent in their turn. Back: whom we sent them. +/-: what we did for them "
        "(gave, gift, offered, introduced, sent back), less what they sent. Years: since the first. Owed: no contact yet after it. "
        "Risk: people sent, for each whole cadence that we are late."
    )
    empty = "Nobody has sent us anybody yet, and nobody is marked coi. A line of kind referral-in in somebody's log says it."
    return Table("Who sends", columns, tuple(rows), sentence if rows else "", empty)


def money(value: float) -> int | float | None:
    """A value without `.0`; None where nothing came of it."""
    return (int(value) if value == int(value) else value) if value else None


# --- who brought whom ----------------------------------------------------------------------------------------------


Tree = Mapping[str, Sequence[str]]


def _tree(network: Network, children: Mapping[str, Sequence[Referral]]) -> Tree:
    """The trees in which anybody asked about stands, the largest first; of a circle the first id is its root."""
    below = {by: [id for referral in sent for id in referral.to] for by, sent in children.items()}
    sent = {id for ids in below.values() for id in ids}
    whole = forest(below, [*sorted(by for by in below if below[by] and by not in sent), *sorted(by for by in below if below[by])])
    trees: list[list[str]] = []
    for read in read_order(whole):
        if read.parent is None:
            trees.append([])
        trees[-1].append(read.node)
    asked = {one.id for one in network.members}
    kept = sorted((tree for tree in trees if not asked.isdisjoint(tree)), key=lambda tree: (-len(tree), tree[0]))
    return {id: whole[id] for tree in kept for id in tree}


def _tree_table(network: Network, tree: Tree, sent: Sequence[Referral]) -> Table:
    brought = {(referral.by, id): referral for referral in reversed(sent) for id in referral.to}
    counts = _counts(sent)
    order = read_order(tree)
    parent = {read.node: read.parent for read in order}
    rows: list[Row] = []
    for id, depth, above in order:
        by = brought[above, id] if above is not None else None
        rows.append({
            "id": id, "name": network.by_id[id].name, "through": _line(network, parent, above) or None, "generation": depth,
            "on": by and by.on, "value": money(by.value) if by else None, "sent": counts[id] or None,
        })  # fmt: skip
    columns = (
        Column("name", "name"), Column("through", "came through"), Column("on", "on"), Column("value", network.settings.currency),
        Column("sent", "sent"),
    )  # fmt: skip
    deep = min(order, key=lambda read: (-read.depth, read.node), default=None)
    roots = sum(read.parent is None for read in order)
    givers = len({read.parent for read in order} - {None})
    others = many(len(order) - roots, "other")
    sentence = (
        f"{spelled(givers, 'person', 'people')} brought {others} who {have(len(order) - roots)} a file; the dead and the archived count."
    )
    if deep and deep.depth > 1:
        sentence += f" The longest line: {_line(network, parent, deep.node)}."
    empty = "Nobody with a file was sent by anybody with a file: a link in the line ([[ada-king]]) or `referred_by` says who was."
    return Table("Who brought whom", columns, tuple(rows), sentence if rows else "", empty)


def _counts(sent: Sequence[Referral]) -> Counter[str]:
    """Id -> how many that person sent."""
    counts: Counter[str] = Counter()
    for referral in sent:
        counts[referral.by] += referral.people
    return counts


def _line(network: Network, parent: Mapping[str, str | None], id: str | None) -> str:
    """`Rui › Sofia › Ines`: the person and those above; of a long line the last four."""
    found: list[str] = []
    while id is not None and len(found) < 4:
        found.append(network.by_id[id].name)
        id = parent[id]
    return " › ".join([*(["…"] if id is not None else []), *reversed(found)])


def _picture(network: Network, tree: Tree, sent: Sequence[Referral]) -> Picture | None:
    """Oneself on the left, then those who send, then those who were sent; the largest trees, up to 300 people."""
    order = read_order(tree)[:MOST_DRAWN]
    if not order:
        return None
    shown = {read.node for read in order}
    drawn = {"": tuple(read.node for read in order if read.parent is None)}
    drawn |= {read.node: tuple(child for child in tree[read.node] if child in shown) for read in order}
    places = layout(drawn)
    counts = _counts(sent)
    ids = list(places)
    nodes = tuple(Node(id, _name(network, id), place.x, place.y, _weight(counts[id]), _kind(network, id)) for id, place in places.items())
    at = {id: number for number, id in enumerate(ids)}
    edges = tuple((at[id], at[child], graph.SENT if id else "in touch") for id in ids for child in drawn[id])
    return Picture(nodes, edges)


def _name(network: Network, id: str) -> str:
    return network.by_id[id].name if id else network.settings.me.name or "you"


def _weight(people: int) -> int:
    """0 for nobody, 1 for one, 2 for two and three, 3 for more."""
    return people if people < 3 else 2 if people == 3 else 3


def _kind(network: Network, id: str) -> str:
    if not id:
        return "me"
    one = network.by_id[id]
    return "gone" if one.is_gone else "coi" if one.is_coi else "five" if one.is_five else ""


# --- who might become one ------------------------------------------------------------------------------------------


def _might_table(network: Network, senders: Sequence[Sender], told: Sequence[Referral]) -> Table:
    sent = {sender.one.id: sender.people for sender in senders}
    degree: Counter[str] = Counter()
    for tie in graph.ties(network, told):
        degree.update((tie.one, tie.other))
    found = []
    for one in network:
        people, known = sent.get(one.id, 0), degree.get(one.id, 0)
        if (people or known >= KNOWS_MANY or one.contact.texts("groups")) and not one.is_coi:
            reasons = tuple(_promising(one, people, known))
            if reasons:
                found.append((-people, -known, one.id, one, reasons))
    rows = tuple(
        {"id": one.id, "name": one.name, "why": "; ".join(reasons), "warmth": warmth_words(one), "sent": -sent_, "known": -known}
        for sent_, known, _, one, reasons in sorted(found, key=lambda row: row[:3])
    )
    sentence = (
        "Not marked coi, but they sent us somebody, are in the group introducer, or are warm and joined to "
        f"{KNOWS_MANY} or more of ours: {many(len(rows), 'person', 'people')}."
    )
    columns = (Column("name", "name"), Column("why", "why"), Column("warmth", "now"))
    return Table("Who might become one", columns, rows, sentence if rows else "", "Nobody else is in sight who might send us people.")


def _promising(one: Member, sent: int, known: int) -> Iterator[str]:
    if sent:
        yield f"sent us {many(sent, 'person', 'people')}"
    if any(fold(group) in ("introducer", "introducers") for group in one.contact.texts("groups")):
        yield "in the group introducer"
    if known >= KNOWS_MANY and (warmth(one) or 0) >= WARM:
        yield f"joined to {known} of ours"


# --- what came before ----------------------------------------------------------------------------------------------


def _before(one: Member, on: date) -> Interaction | None:
    """The last contact before that day, of a plain log without its text."""
    place = bisect_left(one.outline, on, key=lambda entry: entry.on)
    return one.outline[place - 1] if place else None


def _before_table(network: Network, sent: Sequence[Referral]) -> Table:
    rows: list[Row] = []
    led: Counter[str] = Counter()
    dated = [referral for referral in sent if referral.on and referral.text]
    for referral in reversed(dated):
        one, on = network.by_id[referral.by], referral.on or network.today
        before = _before(one, on)
        days = (on - before.on).days if before else None
        if before and days is not None and days <= BEFORE_DAYS:
            led[before.kind or "no kind given"] += 1
        rows.append({
            "id": one.id, "name": one.name, "on": on, "what": network.plain(referral.text), "days": days,
            "before": f"{before.kind or 'in touch'}, {between_words(before.on, on)} before" if before else None,
        })  # fmt: skip
    columns = (Column("on", "on"), Column("name", "from"), Column("before", "the contact before"), Column("what", "what was said"))
    count = sum(led.values())
    sentence = f"{count} of {many(len(rows), 'referral')} came within {BEFORE_DAYS} days of a contact"
    often = led.most_common(2)
    if often and often[0][1] > (often[1][1] if len(often) > 1 else 0):
        kind, times = often[0]
        sentence += f", most often {kind} ({times})"
    waits = sorted(row["days"] for row in rows if isinstance(row["days"], int))
    if len(waits) > 2:
        sentence += f"; half of them within {span_words(waits[(len(waits) - 1) // 2])}"
    return Table("What came before", columns, tuple(rows), sentence + "." if rows else "", "No referral has a day and words yet.")


# --- in words ------------------------------------------------------------------------------------------------------


def _sentences(network: Network, sent: Sequence[Referral], active: Sequence[Sender], senders: Sequence[Sender]) -> Iterator[str]:
    if not network.members:
        yield "The filter lets nobody through." if network.everybody else "There is nobody here yet who could send anybody."
        return
    if not sent:
        yield "No referral is written down yet: this report begins with the first line of kind referral-in."
        return
    people, value = sum(referral.people for referral in sent), sum(referral.value for referral in sent)
    givers = [sender for sender in senders if sender.people]
    worth = f", worth {network.settings.currency} {value:,.0f}" if value else ""
    words = f"{spelled(len(givers), 'person', 'people')} {have(len(givers))} sent us {many(people, 'person', 'people')}{worth}."
    gone = [sender for sender in givers if sender.one.is_gone]
    if gone:
        through = sum(sender.people for sender in gone)
        words += f" {through} of them came through {names([sender.one for sender in gone])}, whom nobody can write to any more."
    yield words
    year = [referral for referral in sent if referral.on and (network.today - referral.on).days < 365]
    yield f"In the last twelve months {_count(sum(referral.people for referral in year))}{_against(network, sent)}."
    if active and len(givers) > 1 and active[0].people >= 2 and 3 * active[0].people >= people:
        first, quiet = active[0].one, quiet_for(active[0].one)
        when = "never" if quiet is None else quiet if quiet == "today" else f"{quiet} ago"
        yield f"{first.name} alone sent {active[0].people} of the {people}; the last contact was {when}."


def _count(people: int) -> str:
    return f"it was {many(people, 'person', 'people')}" if people else "it was nobody"


def _against(network: Network, sent: Sequence[Referral]) -> str:
    before = sum(told.people for told in sent if told.on and 365 <= (network.today - told.on).days < 730)
    return f", in the twelve before {before or 'nobody'}"


def _steps(network: Network, senders: Sequence[Sender]) -> Iterator[Step]:
    waiting = sorted((sender for sender in senders if sender.unthanked), key=lambda sender: (sender.last or date.min, sender.one.id))
    for sender in waiting[-2:][::-1]:
        on = sender.unthanked[-1].on or network.today
        ago = between_words(on, network.today)
        yield Step(f"{sender.one.name} sent us somebody {ago} ago and has not heard from us since:", f"ptcrm write {who(sender.one)}")
    risky = [sender for sender in senders if sender.at_risk and not sender.unthanked]
    if risky:
        worst = max(risky, key=lambda sender: (sender.at_risk, sender.one.id))
        yield Step(
            f"The most is at risk with {worst.one.name}, who sent {many(worst.people, 'person', 'people')}:", f"ptcrm show {who(worst.one)}"
        )
    new = [sender for sender in senders if sender.people and not sender.one.is_coi]
    if new:
        yield Step(f"{new[0].one.name} sends people and is not marked as a centre of influence:", f"ptcrm set {who(new[0].one)} coi=yes")
    if not any(sender.people for sender in senders):
        yield Step("When somebody sends you somebody, write it down:", 'ptcrm log WHO referral-in "Sent us …" --value 1000')
