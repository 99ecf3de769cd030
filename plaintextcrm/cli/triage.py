"""`triage`: a pile of people, or the lines of the inbox, one key at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import click

from plaintextcrm.app import jotting
from plaintextcrm.app.asking import ask
from plaintextcrm.app.jotting import INBOX, Line, Reading
from plaintextcrm.app.writing import How, Written
from plaintextcrm.cli.inbox import block_id, put_in_place, understood_words
from plaintextcrm.cli.run import FilterCommand, Run, command, day_of, terms_of
from plaintextcrm.cli.wrote import how_of, report
from plaintextcrm.core.crowd import Crowd
from plaintextcrm.core.errors import NotFound, PtcrmError, Usage
from plaintextcrm.core.inbox import Note, notes
from plaintextcrm.core.jotting import DayUnclear
from plaintextcrm.core.model import Source
from plaintextcrm.core.text import safe

if TYPE_CHECKING:
    from plaintextcrm.app.reading import Brief

NOBODY = {"due": "Nobody is due. Enjoy it.", "new": "Nobody waits to be sorted.", "lapsed": "Nobody has drifted away."}
PERSON_KEYS = "l log · s snooze · k skip · t tier · a archive · e edit · o open · n next · q quit"
LINE_KEYS = "l log · e word it anew · n next · q quit"
SEPARATOR = " · "
NEXT, QUIT = ("n", " "), "q"


class Session:
    """One triage: how to write, what was done so far, the worst exit code of a write."""

    def __init__(self, run: Run, how: Callable[[], How]) -> None:
        self.run, self.how, self.code = run, how, 0
        self.counts: dict[str, int] = {}

    def wrote(self, what: str, written: Written, said: str) -> str:
        """Say a write, and count it as `logged`."""
        code = report(self.run, written, said)
        return self.counted(what, code) if written.edits else what

    def counted(self, what: str, code: int) -> str:
        """Count a write that is said already."""
        self.counts[what] = self.counts.get(what, 0) + 1
        self.code = max(self.code, code)
        return what

    def summary(self, left: int) -> str:
        """`triage: 2 logged, 1 snoozed · 3 left`."""
        done = ", ".join(f"{count} {what}" for what, count in self.counts.items()) or "nothing written"
        return f"triage: {done}" + (f" · {left} left" if left else "")


@command("triage", cls=FilterCommand)
@click.argument("words", nargs=-1, metavar="[due|new|lapsed|inbox] [FILTER]…")
@click.option("--no-commit", is_flag=True, help="Write, but do not commit to git.")
@click.pass_obj
def triage_command(run: Run, words: tuple[str, ...], no_commit: bool) -> int:
    """Go through a pile, one key for each person; every key writes at once, and undo takes it back.

    \b
    ptcrm triage                 the day's list
    ptcrm triage new             who is on file without a tier, the newest first
    ptcrm triage lapsed tier:C   who has drifted away: keep, loosen or let go?
    ptcrm triage inbox           the lines of inbox.md

    \b
    l log    s snooze    k skip    t tier    a archive
    e edit   o open      n or space next     q quit
    """
    from plaintextcrm.app.piles import PILES

    terms = terms_of(words)
    pile, terms = (terms[0], terms[1:]) if terms and terms[0] in (*PILES, "inbox") else ("due", terms)
    if pile == "inbox" and terms:
        raise Usage(f'"{terms[0]}": the inbox holds lines, and takes no filter')
    if not (run.asks and run.to_terminal):
        raise Usage("triage asks at each step and needs a terminal; in a script use due --json, log, snooze, skip or jot -y")
    session = Session(run, lambda: how_of(False, no_commit))
    if pile == "inbox":
        return _through(session, _inbox_turns(session), f"Nothing waits in {INBOX}.")
    ids = ask(run.vault, lambda index: PILES[pile](index, run.vault, terms), run.progress())
    run.tell_problems(run.vault.problems)
    turns = [_person_turn(session, id) for id in ids]
    return _through(session, turns, "Nobody matches. Try fewer words." if terms else NOBODY[pile])


Turn = Callable[[int], bool]
"""Shows one of the pile (with how many are left) and does what the keys say; False to quit."""


def _through(session: Session, turns: Sequence[Turn], nobody: str) -> int:
    """One after the other until the end, `q` or Ctrl-C; what is done stays, and is told."""
    run, left = session.run, len(turns)
    if not turns:
        run.say(nobody)
        return 0
    try:
        for turn in turns:
            if not turn(left):
                break
            left -= 1
    except (KeyboardInterrupt, EOFError, click.Abort):
        run.tell("")
        run.say(session.summary(left))
        raise KeyboardInterrupt from None
    run.say(session.summary(left))
    return session.code


def _keys(session: Session, show: Callable[[], None], actions: Mapping[str, Callable[[], str]], keys: str) -> bool:
    """Show, read a key, do it, until one settles it; what cannot be done is told, and asked again. False to quit."""
    run = session.run
    show()
    while True:
        run.tell(_key_bar(keys, run.width))
        key = click.getchar()[:1].lower()
        if key in NEXT or key == QUIT:
            return key != QUIT
        try:
            if key in actions and actions[key]():
                return True
        except PtcrmError as error:
            for line in (f"ptcrm: {error}", *(f"       {hint}" for hint in error.hints)):
                run.tell(line)


def _key_bar(keys: str, columns: int) -> str:
    """Which key does what, in lines that break between two keys."""
    lines: list[str] = []
    for key in keys.split(SEPARATOR):
        if lines and len(lines[-1]) + len(SEPARATOR) + len(key) < columns:
            lines[-1] += SEPARATOR + key
        else:
            lines.append(key)
    return "\n".join(lines)


def _answer(question: str) -> str:
    """A line typed by the user; empty for never mind."""
    answer: str = click.prompt(question, default="", show_default=False, err=True)
    return answer.strip()


# -- one person --


def _person_turn(session: Session, id: str) -> Turn:
    """The keys for one person."""
    run = session.run
    actions: dict[str, Callable[[Session, str], str]] = {
        "l": _log, "s": _snooze, "k": _skip, "t": _tier, "a": _archive, "e": _edit, "o": _open
    }  # fmt: skip

    def turn(left: int) -> bool:
        bound = {key: partial(action, session, id) for key, action in actions.items()}
        try:
            return _keys(session, lambda: _show_person(run, id, left), bound, PERSON_KEYS)
        except NotFound as error:  # the file is gone since the pile was made
            run.tell(f"ptcrm: {error}")
            return True

    return turn


def _brief(run: Run, id: str) -> Brief:
    from plaintextcrm.app import reading

    return ask(run.vault, lambda index: reading.brief(index, run.vault, id))


def _show_person(run: Run, id: str, left: int) -> None:
    """Name, hook and reason as `due` has them."""
    from plaintextcrm.render import terminal

    row = _brief(run, id).row
    lines = terminal.due_lines([row], run.paint, min(run.width, 100), numbered=False, clip=run.to_terminal)
    run.say("\n".join(["", run.paint.soft(f"{left} left"), *lines]))


def _log(session: Session, id: str) -> str:
    """Kind and text in one line, as `log` takes them."""
    from plaintextcrm.app import writing
    from plaintextcrm.cli import logging

    run = session.run
    first, _, rest = _answer("what was it, like: coffee New job in January").partition(" ")
    if not first:
        return ""
    known = run.vault.settings.kind_table.get(first.lower())
    entry = logging._entry(run, run.today, known and known.name, rest.strip() if known else f"{first} {rest}".strip(), logging.Asked())
    done = writing.log(run.vault, [id], entry, how=session.how())
    for name in done.do_not_contact:
        run.tell(f"ptcrm: {name} asked not to be contacted (do_not_contact); it is written down all the same")
    return session.wrote("logged", done.written, logging._said(run, done, run.today, logging.Asked()))


def _snooze(session: Session, id: str) -> str:
    from plaintextcrm.core.spoken import FUTURE

    run = session.run
    until = _answer("until when, like: in 2 weeks")
    if not until:
        return ""
    day = day_of(run, until, FUTURE)
    if day <= run.today:
        raise Usage(f"{day.isoformat()} is not after today: a day to come is needed")
    return _set(session, id, {"snooze_until": day.isoformat()}, "snoozed", f"sleeps until {day.isoformat()} ({day:%a})")


def _tier(session: Session, id: str) -> str:
    tiers = session.run.vault.settings.tiers
    names = ", ".join(tier.name for tier in tiers)
    word = _answer(f"which tier ({names})")
    if not word:
        return ""
    tier = session.run.vault.settings.tier(word)
    if tier is None:
        raise Usage(f'tier "{word}" is not in ptcrm.toml, which has {names}')
    return _set(session, id, {"tier": tier.name}, "sorted", f"is of tier {tier.name}")


def _set(session: Session, id: str, values: dict[str, str | None], what: str, said: str) -> str:
    from plaintextcrm.app import finding, writing

    run = session.run
    name = finding.one(run.vault, id).name
    written = writing.set_keys(run.vault, id, values, f"{what}: {id}", session.how())
    return session.wrote(what, written, f"{name} {said}")


def _skip(session: Session, id: str) -> str:
    from plaintextcrm.app import changing

    done = changing.skip(session.run.vault, id, "", session.how())
    return session.wrote("skipped", done.written, f"skipped: {done.entries[0][0]}")


def _archive(session: Session, id: str) -> str:
    from plaintextcrm.app import changing

    done = changing.archive(session.run.vault, [id], session.how())
    return session.wrote("archived", done.written, f"archived: {', '.join(done.names)}")


def _edit(session: Session, id: str) -> str:
    """In the editor; then the next key for the same person."""
    from plaintextcrm.app import writing
    from plaintextcrm.cli import people

    run = session.run
    before = writing.read_source(run.vault, id).data
    code = people._edit(run, id, not session.how().commit)
    if writing.read_source(run.vault, id).data != before:
        session.counted("edited", code)
    return ""


def _open(session: Session, id: str) -> str:
    """The brief; then the next key for the same person."""
    from plaintextcrm.cli.showing import brief_lines

    session.run.say("\n".join(["", *brief_lines(session.run, _brief(session.run, id), False, False)]))
    return ""


# -- one line of the inbox --


def _inbox_turns(session: Session) -> list[Turn]:
    source = jotting.inbox(session.run.vault)
    waiting = notes(source.text) if source else ()
    people = jotting.crowd(session.run.vault) if waiting else None
    return [_InboxTurn(session, source, note, people) for note in waiting if source and people]


class _InboxTurn:
    """The keys for one line: what it says as it stands, is worded anew, or is answered when it does not tell."""

    def __init__(self, session: Session, source: Source, note: Note, people: Crowd) -> None:
        self.session, self.source, self.note, self.people = session, source, note, people
        self.text = note.text
        self.ids: tuple[str, ...] = ()
        self.on: date | None = None

    def __call__(self, left: int) -> bool:
        run = self.session.run
        run.say("\n".join(["", run.paint.soft(f"{left} left"), f"{INBOX}:{self.note.first + 1}: {safe(self.note.text)}"]))
        return _keys(self.session, self.show, {"l": self.log, "e": self.word_anew}, LINE_KEYS)

    def line(self) -> Line:
        """What it says by now."""
        worded = self.note._replace(text=self.text)
        found = jotting.understood(self.session.run.vault, worded, self.people, block_id, self.ids, self.on)
        return found._replace(note=self.note)

    def show(self) -> None:
        line, run = self.line(), self.session.run
        if line.jotted:
            run.say(understood_words(run, line.jotted, self.people.names))
        else:
            run.tell(str(line.why))

    def log(self) -> str:
        """Write it; what it does not say is asked first."""
        run, line = self.session.run, self.line()
        while line.jotted is None:
            if not self.ask_for(line.why):
                return ""
            line = self.line()
        reading = Reading((line,), self.people.names, self.source)
        run.say(understood_words(run, line.jotted, self.people.names))
        return self.session.counted("logged", put_in_place(run, reading, self.session.how(), "1 line"))

    def ask_for(self, why: PtcrmError | None) -> bool:
        """Whether what is missing was answered."""
        from plaintextcrm.app import finding
        from plaintextcrm.core.spoken import PAST
        from plaintextcrm.edge import clock

        run = self.session.run
        if not isinstance(why, NotFound | DayUnclear):
            return bool(self.word_anew())
        answer = _answer("who was it" if isinstance(why, NotFound) else "which day was it")
        if answer and isinstance(why, NotFound):
            self.ids = finding.whos(run.vault, answer, clock.seconds())
        elif answer:
            day = day_of(run, answer, PAST)
            if day > run.today:
                raise Usage(f"{day.isoformat()} is to come: the day it was is needed")
            self.on = day
        return bool(answer)

    def word_anew(self) -> str:
        """The same in other words, for the log; the inbox keeps the line until it is logged."""
        self.text = _answer("in other words") or self.text
        self.show()
        return ""
