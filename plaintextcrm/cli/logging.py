"""`ptcrm log`: words to one entry, and what it did in one line."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import date
from typing import Any

import click

from plaintextcrm.app import finding, writing
from plaintextcrm.cli.run import Run, WordsCommand, command, corrected, day_of, write_options
from plaintextcrm.cli.wrote import how_of, report
from plaintextcrm.core.entries import parse_text
from plaintextcrm.core.errors import PtcrmError, Usage
from plaintextcrm.core.history import is_attempt, is_touch
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import FollowUp, Interaction
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.spoken import FUTURE, PAST
from plaintextcrm.core.text import decode, readable, typed
from plaintextcrm.edge import clock

_BREAKS = pattern(r"\r\n|\r|\n|\u2028|\u2029|\x0b|\x0c|\x85")
_TIMED = pattern(r"(.*?\S)(?:T| +(?:at +)?)([0-9]{1,2}:[0-9]{2})(?::[0-9]{2})?\Z")


class Asked(NamedTuple):
    """The options of `log` as typed."""

    day: str | None = None
    at_time: str | None = None
    kind: str | None = None
    message: str | None = None
    minutes: int | None = None
    inbound: bool = False
    outbound: bool = False
    value: float | None = None
    colleagues: str | None = None
    no_answer: bool = False
    follow_up: str | None = None
    due: str | None = None
    next_: str | None = None
    in_editor: bool = False
    dry_run: bool = False
    no_commit: bool = False


@command("log", cls=WordsCommand)
@click.argument("who")
@click.argument("words", nargs=-1, metavar="[KIND] [TEXT]")
@click.option("-d", "--date", "day", metavar="DATE", help="The day: 2026-11-20, yesterday, fri, 3 days ago (default today).")
@click.option("-t", "--time", "at_time", metavar="HH:MM", help="The time of day.")
@click.option("-k", "--kind", metavar="KIND", help="The kind; then the second argument is the text.")
@click.option("-m", "--message", metavar="TEXT", help="The text.")
@click.option("--minutes", type=click.IntRange(0, 100_000), metavar="N", help="How long it took.")
@click.option("--in", "inbound", is_flag=True, help="They began.")
@click.option("--out", "outbound", is_flag=True, help="We began.")
@click.option("--value", type=click.FloatRange(min=0), metavar="N", help="What came of a referral.")
@click.option("--with", "colleagues", metavar="NAMES", help="Colleagues who were there.")
@click.option("--no-answer", is_flag=True, help="Tried, not reached: an attempt, no contact.")
@click.option("--follow-up", metavar="TEXT", help="Something promised.")
@click.option("--due", "due", metavar="DATE", help="When the follow-up is due.")
@click.option("--next", "next_", metavar="DATE|SPAN", help="A promise to be in touch again then.")
@click.option("-e", "--edit", "in_editor", is_flag=True, help="Write the text in the editor.")
@write_options
@click.pass_obj
def log_command(run: Run, /, who: str, words: tuple[str, ...], **options: Any) -> int:
    """Write down that you were in touch, in one line.

    \b
    ptcrm log ada coffee "New job in January"
    ptcrm log ada call                               a call without words
    ptcrm log ada "coffee: New job" -d yesterday   the same, the kind in the text
    ptcrm log ada,bob lunch "Introduced them" --with noor
    ptcrm log ada call --no-answer                   tried, not reached
    ptcrm log ada dinner -d "in 2 weeks"             a plan
    pbpaste | ptcrm log ada -k email -m -            text from elsewhere
    """
    return log(run, who, words, Asked(**options))


def log(run: Run, who: str, words: Sequence[str], asked: Asked) -> int:
    """Write the entry and say what it did."""
    vault = run.vault
    ids = finding.whos(vault, who, clock.seconds())
    day, asked = _time_apart(asked)
    on = day_of(run, day, PAST) if day else run.today
    kind, text, in_editor = _kind_and_text(run, who, words, asked)
    try:
        return _log(run, ids, on, (kind, text), asked)
    except PtcrmError as error:
        if in_editor:
            error.hints = (*error.hints, "What you wrote:", *text.split("\n"))
        raise


def _log(run: Run, ids: Sequence[str], on: date, said: tuple[str | None, str], asked: Asked) -> int:
    vault = run.vault
    entry = _entry(run, on, *said, asked)
    if len(ids) > 1:
        entry = entry._replace(block_id=entry.block_id or _block_id())
    follow_up = _follow_up(run, asked)
    next_day = _next(run, asked.next_) if asked.next_ else None
    done = writing.log(vault, ids, entry, follow_up=follow_up, next_contact=next_day, how=how_of(asked.dry_run, asked.no_commit))
    for name in done.do_not_contact:
        run.tell(f"ptcrm: {name} asked not to be contacted (do_not_contact); it is written down all the same")
    code = report(run, done.written, _said(run, done, on, asked))
    if on <= run.today and not asked.dry_run:
        for id, number, task in reversed(done.plans):  # the last first: ticking one leaves the numbers of those before it as they are
            run.tell(f"ptcrm: {_planned(task, run.today)} is not ticked off; if this was it: ptcrm done {typed(id, str(number))}")
    return code


def _planned(task: FollowUp, today: date) -> str:
    """`what was planned for yesterday (dinner)`."""
    from plaintextcrm.core.dates import day_words
    from plaintextcrm.core.linkwords import plain_words

    words = plain_words(task.text)
    return f"what was planned for {day_words(task.due or today, today)}" + (f" ({words})" if words else "")


def _kind_and_text(run: Run, who: str, words: Sequence[str], asked: Asked) -> tuple[str | None, str, bool]:
    """(kind, text, whether it was written in the editor, where nobody has it but we)."""
    kinds = run.vault.settings.kind_table
    given = asked.kind
    kind = kinds.get(given.lower()) if given else None
    if given and kind is None:
        near = _near_kind(given, kinds, 0.6)
        known = f"did you mean {near}?" if near else ", ".join(sorted({one.name for one in kinds.values()}))
        raise Usage(f'no kind is called "{given}": {known}')
    rest = list(words)
    if kind is None and rest and rest[0].lower() in kinds:
        kind = kinds[rest.pop(0).lower()]
    elif kind is None and rest and rest[0].replace("-", "a").isalpha() and (near := _near_kind(rest[0], kinds, 0.8)):
        as_text = corrected(click.get_current_context(), rest) if len(rest) > 1 else f"-m {rest[0]}"
        raise Usage(f'no kind is called "{rest[0]}": did you mean {near}? As text: {as_text}')
    elif len(rest) > 1:
        raise Usage(f"the text is more than one word to the shell: {corrected(click.get_current_context(), rest)}")
    if asked.message is not None and rest:
        raise Usage("the text is given twice: as an argument and with -m")
    text = asked.message if asked.message is not None else " ".join(rest)
    if text == "-":
        text = readable(decode(sys.stdin.buffer.read())[0])
        if not text.strip():
            raise Usage("nothing came from standard input: nothing is written")
    lone = not words and not any((asked.kind, asked.message is not None, asked.no_answer, asked.follow_up, asked.next_))
    in_editor = asked.in_editor or (lone and run.asks and run.to_terminal)
    if in_editor:
        text = _from_editor(run, who, text)
    return (kind.name if kind else None), text.strip(), in_editor


def _near_kind(word: str, kinds: KindTable, least: float) -> str:
    """The spelling of a kind that a word is nearly, "" where it is none."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word.lower(), kinds, 1, least)), "")


