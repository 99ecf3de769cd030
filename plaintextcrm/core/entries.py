"""One line <-> one Interaction, both ways (the grammar of docs/format.md, "Interactions")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import islice

from plaintextcrm.core.dates import WEEKDAYS, day_or_none, iso_day, iso_forms, key_day, month_of
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import OPEN_BOXES, FollowUp, Interaction, Location, Problem
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple

# Indent, bullet, blanks, box.
LIST_ITEM = pattern(r"(\s*)([-*+])([ \t]+)(?:\[(.)\][ \t]+)?")
_ANY_ITEM = pattern(r"\s*(?:[-*+]|\d{1,9}[.)])[ \t]+\[(.)\][ \t]+(.*)")
_DATE_FORMS = pattern(
    r"(?P<open>\*\*|__|\[\[(?:[^\[\]|]*/)?)?(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
    r"(?![\d.]|T(?!\d\d:\d\d)|[^\W\d_T])"
    r"(?P<close>:?\*\*|:?__|(?:\|[^\[\]]*)?\]\])?"
)
_TIME = pattern(
    r"(?:[ \t]+|T)([01]\d|2[0-3]):([0-5]\d)(?::[0-5]\d(?:\.\d+)?)?[ \t]?"
    r"(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d|[-–](?:[01]\d|2[0-3]):[0-5]\d)?"
    r"(?=[\s:,|—–=]|\Z)"
)
_ASEP = pattern(r"[ \t]*[:,|—–=]|[ \t]+-(?=[ \t])")
_KIND = pattern(r"([^\W\d_]+(?:-[^\W\d_]+)*)(?:(:)(?=[ \t]|\Z)|([ \t]+[—–\-|=])(?=[ \t])|(?=\Z))")
# `(?<![ \t])`: a run of blanks is looked at once, not once for each of them (40,000 blanks took 7 s).
_BLOCK_ID = pattern(r"(?:^|(?<![ \t])[ \t]+)\^([a-z0-9]{6})\Z")
_FIELD = pattern(
    r"\[([^\[\]():]+)::((?:[^\[\]]|\[\[[^\[\]]*\]\]|\[[^\[\]]*\])*)\]"
    r"|\(([^\[\]():]+)::((?:[^()\[\]]|\[\[[^\[\]]*\]\]|\([^()]*\))*)\)"
)
_LOOKS_DATED = pattern(r"[*_\[]{0,2}(?:\d{4}[-/.]\d{1,2}(?![\d])|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}(?!\d))")
# A whole day in marks that are none of its forms: `**[[2026-11-20]]**`, `(2026-11-20)`, and a linked one that no calendar has.
_MARKED_DAY = pattern(r"(?:[*_]{1,2}\[\[(?:[^\[\]|]*/)?|[(`]|\[\[[^\[\]|]*/)\d{4}([-/.])\d{1,2}\1\d{1,2}[\])`|]")
# `12 Nov 2026`, `15. Nov. 2026`, `Nov 14`: only at the very beginning, and with day and month.
_WORDED = pattern(
    r"(?:([0-3]?[0-9])(?:\.|st|nd|rd|th)?[ \t]+([A-Za-z]{3,9})\.?|([A-Za-z]{3,9})\.?[ \t]+([0-3]?[0-9])(?:st|nd|rd|th)?)(?!\w)"
    r"(?:,?[ \t]+((?:1[7-9]|20)[0-9]{2})(?!\w|-[0-9]|[ \t]*(?:[€$£%]|[A-Z]{3}\b))\.?)?"  # "14 Nov 2000 EUR" has no year
)
# What hides a day: characters nobody sees, a weekday, hyphens that are none.
_DISGUISE = pattern(
    "[\u00a0\u200b-\u200f\u202a-\u202e\u2060\ufeff]*(?:(mon|tue|wed|thu|fri|sat|sun)(?:|s|rs?|day|sday|nesday|rsday|urday)"
    r"(?:[.,]{1,2}[ \t]*|[ \t]+))?(?:(\d{4})[-‐‑‒–—−](\d{1,2})[-‐‑‒–—−](\d{1,2})(?!\d))?",
    re.IGNORECASE,
)
_UNMARKED = pattern("[ \\t\u00a0]{0,3}(?:[-–—•·‣]|[*+](?=[\u00a0\u200b\u202f])|(?=\\d))[ \\t\u00a0\u200b\u202f]*")
_MARKED = pattern(r"[ \t]*(?:[:,|—–=-]|\Z)")
_ALSO_WORDS = (3, 5)  # "3 may be wrong", "10 march past": without a year or a mark behind it that is no month
_UNSURE_COMMA = pattern(r"([1-9][0-9]{0,2}),([0-9]{3})")  # thousands, or a decimal comma?
_DECIMAL = pattern(r"(\d+)(?:[.,](\d+))?")
_SUM = pattern(r"[0-9]{1,15}(?:[.,][0-9]{1,9})?")
_WITH_UNIT = pattern(r"(?:(\d+)([.,]\d+)?[ \t]*h(?:(?:ou)?rs?)?)?[ \t]*(?:(\d+)[ \t]*(?:m(?:in(?:ute)?s?)?\.?|')?)?", re.IGNORECASE)
_HINT = pattern(r"(note|research|skip)\b", re.IGNORECASE)


MOST_FIELDS = 1000  # of one line that are read; further ones stay text


class Style(NamedTuple):
    """How a log writes its lines: what stands before, around and after the date, and between kind and text."""

    before: str = "- "
    opening: str = ""
    closing: str = ""
    after_date: str = ""
    after_kind: str = ": "


PLAIN = Style()


def fields_of(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """(the text without its `[key:: value]` and `(key:: value)` pairs, the pairs in order, keys in lower case)."""
    colons = text.find("::")
    if colons < 0:
        return text, ()
    begin = max(text.rfind("[", 0, colons), text.rfind("(", 0, colons), 0)  # no bracket stands between that of a field and its colons
    found: list[tuple[str, str]] = []
    pieces: list[str] = []
    kept = 0
    for match in islice(_FIELD.finditer(text, begin), MOST_FIELDS):
        key, value = (match[1], match[2]) if match[1] else (match[3], match[4])
        found.append((key.strip().lower(), value.strip()))
        pieces.append(text[kept : match.start()].rstrip(" \t"))
        kept = match.end()
    return "".join((*pieces, text[kept:])), tuple(found)


def field_pairs(text: str) -> tuple[tuple[str, str], ...]:
    """The pairs alone, as `fields_of` finds them."""
    if text.count("::") > MOST_FIELDS:
        return fields_of(text)[1]
    colons = text.find("::")  # no bracket stands between the first of them and the one that opens its field
    tail = text[max(text.rfind("[", 0, colons), text.rfind("(", 0, colons), 0) :]
    return _known_pairs(tail) if len(tail) < 100 else _pairs(tail)


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    found = _FIELD.findall(text)
    return tuple([((key or other_key).strip().lower(), (value if key else other).strip()) for key, value, other_key, other in found])


_known_pairs = lru_cache(maxsize=2048)(_pairs)  # `[dir:: in]` and its like stand in thousands of lines


def parse_text(text: str, on: date, box: str = "", where: int = 0, kinds: KindTable = STANDARD) -> Interaction:
    """What stands after the date (and time) of an entry: [asep] [kind] text, fields, block id."""
    return _parse_rest(text, on, None, box, where, kinds)


def parse_entry(line: str, where: int = 0, kinds: KindTable = STANDARD) -> Interaction | None:
    """One list item as an interaction, or None where it is no entry."""
    item = LIST_ITEM.match(line)
    if not item:
        return None
    return parse_dated(line[item.end() :], item[4] or "", where, kinds)


def parse_dated(text: str, box: str = "", where: int = 0, kinds: KindTable = STANDARD) -> Interaction | None:
    """A line that begins with its date (after the bullet, in a heading, in a paragraph), or None."""
    dated = _DATE_FORMS.match(text)
    if not dated:
        return None
    opening, closing = dated["open"] or "", dated["close"] or ""
    if not _closes(opening, closing):
        if closing not in ("**", "__") or opening:
            return None
        dated_end = dated.start("close")  # "2026-11-20 **bold**" without a blank: the mark belongs to the text
    else:
        dated_end = dated.end()
    on = day_or_none(int(dated["year"]), int(dated["month"]), int(dated["day"]))
    if on is None:
        return None
    time = _TIME.match(text, dated_end)
    rest = text[time.end() if time else dated_end :]
    return _parse_rest(rest, on, f"{time[1]}:{time[2]}" if time else None, box, where, kinds)


def _closes(opening: str, closing: str) -> bool:
    if opening.startswith("[["):
        return closing.endswith("]]")
    return closing.lstrip(":") == opening and (closing == "" or bool(opening))


def _parse_rest(rest: str, on: date, at_time: str | None, box: str, where: int, kinds: KindTable) -> Interaction:
    separator = _ASEP.match(rest)
    text = rest[separator.end() :] if separator else rest
    block = _BLOCK_ID.search(text.rstrip()) if "^" in text else None
    if block:
        text = text.rstrip()[: block.start()]
    text, fields = fields_of(text)
    text = text.strip()
    kind = _KIND.match(text)
    if kind:
        found = kinds.get(kind[1].lower())
        if found:
            return Interaction(on, text[kind.end() :].strip(), found.name, at_time, fields, block and block[1], (), box, where)
    return Interaction(on, text, None, at_time, fields, block and block[1], (), box, where)


def odd_entry(line: str, path: str, where: int) -> Problem | None:
    """The problem with a list item of a log that begins like a date and is no entry, or None."""
    item = LIST_ITEM.match(line)
    start = item.end() if item else 0
    if not _LOOKS_DATED.match(line, start) and not (item and not item[4] and _MARKED_DAY.match(line, start)):
        return _worded_entry(line, start, path, where) or _disguised_entry(line, start, path, where) if item and not item[4] else None
    place = Location(path, where, start + 1)
    word = line[start:].split()[0].rstrip(":,;")
    forms = iso_forms(word)
    if iso_day(word.rstrip(".")):
        forms = (word.rstrip("."),)
    if forms:
        fix = line[:start] + forms[0] + line[start + len(word) :] if len(forms) == 1 else None
        return Problem(place, "odd-entry", f'date "{word}": write {" or ".join(forms)}', fix)
    if re.match(r"\d{4}([-/.])\d{1,2}\1\d{1,2}\Z", word):
        return Problem(place, "odd-entry", f'"{word}" is not a day of the calendar: correct the date')
    return Problem(place, "odd-entry", f'"{word}" begins like a date and is none: write it like 2026-11-20')


def _worded_entry(line: str, start: int, path: str, where: int) -> Problem | None:
    """The problem with a list item whose day is in words, with the corrected line where the year is there too; or None."""
    found = _WORDED.match(line, start)
    month = month_of(found[2] or found[3]) if found else None
    if not found or not month or not (found[5] or month not in _ALSO_WORDS or _MARKED.match(line, found.end())):
        return None
    day = day_or_none(int(found[5] or 2000), month, int(found[1] or found[4]))
    place, word = Location(path, where, start + 1), found[0]
    if day is None:
        return Problem(place, "odd-entry", f'"{word}" is not a day of the calendar: correct the date') if found[5] else None
    if not found[5]:
        return Problem(place, "odd-entry", f'date "{word}": write YYYY-{day:%m-%d}, with its year', None, "warning")
    fix = f"{line[:start]}{day.isoformat()}{line[found.end() :]}"
    entry = parse_entry(fix)
    return Problem(place, "odd-entry", f'date "{word}": write {day.isoformat()}', fix if entry and entry.on == day else None)


def _disguised_entry(line: str, start: int, path: str, where: int) -> Problem | None:
    """The problem with a list item whose day is there in full, behind a weekday or with hyphens that are none."""
    found = _DISGUISE.match(line, start)
    if not found or found.end() == start:
        return None
    date_ = f"{found[2]}-{found[3]}-{found[4]}" if found[2] else ""
    plain = f"{line[:start]}{date_}{line[found.end() :]}"
    worded = None if parse_entry(plain) else _worded_entry(plain, start, path, where)
    fix = worded.fix if worded else plain
    entry = parse_entry(fix) if fix else None
    if entry is None:
        return None
    message = f"begins with a day in a form that is not read: write {entry.on.isoformat()} first"
    agrees = not found[1] or found[1].lower() == WEEKDAYS[entry.on.weekday()]
    return Problem(Location(path, where, start + 1), "odd-entry", message, fix if agrees else None)


def unmarked_entry(line: str, path: str, where: int) -> Problem | None:
    """The problem with a line of a log that would be an entry behind the mark of a list: `-2026-11-20`, `• 2026-11-20`, `2026-11-20`."""
    found = _UNMARKED.match(line)
    fix = f"- {line[found.end() :]}" if found else ""
    if not found or not parse_entry(fix):
        return None
    message, severity = 'no item of a list, and not read: write "- " before the date', "error" if found[0].strip() else "warning"
    return Problem(Location(path, where), "odd-entry", message, fix if severity == "error" else None, severity)


def kind_hint(entry: Interaction, path: str) -> Problem | None:
    """A line without kind that begins with note, research or skip counts as contact, which may not be what was meant."""
    match = None if entry.kind else _HINT.match(entry.text)
    if not match:
        return None
    word = match[1].lower()
    message = f'counts as contact: if it is none, write "{word}:" at the beginning'
    return Problem(Location(path, entry.where), "kind-hint", message, None, "warning")


def minutes_of(value: str) -> int | None:
    """What `[minutes:: 45]` says, or None where it is no whole number of at most five digits, which is not counted."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else None


