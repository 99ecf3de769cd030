"""The shapes of the pages, on one page: what templates are given. Texts are plain unless they say Markdown; hrefs are relative and vetted.

A href to a page of ours is relative to the folder of the site; a template puts `frame.root` before it. `group` is one of meet voice write
give other; `state` one of fresh soon due overdue lapsed new on-file, or "" (no sign: the deceased, do-not-contact).
"""

from __future__ import annotations

from plaintextcrm.core.model import Interaction
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.shapes import Picture, Step


class Link(NamedTuple):
    """Words that lead somewhere; `href` is "" where there is no page."""

    words: str
    href: str = ""


class Frame(NamedTuple):
    """What stands around every page."""

    root: str  # "" or "../" and so on: from the page to the folder of the site
    site: str  # the vault's title
    nav: tuple[Link, ...]  # Today People Calendar Stats (Reports)
    current: str  # the words of the one we are in
    built: str  # ISO day
    built_words: str  # "Saturday, 21 November 2026"
    people: int
    mistakes: int  # how many problems there are
    owners: tuple[Link, ...]  # the due pages of a team


class Line(NamedTuple):
    """One line of a side list: a sign, a person, what, when."""

    sign: str  # birthday, work anniversary, date, plan, promise, theirs, next contact, or "state"
    state: str
    name: str
    href: str
    what: str
    when: str
    on: str  # ISO day


class TodayRow(NamedTuple):
    """One person of the due list."""

    id: str
    name: str
    href: str
    state: str
    paused: bool
    role: str  # "editor at Lumen Press, Lisbon"
    hook: str
    reason: str  # "quiet for 6 weeks · every month"
    freshness: int | None
    warmth: str  # warm, cooling, cold or ""
    reach: tuple[Link, ...]  # Mail, Call, Website
    log_line: str  # "ptcrm log ada-king coffee"


class Today(NamedTuple):
    """`index.html`, and a due page per owner."""

    title: str  # "Saturday, 21 November"
    lede: str
    rows: tuple[TodayRow, ...]
    empty: str  # what to say when there are none
    commands: tuple[str, ...]  # to copy, where the vault has no people at all
    waiting: tuple[Line, ...]  # at most 100
    waiting_count: int
    dates: tuple[Line, ...]
    promised: tuple[Line, ...]
    soon: tuple[Line, ...]
    data: dict[str, object]  # for the script: what the day changes


class Fact(NamedTuple):
    """One fact of "Where you stand": label, value, a sentence."""

    label: str
    value: str
    words: str
    freshness: int | None = None  # where a bar is drawn


class Promise(NamedTuple):
    """One open loop."""

    text: str  # Markdown, one line
    when: str
    late: bool


class Entry(NamedTuple):
    """One line of a log, newest first."""

    on: str  # ISO day
    when: str  # "9 Oct" or "9 Oct 2025"
    kind: str
    group: str
    attempt: bool
    side: str  # yours, theirs or ""
    counts: bool
    text: str  # Markdown, one line
    details: tuple[str, ...]  # Markdown, one line each


class Common(NamedTuple):
    """Something they like, or somebody in common."""

    words: str
    href: str = ""
    shared: bool = False


class Digest(NamedTuple):
    """`contacts/<id>.html`: the brief before a meeting."""

    id: str
    name: str
    state: str
    paused: bool
    state_word: str
    role: str  # "editor at Lumen Press, Lisbon"
    groups: tuple[str, ...]
    tier: str  # "" unless shown
    say: str  # the first thing to say
    facts: tuple[Fact, ...]
    yours: tuple[Promise, ...]
    theirs: tuple[Promise, ...]
    reach: tuple[tuple[str, Link], ...]  # (label, link), e.g. ("Mail", Link("ada@example.com", "mailto:ada@example.com"))
    log_line: str  # "" where nothing is to be logged
    dates: tuple[Line, ...]
    met: str  # Markdown, one line; "known for 9 years · at the book fair in Leipzig"
    through: Common | None  # who introduced them
    common: tuple[Common, ...]  # people in common
    likes: tuple[Common, ...]  # hobbies; `shared` ones are ours too
    about: tuple[tuple[str, str], ...]  # (label, Markdown line): why, family, needs, offers, aliases
    ask: tuple[str, ...]  # what the file does not say yet
    notes: str  # Markdown
    entries: tuple[Entry, ...]  # newest first
    log: tuple[Interaction, ...]  # what the timeline draws: not after today, oldest first, without open tasks
    died: str  # ISO day or ""
    file: str  # how the page reaches the file: "../../contacts/ada-king.md", or "" where it is elsewhere
    path: str  # contacts/ada-king.md


class Person(NamedTuple):
    """One row of `people.html`."""

    id: str
    name: str
    href: str
    state: str
    state_word: str
    paused: bool
    role: str  # "editor, Lumen Press"
    place: str
    tier: str
    quiet: str  # "6 weeks"
    quiet_days: int  # for sorting; -1 where never
    freshness: int | None
    warmth: str
    next: str  # "now", "Tue 24 Nov", "10 Dec", "19 Feb 2027", ""
    next_day: str  # ISO day, for sorting
    keys: str  # JSON object of what a filter looks at: {"tier": ["A"], "tag": […], …}, values folded


class Day(NamedTuple):
    """One day of the calendar with something on it."""

    on: str  # ISO
    number: int
    lines: tuple[Line, ...]  # dates with names; then the first two dues
    more: int  # how many dues more


class Month(NamedTuple):
    """One month: weeks of seven (None outside it), Monday first."""

    name: str  # "November 2026"
    weeks: tuple[tuple[Day | int | None, ...], ...]  # a Day with something, the number of a day with nothing, None
    days: tuple[Day, ...]  # those with something, for the phone


class Week(NamedTuple):
    """One week of the heat map."""

    monday: str  # ISO
    touches: int
    size: int  # 0 4 7 10 13


class Bar(NamedTuple):
    """One bar on a common scale."""

    words: str
    amount: int
    width: int  # of 100
    group: str = ""


class Stats(NamedTuple):
    """`stats.html`."""

    finding: str  # one sentence
    weeks: tuple[Week, ...]  # 104, oldest first; () where there is no contact at all
    months: tuple[tuple[str, int], ...]  # (name of a month, index of its first week)
    by_month: tuple[tuple[str, int], ...]  # the numbers, newest first
    kinds: tuple[Bar, ...]  # the last 24 months
    states: tuple[Bar, ...]  # how many are fresh, soon, …
    load: tuple[Fact, ...]  # asked a week, made a week, what fits


class Mistake(NamedTuple):
    """One problem of a file."""

    place: str  # contacts/ada-king.md:3:10
    message: str
    code: str
    now: str  # the line as it is, "" where unknown
    better: str  # the corrected line, "" where none is obvious
    is_error: bool
    href: str  # the page of that contact, or ""


class Problems(NamedTuple):
    """`problems.html`."""

    lede: str
    mistakes: tuple[Mistake, ...]
    hidden: int  # how many more there are than shown


class Table(NamedTuple):
    """One table of a report: `rows` hold a text, a number or a Link each; numbers stand right."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float | Link | None, ...], ...]
    sentence: str = ""  # what they mean
    empty: str = ""  # what it means that there are none


class Report(NamedTuple):
    """`reports/NAME.html`."""

    name: str
    question: str
    sentences: tuple[str, ...]
    tables: tuple[Table, ...]
    steps: tuple[Step, ...] = ()
    picture: Picture | None = None