def _from_editor(run: Run, who: str, text: str) -> str:
    from plaintextcrm.edge import editor

    told = (
        f"# A line about the contact with {who}: KIND: what it was about.\n"
        "# Further lines become details. Lines with # are left out; an empty text writes nothing.\n"
    )
    edited = editor.text(f"{text}\n\n{told}")
    kept = "\n".join(line for line in edited.splitlines() if not line.startswith("#")).strip()
    if not kept:
        raise Usage("an empty text: nothing is written")
    return kept


def _entry(run: Run, on: date, kind: str | None, text: str, asked: Asked) -> Interaction:
    first, *details = [" ".join(line.split("\t")).rstrip() for line in _BREAKS.split(text)] or [""]
    while details and not details[0].strip():
        details.pop(0)
    fields = _fields(run, asked)
    box = " " if on > run.today else ""
    kinds = run.vault.settings.kind_table
    if kind is None:
        entry = parse_text(f": {first}" if first else "", on, box, 0, kinds)
    else:
        entry = parse_text(f": {kind}: {first}" if first else f": {kind}", on, box, 0, kinds)
    return entry._replace(fields=(*entry.fields, *fields), at_time=_time(asked.at_time), details=tuple(details))


def _fields(run: Run, asked: Asked) -> list[tuple[str, str]]:
    if asked.inbound and asked.outbound:
        raise Usage("--in and --out exclude each other")
    team = {mate.id for mate in run.vault.settings.team}
    colleagues = [name.strip() for name in (asked.colleagues or "").split(",") if name.strip()]
    unknown = [name for name in colleagues if team and name not in team]
    if unknown:
        raise Usage(f"--with {unknown[0]}: nobody in [team] is called that: {', '.join(sorted(team))}")
    pairs = (
        ("dir", "in" if asked.inbound else "out" if asked.outbound else None),
        ("minutes", str(asked.minutes) if asked.minutes is not None else None),
        ("value", _value(asked.value) if asked.value is not None else None),
        ("with", ", ".join(colleagues)),
        ("reached", "no" if asked.no_answer else None),
    )
    return [(key, text) for key, text in pairs if text]


