"""`year`: the calendar year so far in people and in numbers; and how many of their days each tier was kept in time (`kept`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from plaintextcrm.core.dates import add, cadence_text
from plaintextcrm.core.due_words import between_words
from plaintextcrm.core.history import from_them, is_touch
from plaintextcrm.core.kinds import Kind, kind_table
from plaintextcrm.core.model import NEVER, Cadence, Interaction
from plaintextcrm.core.pages.words import short_day
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.giving import ASKED, GIVEN
from plaintextcrm.core.reports.kept import OTHERS, Kept, Span, kept_by_month, together, year_so_far
from plaintextcrm.core.reports.network import Member, Network, of_one
from plaintextcrm.core.reports.saying import amount, many
from plaintextcrm.core.reports.shapes import Column, Report, Row, Rows, Step, Table
from plaintextcrm.core.reports.telling import columns, names, often, spelled

ABSENT = Cadence(1, "year")  # who was silent for so long has come back
DONE = GIVEN | ASKED | {"referral-in", "handover"}
OFTEN_MISSED = 60  # per cent of its days, under which a tier asks for another rhythm


Sent = Sequence[tuple[int, str | None, float]]
"""Things that were done: (the day, the block id, what came of it)."""


class Tale(NamedTuple):
    """What a span of days was with one person. Days are ordinals."""

    one: Member
    days: Sequence[int]  # with contact
    joined: Sequence[tuple[int, str]]  # those of them that a block id joins with the same day in other files
    in_person: int  # of them
    is_new: bool
    back_after: str  # "14 months", "" where there was no long silence before
    sent: Sent  # people they sent us
    gave: Sent
    asked: Sent
    passed_on: bool

    @property
    def first(self) -> date:
        """The first day of those with contact."""
        return date.fromordinal(self.days[0])


def year(network: Network) -> Report:
    """The year so far against the same days of the year before; then tier by tier, month by month."""
    now, before = year_so_far(network.today)
    told = [(one, *_tales(one)) for one in network.members]  # also of those who are gone by now: what was, was
    tales = [Tale._make((one, *this)) for one, this, _ in told if this]
    tales.sort(key=lambda told: (-len(told.days), -told.in_person, told.one.id))
    earlier = {one.id: Tale._make((one, *last)) for one, _, last in told if last}
    kept, told_before = kept_by_month(network, network.settings.tiers, network.today)
    return Report(
        "year",
        (
            _people_table(tales, earlier, now, bool(before)),
            _numbers_table(tales, earlier, now, before, network.settings.currency),
            _kept_table(kept, told_before, now, before, (*(tier.name for tier in network.settings.tiers), OTHERS)),
        ),
        tuple(_headline(tales, earlier, now, before, network.settings.currency)),
        tuple(_steps(network, kept, bool(before))),
    )


Told = tuple[Sequence[int], Sequence[tuple[int, str]], int, bool, str, Sent, Sent, Sent, bool]
"""A tale, less whose it is."""


@of_one
def _tales(one: Member) -> tuple[Told | None, Told | None]:
    """Of the year so far and of the same days before it; None where the log says nothing of those days."""
    now, before = year_so_far(one.today)
    return _told(one, now), _told(one, before) if before else None


def _told(one: Member, span: Span) -> Told | None:
    """What the entries of those days say."""
    place = span.within(one.facts.days)
    if place.start == place.stop:
        return None
    kinds, entries = one.settings.kind_table, one.bones_at(place)  # facts know the day of each of the bones, in their order
    touches = one.facts.touches
    place = span.within(touches)
    days = touches[place]
    in_person = _in_person(one.settings.kinds)
    met = {entry.on for entry in entries if entry.kind in in_person and is_touch(entry, kinds)}
    joined = {entry.on.toordinal(): entry.block_id for entry in reversed(entries) if entry.block_id and is_touch(entry, kinds)}
    last_before = date.fromordinal(touches[place.start - 1]) if place.start else None
    known = one.contact.last_contact
    if known and known < span.first:
        last_before = max(last_before or known, known)
    first_met = one.contact.met
    is_new = bool(days) and last_before is None and (first_met is None or first_met >= span.first)
    done = [entry for entry in entries if entry.kind in DONE]
    back = ""
    if days and last_before and add(last_before, ABSENT) <= (first := date.fromordinal(days[0])):
        back = between_words(last_before, first)
    return (
        days, tuple(joined.items()), len(met), is_new, back, _done(entry for entry in done if entry.kind == "referral-in"),
        _done(entry for entry in done if entry.kind in GIVEN and not from_them(entry)),
        _done(entry for entry in done if entry.kind in ASKED and not from_them(entry)),
        "handover" in [entry.kind for entry in done],
    )  # fmt: skip


@lru_cache(maxsize=1)
def _in_person(kinds: tuple[Kind, ...]) -> frozenset[str]:
    """The kinds of that group, with these of one's own."""
    return frozenset(spelling for spelling, kind in kind_table(kinds).items() if kind.group == "in person")


