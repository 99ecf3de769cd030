"""Where the log sections of a body are, and its title: what is beside a log that is known is read alone.

A site asks for it ten thousand times, and nearly always the log is all there is. Law: what `outline` tells, `body.scan` tells the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from plaintextcrm.core.body import MOST_LINES, Section, scan
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import Interaction
from plaintextcrm.core.plainlog import PlainLog
from plaintextcrm.core.record import NamedTuple

_HEADING = "\n## Interactions\n"  # a plain log is read below no other


class Outline(NamedTuple):
    """The log sections of a body, and its first heading of level one."""

    sections: tuple[Section, ...]
    title: str | None


def outline(text: str, first_line: int, log: Sequence[Interaction], kinds: KindTable) -> Outline:
    """Of a body whose first line is line `first_line` of the file, and whose entries are `log`."""
    found = _beside(text, first_line, log, kinds) if isinstance(log, PlainLog) and len(text) <= MOST_LINES else None
    if found is None:
        body = scan(text, first_line, "", kinds)
        found = Outline(body.sections, body.title)
    return found


def _beside(text: str, first_line: int, log: PlainLog, kinds: KindTable) -> Outline | None:
    """The same from what stands before and behind a plain log; None where the one depends on the other."""
    above, below = text[: log.at], text[log.at + len(log.text) :]
    if not above.endswith(_HEADING) or not _closes(below):
        return None
    before = scan(above, first_line, "", kinds)
    if not before.sections or before.sections[-1].line != first_line + above.count("\n") - 1:
        return None
    sections = (*before.sections[:-1], before.sections[-1]._replace(end=log.end, plain=log))
    if not below.strip():
        return Outline(sections, before.title)
    behind = scan(below, before.sections[-1].line + 1 + log.text.count("\n"), "", kinds)
    return Outline((*sections, *behind.sections), before.title if before.title is not None else behind.title)


def _closes(below: str) -> bool:
    """Whether the section of a log ends right behind it: with the text, or at a heading of its level that is no day."""
    return not below.strip() or (below.startswith(("# ", "## ")) and below.lstrip("#").lstrip()[:1].isalpha())
