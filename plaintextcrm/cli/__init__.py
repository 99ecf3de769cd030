"""The command line: words to values, values to lines and an exit code. Each command's module is imported when it is used."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn

gc.set_threshold(1_000_000, 20, 20)  # a command makes what lasts to its end, and no garbage: a tenth of a report went to looking for some

import click  # noqa: E402

from plaintextcrm import __version__  # noqa: E402
from plaintextcrm.core.errors import PtcrmError, Unprinted  # noqa: E402
from plaintextcrm.core.record import NamedTuple  # noqa: E402


class Entry(NamedTuple):
    """One command: its module, its group in the help, whether the first help shows it, its one line."""

    module: str
    group: str
    first: bool
    words: str


COMMANDS: dict[str, Entry] = {
    "add": Entry("people", "People", True, "Add somebody: one new file."),
    "log": Entry("logging", "Every day", True, "Write down that you were in touch, in one line."),
    "due": Entry("daily", "Every day", True, "Who to be in touch with, and why."),
    "show": Entry("people", "People", True, "The brief before a meeting: who, where you stand, what is open."),
    "todo": Entry("daily", "Every day", True, "Open follow-ups, by day."),
    "done": Entry("daily", "Every day", True, "Tick a follow-up."),
    "snooze": Entry("daily", "Every day", True, "Not now: hide somebody until a day."),
    "skip": Entry("changing", "Every day", False, "Not this time: the next turn is a cadence from today."),
    "jot": Entry("inbox", "Every day", False, "Loose notes to entries: finds people, day and kind in each line."),
    "triage": Entry("triage", "Every day", False, "Go through a pile, one key for each person."),
    "list": Entry("people", "People", True, "Everybody, or whom a filter lets through."),
    "import": Entry("exchange", "Exchange", True, "Bring people and their history in from elsewhere."),
    "capture": Entry("capturing", "Exchange", False, "Interactions from calendars, mail and daily notes, on your yes."),
    "export": Entry("exporting", "Exchange", False, "Take everybody along: vCard, CSV, JSON, calendar, friends.md."),
    "build": Entry("publish", "Publish", False, "The site: a due list and a page per contact, as plain files."),
    "watch": Entry("publish", "Publish", False, "Build, then keep the pages true while you write."),
    "report": Entry("insight", "Insight", False, "One question about everybody, answered, with what to do next."),
    "review": Entry("review", "Insight", True, "The questions of a week, a month or a quarter, on one page."),
    "plan": Entry("planning", "Insight", False, "The week that fits: whom, on which day, by which channel."),
    "near": Entry("going", "Insight", False, "Who lives where you are going."),
    "trip": Entry("going", "Insight", False, "Whom to meet on a journey: its meals, filled."),
    "path": Entry("knowing", "Insight", False, "The shortest warm way to a person or a company."),
    "who": Entry("knowing", "Insight", False, "Who cares about a topic, offers it, works there, could introduce."),
    "ideas": Entry("ideas", "Insight", False, "The reasons to write to somebody that hold today."),
    "write": Entry("ideas", "Insight", False, "Open a mail or text with a phrase of your own, then log it."),
    "news": Entry("news", "Insight", False, "What the people you know have published."),
    "set": Entry("changing", "People", False, "Change keys, of one person or of all whom a filter lets through."),
    "archive": Entry("changing", "People", False, "Keep the file, ask no more."),
    "rename": Entry("moving", "People", False, "Another name: moves the file and rewrites every link to it."),
    "merge": Entry("moving", "People", False, "Two files of one person become one."),
    "forget": Entry("moving", "People", False, "Remove somebody's file."),
    "handover": Entry("moving", "People", False, "A colleague looks after somebody from now on."),
    "edit": Entry("people", "People", False, "Open somebody's file in your editor."),
    "search": Entry("people", "People", False, "Full text, best first, with the matching line."),
    "sync": Entry("syncing", "Team", False, "Fetch, merge, push: share a vault through git."),
    "merge-file": Entry("merging", "Team", False, "Git's merge driver for contact files."),
    "check": Entry("vault", "Vault", False, "Every mistake in the files, with its line."),
    "undo": Entry("vault", "Vault", False, "Take back the newest write, byte for byte."),
    "init": Entry("vault", "Vault", False, "Make a vault."),
    "demo": Entry("vault", "Vault", False, "The example vault in a temporary folder, and three things to try."),
    "completion": Entry("vault", "Vault", False, "The shell's completion script."),
    "help": Entry("vault", "Vault", False, "Help on a command, or on all of them."),
}
EXAMPLES = """\
  ptcrm due                                       who to be in touch with, and why
  ptcrm log ada coffee "New job in January"       write it down in one line
  ptcrm log ada -d yesterday --follow-up "send the gym list" --due fri
  ptcrm show ada                                  the brief before a meeting