def _done(entries: Iterable[Interaction]) -> Sent:
    return [(one.on.toordinal(), one.block_id, amount(value) if (value := one.field("value")) else 0.0) for one in entries]


def worth(entries: Iterable[tuple[int, str | None, float]]) -> float:
    """What came of referrals: the sum of their `[value:: …]`; what is no number is none."""
    return sum(value for *_, value in entries)


def times(tales: Iterable[Tale]) -> int:
    """Days with contact, of each person; a day that one block id joins in several files is one."""
    alone = 0
    together: set[tuple[int, str]] = set()
    for told in tales:
        alone += len(told.days)
        if told.joined:  # of a few
            alone -= len(told.joined)
            together.update((day, block_id) for day, block_id in told.joined)
    return alone + len(together)


def _often(tales: Iterable[Tale], of: str) -> int:
    """How often something was done; what one block id joins in several files is once."""
    done = [(told.one.id, some) for told in tales if (some := getattr(told, of))]  # of a few
    entries = [(id, day, block_id) for id, some in done for day, block_id, _ in some]
    return len({(day, block_id) if block_id else (id, place) for place, (id, day, block_id) in enumerate(entries)})


# --- sentences and tables ------------------------------------------------------------------------------------------


def _headline(tales: Sequence[Tale], earlier: Mapping[str, Tale], now: Span, before: Span | None, currency: str) -> Iterable[str]:
    seen = [told for told in tales if told.days]
    seen_before = [told for told in earlier.values() if told.days]
    compared = ""
    if before and seen_before:
        compared = f"; in the same days of {before.first.year} it was {_people(seen_before)}, {often(times(seen_before))}"
    if not seen:
        yield f"Nobody was in touch in {now.first.year} so far, as far as these files know{compared}."
        return
    yield f"In {now.first.year} so far you were in touch with {_people(seen)}, {often(times(seen))}{compared}."
    new = [told.one for told in seen if told.is_new]
    back = [told.one for told in seen if told.back_after]
    if new:
        yield f"New this year: {names(new, 5)}."
    if back:
        yield f"Back after a year of silence or more: {names(back, 5)}."
    sent = [entry for told in tales for entry in told.sent]
    if sent:
        value = f", worth {currency} {worth(sent):,.0f}" if worth(sent) else ""
        senders = sum(bool(told.sent) for told in tales)
        yield f"{spelled(senders, 'person', 'people')} sent you {many(len(sent), 'referral')}{value}."


def _people(tales: Sequence[Tale]) -> str:
    return many(len(tales), "person", "people")


def _became(told: Tale, today: date) -> tuple[str, ...]:
    """What the year was with somebody, besides the days."""
    return (
        *([f"new since {short_day(told.first, today)}"] if told.is_new else []),
        *([f"back after {told.back_after}"] if told.back_after else []),
        *([f"sent us {many(len(told.sent), 'referral')}"] if told.sent else []),
        *([f"you gave {often(len(told.gave))}"] if told.gave else []),
        *([f"you asked {often(len(told.asked))}"] if told.asked else []),
        *(["handed over"] if told.passed_on else []),
        *([_gone_words(told.one)] if told.one.is_gone else []),
    )


def _gone_words(one: Member) -> str:
    if one.contact.is_true("do_not_contact"):
        return "not to be contacted"
    died = (one.contact.text("status") or "").strip().lower() == "deceased" or 0 < one.facts.died <= one.today.toordinal()
    return "died" if died else "archived"


def _people_table(tales: Sequence[Tale], earlier: Mapping[str, Tale], now: Span, has_before: bool) -> Table:
    seen = [told for told in tales if told.days]
    before = {id: len(told.days) for id, told in earlier.items()}

    def row(told: Tale) -> Row:
        return _people_row(told, before.get(told.one.id, 0) if has_before else None, now)

    sentence = ""
    if seen:
        most = len(seen[0].days)
        most_often = [told.one for told in seen if len(told.days) == most]
        sentence = f"Most often {names(most_often)}: {many(most, 'day')} with contact. Who is gone by now is counted too."
    return Table(
        f"The people of {now.first.year}",
        columns(name="Name", contacts="Days", before="Last year", in_person="In person", became="What became of it"),
        Rows(row, seen), sentence, "Nobody yet.",
    )  # fmt: skip


