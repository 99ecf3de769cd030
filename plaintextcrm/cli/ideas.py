"""What to write about, and the letter itself: ideas, write."""

from __future__ import annotations

import click

from plaintextcrm.app import finding, ideas
from plaintextcrm.app.asking import ask
from plaintextcrm.app.ideas import Draft
from plaintextcrm.cli.run import Run, command, format_of, format_options, print_rows
from plaintextcrm.core.text import safe, typed
from plaintextcrm.edge import clock

IDEA_COLUMNS = ("id", "code", "reason", "command")


@command("ideas")
@click.argument("who")
@format_options
@click.pass_obj
def ideas_command(run: Run, who: str, format_: str | None, as_json: bool) -> None:
    """The reasons to write to somebody that hold today, each with the command that records it.

    \b
    ptcrm ideas ada
    ptcrm ideas 2 --json
    """
    id = finding.who(run.vault, who, clock.seconds())
    one, found = ask(run.vault, lambda index: ideas.ideas(index, run.vault, id), run.progress())
    run.tell_problems((*run.vault.problems, *one.problems))
    shown = format_of(run, format_, as_json)
    if shown != "table":
        rows = [{"id": id, "name": one.contact.name, "code": idea.code, "reason": idea.words, "command": idea.command} for idea in found]
        print_rows(run, shown, rows, IDEA_COLUMNS, "ideas", one.problems)
        return
    from plaintextcrm.cli.showing import gone_words, idea_lines

    nothing = f"Nothing: {gone_words(one.contact)}." if one.standing.hidden == "wholly" else "Nothing special today: no reason is needed."
    lines = idea_lines(run, found, min(run.width, 100)) or [f"  {nothing}"]
    run.say("\n".join([run.paint.bold(safe(one.contact.name)), *lines]))


@command("write")
@click.argument("who")
@click.argument("phrase", required=False, metavar="[PHRASE]")
@click.option("-y", "--yes", is_flag=True, help="Log it without asking.")
@click.option("-n", "--dry-run", is_flag=True, help="Print it; open nothing and log nothing.")
@click.option("--no-commit", is_flag=True, help="Write, but do not commit to git.")
@click.pass_obj
def write_command(run: Run, who: str, phrase: str | None, yes: bool, dry_run: bool, no_commit: bool) -> int:
    """Open a mail or a text with a phrase of your own, then log it.

    \b
    ptcrm write ada                the phrase that fits today
    ptcrm write ada birthday       phrases/birthday.md
    ptcrm write ada -n             print it, open and log nothing

    Without a terminal it prints the address and the text. A first line "# …" of a phrase is the subject.
    """
    id = finding.who(run.vault, who, clock.seconds())
    one, found = ask(run.vault, lambda index: ideas.ideas(index, run.vault, id), run.progress())
    run.tell_problems((*run.vault.problems, *one.problems))
    written = ideas.draft(run.vault, one, found, phrase)
    line = log_line(id, written)
    if not written.phrase:
        run.tell("no phrase of yours fits: write one to phrases/hello.md")
    if not written.address:
        run.tell(f"ptcrm: {one.contact.path}: neither a mail address nor a phone number to open")
    on_terminal = run.asks and run.to_terminal and not dry_run
    if not (on_terminal and written.address and _open(written.address)):
        _print(run, written)
    if dry_run or not (yes or on_terminal):
        run.tell(f"to log it: {line}")
        return 0
    if not (yes or click.confirm(safe(f"Sent? Then log it: {line}"), default=False, err=True)):
        run.say("not logged")
        return 0
    return _record(run, id, written, no_commit)


def log_line(id: str, written: Draft) -> str:
    """The command that logs it."""
    return f"ptcrm log {typed(id, written.kind, *([written.phrase] if written.phrase else []), option='--out')}"


def _print(run: Run, written: Draft) -> None:
    """The address, then the subject and the text as they are sent."""
    parts = [written.address, written.letter.subject, written.letter.text]
    run.say("\n\n".join("\n".join(map(safe, part.split("\n"))) for part in parts if part) or "nothing to print")


def _open(address: str) -> bool:
    """Whether a program took it: BROWSER, else what the system opens such addresses with."""
    import webbrowser

    return webbrowser.open(address)


def _record(run: Run, id: str, written: Draft, no_commit: bool) -> int:
    from plaintextcrm.cli.wrote import how_of, report

    done = ideas.record(run.vault, id, written, how_of(False, no_commit))
    name, entry = done.entries[0]
    return report(run, done.written, f"logged: {entry.kind} to {name}, {entry.on.isoformat()}")