def _minutes_meant(value: str) -> tuple[int | None, str]:
    """(the minutes that are meant, where that is certain; what to write) of a value that is not counted."""
    if parts := _UNSURE_COMMA.fullmatch(value):
        return None, f"{parts[1]}{parts[2]} or {parts[1]}"
    if (parts := _DECIMAL.fullmatch(value)) and len(parts[1]) < 6:
        whole, rest = int(parts[1]), (parts[2] or "").rstrip("0")
        if not rest:
            return whole, str(whole)
        exact = float(f"{whole}.{rest}")
        hours = f", or {round(exact * 60)} if hours are meant" if exact <= 24 else ""
        return None, f"{max(1, round(exact))}{hours}"
    if value and len(value) < 20 and (parts := _WITH_UNIT.fullmatch(value)):
        found = round(float(f"{parts[1] or 0}{(parts[2] or '').replace(',', '.')}") * 60) + int(parts[3] or 0)
        if found <= 1440 and not (parts[2] and parts[3]):
            return found, str(found)
    return None, "the minutes of a day, 1440 at most" if value.isdecimal() else "a number"


def _sum_meant(value: str) -> str:
    """What to write for a `[value:: …]` that is none: whole numbers may stand in the digits of any script."""
    if not value.isdecimal():
        return "a number"
    return str(int(value)) if len(value) < 16 else "a number of 15 digits at most"


