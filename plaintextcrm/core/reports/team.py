"""`team`: who looks after whom, and whose relations hang on one of us alone (docs/reports.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cache

from plaintextcrm.core.colleagues import Colleagues
from plaintextcrm.core.dates import plus_days
from plaintextcrm.core.graph import of_kinds
from plaintextcrm.core.model import Interaction
from plaintextcrm.core.plainlog import PlainLog
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.network import Member, Network
from plaintextcrm.core.reports.saying import listed, many
from plaintextcrm.core.reports.shapes import Column, Report, Row, Step, Table
from plaintextcrm.core.reports.telling import contacts_after, first_added, who
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.text import fold, typed

KIND_DAYS = 365
WARM, COOLING = 60, 30
NOBODY = "nobody"
REVIEWS = frozenset(["review"])
WHO_WAS_THERE = ("by", "with", "reached", "touch")  # fields that say who of us was, or that nobody was


class _Person(NamedTuple):
    """One contact: the owner's id ("" for nobody), and how often each of us was in touch."""

    member: Member
    owner: str
    by: Mapping[str, int]

    @property
    def sends_work(self) -> bool:
        """Whether they send people to us."""
        one = self.member
        return one.is_coi or bool(one.facts.referrals and any(entry.kind == "referral-in" for entry in one.bones))


def team(network: Network) -> Report:
    """By owner, who is known by one of us only, firm by firm, and who is nobody's; without a colleague: what breaks tomorrow."""
    us = Colleagues(network.settings)
    silent = {name for name, kind in network.settings.kind_table.items() if not kind.touch}
    people = tuple(_person(member, us, silent) for member in network)
    without = us.id(network.without)
    if without:
        return _without(_by_weight(people), us, without)
    ranked = _by_weight(people)
    tables = (_by_owner(people, us, network), _known_by_one(ranked, us), _firms(ranked, us), _nobodys(ranked, us))
    return Report("team", tables, _sentences(ranked, us), _steps(people, ranked, us, network.settings))


def _person(member: Member, us: Colleagues, silent: Collection[str]) -> _Person:
    """`silent` are the kinds that are no contact."""
    owner = us.id(member.contact.text("owner"))
    plain, others = _told_apart(member, silent)
    by = Counter({owner: plain} if owner and plain else {})
    for _, there in us.presences(member.contact, others) if others else ():
        by.update(there)
    return _Person(member, owner, by)


def _told_apart(member: Member, silent: Collection[str]) -> tuple[int, Sequence[Interaction]]:
    """How many contacts of a plain log are the owner's without a word, whenever they were; and the entries that may say something else."""
    log, now = member.contact.interactions, member.today.toordinal()
    if not isinstance(log, PlainLog) or "handover" in log.kinds:
        return 0, member.bones
    past = [place for place, kind in enumerate(log.kinds) if kind not in silent and log.days[place] <= now]
    others = {place for place, fields in log.fields.items() if any(key in WHO_WAS_THERE for key, _ in fields)}
    if not others:
        return len(past), ()
    return sum(place not in others for place in past), [log.bare(place) for place in past if place in others]


def _who(one: _Person) -> Row:
    return {"id": one.member.id, "name": one.member.name, "tier": one.member.contact.tier}


def _by_weight(people: Iterable[_Person]) -> list[_Person]:
    """Those who matter most first."""
    return sorted(people, key=lambda one: (-one.member.weight, not one.member.is_coi, one.member.id))


# --- by owner ------------------------------------------------------------------------------------------------------


def _by_owner(people: Sequence[_Person], us: Colleagues, network: Network) -> Table:
    columns = (
        Column("owner", "Who"), Column("people", "People"), Column("highest", "Top tier"), Column("warm", "Warm"),
        Column("cooling", "Cooling"), Column("cold", "Cold"), Column("in_person", "Met"), Column("voice", "Rang"),
        Column("writing", "Wrote"), Column("review", "Last review"),
    )  # fmt: skip
    theirs: dict[str, list[_Person]] = {mate.id: [] for mate in us.team}
    for one in people:
        theirs.setdefault(one.owner, []).append(one)
    order = sorted(theirs, key=lambda owner: (owner == "", -len(theirs[owner]), owner))
    rows = tuple(_owner_row(owner, theirs[owner], us, network) for owner in order)
    sentence = (
        f"Warm is freshness {WARM} and more, cold below {COOLING}, of those with a rhythm. Met, rang and wrote are contacts within a year;"
        " the last review is the newest entry of that kind."
    )
    return Table("By owner", columns, rows if people else (), sentence if people else "", "Nobody is in this vault yet.")


