"""The words of a search: as an FTS5 query, and as the line in which they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.text import fold, split_lines

_KEY = pattern(r"([^\s:#-][^:]*):")
_MARKS = pattern(r"(?:[-*+]|#{1,6}|>|\|)[ \t]+(?:\[.\][ \t]+)?")


def parts(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(wanted, unwanted): letters and digits in a row, as typed; unwanted are those of words behind a `-`."""
    wanted = (part for word in words if not word.startswith("-") for part in re.findall(r"\w+", word))
    unwanted = (part for word in words if word.startswith("-") for part in re.findall(r"\w+", word))
    return tuple(wanted), tuple(unwanted)


def match_query(words: Sequence[str]) -> str:
    """An FTS5 query in which every word must occur as the beginning of a word, and none behind a `-`; nothing in it is FTS5 syntax."""
    wanted, unwanted = parts(words)
    query = " AND ".join(f'"{part}"*' for part in wanted)
    return query + "".join(f' NOT "{part}"*' for part in unwanted) if query else ""


class Finder:
    """The words of one search, to be found in many texts."""

    def __init__(self, words: Sequence[str]) -> None:
        self.wanted = tuple(fold(part) for part in parts(words)[0])
        self.bytes = tuple(part.encode() for part in self.wanted)

    def line_of(self, name: str, fields: str, body: str) -> tuple[str, str]:
        """(where, line) of the best matching line: "name", "" for the body, or the key it stands under.

        Most words in one line win; of these the name, then a line that spells them as they were typed, then the first.
        """
        best, found = self._count(name), ("name", name)
        if best == len(self.wanted):
            return found
        for text, shown in ((body, _of_body), (fields, _of_fields)):
            spelled = self._spelled(text)
            if spelled is not None:
                return shown(*spelled)
        for text, shown in ((body, _of_body), (fields, _of_fields)):
            lines = split_lines(text)
            for number, line in enumerate(lines):
                count = self._count(line)
                if count > best:
                    best, found = count, shown("\n".join(lines[:number]), line)
        return found

    def _spelled(self, text: str) -> tuple[str, str] | None:
        """The first line with all words as they were typed, but for the case of a to z, and what is before it; most often there is one."""
        raw = ("\n".join(split_lines(text)) if "\r" in text else text).encode()
        data = raw.lower()  # of bytes: ten times as quick as of text
        at = data.find(self.bytes[0])
        while at >= 0:
            start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
            end = len(data) if end < 0 else end
            line = data[start:end]
            if all(part in line for part in self.bytes):
                return raw[:start].decode(), raw[start:end].decode()
            at = data.find(self.bytes[0], end)
        return None

    def _count(self, line: str) -> int:
        folded = fold(line)
        return sum(part in folded for part in self.wanted)


def _of_body(before: str, line: str) -> tuple[str, str]:
    """A line of the body without its marks."""
    return "", _MARKS.sub("", line.strip(), count=1).strip(" |")


def _of_fields(before: str, line: str) -> tuple[str, str]:
    """A line of the front matter under its key, which may stand on a line before."""
    if found := _KEY.match(line):
        return found[1], line.strip()
    key = next((found[1] for above in reversed(split_lines(before)) if (found := _KEY.match(above))), "")
    return key, f"{key}: {line.strip().removeprefix('- ').strip(chr(34))}"
