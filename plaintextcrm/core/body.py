"""The body of a contact: its log sections and entries, follow-ups, links and first heading (docs/format.md, "Interactions").

One scan serves reading and writing, so that an entry is written where it would be read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import islice

from plaintextcrm.core.entries import (
    LIST_ITEM,
    field_problems,
    follow_up_of,
    kind_hint,
    odd_entry,
    parse_dated,
    parse_follow_up,
    unmarked_entry,
)
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import OPEN_BOXES, FollowUp, Interaction, Location, Problem
from plaintextcrm.core.nearly import nearly_task, short_day
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.plainlog import PlainLog, dedented
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import fold, split_lines

SECTION_NAMES = ("interactions", "interaction log", "log", "contact log", "history", "timeline", "activity", "meetings")
_BOLD_DATE = pattern(r" {0,3}(?:\*\*|__)\d{4}[-/.]")
_TABLE_DATE = pattern(r" {0,3}\|[ \t]*(\d{4}-\d{2}-\d{2})[ \t]*\|(.*?)(?:(?<!\\)\|)?[ \t]*\Z")
_BAR = pattern(r"(?<!\\)\|")  # between the cells of a row: with a backslash it is part of one
_STARTS_WITH_DATE = pattern(r"(?:\*\*|__|\[\[)?\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)|\[\[[^\[\]|]*/\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:\||\]\])")
_FENCES = r"^[ \t]*(`{3,}(?=[^`\n]*$)|~{3,})[^\n]*$"
_CONFLICT = pattern(r"(?:<<<<<<<|>>>>>>>|\|\|\|\|\|\|\|) |=======\Z")
_ENDLESS_BLANKS = " " * 200
_NEARLY_BULLETS = "-–—•·‣*+\u00a0"  # with which people, and keyboards by themselves, begin an item of a list
MOST_LINES = 100_000  # of a body that are read: a line costs up to 20 µs and a kilobyte, and no person has so many
_LINK = pattern(r"\[\[([^\[\]|#\n]+)")


class Placed(NamedTuple):
    """One list-item entry of a section and the lines it takes: first line, and the line after its last (from 1)."""

    on: date
    line: int
    end: int


class Section(NamedTuple):
    """One log section: its heading's line, the line after its last that is not blank, and (day, line, end) of its list items."""

    title: str
    line: int
    end: int
    lines: tuple[tuple[date, int, int], ...]
    has_blocks: bool  # headings, tables or paragraphs with dates in it
    plain: PlainLog | None = None

    @property
    def entries(self) -> tuple[Placed, ...]:
        """The list-item entries, where they stand."""
        plain = self.plain.placed if self.plain else ()
        return tuple(Placed(*line) for line in (*plain, *self.lines))


class Body(NamedTuple):
    """What a body says. Lines are those of the file, from 1."""

    interactions: Sequence[Interaction] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    links: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    title: str | None = None
    problems: tuple[Problem, ...] = ()


def end_with_code(lines: Sequence[str], line: int, end: int) -> int:
    """The line after an entry (lines from 1) with the code and comments that stand below it so deep that they are part of it."""
    first = lines[line - 1].expandtabs(4)
    columns = len(first) - len(first.lstrip()) + 2
    number = end
    while number <= len(lines):
        text = lines[number - 1].expandtabs(4)
        if text.strip() and len(text) - len(text.lstrip()) < columns:
            break
        number += 1
        end = number if text.strip() else end
    return end


def mask(text: str, first_line: int = 1, path: str = "") -> tuple[str, tuple[Problem, ...]]:
    """The text, as long, with code fences, HTML comments and `%% %%` blanked out. An unclosed comment is none; a fence runs on."""
    if "`" not in text and "~" not in text and "<" not in text and "%" not in text:  # one letter is found ten times as quickly as three
        return text, ()
    pieces: list[str] = []
    problems: list[Problem] = []
    kept = place = 0
    marks = [_FENCES, "<!--", "%%"]
    while match := re.compile("|".join(marks), re.MULTILINE).search(text, place):
        token = match[0]
        if match[1]:
            closing = re.compile(rf"^[ \t]*{match[1][0]}{{{len(match[1])},}}[ \t]*\r?$", re.MULTILINE).search(text, match.end())
            end = closing.end() if closing else len(text)
            if not closing:
                line = first_line + text.count("\n", 0, match.start())
                message = "a code fence is opened here and not closed: what follows is not read"
                problems.append(Problem(Location(path, line), "unclosed-code", message))
        else:
            close = "-->" if token == "<!--" else "%%"
            found = text.find(close, match.end())
            if found < 0:
                marks.remove(token)  # no later one is closed either: they are looked for no more
                place = match.end()
                continue
            end = found + len(close)
            while text.startswith(token, end) and (found := text.find(close, end + len(token))) >= 0:
                end = found + len(close)  # one that follows at once is taken along: 10 MB of `%%` took 6 s
        pieces += text[kept : match.start()], _blanked(text[match.start() : end])
        kept = place = end
    pieces.append(text[kept:])
    return "".join(pieces), tuple(problems)


