"""One run of the program: the options before the command, the day, the vault, and how to talk to whoever is there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import click

from plaintextcrm.app.vaults import Vault, open_vault
from plaintextcrm.cli import HELP as HELP_NAMES
from plaintextcrm.cli import help_option
from plaintextcrm.core.errors import Unprinted, Usage
from plaintextcrm.core.model import Problem
from plaintextcrm.core.text import safe
from plaintextcrm.edge import clock
from plaintextcrm.edge.paths import Path
from plaintextcrm.render.paint import Paint

Function = TypeVar("Function", bound=Callable[..., Any])
SHOWN_PROBLEMS = 5
FORMATS = ("table", "plain", "json", "csv", "md", "ids")


class Run:
    """What the options before the command say, worked out when it is asked for."""

    def __init__(self, vault: str | None, today: str | None, cache: bool, quiet: bool) -> None:
        self.vault_option, self.today_option, self.cache, self.quiet = vault, today, cache, quiet

    @cached_property
    def today(self) -> date:
        """The option, PTCRM_TODAY, the clock; read once a run."""
        given = self.today_option or os.environ.get("PTCRM_TODAY")
        if not given:
            return clock.today()
        from plaintextcrm.core.spoken import PAST, parse_spoken

        try:
            day = date.fromisoformat(given) if len(given) == 10 else parse_spoken(given, clock.today(), PAST)
        except ValueError:
            raise Usage(f'--today "{given}": write it like 2026-11-21') from None
        if not 1000 <= day.year < 9000:  # so that no cadence leads out of the calendar
            raise Usage(f'--today "{given}": a day of the years 1000 to 8999')
        return day

    def fresh_vault(self) -> Vault:
        """The vault as it is set now, on the day that it is now. Raises NoVault."""
        self.__dict__.pop("today", None)
        return open_vault(self.vault_option, os.environ, Path.cwd(), self.today, self.cache)

    @cached_property
    def vault(self) -> Vault:
        """The vault that is meant. Raises NoVault."""
        return open_vault(self.vault_option, os.environ, Path.cwd(), self.today, self.cache)

    @cached_property
    def to_terminal(self) -> bool:
        """Whether stdout is a terminal."""
        return sys.stdout.isatty()

    @cached_property
    def asks(self) -> bool:
        """Whether somebody is there to be asked."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    @cached_property
    def paint(self) -> Paint:
        """Colour on a terminal only; FORCE_COLOR decides otherwise, and NO_COLOR before it."""
        forced = os.environ.get("FORCE_COLOR", "") not in ("", "0")
        return Paint(not os.environ.get("NO_COLOR") and (forced or (self.to_terminal and os.environ.get("TERM") != "dumb")))

    @cached_property
    def width(self) -> int:
        """The columns of the terminal."""
        given = os.environ.get("COLUMNS", "")
        if given.isdigit() and int(given) > 0:
            return int(given)
        try:
            return os.get_terminal_size(sys.stdout.fileno()).columns or 80
        except (OSError, ValueError):
            return 80

    def say(self, text: str) -> None:
        """Data, to stdout. Only `paint` puts control characters in; what comes from files has been made safe.

        On a terminal what is taller than the screen goes through PAGER, where one is set.
        """
        text = text if text.endswith("\n") else f"{text}\n"
        if self.to_terminal and os.environ.get("PAGER", "") not in ("", "cat") and text.count("\n") >= _height():
            os.environ.setdefault("LESS", "FRX")  # as git has it: colours are shown, a short text is left on the screen
            click.echo_via_pager(text, color=True)
        else:
            with printing():
                sys.stdout.write(text)

    def tell(self, text: str) -> None:
        """Talk, to stderr."""
        if not self.quiet:
            with printing():
                sys.stdout.flush()
            with suppress(OSError):  # nobody is there to hear it
                print(safe(text), file=sys.stderr)

    def tell_problems(self, problems: Sequence[Problem], files: Sequence[str] = ()) -> None:
        """The first mistakes in files, and how many more there are."""
        shown = [problem for problem in problems if problem.severity == "error"]
        for problem in shown[:SHOWN_PROBLEMS]:
            self.tell(str(problem))
        if len(shown) > SHOWN_PROBLEMS:
            self.tell(f"and {len(shown) - SHOWN_PROBLEMS} more: ptcrm check")

    def tell_missing_folders(self) -> None:
        """Why nobody may be there: a contacts folder that is not."""
        from plaintextcrm.app.vaults import missing_folders

        for problem in missing_folders(self.vault):
            self.tell(str(problem))

    def confirm(self, question: str, yes: bool, otherwise: str) -> bool:
        """Whether to go on: `--yes`, or an answer on a terminal. Raises Usage (with `otherwise`) where nobody can be asked."""
        if yes:
            return True
        if not self.asks:
            raise Usage(otherwise)
        return click.confirm(question, default=False, err=True)

    def remember(self, ids: Sequence[str]) -> None:
        """Keep the numbers of a list that was shown on a terminal."""
        if self.to_terminal:
            from plaintextcrm.edge import lastlist

            lastlist.remember(self.vault.state, ids, clock.seconds())

    def progress(self, word: str = "reading") -> Callable[[int, int], None] | None:
        """A bar with a word before it on a terminal's stderr for long work, drawn again when a hundredth more is done; else nothing."""
        if self.quiet or not sys.stderr.isatty():
            return None
        drawn = -1

        def show(done: int, whole: int) -> None:
            nonlocal drawn
            share = 100 * done // max(1, whole)
            if share == drawn:
                return
            drawn = share
            filled = 30 * share // 100
            end = "\r\033[K" if done >= whole else ""
            sys.stderr.write(f"\r\033[K{word} {'━' * filled}{' ' * (30 - filled)} {done:,} of {whole:,}{end}")
            sys.stderr.flush()

        return show