def corrected_minutes(line: str) -> str | None:
    """A line with its `[minutes:: 1h 30]` as it counts, `[minutes:: 90]`; None where it is not certain which, or what is meant."""
    odd = [match for match in islice(_FIELD.finditer(line), MOST_FIELDS) if (match[1] or match[3]).strip().lower() == "minutes"]
    if len(odd) != 1:
        return None
    match = odd[0]
    group = 2 if match[1] else 4
    value = match[group].strip()
    meant = None if minutes_of(value) is not None else _minutes_meant(value)[0]
    if meant is None:
        return None
    start = match.start(group) + match[group].index(value)
    return f"{line[:start]}{meant}{line[start + len(value) :]}"


def field_problems(fields: Sequence[tuple[str, str]], path: str, where: int) -> list[Problem]:
    """Fields, in line `where`, whose value is not what their key takes."""
    found = []
    for key, value in fields:
        message = None
        if key == "minutes":
            if minutes_of(value) is None:
                message = f'field "{key}:: {value}": write {_minutes_meant(value)[1]}'
        elif key == "value" and not _SUM.fullmatch(value):
            message = f'field "{key}:: {value}": write {_sum_meant(value)}'
        elif key == "value" and "," in value and (parts := _UNSURE_COMMA.fullmatch(value)):
            message = f'field "{key}:: {value}": write {parts[1]}{parts[2]} or {parts[1]}.{parts[2].rstrip("0") or 0}'
        elif key == "dir" and value.lower() not in ("in", "out"):
            message = f'field "dir:: {value}": write in or out'
        elif key in ("touch", "reached") and value.lower() not in ("yes", "no"):
            message = f'field "{key}:: {value}": write yes or no'
        if message:
            found.append(Problem(Location(path, where), "bad-field", message, None, "warning"))
    return found


