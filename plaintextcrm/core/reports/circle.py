"""`five`: the five who matter, now and for what lies ahead; the way to those not met yet; who acts like one and is not named."""

from __future__ import annotations

import math
import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from plaintextcrm.core.graph import referrals
from plaintextcrm.core.knowing import path, warmth
from plaintextcrm.core.linkwords import Plain
from plaintextcrm.core.numbers import HALF_LIFE_DAYS
from plaintextcrm.core.pages import words
from plaintextcrm.core.reports.network import Member, Network
from plaintextcrm.core.reports.saying import listed, many
from plaintextcrm.core.reports.shapes import Report, Row, Step, Table
from plaintextcrm.core.reports.telling import be, columns, names, quiet_for, spelled, who

FIVE = 5
SENT_LEAST = 2  # people sent to us, from which on somebody may count among those who send most
NOW, NEXT = "now", "next"


def five(network: Network) -> Report:
    """Those named, coldest first; the doors to those without a contact yet; who belongs there by what they do."""
    named = sorted((one for one in network if one.is_five), key=_coldest)
    unmet = [one for one in named if one.last is None]
    ways = {one.id: found[0].people for one in unmet[:FIVE] if (found := path(network, [one]))}
    acting = acts_like_five(network)
    return Report(
        "five",
        (_named_table(named, network), _unmet_table(unmet, ways, bool(named), network.plain), _acting_table(acting)),
        tuple(_headline(named, network.settings.me.ahead)),
        tuple(_steps(named, unmet, ways, acting)) or (Step(f"What there is to know of {named[0].name}:", f"ptcrm show {who(named[0])}"),),
    )


def _when(one: Member) -> tuple[str, ...]:
    return one.contact.texts("five")


def _coldest(one: Member) -> tuple[bool, int, str]:
    """Now before next; in each the coldest first, those not met yet before all."""
    found = warmth(one)
    return (NOW not in _when(one), -1 if found is None else found, one.id)


# --- who acts like one ---------------------------------------------------------------------------------------------


def acts_like_five(network: Network) -> tuple[tuple[Member, tuple[str, ...]], ...]:
    """Those not named who are among the five strongest ties, or among the five who sent us most people; with why."""
    people = tuple(network)
    strong = strongest(people, FIVE)
    sent: Counter[str] = Counter()
    for referral in referrals(network):
        sent[referral.by] += referral.people
    senders = sorted((one for one in people if sent[one.id] >= SENT_LEAST), key=lambda one: (-sent[one.id], one.id))[:FIVE]
    why: dict[str, list[str]] = defaultdict(list)
    for place, one in enumerate(strong):
        why[one.id].append("the strongest tie of all" if place == 0 else "one of the five strongest ties")
    for one in senders:
        why[one.id].append(f"sent us {many(sent[one.id], 'person', 'people')}")
    found = [(network.by_id[id], tuple(reasons)) for id, reasons in why.items() if not network.by_id[id].is_five]
    return tuple(sorted(found, key=lambda pair: (-len(pair[1]), -(pair[0].numbers.strength or 0), pair[0].id)))


def strongest(people: Sequence[Member], most: int) -> list[Member]:
    """The strongest ties, as many at most; of equal ones the first ids.

    Who could not be among them though each contact were of the heaviest kind is not looked at closer: days alone tell that.
    """
    found: list[tuple[int, str, Member]] = []
    heaviest = max([1, *(kind.strength for kind in people[0].settings.kind_table.values())]) if people else 1
    for could_be, one in sorted(((_could_be(one, heaviest), one) for one in people), key=lambda pair: -pair[0]):
        if len(found) == most and could_be < -found[-1][0]:
            break
        if one.numbers.strength:
            found = sorted([*found, (-one.numbers.strength, one.id, one)], key=lambda ranked: ranked[:2])[:most]
    return [one for *_, one in found]


def _could_be(one: Member, weight: int) -> float:
    """What the strength is at most, contacts having no more than that weight."""
    now = one.today.toordinal()
    total = weight * sum([2 ** ((day - now) / HALF_LIFE_DAYS) for day in one.facts.touches if day <= now])
    return 100.6 - 100 * math.exp(-total / 6)  # rounded up


# --- sentences and tables ------------------------------------------------------------------------------------------


