"""The questions of a week, a month or a quarter, and the page they are kept on (docs/reports.md, "Review")."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property

from plaintextcrm.core import reports
from plaintextcrm.core.dates import FULL_MONTHS, plus_days
from plaintextcrm.core.due_words import entry_words, owed_words, reason
from plaintextcrm.core.history import from_them
from plaintextcrm.core.linkwords import plain_words
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.network import Member, Network
from plaintextcrm.core.reports.saying import listed, many
from plaintextcrm.core.reports.shapes import Report, Row, Table
from plaintextcrm.core.text import safe

ROWS = 3
SPANS: Mapping[str, tuple[str, ...]] = {
    "week": ("owed", "quiet", "new", "load"),
    "month": ("owed", "quiet", "keep", "five", "helped", "new", "load"),
    "quarter": ("owed", "quiet", "keep", "five", "helped", "new", "mix", "load"),
}
DAYS = {"week": 7, "month": 30, "quarter": 91}
GIVEN = ("gave", "offered", "introduced", "referral-out")


class Line(NamedTuple):
    """One row of a question: a person (with `id`) or something else, and what there is to say."""

    id: str
    name: str
    words: str


class Question(NamedTuple):
    """One question, its answer in a sentence, the first three rows of `figure`, and what to do about it."""

    name: str
    question: str
    sentence: str
    rows: tuple[Line, ...]
    command: str  # "" where there is nothing to do
    figure: int | None  # what a later review compares with; None where no one number says it


class Earlier(NamedTuple):
    """What a kept review counted, and on which day."""

    day: date
    figures: Mapping[str, int]


class Review(NamedTuple):
    """The page: `was` is the kept review before it, `slugs` the ids that a link by slug would not lead to."""

    span: str
    day: date
    people: int
    questions: tuple[Question, ...]
    shared: frozenset[str] = frozenset()
    was: Earlier | None = None

    def was_words(self, question: Question) -> str:
        """`quiet 6, was 9 on 2026-10-24`; "" where no kept review says."""
        if self.was is None or question.figure is None or question.name not in self.was.figures:
            return ""
        return f"{question.name} {question.figure}, was {self.was.figures[question.name]} on {self.was.day.isoformat()}"


def review(network: Network, span: str, was: Earlier | None = None) -> Review:
    """The questions of a span, which is one of SPANS."""
    asker = _Asker(network, span)
    counts = Counter(one.contact.slug for one in network.everybody)
    shared = frozenset(one.id for one in network.everybody if counts[one.contact.slug] > 1)
    return Review(span, network.today, sum(1 for _ in network), tuple(asker.ask(name) for name in SPANS[span]), shared, was)


class _Asker:
    """The answers, each made when it is asked for."""

    def __init__(self, network: Network, span: str) -> None:
        self.network, self.days = network, DAYS[span]

    def ask(self, name: str) -> Question:
        """One question by its name."""
        answer: Callable[[], Question] = getattr(self, name)
        return answer()

    @cached_property
    def _people(self) -> list[Member]:
        return sorted(self.network, key=lambda one: one.standing.order())

    def _line(self, one: Member, words: str = "") -> Line:
        said = words or reason(one.contact, one.standing, self.network.settings, self.network.today)
        return Line(one.id, one.name, said)

    def _from(self, name: str) -> tuple[Report, Table]:
        found = reports.report(name, self.network)
        return found, found.tables[0]

    def _members(self, rows: Iterable[Row]) -> tuple[Line, ...]:
        """The first three people of a table, with their hook where it names one."""
        found = (row for row in rows if row.get("id"))
        return tuple(
            self._line(self.network.by_id[str(row["id"])], str(row.get("hook") or "")) for _, row in zip(range(ROWS), found, strict=False)
        )

    def owed(self) -> Question:
        """What somebody may expect of us today."""
        waiting = [one for one in self._people if one.standing.owed]
        rows = []
        for one in waiting[:ROWS]:
            words = owed_words(one.contact, one.standing, self.network.settings, self.network.today, self.network.plain)
            rows.append(self._line(one, words[0] if words else ""))
        sentence = (
            f"{many(len(waiting), 'person waits', 'people wait')} for something from you."
            if waiting
            else "Nobody waits for anything from you."
        )
        return Question("owed", "Who is owed something?", sentence, tuple(rows), "ptcrm due", len(waiting))

    def quiet(self) -> Question:
        """The report `quiet`."""
        found, table = self._from("quiet")
        return Question(
            "quiet", "Who is going quiet?", _first(found, table), self._members(table.rows), "ptcrm report quiet", len(table.rows)
        )

    def keep(self) -> Question:
        """The lapsed."""
        lapsed = [one for one in self._people if one.standing.lapsed and not one.standing.hidden]
        sentence = "Nobody has been quiet so long that this is the question."
        if lapsed:
            have = many(len(lapsed), "person has", "people have")
            sentence = f"{have} been quiet for more than a year and three rounds: keep, make the rhythm looser, or let go."
        rows = tuple(self._line(one) for one in lapsed[:ROWS])
        return Question("keep", "Keep, loosen or let go?", sentence, rows, "ptcrm triage lapsed" if lapsed else "", len(lapsed))

    def five(self) -> Question:
        """The report `five`."""
        found, table = self._from("five")
        named = [row for row in table.rows if row.get("id")]
        return Question("five", "How are the five?", _first(found, table), self._members(named), "ptcrm report five", len(named))

    def helped(self) -> Question:
        """To whom we gave, offered, introduced or sent somebody within the span, not who gave to us (`[dir:: in]`); archived people too."""
        since = plus_days(self.network.today, -self.days)
        given = [
            (entry, one)
            for one in self.network.members
            for entry in one.past
            if entry.kind in GIVEN and entry.on > since and not from_them(entry)
        ]
        newest = list({one.id: (entry, one) for entry, one in given}.values())  # each one's last
        newest.sort(key=lambda pair: (-pair[0].on.toordinal(), pair[1].id))
        if newest:
            sentence = f"In {self.days} days you gave, offered or introduced something to {listed([one.name for _, one in newest])}."
        else:
            sentence = f"Nobody in the last {self.days} days, as far as the logs say. Whom could a small thing help?"
        rows = tuple(self._line(one, f"{entry.on.isoformat()} {entry_words(entry, self.network.plain)}") for entry, one in newest[:ROWS])
        return Question("helped", "Whom did I help?", sentence, rows, "ptcrm report give", len(newest))

    def new(self) -> Question:
        """The report `new`: those of the last 90 days."""
        found, table = self._from("new")
        steps = (("two_days", "2 days"), ("two_weeks", "2 weeks"), ("six_weeks", "6 weeks"))
        rows = []
        for row in table.rows[:ROWS]:
            said = [f"{words}: {row[key]}" for key, words in steps if row.get(key)]
            rows.append(Line(str(row["id"]), str(row["name"]), f"met {row['met']} · {' · '.join(said)}"))
        sentence = (
            f"{many(len(table.rows), 'person', 'people')} came within the last 90 days. {found.sentences[0]}" if table.rows else table.empty
        )
        return Question("new", "Who is new?", sentence, tuple(rows), "ptcrm report new", len(table.rows))

    def mix(self) -> Question:
        """The report `mix`."""
        found, table = self._from("mix")
        rows = tuple(_any_line(table, row) for row in table.rows[:ROWS])
        return Question("mix", "Is it still diverse?", _first(found, table), rows, "ptcrm report mix", None)

    def load(self) -> Question:
        """The report `load`."""
        found, table = self._from("load")
        rows = tuple(
            Line(
                "",
                str(row["rhythm"]),
                f"{many(int(str(row['people'])), 'person', 'people')} · asked {row['asked']} a week, done {row['done']}",
            )
            for row in table.rows[:ROWS]
        )
        due = sum(int(str(row["due"])) for row in table.rows)
        sentence = " ".join((*found.sentences[:2], *([f"{many(due, 'person is', 'people are')} due now."] if table.rows else [])))
        return Question("load", "Does the load fit?", sentence, rows, "ptcrm report load", due)


def _first(found: Report, table: Table) -> str:
    """The sentence that answers: the report's first, else the main table's."""
    return found.sentences[0] if found.sentences else table.sentence if table.rows else table.empty


def _any_line(table: Table, row: Row) -> Line:
    """A row of any table: its first column names it, the next three say what there is to say."""
    first, *others = table.columns
    said = (f"{column.words} {_cell(row[column.key])}" for column in others[:3] if row.get(column.key) not in (None, "", ()))
    return Line(str(row.get("id") or ""), _cell(row.get(first.key)), " · ".join(said))


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return listed([str(part) for part in value])
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


# --- the page that is kept -----------------------------------------------------------------------------------------


def title(span: str, day: date) -> str:
    """`Week 47 of 2026`, `November 2026`, `Quarter 4 of 2026`."""
    if span == "week":
        year, week, _ = day.isocalendar()
        return f"Week {week} of {year}"
    return f"{FULL_MONTHS[day.month - 1].capitalize()} {day.year}" if span == "month" else f"Quarter {(day.month + 2) // 3} of {day.year}"


def file_of(span: str, day: date) -> str:
    """`reviews/2026-W47.md`, `reviews/2026-11.md`, `reviews/2026-Q4.md`; a week is of the year that ISO 8601 counts it to."""
    if span == "week":
        year, week, _ = day.isocalendar()
        return f"reviews/{year:04}-W{week:02}.md"
    return f"reviews/{day.year:04}-{day.month:02}.md" if span == "month" else f"reviews/{day.year:04}-Q{(day.month + 2) // 3}.md"


FILES = {"week": r"\d{4}-W\d\d\.md", "month": r"\d{4}-\d\d\.md", "quarter": r"\d{4}-Q[1-4]\.md"}
_DIGEST = r"(?m)^digest: ([0-9a-f]{16})\n"


def page(one: Review) -> str:
    """The review as Markdown: figures in the front matter, people as links; the digest tells a later review that it is untouched."""
    front = ["---", f"review: {one.span}", f"day: {one.day.isoformat()}", f"people: {one.people}"]
    front += [f"{question.name}: {question.figure}" for question in one.questions if question.figure is not None]
    body = [f"# {title(one.span, one.day)}", ""]
    for question in one.questions:
        body += _question_lines(one, question)
    text = "\n".join([*front, "---", "", *body[:-1], ""]).encode("utf-8", "replace").decode()  # a half of a character is no text
    place = len("\n".join(front)) + 1
    return f"{text[:place]}digest: {_digest(text)}\n{text[place:]}"


def _question_lines(one: Review, question: Question) -> list[str]:
    was = one.was_words(question)
    rows = [f"- {_link(line, one.shared)}: {_one_line(line.words)}" for line in question.rows]
    return [
        f"## {question.question}", "", f"{_one_line(question.sentence)}{f' ({was})' if was else ''}", "", *rows, *([""] if rows else []),
        *([f"`{question.command}`", ""] if question.command else []),
    ]  # fmt: skip


def _link(line: Line, shared: frozenset[str]) -> str:
    name = " ".join(re.sub(r"[\[\]|#^]", " ", _one_line(line.name)).split())
    if not line.id:
        return name
    return f"[[{line.id if line.id in shared else line.id.rsplit('/', 1)[-1]}|{name}]]"


def _one_line(text: str) -> str:
    return " ".join(safe(plain_words(text)).split())


def _digest(text: str) -> str:
    from hashlib import sha256

    return sha256(text.encode("utf-8")).hexdigest()[:16]


def is_untouched(text: str) -> bool:
    """Whether a page is exactly what a review wrote (line ends may be those of another system)."""
    text = text.replace("\r\n", "\n")
    match = re.search(_DIGEST, text)
    return match is not None and _digest(text[: match.start()] + text[match.end() :]) == match[1]


def relinked(before: bytes, after: bytes) -> bytes:
    """A page whose links were led elsewhere: one that was exactly what a review wrote counts as that afterwards, too."""
    if not is_untouched(before.decode("utf-8", "replace")):
        return after
    text = after.decode("utf-8", "replace").replace("\r\n", "\n")
    match = re.search(_DIGEST, text)
    if match is None:
        return after
    own = _digest(text[: match.start()] + text[match.end() :])
    return after.replace(b"\ndigest: " + match[1].encode(), b"\ndigest: " + own.encode(), 1)


def earlier(span: str, texts: Sequence[str], today: date) -> Earlier | None:
    """Of kept pages the newest of that span before today; changed by hand or not, as long as its figures can be read."""
    found = [one for text in texts if (one := _figures(span, text)) and one.day < today]
    return max(found, key=lambda one: one.day, default=None)


def _figures(span: str, text: str) -> Earlier | None:
    front = re.match(r"---\r?\n(.*?)^---\s*$", text, re.DOTALL | re.MULTILINE)
    keys = dict(re.findall(r"^(\w+): *(\S+)\s*$", front[1], re.MULTILINE)) if front else {}
    try:
        day = date.fromisoformat(keys.get("day", ""))
    except ValueError:
        return None
    if keys.get("review") != span:
        return None
    return Earlier(day, {key: int(value) for key, value in keys.items() if value.isascii() and value.isdigit() and len(value) < 10})