def _people_row(told: Tale, before: int | None, now: Span) -> Row:
    return {
        "id": told.one.id, "name": told.one.name, "contacts": len(told.days), "before": before,
        "in_person": told.in_person, "became": _became(told, now.last), "first": told.first, "last": date.fromordinal(told.days[-1]),
        "value": worth(told.sent) or None,
    }  # fmt: skip


def _numbers_table(tales: Sequence[Tale], earlier: Mapping[str, Tale], now: Span, before: Span | None, currency: str) -> Table:
    past = tuple(earlier.values())

    def row(what: str, this: float, last: float) -> Row:
        return {"what": what, "year": this, "before": last if before else None}

    def sums(count: str) -> tuple[int, int]:
        return _often(tales, count), _often(past, count)

    rows = (
        row("people in touch", sum(bool(told.days) for told in tales), sum(bool(told.days) for told in past)),
        row("times in touch", times(tales), times(past)),
        row("days in person, with each", sum(told.in_person for told in tales), sum(told.in_person for told in past)),
        row("new people", sum(told.is_new for told in tales), sum(told.is_new for told in past)),
        row("back after a year or more", sum(bool(told.back_after) for told in tales), sum(bool(told.back_after) for told in past)),
        row("times given or offered", *sums("gave")),
        row("times asked", *sums("asked")),
        row("referrals to us", *sums("sent")),
        row(f"worth, in {currency}", worth(_sent(tales)), worth(_sent(past))),
    )
    shown = tuple(one for one in rows if one["year"] or one["before"])
    sentence = "An occasion that stands in several files is counted once." if shown else ""
    if before and shown:
        sentence = f"Each beside the same days of {before.first.year}. {sentence}"
    columns = (
        Column("what", "What"),
        Column("year", str(now.first.year)),
        Column("before", str(before.first.year) if before else "Before"),
    )
    return Table("In numbers", columns, shown, sentence, "Nothing to count yet.")


def _sent(tales: Iterable[Tale]) -> list[tuple[int, str | None, float]]:
    return [entry for told in tales for entry in told.sent]


def _kept_table(kept: Sequence[Kept], told_before: Kept, now: Span, before: Span | None, order: Sequence[str]) -> Table:
    """The tiers that have a day in any month, in that order."""
    tiers = tuple(name for name in order if any(name in month.tiers for month in kept))
    rows = tuple(
        {"month": month.month, **{f"tier:{name}": _percent(*month.tiers.get(name, (0, 0))) for name in tiers},
         "all": _percent(*month.whole), "days": month.whole[1], "kept": month.whole[0]} for month in kept if month.whole[1]
    )  # fmt: skip
    sentence = ""
    if rows:
        total = together(kept)
        each = ", ".join(f"{name or 'the others'} {_percent(*total.tiers[name])} %" for name in tiers)
        each += f"; together {_percent(*total.whole)} %" if len(tiers) > 1 else ""
        compared = (
            f", against {_percent(*told_before.whole)} % in the same days of {before.first.year}" if before and told_before.whole[1] else ""
        )
        sentence = (
            f"Kept in time: {each}{compared}. Per cent of the days of all people of a tier on which "
            "no more than their rhythm had passed since the last contact or skip, by the tiers and rhythms of today. "
            "Days before the first contact are left out, and those who rest or are gone."
        )
    shares = (Column(f"tier:{name}", name or "Others") for name in tiers)
    headings = (*columns(month="Month"), *shares, *(columns(all="All") if len(tiers) > 1 else ()))  # fmt: skip
    return Table(f"Kept in time, {now.first.year} month by month", headings, rows, sentence, "Nobody with a rhythm has been in touch yet.")


def _percent(kept: int, days: int) -> int | None:
    """Half up."""
    return (200 * kept + days) // (2 * days) if days else None


def _steps(network: Network, kept: Sequence[Kept], has_before: bool) -> Iterable[Step]:
    total = together(kept)
    for tier in network.settings.tiers:
        share = _percent(*total.tiers.get(tier.name, (0, 0)))
        if share is not None and share < OFTEN_MISSED and tier.cadence != NEVER:
            longer = cadence_text(Cadence(2 * tier.cadence.count, tier.cadence.unit))
            yield Step(
                f"{tier.name} was kept on {share} % of its days. What a longer rhythm would free:",
                f'ptcrm plan --what-if "{tier.name}={longer}"',
            )
            break
    if has_before:
        yield Step("The whole year before:", f"ptcrm --today {network.today.year - 1:04}-12-31 report year")
    yield Step("Look back on the quarter, and keep it:", "ptcrm review quarter --save")