@contextmanager
def printing() -> Iterator[None]:
    """Within it stdout is written to: what fails is `Unprinted`, but for a reader who has seen enough."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Unprinted(error) from error


def _height() -> int:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).lines
    except (OSError, ValueError):
        return 24


def day_of(run: Run, text: str, direction: int) -> date:
    """A spoken date of the command line. Raises Usage with what to type."""
    from plaintextcrm.core.spoken import parse_spoken

    try:
        return parse_spoken(text, run.today, direction)
    except ValueError as error:
        raise Usage(str(error)) from None


def vault_path_shown(run: Run) -> str:
    """The vault as the user would type it before a path in it, with the `/`."""
    try:
        below = str(run.vault.root.relative_to(Path.cwd()))
    except ValueError:
        below = str(run.vault.root)
    return "" if below == "." else f"{below}/"


# --- options that many commands share ------------------------------------------------------------------------------


RAW = "ptcrm.words"


HELP: dict[str, Any] = {"help_option_names": list(HELP_NAMES)}


class Command(click.Command):
    """A command with `-h` beside `--help`, whatever context its help is first asked for in (click keeps what that one says)."""

    def get_help_option_names(self, ctx: click.Context) -> list[str]:
        return list(HELP_NAMES)

    def get_help_option(self, ctx: click.Context) -> click.Option:
        return help_option()


class WordsCommand(Command):
    """A command that can show the line corrected where a text was not quoted: it keeps the words as typed."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[RAW] = list(args)
        return super().parse_args(ctx, args)


def corrected(ctx: click.Context, loose: Sequence[str]) -> str:
    """The line as typed with those words joined into one."""
    import shlex

    typed: list[str] = list(ctx.meta[RAW])
    first = None
    for word in loose:
        place = typed.index(word, first or 0)
        del typed[place]
        first = place if first is None else first
    typed.insert(first or 0, " ".join(loose))
    return shlex.join([*ctx.command_path.split(), *typed])


def command(name: str, **more: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """`click.command` for our commands."""
    return click.command(name, **({"cls": Command} | more))


class FilterCommand(Command):
    """A command that takes FILTER words: an argument `-key:value` is always one of them, taken out before options are parsed."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        stop = args.index("--") if "--" in args else len(args)
        marked = [f"\0{word}" if word.startswith("-") and _is_filter(word) else word for word in args[:stop]]
        return super().parse_args(ctx, marked + args[stop:])


def _is_filter(word: str) -> bool:
    from plaintextcrm.core.query import NEGATED

    return NEGATED.match(word) is not None


def terms_of(words: Sequence[str]) -> tuple[str, ...]:
    """The FILTER words as typed."""
    return tuple(word.removeprefix("\0") for word in words)


def format_options(function: Function) -> Function:
    """`--format` and its short form `--json`."""
    function = click.option("--json", "as_json", is_flag=True, help="Short for --format json.")(function)
    return click.option("--format", "format_", type=click.Choice(FORMATS), help="How to print (default: table on a terminal, else plain).")(
        function
    )


def format_of(run: Run, format_: str | None, as_json: bool) -> str:
    """The format that is meant."""
    return "json" if as_json else format_ or ("table" if run.to_terminal else "plain")


def print_rows(
    run: Run, format_: str, rows: Sequence[Mapping[str, object]], columns: Sequence[str], schema: str, problems: Sequence[object]
) -> None:
    """Rows in any format but the table, which each command draws."""
    from plaintextcrm.render import asdata

    if format_ == "json":
        run.say(asdata.as_json(schema, run.today, rows, problems))  # type: ignore[arg-type]
    elif format_ == "csv":
        run.say(asdata.as_csv(rows, columns))
    elif format_ == "md":
        run.say(asdata.as_markdown(rows, columns))
    elif rows:
        run.say(asdata.as_ids(rows) if format_ == "ids" else asdata.as_plain(rows, columns))


def write_options(function: Function) -> Function:
    """`--dry-run` and `--no-commit`."""
    function = click.option("--no-commit", is_flag=True, help="Write, but do not commit to git.")(function)
    return click.option("-n", "--dry-run", is_flag=True, help="Print the change as a diff and write nothing.")(function)
