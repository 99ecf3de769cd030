"""Contact + change -> Edit: the fewest bytes change, every other one is kept (docs/format.md, "How an entry is written")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from plaintextcrm.core import body, contact, frontmatter
from plaintextcrm.core.dates import iso_day
from plaintextcrm.core.entries import PLAIN, Style, entry_line, style_of
from plaintextcrm.core.errors import Refused, Usage
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Edit, Interaction, Problem, Source
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.plainlog import dedented
from plaintextcrm.core.text import encode, line_end_at, line_starts, split_lines
from plaintextcrm.core.vocabulary import BY_FOLD, LIST_TYPES, ORDER, Key, find_key, fold_key

_BLANK_LINE = pattern(r"[ \t]*(?:\r\n|\r|\n)")
_SAFE_PLAIN = pattern(r"[^\W\d_](?:[\w .,()/+&'–—-]*[\w.)])?\Z")
_WORDS_OF_YAML = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])


def refuse_unwritable(source: Source, parsed: contact.Parsed) -> None:
    """Raises Refused where the file must not be written to."""
    if source.encoding == "utf-16":
        raise Refused(f"{source.path}: the file is UTF-16 and is left alone: save it as UTF-8 first")
    long = next((problem for problem in parsed.body.problems if problem.code == "too-long"), None)
    if long:
        raise Refused(f"{source.path}:{long.where.line}: what follows is not read, and so the file is left alone: make two files of it")
    conflict = next((problem for problem in parsed.problems if problem.code == "conflict-markers"), None)
    if conflict:
        raise Refused(f"{source.path}:{conflict.where.line}: conflict markers of a merge: settle it first; nothing is written")


def edit_to(source: Source, text: str) -> Edit:
    """The file with that text instead."""
    return Edit(source.path, source.data, encode(text, source.encoding))


# --- the log -------------------------------------------------------------------------------------------------------


def insert_interaction(source: Source, entry: Interaction, order: str = "oldest", kinds: KindTable = STANDARD) -> Edit:
    """One entry more, at its place in the log, in the log's own style; its `details` indented below it.

    Raises Refused where the file is not to be touched, or where the text would hide or change other lines.
    """
    parsed = contact.parse(source, kinds)
    refuse_unwritable(source, parsed)
    entry = entry._replace(details=dedented(list(entry.details)))
    text = source.text
    section = log_section(parsed.body.sections)
    if section is None:
        inserted, at = as_new_section(text, entry, kinds), len(text)
    else:
        inserted, at = placed_in_section(text, section, entry, order, kinds)
    changed = text[:at] + inserted + text[at:]
    _verify(source, changed, parsed, entry, kinds)
    return edit_to(source, changed)


def log_section(sections: Sequence[body.Section]) -> body.Section | None:
    """The section that new entries go to."""
    named = (section for section in sections if section.title.casefold().rstrip(":") == "interactions")
    return next(named, sections[0] if sections else None)


def as_new_section(text: str, entry: Interaction, kinds: KindTable) -> str:
    """A section with that entry, for the end of the text."""
    end = line_end_at(text, len(text))
    gap = "" if not text else end if text.endswith(("\n", "\r")) else end * 2
    return f"{gap}## Interactions{end}{end}{end.join(entry_lines(entry, PLAIN, kinds))}{end}"


def entry_lines(entry: Interaction, style: Style, kinds: KindTable) -> list[str]:
    """An entry as lines in that style, its details indented below it."""
    indent = re.match(r"\s*", style.before)[0] + "  "  # type: ignore[index]
    return [entry_line(entry, style, kinds), *(f"{indent}{line}".rstrip() for line in entry.details)]


def placed_in_section(text: str, section: body.Section, entry: Interaction, order: str, kinds: KindTable) -> tuple[str, int]:
    """(what to insert, at which offset)."""
    starts = line_starts(text)
    entries = section.entries
    if not entries:
        return _in_empty_section(text, section, entry, starts, kinds)
    newest_first = entries[0].on > entries[-1].on or (entries[0].on == entries[-1].on and order == "newest")
    if newest_first:
        later = next((place for place, other in enumerate(entries) if other.on <= entry.on), None)
        before = entries[later] if later is not None else None
        below, neighbour = before is None, before or entries[-1]
    else:
        earlier = [other for other in entries if other.on <= entry.on]
        below, neighbour = bool(earlier), earlier[-1] if earlier else entries[0]
    line = body.end_with_code(split_lines(text), neighbour.line, neighbour.end) if below else neighbour.line
    style = style_of(text[starts[neighbour.line - 1] : starts[neighbour.line]].rstrip("\r\n"), kinds)
    return as_lines(text, entry_lines(entry, style, kinds), starts[line - 1], starts[neighbour.line - 1])


def _in_empty_section(text: str, section: body.Section, entry: Interaction, starts: list[int], kinds: KindTable) -> tuple[str, int]:
    """Below the heading and the blank line after it; after headings, tables or prose, at the end behind a blank line."""
    lines = entry_lines(entry, PLAIN, kinds)
    after = section.end  # the line after the last that is not blank
    if section.end > section.line + 1:
        at = starts[after - 1] if after - 1 < len(starts) else len(text)
        return as_lines(text, ["", *lines], at, at)
    at = starts[section.line]
    blank = _BLANK_LINE.match(text, at)
    at = blank.end() if blank else at
    if blank and at < len(text) and not _BLANK_LINE.match(text, at):
        lines.append("")  # the blank line stood between two headings: both are to have one
    return as_lines(text, lines, at, starts[section.line - 1])


def as_lines(text: str, lines: list[str], at: int, near: int) -> tuple[str, int]:
    """(lines to insert, at which offset): with the line end of the line at `near`; a missing final line end stays missing."""
    end = line_end_at(text, near)
    at = min(at, len(text))
    if at == len(text) and text and not text.endswith(("\n", "\r")):
        return end + end.join(lines), at  # a missing final line end stays missing
    return end.join(lines) + end, at


def _verify(source: Source, changed: str, before: contact.Parsed, entry: Interaction, kinds: KindTable) -> None:
    """The file read again must hold what it held, and this entry: else refuse rather than guess."""
    after = contact.parse(source._replace(text=changed), kinds).contact
    found = [_fact(one) for one in after.interactions]
    for one in before.contact.interactions:
        if _fact(one) not in found:
            raise Usage(f"{source.path}: the text would change the meaning of other lines (an open `<!--`, `%%` or fence?)")
        found.remove(_fact(one))
    if found != [_fact(entry)]:
        raise Usage("the text would not be read back as it is typed (a comment, a fence, a heading?): write it with `ptcrm edit`")
    if before.contact.keys != after.keys or len(before.contact.follow_ups) > len(after.follow_ups):
        raise Usage(f"{source.path}: the text would change the meaning of other lines")


def _fact(entry: Interaction) -> Interaction:
    return entry._replace(where=0)


# --- follow-ups ----------------------------------------------------------------------------------------------------


def tick_follow_up(source: Source, line: int, on: date, kinds: KindTable = STANDARD) -> Edit:
    """The open task in that line ticked, with `[completion:: DAY]`; a block id, also one of Obsidian's own, stays last in its line."""
    parsed = contact.parse(source, kinds)
    refuse_unwritable(source, parsed)
    starts = line_starts(source.text)
    old = source.text[starts[line - 1] : starts[line]]
    match = re.match(r"(\s*(?:[-*+]|\d{1,9}[.)])[ \t]+\[)[ /](\].*?)((?:[ \t]+\^[A-Za-z0-9-]+)?[ \t]*(?:\r\n|\r|\n)?)\Z", old, re.DOTALL)
    if not match:
        raise Refused(f"{source.path}:{line}: no open task stands in this line any more")
    new = f"{match[1]}x{match[2]} [completion:: {on.isoformat()}]{match[3]}"
    return edit_to(source, source.text[: starts[line - 1]] + new + source.text[starts[line] :])


