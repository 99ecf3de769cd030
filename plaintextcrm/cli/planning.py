"""The week that fits: plan."""

from __future__ import annotations

from collections.abc import Sequence

import click

from plaintextcrm.app import planning
from plaintextcrm.app.asking import ask
from plaintextcrm.cli.run import FilterCommand, Run, command, format_of, format_options, print_rows, terms_of
from plaintextcrm.core import due as dues
from plaintextcrm.core.dates import day_words
from plaintextcrm.core.planning import SPOKEN, Change, Plan, Turn, dated_words
from plaintextcrm.core.reports.network import Member
from plaintextcrm.core.text import safe, width
from plaintextcrm.render import asdata

COLUMNS = ("id", "name", "day", "channel", "channel_why", "why", "reason")
MOST_NAMES = 20  # on a terminal
LONGEST_NAME = 40


@command("plan", cls=FilterCommand)
@click.argument("terms", nargs=-1, metavar="[FILTER]…")
@click.option("--per-week", type=click.IntRange(0, 100_000), metavar="N", help="As many people (default: per_week of ptcrm.toml).")
@click.option("--what-if", multiple=True, metavar='"C=1 year"', help="With another cadence for a tier, or for default; may be given again.")
@format_options
@click.pass_obj
def plan_command(
    run: Run, terms: tuple[str, ...], per_week: int | None, what_if: tuple[str, ...], format_: str | None, as_json: bool
) -> None:
    """The week that fits: whom, on which day, by which channel; and who does not fit.

    \b
    ptcrm plan
    ptcrm plan --per-week 5 owner:marta
    ptcrm plan --what-if "C=1 year"           what it would change
    ptcrm plan --what-if A=6w --what-if default=never

    With `--what-if` it says the load before and after, and who would be due. It is this week from today on; on Saturday and Sunday the
    week to come. Promises, birthdays and plans stand on their own days, the rest is spread over the weekdays.
    """
    words = terms_of(terms)
    found = ask(
        run.vault, lambda index: (planning.plan(index, run.vault, words, per_week, what_if), tuple(index.problems())), run.progress()
    )
    (plan, change), problems = found
    run.tell_problems((*run.vault.problems, *problems))
    shown = format_of(run, format_, as_json)
    rows = [_facts(turn) for turn in (*plan.turns, *plan.waiting)]
    if shown == "table":
        run.say("\n".join(_page(run, plan, change, filtered=bool(words))))
        run.remember([turn.row.id for turn in plan.turns])
    elif shown == "json":
        run.say(asdata.as_json("plan", run.today, rows, problems, **_plan_facts(plan, change)))
    else:
        print_rows(run, shown, rows, COLUMNS, "plan", ())


# --- as data -------------------------------------------------------------------------------------------------------


def _facts(turn: Turn) -> dict[str, object]:
    """A row a person; `day` is null for those who do not fit."""
    row = turn.row
    return {
        "id": row.id, "name": row.name, "tier": row.tier, "day": turn.on and turn.on.isoformat(), "channel": turn.channel.group,
        "channel_why": turn.channel.why or None, "why": turn.why or None, "reason": row.reason, "owed": list(row.owed),
        "dated": [dues.dated_facts(dated) for dated in turn.dated], "owner": row.owner,
        "email": list(row.email) or None, "phone": list(row.phone) or None,
    }  # fmt: skip


def _plan_facts(plan: Plan, change: Change | None) -> dict[str, object]:
    return {
        "from": plan.week.first.isoformat(), "to": plan.week.last.isoformat(), "per_week": plan.per_week,
        "in_touch_this_week": plan.touched, "waiting": len(plan.waiting), "dates": [dues.dated_facts(row) for row in plan.dates],
        "what_if": change and _change_facts(change),
    }  # fmt: skip


