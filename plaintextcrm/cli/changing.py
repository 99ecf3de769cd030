"""Changing people: set, skip, archive."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import click

from plaintextcrm.app import changing, finding
from plaintextcrm.app.changing import Changed
from plaintextcrm.cli.run import FilterCommand, Run, command, terms_of, write_options
from plaintextcrm.cli.wrote import how_of, report
from plaintextcrm.core.errors import NotFound, Usage
from plaintextcrm.core.splice import Change
from plaintextcrm.core.standing import Standing
from plaintextcrm.core.text import typed
from plaintextcrm.edge import clock

MOST_NAMES = 8
LONGEST = 160  # characters of what was asked that are said again
_TURNS = ("tier", "cadence", "status", "snooze_until", "paused", "do_not_contact", "next_contact", "last_contact", "died", "met")


# --- set -----------------------------------------------------------------------------------------------------------


@command("set", cls=FilterCommand)
@click.argument("words", nargs=-1, metavar="WHO KEY=VALUE…")
@click.option("--where", "many", is_flag=True, help="Not WHO but a FILTER: the change is made for all whom it lets through.")
@click.option("-y", "--yes", is_flag=True, help="Change many without asking.")
@write_options
@click.pass_obj
def set_command(run: Run, words: tuple[str, ...], many: bool, yes: bool, dry_run: bool, no_commit: bool) -> int:
    """Change keys, of one person or of all whom a filter lets through.

    \b
    ptcrm set ada tier=A cadence="2 months"
    ptcrm set ada tags+=sailing tags-=work     adds to a list, takes out of it
    ptcrm set ada company=                     takes the key out
    ptcrm set --where tier:C city:lisbon groups+=lisbon
    """
    typed = terms_of(words)
    changes = [changing.change_of(run.vault, word) for word in typed if changing.is_change(word)]
    others = [word for word in typed if not changing.is_change(word)]
    ids = _all_of(run, others) if many else _named(run, others)
    if not changes:
        raise Usage("say what to change, like tier=A, tags+=friend, tags-=friend or tier= (which takes it out)")
    asked = " ".join(" ".join(word for word in typed if changing.is_change(word)).split())
    asked = asked if len(asked) <= LONGEST else f"{asked[:LONGEST]}…"
    if many and not dry_run and not yes and not _agreed(run, ids, changes, asked):
        return 0
    first = ids[0] if len(ids) == 1 else f"{len(ids)} people"
    old = finding.one(run.vault, ids[0]).name if len(ids) == 1 and _sets_name(changes) else ""
    done = changing.change_keys(run.vault, ids, changes, f"set: {first}: {asked}", how_of(dry_run, no_commit), run.progress)
    code = report(run, done.written, " · ".join([f"set: {asked} ({_shown(done.names)})", *_turn(run, done, changes)]))
    for key, near in changing.near_keys(changes) if done.written.edits else ():
        run.tell(f'ptcrm: key "{key}" is none of ours and is taken as your own: did you mean {near}?')
    for line in changing.strangers(run.vault, [(one.key, one.items[0]) for one in changes if one.items]) if done.written.edits else ():
        run.tell(f"ptcrm: {line}")
    if old and done.written.edits and not dry_run:
        _tell_of_old_name(run, ids[0], old)
    return code


def _sets_name(changes: Sequence[Change]) -> bool:
    from plaintextcrm.core.vocabulary import find_key

    return any((key := find_key(change.key)) and key.name == "name" and change.items for change in changes)


def _tell_of_old_name(run: Run, id: str, old: str) -> None:
    """Where a name is set, nothing leads from the old one to somebody any more: `rename` would have kept it, and the links."""
    name = finding.one(run.vault, id).name
    try:
        if finding.who(run.vault, old, clock.seconds()) == id:
            return
    except NotFound:
        pass
    run.tell(f'ptcrm: "{old}" finds {name} no more; to keep it, and the links: ptcrm undo, then ptcrm rename {typed(id, name)}')


def _named(run: Run, others: Sequence[str]) -> tuple[str, ...]:
    if not others:
        raise Usage("say who: ptcrm set ada tier=A (or: ptcrm set --where tier:C tier=B)")
    if len(others) > 1:
        raise Usage(f'"{others[1]}": write it like tier=A; for all whom a filter lets through: ptcrm set --where {" ".join(others)} …')
    return finding.whos(run.vault, others[0], clock.seconds())


def _all_of(run: Run, others: Sequence[str]) -> tuple[str, ...]:
    terms = [term for word in others for term in re.split(r"\s+(?=-?[^\W\d_][\w-]*:)", word.strip()) if term]
    if not terms:
        raise Usage("--where needs a filter: ptcrm set --where tier:C tier=B")
    return changing.whom(run.vault, terms, run.progress())


def _agreed(run: Run, ids: Sequence[str], changes: Sequence[Change], asked: str) -> bool:
    """Shows how many and whom, and asks; nobody is asked where nothing would change."""
    would = changing.change_keys(run.vault, ids, changes, "", how_of(True, True), run.progress)
    if not would.names:
        return True
    people = "1 person" if len(would.names) == 1 else f"{len(would.names)} people"
    so = len(ids) - len(would.names)
    run.tell(f"{asked}: {people}: {_shown(would.names)}{f'; {so} so already' if so else ''}")
    return run.confirm("Change them?", False, f"{people} would change: do it with -y, or see it first with -n")


def _shown(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _turn(run: Run, done: Changed, changes: Sequence[Change]) -> list[str]:
    """When the next turn is, where a change can move it and it is one day for all."""
    from plaintextcrm.core.vocabulary import find_key

    known = {key.name for change in changes if (key := find_key(change.key))}
    return _next_turn(run, done.standings) if known & set(_TURNS) else []


def _next_turn(run: Run, standings: Sequence[Standing]) -> list[str]:
    from plaintextcrm.core.dates import day_words

    days = {standing.due for standing in standings if not standing.hidden}
    day = days.pop() if len(days) == 1 else 0
    if not day:
        return []
    if day <= run.today.toordinal():
        return ["due now"]
    return [f"next {day_words(date.fromordinal(day), run.today)} ({date.fromordinal(day).isoformat()})"]


# --- skip, archive -------------------------------------------------------------------------------------------------


@command("skip")
@click.argument("who")
@click.argument("why", required=False, metavar="[WHY]")
@write_options
@click.pass_obj
def skip_command(run: Run, who: str, why: str | None, dry_run: bool, no_commit: bool) -> int:
    """Not this time: the next turn is a cadence from today, and no contact is recorded.

    \b
    ptcrm skip ada
    ptcrm skip ada "on her sabbatical"
    """
    id = finding.who(run.vault, who, clock.seconds())
    done = changing.skip(run.vault, id, why or "", how_of(dry_run, no_commit))
    turn = _next_turn(run, done.standings) or ["no turn is counted" if not any(one.span for one in done.standings) else ""]
    said = f"skipped: {_shown([name for name, _ in done.entries])}"
    return report(run, done.written, " · ".join(part for part in (said, *turn) if part))


@command("archive")
@click.argument("who")
@write_options
@click.pass_obj
def archive_command(run: Run, who: str, dry_run: bool, no_commit: bool) -> int:
    """Keep the file, ask no more: `status: archived`.

    \b
    ptcrm archive ada
    ptcrm set ada status=        takes it back, at any time
    """
    ids = finding.whos(run.vault, who, clock.seconds())
    done = changing.archive(run.vault, ids, how_of(dry_run, no_commit))
    back = f"later: ptcrm set {typed(','.join(ids))} status="
    return report(run, done.written, f"archived: {_shown(done.names)} · {back}")