"""


HELP = ("-h", "--help")


def help_option() -> click.Option:
    """`-h, --help`. Click's own asks gettext for its words, which imports `locale` at each start (4 of 250 million instructions)."""

    def show(ctx: click.Context, param: click.Parameter, value: bool) -> None:
        if value and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), color=ctx.color)
            ctx.exit()

    return click.Option(HELP, is_flag=True, expose_value=False, is_eager=True, help="Show this message and exit.", callback=show)


class Commands(click.Group):
    """The commands, each imported when it is called; unknown ones get a "did you mean"."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        module = import_module(f"plaintextcrm.cli.{COMMANDS[cmd_name].module}")
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            raise click.UsageError(no_command(args[0]), ctx)
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] == "-C":  # click tries it as a long option first, and imports difflib and locale to say that there is none
            args = ["--vault", *args[1:]]
        return super().parse_args(ctx, args)

    def get_help_option(self, ctx: click.Context) -> click.Option:
        return help_option()

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(first_help())


def no_command(word: str) -> str:
    """What to say to a command that does not exist."""
    from difflib import get_close_matches

    near = get_close_matches(word, COMMANDS, 1, 0.6)
    return f'there is no command "{word}"' + (f': did you mean "{near[0]}"?' if near else ": ptcrm help --all lists them")


def first_help() -> str:
    """The help that fits a screen: examples, the commands of every day, the options."""
    lines = ["ptcrm: keep up with the people who matter, in plain text files you own.", "", EXAMPLES.rstrip(), ""]
    lines += [f"  {name:<10}{entry.words}" for name, entry in COMMANDS.items() if entry.first]
    lines += ["", "ptcrm alone prints the day's brief. More: ptcrm help --all, ptcrm COMMAND --help", ""]
    lines += ["Options, before the command:"]
    lines += [f"  {option:<18}{words}" for option, words in OPTIONS]
    return "\n".join(lines) + "\n"


OPTIONS = (
    ("-C, --vault DIR", "the vault, or a place in it (else PTCRM_VAULT, else here)"),
    ("--today DATE", "another day than today (else PTCRM_TODAY, else the clock)"),
    ("--no-cache", "read every file anew, keep no index"),
    ("-q, --quiet", "say less on stderr"),
    ("--version", "the version"),
    ("-h, --help", "this help"),
)


def show_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    """`ptcrm, version 0.1.0`, as programs have it."""
    if value:
        click.echo(f"ptcrm, version {__version__}")
        ctx.exit()


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": list(HELP)})
@click.option("-C", "--vault", metavar="DIR")
@click.option("--today", metavar="DATE")
@click.option("--no-cache", is_flag=True)
@click.option("-q", "--quiet", is_flag=True)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=show_version)
@click.pass_context
def main_group(ctx: click.Context, vault: str | None, today: str | None, no_cache: bool, quiet: bool) -> None:
    """Keep up with the people who matter, in plain text files you own."""
    from plaintextcrm.cli.run import Run

    ctx.obj = Run(vault, today, not no_cache, quiet)
    if ctx.invoked_subcommand is None:
        from plaintextcrm.cli.daily import brief

        brief(ctx.obj)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and end with its exit code, at once: to take memory apart first is a tenth of a short command."""
    code = run_command(arguments)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # said already, or nobody is there to hear it
            stream.flush()
    os._exit(code)


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Run one command: its exit code. Errors become one line on stderr; a bug keeps its traceback."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by whoever called
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")
    try:
        result: Any = main_group.main(arguments, prog_name="ptcrm", standalone_mode=False)
        return _flushed(result if isinstance(result, int) else 0)
    except PtcrmError as error:
        _tell(f"ptcrm: {error}")
        for hint in error.hints:
            _tell(f"       {hint}")
        return error.exit_code
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.UsageError as error:
        inner = error.ctx if error.ctx and error.ctx.command is not main_group and not is_misplaced(error) else None
        see = f" (see: {inner.command_path} --help)" if inner else ""
        _tell(f"ptcrm: {usage_words(error)}{see}")
        return 2
    except click.ClickException as error:
        _tell(f"ptcrm: {error.format_message()}")
        return 2
    except (KeyboardInterrupt, click.exceptions.Abort):
        _tell("ptcrm: interrupted")
        return 130
    except BrokenPipeError:
        return 0  # the reader has seen enough
    except SystemExit as stop:
        if stop.code != 1:  # a signal
            raise
        return 0  # so click ends a run whose reader has seen enough
    except Exception as error:
        if isinstance(error, OSError) and _output_fails():
            return _unprinted(error)
        import traceback

        traceback.print_exc()
        _tell(f"ptcrm: this is a bug in ptcrm {__version__}; nothing is half-written. Please report it with the lines above.")
        return 70


