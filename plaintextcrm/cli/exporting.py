"""Exchange: export."""

from __future__ import annotations

import shlex
import sys

import click

from plaintextcrm.app import taking
from plaintextcrm.app.taking import Taken
from plaintextcrm.cli.run import FilterCommand, Run, command, terms_of
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.exchange.out import EXPORTERS

KINDS = tuple(dict.fromkeys(("vcard", "vdir", *EXPORTERS)))


@command("export", cls=FilterCommand)
@click.argument("kind", type=click.Choice(KINDS), metavar="|".join(KINDS))
@click.argument("terms", nargs=-1, metavar="[FILTER]…")
@click.option("--vcard", "version", type=click.Choice(("3.0", "4.0")), help="The version of vCard (default 3.0, which all read).")
@click.option("--private", is_flag=True, help="With private keys and private people too.")
@click.option("-o", "--output", metavar="PATH", help="The file, or the folder for vdir (default: stdout).")
@click.pass_obj
def export_command(run: Run, kind: str, terms: tuple[str, ...], version: str | None, private: bool, output: str | None) -> int:
    """Take everybody along: vCard, CSV, JSON, calendar, friends.md.

    \b
    ptcrm export vcard -o people.vcf          for a phone, or any address book
    ptcrm export vdir -o ~/contacts           one card each, for vdirsyncer, khard
    ptcrm export csv tier:A,B > people.csv    for a spreadsheet
    ptcrm export json --private -o all.json   everything, to be imported again
    ptcrm export ics -o days.ics              birthdays, plans, follow-ups

    A folder of cards is kept up to date; cards that changed there are left alone, and named. Keys that are private ([site] private,
    and each person's own) stay here without --private.
    """
    if version and kind not in ("vcard", "vdir"):
        raise Usage(f"--vcard goes with vcard and vdir, not with {kind}")
    if kind == "vdir" and not output:
        raise Usage("vdir is a folder: say which, with -o FOLDER")
    vault = run.vault
    taken = taking.take(vault, terms_of(terms), private, run.progress())
    run.tell_problems(taken.problems)
    if not private:
        _tell_private(run, taken)
    if kind == "vdir" and output:
        return _vdir(run, taken, output, version)
    data = taking.made(vault, kind, taken, version or "3.0")
    if output is None or output == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return 0
    changed = taking.put(output, data)
    run.say(f"{output}: {_people(len(taken.people))}{'' if changed else ', as it was'}")
    return 0


def _vdir(run: Run, taken: Taken, output: str, version: str | None) -> int:
    from plaintextcrm.app import mirroring

    done = mirroring.keep_up(run.vault, taken, output, version)
    parts = [f"{done.written:,} written"] if done.written else []
    parts += [f"{done.removed:,} removed"] if done.removed else []
    run.say(f"{output}: {_people(len(taken.people))}, {', '.join(parts) or 'all as they were'}")
    if done.back:
        run.tell(f"{_cards(done.back)} removed there, and written again: archive whom you want to keep out (or leave them out by a filter)")
    if not done.changed:
        return 0
    shown = f"{', '.join(done.changed[:3])}{', …' if len(done.changed) > 3 else ''}"
    run.tell(f"ptcrm: {_cards(len(done.changed))} changed there ({shown}): ptcrm import --from vdir {shlex.quote(output)} first")
    return 5


def _cards(count: int) -> str:
    return f"{count:,} card{' was' if count == 1 else 's were'}"


def _tell_private(run: Run, taken: Taken) -> None:
    """What stays here, in one line."""
    parts = [f"{key} of {count:,}" for key, count in taken.held]
    parts += [f"{_people(taken.stayed)} as a whole"] if taken.stayed else []
    if parts:
        run.tell(f"left out as private: {', '.join(parts)} (--private takes them along)")


def _people(count: int) -> str:
    return f"{count:,} {'person' if count == 1 else 'people'}"