def _owner_row(owner: str, theirs: Sequence[_Person], us: Colleagues, network: Network) -> Row:
    today, highest = network.today, network.settings.highest_weight
    fresh = [one.member.standing.freshness for one in theirs if one.member.standing.freshness is not None]
    groups = _groups(theirs, plus_days(today, -KIND_DAYS), network.settings)
    reviews = [entry.on for one in theirs for entry in of_kinds(one.member, REVIEWS)]
    return {
        "owner": us.name(owner) if owner else NOBODY, "people": len(theirs),
        "highest": sum(one.member.weight == highest and one.member.contact.tier is not None for one in theirs),
        "warm": sum(value >= WARM for value in fresh), "cooling": sum(COOLING <= value < WARM for value in fresh),
        "cold": sum(value < COOLING for value in fresh), "in_person": groups["in person"], "voice": groups["voice"],
        "writing": groups["writing"], "review": max(reviews, default=None),
    }  # fmt: skip


def _groups(theirs: Sequence[_Person], since: date, settings: Settings) -> Counter[str]:
    """Contacts after that day by the group of their kind; one occasion of several people counts once."""
    counts: Counter[str] = Counter()
    found = [entry for one in theirs for entry in contacts_after(one.member, since)]
    shared = {(entry.on, entry.block_id, entry.kind) for entry in found if entry.block_id}
    words = [entry.kind for entry in found if not entry.block_id] + [kind for *_, kind in shared]
    for word, times in Counter(words).items():
        kind = settings.kind_table.get(word) if word else None
        counts[kind.group if kind else "writing"] += times
    return counts


# --- known by one of us --------------------------------------------------------------------------------------------


def _known_by_one(people: Sequence[_Person], us: Colleagues) -> Table:
    columns = (
        Column("name", "Who"),
        Column("tier", "Tier"),
        Column("only", "Only"),
        Column("contacts", "Contacts"),
        Column("last", "Last contact"),
    )
    many_of_us = len({colleague for one in people for colleague in one.by} | {mate.id for mate in us.team}) > 1
    alone = [one for one in people if len(one.by) == 1 and many_of_us]
    rows = tuple(
        {**_who(one), "only": us.name(next(iter(one.by))), "contacts": sum(one.by.values()), "last": one.member.last} for one in alone
    )
    known = sum(bool(one.by) for one in people)
    have = "has" if len(rows) == 1 else "have"
    sentence = f"Of {many(known, 'person', 'people')} we have been in touch with, {len(rows)} {have} only ever met one of us."
    sentence += " An entry without [by::] is its owner's."
    empty = "Everybody has met two of us or more." if known and many_of_us else "There is only one of us to be met."
    return Table("Known by one of us only", columns, rows, sentence if rows else "", empty)


# --- firm by firm --------------------------------------------------------------------------------------------------


def _firms(people: Sequence[_Person], us: Colleagues) -> Table:
    columns = (Column("company", "Firm"), Column("people", "People"), Column("names", "Whom we know there"), Column("us", "Who of us"))
    firms = _by_firm(people)
    ordered = sorted(firms, key=lambda folded: (-firms[folded][0].member.weight, len(firms[folded]), folded))
    rows = tuple(
        {
            "company": _company(firms[folded]), "people": len(firms[folded]), "names": tuple(one.member.name for one in firms[folded]),
            "us": tuple(sorted({us.name(colleague) for colleague in {colleague for one in firms[folded] for colleague in one.by}})),
        } for folded in ordered
    )  # fmt: skip
    single = sum(len(there) == 1 for there in firms.values())
    sentence = f"{many(len(rows), 'firm')}; at {single} of them we know one person only. Those that matter most come first."
    return Table("Firm by firm", columns, rows, sentence if rows else "", "No contact names a company.")


