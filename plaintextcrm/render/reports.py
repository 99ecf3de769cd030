"""A report as lines for a terminal, and as the facts of its JSON."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import date

from plaintextcrm.core.reports.shapes import Report, Row, Table
from plaintextcrm.core.text import safe
from plaintextcrm.render.asdata import cell
from plaintextcrm.render.paint import Paint
from plaintextcrm.render.terminal import clipped, table_lines, wrapped

MOST_ROWS = 25  # of one table on a terminal
MOST_FURTHER = 12  # of those behind the main one


def list_lines(reports: Sequence[tuple[str, str]], paint: Paint) -> list[str]:
    """Name and question, a line each."""
    room = max(len(name) for name, _ in reports)
    return [f"  {paint.bold(f'{name:<{room}}')}  {question}" for name, question in reports] + ["", paint.soft("ptcrm report NAME")]


def report_lines(
    report: Report, question: str, paint: Paint, columns: int, number: int | None = None, asked: Sequence[str] = (), clip: bool = False
) -> list[str]:  # fmt: skip
    """Question, what it comes to, the tables (or the one that is asked for), what to do next. The main table's people are numbered.

    `asked` are the words that were typed behind the report's name: the command for what is not shown has them, too. `clip` shortens
    words that are longer than a line; commands stay whole.
    """
    typed = shlex.join((report.name, *asked))
    lines = [*(paint.bold(line) for line in wrapped(question, columns)), ""]
    if number is None:
        for sentence in report.sentences:
            lines += [*wrapped(sentence, columns, clip=clip), ""]
    for place, table in enumerate(report.tables, 1):
        if number == place or (number is None and (table.rows or table.sentence or table.empty)):
            most = None if number else MOST_ROWS if place == 1 else MOST_FURTHER
            lines += [*_table_lines(table, place, paint, columns, most, numbered=place == (number or 1), typed=typed, clip=clip), ""]
    if number is None:
        for step in report.steps:
            lines += wrapped(step.words, columns, clip=clip)
            if step.command:
                lines.append(f"  {paint.accent(step.command)}")
    return lines if lines[-1] else lines[:-1]


def _table_lines(
    table: Table, place: int, paint: Paint, columns: int, most: int | None, *, numbered: bool, typed: str, clip: bool
) -> list[str]:  # fmt: skip
    lines = [paint.bold(clipped(table.title, columns) if clip else table.title)]
    if table.sentence:
        lines += wrapped(table.sentence, columns, clip=clip)
    rows = table.rows[:most]
    if not rows:
        return [*lines, *(paint.soft(line) for line in wrapped(table.empty or "Nothing.", columns, clip=clip))]
    numbered = numbered and "id" in rows[0]
    shown = [column for column in table.columns if any(row.get(column.key) not in (None, "", ()) for row in rows)]
    cells = [[*([str(at)] if numbered else []), *(_cell(row, column.key) for column in shown)] for at, row in enumerate(rows, 1)]
    lines += table_lines(cells, [*(["#"] if numbered else []), *(column.words for column in shown)], paint, columns)
    if len(table.rows) > len(rows):
        lines.append(paint.soft(f"and {len(table.rows) - len(rows):,} more (ptcrm report {safe(typed)} --table {place})"))
    return lines


def _cell(row: Row, key: str) -> str:
    value = row.get(key)
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return cell(value)


def numbered(report: Report, number: int | None = None) -> list[str]:
    """The ids of the numbers that `report_lines` prints."""
    table = report.tables[(number or 1) - 1]
    return [str(row["id"]) for row in table.rows[: None if number else MOST_ROWS] if row.get("id")]


def facts(report: Report) -> dict[str, object]:
    """What the JSON of a report says beside the rows of its main table."""
    return {
        "report": report.name,
        "tables": [
            {"title": table.title, "sentence": table.sentence or table.empty if not table.rows else table.sentence,
             "columns": [column.key for column in table.columns], "rows": [plain(row) for row in table.rows]} for table in report.tables
        ],
        "sentences": list(report.sentences),
        "steps": [{"words": step.words, "command": step.command or None} for step in report.steps],
    }  # fmt: skip


def plain(row: Row) -> dict[str, object]:
    """A row with its days as ISO text."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}