def _value(value: float) -> str:
    """The digits that were typed, all of them: no exponent, and no `.0`."""
    from decimal import Decimal
    from math import isfinite

    if not isfinite(value):
        raise Usage(f"--value {value}: write a number")
    return f"{Decimal(repr(value)):f}".removesuffix(".0")


def _time_apart(asked: Asked) -> tuple[str | None, Asked]:
    """The day without a time that stands behind it, `2026-12-20 10:30` or `tomorrow at 10:30`; that time is the entry's."""
    match = _TIMED.match(asked.day) if asked.day else None
    if not match:
        return asked.day, asked
    if asked.at_time and _time(asked.at_time) != _time(match[2]):
        raise Usage(f"the time is given twice: {match[2]} in -d and {asked.at_time} with -t")
    return match[1], asked._replace(at_time=match[2])


def _time(text: str | None) -> str | None:
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,2})[:.](\d{2})", text)
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise Usage(f'-t "{text}": write it like 14:30')
    return f"{int(match[1]):02d}:{match[2]}"


def _follow_up(run: Run, asked: Asked) -> str:
    text = " ".join((asked.follow_up or "").split())
    if not text:
        if asked.due:
            raise Usage("--due says when, --follow-up must say what")
        return ""
    return f"{text} [due:: {day_of(run, asked.due, FUTURE).isoformat()}]" if asked.due else text


def _next(run: Run, text: str) -> date:
    from plaintextcrm.core.dates import add, parse_cadence

    span = parse_cadence(text)
    if span is not None and span.unit != "never":
        return add(run.today, span)
    day = day_of(run, text, FUTURE)
    if day <= run.today:
        raise Usage(f"--next {day.isoformat()} is not after today: a day to come is needed")
    return day


def _block_id() -> str:
    import random

    return "".join(random.SystemRandom().choices("abcdefghijklmnopqrstuvwxyz0123456789", k=6))


def _said(run: Run, done: writing.Logged, on: date, asked: Asked) -> str:
    if not done.entries:
        return "logged"
    from plaintextcrm.core.dates import day_words, plus_days

    names = [name for name, _ in done.entries]
    entry = done.entries[0][1]
    who = " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"
    parts = [f"logged: {entry.kind or 'contact'} with {who}, {day_words(on, run.today)} ({on.isoformat()})"]
    if on > run.today:
        parts.append("a plan: counts when it is done")
    elif is_attempt(entry):
        parts.append("an attempt, no contact")
        back = min(run.vault.settings.retry_days, done.standings[0].span or 0)
        if back and done.standings[0].hidden == "attempt":
            return " · ".join([*parts, f"asked again {day_words(plus_days(on, back), run.today)}"])
    elif not is_touch(entry, run.vault.settings.kind_table):
        parts.append("does not count as contact")
    else:
        parts.append("counts as contact")
    due = {standing.due for standing in done.standings}
    if len(due) == 1 and (day := due.pop()):
        shown = date.fromordinal(day)
        parts.append(f"next {day_words(shown, run.today)}" if day > run.today.toordinal() else "due now")
    if (asked.follow_up or "").strip():
        parts.append("1 follow-up")
    return " · ".join(parts)
