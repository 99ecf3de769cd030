"""Who matters and is going silent: `quiet`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache

from plaintextcrm.core.dates import add, cadence_text, cadence_words, time_since
from plaintextcrm.core.linkwords import Plain
from plaintextcrm.core.model import Cadence
from plaintextcrm.core.numbers import GAPS, HALF_LIFE_DAYS, as_cadence
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.kept import contact_days
from plaintextcrm.core.reports.network import Member, Network
from plaintextcrm.core.reports.saying import many
from plaintextcrm.core.reports.shapes import Report, Row, Step, Table
from plaintextcrm.core.reports.telling import be, columns, have, last_said, names, quiet_for, rests, rhythm, spelled, who
from plaintextcrm.core.settings import Settings

HALF_FRESH = 50  # freshness after one whole cadence
LONG = Cadence(6, "month")  # after which anybody is quiet
OLD = Cadence(1, "year")
STRONG, OFTEN = 60, 10  # a strength above, or days with contact, that make an old tie worth a word


class Pace(NamedTuple):
    """How often somebody was met, on four days or more; in days, and as `Numbers` has it."""

    one: Member
    gap: float
    gaps: int
    silence: int


def quiet(network: Network) -> Report:
    """Those who matter past their rhythm, then anybody after six months; rhythms that broke or run faster; old strong ties."""
    turned_to = tuple(network)
    people = [one for one in turned_to if not rests(one)]
    why = mattering(people, network.settings)
    main = sorted((one for one in people if _is_quiet(one, why)), key=lambda one: _urgency(one, why))
    paces = tuple(_paces(people))
    broken = sorted((pace for pace in paces if _is_broken(pace)), key=lambda pace: (-pace.silence / pace.gap, pace.one.id))
    faster = sorted((pace for pace in paces if _is_faster(pace)), key=lambda pace: (pace.gap, pace.one.id))
    old = sorted((one for one in people if _is_old_tie(one)), key=lambda one: (-len(contact_days(one)), one.id))
    return Report(
        "quiet",
        (
            _quiet_table(main, why, len(turned_to) - len(people), network.plain),
            _broken_table(broken, network.plain),
            _faster_table(faster),
            _old_table(old, network.plain),
        ),
        tuple(_headline(people, main, why)),
        tuple(_steps(main, broken, faster, old)) or (_calm(bool(people)),),
    )


# --- who is quiet --------------------------------------------------------------------------------------------------


Why = Mapping[str, tuple[str, ...]]
"""Id -> why somebody matters most: the highest tier, a centre of influence, one of the five. The others are not in it."""


def mattering(people: Iterable[Member], settings: Settings) -> Why:
    """Who of them matters most."""
    tier_of, highest = cache(settings.tier), settings.highest_weight
    found: dict[str, tuple[str, ...]] = {}
    for one in people:
        tier = tier_of(one.contact.tier)
        ranked = (tier.name,) if tier and tier.weight == highest else ()
        if ranked or one.is_coi or "five" in one.contact.keys:
            found[one.id] = (*ranked, *(["COI"] if one.is_coi else []), *(f"five {when}" for when in one.contact.texts("five")))
    return {id: words for id, words in found.items() if words}


def _is_past_rhythm(one: Member, why: Why) -> bool:
    """Somebody who matters, after a whole cadence and more."""
    return one.standing.freshness is not None and one.standing.freshness < HALF_FRESH and one.id in why


def _is_quiet(one: Member, why: Why) -> bool:
    last = one.last
    return last is not None and (_is_past_rhythm(one, why) or add(last, LONG) < one.today)


def _urgency(one: Member, why: Why) -> tuple[bool, float, int, str]:
    """Those who matter first; in each by score, then the longest silence, then id."""
    return (one.id not in why, -(one.standing.score or 0.0), one.standing.last, one.id)


def _headline(people: Sequence[Member], main: Sequence[Member], why: Why) -> Iterable[str]:
    if not people:
        yield "There is nobody here yet to be quiet."
        return
    most = [one for one in people if one.id in why]
    silent = [one for one in main if _is_past_rhythm(one, why)]
    unmet = [one for one in most if one.last is None]
    if not most:
        yield "Nobody is marked as mattering most yet: the highest tier, coi or five says who does."
    elif silent and len(most) == 1:
        yield f"{names(silent)}, who matters most, is quieter than meant."
    elif silent:
        whole = many(len(most), "person", "people")
        yield f"Of {whole} who matter most, {len(silent)} {be(len(silent))} quieter than meant: {names(silent)}."
    elif met := [one for one in most if one.last and not _is_quiet(one, why)]:
        yield f"{names(met)}, who {'matters' if len(met) == 1 else 'matter'} most, {'was' if len(met) == 1 else 'were'} heard from in time."
    if unmet:
        yield f"{names(unmet)} {'matters' if len(unmet) == 1 else 'matter'} too, and there was no contact yet."
    others = [one for one in main if not _is_past_rhythm(one, why)]
    if others:
        chosen = sum((one.standing.freshness or 0) >= HALF_FRESH for one in others)
        single, several = ("other person", "other people") if most else ("person", "people")
        within = f", {chosen} of them within a longer rhythm of your own" if chosen else ""
        yield f"{spelled(len(others), single, several)} {have(len(others))} been quiet for more than six months{within}."


def _quiet_table(main: Sequence[Member], why: Why, resting: int, plain: Plain) -> Table:
    sentence = (
        "First those who matter most (the highest tier, COI: a centre of influence, the five) once they are past their rhythm, "
        "then anybody else after six months."
    )
    if resting:
        sentence += f" {spelled(resting, 'person rests', 'people rest')}, snoozed or paused by you, and {be(resting)} not counted."
    return Table(
        "Going silent",
        columns(name="Name", matters="Matters", quiet="Quiet for", rhythm="Every", said="Last time"),
        tuple(_quiet_row(one, why.get(one.id, ()), plain) for one in main),
        sentence if main or resting else "", "Nobody has been quiet for longer than meant.",
    )  # fmt: skip


def _quiet_row(one: Member, matters: tuple[str, ...], plain: Plain) -> Row:
    return {
        "id": one.id, "name": one.name, "matters": matters, "quiet": quiet_for(one), "rhythm": rhythm(one), "said": last_said(one, plain),
        "last": one.last, "days": one.silence, "freshness": one.standing.freshness,
    }  # fmt: skip


# --- rhythms -------------------------------------------------------------------------------------------------------


def _paces(people: Iterable[Member]) -> Iterable[Pace]:
    """Of those who have one, from their days alone."""
    for one in people:
        days = contact_days(one)[-GAPS - 1 :]
        if len(days) > 3:
            gaps = sorted([later - earlier for earlier, later in zip(days, days[1:], strict=False)])
            half = len(gaps) // 2
            yield Pace(one, (gaps[half] + gaps[~half]) / 2, len(gaps), one.today.toordinal() - days[-1])


def _is_broken(pace: Pace) -> bool:
    """Drifting, and no `last_contact` knows of something later."""
    gap, silence = pace.gap, pace.silence
    return max(2 * gap, gap + 14) < silence <= max(12 * gap, gap + 90) and silence == pace.one.silence


def _broken_table(broken: Sequence[Pace], plain: Plain) -> Table:
    sentence = ""
    if broken:
        first = broken[0]
        sentence = (
            f"{first.one.name} used to be in touch {_used(first)}, and has been quiet for {quiet_for(first.one)}. "
            "Broken is a rhythm when the silence is more than twice the usual gap, the median of the last eight."
        )
    return Table(
        "Rhythms that broke",
        columns(name="Name", used="It used to be", quiet="Quiet for", said="Last time"),
        tuple(
            {"id": pace.one.id, "name": pace.one.name, "used": _used(pace), "quiet": quiet_for(pace.one),
             "said": last_said(pace.one, plain), "gap": pace.gap, "days": pace.silence} for pace in broken
        ),
        sentence, "Whoever had a rhythm has kept it.",
    )  # fmt: skip


def _used(pace: Pace) -> str:
    """`every 3 weeks`: the rhythm that the command would write down."""
    return cadence_words(as_cadence(pace.gap))


def _is_faster(pace: Pace) -> bool:
    """Seen at least twice as often as meant, over four gaps or more, and still."""
    span = pace.one.standing.span
    return bool(span) and pace.gaps >= 4 and pace.gap <= span / 2 and pace.silence <= max(2 * pace.gap, pace.gap + 14)


def _faster_table(faster: Sequence[Pace]) -> Table:
    sentence = ""
    if faster:
        sentence = (
            f"{spelled(len(faster), 'person', 'people')} you see at least twice as often as the files ask for: the file may follow life."
        )
    return Table(
        "Seen more often than planned",
        columns(name="Name", rhythm="Every", fact="In fact every", write="To keep to that, write"),
        tuple(
            {"id": pace.one.id, "name": pace.one.name, "rhythm": rhythm(pace.one), "fact": cadence_text(as_cadence(pace.gap)),
             "write": f"cadence: {cadence_text(as_cadence(pace.gap))}", "gap": pace.gap} for pace in faster
        ),
        sentence, "Nobody is seen twice as often as the files ask for.",
    )  # fmt: skip


# --- old strong ties -----------------------------------------------------------------------------------------------


def _known_since(one: Member) -> date:
    met = one.contact.met
    return met if met and met <= one.today else date.fromordinal(contact_days(one)[0])


def best_strength(one: Member) -> int:
    """The highest strength there ever was: at the end of some day with contact, from the third on; 0 before."""
    weights: dict[int, int] = {}
    for entry in one.outline:
        kind, day = one.kind(entry), entry.on.toordinal()
        weights[day] = max(weights.get(day, 0), kind.strength if kind else 1)
    best, total, before = 0.0, 0.0, 0
    for number, day in enumerate(sorted(weights), 1):
        total = total * 2 ** ((before - day) / HALF_LIFE_DAYS if before else 0) + weights[day]
        before = day
        if number >= 3:
            best = max(best, total)
    return round(100 * (1 - math.exp(-best / 6)))


def _is_old_tie(one: Member) -> bool:
    days = len(contact_days(one))
    if days < 3 or one.last is None or add(one.last, OLD) > one.today:
        return False
    return days >= OFTEN or best_strength(one) > STRONG


def _old_table(old: Sequence[Member], plain: Plain) -> Table:
    sentence = ""
    if old:
        sentence = (
            f"{names(old)} {'was' if len(old) == 1 else 'were'} close once and {have(len(old))} been silent for a year or more. "
            f"Close means {OFTEN} days with contact, or a strength above {STRONG} at its best."
        )
    return Table(
        "Old strong ties",
        columns(name="Name", known="Known for", contacts="Contacts", quiet="Quiet for", said="Last time"),
        tuple(
            {"id": one.id, "name": one.name, "known": time_since(_known_since(one), one.today),
             "contacts": len(contact_days(one)), "quiet": quiet_for(one), "said": last_said(one, plain), "last": one.last,
             "best_strength": best_strength(one)} for one in old
        ),
        sentence, "No old strong tie has been silent for a year.",
    )  # fmt: skip


# --- what to do ----------------------------------------------------------------------------------------------------


def _steps(main: Sequence[Member], broken: Sequence[Pace], faster: Sequence[Pace], old: Sequence[Member]) -> Iterable[Step]:
    if main:
        yield Step(f"Reasons to get in touch with {main[0].name} today:", f"ptcrm ideas {who(main[0])}")
    for pace in broken[:1]:
        yield Step(f"If {_used(pace)} is what {pace.one.name} and you want, write it down:", _own_rhythm(pace))
    for pace in faster[:1]:
        yield Step(f"Let {pace.one.name}'s file follow life:", _own_rhythm(pace))
    if old:
        yield Step(f"What there was between {old[0].name} and you, for a short message:", f"ptcrm show {who(old[0])}")
    if any(one.standing.lapsed for one in main):
        yield Step("Keep, loosen or let go, one at a time:", "ptcrm triage lapsed")


def _own_rhythm(pace: Pace) -> str:
    return f'ptcrm set {who(pace.one)} "cadence={cadence_text(as_cadence(pace.gap))}"'


def _calm(anybody: bool) -> Step:
    if not anybody:
        return Step("Begin with somebody:", "ptcrm add NAME")
    return Step("Who comes up in the next two weeks:", "ptcrm due --within 2w")