# --- writing -------------------------------------------------------------------------------------------------------


def style_of(line: str, kinds: KindTable = STANDARD) -> Style:
    """The style of an entry that is there, to write its neighbour alike."""
    item = LIST_ITEM.match(line)
    dated = _DATE_FORMS.match(line, item.end()) if item else None
    if not item or not dated:
        return PLAIN
    opening, closing = dated["open"] or "", dated["close"] or ""
    end = dated.end()
    if not _closes(opening, closing):
        opening, closing, end = "", "", dated.start("close")
    elif opening.startswith("[["):
        opening, closing = "[[", "]]"  # a label says the day in words: it would be a wrong one
    time = _TIME.match(line, end)
    rest = line[time.end() if time else end :]
    separator = _ASEP.match(rest)
    text = rest[separator.end() :].lstrip() if separator else rest.lstrip()
    kind = _KIND.match(text)
    after_kind = ": "
    if kind and kind[1].lower() in kinds and kind[3]:
        after_kind = kind[3] + " "
    return Style(item[1] + item[2] + item[3], opening, closing, separator[0] if separator else "", after_kind)


def entry_line(entry: Interaction, style: Style = PLAIN, kinds: KindTable = STANDARD) -> str:
    """The line that parses back to `entry` (its details left out), in the style of the log if it can be."""
    line = _line(entry, style)
    wanted = entry._replace(where=0, details=())
    if parse_entry(line, 0, kinds) == wanted:
        return line
    before = style.before
    for after_date in ("", ":"):
        line = _line(entry, Style(before, after_date=after_date))
        if parse_entry(line, 0, kinds) == wanted:
            return line
    return line


