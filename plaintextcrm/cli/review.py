"""Review: the questions of a week, a month or a quarter on one page."""

from __future__ import annotations

from collections.abc import Sequence

import click

from plaintextcrm.app import reviewing
from plaintextcrm.app.asking import ask
from plaintextcrm.cli.run import Run, command, format_of, format_options, print_rows, write_options
from plaintextcrm.core import review as reviews
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.model import Problem
from plaintextcrm.core.review import Question, Review

COLUMNS = ("name", "sentence", "was", "command")


@command("review")
@click.argument("span", type=click.Choice(tuple(reviews.SPANS)), metavar="week|month|quarter")
@click.option("--save", is_flag=True, help="Keep the page under reviews/, for the next one to compare with.")
@write_options
@format_options
@click.pass_obj
def review_command(run: Run, span: str, save: bool, dry_run: bool, no_commit: bool, format_: str | None, as_json: bool) -> int:
    """The questions of a week, a month or a quarter, on one page.

    A week asks who is owed, who is quiet, who is new and whether the load fits; a month also about keeping or letting
    go, the five, and whom you helped; a quarter also whether it is still diverse.

    \b
    ptcrm review week
    ptcrm review month --save      keeps it, and the next month compares
    ptcrm review quarter --json
    """
    if (dry_run or no_commit) and not save:
        raise Usage(f"{'-n' if dry_run else '--no-commit'} goes with --save: without it nothing is written")
    answer = ask(run.vault, lambda index: (reviewing.review(index, run.vault, span), tuple(index.problems())), run.progress())
    found, problems = answer
    run.tell_problems((*run.vault.problems, *problems))
    shown = format_of(run, format_, as_json)
    if not dry_run:
        _print(run, found, shown, problems)
    return _save(run, found, dry_run, no_commit, shown) if save else 0


def _print(run: Run, found: Review, shown: str, problems: Sequence[Problem]) -> None:
    if shown == "table":
        run.say("\n".join(_page_lines(run, found)))
        run.remember([line.id for question in found.questions for line in question.rows if line.id])
        return
    people: list[dict[str, object]] = [{"id": line.id} for question in found.questions for line in question.rows if line.id]
    rows = people if shown == "ids" else [_fact(found, question) for question in found.questions]
    print_rows(run, shown, rows, COLUMNS, "review", problems)


def _fact(found: Review, question: Question) -> dict[str, object]:
    rows = [{"id": line.id or None, "name": line.name, "words": line.words} for line in question.rows]
    return {
        "name": question.name, "question": question.question, "sentence": question.sentence, "rows": rows,
        "command": question.command or None, "figure": question.figure, "was": found.was_words(question) or None,
    }  # fmt: skip


def _page_lines(run: Run, found: Review) -> list[str]:
    """Question, answer, three rows with numbers, the command."""
    from plaintextcrm.core.text import safe
    from plaintextcrm.render.terminal import clipped, wrapped

    paint, columns = run.paint, min(run.width, 100)
    lines = [paint.bold(reviews.title(found.span, found.day)), ""]
    number = 0
    for question in found.questions:
        lines.append(paint.bold(question.question))
        was = found.was_words(question)
        lines += wrapped(f"{question.sentence}{f' ({was})' if was else ''}", columns, clip=run.to_terminal)
        for line in question.rows:
            number += bool(line.id)
            mark = f"{number:>3}" if line.id else "  ·"
            name = safe(line.name)
            words = clipped(f"{mark}  {name}  {' '.join(safe(line.words).split())}", columns)
            lines.append(words.replace(name, paint.bold(name), 1) if paint.on else words)
        lines += [f"  {paint.accent(question.command)}", ""] if question.command else [""]
    return lines[:-1]


def _save(run: Run, found: Review, dry_run: bool, no_commit: bool, shown: str) -> int:
    from plaintextcrm.cli.wrote import how_of, report

    written = reviewing.save(run.vault, found, how_of(dry_run, no_commit))
    path = reviews.file_of(found.span, found.day)
    if dry_run or shown == "table" or not written.edits:
        return report(run, written, f"saved: {path}") if dry_run or written.edits else _unchanged(run, path)
    for line in written.told:
        run.tell(f"ptcrm: {line}")
    run.tell(f"saved: {path} · ptcrm undo")
    if written.not_committed:
        run.tell(f"ptcrm: {written.not_committed}")
        return written.not_committed.exit_code
    return 0


def _unchanged(run: Run, path: str) -> int:
    run.tell(f"{path} says this already")
    return 0
