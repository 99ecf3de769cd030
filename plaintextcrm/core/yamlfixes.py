"""A front matter line that YAML refuses -> what it may have been meant to be, the likeliest first. Whether YAML takes it, others see.

And lines that YAML takes, and nobody meant so: tags that are comments to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plaintextcrm.core.vocabulary import LIST_TYPES, find_key

LONGEST_LINE = 2000  # characters: nobody could say what a longer one was meant to be
_ODD_BLANK = "\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff"  # as some keyboards and pages put them, also those without a width
_NO_BLANK_AFTER_COLON = re.compile(r"([ \t]*(?:-[ \t]+)?[^\W\d_][\w -]*:)(?!//)([^\s:].*)\Z")
_NO_BLANK_AFTER_HYPHEN = re.compile(r"([ \t]*)-([^\s-].*)\Z")
_OTHER_BULLET = re.compile(r"([ \t]*)[*•–—+][ \t]+(.*)\Z")
_MOVED_KEY = re.compile(r"(?:[ \t]+|[-*+][ \t]+)(([a-z][a-z_]*):(?:[ \t].*)?)\Z")
_TAG = re.compile(r"#([^\W\d_][\w/-]*)")
_KEY_OF_TAGS = re.compile(r"(\S[^#]*:[ \t]+)((?:#[^\W\d_][\w/-]*,?[ \t]*)+)")
_ITEM_OF_TAGS = re.compile(r"([ \t]*-[ \t]+)#([^\W\d_][\w/-]*)[ \t]*")
_IN_QUOTES = r'"[^"\\]*"'
_LINK = r"\[\[[^\[\]]+\]\]"


def corrections(line: str) -> Iterator[tuple[str | None, str]]:
    """(what is wrong, where that is more than YAML can say; the corrected line). Of a line without measure none."""
    if len(line) > LONGEST_LINE:
        return
    bullet = _OTHER_BULLET.match(line)
    item = (('a list is written with "- "', f"{bullet[1]}- {bullet[2]}"),) if bullet else ()
    for what, better in (*item, (None, line), *_mended(line)):
        if what:
            yield what, better
        if fix := in_quotes(better):
            yield what, fix


def _mended(line: str) -> Iterator[tuple[str, str]]:
    """One slip of the hand put right."""
    begins = line[: _end_of_start(line)]
    plain = re.sub(rf"[{_ODD_BLANK}]+", lambda odd: " " if odd[0].strip() == "" else "", begins)
    if plain != begins:
        odd = next(char for char in begins if re.match(f"[{_ODD_BLANK}]", char))
        yield f"a blank that is none to YAML (U+{ord(odd):04X})", plain + line[len(begins) :]
    if found := _NO_BLANK_AFTER_COLON.match(line):
        yield "a blank is missing after the colon", f"{found[1]} {found[2]}"
    if found := _NO_BLANK_AFTER_HYPHEN.match(line):
        yield "a blank is missing after the hyphen", f"{found[1]}- {found[2]}"
    if (found := _MOVED_KEY.match(line)) and find_key(found[2]):
        yield "something stands before the key: begin the line with it", found[1]


def _end_of_start(line: str) -> int:
    """Where indent, hyphen and key end, with whatever looks like a blank behind them."""
    found = re.match(rf"[ \t{_ODD_BLANK}]*(?:-[ \t{_ODD_BLANK}]+)?(?:[^\W\d_][\w -]*:[ \t{_ODD_BLANK}]+)?", line)
    return found.end() if found else 0


def hidden_tags(lines: Sequence[str], first: int, is_empty: bool) -> Iterator[tuple[int, str]]:
    """(line, the corrected line) of `tags: #person` where nothing else is the value, and of each `- #person` below; lines from 0."""
    key = _KEY_OF_TAGS.fullmatch(lines[first])
    words = _TAG.findall(key[2]) if key else []
    if key and words and is_empty:
        yield first, f"{key[1]}[{', '.join(words)}]"
    for number, line in enumerate(lines[first + 1 :], first + 1):
        if line[:1] not in " \t-#" and line:
            return
        if item := _ITEM_OF_TAGS.fullmatch(line):
            yield number, f"{item[1]}{item[2]}"


def in_quotes(line: str) -> str | None:
    """The line with its value in quotes, or in the brackets and quotes of a list where it is one; None where that is not certain."""
    match = re.match(r"(\s*(?:-\s+)?(?:[^\s:#-][^:#]*:\s+)?)(.*\S)\s*\Z", line.replace("\t", "  "))
    if not match or not match[2]:
        return None
    before, (value, comment) = match[1], _parted(match[2])
    if value.startswith("- ") and ":" in before:
        return None
    item = re.match(r"(\s*-\s+)(\S.*: )\Z", before)
    if item and ": " in value:  # `- Tobi: 9, wants: a bus` is one text
        before, value = item[1], item[2] + value
    return f"{before}{_as_list(before, value) or _quoted(_meant(value))}{comment}"


def _parted(value: str) -> tuple[str, str]:
    """(the value, the comment behind it): what is hidden stays hidden. In brackets, and in quotes that are not closed, `#` is text."""
    for mark in re.finditer(r"(?<!\s)\s+#", value):
        before = value[: mark.start()]
        is_open = before[0] in "\"'" and before.count(before[0]) == 1
        if before.count("[") == before.count("]") and not is_open:
            return before, value[mark.start() :]
    return value, ""


def _as_list(before: str, value: str) -> str | None:
    """A value that surely is a list as one."""
    if len(re.findall(_LINK, value)) > 1 and not re.sub(rf"{_LINK}|[\s,]", "", value):
        return "[" + ", ".join(f'"{link}"' for link in re.findall(_LINK, value)) + "]"
    if re.fullmatch(rf"{_IN_QUOTES}(?:,\s*{_IN_QUOTES})+", value):
        return f"[{value}]"
    key = find_key(before.strip().rstrip(":"))
    if key is None or key.type not in LIST_TYPES or value[0] != "[":
        return None
    if value.count("[") == value.count("]") + 1 and not value.endswith(","):
        value += "]"
    inside = value[1:-1].strip()
    if value[-1] != "]" or re.search(r"[\[\]{}\"\\]|(?:\A|,)\s*'", re.sub(r'"[^"\\,]*"', "", inside)):
        return None
    words = [word.strip() for word in inside.split(",")]
    return (
        "[" + ", ".join(word if re.fullmatch(rf"[\w.+-][\w.@ +-]*|{_IN_QUOTES}", word) else _quoted(word) for word in words if word) + "]"
    )


def _meant(value: str) -> str:
    """The text of a value: without quotes that only stand round it, also those that are not closed, and with a link that is closed."""
    mark = value[0]
    if mark in "\"'" and value.count(mark) == 1:
        return value[1:]
    if re.fullmatch(r'"[^"]*\\[^"]*"', value) and "\\\\" not in value:
        return value[1:-1]
    if mark in "\"'" and value[-1] == mark and re.match(r"[^\"']*(?:\s[\"'](?=\w)|(?<=\w)'(?=\w))", value[1:-1]):
        return value[1:-1]
    if re.fullmatch(r"\[\[[^\[\]]+\]?", value):
        return value.rstrip("]") + "]]"
    return value


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
