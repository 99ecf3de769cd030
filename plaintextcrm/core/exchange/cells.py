"""Foreign text made safe for a contact's body, so that it comes back and hides nothing else (docs/format.md, "Interactions")."""

from __future__ import annotations

from plaintextcrm.core.patterns import pattern

_BREAKS = pattern("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = pattern("[\x00-\x08\x0e-\x1f\x7f]")
_MARK_AGAIN = pattern(r"%(\\*)(?=%)")
_BLANKS = pattern(r"[ \t]{100,}")
_COMMENT = pattern(r"<(\\*)!--")


def lines_of(cell: str) -> list[str]:
    """The lines of a cell, each without blanks around it."""
    cell = cell.strip()
    return [line.strip() for line in _BREAKS.split(cell)] if _BREAKS.search(cell) else [cell]


def is_plain(cell: str, longest: int) -> bool:
    """Whether a cell is one line of text without control characters, short enough for a key."""
    return len(cell) <= longest and not _BREAKS.search(cell) and not _CONTROLS.search(cell)


def protect(line: str) -> str:
    r"""One line that opens no comment: `%%` becomes `%\%` and `<!--` becomes `<\!--`, which Markdown shows as they were.

    A control character becomes its picture (`␛`): no text file needs it, and a terminal would obey it. More than a hundred blanks
    in a row, which nobody typed and a reader may take for fewer, become a hundred.
    """
    if len(line) > 100:
        line = _BLANKS.sub(" " * 100, line)
    if _CONTROLS.search(line):
        line = _CONTROLS.sub(lambda char: "\u2421" if char[0] == "\x7f" else chr(0x2400 + ord(char[0])), line)
    if "%" in line:
        line = _MARK_AGAIN.sub(r"%\1\\", line)
    return _COMMENT.sub(r"<\1\\!--", line) if "<" in line else line


def label(column: str, number: int = 0) -> str:
    """A column's name as the beginning of a list item that is no task; `column 12` where it has none."""
    words = protect(" ".join(column.split()))
    if not words:
        return f"column {number}"
    return f"column {words}" if words.startswith("[") else words


def column_lines(column: str, cell: str) -> tuple[str, ...]:
    """`- column: value`, one for each line of the cell."""
    return tuple(f"- {column}: {protect(line)}".rstrip() for line in lines_of(cell))
