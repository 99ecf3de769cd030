"""Every day: the brief, due, todo, done, snooze."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from plaintextcrm.app import duelist
from plaintextcrm.app.asking import ask
from plaintextcrm.app.duelist import DueList, Wanted
from plaintextcrm.cli.run import FilterCommand, Run, command, day_of, format_of, format_options, print_rows, terms_of, write_options
from plaintextcrm.core import due as dues
from plaintextcrm.core.errors import NotFound, Usage
from plaintextcrm.core.model import FollowUp
from plaintextcrm.core.text import typed
from plaintextcrm.edge import clock
from plaintextcrm.render import asdata

if TYPE_CHECKING:
    from plaintextcrm.app import reading
    from plaintextcrm.core.model import Problem
    from plaintextcrm.edge.index import Index

MOST_DATES = 12  # on a terminal
DUE_COLUMNS = ("id", "name", "state", "due", "last", "hook", "reason")


# --- the brief, due ------------------------------------------------------------------------------------------------


def brief(run: Run) -> None:
    """The day's brief: today's few, dates, the inbox."""
    found = ask(run.vault, lambda index: duelist.due_list(index, run.vault), run.progress())
    _tell(run, found.problems, found.people)
    run.say("\n".join(_due_page(run, found)))
    waiting = duelist.inbox_lines(run.vault)
    if waiting:
        run.say(f"\n{waiting} line{'s' if waiting > 1 else ''} waiting in inbox.md")
    run.remember([row.id for row in found.rows])


@command("due", cls=FilterCommand)
@click.argument("terms", nargs=-1, metavar="[FILTER]…")
@click.option("--within", metavar="SPAN", help="Also those due within this time (7d, 2 weeks).")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="The first N, however many fit the week.")
@click.option("--all", "everybody", is_flag=True, help="Everybody who is due, not only the day's few.")
@click.option("--at", metavar="DATE", help="As of another day; a future one is a forecast.")
@click.option("--owner", metavar="NAME", help="Only the people this colleague looks after.")
@click.option("--count", is_flag=True, help="Print how many are due, nothing else.")
@click.option("--exit-code", is_flag=True, help="Exit with 10 when somebody is due.")
@click.option("--explain", is_flag=True, help="Show the arithmetic.")
@format_options
@click.pass_obj
def due_command(
    run: Run, terms: tuple[str, ...], within: str | None, limit: int | None, everybody: bool, at: str | None, owner: str | None,
    count: bool, exit_code: bool, explain: bool, format_: str | None, as_json: bool,
) -> int:  # fmt: skip
    """Who to be in touch with, and why.

    \b
    ptcrm due                    today's few: what is owed, then the most urgent
    ptcrm due tier:A --all       everybody of tier A who is due
    ptcrm due --within 2w        also those of the next two weeks
    ptcrm due --at "in 1 month"  a forecast
    """
    from plaintextcrm.core.spoken import FUTURE

    words = (*terms_of(terms), *((f"owner:{owner}",) if owner else ()))
    day = day_of(run, at, FUTURE) if at else None
    wanted = Wanted(words, _span_days(run, within), limit, everybody, day, explain)
    if count:
        counted = ask(
            run.vault, lambda index: (duelist.due_count(index, run.vault, wanted), tuple(index.problems()), index.count()), run.progress()
        )
        listed, problems, people = counted
        _tell(run, problems, people)
        run.say(str(listed))
        return 10 if exit_code and listed else 0
    found = ask(run.vault, lambda index: duelist.due_list(index, run.vault, wanted), run.progress())
    _tell(run, found.problems, found.people)
    _print_due(run, found, format_of(run, format_, as_json))
    return 10 if exit_code and (found.rows or found.waiting) else 0


def _tell(run: Run, problems: Sequence[Problem], people: int) -> None:
    run.tell_problems((*run.vault.problems, *problems))
    if not people:
        run.tell_missing_folders()


def _span_days(run: Run, text: str | None) -> int:
    if not text or text in ("0", "0d"):
        return 0
    from plaintextcrm.core.dates import add, parse_cadence

    span = parse_cadence(text)
    if span is None or span.unit == "never":
        raise Usage(f'--within "{text}": write it like 7d or 2 weeks')
    return (add(run.today, span) - run.today).days


def _print_due(run: Run, found: DueList, format_: str) -> None:
    rows = [dues.row_facts(row) for row in found.rows]
    for row, arithmetic in zip(rows, found.explained, strict=False):
        row["explain"] = list(arithmetic)
    if format_ == "table":
        run.say("\n".join(_due_page(run, found, found.explained)))
        run.remember([row.id for row in found.rows])
    elif format_ == "json":
        run.say(
            asdata.as_json(
                "due", found.day, rows, found.problems, waiting=found.waiting,
                dates=[dues.dated_facts(row) for row in found.dates], in_touch_this_week=found.touched, on_file=found.unsorted,
            )
        )  # fmt: skip
    else:
        columns = (*DUE_COLUMNS, "explain") if found.explained else DUE_COLUMNS
        print_rows(run, format_, rows, columns, "due", ())


def _due_page(run: Run, found: DueList, explained: Sequence[Sequence[str]] = ()) -> list[str]:
    from plaintextcrm.render import terminal

    paint, settings = run.paint, run.vault.settings
    lines = [terminal.day_heading(found.day, run.today, paint), ""]
    if not found.people:
        first_step = paint.accent('ptcrm add "Ada King" --tier A --email ada@example.com')
        return [*lines, "Nobody is in this vault yet.", "", f"  {first_step}"]
    if found.rows:
        numbered = run.to_terminal or run.paint.on
        lines += terminal.due_lines(found.rows, paint, min(run.width, 100), explained, numbered, clip=run.to_terminal)
    elif found.waiting:
        lines.append("The week is full.")
    else:
        lines.append("Nobody today. Enjoy it, or write to someone for no reason.")
    if found.dates:
        shown = terminal.dated_lines(found.dates[:MOST_DATES], found.day, paint, min(run.width, 100))
        lines += ["", terminal.heading("Dates", paint), *shown]
        if len(found.dates) > MOST_DATES:
            lines.append(paint.soft(f"    and {len(found.dates) - MOST_DATES} more (ptcrm due --json)"))
    lines.append("")
    for line in _week_lines(found, settings.per_week):
        lines += [paint.soft(part) for part in terminal.wrapped(line, run.width)]
    return lines


def _week_lines(found: DueList, per_week: int) -> list[str]:
    lines = [f"This week: {found.touched} of {per_week} in touch."]
    if found.waiting:
        lines[0] += f" {found.waiting} more {'is' if found.waiting == 1 else 'are'} waiting (ptcrm due --all)."
    if found.unsorted:
        lines.append(f"{found.unsorted} on file, without a tier.")
    return lines


# --- follow-ups ----------------------------------------------------------------------------------------------------

TODO_COLUMNS = ("due", "id", "name", "number", "text", "owner", "waiting")


@command("todo", cls=FilterCommand)
@click.argument("terms", nargs=-1, metavar="[FILTER]…")
@format_options
@click.pass_obj
def todo_command(run: Run, terms: tuple[str, ...], format_: str | None, as_json: bool) -> None:
    """Open follow-ups, by day.

    \b
    ptcrm todo
    ptcrm todo tier:A
    """
    from plaintextcrm.app import reading
    from plaintextcrm.core.linkwords import links_of, plain_words
    from plaintextcrm.render import terminal

    words = terms_of(terms)

    def asked(index: Index) -> tuple[tuple[reading.Promise, ...], dict[str, str], tuple[Problem, ...]]:
        found = reading.promises(index, run.vault, words)
        return found, index.names(links_of(one.task.text for one in found)), tuple(index.problems())

    found, names, problems = ask(run.vault, asked, run.progress())
    run.tell_problems((*run.vault.problems, *problems))
    rows = [{"id": one.contact.id, "name": one.contact.name, "number": one.number, **dues.follow_up_facts(one.task)} for one in found]
    shown = format_of(run, format_, as_json)
    if shown != "table":
        print_rows(run, shown, rows, TODO_COLUMNS, "todo", problems)
        return
    if not found:
        run.say("No open follow-up.")
        return
    ids = list(dict.fromkeys(one.contact.id for one in found))
    cells = [
        [str(ids.index(one.contact.id) + 1), (one.task.due and terminal.when_words(one.task.due, run.today)) or "", one.contact.name,
         ("they: " if one.task.waiting == "them" else "") + plain_words(one.task.text, names)] for one in found
    ]  # fmt: skip
    run.say("\n".join(terminal.table_lines(cells, ("#", "due", "who", "what"), run.paint, run.width)))
    run.remember(ids)


@command("done")
@click.argument("who")
@click.argument("which", required=False, metavar="[N|TEXT]")
@write_options
@click.pass_obj
def done_command(run: Run, who: str, which: str | None, dry_run: bool, no_commit: bool) -> int:
    """Tick a follow-up.

    \b
    ptcrm done ada                 the only one of hers
    ptcrm done ada 2               the second of hers
    ptcrm done ada "gym list"      the one that says so
    """
    from plaintextcrm.app import finding, reading, writing
    from plaintextcrm.cli.wrote import how_of, report
    from plaintextcrm.core.linkwords import plain_words

    id = finding.who(run.vault, who, clock.seconds())
    contact = finding.one(run.vault, id)
    task = _which_task(contact.name, reading.open_tasks(contact), which)
    written = writing.tick(run.vault, id, task.where, task.text, how_of(dry_run, no_commit))
    return report(run, written, f"done: {plain_words(task.text)} ({contact.name})")


def _which_task(name: str, tasks: Sequence[FollowUp], which: str | None) -> FollowUp:
    from plaintextcrm.core.text import fold

    hits = list(tasks)
    if which and which.isascii() and which.isdigit() and len(which) < 10 and 1 <= int(which) <= len(tasks):
        return tasks[int(which) - 1]
    if which:
        hits = [task for task in tasks if fold(which) in fold(task.text)]
    if len(hits) == 1:
        return hits[0]
    if not tasks:
        raise NotFound(f"{name} has no open follow-up")
    listed = [f"{number}  {task.text}" for number, task in enumerate(tasks, 1)]
    many = f"{len(tasks)} open follow-ups" if len(tasks) > 1 else "one open follow-up"
    fits = "none of them" if not hits else f"{len(hits)} of them"
    what = f'"{which}" fits {fits if len(tasks) > 1 else "it not"}' if which else "say which"
    raise NotFound(f"{name} has {many}, {what}:", *listed)


@command("snooze")
@click.argument("who")
@click.argument("until", required=False, metavar="[UNTIL|off]")
@write_options
@click.pass_obj
def snooze_command(run: Run, who: str, until: str | None, dry_run: bool, no_commit: bool) -> int:
    """Not now: hide somebody from `due` until a day, without moving the clock.

    \b
    ptcrm snooze ada "in 2 weeks"
    ptcrm snooze ada 2027-01-11
    ptcrm snooze ada               until resumed (paused)
    ptcrm snooze ada off
    """
    from plaintextcrm.app import finding, writing
    from plaintextcrm.cli.wrote import how_of, report
    from plaintextcrm.core.spoken import FUTURE

    id = finding.who(run.vault, who, clock.seconds())
    contact = finding.one(run.vault, id)
    if until == "off":
        values: dict[str, str | None] = {"snooze_until": None, "paused": None}
        said = f"{contact.name} is back"
    elif until is None:
        values, said = {"paused": "true"}, f"{contact.name} is paused until you say: ptcrm snooze {typed(id, 'off')}"
    else:
        day = day_of(run, until, FUTURE)
        if day <= run.today:
            raise Usage(f"{day.isoformat()} is not after today: a day to come is needed")
        values, said = {"snooze_until": day.isoformat()}, f"{contact.name} sleeps until {day.isoformat()} ({day:%a}); the clock runs on"
    written = writing.set_keys(run.vault, id, values, f"snooze: {id} {until or 'until resumed'}", how_of(dry_run, no_commit))
    return report(run, written, said)