def _flushed(code: int) -> int:
    """The exit code once all that was said is out."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:  # what was to be flushed is gone: a second try may succeed
        return _unprinted(error)
    return code


def _unprinted(error: OSError) -> int:
    failed = Unprinted(error)
    _tell(f"ptcrm: {failed}")
    return failed.exit_code


def _output_fails() -> bool:
    """Whether nothing can be printed any more: a line end is tried."""
    try:
        sys.stdout.write("\n")
        sys.stdout.flush()
    except OSError:
        return True
    return False


def usage_words(error: click.UsageError) -> str:
    """What is wrong with the words of a command, in one line of ours."""
    message = " ".join(error.format_message().split())
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return f"missing: {error.param.make_metavar(error.ctx or click.Context(main_group))}"
    if isinstance(error, click.BadParameter) and error.param is not None:
        name = (
            error.param.opts[-1]
            if isinstance(error.param, click.Option)
            else error.param.make_metavar(error.ctx or click.Context(main_group))
        )
        message = f"{name}: {' '.join(error.message.split()).rstrip('.')}"
    if isinstance(error, click.NoSuchOption) and error.ctx and is_misplaced(error):
        return f"{error.option_name} belongs before the command: ptcrm {error.option_name} … {error.ctx.info_name}"
    for theirs, ours in _WORDS:
        message = message.replace(theirs, ours)
    return (message[:1].lower() + message[1:] if not message.startswith("--") else message).rstrip(".")


def is_misplaced(error: click.UsageError) -> bool:
    """Whether the option that a command does not have is one of those before every command."""
    if not isinstance(error, click.NoSuchOption) or error.ctx is None or error.ctx.command is main_group:
        return False
    return any(error.option_name in param.opts for param in main_group.params)


_WORDS = (
    ("is not a valid integer range", "is not a whole number"), ("is not a valid integer", "is not a whole number"),
    ("is not a valid float range", "is not a number"), ("is not a valid float", "is not a number"),
    ("No such option", "there is no option"), ("Got unexpected extra arguments", "words too many"),
    ("Got unexpected extra argument", "one word too many"), ("requires an argument", "needs a value"), ("Invalid value", "wrong value"),
    ("does not take a value", "takes no value"), (". Did you mean", ": did you mean"), (" Did you mean", ": did you mean"),
    (" Possible options:", ": is it one of"),
)  # fmt: skip


def _tell(line: str) -> None:
    from plaintextcrm.core.text import safe

    with suppress(OSError):  # nobody is there to hear it
        print(safe(line), file=sys.stderr, flush=True)