def _by_firm(people: Sequence[_Person]) -> dict[str, list[_Person]]:
    """Folded name -> who works there, in the order of `people`."""
    firms: dict[str, list[_Person]] = {}
    fold_ = cache(fold)
    for one in people:
        company = one.member.contact.text("company")
        if company:
            firms.setdefault(fold_(company), []).append(one)
    return firms


def _company(there: Sequence[_Person]) -> str:
    return min(one.member.contact.text("company") or "" for one in there)


def _nobodys(people: Sequence[_Person], us: Colleagues) -> Table:
    columns = (Column("name", "Who"), Column("tier", "Tier"), Column("owner", "Owner"), Column("last", "Last contact"))
    lost = [one for one in people if not us.knows(one.owner)]
    rows = tuple({**_who(one), "owner": one.member.contact.text("owner"), "last": one.member.last} for one in lost)
    strangers = " Whoever is named as owner is not in [team]." if any(one.owner for one in lost) else ""
    sentence = f"None of us looks after {listed([one.member.name for one in lost])}.{strangers}"
    empty = "Everybody is looked after by one of us." if people else "Nobody is in this vault yet."
    return Table("Nobody's", columns, rows, sentence if rows else "", empty)


# --- what it means, what next --------------------------------------------------------------------------------------


def _sentences(people: Sequence[_Person], us: Colleagues) -> tuple[str, ...]:
    if not people:
        return ("Nobody is in this vault yet.",)
    if not us.team and not any(one.owner for one in people):
        whose = "the one person is" if len(people) == 1 else f"all {len(people):,} people are"
        return (f"There is no [team] in ptcrm.toml and nobody has an owner: {whose} yours.",)
    counts = Counter(one.owner for one in people if us.knows(one.owner))
    owners = [f"{us.name(owner)} {count:,}" for owner, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    whole = many(len(people), "person", "people")
    lines = [
        f"{listed(owners, 6)} of {whole}." if owners else f"None of us looks after {whole if len(people) == 1 else f'any of {whole}'}."
    ]
    risk = _single_threads(people)
    if risk and len(us.team) > 1:
        who = many(len(risk), "person who sends us work knows", "people who send us work know")
        lines.append(f"{who} only one of us: {listed([one.member.name for one in risk])}.")
    return tuple(lines)


def _single_threads(people: Sequence[_Person]) -> list[_Person]:
    return [one for one in people if len(one.by) == 1 and one.sends_work]


def _steps(people: Sequence[_Person], ranked: Sequence[_Person], us: Colleagues, settings: Settings) -> tuple[Step, ...]:
    from shlex import quote

    if not people:
        return (Step("Somebody to begin with:", first_added(settings)),)
    if len(us.team) < 2:
        words = "Of a team, [team.NAME] in ptcrm.toml says who you are, and `owner` who looks after whom:"
        return (Step(words, f"ptcrm set {who(people[0].member)} owner=NAME"),)
    steps = []
    nobodys = [one for one in ranked if not us.knows(one.owner)]
    if nobodys:
        owner = _staying(us, "")[:1] or [us.team[0].id]
        steps.append(Step(f"{nobodys[0].member.name} is nobody's:", f"ptcrm set {who(nobodys[0].member)} owner={quote(owner[0])}"))
    risk = _single_threads(ranked)
    if risk:
        steps += _second_person(risk[0], us, next(iter(risk[0].by)))
    leaving = sorted((mate.leaves, mate.id) for mate in us.team if mate.leaves)
    counts = Counter(next(iter(one.by)) for one in people if len(one.by) == 1)
    whom = leaving[0][1] if leaving else max((mate.id for mate in us.team), key=lambda id: (counts[id], id))
    steps.append(Step(f"What would break without {us.name(whom)}:", f"ptcrm report team --without {quote(whom)}"))
    return tuple(steps)


def _staying(us: Colleagues, but: str) -> list[str]:
    """Those of the team who stay, without one."""
    return [mate.id for mate in us.team if mate.leaves is None and mate.id != but]


def _second_person(one: _Person, us: Colleagues, only: str) -> list[Step]:
    """Take somebody along to whoever knows one of us alone: the successor, else the first who stays."""
    from shlex import quote

    successor = us.id(one.member.contact.text("successor"))
    second = [successor] if successor and successor != only else _staying(us, only)
    if not second:
        return []
    words = f"{one.member.name} knows {us.name(only)} alone; {us.name(second[0])} could come along:"
    return [Step(words, f"ptcrm log {typed(one.member.id, 'meeting', option=f'--with {quote(second[0])}')}")]


# --- without a colleague -------------------------------------------------------------------------------------------


def _without(people: Sequence[_Person], us: Colleagues, gone: str) -> Report:
    """What would break if that colleague were not there tomorrow."""
    name = us.name(gone)
    columns = (
        Column("name", "Who"),
        Column("tier", "Tier"),
        Column("contacts", "Contacts"),
        Column("last", "Last contact"),
        Column("why", "Why"),
    )
    alone = [one for one in people if set(one.by) == {gone}]
    lost = Table(
        f"Known to {name} alone", columns,
        tuple({**_who(one), "contacts": one.by[gone], "last": one.member.last, "why": one.member.contact.text("why")} for one in alone),
        f"{many(len(alone), 'person', 'people')} would have nobody here who has ever been in touch with them." if alone else "",
        f"Everybody whom {name} was in touch with has met another one of us, too.",
    )  # fmt: skip
    tables = (lost, _left_over(people, us, gone), _firms_lost(people, us, gone))
    owned = sum(one.owner == gone for one in people)
    sending = sum(one.sends_work for one in alone)
    work = f"; {sending} of these {'sends' if sending == 1 else 'send'} us work" if sending else ""
    said = f"Without {name} {many(owned, 'person', 'people')} would have no owner, and {len(alone)} would know none of us{work}."
    if not owned and not any(gone in one.by for one in people):
        said = f"Nothing would break: {name} looks after nobody, and is in no entry."
    return Report("team", tables, (said,), _steps_without(alone, us, gone))


def _left_over(people: Sequence[_Person], us: Colleagues, gone: str) -> Table:
    columns = (
        Column("name", "Who"), Column("tier", "Tier"), Column("next", "Knows best"), Column("contacts", "Contacts"),
        Column("successor", "Successor"),
    )  # fmt: skip
    rows = []
    for one in people:
        others = sorted(((-count, colleague) for colleague, count in one.by.items() if colleague != gone))
        if one.owner == gone and others:
            successor = us.id(one.member.contact.text("successor"))
            best = {"next": us.name(others[0][1]), "contacts": -others[0][0]}
            rows.append({**_who(one), **best, "successor": us.name(successor) if successor else None})
    name = us.name(gone)
    sentence = f"{name}'s people who have met somebody else of us, with whom they know best after {name}."
    empty = f"Nobody whom {name} looks after knows another one of us."
    return Table("Who could take over", columns, tuple(rows), sentence if rows else "", empty)


def _firms_lost(people: Sequence[_Person], us: Colleagues, gone: str) -> Table:
    columns = (Column("company", "Firm"), Column("people", "People"), Column("names", "Whom we know there"))
    firms = _by_firm(people)
    broken = [folded for folded, there in firms.items() if {colleague for one in there for colleague in one.by} == {gone}]
    broken.sort(key=lambda folded: (-firms[folded][0].member.weight, folded))
    rows = tuple(
        {"company": _company(firms[folded]), "people": len(firms[folded]), "names": tuple(one.member.name for one in firms[folded])}
        for folded in broken
    )
    sentence = f"{many(len(rows), 'firm')} that we reach through {us.name(gone)} alone."
    return Table("Firms that would be lost", columns, rows, sentence if rows else "", "None.")


def _steps_without(alone: Sequence[_Person], us: Colleagues, gone: str) -> tuple[Step, ...]:
    from shlex import quote

    steps = _second_person(alone[0], us, gone) if alone else []
    return (*steps, Step("How far each relation has passed on:", f"ptcrm report handover owner:{quote(gone)}"))
