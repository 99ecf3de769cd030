"""`load` and `new`: what is asked of one's time and where it goes; whether the network grows (docs/reports.md)."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from plaintextcrm.core.dates import cadence_text, cadence_words
from plaintextcrm.core.model import Cadence
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.hours import hours_of, tier_of, what_came_of_it, where_it_goes
from plaintextcrm.core.reports.kept import contact_days
from plaintextcrm.core.reports.network import Member, Network, of_one
from plaintextcrm.core.reports.newcomers import begin_of, first_steps, growth, newcomer_steps, newcomers_of, quarters
from plaintextcrm.core.reports.saying import listed, number, numbered
from plaintextcrm.core.reports.shapes import Column, Report, Step, Table
from plaintextcrm.core.reports.telling import before
from plaintextcrm.core.settings import Settings, Tier

MADE_WEEKS = 12
DEFAULT, OWN, NONE = "default rhythm", "own rhythm", "no rhythm"
SHORT = 0.8  # of what was promised: below this it is told


def new(network: Network) -> Report:
    """Those who came within 90 days and their first three contacts; who came quarter by quarter, and who stayed."""
    begins = {member.id: begin for member in network.members if (begin := begin_of(member))}
    newcomers = newcomers_of(network, begins)
    tables = (first_steps(newcomers, begins), quarters(network, begins))
    return Report("new", tables, growth(network, begins), newcomer_steps(newcomers, begins, network))


# --- load ----------------------------------------------------------------------------------------------------------


def load(network: Network) -> Report:
    """What the cadences ask a week against what was done, what would fit, and where the hours of a year went."""
    asked = _asked(network)
    total = sum(one.week for one in asked.values())
    made = sum(one.done for one in asked.values()) / MADE_WEEKS
    fits = _fits(network.settings, asked)
    hours = hours_of(network)
    tables = (
        _promises(network.settings, asked),
        _what_would_fit(network.settings, total, fits),
        where_it_goes(network, hours),
        what_came_of_it(network, hours),
    )
    return Report("load", tables, _sentences(network.settings, total, made, asked), _steps(network.settings, total, made, fits))


class _Ask(NamedTuple):
    """What the people of one rhythm ask: how many people, contacts a week, days with contact in twelve weeks, how many are due."""

    people: int = 0
    week: float = 0.0
    done: int = 0
    due: int = 0

    @property
    def kept(self) -> float | None:
        """Done against asked; None where nothing is asked."""
        return self.done / MADE_WEEKS / self.week if self.week else None


def _rhythm(member: Member) -> str:
    """The row somebody belongs to: the tier's name, or whose the cadence is."""
    if not member.standing.span:
        return NONE
    if member.contact.cadence:
        return OWN
    return tier_of(member) or DEFAULT


@of_one
def _asks(member: Member) -> tuple[str, float, int]:
    """Their rhythm, what they ask a week, and the days with contact. Who is paused asks for nothing until the day it ends."""
    pause, standing, days = member.contact.paused, member.standing, contact_days(member)
    is_paused = pause > member.today if isinstance(pause, date) else pause
    since = before(member.today, 7 * MADE_WEEKS).toordinal()
    return _rhythm(member), 7 / standing.span if standing.span and not is_paused else 0.0, len(days) - bisect_right(days, since)


def _asked(network: Network) -> Mapping[str, _Ask]:
    """What each rhythm asks, tiers in the order of the settings."""
    found: dict[str, list[Any]] = {name: [0, 0.0, 0, 0] for name in (*(tier.name for tier in network.settings.tiers), OWN, DEFAULT, NONE)}
    now = network.today.toordinal()
    for member in network:
        rhythm, asks, days = _asks(member)
        sums, standing = found[rhythm], member.standing
        sums[0] += 1
        sums[1] += asks
        sums[2] += days
        sums[3] += 0 < standing.next <= now and not standing.hidden
    return {name: _Ask(*sums) for name, sums in found.items()}


def _promises(settings: Settings, asked: Mapping[str, _Ask]) -> Table:
    columns = (
        Column("rhythm", "Tier"), Column("cadence", "How often"), Column("people", "People"), Column("asked", "Asked a week"),
        Column("done", "Done a week"), Column("kept", "Kept, %"), Column("due", "Due now"),
    )  # fmt: skip
    cadences = {tier.name: cadence_words(tier.cadence) for tier in settings.tiers} | {DEFAULT: cadence_words(settings.default_cadence)}
    rows = tuple(
        {
            "rhythm": name, "cadence": cadences.get(name), "people": one.people, "asked": round(one.week, 2),
            "done": round(one.done / MADE_WEEKS, 2), "kept": None if one.kept is None else round(100 * one.kept), "due": one.due,
        } for name, one in asked.items() if one.people
    )  # fmt: skip
    sentence = (
        f"Asked is 7 / C for each person, C the days of one round. Done are the days with contact of the last {MADE_WEEKS} weeks."
        " Who is paused asks for nothing; archived people are left out."
    )
    return Table("Promised and kept", columns, rows, sentence if rows else "", "Nobody is in this vault yet.")


