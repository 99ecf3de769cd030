"""Daily notes (`2026-11-20.md`) -> proposals: every line and heading that links to somebody."""

from __future__ import annotations

import re
from collections.abc import Iterable

from plaintextcrm.core.body import mask
from plaintextcrm.core.capture.proposals import Found, Piece, Proposal, Somebody, Terms, counted, digest, kind_in, words_of
from plaintextcrm.core.dates import day_or_none
from plaintextcrm.core.entries import parse_text
from plaintextcrm.core.frontmatter import read as front_matter
from plaintextcrm.core.linkwords import plain_words
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.text import decode, normal, split_lines

_NAME = pattern(r"(?:.*/)?(\d{4})-(\d{2})-(\d{2})\.md\Z", re.DOTALL)
_LINK = pattern(r"(?<!!)\[\[([^\[\]|#\n]+)(?:[|#][^\[\]]*)?\]\]")
_MARKS = pattern(r"\s*(?:#{1,6}\s+|[-*+]\s+|\d{1,9}[.)]\s+)?(?:\[(.)\]\s+)?")
_TIME = pattern(r"([01]?\d|2[0-3]):([0-5]\d)\b[\s:–-]*")


def is_daily(name: str) -> bool:
    """Whether a file's name is a day."""
    return _NAME.match(name) is not None


def read(pieces: Iterable[Piece], terms: Terms) -> Found:
    """Code, comments and open tasks say nothing; a line that begins with a kind or a time has it."""
    found: list[Proposal] = []
    ahead = 0
    for piece in pieces:
        match = _NAME.match(piece.name)
        on = day_or_none(int(match[1]), int(match[2]), int(match[3])) if match else None
        if on is None:
            continue
        if on > terms.today:
            ahead += 1
            continue
        text = normal(decode(piece.data)[0])
        front = front_matter(text, piece.name)
        for line in split_lines(mask(text[front.body :])[0]):
            proposal = _proposal(line, terms)
            if proposal:
                ref = f"{on.isoformat()}.md#{digest(' '.join(line.split()))[:8]}"
                found.append(proposal._replace(ref=ref, on=on))
    return Found(tuple(found), counted(ahead, "note of a day to come", "notes of days to come"))


def _proposal(line: str, terms: Terms) -> Proposal | None:
    """What a line says; its day is still to come."""
    links = tuple(dict.fromkeys(link.strip() for link in _LINK.findall(line))) if "[[" in line else ()
    marks = _MARKS.match(line)
    if not links or marks is None or marks[1] in (" ", "/", "-", ">"):
        return None
    rest = line[marks.end() :]
    time = _TIME.match(rest)
    text = rest[time.end() :] if time else rest
    parsed = parse_text(f": {text}", terms.today, "", 0, terms.kinds)
    kind = parsed.kind or kind_in(text, terms.kinds, None)
    said = words_of(plain_words(parsed.text))
    if not _LINK.sub("", parsed.text).strip(" ,.:&-–") or said.lower() == kind:
        said = ""
    people = tuple(Somebody(link=link) for link in links)
    return Proposal("", terms.today, people, kind, said, f"{int(time[1]):02}:{time[2]}" if time else None)
