"""The due list as a page: today's few, what has a day near, who is soon, who waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from plaintextcrm.core.dates import cadence_words
from plaintextcrm.core.due import DatedRow, DueRow
from plaintextcrm.core.due_words import plan_lines
from plaintextcrm.core.model import NEVER, Contact
from plaintextcrm.core.pages import words
from plaintextcrm.core.pages.addresses import page_of
from plaintextcrm.core.pages.digest import date_line, log_line, short_reach
from plaintextcrm.core.pages.shapes import Line, Today, TodayRow
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Standing

MOST_WAITING = 100
NOBODY_TODAY = "Nobody today. Enjoy it, or write to someone for no reason."
NO_PEOPLE = "Nobody is in this vault yet. Add the first person you do not want to lose touch with, or bring your address book."
FIRST_COMMANDS = ('ptcrm add "Ada King" --tier A', "ptcrm import people.csv")
WHY_FIRST = {
    "promise": "there is a promise open", "plan": "there is a plan open", "next contact": "you promised to be in touch",
    "birthday": "it is their birthday", "date": "it is their day", "answer": "an answer is waiting", "thanks": "a thank-you is open",
}  # fmt: skip


def today_row(contact: Contact, standing: Standing, row: DueRow, settings: Settings, today: date) -> TodayRow:
    """One person of the list."""
    tier = (contact.tier or "") if settings.site.show_tier else ""
    return TodayRow(
        id=contact.id, name=contact.name, href=page_of(contact.id), state=words.state_shown(standing),
        paused=standing.hidden in ("paused", "snoozed"), role=words.role_line(contact), hook=words.sentence(row.hook),
        reason=words.reason_words(standing, row.cadence, today, tier), freshness=row.freshness, warmth=words.warmth(row.freshness),
        reach=short_reach(contact), log_line=log_line(contact, row, settings.kind_table),
    )  # fmt: skip


def owed_codes(contact: Contact, standing: Standing, today: date) -> tuple[str, ...]:
    """What is owed, as codes; the first is `plan` where the task that is told first is one that nobody was promised."""
    codes = standing.owed
    if codes[:1] != ("promise",):
        return codes
    tasks = [task for task in contact.follow_ups if task.open and task.due and task.due <= today and task.waiting != "them"]
    first = min(tasks, key=lambda task: (task.due or today, task.where), default=None)
    return ("plan", *codes[1:]) if first and first.where in plan_lines(contact) else codes


def tail_words(row: DueRow, settings: Settings) -> str:
    """What stands behind "quiet for 6 weeks" in the reason."""
    parts = [cadence_words(row.cadence)] if row.cadence != NEVER else []
    return " · ".join([*parts, row.tier] if row.tier and settings.site.show_tier else parts)


def state_line(id: str, name: str, state: str, last: date | None, next_: date | None, today: date) -> Line:
    """Somebody of the lists of those who are soon, or wait."""
    when = words.next_words(next_.toordinal() if next_ else 0, today)
    return Line("state", state, name, page_of(id), words.quiet_since(last, today), when, (next_ or today).isoformat())


def lede(rows: Sequence[TodayRow], owed: Sequence[str], whose: str) -> str:
    """`Five people today. Ada first: there is a promise open.` `owed` are the codes of the first row."""
    if not rows:
        return ""
    first = rows[0].name.split(" ")[0]
    why = next((WHY_FIRST[code] for code in owed if code in WHY_FIRST), "")
    who = f"{words.spelled(len(rows))} {'person' if len(rows) == 1 else 'people'} {whose or 'today'}."
    if len(rows) == 1:
        return f"{who} {why[0].upper()}{why[1:]}." if why else who
    return f"{who} {first} first: {why}." if why else f"{who} {first} first."


def today_page(
    today: date, rows: Sequence[TodayRow], owed: Sequence[str], dated: Sequence[DatedRow], soon: Sequence[Line],
    waiting: Sequence[Line], waiting_count: int, people: int, data: dict[str, object], whose: str = "",
) -> Today:  # fmt: skip
    """The page of a day; `whose` is set on the page of one owner."""
    lines = sorted((date_line(row, today) for row in dated), key=lambda line: (line.on, line.name, line.what))
    promised = tuple(line for line in lines if line.sign in ("promise", "theirs", "next contact"))
    return Today(
        title=words.title_day(today), lede=lede(rows, owed, whose), rows=tuple(rows), empty=NOBODY_TODAY if people else NO_PEOPLE,
        commands=() if people else FIRST_COMMANDS, waiting=tuple(waiting[:MOST_WAITING]), waiting_count=waiting_count,
        dates=tuple(line for line in lines if line not in promised), promised=promised, soon=tuple(soon), data=data,
    )  # fmt: skip