def _change_facts(change: Change) -> dict[str, object]:
    return {
        "cadences": list(change.words), "load_before": round(change.before, 2), "load_after": round(change.after, 2),
        "newly_due": [one.id for one in change.newly], "no_longer_due": [one.id for one in change.no_longer],
    }  # fmt: skip


# --- on a terminal -------------------------------------------------------------------------------------------------


def _page(run: Run, plan: Plan, change: Change | None, *, filtered: bool) -> list[str]:
    from plaintextcrm.render import terminal

    paint, columns = run.paint, min(run.width, 100)
    days = f"{day_words(plan.week.first, run.today)} to {day_words(plan.week.last, run.today)}"
    lines = [paint.bold(f"The week that fits: {days}"), ""]
    if change:
        lines += [*_change_lines(change, columns), ""]
    for day in sorted({turn.on for turn in plan.turns if turn.on} | {row.on for row in plan.dates}):
        lines.append(paint.bold(day_words(day, run.today)))
        for number, turn in enumerate(plan.turns, 1):
            if turn.on == day:
                lines += _turn_lines(run, number, turn, columns)
        for row in plan.dates:
            if row.on == day:
                lines += [
                    paint.soft(line) for line in terminal.wrapped(f"{row.name}: {dated_words(row)}", columns, "     ", clip=run.to_terminal)
                ]
        lines.append("")
    if not (plan.turns or plan.waiting):
        lines += [_nobody(filtered), ""]
    lines += [paint.soft(line) for line in terminal.wrapped(_week_words(plan), columns)]
    if plan.waiting:
        lines += ["", *terminal.wrapped(_waiting_words(plan), columns)]
        lines.append(f"  {paint.accent(f'ptcrm plan --per-week {plan.enough}')}")
    return lines


def _nobody(filtered: bool) -> str:
    return "Nobody is due among those whom the filter lets through." if filtered else "Nobody is due this week."


def _turn_lines(run: Run, number: int, turn: Turn, columns: int) -> list[str]:
    """Name and channel, then why; an ellipsis for what takes more than two lines."""
    from plaintextcrm.render import terminal

    name = terminal.clipped(safe(turn.row.name), LONGEST_NAME)
    how = SPOKEN[turn.channel.group] + (f" · {turn.channel.why}" if turn.channel.why else "")
    head = f" {number:>2}  {run.paint.bold(name)}  {run.paint.soft(terminal.clipped(safe(how), max(8, columns - width(name) - 7)))}"
    why = terminal.wrapped(turn.why or turn.row.reason, columns, "     ")
    if len(why) > 2:
        why = [why[0], f"{why[1]} …"]
    why = [terminal.clipped(line, columns) for line in why]
    return [head, *((run.paint.warm(line) for line in why) if turn.row.owed else why)]


def _week_words(plan: Plan) -> str:
    since = f" {plan.touched} in touch since Monday." if plan.touched else ""
    return f"{_people(len(plan.turns))} planned, {plan.per_week} a week.{since}"


def _waiting_words(plan: Plan) -> str:
    names = [turn.row.name for turn in plan.waiting]
    return f"No room for {_people(len(names))}: {_names(names)}."


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _names(names: Sequence[str]) -> str:
    from plaintextcrm.render import terminal

    more = len(names) - MOST_NAMES
    return ", ".join(terminal.clipped(safe(name), LONGEST_NAME) for name in names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _change_lines(change: Change, columns: int) -> list[str]:
    from plaintextcrm.render import terminal

    lines = [f"With {', '.join(change.words)}: {change.after:.1f} contacts a week are asked for, now {change.before:.1f}."]
    lines += [f"No longer due: {_named(change.no_longer)}."] if change.no_longer else []
    lines += [f"Newly due: {_named(change.newly)}."] if change.newly else []
    if not (change.newly or change.no_longer):
        lines.append("It changes nobody's turn this week.")
    return [part for line in lines for part in terminal.wrapped(line, columns)]


def _named(people: Sequence[Member]) -> str:
    return _names([one.name for one in people])
