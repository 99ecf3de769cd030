"""The words of a search: as an FTS5 query, and as the line in which they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from plaintextcrm.core.text import fold


def match_query(words: Sequence[str]) -> str:
    """An FTS5 query in which every word must occur, as the beginning of a word; nothing in it is FTS5 syntax."""
    parts = [part for word in words for part in re.findall(r"\w+", word)]
    return " ".join(f'"{part}"*' for part in parts)


def line_of(words: Sequence[str], name: str, fields: str, body: str) -> tuple[str, str]:
    """(where, line) of the best matching line: most words in it; the body's newest-looking last among equals wins over fields."""
    wanted = [fold(part) for word in words for part in re.findall(r"\w+", word)]
    best, where, line = 0, "name", name
    for place, text in (("", body), ("field", fields)):
        for candidate in text.splitlines():
            if not candidate or (not candidate.isascii() and not candidate.strip()):
                continue
            folded = fold(candidate)
            hits = sum(part in folded for part in wanted)
            if hits > best:
                best, line = hits, candidate.strip()
                where = candidate.split(":", 1)[0] if place else ""
        if best == len(wanted):
            break
    return where, line
