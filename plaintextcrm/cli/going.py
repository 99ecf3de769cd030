"""Going somewhere: near, trip."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import click

from plaintextcrm.app import going
from plaintextcrm.app.asking import ask
from plaintextcrm.cli.run import (
    FilterCommand,
    Run,
    command,
    day_of,
    format_of,
    format_options,
    print_rows,
    terms_of,
    write_options,
)
from plaintextcrm.core import due as dues
from plaintextcrm.core.dates import day_words
from plaintextcrm.core.due_words import between_words, entry_words
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.going import MEALS, Journey, Table, Trip, last_in_person
from plaintextcrm.core.reports.network import Member
from plaintextcrm.core.text import safe

NEAR_COLUMNS = ("id", "name", "tier", "location", "last", "hook", "reason")
TRIP_COLUMNS = ("id", "name", "day", "meal", "with", "because", "seen")


# --- near ----------------------------------------------------------------------------------------------------------


@command("near", cls=FilterCommand)
@click.argument("place")
@click.argument("terms", nargs=-1, metavar="[FILTER]…")
@format_options
@click.pass_obj
def near_command(run: Run, place: str, terms: tuple[str, ...], format_: str | None, as_json: bool) -> None:
    """Who lives where you are going, the most urgent first.

    \b
    ptcrm near porto
    ptcrm near "Vila Nova de Gaia" tier:A,B
    """
    place = _place(place)
    words = terms_of(terms)
    found = ask(run.vault, lambda index: (going.near(index, run.vault, place, words), tuple(index.problems())), run.progress())
    people, problems = found
    run.tell_problems((*run.vault.problems, *problems))
    shown = format_of(run, format_, as_json)
    if shown != "table":
        rows = [dues.row_facts(row) | {"location": one.contact.text("location")} for one, row in people]
        print_rows(run, shown, rows, NEAR_COLUMNS, "near", problems)
        return
    from plaintextcrm.render import terminal

    if not people:
        run.say("\n".join(terminal.wrapped(_nobody(place, bool(words)), run.width)))
        return
    near, numbered = [row for _, row in people], run.to_terminal or run.paint.on
    run.say("\n".join(terminal.due_lines(near, run.paint, min(run.width, 100), numbered=numbered, clip=run.to_terminal)))
    run.remember([row.id for row in near])


def _place(text: str) -> str:
    place = " ".join(text.split())
    if not place.strip('",| '):
        raise Usage("a place is needed: ptcrm near porto")
    return place


def _nobody(place: str, filtered: bool) -> str:
    """What to say where there is no hit."""
    if filtered:
        return f"Nobody there whom the filter lets through: ptcrm near {safe(place)}"
    return f"Nobody's location is {safe(place)}. Other spellings of a place go into [places] of ptcrm.toml."


# --- trip ----------------------------------------------------------------------------------------------------------


@command("trip")
@click.argument("place")
@click.option("--from", "first", required=True, metavar="DATE", help="The first day: 2026-12-02, wed, in 2 weeks.")
@click.option("--to", "last", required=True, metavar="DATE", help="The last day.")
@click.option("--meals", type=click.IntRange(min=1), metavar="N", help="How many meals in company (default: a dinner each day).")
@click.option("--write", "book", is_flag=True, help="Write the meals into the logs, as plans.")
@write_options
@format_options
@click.pass_obj
def trip_command(
    run: Run, place: str, first: str, last: str, meals: int | None, book: bool,
    dry_run: bool, no_commit: bool, format_: str | None, as_json: bool,
) -> int:  # fmt: skip
    """Whom to meet on a journey: its meals, filled with the top ten first, longest unseen in person first.

    \b
    ptcrm trip porto --from 2026-12-02 --to 2026-12-04 --meals 4
    ptcrm trip porto --from wed --to fri --write        as plans; one undo
    ptcrm trip porto --from wed --to fri --write -n     first see the diff

    A meal that is planned already counts as one of them. Two who do not know each other may share a table.
    """
    journey = _journey(run, place, first, last, meals)
    if (book or dry_run) and (format_ or as_json):
        raise Usage("--write tells what it wrote in one line: leave --format away")
    found = ask(run.vault, lambda index: (going.trip(index, run.vault, journey), tuple(index.problems())), run.progress())
    trip, problems = found
    run.tell_problems((*run.vault.problems, *problems))
    if book or dry_run:
        return _book(run, trip, dry_run, no_commit)
    shown = format_of(run, format_, as_json)
    if shown == "table":
        run.say("\n".join(_page(run, trip)))
        run.remember(_numbered(trip))
    else:
        print_rows(run, shown, _facts(run, trip), TRIP_COLUMNS, "trip", problems)
    return 0


def _journey(run: Run, place: str, first: str, last: str, meals: int | None) -> Journey:
    from plaintextcrm.core.spoken import FUTURE, weekday_after

    start, end = day_of(run, first, FUTURE), day_of(run, last, FUTURE)
    if end < start:
        end = weekday_after(last, start) or end  # `--from wed --to fri` on a Thursday: the Friday after that Wednesday
    if start < run.today:
        raise Usage(f"--from {start.isoformat()} is before today: a journey to come is needed")
    if end < start:
        raise Usage(f"--to {end.isoformat()} is before --from {start.isoformat()}")
    days = (end - start).days + 1
    if days > 366:
        raise Usage(f"--to {end.isoformat()}: that is {days:,} days; a journey of a year at most")
    most = days * len(MEALS)
    if meals and meals > most:
        raise Usage(f"--meals {meals}: {days} day{'s have' if days > 1 else ' has'} {most}, a lunch and a dinner each")
    return Journey(_place(place), start, end, meals or days)


def _book(run: Run, trip: Trip, dry_run: bool, no_commit: bool) -> int:
    from plaintextcrm.cli.wrote import how_of, report

    if not trip.tables:
        run.say(
            "nothing to plan: " + ("every meal is planned already" if trip.planned else f"nobody to meet in {safe(trip.journey.place)}")
        )
        return 0
    written = going.book(run.vault, trip, how_of(dry_run, no_commit))
    tables = "; ".join(f"{day_words(table.on, run.today)} {table.kind} with {_guests(table)}" for table in trip.tables)
    return report(run, written, f"planned: {tables}")


def _guests(table: Table) -> str:
    return " and ".join(one.name for one in table.guests)


def _seen(member: Member, today: date) -> str:
    met = last_in_person(member)
    if met is None:
        return "not met in person yet"
    return "seen today" if met == today else f"not seen in person for {between_words(met, today)}"


def _facts(run: Run, trip: Trip) -> list[dict[str, object]]:
    """A row a person: at a table, planned already (with the entry's own kind), then those without a meal."""
    rows = []
    for table in trip.tables:
        for one in table.guests:
            others = [other.id for other in table.guests if other is not one]
            rows.append(_fact(run, one, table.on, table.kind, others, table.because, planned=False))
    rows += [_fact(run, one, entry.on, entry.kind, (), entry_words(entry), planned=True) for one, entry in trip.planned]
    rows += [_fact(run, one, None, None, (), "", planned=False) for one in trip.waiting]
    return rows + [_fact(run, one, None, None, (), "not now", planned=False) for one in trip.silent]


def _fact(
    run: Run, one: Member, on: date | None, meal: str | None, others: Sequence[str], because: str, *, planned: bool
) -> dict[str, object]:  # fmt: skip
    met = last_in_person(one)
    return {
        "id": one.id, "name": one.name, "tier": one.contact.tier, "day": on and on.isoformat(), "meal": meal, "with": list(others),
        "because": because or None, "seen": met and met.isoformat(), "strength": one.numbers.strength, "planned": planned,
    }  # fmt: skip


def _numbered(trip: Trip) -> list[str]:
    return [one.id for table in trip.tables for one in table.guests]


def _page(run: Run, trip: Trip) -> list[str]:
    from plaintextcrm.render import terminal

    paint, today, width, journey = run.paint, run.today, min(run.width, 100), trip.journey
    days = f"{day_words(journey.first, today)} to {day_words(journey.last, today)}"
    lines = [paint.bold(f"{safe(journey.place)}, {days}")]
    if not (trip.tables or trip.planned or trip.waiting or trip.silent):
        return [*lines, "", *terminal.wrapped(_nobody(journey.place, False), width)]
    number = 0
    for table in trip.tables:
        lines += ["", f"{day_words(table.on, today)}, {table.kind}"]
        for one in table.guests:
            number += 1
            lines += terminal.wrapped(f"{number:>2}  {one.name} · {_seen(one, today)}", width, "  ", clip=run.to_terminal)
        lines += [paint.soft(line) for line in terminal.wrapped(table.because, width, "      ", clip=run.to_terminal)]
    if trip.planned:
        lines += ["", paint.bold("Planned already")]
        for one, entry in trip.planned:
            said = f"{day_words(entry.on, today)}  {one.name} · {entry_words(entry)}"
            lines += terminal.wrapped(said, width, "  ", clip=run.to_terminal)
    for title, people in (("No meal is left for", trip.waiting), ("Not now (snoozed or paused)", trip.silent)):
        if people:
            lines += ["", *terminal.wrapped(f"{title}: {', '.join(one.name for one in people)}.", width, clip=run.to_terminal)]
    if trip.tables:
        command_ = f"ptcrm trip {_quoted(journey.place)} --from {journey.first} --to {journey.last} --meals {journey.meals} --write"
        lines += ["", f"To write these down as plans:\n  {paint.accent(safe(command_))}"]
    return lines


def _quoted(text: str) -> str:
    from shlex import quote

    return quote(text)