def _line(entry: Interaction, style: Style) -> str:
    box = f"[{entry.box}] " if entry.box else ""
    parts = [f"{style.before}{box}{style.opening}{entry.on.isoformat()}{style.closing}"]
    if entry.at_time:
        parts.append(f" {entry.at_time}")
    parts.append(style.after_date)
    tail = "".join(f" [{key}:: {value}]" for key, value in entry.fields)
    if entry.kind and (entry.text or tail):
        parts.append(f" {entry.kind}{style.after_kind}{entry.text}".rstrip())
    elif entry.kind:
        parts.append(f" {entry.kind}")
    elif entry.text:
        parts.append(f" {entry.text}")
    parts.append(tail)
    if entry.block_id:
        parts.append(f" ^{entry.block_id}")
    return "".join(parts)


# --- follow-ups ----------------------------------------------------------------------------------------------------

_DUE_WORDS = pattern(r"[ \t]*\(due:?[ \t]+(\d{4}-\d{2}-\d{2})\)[ \t]*\Z|[ \t]*\bdue:[ \t]*(\d{4}-\d{2}-\d{2})\b")
_EMOJI = pattern(r"[ \t]*(📅|⏳|✅|➕|🛫)\ufe0f?[ \t]*(\d{4}-\d{2}-\d{2})")


def parse_follow_up(line: str, path: str, where: int) -> tuple[FollowUp, tuple[Problem, ...]] | None:
    """A task-list item as a follow-up (Dataview's and Obsidian Tasks' words for the dates), or None."""
    match = _ANY_ITEM.match(line)
    return follow_up_of(match[1], match[2], path, where) if match else None


def follow_up_of(box: str, text: str, path: str, where: int) -> tuple[FollowUp, tuple[Problem, ...]]:
    """What a task-list item promises: its box, and the text after it."""
    if text.isascii() and "::" not in text and "due" not in text and "^" not in text:  # the common case of what follows
        return FollowUp._make((text.strip(), None, box in OPEN_BOXES, None, None, None, where)), ()
    text, fields = fields_of(text)
    facts = dict(reversed(fields))
    problems: list[Problem] = []
    due = _field_day(facts.get("due"), path, where, problems)
    done = _field_day(facts.get("completion"), path, where, problems)

    def take_emoji(found: re.Match[str]) -> str:
        nonlocal due, done
        day = key_day(found[2])
        if found[1] in "📅⏳":
            due = due or day
        elif found[1] == "✅":
            done = done or day
        return ""

    def take_words(found: re.Match[str]) -> str:
        nonlocal due
        due = due or key_day(found[1] or found[2])
        return ""

    if not text.isascii():
        text = _EMOJI.sub(take_emoji, text)
    if "due" in text:
        text = _DUE_WORDS.sub(take_words, text)
    if "^" in text:
        text = _BLOCK_ID.sub("", text.rstrip())
    waiting = facts.get("waiting")
    follow_up = FollowUp(text.strip(), due, box in OPEN_BOXES, done, facts.get("owner"), waiting, where)
    return follow_up, tuple(problems)


def _field_day(value: str | None, path: str, where: int, problems: list[Problem]) -> date | None:
    if not value:
        return None
    day = key_day(value)
    if day is None:
        forms = iso_forms(value)
        right = " or ".join(forms) if forms else "like 2026-12-01"
        problems.append(Problem(Location(path, where), "bad-date", f'date "{value}": write it {"as " if forms else ""}{right}'))
    return day