def _sentences(settings: Settings, total: float, made: float, asked: Mapping[str, _Ask]) -> tuple[str, ...]:
    if not any(one.people for one in asked.values()):
        return ("Nobody asks for your time yet.",)
    if not total:
        return ("Nobody has a rhythm yet, so nothing is promised: a tier or a cadence is a promise.",)
    fit = "it fits" if total <= settings.per_week else "it does not fit"
    share = made / total
    kept = (
        "more than you promised" if share > 1.1 else "what you promised" if share >= 0.9 else f"{round(100 * share)} % of what you promised"
    )
    lines = [
        f"Your promises ask for {numbered(total, 'contact')} a week. You have room for {settings.per_week}: {fit}.",
        f"In the last {MADE_WEEKS} weeks you were in touch {_a_week(made)}, {kept}.",
    ]
    short = [f"{name} ({round(100 * one.kept)} %)" for name, one in asked.items() if one.kept is not None and one.kept < SHORT]
    if short and share >= SHORT:
        lines.append(f"It is not shared out as promised: less than its part went to {listed(short)}.")
    return tuple(lines)


def _a_week(times: float) -> str:
    """`once a week`, `3.2 times a week`."""
    said = numbered(times, "time")
    return "once a week" if said == "1 time" else f"{said} a week"


class _Fit(NamedTuple):
    """A tier made looser so that all fits: what it asks now and then."""

    tier: Tier
    looser: Cadence
    now: float
    then: float


def _fits(settings: Settings, asked: Mapping[str, _Ask]) -> tuple[_Fit, ...]:
    """The tiers below the highest weight, made looser alike until everything fits `per_week`; nothing where it fits already, or cannot."""
    total = sum(one.week for one in asked.values())
    lower = [tier for tier in settings.tiers if tier.weight < settings.highest_weight and asked[tier.name].week]
    movable = sum(asked[tier.name].week for tier in lower)
    room = settings.per_week - (total - movable)
    if total <= settings.per_week or room <= 0 or not movable:
        return ()
    found = []
    for tier in lower:
        looser = Cadence(math.ceil(tier.cadence.count * movable / room), tier.cadence.unit)
        week = asked[tier.name].week
        found.append(_Fit(tier, looser, week, week * tier.cadence.count / looser.count))
    return tuple(found)


def _what_would_fit(settings: Settings, total: float, fits: Sequence[_Fit]) -> Table:
    columns = (
        Column("tier", "Tier"), Column("cadence", "Now"), Column("looser", "Would fit"), Column("asked", "Asked a week"),
        Column("then", "Then"),
    )  # fmt: skip
    rows = tuple(
        {
            "tier": fit.tier.name, "cadence": cadence_words(fit.tier.cadence), "looser": cadence_words(fit.looser),
            "asked": round(fit.now, 2), "then": round(fit.then, 2),
        } for fit in fits
    )  # fmt: skip
    then = total - sum(fit.now - fit.then for fit in fits)
    sentence = f"With these rhythms you would promise {number(then)} a week, and the highest tier stays as it is."
    if not total:
        empty = "Nothing is promised yet, so everything fits."
    elif total <= settings.per_week:
        empty = f"All of it fits: there is room for {number(settings.per_week - total)} more a week."
    else:
        empty = "The highest tier and people's own rhythms alone ask for more than fits: fewer people there, or a larger per_week."
    return Table("What would fit", columns, rows, sentence if rows else "", empty)


def _steps(settings: Settings, total: float, made: float, fits: Sequence[_Fit]) -> tuple[Step, ...]:
    if not total:
        return (Step("Give those who matter a tier, one after the other:", "ptcrm triage new"),)
    steps = [
        Step(
            f"See what {cadence_words(fit.looser)} for {fit.tier.name} would do:",
            f'ptcrm plan --what-if "{fit.tier.name}={cadence_text(fit.looser)}"',
        )
        for fit in fits
    ]  # fmt: skip
    if total <= settings.per_week and made < 0.9 * total:
        steps.append(Step("It would fit. What this week has room for:", "ptcrm plan"))
    return tuple(steps) or (Step("The week, by day and channel:", "ptcrm plan"),)
