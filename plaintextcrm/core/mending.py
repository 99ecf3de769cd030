"""Mistakes whose mending is certain: a file and its problems to the file without them."""

from __future__ import annotations

import re

from plaintextcrm.core.contact import Parsed, parse
from plaintextcrm.core.edit import edit_to, refuse_unwritable
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Edit, Problem, Source

MOST = 50  # mistakes mended at once: the file is read again after each
_BLOCK_ID = re.compile(r"\^[\w-]+\s*\Z")


def mend(source: Source, kinds: KindTable = STANDARD) -> tuple[Edit, tuple[Problem, ...]]:
    """(the edit, the problems it mends). Each is mended only if the file then has one mistake less and no other one.

    Raises Refused where the file must not be written to.
    """
    parsed = parse(source, kinds)
    refuse_unwritable(source, parsed)
    mended: list[Problem] = []
    text = source.text
    for problem in sorted(parsed.problems, key=lambda problem: -problem.where.line)[-MOST:]:  # from below: lines above keep their numbers
        changed = _without(text, problem)
        if changed is not None and _is_better(source, text, changed, kinds):
            text = changed
            mended.append(problem)
    return edit_to(source, text), tuple(reversed(mended))


def _without(text: str, problem: Problem) -> str | None:
    """The text without that mistake, where it is certain how."""
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    place = problem.where.line - 1
    if not 0 <= place < len(lines):
        return None
    end = lines[place][len(lines[place].rstrip("\r\n")) :]
    if problem.fix is not None:
        return "".join([*lines[:place], problem.fix, end, *lines[place + 1 :]])
    if problem.code in ("duplicate-key", "duplicate-block-id") and _said_before(lines, place, problem.code):
        return "".join([*lines[:place], *lines[place + 1 :]])
    return None


def _said_before(lines: list[str], place: int, code: str) -> bool:
    """Whether the very same line, without anything below it, stands in the file already: as a merge on a web page leaves it."""
    line = lines[place].rstrip()
    below = lines[place + 1] if place + 1 < len(lines) else ""
    goes_on = below[:1] in (" ", "\t") or (code == "duplicate-key" and below.startswith("- "))
    is_whole = bool(_BLOCK_ID.search(line)) if code == "duplicate-block-id" else ":" in line and not line.endswith((":", "|", ">"))
    return is_whole and not goes_on and any(other.rstrip() == line for other in lines[:place])


def _is_better(source: Source, text: str, changed: str, kinds: KindTable) -> bool:
    before, after = _mistakes(source, text, kinds), _mistakes(source, changed, kinds)
    return sum(after.values()) < sum(before.values()) and all(count <= before.get(code, 0) for code, count in after.items())


def _mistakes(source: Source, text: str, kinds: KindTable) -> dict[str, int]:
    parsed: Parsed = parse(source._replace(text=text), kinds)
    codes = [problem.code for problem in parsed.problems]
    return {code: codes.count(code) for code in codes}
