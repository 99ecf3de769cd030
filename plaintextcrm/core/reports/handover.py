"""`handover`: are relations passed on before people leave? (docs/reports.md; the rules of one relation are in core/handover)"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from plaintextcrm.core.colleagues import Colleagues
from plaintextcrm.core.handover import DONE, NAMED, NOBODY, STAGES, STALLED_DAYS, HandoverStep, Passing, could_follow, passing, step_of
from plaintextcrm.core.linkwords import Plain
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.hours import value_of
from plaintextcrm.core.reports.network import Member, Network
from plaintextcrm.core.reports.saying import listed, many
from plaintextcrm.core.reports.shapes import Column, Report, Row, Step, Table

MOST_STEPS = 3


class _Passed(NamedTuple):
    """One relation that is passed on, was, or must be; `step` is None where it is done."""

    member: Member
    passing: Passing
    step: HandoverStep | None
    worth: tuple[float, bool, float, int]  # what it is ranked by: tier weight, COI, value of referrals, strength
    referrals: int
    value: int

    @property
    def sends_work(self) -> bool:
        """Whether they send people to us."""
        return self.member.is_coi or self.referrals > 0


def handover(network: Network) -> Report:
    """Whom the leaving still look after, how far each relation has passed on, and what each side does next."""
    us = Colleagues(network.settings)
    found = [one for member in network if (one := _passed(member, us, network.today))]
    found.sort(key=lambda one: (*(-value for value in one.worth), one.member.id))
    open_ = [one for one in found if one.step]
    tables = (
        _working_list(open_, us),
        _both_sides(open_, us),
        _worth_keeping(open_, network.settings.currency),
        _pace(open_, us, network.today),
        _stalled(open_, us, network.plain),
        _pairs(found, us),
        _notes(found, us, network.plain),
    )
    return Report("handover", tables, _case(found, open_, us, network), _steps(open_, us, network))


def _passed(member: Member, us: Colleagues, today: date) -> _Passed | None:
    found = passing(member.contact, us, today)
    if found is None:
        return None
    referrals = [entry for entry in member.bones if entry.kind == "referral-in"]
    value = sum(value_of(entry) for entry in referrals)
    worth = (member.weight, member.is_coi, value, member.numbers.strength or 0)
    step = step_of(member.contact, found, us, today) if found.stage != DONE else None
    return _Passed(member, found, step, worth, len(referrals), value)


# --- the case ------------------------------------------------------------------------------------------------------


def _case(found: Sequence[_Passed], open_: Sequence[_Passed], us: Colleagues, network: Network) -> tuple[str, ...]:
    """The first lines: who goes when, who would go quiet, who sees to it."""
    today = network.today
    leaving = sorted((mate.leaves, mate.id) for mate in network.settings.team if mate.leaves)
    lines = [_leaves_line(day, id, open_, us, today) for day, id in leaving]
    if not leaving:
        lines.append('None of us has a last day. If somebody goes, say so below their [team.NAME]: leaves = "2027-03".')
        lines.append("In ptcrm.local.toml, which git does not share, it stays a secret.")
    lead = us.name(us.id(network.settings.handover_lead))
    if leaving and lead:
        lines.append(f"{lead} sees to it that nobody is left behind.")
    done = len(found) - len(open_)
    if done:
        it = "it" if done == 1 else "them"
        lines.append(f"{many(done, 'relation is', 'relations are')} handed over already; the credit stays with whoever built {it}.")
    return tuple(lines)


def _leaves_line(day: date, id: str, open_: Sequence[_Passed], us: Colleagues, today: date) -> str:
    days = (day - today).days
    theirs = [one for one in open_ if one.passing.owner == id]
    name = us.name(id)
    when = f"leaves in {many(days, 'day')}" if days > 0 else "leaves today" if days == 0 else f"left {many(-days, 'day')} ago"
    if not theirs:
        return f"{name} {when}; nobody would go quiet."
    sending = sum(one.sends_work for one in theirs)
    send = f", {sending} of them {'sends' if sending == 1 else 'send'} us work" if sending else ""
    send = ", who sends us work" if sending and len(theirs) == 1 else send
    return f"{name} {when}; {many(len(theirs), 'person', 'people')} would go quiet{send}."


# --- tables --------------------------------------------------------------------------------------------------------


def _working_list(open_: Sequence[_Passed], us: Colleagues) -> Table:
    columns = (
        Column("name", "Who"), Column("tier", "Tier"), Column("owner", "From"), Column("successor", "To"), Column("stage", "Stage"),
        Column("days", "Days"), Column("last", "Last contact"),
    )  # fmt: skip
    nobody = sum(one.passing.stage == NOBODY for one in open_)
    has = f"{many(nobody, 'has', 'have')} no successor yet" if nobody else "each has a successor"
    sentence = f"{many(len(open_), 'relation')} to pass on, most worth keeping first; {has}. Days since something moved."
    empty = "No relation is waiting to be passed on."
    return Table("To pass on", columns, tuple(_working_row(one, us) for one in open_), sentence if open_ else "", empty)


def _both_sides(open_: Sequence[_Passed], us: Colleagues) -> Table:
    columns = (
        Column("stage", "Stage"),
        Column("people", "People"),
        Column("owner_does", "Who goes"),
        Column("successor_does", "Who comes"),
    )
    counts = Counter((STAGES.index(one.step.stage), *_sides(one.step, us)) for one in open_ if one.step)
    rows = tuple(
        {"stage": STAGES[stage], "people": counts[stage, goes, comes], "owner_does": goes, "successor_does": comes or None}
        for stage, goes, comes in sorted(counts)
    )
    return Table("What each side does next", columns, rows, "", "Nothing: no relation is waiting to be passed on.")


def _sides(step: HandoverStep, us: Colleagues) -> tuple[str, str]:
    """`Lee brings Noor along`, `Noor reads the file first`."""
    comes = f"{us.name(step.successor)} {step.successor_does}" if step.successor else ""
    return f"{us.name(step.owner)} {step.owner_does}", comes


def _working_row(one: _Passed, us: Colleagues) -> Row:
    step = one.step
    assert step
    return {
        **_who(one), "tier": one.member.contact.tier, "owner": us.name(step.owner),
        "successor": us.name(step.successor) if step.successor else None, "stage": step.stage, "days": step.days, "last": one.member.last,
        "stalled": step.stalled, "leaves_in": step.leaves_in, "owner_does": step.owner_does,
        "successor_does": step.successor_does or None, "command": step.command,
    }  # fmt: skip


def _who(one: _Passed) -> Row:
    return {"id": one.member.id, "name": one.member.name}


def _worth_keeping(open_: Sequence[_Passed], currency: str) -> Table:
    columns = (
        Column("name", "Who"), Column("tier", "Tier"), Column("coi", "COI"), Column("strength", "Strength"),
        Column("referrals", "Sent us"), Column("value", currency), Column("why", "Why"),
    )  # fmt: skip
    rows = tuple(
        {
            **_who(one), "tier": one.member.contact.tier, "coi": one.member.is_coi, "strength": one.member.numbers.strength,
            "referrals": one.referrals, "value": one.value, "why": one.member.contact.text("why"),
        } for one in open_
    )  # fmt: skip
    silent = [one.member.name for one in open_ if not one.member.contact.text("why")]
    ask = f" Why they matter is not written down of {listed(silent)}: ask before it is forgotten." if silent else ""
    sentence = f"Ranked by tier, centre of influence, what their referrals came to, and strength.{ask}"
    return Table("Worth keeping", columns, rows, sentence if rows else "", "Nobody's relations are at stake.")


def _pace(open_: Sequence[_Passed], us: Colleagues, today: date) -> Table:
    columns = (
        Column("colleague", "Who leaves"), Column("leaves", "Last day"), Column("days", "Days"), Column("people", "People"),
        Column("without", "No successor"), Column("introductions", "To introduce"), Column("one_every", "One every"),
    )  # fmt: skip
    rows = []
    for day, id in sorted((mate.leaves, mate.id) for mate in us.team if mate.leaves):
        theirs = [one.passing.stage for one in open_ if one.passing.owner == id]
        left = sum(stage in (NOBODY, NAMED) for stage in theirs)
        days = (day - today).days
        pace = f"{days // left} days" if left and days >= 2 * left else "day" if left and days > 0 else None
        counted = {"people": len(theirs), "without": theirs.count(NOBODY), "introductions": left}
        rows.append({"colleague": us.name(id), "leaves": day, "days": max(0, days), **counted, "one_every": pace})
    sentence = "Introductions are those who have not met a successor yet, spread over the days that are left."
    return Table("The time that is left", columns, tuple(rows), sentence if rows else "", "None of us has a last day.")


def _stalled(open_: Sequence[_Passed], us: Colleagues, plain: Plain) -> Table:
    columns = (
        Column("name", "Who"), Column("stage", "Stage"), Column("days", "Days"), Column("successor", "To"), Column("knows", "Knows better"),
        Column("last_note", "Last note"),
    )  # fmt: skip
    still = [one for one in open_ if one.passing.successor and one.step and one.step.stalled]
    rows = tuple(
        {
            **_who(one), "stage": one.passing.stage, "days": one.step and one.step.days, "successor": us.name(one.passing.successor),
            "knows": tuple(us.name(colleague) for colleague, count in one.passing.met_by if count > one.passing.by_successor),
            "last_note": plain(one.passing.notes[-1].text) if one.passing.notes else None,
        } for one in sorted(still, key=lambda one: (-(one.step.days or 10**6) if one.step else 0, one.member.id))
    )  # fmt: skip
    sentence = (
        f"{many(len(rows), 'relation has', 'relations have')} not moved for {STALLED_DAYS} days: no contact with the successor, no note."
        " Whom they know better may be the better successor."
    )
    moving = any(one.passing.successor for one in open_)
    empty = f"Each of them has moved within {STALLED_DAYS} days." if moving else "Nobody has a successor yet."
    return Table("Standing still", columns, rows, sentence if rows else "", empty)


def _pairs(found: Sequence[_Passed], us: Colleagues) -> Table:
    stages = [stage for stage in STAGES if stage != NOBODY]
    columns = (Column("owner", "From"), Column("successor", "To"), *(Column(_key(stage), stage.capitalize()) for stage in stages))
    pairs: dict[tuple[str, str], Counter[str]] = {}
    for one in found:
        if one.passing.successor:
            pairs.setdefault((one.passing.owner, one.passing.successor), Counter())[one.passing.stage] += 1
    rows = tuple(
        {"owner": us.name(owner), "successor": us.name(successor), **{_key(stage): counts[stage] for stage in stages}}
        for (owner, successor), counts in sorted(pairs.items())
    )
    sentence = (
        "How far each pair is. Met is one contact together, joint two; led, the successor's own; trusted, they came to the successor."
    )
    return Table("Pair by pair", columns, rows, sentence if rows else "", "No successor is named: nobody learns from whom.")


def _key(stage: str) -> str:
    return stage.replace(" ", "_")


def _notes(found: Sequence[_Passed], us: Colleagues, plain: Plain) -> Table:
    columns = (Column("name", "Who"), Column("on", "On"), Column("verdict", "How"), Column("text", "What"))
    noted = [(entry, one) for one in found for entry in one.passing.notes]
    noted.sort(key=lambda pair: (-pair[0].on.toordinal(), pair[1].member.id, pair[0].where))
    rows = tuple(
        {**_who(one), "on": entry.on, "verdict": (entry.field("handover") or "").strip(), "text": plain(entry.text) or None}
        for entry, one in noted
    )
    well = sum("well" in str(row["verdict"]).casefold() for row in rows)
    mend = sum("mend" in str(row["verdict"]).casefold() for row in rows)
    sentence = f"{well} went well, {mend} to mend, newest first: what the next one may learn from."
    empty = "No note says how it went. In an entry: [handover:: went well] or [handover:: to mend]."
    return Table("What went well, what to mend", columns, rows, sentence if rows else "", empty)


# --- next ----------------------------------------------------------------------------------------------------------


def _steps(open_: Sequence[_Passed], us: Colleagues, network: Network) -> tuple[Step, ...]:
    """The first few of the list, then the review of the whole."""
    steps = [Step(f"{one.member.name}. {_both(one, us)}", one.step.command) for one in open_[:MOST_STEPS] if one.step]
    unled = any(mate.leaves for mate in network.settings.team) and not network.settings.handover_lead
    if open_ and unled:
        steps.append(Step('Nobody looks after the handovers yet: [handover] lead = "…" in ptcrm.toml names who does.'))
    if not open_ and not network.settings.team:
        steps.append(Step("Alone? Then this one can wait. Of a team, [team.NAME] in ptcrm.toml says who you are.", "ptcrm report team"))
    elif not open_:
        steps.append(Step("Who looks after whom today:", "ptcrm report team"))
    return tuple(steps)


def _both(one: _Passed, us: Colleagues) -> str:
    step = one.step
    assert step
    if step.successor:
        return f"{'; '.join(_sides(step, us))}:"
    likely = could_follow(one.passing, us)
    known = f"; {us.name(likely)} has met them" if likely in dict(one.passing.met_by) else ""
    return f"{_sides(step, us)[0]}{known}:"
