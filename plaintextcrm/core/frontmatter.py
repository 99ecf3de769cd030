"""Front matter: text -> where it stands and its pairs, every scalar as text (docs/format.md, "Front matter").

Two readers give the same pairs: `_quick` for the plain shapes nearly all files have (20 µs; no import of yaml), and YAML
through a python-frontmatter handler for the rest. What YAML cannot read, `_rescue` reads line by line.
"""

from __future__ import annotations

import re

from plaintextcrm.core.model import Location, Problem
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import split_lines
from plaintextcrm.core.vocabulary import find_key

Tree = object  # None, text, or nested: lists and mappings of text (read, never written)

LONGEST = 262_144  # characters; YAML's C reader is recursive, so size and depth are bounded before it sees the text
DEEPEST = 50
LONGEST_START = 4096  # characters in which keys are looked for where no `---` stands before them
_FENCE = pattern(r"---[ \t]*(?:\r\n|\r|\n|\Z)")
_CLOSE = pattern(r"^---[ \t]*\r?$", re.MULTILINE)
_CLOSE_CR = pattern(r"(?:(?<=\r)|(?<=\n))---[ \t]*(?=\r|\n|\Z)")
UNPRINTABLE = pattern("[^\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]")
_PAIR = pattern(r"([^\W\d_](?:[\w \-]*\w)?):(?: +(.*))?\Z")
# Lines: key and value, or indent and item, in the shapes most have (`_quick_value` gives the same): plain, in quotes, or a key alone;
# or whatever else it is.
_LINES = pattern(
    r"""(?:(?:([A-Za-z][A-Za-z_]*):|([ ]*)-)[ ](?!(?:null|Null|NULL)(?:\n|\Z))"""
    r"""(?:([A-Za-z0-9+](?:[^\n:#\[\]{}"']*[^\s:#\[\]{}"'])?)|"([^"\\\n]+)")|([A-Za-z][A-Za-z_]*):|([^\n]*))(?:\n|\Z)"""
)
_ITEM = pattern(r"( *)- +(.*)\Z")
_LINK = pattern(r"\[\[[^\[\]{},:#&*!|>%@`'\"\\]+(?:\|[^\[\]{},:#&*!|>%@`'\"\\]*)?\]\]\Z")
# Brackets that nothing between them can keep open.
_LINKS = pattern(r"\[\[[^\[\]{},:#&*!|>%@`'\"\\\n]+(?:\|[^\[\]{},:#&*!|>%@`'\"\\\n]*)?\]\]")
_FLOW = pattern(r"\[([^\[\]{}:#&*!|>%@`'\"\\?]*)\]\Z")
_DOUBLE = pattern(r'"([^"\\]*)"\Z')
_SINGLE = pattern(r"'([^']*)'\Z")
_NULLS = ("", "~", "null", "Null", "NULL")


class Pair(NamedTuple):
    """One top-level key with its value and its place in the file (line and column from 1)."""

    key: str
    value: Tree
    line: int
    column: int = 1


class FrontMatter(NamedTuple):
    """Where the front matter stands (offsets into the text) and what it says.

    `start`..`end` is the YAML between the fences (both 0 when there is none); the body begins at offset `body`, which is line
    `body_line`. `parsed` is False where only the line-wise rescue could read it.
    """

    pairs: tuple[Pair, ...] = ()
    problems: tuple[Problem, ...] = ()
    parsed: bool = True
    start: int = 0
    end: int = 0
    body: int = 0
    body_line: int = 1


def read(text: str, path: str) -> FrontMatter:
    """The front matter of a whole file's text (BOM already taken off); never raises."""
    if text.startswith("---\n"):
        end = text.find("\n---\n", 3)
        if end > 0 and "\r" not in text:  # the shape nearly all files have; the same as below
            return _between(text, path, 4, end + 1, end + 5)
    opening = _FENCE.match(text)
    if not opening:
        return FrontMatter(problems=_unfenced(text, path))
    start = opening.end()
    closing = _CLOSE.search(text, max(start - 1, text.find("\n---", start - 1))) or (
        _CLOSE_CR.search(text, start) if "\r" in text else None
    )
    if not closing:
        where = Location(path)
        message = 'front matter is not closed: put a line "---" after the last key'
        pairs = _rescue(_until_gap(text[start : start + LONGEST]))
        return FrontMatter(pairs, (Problem(where, "unclosed-fence", message),), False, start, start, start, 2)
    ends = _FENCE.match(text, closing.start())
    return _between(text, path, start, closing.start(), ends.end() if ends else len(text))