def _blanked(text: str) -> str:
    """As many blanks, with the line ends kept."""
    return re.sub(r"[^\r\n]+", lambda match: " " * len(match[0]), text) if "\n" in text or "\r" in text else " " * len(text)


def scan(text: str, first_line: int, path: str, kinds: KindTable = STANDARD) -> Body:
    """Everything dated, promised and linked in a body whose first line is line `first_line` of the file; never raises."""
    if _ENDLESS_BLANKS in text:  # no pattern may look at a hundred thousand blanks again and again
        text = re.sub(rf"[ \t]{{{len(_ENDLESS_BLANKS)},}}", _ENDLESS_BLANKS, text)
    text, too_long = _bounded(text, first_line, path)
    masked, problems = mask(text, first_line, path)
    scanner = _Scanner(path, kinds, [*problems, *too_long])
    scanner.take_text(masked, first_line)
    return scanner.body(masked)


def _bounded(text: str, first_line: int, path: str) -> tuple[str, tuple[Problem, ...]]:
    """The first `MOST_LINES` lines, and a problem where there are more."""
    if len(text) <= MOST_LINES or text.count("\n") + text.count("\r") <= MOST_LINES:
        return text, ()
    ends = (match.end() for match in re.finditer(r"\r\n|\r|\n", text))
    end = next(islice(ends, MOST_LINES - 1, None), len(text))
    if end == len(text):
        return text, ()
    message = f"the text below the front matter has more than {MOST_LINES:,} lines: from here on it is not read; make two files of it"
    return text[:end], (Problem(Location(path, first_line + MOST_LINES), "too-long", message),)


