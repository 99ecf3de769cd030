"""Who can help: the warm way to a person or a firm, and who has to do with a topic."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import click

from plaintextcrm.app import finding
from plaintextcrm.app import knowing as asked
from plaintextcrm.app.asking import ask
from plaintextcrm.cli.run import Run, command, format_of, format_options, print_rows
from plaintextcrm.core import knowing
from plaintextcrm.core.errors import NotFound, Usage
from plaintextcrm.core.knowing import Found, Reason, Way
from plaintextcrm.core.text import typed
from plaintextcrm.edge import clock
from plaintextcrm.render.terminal import clipped, wrapped

PATH_COLUMNS = ("way", "step", "id", "name", "tie", "warmth", "text")
WHO_COLUMNS = ("id", "name", "why", "key", "text")
MOST_OF_A_GROUP = 12  # on a terminal


@command("path")
@click.argument("word", metavar="WHO|COMPANY")
@format_options
@click.pass_obj
def path_command(run: Run, word: str, format_: str | None, as_json: bool) -> None:
    """The shortest warm way to a person or a company: over whom you are in touch with, and whom they know.

    \b
    ptcrm path ingrid            you → Ada King (warm) → Ingrid Solheim
    ptcrm path "Second Floor"    to anybody who works there
    ptcrm path ingrid --json     one row for each step
    """
    id, otherwise = _who(run, word)
    answer = ask(run.vault, lambda index: (asked.path(index, run.vault, word, id, otherwise), tuple(index.problems())), run.progress())
    found, problems = answer
    run.tell_problems((*run.vault.problems, *problems))
    shown = format_of(run, format_, as_json)
    if shown == "table":
        run.say("\n".join(_path_lines(run, found)))
        run.remember([one.id for way in found.ways for one in way.people])
        return
    if not found.ways:
        run.tell(_no_way(found))
    print_rows(run, shown, _step_rows(found.ways), PATH_COLUMNS, "path", problems)


def _who(run: Run, word: str) -> tuple[str | None, NotFound | None]:
    """The id that WHO names, or why it names nobody."""
    try:
        return finding.who(run.vault, word, clock.seconds()), None
    except NotFound as error:
        return None, error


def _aim(found: Found) -> str:
    return found.company or found.aims[0].name


def _no_way(found: Found) -> str:
    return f"no way to {_aim(found)} yet: nobody you have been in touch with knows them, as far as the files say"


def _path_lines(run: Run, found: Found) -> list[str]:

    if not found.ways:
        return [*wrapped(_no_way(found)[0].upper() + _no_way(found)[1:] + ".", run.width), run.paint.soft("  ptcrm report introduce")]
    clip = run.to_terminal
    lines = [*(run.paint.bold(line) for line in wrapped(f"The warmest way to {_aim(found)}", run.width, clip=clip)), ""]
    for place, way in enumerate(found.ways):
        if place == 1:
            lines += [run.paint.soft("Or"), ""]
        lines += wrapped(knowing.way_words(way), run.width, "  ", clip=clip)
        for tie in way.ties:
            lines += [run.paint.soft(line) for line in wrapped(knowing.tie_words(way, tie), run.width, "    ", clip=clip)]
        lines.append("")
    first = found.ways[0].people[0]
    return [*lines, "To begin:", f"  {run.paint.accent(f'ptcrm show {typed(first.id)}')}"]


def _step_rows(ways: Sequence[Way]) -> list[dict[str, object]]:
    """A row for each step; the first of each way is the person to turn to."""
    rows: list[dict[str, object]] = []
    for number, way in enumerate(ways, 1):
        before = None
        ties = ("in touch", *(tie.words for tie in way.ties))
        for step, (one, about, tie) in enumerate(zip(way.people, way.about, ties, strict=True), 1):
            rows.append({
                "way": number, "step": step, "id": one.id, "name": one.name, "from": before, "tie": tie,
                "warmth": knowing.warmth_words(one), "freshness": one.standing.freshness, "last": one.last and one.last.isoformat(),
                "text": about or None,
            })  # fmt: skip
            before = one.id
    return rows


@command("who")
@click.argument("words", nargs=-1, required=True, metavar="TOPIC")
@format_options
@click.pass_obj
def who_command(run: Run, words: tuple[str, ...], format_: str | None, as_json: bool) -> None:
    """Who cares about a topic, offers it, works there, could introduce, or has heard of it.

    \b
    ptcrm who sailing            the beginning of a word is enough: sail
    ptcrm who porto              a place, a firm, a trade, a hobby, a need
    ptcrm who desk --json
    """
    topic = " ".join(words)
    if not knowing.words_of(topic):
        raise Usage(f'who "{topic}": write a word: ptcrm who sailing')
    answer = ask(run.vault, lambda index: (asked.who(index, run.vault, topic), tuple(index.problems())), run.progress())
    found, problems = answer
    run.tell_problems((*run.vault.problems, *problems))
    shown = format_of(run, format_, as_json)
    if not found:
        run.tell(f'nobody here has to do with "{topic}": ptcrm search looks through every text')
    if shown == "table":
        if found:
            run.say("\n".join(_who_lines(run, found)))
            run.remember([reason.one.id for reason in _shown(found)])
        return
    print_rows(run, shown, [_reason_row(reason) for reason in found], WHO_COLUMNS, "who", problems)


def _reason_row(reason: Reason) -> dict[str, object]:
    return {
        "id": reason.one.id, "name": reason.one.name, "why": reason.why, "key": reason.where, "text": reason.text,
        "on": reason.on and reason.on.isoformat(), "warmth": knowing.warmth_words(reason.one),
    }  # fmt: skip


def _groups(found: Sequence[Reason]) -> list[tuple[str, list[Reason]]]:
    return [(why, list(some)) for why, some in groupby(found, key=lambda reason: reason.why)]


def _shown(found: Sequence[Reason]) -> list[Reason]:
    return [reason for _, some in _groups(found) for reason in some[:MOST_OF_A_GROUP]]


def _who_lines(run: Run, found: Sequence[Reason]) -> list[str]:
    """Each group with its people, numbered as the last list is, and the words that match."""
    from plaintextcrm.core.text import safe, width

    shown = _shown(found)
    digits, room = len(str(len(shown))), min(26, max(width(safe(reason.one.name)) for reason in shown))
    lines: list[str] = []
    number = 0
    for why, some in _groups(found):
        lines += [*([""] if lines else []), run.paint.bold(knowing.GROUPS[why])]
        for reason in some[:MOST_OF_A_GROUP]:
            number += 1
            name = clipped(safe(reason.one.name), room)
            said = f"{reason.on} · {reason.text}" if reason.on else reason.text
            indent = " " * (digits + room + 5)
            first, *rest = wrapped(said, run.width, indent, clip=run.to_terminal) or [indent]
            lines.append(f" {number:>{digits}}  {name}{' ' * (room - width(name))}  {first[len(indent) :]}")
            lines += [run.paint.soft(line) for line in rest[:1]]
        if len(some) > MOST_OF_A_GROUP:
            lines.append(run.paint.soft(f"and {len(some) - MOST_OF_A_GROUP:,} more (--format plain shows all)"))
    return lines
