"""Exchange: capture."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from itertools import groupby

import click

from plaintextcrm.app import capturing
from plaintextcrm.app.capturing import Captured
from plaintextcrm.cli.run import Run, command, write_options
from plaintextcrm.cli.wrote import how_of, report
from plaintextcrm.core.capture import CAPTURERS
from plaintextcrm.core.capture.placing import Offer, Stranger
from plaintextcrm.core.entries import entry_line
from plaintextcrm.core.text import safe, typed

SHOWN_NOTES = 10


@command("capture")
@click.argument("paths", nargs=-1, required=True, metavar="FILE|DIR…")
@click.option(
    "--from",
    "kind",
    type=click.Choice(tuple(CAPTURERS)),
    metavar="KIND",
    help=f"What it is, where it does not tell: {', '.join(CAPTURERS)}.",
)
@click.option("--me", "me", multiple=True, metavar="ADDRESS", help="An address of yours, beside those of git, [me] and [team].")
@click.option("--again", is_flag=True, help="Also what was taken or refused before.")
@click.option("-y", "--yes", is_flag=True, help="Write all of it without asking.")
@write_options
@click.pass_obj
def capture_command(
    run: Run, paths: tuple[str, ...], kind: str | None, me: tuple[str, ...], again: bool, yes: bool, dry_run: bool, no_commit: bool
) -> int:
    """Interactions from calendars, mail and daily notes, on your yes.

    \b
    ptcrm capture work.ics              past meetings with people you know
    ptcrm capture ~/Mail/Sent --me ada@home.example.com
    ptcrm capture messages.csv          LinkedIn's: one a conversation and day
    ptcrm capture ~/notes/daily -y      lines of daily notes that link to somebody

    Of a mail it takes who wrote to whom on which day, never the text: from an address of yours it is
    to all it goes to, any other from its sender. Lists and circulars are left out. What is in the
    log that day already is not proposed, nor what you took or refused before: it may run every day.
    """
    found = capturing.propose(run.vault, paths, kind, me, again, run.progress())
    run.tell_problems(run.vault.problems)
    _tell(run, found)
    offers = found.placed.offers
    if not offers:
        run.say("Nothing new.")
        return 0
    if dry_run:
        return _write(run, offers, True, no_commit)
    if yes or not run.asks:
        run.say("\n".join(safe(line) for line in _listed(run, offers)))
        run.confirm("", yes, f"{_entries(len(offers))} would be written: add -y (or -n to look first)")
        return _write(run, offers, False, no_commit)
    taken = _asked(run, offers)
    return _write(run, taken, False, no_commit) if taken else 0


def _write(run: Run, offers: Sequence[Offer], dry_run: bool, no_commit: bool) -> int:
    kept = capturing.keep(run.vault, offers, how_of(dry_run, no_commit))
    people = len({offer.id for offer in kept.taken})
    said = f"captured: {_entries(len(kept.taken))} with {people:,} {'person' if people == 1 else 'people'}"
    code = report(run, kept.written, said)
    for line in kept.refused:
        run.tell(f"ptcrm: {line}")
    return 5 if kept.refused else code


def _asked(run: Run, offers: Sequence[Offer]) -> list[Offer]:
    """Person by person: yes, no and not again, later, or enough."""
    taken: list[Offer] = []
    for _, group in groupby(offers, key=lambda offer: offer.id):
        theirs = list(group)
        run.say("\n".join(safe(line) for line in _listed(run, theirs)))
        what = "this" if len(theirs) == 1 else f"these {len(theirs)}"
        answer = click.prompt(
            f"Write {what}? yes, no and not again, later, quit", type=click.Choice(("y", "n", "l", "q")), default="l", err=True
        )
        if answer == "y":
            taken += theirs
        elif answer == "n":
            capturing.remember(run.vault, theirs)
        elif answer == "q":
            break
    return taken


# --- in words ------------------------------------------------------------------------------------------------------


def _listed(run: Run, offers: Sequence[Offer]) -> list[str]:
    """Each person with their entries as they will stand, without the source's own id."""
    lines: list[str] = []
    for _, group in groupby(offers, key=lambda offer: offer.id):
        theirs = list(group)
        lines.append(theirs[0].name)
        for offer in theirs:
            fields = tuple(pair for pair in offer.entry.fields if pair[0] != "ref")
            shown = entry_line(offer.entry._replace(fields=fields), kinds=run.vault.settings.kind_table).removeprefix("- ")
            lines.append(f"  {shown}{f' (with {len(offer.others)} more)' if offer.others else ''}")
    return lines


def _tell(run: Run, found: Captured) -> None:
    """What is not proposed, and why; who might be added."""
    for line in found.notes[:SHOWN_NOTES]:
        run.tell(line)
    if len(found.notes) > SHOWN_NOTES:
        more = len(found.notes) - SHOWN_NOTES
        run.tell(f"and {more:,} more remark{'' if more == 1 else 's'}")
    placed = found.placed
    if placed.there:
        run.tell(f"not proposed: {_entries(placed.there)} of a day that has such a one already")
    if placed.decided:
        run.tell(f"not proposed: {_entries(placed.decided)} that you took or refused before (--again)")
    for stranger in placed.strangers:
        run.tell(f"{stranger.times:,} times with {stranger.address}: {_advice(stranger)}")


def _advice(stranger: Stranger) -> str:
    """The command that makes a stranger known."""
    key = "email" if "@" in stranger.address else "linkedin"
    if stranger.id:
        return f"ptcrm set {typed(stranger.id, f'{key}+={stranger.address}')}"
    name = stranger.name or stranger.address.partition("@")[0].rpartition("/")[2]
    more = ["--email", stranger.address] if key == "email" else ["--set", f"linkedin={stranger.address}"]
    return shlex.join(["ptcrm", "add", name, *more])


def _entries(count: int) -> str:
    return f"{count:,} {'entry' if count == 1 else 'entries'}"
