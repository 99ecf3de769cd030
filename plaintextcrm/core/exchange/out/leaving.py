"""Somebody as an export takes them along: the contact, each entry and follow-up as it stands in the file, the rest of the body."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from plaintextcrm.core.body import end_with_code
from plaintextcrm.core.contact import Parsed
from plaintextcrm.core.edit import entry_lines
from plaintextcrm.core.entries import PLAIN
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Contact, FollowUp, Interaction
from plaintextcrm.core.pages.published import (
    IsPrivate,
    canonical,
    clean,
    imported_lines,
    is_private,
    private_keys,
    published,
    without_comments,
)
from plaintextcrm.core.plainlog import dedented
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.text import fold, split_lines

LOG_WORDS = ("log", "interactions")  # what `private` calls the entries
UNPLACED = "imported lines"  # what an import could not place, among the keys that are held back


class Leaving(NamedTuple):
    """A contact and what its file says below the front matter.

    `entries` are the lines of each entry, details and all, in the order of `contact.interactions`; `tasks` the follow-ups that stand
    outside the log, each with its line; `body` is the rest, without the heading that is the name and without the log's; `shown` is that
    without what an import could not place, `outside` that without what else stands in the log: prose, and lines that are no entries.
    """

    contact: Contact
    entries: tuple[str, ...] = ()
    tasks: tuple[tuple[FollowUp, str], ...] = ()
    body: str = ""
    shown: str = ""
    outside: str = ""


# --- out of a file -------------------------------------------------------------------------------------------------


def leaving(parsed: Parsed, kinds: KindTable = STANDARD, comments: bool = True) -> Leaving:
    """Every line of the file's body is in one of the parts, but for headings that the parts imply; its comments only with `comments`."""
    lines = split_lines(parsed.text)
    if not comments:  # before they are shared out to parts that have only one end of a comment
        above = parsed.front.body_line - 1
        lines = [*lines[:above], *without_comments("\n".join(lines[above:]), "\n").split("\n")]
    placed = _placed(parsed, lines)
    gone = {number for line, end in placed.items() for number in range(line, end)} | _headings(parsed, lines)
    contact = parsed.contact
    entries = tuple(_entry_text(entry, placed, lines, kinds) for entry in contact.interactions)
    tasks = tuple((task, lines[task.where - 1].strip()) for task in contact.follow_ups if task.where not in gone)
    gone |= {task.where for task, _ in tasks}
    first = parsed.front.body_line
    body = _rest(lines, first, gone)
    unplaced = {number for line, end in imported_lines("\n".join(lines[first - 1 :]), first) for number in range(line, end)}
    logged = {number for section in parsed.body.sections for number in range(section.line, section.end)}
    shown = _rest(lines, first, gone | unplaced) if unplaced else body
    return Leaving(contact, entries, tasks, body, shown, _rest(lines, first, gone | unplaced | logged) if logged - gone else shown)


def _placed(parsed: Parsed, lines: Sequence[str]) -> dict[int, int]:
    """Of each entry the line it begins in -> the line after its last."""
    found = {}
    for section in parsed.body.sections:
        for _, line, end in section.entries:
            found[line] = end_with_code(lines, line, end)
        inside = sorted(entry.where for entry in parsed.contact.interactions if section.line < entry.where < section.end)
        for line, following in zip(inside, [*inside[1:], section.end], strict=False):
            if line not in found:  # a dated heading or paragraph with its prose, or a row of a table
                found[line] = line + 1 if lines[line - 1].lstrip().startswith("|") else following
    return found


def _headings(parsed: Parsed, lines: Sequence[str]) -> set[int]:
    """The lines of the log's headings, and of the first heading where it is the name."""
    found = {section.line for section in parsed.body.sections}
    title = parsed.body.title
    if title is not None and fold(title) == fold(parsed.contact.name):
        numbers = range(parsed.front.body_line, len(lines) + 1)
        found |= {next((number for number in numbers if _is_title(lines[number - 1], title)), 0)}
    return found