class _Scanner:
    """Lines in, facts out, in one pass."""

    def __init__(self, path: str, kinds: KindTable, problems: list[Problem]) -> None:
        self.path, self.kinds, self.problems = path, kinds, problems
        self.interactions: list[Interaction] = []
        self.follow_ups: list[FollowUp] = []
        self.sections: list[Section] = []
        self.title: str | None = None
        self.level = 0  # of the section we are in; 0: none
        self.section_title, self.section_line, self.section_end = "", 0, 0
        self.columns: int | None = None  # of the section's first list item
        self.placed: list[tuple[date, int, int]] = []
        self.has_blocks = False
        self.open: Interaction | None = None  # an entry whose deeper lines are still to come
        self.details: list[str] = []
        self.open_columns, self.open_end = 0, 0
        self.by_paragraph = False  # prose below a heading or after a bold date: every line belongs to it
        self.after_blank = True
        self.outside: list[int] = []
        self.plain: PlainLog | None = None  # the log that was read in one go, and how many entries stand before it
        self.interactions_before = 0
        self.plain_closed = False  # its section is

    def take_all(self, lines: list[str], first_line: int) -> None:
        """All lines, one by one."""
        for number, line in enumerate(lines, first_line):
            if self.level or (line and not line[0].isalpha()):  # prose outside a log says nothing
                self.take(line, number)

    def take_text(self, text: str, first_line: int) -> None:
        """A whole body; its log in one go where that is plain."""
        heading = -1 if "\r" in text else text.find("\n## Interactions\n")
        if heading < 0:
            self.take_all(split_lines(text), first_line)
            return
        start = heading + len("\n## Interactions\n")
        end = text.find("\n#", start) if text.find("#", start) >= 0 else -1
        log = text[start : end + 1] if end >= 0 else text[start:]
        before = text[: start - 1].split("\n")
        line = first_line + len(before) - 1
        self.take_all(before, first_line)
        plain = PlainLog.read(log, line + 1, self.kinds, start) if self.section_line == line else None
        if not plain:
            self.take_all(text[start:].split("\n"), line + 1)
            return
        self._take_plain(plain)
        if end >= 0:
            self.take_all(text[end + 1 :].split("\n"), line + 1 + log.count("\n"))

    def _take_plain(self, log: PlainLog) -> None:
        self.plain, self.columns, self.section_end = log, 0, log.end
        self.interactions_before = len(self.interactions)
        for line, number in log.tasks:
            self._task(line, number)
        for place, fields in log.fields.items():
            self.problems += field_problems(fields, self.path, log.lines[place])

    def take(self, line: str, number: int) -> None:
        """One more line."""
        first = line[:1]
        if not first or line.isspace():
            self.after_blank = True
            if self.details:
                self.details.append("")
            return
        if first in "<>=|" and _CONFLICT.match(line):
            self.after_blank = True
            return
        stripped = line.lstrip(" \t")
        mark = stripped[0]
        indent = len(line) - len(stripped)
        columns = indent if "\t" not in line[:indent] else len(line[:indent].expandtabs(4))
        below_entry = self.open is not None and not self.by_paragraph and columns >= self.open_columns + 2
        if mark == "#" and columns < 4 and not below_entry:
            heading = _heading(stripped)
            if heading:
                self._heading(*heading, number)
                return
        if self.level:
            self.section_end = number + 1
            self._in_section(line, stripped, mark, columns, number)
        else:
            self._outside(line, stripped, mark, number)
        self.after_blank = False

    def _heading(self, level: int, title: str, number: int) -> None:
        if self.title is None and level == 1 and title:
            self.title = title
        dated = self.level and _STARTS_WITH_DATE.match(title)
        if self.level and not dated and level <= self.level:
            self._close_section()
        self._close_entry()
        if self.level:
            self.section_end = number + 1
            if dated:
                self._block(parse_dated(title, "", number, self.kinds), title, number)
        elif fold(title).rstrip(":") in SECTION_NAMES:
            self.level, self.section_title, self.section_line, self.section_end = level, title, number, number + 1
        self.after_blank = True

    def _in_section(self, line: str, stripped: str, mark: str, columns: int, number: int) -> None:
        item = LIST_ITEM.match(line) if mark in "-*+" else None
        entry = self.open
        dated = item is not None and _STARTS_WITH_DATE.match(line, item.end()) is not None
        if item is None and columns < (self.columns or 0) + 2:
            self._unmarked(line, mark, number)
        if entry and not self.by_paragraph and columns >= self.open_columns + 2:
            self._detail(line, number)
        elif item and entry and self.by_paragraph and not dated:
            self._detail(line, number)
        elif item and (self.columns is None or columns < self.columns + 2):
            self._item(line, item, columns, number)
        elif item and not item[4] and dated:
            self.outside.append(number)
        elif mark == ">":
            if entry and not self.after_blank:
                self.open_end = number + 1
        elif mark == "|" and columns < 4:
            self._table_row(line, number)
        elif mark in "*_" and _BOLD_DATE.match(line):
            self._block(parse_dated(stripped.rstrip(), "", number, self.kinds), stripped, number)
        elif entry and (self.by_paragraph or not self.after_blank):
            self._detail(line, number)  # prose below a dated heading, or a line that lazily goes on
        else:
            self._task(line, number)

    def _unmarked(self, line: str, mark: str, number: int) -> None:
        """Tell of a line that begins like an entry, but for its mark. A line that goes on with an entry may begin with a day."""
        begins = mark in _NEARLY_BULLETS or (mark.isdecimal() and not self.by_paragraph and (self.open is None or self.after_blank))
        problem = unmarked_entry(line, self.path, number) if begins else None
        if problem:
            self.problems.append(problem)

    def _item(self, line: str, item: re.Match[str], columns: int, number: int) -> None:
        self._close_entry()
        if self.columns is None:
            self.columns = columns
        rest, box = line[item.end() :].rstrip(), item[4] or ""
        entry = parse_dated(rest, box, number, self.kinds)
        if entry is None:
            if not self._odd(line, number):
                self._task(line, number)
            return
        self._begin(entry, columns)
        if box in OPEN_BOXES and box:
            follow_up, problems = follow_up_of(box, rest, self.path, number)
            words = f"{entry.kind}: {entry.text}" if entry.kind and entry.text else entry.text or entry.kind or ""
            self.follow_ups.append(follow_up._replace(text=_without_dates(words, number, self.path), due=follow_up.due or entry.on))
            self.problems.extend(problems)

    def _odd(self, line: str, number: int) -> bool:
        """Whether a line begins like a date and is none, which is told."""
        problem = odd_entry(line, self.path, number) or short_day(line, self.path, number, self.kinds)
        if problem:
            self.problems.append(problem)
        return problem is not None

    def _detail(self, line: str, number: int) -> None:
        if self.open:
            self.details.append(line)
            self.open_end = number + 1
        self._task(line, number)

    def _begin(self, entry: Interaction, columns: int, by_paragraph: bool = False) -> None:
        self.open, self.open_columns, self.open_end, self.by_paragraph = entry, columns, entry.where + 1, by_paragraph

    def _task(self, line: str, number: int) -> None:
        if "[" not in line:
            return
        found = parse_follow_up(line, self.path, number)
        if found:
            self.follow_ups.append(found[0])
            self.problems.extend(found[1])
        elif not self.problems or self.problems[-1].where.line != number:
            problem = nearly_task(line, self.path, number)
            if problem:
                self.problems.append(problem)

    def _table_row(self, line: str, number: int) -> None:
        row = _TABLE_DATE.match(line)
        if not row:
            return
        self._close_entry()
        cells = [cell.strip().replace("\\|", "|") for cell in _BAR.split(row[2])]
        kind = next((cell for cell in cells if cell.lower() in self.kinds), None)
        if kind is not None:
            cells.remove(kind)
        words = " · ".join(cell for cell in cells if cell)
        text = f"{row[1]} {kind}: {words}" if kind else f"{row[1]}: {words}"
        self._block(parse_dated(text, "", number, self.kinds), line, number)
        self._close_entry()

    def _block(self, entry: Interaction | None, line: str, number: int) -> None:
        """An entry that is read and never written: a dated heading, a table row, a paragraph with a bold date."""
        self._close_entry()
        self.has_blocks = True
        if entry is None:
            self._odd(line, number)
            return
        self._begin(entry, 0, by_paragraph=True)

    def _outside(self, line: str, stripped: str, mark: str, number: int) -> None:
        if mark == ">":
            return
        if mark in "-*+[0123456789" and "[" in stripped:
            self._task(line, number)
        if mark in "-*+":
            item = LIST_ITEM.match(line)
            if item and not item[4] and _STARTS_WITH_DATE.match(line, item.end()):
                self.outside.append(number)

    def _close_entry(self) -> None:
        entry = self.open
        if entry is None:
            return
        self.open = None
        if not (self.details or self.by_paragraph or entry[2] is None or entry[4]):  # the common case of what follows
            self.placed.append((entry[0], entry[8], self.open_end))
            self.interactions.append(entry)
            return
        if self.details:
            entry = entry._replace(details=dedented(self.details))
            self.details = []
        if not self.by_paragraph:
            self.placed.append((entry.on, entry.where, self.open_end))
        self.by_paragraph = False
        self.interactions.append(entry)
        if entry.kind is None:
            hint = kind_hint(entry, self.path)
            if hint:
                self.problems.append(hint)
        if entry.fields:
            self.problems += field_problems(entry.fields, self.path, entry.where)

    def _close_section(self) -> None:
        self._close_entry()
        if self.level:
            plain = self.plain if self.plain and self.plain.lines[0] > self.section_line and not self.plain_closed else None
            self.sections.append(
                Section(self.section_title, self.section_line, self.section_end, tuple(self.placed), self.has_blocks, plain)
            )
            self.plain_closed = self.plain is not None
        self.level, self.columns, self.placed, self.has_blocks = 0, None, [], False

    def body(self, text: str) -> Body:
        """Everything that was found."""
        self._close_section()
        if len(self.outside) > 2:
            lines = len(self.outside)
            message = f'{lines} dated lines stand outside a section "## Interactions" and are not read as interactions'
            self.problems.append(Problem(Location(self.path, self.outside[0]), "dated-outside", message, None, "warning"))
        interactions: Sequence[Interaction] = tuple(self.interactions)
        if self.plain:
            before = self.interactions_before
            interactions = (*interactions[:before], *self.plain, *interactions[before:]) if interactions else self.plain
        seen: dict[str, int] = {}
        for entry in self.interactions:
            if entry.block_id:
                first = seen.setdefault(entry.block_id, entry.where)
                if first != entry.where:
                    message = f'block id "^{entry.block_id}" is in line {first} already: remove one of the two lines'
                    self.problems.append(Problem(Location(self.path, entry.where), "duplicate-block-id", message))
        links = tuple(dict.fromkeys(target_of(match) for match in _LINK.findall(text))) if "[[" in text else ()
        problems = tuple(sorted(self.problems, key=lambda problem: problem.where[1:])) if self.problems else ()
        return Body(interactions, tuple(self.follow_ups), links, tuple(self.sections), self.title, problems)


def target_of(link: str) -> str:
    """Whom `[[link` and its bar mean: in a table the bar has a backslash before it, `[[bob-lee\\|Bob]]`."""
    return link.strip().removesuffix("\\").rstrip()


def _heading(line: str) -> tuple[int, str] | None:
    """(level, title) of a line that begins with `#`, or None where it is no heading."""
    title = line.lstrip("#")
    level = len(line) - len(title)
    if level > 6 or (title and title[0] not in " \t"):
        return None
    title = title.rstrip(" \t")
    opened = title.rstrip("#")
    return level, (opened if not opened or opened[-1] in " \t" else title).strip()


def _without_dates(words: str, number: int, path: str) -> str:
    return follow_up_of("x", words, path, number)[0].text
