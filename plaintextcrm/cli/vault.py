"""The vault itself: init, demo, check, undo, completion, help."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence

import click

from plaintextcrm.app import reading
from plaintextcrm.app.asking import ask
from plaintextcrm.cli.run import FilterCommand, Run, command, format_of, format_options, terms_of, write_options
from plaintextcrm.core.errors import NotCommitted, Usage, why
from plaintextcrm.core.model import Edit, Problem
from plaintextcrm.core.text import safe
from plaintextcrm.edge.journal import Line
from plaintextcrm.edge.paths import Path
from plaintextcrm.render import asdata, terminal

DEMO_DAY = "2026-11-21"


@command("init")
@click.argument("folder", required=False, metavar="[DIR]", type=click.Path(path_type=Path))
@click.option("--example", is_flag=True, help="Fill it with the example vault.")
@click.option("--no-git", is_flag=True, help="Make no git repository.")
@click.pass_obj
def init_command(run: Run, folder: Path | None, example: bool, no_git: bool) -> int:
    """Make a vault: a folder, ptcrm.toml, contacts/, and a git repository with a first commit.

    In a folder of notes (Obsidian and the like) it finds who are people and says which of your keys it understands; ptcrm.toml is
    all that it adds. In a clone of a vault it only tells git how contacts are merged; ptcrm sync does that, too.

    \b
    ptcrm init my-people
    ptcrm init ~/notes
    ptcrm init --example try-it
    """
    from plaintextcrm.app import making

    where = folder or Path()
    shown = str(where) if folder else "."
    try:
        if not example and making.is_vault(where) and not no_git and making.register(where):
            run.say(f"git merges the contacts in {shown} by entry and by field: ptcrm sync shares them")
            return 0
        if not example and _adopted(run, where, shown):
            return 0
        if example:
            made = making.copy_example(where, not no_git)
        else:
            made = making.make_vault(where, where.resolve().name, run.today, not no_git)
    except NotCommitted as error:
        run.tell(f"ptcrm: {error}")
        return error.exit_code
    except OSError as error:
        raise Usage(f"{shown}: {why(error)}") from None
    run.say(f"a vault is in {shown}" + (", in git with a first commit" if made.in_git else ""))
    if made.aside:
        run.tell(f"ptcrm: what was kept of an older vault in this place (its undo, what was imported) is set aside: {made.aside}")
    step = f"-C {shlex.quote(shown)} " if folder else ""
    run.say(f"  ptcrm {step}due" if example else f'  ptcrm {step}add "Ada King" --tier A')
    return 0


def _adopted(run: Run, where: Path, shown: str) -> bool:
    """Whether the folder is one of notes with people among them, which is a vault from now on."""
    from plaintextcrm.app import adopting

    where = where.resolve()
    found = adopting.look(where)
    if found is None:
        return False
    adopting.adopt(where, where.name, run.today, found)
    run.say(safe("\n".join(adopting.lines(found))))
    step = f"-C {shlex.quote(shown)} " if shown != "." else ""
    run.say(f"a vault is in {shown}: ptcrm.toml is all that is new\n  ptcrm {step}list\n  ptcrm {step}check")
    return True


@command("demo")
@click.pass_obj
def demo_command(run: Run) -> int:
    """The example vault in a temporary folder: its due list, and three things to try."""
    import sys
    from tempfile import mkdtemp

    from plaintextcrm.app import making
    from plaintextcrm.cli.daily import brief

    folder = Path(mkdtemp(prefix="ptcrm-demo-"))
    making.copy_example(folder, with_git=False)
    given = Run(str(folder), DEMO_DAY, run.cache, run.quiet)
    brief(given)
    where = shlex.quote(str(folder))
    program = "ptcrm" if os.path.basename(sys.argv[0]) == "ptcrm" else f"{shlex.quote(sys.executable)} -m plaintextcrm"
    run.say("\nThis is Marta's vault on 21 November 2026, in a folder of its own. Try:\n")
    for line in (f"cd {where}", f"export PTCRM_TODAY={DEMO_DAY}", f"{program} show ada"):
        run.say(f"  {given.paint.accent(line)}")
    for line in ('log henrique call "Thanked him for the tip"', "search pumpkin"):
        run.say(f"  {given.paint.accent(f'{program} {line}')}")
    return 0


@command("check", cls=FilterCommand)
@click.argument("terms", nargs=-1, metavar="[FILTER]…")
@click.option("--fix", is_flag=True, help="Mend what is certain: shows the change and asks first.")
@click.option("-y", "--yes", is_flag=True, help="With --fix: do not ask.")
@click.option("--self", "itself", is_flag=True, help="Check the installation and the index instead.")
@format_options
@click.pass_obj
def check_command(run: Run, terms: tuple[str, ...], fix: bool, yes: bool, itself: bool, format_: str | None, as_json: bool) -> int:
    """Every mistake in the files, with its line and, where it is obvious, the corrected line.

    \b
    ptcrm check
    ptcrm check tier:A
    ptcrm check --fix        mends what is certain, one commit
    ptcrm check --self
    """
    if itself:
        return _check_itself(run)
    words = terms_of(terms)
    if fix:
        code = _fix(run, words, yes)
        if code:
            return code
    found, people = ask(run.vault, lambda index: (reading.all_problems(index, run.vault, words), index.count()), run.progress())
    errors = [problem for problem in found if problem.severity == "error"]
    shown = format_of(run, format_, as_json)
    if shown == "json":
        run.say(asdata.as_json("check", run.today, [asdata.problem_fact(problem) for problem in found], ()))
    elif shown in ("csv", "md"):
        rows = [asdata.problem_fact(problem) for problem in found]
        columns = ("path", "line", "column", "severity", "code", "message", "fix")
        run.say(asdata.as_csv(rows, columns) if shown == "csv" else asdata.as_markdown(rows, columns))
    else:
        lines = [line for problem in found for line in _problem_lines(problem, run)]
        if lines:
            run.say("\n".join(lines))
        warnings = len(found) - len(errors)
        files = f"{people} {'file' if people == 1 else 'files'}"
        run.tell(f"{files} read: {_counted(len(errors), 'mistake')}, {_counted(warnings, 'warning')}")
    return 1 if errors else 0


def _fix(run: Run, words: Sequence[str], yes: bool) -> int:
    from plaintextcrm.app.mending import mend_files
    from plaintextcrm.cli.wrote import diff, how_of, report

    def agrees(edits: Sequence[Edit]) -> bool:
        run.tell(diff(edits))
        return run.confirm("Write this?", yes, "check --fix: add -y to write this without being asked")

    found = ask(run.vault, lambda index: reading.all_problems(index, run.vault, words), run.progress())
    written = mend_files(run.vault, found, agrees, how_of(False, False))
    if not written.edits:
        run.tell("nothing to mend with certainty")
        return 0
    files = len(written.edits)
    return report(run, written, f"mended: {files} {'file' if files == 1 else 'files'}")


def _counted(number: int, word: str) -> str:
    return f"{number or 'no'} {word}{'' if number == 1 else 's'}"


def _problem_lines(problem: Problem, run: Run) -> list[str]:
    text = str(problem) if problem.severity == "error" else str(problem).replace(": ", ": warning: ", 1)
    lines = [safe(text)]
    if problem.fix:
        lines.append(f"    {run.paint.soft('better:')} {safe(problem.fix.strip())}")
    return lines


def _driver(root: Path) -> str:
    """Whether git knows our merge driver; read, not asked: a reading command runs no git."""
    from plaintextcrm.edge import git

    tree = git.repository(root)
    if tree is None:
        return "no repository"
    try:
        text = (tree / ".git" / "config").read_text(errors="replace")
    except OSError:
        return "not known: the repository keeps its settings elsewhere"
    return "registered" if '[merge "ptcrm"]' in text else "not registered: ptcrm sync does it"


def _check_itself(run: Run) -> int:
    import platform
    import shutil
    import sqlite3

    from plaintextcrm import __version__

    facts = [
        ("ptcrm", f"{__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"),
        ("git", shutil.which("git") or "not found: writes are not committed"),
        ("merge driver", _driver(run.vault.root)),
        ("vault", str(run.vault.root)),
        ("state", str(run.vault.state)),
    ]
    where, count = ask(run.vault, lambda index: (index.path, index.count()), run.progress())
    facts.append(("index", f"{where or 'in memory only'}, {count} {'person' if count == 1 else 'people'}"))
    run.say("\n".join(terminal.fact_lines(facts, run.paint, run.width)))
    return 0


@command("undo")
@click.option("--list", "lists", is_flag=True, help="Every write that is kept, newest first; the first one without a word is next.")
@write_options
@click.pass_obj
def undo_command(run: Run, lists: bool, dry_run: bool, no_commit: bool) -> int:
    """Take back the newest write that is not taken back yet, byte for byte.

    \b
    ptcrm undo
    ptcrm undo -n        show what it would take back
    ptcrm undo --list    every write, and which are taken back

    What init made is none of them: to take it back, delete ptcrm.toml and what else is new.
    """
    from plaintextcrm.app import writing
    from plaintextcrm.cli.wrote import how_of, report

    if lists:
        lines = [write_words(one) for one in writing.writes(run.vault)]
        run.say("\n".join(lines) if lines else "ptcrm has written nothing to this vault on this machine")
        return 0
    undone = writing.undo(run.vault, how_of(dry_run, no_commit))
    return report(run, undone.written, f"taken back: {undone.what} (of {undone.at[:16]})", undo=False)


def write_words(one: Line) -> str:
    """`2026-11-21 10:04  log: call with ada, 2026-11-21 · 1 file · taken back`."""
    files = f"{len(one.files)} file{'s' * (len(one.files) != 1)}" if one.files else ""
    return safe(f"{one.at[:16]:16}  {' · '.join(part for part in (one.what, files, one.state) if part)}")


@command("completion")
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion_command(shell: str) -> None:
    """The shell's completion script.

    \b
    eval "$(ptcrm completion bash)"                               in ~/.bashrc
    eval "$(ptcrm completion zsh)"                                in ~/.zshrc
    ptcrm completion fish > ~/.config/fish/completions/ptcrm.fish
    """
    from click.shell_completion import get_completion_class

    from plaintextcrm.cli import main_group

    found = get_completion_class(shell)
    if found is None:
        raise Usage(f"no completion for {shell}")
    click.echo(found(main_group, {}, "ptcrm", "_PTCRM_COMPLETE").source())


@command("help")
@click.argument("command", required=False)
@click.option("--all", "everything", is_flag=True, help="Every command, grouped.")
@click.pass_context
def help_command(ctx: click.Context, command: str | None, everything: bool) -> None:
    """Help on a command, or on all of them.

    \b
    ptcrm help due
    ptcrm help --all
    """
    from plaintextcrm.cli import COMMANDS, first_help, main_group, no_command

    if command:
        found = main_group.get_command(ctx, command)
        if found is None:
            raise Usage(no_command(command))
        with click.Context(found, info_name=command, parent=ctx.parent) as context:
            click.echo(found.get_help(context))
        return
    if not everything:
        click.echo(first_help(), nl=False)
        return
    for group in dict.fromkeys(entry.group for entry in COMMANDS.values()):
        click.echo(f"{group}")
        for name, entry in COMMANDS.items():
            if entry.group == group:
                click.echo(f"  {name:<12}{entry.words}")
        click.echo()