def _between(text: str, path: str, start: int, end: int, body: int) -> FrontMatter:
    """The front matter whose YAML stands at `start`..`end`."""
    yaml_text = text[start:end]
    body_line = 3 + yaml_text.count("\n") if "\r" not in yaml_text else 2 + len(split_lines(yaml_text))
    problems: tuple[Problem, ...] = ()
    parsed = True
    pairs = _quick(yaml_text)
    if pairs is None:
        pairs, problem = _by_yaml(yaml_text, path)
        if problem:
            problems = (problem,)
            parsed = problem.code == "yaml-alias" and bool(pairs)
            if not parsed:
                pairs = _rescue(yaml_text)
        if parsed and "#" in yaml_text:
            problems += _tags_as_comments(yaml_text, pairs, path)
    pairs, doubled = _first_of_each(pairs, path)
    return FrontMatter(pairs, problems + doubled, parsed, start, end, body, body_line)


def _tags_as_comments(text: str, pairs: tuple[Pair, ...], path: str) -> tuple[Problem, ...]:
    """A warning for each `tags: #person`, with the corrected line."""
    tags = [pair for pair in pairs if (key := find_key(pair.key)) and key.type == "tags"]
    if not tags:
        return ()
    from plaintextcrm.core.yamlfixes import hidden_tags

    lines = split_lines(text)
    found = [one for pair in tags for one in hidden_tags(lines, pair.line - 2, pair.value is None)]
    message = 'to YAML what begins with "#" is a comment: it is no tag until the "#" is gone'
    return tuple(Problem(Location(path, number + 2), "hidden-tag", message, fix, "warning") for number, fix in found)


def _unfenced(text: str, path: str) -> tuple[Problem, ...]:
    """A warning where a file begins with two of our keys and no `---` before them: they are read as text, and nobody would see it."""
    start = len(text) - len(text.lstrip())
    ours: set[str] = set()
    for line in split_lines(text[start : start + LONGEST_START]):
        pair = _PAIR.match(line.rstrip(" \t"))
        key = find_key(pair[1]) if pair else None
        if not pair:
            break
        if key and pair[2]:
            ours.add(key.name)
    if len(ours) < 2:
        return ()
    where = Location(path, len(split_lines(text[:start] + "x")))
    return (Problem(where, "no-fence", "these look like front matter: put --- before and after", None, "warning"),)


def _until_gap(text: str) -> str:
    """The lines of an unclosed front matter: up to the first blank line or heading."""
    lines = split_lines(text)
    stop = next((n for n, line in enumerate(lines) if not line.strip() or re.match(r"#{1,6}\s", line)), len(lines))
    return "\n".join(lines[:stop])


def _first_of_each(pairs: tuple[Pair, ...], path: str) -> tuple[tuple[Pair, ...], tuple[Problem, ...]]:
    """Each key once, with its first non-empty value; a problem for each key that is there twice."""
    if len({pair.key for pair in pairs}) == len(pairs):
        return pairs, ()
    kept: dict[str, Pair] = {}
    problems = []
    for pair in pairs:
        first = kept.get(pair.key)
        if first is None:
            kept[pair.key] = pair
            continue
        message = f'key "{pair.key}" is in line {first.line} and again in line {pair.line}: keep one'
        problems.append(Problem(Location(path, pair.line, pair.column), "duplicate-key", message))
        if first.value is None:
            kept[pair.key] = first._replace(value=pair.value)
    return tuple(kept.values()), tuple(problems)


# --- the quick reader ----------------------------------------------------------------------------------------------


def _quick(text: str) -> tuple[Pair, ...] | None:
    """The pairs of front matter in plain shapes only, or None where YAML has to decide. Law: where not None, it is what YAML says."""
    if len(text) > LONGEST or (not text.replace("\n", "").isprintable() and UNPRINTABLE.search(text)):
        return None
    pairs: list[Pair] = []
    items: list[Tree] | None = None
    indent = ""
    lines = _LINES.findall("\n".join(split_lines(text)) if "\r" in text else text)
    for number, (key, before, item, quoted, opening, line) in enumerate(lines, 2):
        if key:
            pairs.append(Pair._make((key, item or quoted, number, 1)))
            items = None
            continue
        if opening:
            pairs.append(Pair._make((opening, None, number, 1)))
            items, indent = [], "?"
            continue
        item = item or quoted
        if not item:
            if not line.strip(" ") or line[0] == "#":
                continue
            if line[0] != " " and line[0] != "-":
                pair = _quick_pair(line, number)
                if pair is None:
                    return None
                pairs.append(pair)
                items, indent = ([], "?") if line.rstrip(" ")[-1] == ":" else (None, "")
                continue
            match = _ITEM.match(line)
            value = _quick_value(match[2]) if match else None
            if not match or not isinstance(value, str):
                return None
            before, item = match[1], value
        if items is None or indent not in ("?", before):
            return None
        if not items:
            indent = before
            pairs[-1] = Pair(pairs[-1].key, items, pairs[-1].line)
        items.append(item)
    return tuple(pairs)


