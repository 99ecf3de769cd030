"""The words of a search: as an FTS5 query, and as the line in which they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from plaintextcrm.core.text import fold

_KEY = re.compile(r"([^\s:#-][^:]*):")
_MARKS = re.compile(r"(?:[-*+]|#{1,6}|>|\|)[ \t]+(?:\[.\][ \t]+)?")


def match_query(words: Sequence[str]) -> str:
    """An FTS5 query in which every word must occur as the beginning of a word, and none behind a `-`; nothing in it is FTS5 syntax."""
    wanted = [part for word in words if not word.startswith("-") for part in re.findall(r"\w+", word)]
    unwanted = [part for word in words if word.startswith("-") for part in re.findall(r"\w+", word)]
    query = " AND ".join(f'"{part}"*' for part in wanted)
    return query + "".join(f' NOT "{part}"*' for part in unwanted) if query else ""


def line_of(words: Sequence[str], name: str, fields: str, body: str) -> tuple[str, str]:
    """(where, line) of the best matching line: "name", "" for the body, or the key it stands under; most words in one line win."""
    wanted = [fold(part) for word in words if not word.startswith("-") for part in re.findall(r"\w+", word)]
    best, where, line = sum(part in fold(name) for part in wanted), "name", name
    for candidate in body.splitlines():
        hits = _hits(wanted, candidate)
        if hits > best:
            best, where, line = hits, "", _MARKS.sub("", candidate.strip(), count=1).strip(" |")
    key = ""
    for candidate in fields.splitlines():
        found = _KEY.match(candidate)
        key = found[1] if found else key
        hits = _hits(wanted, candidate)
        if hits > best:
            value = candidate.strip() if found else f"{key}: {candidate.strip().removeprefix('- ').strip(chr(34))}"
            best, where, line = hits, key, value
    return where, line


def _hits(wanted: Sequence[str], line: str) -> int:
    if not line or line.isspace():
        return 0
    folded = fold(line)
    return sum(part in folded for part in wanted)
