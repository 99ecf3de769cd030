"""News: what the people you know have published."""

from __future__ import annotations

from collections.abc import Sequence

import click

from plaintextcrm.app import finding, news
from plaintextcrm.app.asking import ask
from plaintextcrm.app.news import Found
from plaintextcrm.cli.run import Run, command, format_of, format_options, print_rows
from plaintextcrm.core.model import Problem
from plaintextcrm.core.text import typed
from plaintextcrm.edge import clock
from plaintextcrm.render import asdata

COLUMNS = ("id", "name", "on", "title", "link", "names_them")


@command("news")
@click.argument("who", required=False, metavar="[WHO]")
@click.option("--again", is_flag=True, help="All that the feeds say, seen or not.")
@format_options
@click.pass_obj
def news_command(run: Run, who: str | None, again: bool, format_: str | None, as_json: bool) -> None:
    """What the people you know have published: reasons to write.

    \b
    ptcrm news             of everybody whose file has feeds
    ptcrm news henrique    of one person
    ptcrm news --again     also what was shown before

    It asks the network, and only for the `feeds` of your contacts' files; no other
    command but `sync` does. What was shown is remembered outside the vault.
    """
    ids = finding.whos(run.vault, who, clock.seconds()) if who else None
    people, problems = ask(run.vault, lambda index: (news.readers(index, ids), tuple(index.problems())), run.progress())
    run.tell_problems((*run.vault.problems, *problems))
    found = news.look(run.vault, people, again, run.progress())
    for path, feed, reason in found.failed:
        run.tell(f"{path}: {feed}: {reason}")
    _print(run, found, problems, format_of(run, format_, as_json))
    news.remember(run.vault, found)


def _print(run: Run, found: Found, problems: Sequence[Problem], format_: str) -> None:
    rows = [
        {"id": one.id, "name": one.name, "on": one.item.on and one.item.on.isoformat(), "title": one.item.title,
         "link": one.item.link or None, "feed": one.feed, "names_them": one.names_them} for one in found.news
    ]  # fmt: skip
    if format_ == "json":
        failed = [{"path": path, "feed": feed, "reason": reason} for path, feed, reason in found.failed]
        run.say(asdata.as_json("news", run.today, rows, problems, feeds=found.feeds, failed=failed))
    elif format_ == "table":
        run.say("\n".join(_lines(run, found)))
        run.remember(list(dict.fromkeys(one.id for one in found.news)))
    else:
        print_rows(run, format_, rows, COLUMNS, "news", problems)


def _lines(run: Run, found: Found) -> list[str]:
    from plaintextcrm.core.text import safe
    from plaintextcrm.render import terminal

    paint, width = run.paint, min(run.width, 100)
    if not found.feeds:
        return [
            "Nobody's file names a feed yet.",
            "",
            *terminal.wrapped("In a contact's front matter: feeds: https://example.org/feed.xml", width),
        ]
    if not found.news:
        return ["Nothing new." if len(found.failed) < found.feeds else "No feed could be read."]
    lines: list[str] = []
    numbers = {id: number for number, id in enumerate(dict.fromkeys(one.id for one in found.news), 1)}
    for one in found.news:
        when = terminal.when_words(one.item.on, run.today) if one.item.on else "no date"
        mark = paint.warm(" · names them") if one.names_them else ""
        lines.append(f" {numbers[one.id]:>2}  {paint.bold(safe(one.name))}  {paint.soft(when)}{mark}")
        lines += terminal.wrapped(one.item.title, width, " " * 5)
        if one.item.link:
            lines.append(paint.soft(f"     {safe(one.item.link)}"))
        lines.append("")
    first = found.news[0]
    return [*lines, paint.soft(f"A reason to write: ptcrm write {typed(first.id)}")]
