"""Every mistake in the files, with the line as it is and the line as it would be right; of what is private only where it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from plaintextcrm.core.body import mask
from plaintextcrm.core.model import Problem
from plaintextcrm.core.pages.published import IsPrivate, without_links
from plaintextcrm.core.pages.shapes import Mistake, Problems
from plaintextcrm.core.pages.words import spelled
from plaintextcrm.core.settings import FILE, LOCAL_FILE
from plaintextcrm.core.vocabulary import find_key, near_key

MOST = 500
SAID = "not shown, because it is about what is private or your own: ptcrm check says what is wrong"
# What these say names a key or nothing, and never what it holds.
_HARMLESS = ("near-key", "duplicate-key", "conflict-markers", "yaml-alias", "unclosed-fence", "too-deep", "control-character")
_BODY = frozenset(("log", "interactions", "follow_ups", "notes"))


def problems_page(found: Sequence[Problem], line_of: Callable[[Problem], str], href_of: Callable[[str], str]) -> Problems:
    """The page; `line_of` gives the line that a problem is about ("" where it cannot be read), `href_of` the page of a file's contact."""
    mistakes = tuple(
        Mistake(
            str(problem).split(": ", 1)[0], problem.message, problem.code, line_of(problem) if problem.fix is not None else "",
            problem.fix or "", problem.severity == "error", href_of(problem.where.path),
        )
        for problem in found[:MOST]
    )  # fmt: skip
    count = len(found)
    lede = f"{spelled(count)} {'line' if count == 1 else 'lines'} in your files need{'s' if count == 1 else ''} a look." if count else ""
    return Problems(lede or "Every file reads well.", mistakes, count - len(mistakes))


def modest(problem: Problem, lines: Sequence[str], hidden: Collection[str], private: Collection[str], is_hidden: IsPrivate) -> Problem:
    """A problem as others may see it. `lines` are those of its file, `hidden` the keys that are not shown there, `private` ids."""
    return problem._replace(message=SAID, fix=None) if _is_private(problem, lines, hidden, private, is_hidden) else problem


def _is_private(problem: Problem, lines: Sequence[str], hidden: Collection[str], private: Collection[str], is_hidden: IsPrivate) -> bool:
    path, number, _ = problem.where
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    said = f"{line}\n{problem.message}\n{problem.fix or ''}"
    if path in (FILE, LOCAL_FILE):
        return "mail" in line or "leaves" in line or "@" in said  # what a team says of its own
    if problem.code == "unknown-tier":
        return "tier" in hidden
    if problem.code == "ambiguous-link":
        return any(id in private for id in problem.message.partition(" may be ")[2].partition(": write ")[0].split(" or "))
    if problem.code in _HARMLESS and problem.fix is None:
        return False
    if "%%" in said or "<!--" in said or without_links(said, is_hidden) != said:
        return True
    end = _end_of_keys(lines)
    if 1 < number <= end:
        key = _key_at(lines, number)
        return key is None or key in hidden or re.search(r"(?:\A|\s)#", line) is not None  # its comment is nobody else's
    if problem.code == "encoding" and mask("\n".join(lines))[0].split("\n")[number - 1 : number] != [line]:
        return True  # it quotes a word, which stands in a comment
    return number > end and bool(_BODY & set(hidden))


def _end_of_keys(lines: Sequence[str]) -> int:
    """The line that ends the front matter: 0 where there is none, the last one where it is not closed."""
    if not lines or lines[0].rstrip() != "---":
        return 0
    return next((number for number, line in enumerate(lines[1:], 2) if line.rstrip() in ("---", "...")), len(lines))


def _key_at(lines: Sequence[str], number: int) -> str | None:
    """The key that a line of the front matter belongs to, in canonical spelling or nearly so; None for one of the user's own."""
    for line in reversed(lines[1:number]):
        if line[:1] not in " \t-#}]" and ":" in line:
            word = line.split(":", 1)[0].strip().strip("\"'")
            key = find_key(word)
            return key.name if key else near_key(word)
    return None
