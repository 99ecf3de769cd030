"""Mistakes whose mending is certain: a file and its problems to the file without them."""

from __future__ import annotations

import re

from plaintextcrm.core.contact import Parsed, parse
from plaintextcrm.core.edit import edit_to, refuse_unwritable
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Edit, Problem, Source

MOST = 50  # mistakes mended at once: the file is read again after each
_FIRST_OF_MORE = ("yaml", "not-a-mapping")  # YAML tells its first mistake only
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
        changed = _read_on(source, text, problem, kinds) if problem.code in _FIRST_OF_MORE else _without(text, problem)
        if changed is not None and _is_better(source, text, changed, kinds):
            text = changed
            mended.append(problem)
    return edit_to(source, text), tuple(reversed(mended))


def _read_on(source: Source, text: str, problem: Problem, kinds: KindTable) -> str | None:
    """The text without that mistake and those behind it, which are seen only when it is gone."""
    changed: str | None = text
    told: Problem | None = problem
    for _ in range(MOST):
        changed = _without(changed, told) if changed is not None and told is not None else None
        if changed is None:
            return None
        problems = parse(source._replace(text=changed), kinds).problems
        told = next((one for one in problems if one.code in _FIRST_OF_MORE), None)
        if told is None:
            return changed
    return None


def _without(text: str, problem: Problem) -> str | None:
    """The text without that mistake, where it is certain how."""
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    place = problem.where.line - 1
    if not 0 <= place < len(lines):
        return None
    end = lines[place][len(lines[place].rstrip("\r\n")) :]
    if problem.fix is not None:
        return "".join([*lines[:place], problem.fix, end, *lines[place + 1 :]])
    if problem.code == "duplicate-key" or (problem.code == "duplicate-block-id" and _BLOCK_ID.search(lines[place].rstrip())):
        below = " \t-" if problem.code == "duplicate-key" else " \t"
        end = _end(lines, place, below)
        if end and _said_before(lines, place, end, below):
            return "".join([*lines[:place], *lines[end:]])
    return None


def _end(lines: list[str], place: int, below: str) -> int:
    """Where what belongs to a line ends: the lines below it that begin with one of those; 0 where that is in doubt."""
    end = place + 1
    while end < len(lines) and lines[end].strip() and lines[end][0] in below and not lines[end].startswith("---"):
        end += 1
    rest = next((line for line in lines[end:] if line.strip()), "")
    return 0 if end < len(lines) and not lines[end].strip() and rest[:1] in (" ", "\t") else end


def _said_before(lines: list[str], place: int, end: int, below: str) -> bool:
    """Whether the very same lines stand in the file already, with nothing more below: as a merge on a web page leaves them."""
    said = [line.rstrip() for line in lines[place:end]]
    starts = (start for start in range(place) if lines[start].rstrip() == said[0] and _end(lines, start, below) == start + len(said))
    return any([line.rstrip() for line in lines[start : start + len(said)]] == said for start in starts)


def _is_better(source: Source, text: str, changed: str, kinds: KindTable) -> bool:
    before, after = _mistakes(source, text, kinds), _mistakes(source, changed, kinds)
    return sum(after.values()) < sum(before.values()) and all(count <= before.get(code, 0) for code, count in after.items())


def _mistakes(source: Source, text: str, kinds: KindTable) -> dict[str, int]:
    parsed: Parsed = parse(source._replace(text=text), kinds)
    codes = [problem.code for problem in parsed.problems]
    return {code: codes.count(code) for code in codes}
