"""The words of a search: as an FTS5 query, and as the line in which they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.text import fold

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

    def line_of(self, name: str, fields: bytes, body: bytes) -> tuple[str, str]:
        """(where, line) of the best matching line: "name", "" for the body, or the key it stands under; fields and body in UTF-8.

        Most words in one line win; of these the name, then a line that spells them as they were typed, then the first.
        """
        best, found = self._count(name), ("name", name)
        if best == len(self.wanted):
            return found
        texts = ((_with_lf(body), _of_body), (_with_lf(fields), _of_fields))
        for text, shown in texts:
            spelled = self._spelled(text)
            if spelled is not None:
                return shown(*spelled)
        for text, shown in texts:
            lines = text.split(b"\n")
            for number, line in enumerate(lines):
                count = self._count(line.decode())
                if count > best:
                    best, found = count, shown(b"\n".join(lines[:number]), line)
        return found

    def _spelled(self, text: bytes) -> tuple[bytes, bytes] | None:
        """(what is before it, the line): the first line with all words as they were typed, but for the case of a to z; most have one."""
        first, *others = self.bytes
        small = -1 if others else text.find(first)  # a single word: no line behind the one with it can be the first
        end = text.find(b"\n", small) if small >= 0 else -1
        data = (text[:end] if end >= 0 else text).lower()  # of bytes: ten times as quick as of text
        at = data.find(first)
        while at >= 0:
            start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
            end = len(data) if end < 0 else end
            if not others or all(data.find(part, start, end) >= 0 for part in others):
                return text[:start], text[start:end]
            at = data.find(first, end + 1)
        return None

    def _count(self, line: str) -> int:
        folded = fold(line)
        return sum([part in folded for part in self.wanted])


def _with_lf(text: bytes) -> bytes:
    """The text with LF at the end of each line."""
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _of_body(before: bytes, line: bytes) -> tuple[str, str]:
    """A line of the body without its marks."""
    text = line.decode().strip()
    marks = _MARKS.match(text)
    return "", text[marks.end() if marks else 0 :].strip(" |")


def _of_fields(before: bytes, line: bytes) -> tuple[str, str]:
    """A line of the front matter under its key, which may stand on a line before."""
    text = line.decode()
    if found := _KEY.match(text):
        return found[1], text.strip()
    above = reversed(before.decode().split("\n"))
    key = next((found[1] for other in above if (found := _KEY.match(other))), "")
    return key, f"{key}: {text.strip().removeprefix('- ').strip(chr(34))}"