def _headline(named: Sequence[Member], ahead: str) -> Iterable[str]:
    now = [one for one in named if NOW in _when(one)]
    later = [one for one in named if NEXT in _when(one)]
    if not named:
        yield "Nobody is named yet. Who are the five people who matter most to you today, and the five for what lies ahead?"
        return
    if now:
        yield f"{spelled(len(now), 'is', 'are')} named for today: {_by_warmth(now)}."
    else:
        yield "Nobody is named for today."
    aim = f" ({ahead})" if ahead else ""
    if later:
        yield f"{spelled(len(later), 'is', 'are')} named for what lies ahead{aim}: {_by_warmth(later)}."
    else:
        yield f"Nobody is named for what lies ahead{aim}."
    if len(now) > FIVE or len(later) > FIVE:
        yield "More than five is a list; five is a choice."


def _by_warmth(people: Sequence[Member]) -> str:
    """`Ada King (warm) and Wilhelmina Brandt (cold)`."""
    return listed([f"{one.name} ({_warmth(one)})" for one in people], FIVE)


def _warmth(one: Member) -> str:
    return "not met yet" if one.last is None else words.warmth(warmth(one))


def _named_table(named: Sequence[Member], network: Network) -> Table:
    cold = [one for one in named if _warmth(one) == "cold"]
    sentence = "Coldest first. Warm is up to three quarters of the rhythm, cold from one and three quarters on." if named else ""
    if cold:
        sentence += f" {names(cold)} {be(len(cold))} cold."
    return Table(
        "The five, now and next",
        columns(name="Name", five="For", warmth="Is", quiet="Quiet for", hook="A reason to write"),
        tuple(_named_row(one, network) for one in named), sentence, "Nobody is named.",
    )  # fmt: skip


def _named_row(one: Member, network: Network) -> Row:
    row = network.due_row(one)
    return {
        "id": one.id, "name": one.name, "five": _when(one), "warmth": _warmth(one), "quiet": quiet_for(one),
        "hook": row.hook or network.plain(one.contact.text("why") or "") or None, "last": one.last, "freshness": one.standing.freshness,
        "strength": one.numbers.strength,
    }  # fmt: skip


def _unmet_table(unmet: Sequence[Member], ways: Mapping[str, Sequence[Member]], named: bool, plain: Plain) -> Table:
    sentence = ""
    if unmet:
        sentence = f"{names(unmet)}: no contact yet. The way there begins with somebody you are in touch with, the warmest there is."
    return Table(
        "Not met yet",
        columns(name="Name", path="The way there", needs="Needs"),
        tuple(
            {"id": one.id, "name": one.name, "path": " → ".join(["you", *(step.name for step in ways[one.id])]) if one.id in ways else None,
             "needs": tuple(map(plain, one.contact.texts("needs"))), "ids": tuple(step.id for step in ways.get(one.id, ()))}
            for one in unmet
        ),
        sentence, "You have been in touch with everybody who is named." if named else "Nobody is named.",
    )  # fmt: skip


def _acting_table(acting: Sequence[tuple[Member, tuple[str, ...]]]) -> Table:
    sentence = ""
    if acting:
        sentence = (
            f"{spelled(len(acting), 'person is', 'people are')} not named and {be(len(acting))} among your five strongest ties, "
            f"or among the five who sent you most people ({SENT_LEAST} or more)."
        )
    return Table(
        "Acts like one of the five",
        columns(name="Name", acts="Because", quiet="Quiet for"),
        tuple(
            {"id": one.id, "name": one.name, "acts": why, "quiet": quiet_for(one), "strength": one.numbers.strength} for one, why in acting
        ),
        sentence, "Whoever is among the strongest ties, or sends most people, is named.",
    )  # fmt: skip


def _steps(
    named: Sequence[Member], unmet: Sequence[Member], ways: Mapping[str, Sequence[Member]], acting: Sequence[tuple[Member, tuple[str, ...]]]
) -> Iterable[Step]:
    for one in [one for one in named if _warmth(one) in ("cold", "cooling")][:1]:
        yield Step(f"Reasons to get in touch with {one.name} today:", f"ptcrm ideas {who(one)}")
    for one in [one for one in unmet if one.id in ways][:1]:
        door, quoted = ways[one.id][0], shlex.quote(f"An introduction to {one.name}")
        yield Step(f"When you have asked {door.name} to introduce you to {one.name}:", f"ptcrm log {who(door)} asked {quoted}")
    if not named:
        yield Step("Name the first:", "ptcrm set WHO five=now")
    elif acting:
        yield Step(f"If {acting[0][0].name} is one of the five:", f"ptcrm set {who(acting[0][0])} five=now")
