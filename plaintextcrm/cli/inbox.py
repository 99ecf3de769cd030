"""`jot`: loose notes, of the command line, a file or inbox.md, to entries."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from plaintextcrm.app import jotting
from plaintextcrm.app.jotting import INBOX, Reading
from plaintextcrm.app.writing import How
from plaintextcrm.cli.run import Run, WordsCommand, command, corrected, write_options
from plaintextcrm.cli.wrote import how_of, report
from plaintextcrm.core.entries import entry_line
from plaintextcrm.core.errors import Refused, Usage, why
from plaintextcrm.core.jotting import Jotted
from plaintextcrm.core.text import decode, safe

if TYPE_CHECKING:
    pass


@command("jot", cls=WordsCommand)
@click.argument("words", nargs=-1, metavar="[TEXT|FILE|-]")
@click.option("-y", "--yes", is_flag=True, help="Write what is understood without asking.")
@write_options
@click.pass_obj
def jot_command(run: Run, words: tuple[str, ...], yes: bool, dry_run: bool, no_commit: bool) -> int:
    """Loose notes to entries: finds people, day and kind in each line, shows what it understood, and asks.

    \b
    ptcrm jot "Lunch with Ada and Ben yesterday, talked shop"
    ptcrm jot                     empties inbox.md; what has no place stays there
    ptcrm jot notes.txt           what of a file the logs do not have yet
    pbpaste | ptcrm jot - -y      text from elsewhere, without asking
    """
    if len(words) > 1:
        raise Usage(f"a text of several words needs quotes: {corrected(click.get_current_context(), words)}")
    source, place, text = None, INBOX, ""
    if words and not _is_inbox(run, words[0]):
        place, text = _given(words[0])
    else:
        source = jotting.inbox(run.vault)
        text = source.text if source else ""
    reading = jotting.read(run.vault, text, block_id, source, again=bool(place) and source is None)
    if not reading.lines:
        run.say(f"Nothing waits in {place}." if place else "Nothing to place.")
        return 0
    if not place and len(reading.lines) == 1 and reading.lines[0].why:
        raise reading.lines[0].why
    _show(run, reading, place, dry_run)
    code = _write(run, reading, yes, how_of(dry_run, no_commit)) if reading.placed else 0
    staying = [line.why.exit_code for line in reading.staying if line.why]
    return code or next(iter(staying), 0)


def _is_inbox(run: Run, word: str) -> bool:
    try:
        return os.path.samefile(word, run.vault.root / INBOX)
    except (OSError, ValueError):
        return False


def _given(word: str) -> tuple[str, str]:
    """(where the lines stand, "" for the command itself; the text)."""
    from plaintextcrm.edge import files

    if word == "-":
        return "stdin", decode(sys.stdin.buffer.read())[0]
    if not os.path.lexists(word):
        return "", word
    try:
        return word, decode(files.read_bytes(word))[0]
    except OSError as error:
        raise Refused(f"{word}: cannot be read: {why(error)}") from None


def block_id() -> str:
    from plaintextcrm.cli import logging

    return logging._block_id()


def _show(run: Run, reading: Reading, place: str, dry_run: bool) -> None:
    """What was understood, a line each (a dry run shows the diff), and what stays, with why."""
    if reading.placed and not dry_run:
        run.say("\n".join(understood_words(run, line.jotted, reading.names) for line in reading.placed if line.jotted))
    for line in reading.staying:
        where = f"{place}:{line.note.first + 1}: " if place else ""
        run.tell(f'{where}"{_clipped(line.note.text)}": {line.why}')
    there = sum(line.there for line in reading.lines)
    if there:
        run.tell(f"{place}: {there} {'line is' if there == 1 else 'lines are'} in the log already, and not written again")


def understood_words(run: Run, jotted: Jotted, known: Mapping[str, str]) -> str:
    """`Ada King and Ben Ray: 2026-11-20 lunch: talked shop`, then its details, in the words that `log` would write."""
    names = _all_of([known[id] for id in jotted.ids])
    own = jotted.entry._replace(block_id=None, details=())
    told = entry_line(own, kinds=run.vault.settings.kind_table).removeprefix("- ")
    return "\n".join(safe(line) for line in (f"{names}: {told}", *jotted.entry.details))


def _all_of(names: Sequence[str]) -> str:
    return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"


def _clipped(text: str) -> str:
    from plaintextcrm.render.terminal import clipped

    return clipped(safe(text), 50)


def _write(run: Run, reading: Reading, yes: bool, how: How) -> int:
    count = len(reading.placed)
    otherwise = "nothing is written without a yes: look with -n, write with -y"
    if not run.confirm(f"Write {'it' if count == 1 else 'these'}?", yes or how.dry_run, otherwise):
        run.tell("nothing is written")
        return 0
    stays = f" · {len(reading.staying)} not placed" if reading.staying else ""
    return put_in_place(run, reading, how, f"{count} line{'' if count == 1 else 's'}", stays)


def put_in_place(run: Run, reading: Reading, how: How, what: str, more: str = "") -> int:
    """Write what was understood, and say so."""
    unwilling = () if how.dry_run else jotting.who_asked_not_to_be_contacted(run.vault, reading)
    written = jotting.place(run.vault, reading, how)
    for name in unwilling:
        run.tell(f"ptcrm: {name} asked not to be contacted (do_not_contact); it is written down all the same")
    ids = dict.fromkeys(id for line in reading.placed if line.jotted for id in line.jotted.ids)
    names = [reading.names[id] for id in ids]
    whom = _all_of(names) if len(names) < 4 else f"{len(names)} people"
    return report(run, written, f"jotted: {what} with {whom}{more}")
