"""Every mistake in the files, with the line as it is and the line as it would be right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from plaintextcrm.core.model import Problem
from plaintextcrm.core.pages.shapes import Mistake, Problems
from plaintextcrm.core.pages.words import spelled

MOST = 500


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