def _is_title(line: str, title: str) -> bool:
    return line.lstrip().startswith("# ") and line.strip().strip("#").strip() == title.strip("#").strip()


def _entry_text(entry: Interaction, placed: dict[int, int], lines: Sequence[str], kinds: KindTable) -> str:
    """The lines as they stand, without the indent of all of them; of what is no list item the lines that say the same."""
    text = lines[entry.where - 1 : placed.get(entry.where, entry.where) - 1]
    if text and text[0].lstrip()[:1] in ("-", "*", "+") and not text[0].lstrip().startswith("**"):
        return "\n".join(line.rstrip() for line in dedented([*text])).rstrip()
    return "\n".join(entry_lines(entry, PLAIN, kinds))


def _rest(lines: Sequence[str], first: int, gone: set[int]) -> str:
    """The lines that are in no other part; a gap that one of these leaves is one blank line."""
    kept: list[str] = []
    after_gap = True
    for number in range(first, len(lines) + 1):
        line = lines[number - 1].rstrip()
        if number in gone:
            after_gap = True
        elif line or not (after_gap and (not kept or not kept[-1])):
            kept.append(line)
            after_gap = after_gap and not line
    return "\n".join(kept).strip("\n")


# --- without what is private ---------------------------------------------------------------------------------------


def private_links(contacts: Iterable[Contact]) -> IsPrivate:
    """Whether a link means only people who are private as a whole."""
    private: set[str] = set()
    others: set[str] = set()
    for contact in contacts:
        words = {fold(word) for word in (contact.id, contact.slug, contact.name, *contact.texts("aliases"))}
        (private if is_private(contact) else others).update(words)

    def is_hidden(target: str) -> bool:
        word = fold(target).removesuffix(".md")
        found = [part for part in (word, word.rsplit("/", 1)[-1]) if part in private or part in others]
        return bool(found) and found[0] in private and found[0] not in others

    return is_hidden


def without_private(one: Leaving, settings: Settings, is_hidden: IsPrivate) -> Leaving:
    """The same without private keys, comments, what an import could not place, and the names of private people in links.

    (docs/format.md, `private`)
    """
    contact, hidden = one.contact, private_keys(one.contact, settings)
    seen = published(contact, hidden, is_hidden)
    keys = {key: value for key, value in seen.keys.items() if key not in hidden}
    other = {key: _clean_value(value, is_hidden) for key, value in contact.other.items() if not canonical([key]) & hidden}
    no_log = bool(hidden & set(LOG_WORDS))
    tasks = () if no_log or "follow_ups" in hidden else one.tasks
    shown = "" if "notes" in hidden else clean(one.outside if no_log else one.shown, is_hidden).strip("\n")
    return Leaving(
        seen._replace(keys=keys, other=other),
        () if no_log else tuple(clean(text, is_hidden) for text in one.entries),
        tuple((task._replace(text=clean(task.text, is_hidden)), clean(line, is_hidden)) for task, line in tasks),
        shown,
        shown,
        shown,
    )


def _clean_value(value: object, is_hidden: IsPrivate) -> object:
    """The value of a key that the program does not know, a text or several."""
    if isinstance(value, str):
        return clean(value, is_hidden)
    return type(value)(_clean_value(each, is_hidden) for each in value) if isinstance(value, (list, tuple)) else value


def held_back(one: Leaving, settings: Settings) -> frozenset[str]:
    """The private keys that this contact has something for, and whether an import left lines that it could not place."""
    contact, hidden = one.contact, private_keys(one.contact, settings)
    there = {*contact.keys, *(word for key in contact.other for word in canonical([key]))}
    held = hidden & (there | (set(LOG_WORDS) if contact.interactions or one.outside.split() != one.shown.split() else set()))
    return held | {UNPLACED} if one.shown != one.body else held