# --- keys ----------------------------------------------------------------------------------------------------------


def scalar(value: str) -> str:
    """A text as a YAML scalar: plain where every reader agrees that it is text or a day, else in double quotes."""
    if iso_day(value) and len(value) == 10 and value[4] == "-":
        return value
    plain = _SAFE_PLAIN.match(value) and value.lower() not in _WORDS_OF_YAML and ": " not in value and " #" not in value
    if plain and not value.endswith(":"):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    escaped = frontmatter.UNPRINTABLE.sub(lambda char: f"\\u{ord(char[0]):04x}", escaped)
    return f'"{escaped}"'


def key_lines(key: str, value: str | bool | Sequence[str]) -> list[str]:
    """A key as `add` writes it: lists as blocks with two blanks, phones always quoted."""
    if isinstance(value, bool):
        return [f"{key}: {'true' if value else 'false'}"]
    quote = in_quotes if key == "phone" else scalar
    if isinstance(value, str):
        return [f"{key}: {quote(value)}"]
    return [f"{key}:", *(f"  - {quote(part)}" for part in value)] if value else []


def in_quotes(value: str) -> str:
    """A value in double quotes."""
    shown = scalar(value)
    return shown if shown.startswith('"') else f'"{shown}"'


def new_contact(name: str, keys: dict[str, str | bool | Sequence[str]], sections: str = "", entries: Sequence[str] = ()) -> str:
    """The file of somebody new: front matter in the table's order, the user's own keys after it, `# Name`, the log."""
    lines = ["---"]
    for key in sorted(keys, key=lambda key: ORDER.get(key, len(ORDER))):
        lines += key_lines(key, keys[key])
    heading = " ".join(name.split())
    lines += ["---", "", f"# {heading}", "", "## Interactions", "", *entries]
    return "\n".join(lines) + "\n" + sections