def _quick_pair(line: str, number: int) -> Pair | None:
    """`key:` or `key: value`, or None where YAML has to decide."""
    match = _PAIR.match(line)
    if not match:
        return None
    raw = (match[2] or "").strip(" ")
    value = _quick_value(raw)
    return Pair(match[1], value, number) if value is not None or raw in _NULLS else None


def _quick_value(raw: str) -> Tree:
    """A plain or simply quoted scalar, an unquoted link, a flow list of plain words; None for absent and for what is not plain."""
    raw = raw.rstrip(" ")
    first = raw[0] if raw else ""
    if first in "\"'":
        match = (_DOUBLE if first == '"' else _SINGLE).match(raw) if first else None
        return match[1] if match else None
    if first == "[":
        if raw.startswith("[["):
            return raw if _LINK.match(raw) else None
        flow = _FLOW.match(raw)
        if not flow:
            return None
        words = [word.strip(" ") for word in flow[1].split(",")]
        if words[-1] == "":
            words.pop()
        return None if any(word in _NULLS or word[0] == "-" for word in words) else list(words)
    if first in "]{}&*!|>%@`#,?:" or (first == "-" and raw[1:2] in ("", " ")):
        return None
    if " #" in raw or not raw.isprintable():
        return None
    plain = raw
    if ": " in plain or plain[-1] == ":" or plain in _NULLS:
        return None
    return plain


# --- YAML ----------------------------------------------------------------------------------------------------------


def _too_deep(text: str) -> int | None:
    """The line (from 0) at which brackets, list marks or indents nest deeper than a person would write, or None."""
    depth = opened = 0
    for number, line in enumerate(split_lines(text)):
        if "[[" in line:
            line = _LINKS.sub("", line)
        opened += line.count("[") + line.count("{")  # what seems to close them may stand in quotes or a comment
        depth += line.count("[") + line.count("{")
        marks = len(re.match(r"[ \t]*((?:[-?:][ \t]+)*)", line)[1].split())  # type: ignore[index]
        if depth > DEEPEST or opened > 40 * DEEPEST or marks > DEEPEST or len(line) - len(line.lstrip()) > 4 * DEEPEST:
            return number
        depth = max(0, depth - line.count("]") - line.count("}"))
    return None


def _by_yaml(text: str, path: str) -> tuple[tuple[Pair, ...], Problem | None]:
    deep = _too_deep(text) if len(text) <= LONGEST else None
    if deep is not None or len(text) > LONGEST:
        message = "front matter is nested too deep to be read: write key: value lines"
        if deep is None:
            message = f"front matter is longer than {LONGEST} characters: move text below the second ---"
        return (), Problem(Location(path, (deep or 0) + 2), "too-deep", message)
    from plaintextcrm.core.yamltext import load

    return load(text, path)


# --- the rescue ----------------------------------------------------------------------------------------------------

_RESCUE_PAIR = pattern(r"([^\s:#\-\[\]{}][^:]{0,80}?)\s*:(?:[ \t]+(.*))?\Z")
_RESCUE_ITEM = pattern(r"\s*-\s+(.*)\Z")


def _rescue(text: str) -> tuple[Pair, ...]:
    """The top-level `key: value` lines and block lists of front matter that YAML refuses; of one without measure, its beginning."""
    text = text[:LONGEST]
    pairs: list[Pair] = []
    items: list[Tree] = []
    open_list = False
    for number, line in enumerate(split_lines(text), 2):
        match = _RESCUE_PAIR.match(line)
        if match:
            value = _rescued(match[2] or "")
            pairs.append(Pair(match[1], value, number))
            open_list, items = value is None, []
            continue
        item = _RESCUE_ITEM.match(line)
        value = _rescued(item[1]) if item and open_list else None
        if value is not None:
            if not items:
                pairs[-1] = pairs[-1]._replace(value=items)
            items.append(value)
    return tuple(pairs)


def _rescued(raw: str) -> Tree:
    raw = raw.strip()
    if len(raw) > 1 and raw[0] in "\"'" and raw.find(raw[0], 1) > 0:
        return raw[1 : raw.find(raw[0], 1)]
    if raw[:1] in ("|", ">"):
        return None
    if not re.fullmatch(r"\[[^\[\]]*\]", raw):  # `[#tea, #sea]` is no comment
        raw = re.split(r"\s#", raw, maxsplit=1)[0].strip()
    if re.fullmatch(r"\[[^\[\]]*\]", raw):
        return [word.strip().strip("\"'") for word in raw[1:-1].split(",") if word.strip()] or None
    return None if raw in _NULLS or raw[0] in "#" else raw.lstrip("\"'")
