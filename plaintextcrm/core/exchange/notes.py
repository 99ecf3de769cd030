"""Foreign notes as paragraphs of a body that can do no harm: no heading, fence, rule, entry, task or marker begins in them."""

from __future__ import annotations

from collections.abc import Sequence

from plaintextcrm.core.exchange.cells import lines_of, protect
from plaintextcrm.core.patterns import pattern

_STARTS = pattern(
    r"#|`|~|-{2,}|={2,}|\*{2,}|_{2,}|\+{3,}|<|>|\||[-*+]\s+\[|[-*+]\s+(?:\*\*|__|\[\[)?\d|:::|\^|\$\$|!\[|\{\{|<%"
)  # fmt: skip
_NUMBERED_TASK = pattern(r"(\d{1,9})([.)]\s+\[)")


def paragraphs(note: str) -> list[str]:
    r"""The lines of a note; where one would mean something to a reader of Markdown, a backslash stands before it."""
    found: list[str] = []
    for line in lines_of(note):
        safe = protect(line)
        if _STARTS.match(safe):
            safe = f"\\{safe}"
        safe = _NUMBERED_TASK.sub(r"\1\\\2", safe, count=1) if _NUMBERED_TASK.match(safe) else safe
        if safe or (found and found[-1]):
            found.append(safe)
    while found and not found[-1]:
        found.pop()
    return found


def placed(lines: Sequence[str], wanted: Sequence[str]) -> int | None:
    """The number (from 0) of the line at which these lines stand one below the other, or None."""
    if not wanted:
        return None
    stripped = [line.strip() for line in lines]
    first = wanted[0]
    for number, line in enumerate(stripped):
        if line == first and stripped[number : number + len(wanted)] == list(wanted):
            return number
    return None