def set_key(source: Source, key: str, value: str | None) -> Edit:
    """A single-valued key set, or taken out (None); its spelling, its place and every other byte are kept.

    Refused where the front matter does not parse, the key is there twice, or its value is more than one line.
    """
    parsed = contact.parse(source)
    refuse_unwritable(source, parsed)
    front = parsed.front
    if not front.parsed or any(problem.code == "yaml-alias" for problem in front.problems):
        line = front.problems[0].where.line if front.problems else 1
        raise Refused(f"{source.path}:{line}: the front matter cannot be read whole, so it is not edited: mend it first (ptcrm check)")
    ours = BY_FOLD[fold_key(key)]
    if any(problem.code == "duplicate-key" and find_key(key_of(problem)) == ours for problem in front.problems):
        raise Refused(f"{source.path}: {key} is there twice: keep one first (ptcrm check)")
    pairs = [pair for pair in front.pairs if find_key(pair.key) == ours and not is_name(pair, parsed)]
    own = next((pair for pair in pairs if fold_key(pair.key) == fold_key(ours.name)), pairs[0] if pairs else None)
    text, starts = source.text, line_starts(source.text)
    if own:
        start, end = starts[own.line - 1], starts[own.line]
        if not isinstance(own.value, str | None) or ours.type in LIST_TYPES or not is_one_line(text, end, front.end):
            raise Refused(f"{source.path}:{own.line}: {own.key} is more than one line: change it with `ptcrm edit`")
        new = "" if value is None else value_replaced(text[start:end], own.key, _written(ours, value), source.path)
        changed = text[:start] + new + text[end:]
    elif value is None:
        return edit_to(source, text)
    else:
        changed = key_added(text, front, key, _written(ours, value), starts)
    after = contact.parse(source._replace(text=changed)).contact
    same = {name: one for name, one in after.keys.items() if name != ours.name}
    kept = {name: one for name, one in parsed.contact.keys.items() if name != ours.name}
    got = after.keys.get(ours.name)
    got = {True: "true", False: "false"}.get(got) if isinstance(got, bool) else got
    if same != kept or after.other != parsed.contact.other or (got != value and value is not None and len(pairs) < 2):
        raise Refused(f"{source.path}: {key} cannot be changed without touching other lines: change it with `ptcrm edit`")
    return edit_to(source, changed)


