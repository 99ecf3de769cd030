"""Reports: each the answer to one question about the whole vault, with what to do next."""

from __future__ import annotations

from collections.abc import Sequence

import click

from plaintextcrm.app import insight
from plaintextcrm.app.asking import ask
from plaintextcrm.cli.run import FilterCommand, Run, command, format_of, format_options, print_rows, terms_of
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.model import Problem
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports import REPORTS
from plaintextcrm.core.reports.shapes import Report, Table
from plaintextcrm.render import asdata


@command("report", cls=FilterCommand)
@click.argument("name", required=False, metavar="[NAME]")
@click.argument("terms", nargs=-1, metavar="[FILTER]…")
@click.option("--table", "number", type=click.IntRange(min=1), metavar="N", help="One table of the report, the first being the main one.")
@click.option("--without", metavar="COLLEAGUE", help="With `team`: what would break if this colleague left tomorrow.")
@format_options
@click.pass_obj
def report_command(
    run: Run, name: str | None, terms: tuple[str, ...], number: int | None, without: str | None, format_: str | None, as_json: bool
) -> None:
    """One question about everybody, answered, with what to do next.

    \b
    ptcrm report                       the reports, and the question each answers
    ptcrm report quiet                 who matters and is going silent
    ptcrm report mix tier:A --json     of those whom a filter lets through
    ptcrm report load --table 2 --format csv
    """
    shown = format_of(run, format_, as_json)
    if name is None:
        _list(run, shown)
        return
    if name not in REPORTS:
        raise Usage(_no_report(name))
    if without and name != "team":
        raise Usage("--without goes with: ptcrm report team")
    words = terms_of(terms)
    answer = ask(
        run.vault, lambda index: (insight.report(index, run.vault, name, words, without or ""), tuple(index.problems())), run.progress()
    )
    found, problems = answer
    if number and number > len(found.tables):
        raise Usage(f"--table {number}: the report {name} has {len(found.tables)}")
    run.tell_problems((*run.vault.problems, *problems))
    behind = (*words, *(("--without", without) if without else ()))
    show_report(run, found, shown, Asked(number, behind), problems)


def _no_report(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, REPORTS, 1, 0.6)
    return f'there is no report "{name}": ' + (f"did you mean {near[0]}?" if near else f"it is one of {', '.join(REPORTS)}")


def _list(run: Run, format_: str) -> None:
    from plaintextcrm.render import reports

    rows = [{"id": name, "name": name, "question": entry.question} for name, entry in REPORTS.items()]
    if format_ == "table":
        run.say("\n".join(reports.list_lines([(name, entry.question) for name, entry in REPORTS.items()], run.paint)))
    elif format_ == "json":
        run.say(asdata.as_json("reports", run.today, rows, ()))
    else:
        print_rows(run, format_, rows, ("name", "question"), "reports", ())


class Asked(NamedTuple):
    """Which table of a report, None for all of it, and the words that were typed behind its name."""

    table: int | None
    words: tuple[str, ...]


def show_report(run: Run, found: Report, format_: str, asked: Asked, problems: Sequence[Problem]) -> None:
    """A report in any format; of CSV, Markdown, plain lines and ids one table."""
    from plaintextcrm.render import reports

    if format_ == "table":
        question, columns = REPORTS[found.name].question, min(run.width, 110)
        run.say("\n".join(reports.report_lines(found, question, run.paint, columns, asked.table, asked.words, run.to_terminal)))
        run.remember(reports.numbered(found, asked.table))
        return
    table = found.tables[(asked.table or 1) - 1]
    if format_ == "json":
        rows = [reports.plain(row) for row in table.rows]
        run.say(asdata.as_json(f"report.{found.name}", run.today, rows, problems, **reports.facts(found)))
    else:
        listed = [row for row in table.rows if format_ != "ids" or row.get("id")]
        print_rows(run, format_, listed, columns_of(table), "", ())


def columns_of(table: Table) -> tuple[str, ...]:
    """The columns of a table as CSV has them: the id first, where rows are people."""
    keys = tuple(column.key for column in table.columns)
    return ("id", *keys) if table.rows and "id" in table.rows[0] else keys
