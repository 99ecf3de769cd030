"""Values as lines for a terminal: the due list, the brief before a meeting, tables. Everything from files is made safe here."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from datetime import date

from plaintextcrm.core.dates import day_words, long_day
from plaintextcrm.core.due import DatedRow, DueRow
from plaintextcrm.core.model import Interaction
from plaintextcrm.core.text import safe, width, widths
from plaintextcrm.render.paint import Paint


def clipped(text: str, columns: int) -> str:
    """Text in that many terminal columns, an ellipsis for what does not fit."""
    if width(text) <= columns:
        return text
    kept, used = [], 0
    for char, added in zip(text, widths(text), strict=True):
        used += added
        if used > columns - 1:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


def wrapped(text: str, columns: int, indent: str = "", *, clip: bool = False) -> list[str]:
    """Lines of at most that many columns, each behind the indent. A word that is longer (an address) stays whole, unless `clip`."""
    plain, room = safe(text), max(20, columns - len(indent))
    if clip:
        for word in [word for word in plain.split() if len(word) > room and width(word) == len(word)]:  # one of wide characters is broken
            plain = plain.replace(word, clipped(word, room), 1)
    if width(plain) == len(plain):
        lines = textwrap.wrap(plain, room, break_long_words=False, break_on_hyphens=False)
    else:
        lines = _wrapped_wide(plain, room)
    return [indent + line for line in lines]


def _wrapped_wide(text: str, room: int) -> list[str]:
    """Lines of a text with characters of two columns, or none: such a word is broken anywhere, as those who write so do."""
    lines, line, used = [], "", 0
    for word in text.split():
        wide = width(word)
        if line and used + 1 + wide > room:
            lines.append(line)
            line, used = "", 0
        if wide > room and wide != len(word):
            for char, added in zip(word, widths(word), strict=True):
                if used + added > room:
                    lines.append(line)
                    line, used = "", 0
                line, used = line + char, used + added
            continue
        line, used = (f"{line} {word}", used + 1 + wide) if line else (word, wide)
    return [*lines, line] if line else lines


def about_words(*parts: str | None) -> str:
    """`Actuary · Babbage Mutual`, in one line whatever lines the file has."""
    return " · ".join(" ".join(part.split()) for part in parts if part)


def due_lines(
    rows: Sequence[DueRow],
    paint: Paint,
    columns: int,
    explained: Sequence[Sequence[str]] = (),
    numbered: bool = True,
    clip: bool = False,
) -> list[str]:
    """Name with role and firm, the reason to write, why today; two or three lines each. `clip`: no line is longer, come what may."""
    lines: list[str] = []
    digits = len(str(len(rows)))
    for number, row in enumerate(rows, 1):
        indent = " " * (digits + 3)
        about = about_words(row.role, row.company)
        name = clipped(safe(row.name), columns - len(indent)) if clip else safe(row.name)
        room = columns - len(indent) - width(name) - 2
        head = paint.bold(name) + (f"  {paint.soft(clipped(safe(about), room))}" if about and room > 12 else "")
        lines.append(f" {number:>{digits}}  {head}" if numbered else f"{indent}{head}")
        if row.hook:
            hook = _two_lines(row.hook, columns, indent, clip)
            lines += [paint.warm(line) for line in hook] if row.owed else hook
        for further in row.owed[1:]:
            lines += [paint.warm(line) for line in _two_lines(further, columns, indent, clip)]
        lines += [paint.soft(line) for line in wrapped(row.reason, columns, indent, clip=clip)]
        for line in explained[number - 1] if explained else ():
            lines += [paint.soft(part) for part in wrapped(line, columns, indent + "  ", clip=clip)]
        lines.append("")
    return lines[:-1]


def _two_lines(text: str, columns: int, indent: str, clip: bool) -> list[str]:
    """At most two lines; an ellipsis says that there is more."""
    lines = wrapped(text, columns, indent, clip=clip)
    return lines if len(lines) < 3 else [lines[0], clipped(f"{lines[1]} …", columns)]


def heading(text: str, paint: Paint) -> str:
    """The title of a part."""
    return paint.bold(text)


def day_heading(day: date, today: date, paint: Paint) -> str:
    """The day in full; of another day than today it says so."""
    return paint.bold(long_day(day)) + (paint.soft("  (a forecast)") if day > today else "")


def dated_lines(rows: Sequence[DatedRow], today: date, paint: Paint, columns: int) -> list[str]:
    """A line each: when, who, what."""
    if not rows:
        return []
    whens = [when_words(row.on, today) for row in rows]
    first = max(width(when) for when in whens)
    second = min(24, max(8, columns - first - 21), max(width(safe(row.name)) for row in rows))
    lines = []
    for when, row in zip(whens, rows, strict=True):
        name = clipped(safe(row.name), second)
        name += " " * (second - width(name))
        what = clipped(safe(_kind_words(row)), max(12, columns - first - second - 9))
        lines.append(f"    {when:<{first}}  {name}  {paint.soft(what)}")
    return lines


def _kind_words(row: DatedRow) -> str:
    return f"planned, {row.label}" if row.kind == "plan" else row.label


def when_words(day: date, today: date) -> str:
    """`today`, `tomorrow`, `Tue 24 Nov`."""
    named = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((day - today).days)
    return named or day_words(day, today)


def entry_lines(entries: Sequence[Interaction], paint: Paint, columns: int, plain: Callable[[str], str]) -> list[str]:
    """A log, newest first: day, kind, text with links as names, then its fields; details below."""
    from plaintextcrm.core.due_words import entry_words

    lines: list[str] = []
    for entry in entries:
        extra = " · ".join(f"{key} {value}" for key, value in entry.fields)
        words = entry_words(entry, plain) + (f" · {extra}" if extra else "")
        first, *rest = wrapped(words, columns, " " * 14) or [" " * 14]
        lines.append(f"  {paint.soft(entry.on.isoformat())}  {first[14:]}")
        lines += rest
        for detail in entry.details:
            if detail.strip() and not detail.lstrip().startswith(("- [ ]", "* [ ]", "+ [ ]")):  # what is open stands above
                lines += [paint.soft(line) for line in wrapped(plain(detail), columns, " " * 16)]
    return lines


def fact_lines(facts: Sequence[tuple[str, str]], paint: Paint, columns: int) -> list[str]:
    """`label  value` in two columns; values wrap below themselves."""
    shown = [(label, value) for label, value in facts if value]
    if not shown:
        return []
    room = max(len(label) for label, _ in shown)
    lines = []
    for label, value in shown:
        first, *rest = wrapped(value, columns, " " * (room + 4)) or [""]
        lines.append(f"  {paint.soft(f'{label:<{room}}')}  {first.lstrip()}")
        lines += rest
    return lines


def table_lines(rows: Sequence[Sequence[str]], headings: Sequence[str], paint: Paint, columns: int) -> list[str]:
    """A table no wider than the terminal; the widest columns give way."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    cells = [[safe(cell) for cell in row] for row in rows]
    widths = [max(width(title), *(width(row[place]) for row in cells)) for place, title in enumerate(headings)]
    _fit(widths, columns - 2 * (len(widths) - 1))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold", show_edge=False)
    for title, room in zip(headings, widths, strict=True):
        table.add_column(title, justify="right" if title == "#" else "left", overflow="ellipsis", no_wrap=True, width=room)
    for row in cells:
        table.add_row(*map(Text, row))
    colours = "standard" if paint.on else None
    console = Console(width=max(columns, 20), force_terminal=paint.on, no_color=not paint.on, color_system=colours, highlight=False)  # type: ignore[arg-type]
    with console.capture() as caught:
        console.print(table)
    return [line.rstrip() for line in caught.get().splitlines()]


def _fit(widths: list[int], room: int) -> None:
    """Take from the widest column, again and again, until they fit (or none has more than 6 left)."""
    while sum(widths) > room and max(widths) > 6:
        widths[widths.index(max(widths))] -= 1