def is_name(pair: frontmatter.Pair, parsed: contact.Parsed) -> bool:
    """Whether a `title` is the person's name and not the role."""
    return fold_key(pair.key) == "title" and pair.value != parsed.contact.text("role")


def _written(key: Key, value: str) -> str:
    return value if key.type.startswith("bool") and value in ("true", "false") else scalar(value)


def key_of(problem: Problem) -> str:
    """The key a problem of front matter names."""
    return problem.message.split('"')[1]


def is_one_line(text: str, after: int, end: int) -> bool:
    """Whether the value ends with its line: the next line begins a key, a comment or the fence."""
    rest = text[after:end]
    return not rest or not re.match(r"[ \t]*(?:\r\n|\r|\n)*(?:[ \t]+[^\s#]|- )", rest)


_KEY_LINE = pattern(
    r"""(?P<key>(?:"[^"\\]*"|'[^']*'|[^"':]+?)[ \t]*:)(?P<gap>[ \t]*)"""
    r"""(?:"(?:[^"\\\r\n]|\\[^\r\n])*"|'(?:[^'\r\n]|'')*'|(?!["'&*!|>{\[])[^\r\n]*?|)"""
    r"""(?P<comment>[ \t]+\#[^\r\n]*)?(?P<end>[ \t]*(?:\r\n|\r|\n)?)\Z"""
)


def value_replaced(line: str, key: str, value: str, path: str) -> str:
    """The line with another value; the key, the blanks and a comment behind it stay."""
    match = _KEY_LINE.match(line)
    if not match:
        raise Refused(f"{path}: {key} cannot be changed surely: change it with `ptcrm edit`")
    return f"{match['key']}{match['gap'] or ' '}{value}{match['comment'] or ''}{match['end']}"


def key_added(text: str, front: frontmatter.FrontMatter, key: str, value: str, starts: list[int]) -> str:
    """The text with one key more, at its place in the order of our keys."""
    at, new = lines_added(text, front, BY_FOLD[fold_key(key)], [f"{key}: {value}"], starts)
    return text[:at] + new + text[at:]


def lines_added(
    text: str, front: frontmatter.FrontMatter, key: Key | None, lines: Sequence[str], starts: list[int]
) -> tuple[int, str]:  # fmt: skip
    """(at which offset, what to insert) for the lines of a key that is not there yet (None: one of the user's own).

    After the last present key that precedes it in the table, else last; a front matter is made where there is none.
    """
    end = line_end_at(text, 0)
    shown = end.join([*lines, ""])
    if not front.end:
        gap = "" if not text or text.startswith(("\n", "\r")) else end
        return 0, f"---{end}{shown}---{end}{gap}"
    place = ORDER[key.name] if key else 0
    before = [pair for pair in front.pairs if (known := find_key(pair.key)) and ORDER[known.name] < place]
    if not before:
        return front.end, shown
    last = max(before, key=lambda pair: (ORDER[(find_key(pair.key) or BY_FOLD["name"]).name], pair.line))
    following = [pair.line for pair in front.pairs if pair.line > last.line]
    limit = starts[min(following) - 1] if following else front.end
    block = re.compile(r"(?:[ \t]+[^\s#][^\r\n]*|-[ \t][^\r\n]*)(?:\r\n|\r|\n)|[ \t]*(?:\r\n|\r|\n)(?=[ \t]+\S)")
    at = starts[last.line]
    while at < limit and (more := block.match(text, at)):
        at = more.end()
    return at, shown
