"""Who matters and is going silent: `quiet`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date

from plaintextcrm.core.dates import add, cadence_text, span_words, time_since
from plaintextcrm.core.model import Cadence
from plaintextcrm.core.numbers import HALF_LIFE_DAYS, as_cadence
from plaintextcrm.core.reports.network import Member, Network
from plaintextcrm.core.reports.saying import many
from plaintextcrm.core.reports.shapes import Report, Row, Step, Table
from plaintextcrm.core.reports.telling import be, columns, have, last_said, names, quiet_for, rests, rhythm, spelled, who

HALF_FRESH = 50  # freshness after one whole cadence
LONG = Cadence(6, "month")  # after which anybody is quiet
OLD = Cadence(1, "year")
STRONG, OFTEN = 60, 10  # a strength above, or days with contact, that make an old tie worth a word


def quiet(network: Network) -> Report:
    """Those who matter past their rhythm, then anybody after six months; rhythms that broke or run faster; old strong ties."""
    people = [one for one in network if not rests(one)]
    resting = sum(map(rests, network))
    main = sorted((one for one in people if _is_quiet(one)), key=_urgency)
    broken = sorted((one for one in people if _is_broken(one)), key=lambda one: (-(one.silence or 0) / (one.numbers.gap or 1), one.id))
    faster = sorted((one for one in people if _is_faster(one)), key=lambda one: (one.numbers.gap or 0, one.id))
    old = sorted((one for one in people if _is_old_tie(one)), key=lambda one: (-len(_days(one)), one.id))
    return Report(
        "quiet",
        (_quiet_table(main, resting), _broken_table(broken), _faster_table(faster), _old_table(old)),
        tuple(_headline(people, main)),
        tuple(_steps(main, broken, faster, old)) or (_calm(bool(people)),),
    )


# --- who is quiet --------------------------------------------------------------------------------------------------


def matters(one: Member) -> tuple[str, ...]:
    """Why somebody matters most: the highest tier, a centre of influence, one of the five."""
    tier = one.settings.tier(one.contact.tier)
    return (
        *([tier.name] if tier and tier.weight == one.settings.highest_weight else []),
        *(["COI"] if one.is_coi else []),
        *(f"five {when}" for when in one.contact.texts("five")),
    )


def _is_past_rhythm(one: Member) -> bool:
    """Somebody who matters, after a whole cadence and more."""
    return bool(matters(one)) and one.standing.freshness is not None and one.standing.freshness < HALF_FRESH


def _is_quiet(one: Member) -> bool:
    return one.last is not None and (_is_past_rhythm(one) or add(one.last, LONG) < one.today)


def _urgency(one: Member) -> tuple[bool, float, int, str]:
    """Those who matter first; in each by score, then the longest silence, then id."""
    return (not matters(one), -(one.standing.score or 0.0), one.standing.last, one.id)


def _headline(people: Sequence[Member], main: Sequence[Member]) -> Iterable[str]:
    if not people:
        yield "There is nobody here yet to be quiet."
        return
    most = [one for one in people if matters(one)]
    silent = [one for one in main if _is_past_rhythm(one)]
    unmet = [one for one in most if one.last is None]
    if not most:
        yield "Nobody is marked as mattering most yet: the highest tier, coi or five says who does."
    elif silent and len(most) == 1:
        yield f"{names(silent)}, who matters most, is quieter than meant."
    elif silent:
        whole = many(len(most), "person", "people")
        yield f"Of {whole} who matter most, {len(silent)} {be(len(silent))} quieter than meant: {names(silent)}."
    elif met := [one for one in most if one.last and not _is_quiet(one)]:
        yield f"{names(met)}, who {'matters' if len(met) == 1 else 'matter'} most, {'was' if len(met) == 1 else 'were'} heard from in time."
    if unmet:
        yield f"{names(unmet)} {'matters' if len(unmet) == 1 else 'matter'} too, and there was no contact yet."
    others = [one for one in main if not _is_past_rhythm(one)]
    if others:
        chosen = sum((one.standing.freshness or 0) >= HALF_FRESH for one in others)
        single, several = ("other person", "other people") if most else ("person", "people")
        within = f", {chosen} of them within a longer rhythm of your own" if chosen else ""
        yield f"{spelled(len(others), single, several)} {have(len(others))} been quiet for more than six months{within}."


def _quiet_table(main: Sequence[Member], resting: int) -> Table:
    sentence = (
        "First those who matter most (the highest tier, COI: a centre of influence, the five) once they are past their rhythm, "
        "then anybody else after six months."
    )
    if resting:
        sentence += f" {spelled(resting, 'person rests', 'people rest')}, snoozed or paused by you, and {be(resting)} not counted."
    return Table(
        "Going silent",
        columns(name="Name", matters="Matters", quiet="Quiet for", rhythm="Every", said="Last time"),
        tuple(_quiet_row(one) for one in main), sentence if main or resting else "", "Nobody has been quiet for longer than meant.",
    )  # fmt: skip


def _quiet_row(one: Member) -> Row:
    return {
        "id": one.id, "name": one.name, "matters": matters(one), "quiet": quiet_for(one), "rhythm": rhythm(one), "said": last_said(one),
        "last": one.last, "days": one.silence, "freshness": one.standing.freshness,
    }  # fmt: skip


# --- rhythms -------------------------------------------------------------------------------------------------------


def _is_broken(one: Member) -> bool:
    """Drifting, and no `last_contact` knows of something later."""
    return one.numbers.drifting and one.numbers.silence == one.silence


def _broken_table(broken: Sequence[Member]) -> Table:
    sentence = ""
    if broken:
        first = broken[0]
        sentence = (
            f"{first.name} used to be in touch every {_gap(first)}, and has been quiet for {quiet_for(first)}. Broken is a rhythm when the "
            "silence is more than twice the usual gap, the median of the last eight."
        )
    return Table(
        "Rhythms that broke",
        columns(name="Name", used="It used to be", quiet="Quiet for", said="Last time"),
        tuple(
            {"id": one.id, "name": one.name, "used": f"every {_gap(one)}", "quiet": quiet_for(one), "said": last_said(one),
             "gap": one.numbers.gap, "days": one.silence} for one in broken
        ),
        sentence, "Whoever had a rhythm has kept it.",
    )  # fmt: skip


def _gap(one: Member) -> str:
    return span_words(round(one.numbers.gap or 0))


def _is_faster(one: Member) -> bool:
    """Seen at least twice as often as meant, over four gaps or more, and still."""
    found, span = one.numbers, one.standing.span
    if found.gap is None or found.gaps < 4 or found.silence is None or not span or found.gap > span / 2:
        return False
    return found.silence <= max(2 * found.gap, found.gap + 14)


def _faster_table(faster: Sequence[Member]) -> Table:
    sentence = ""
    if faster:
        sentence = (
            f"{spelled(len(faster), 'person', 'people')} you see at least twice as often as the files ask for: the file may follow life."
        )
    return Table(
        "Seen more often than planned",
        columns(name="Name", rhythm="Every", fact="In fact every", write="To keep to that, write"),
        tuple(
            {"id": one.id, "name": one.name, "rhythm": rhythm(one), "fact": cadence_text(_own(one)),
             "write": f"cadence: {cadence_text(_own(one))}",
             "gap": one.numbers.gap} for one in faster
        ),
        sentence, "Nobody is seen twice as often as the files ask for.",
    )  # fmt: skip


def _own(one: Member) -> Cadence:
    return as_cadence(one.numbers.gap or 1)


# --- old strong ties -----------------------------------------------------------------------------------------------


def _days(one: Member) -> list[date]:
    return sorted({entry.on for entry in one.outline})


def _known_since(one: Member) -> date:
    met = one.contact.met
    return met if met and met <= one.today else _days(one)[0]


def best_strength(one: Member) -> int:
    """The highest strength there ever was: at the end of some day with contact, from the third on; 0 before."""
    weights: dict[date, int] = {}
    for entry in one.outline:
        kind = one.kind(entry)
        weights[entry.on] = max(weights.get(entry.on, 0), kind.strength if kind else 1)
    best, total, before = 0.0, 0.0, None
    for number, day in enumerate(sorted(weights), 1):
        total = total * 2 ** (-(day - before).days / HALF_LIFE_DAYS if before else 0) + weights[day]
        before = day
        if number >= 3:
            best = max(best, total)
    return round(100 * (1 - math.exp(-best / 6)))


def _is_old_tie(one: Member) -> bool:
    if one.last is None or add(one.last, OLD) > one.today:
        return False
    return len(_days(one)) >= OFTEN or best_strength(one) > STRONG


def _old_table(old: Sequence[Member]) -> Table:
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
             "contacts": len(_days(one)), "quiet": quiet_for(one), "said": last_said(one), "last": one.last,
             "best_strength": best_strength(one)} for one in old
        ),
        sentence, "No old strong tie has been silent for a year.",
    )  # fmt: skip


# --- what to do ----------------------------------------------------------------------------------------------------


def _steps(main: Sequence[Member], broken: Sequence[Member], faster: Sequence[Member], old: Sequence[Member]) -> Iterable[Step]:
    if main:
        yield Step(f"Reasons to get in touch with {main[0].name} today:", f"ptcrm ideas {who(main[0])}")
    for one in broken[:1]:
        yield Step(
            f"If every {_gap(one)} is what {one.name} and you want, write it down:",
            f'ptcrm set {who(one)} "cadence={cadence_text(_own(one))}"',
        )
    for one in faster[:1]:
        yield Step(f"Let {one.name}'s file follow life:", f'ptcrm set {who(one)} "cadence={cadence_text(_own(one))}"')
    if old:
        yield Step(f"What there was between {old[0].name} and you, for a short message:", f"ptcrm show {who(old[0])}")
    if any(one.standing.lapsed for one in main):
        yield Step("Keep, loosen or let go, one at a time:", "ptcrm triage lapsed")


def _calm(anybody: bool) -> Step:
    if not anybody:
        return Step("Begin with somebody:", "ptcrm add NAME")
    return Step("Who comes up in the next two weeks:", "ptcrm due --within 2w")
