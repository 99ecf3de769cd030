"""Values as JSON, CSV, Markdown, plain lines and ids: one rendering for every command's rows."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from datetime import date

from plaintextcrm.core.model import Problem
from plaintextcrm.core.text import UNSAFE, safe

Fact = Mapping[str, object]


def as_json(schema: str, today: date, rows: Sequence[Fact], problems: Sequence[Problem], **more: object) -> str:
    """One object: schema, today, rows, problems, and what else a command tells."""
    facts = {"schema": f"ptcrm.{schema}/1", "today": today.isoformat(), "rows": list(rows), **more}
    text = json.dumps(facts | {"problems": [problem_fact(problem) for problem in problems]}, ensure_ascii=False, indent=1)
    return UNSAFE.sub(lambda char: char[0] if char[0] == "\n" else f"\\u{ord(char[0]):04x}", text)


def problem_fact(problem: Problem) -> dict[str, object]:
    """A mistake in a file as JSON carries it."""
    where, code, message, fix, severity = problem
    place = {"path": where.path, "line": where.line, "column": where.column}
    return {**place, "code": code, "message": message, "fix": fix, "severity": severity}


def cell(value: object) -> str:
    """One value in one line of text."""
    if isinstance(value, str):
        return " ".join(value.split())
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, Mapping):
        return " ".join(cell(part) for key, part in value.items() if key in ("text", "label", "on", "due") and part)
    if isinstance(value, list | tuple):
        return ", ".join(cell(part) for part in value)
    return " ".join(str(value).split())


def as_csv(rows: Sequence[Fact], columns: Sequence[str]) -> str:
    """Comma separated, with a heading; a cell that a spreadsheet would take for a formula begins with an apostrophe."""
    import csv

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_defused(safe(column)) for column in columns])  # keys of the user's own may be among them
    for row in rows:
        writer.writerow([_defused(safe(cell(row.get(column)))) for column in columns])
    return out.getvalue()


def _defused(text: str) -> str:
    if text[:1] in "=@\t\r" or (text[:1] in "+-" and not _is_number(text)):
        return f"'{text}" if text else text
    return text


def _is_number(text: str) -> bool:
    return text[1:].replace(".", "", 1).replace(" ", "").isdigit()


def as_markdown(rows: Sequence[Fact], columns: Sequence[str]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    for row in rows:
        lines.append("| " + " | ".join(safe(cell(row.get(column))).replace("|", "\\|") for column in columns) + " |")
    return "\n".join(lines) + "\n"


def as_plain(rows: Sequence[Fact], columns: Sequence[str]) -> str:
    """A line a row, cells separated by tabs, no blanks at the end."""
    return "".join("\t".join(safe(cell(row.get(column))) for column in columns).rstrip() + "\n" for row in rows)


def as_ids(rows: Sequence[Fact]) -> str:
    """A line a row: the id."""
    return "".join(f"{safe(str(row['id']))}\n" for row in rows)
