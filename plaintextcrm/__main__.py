"""`ptcrm`, and `python -m plaintextcrm`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from plaintextcrm.core.record import NamedTuple

READING = frozenset(
    ("due", "list", "todo", "search", "check", "report", "review", "plan", "near", "trip", "path", "who", "ideas", "news", "build")
)
"""The commands that begin by asking the index about the whole vault."""


def main() -> NoReturn:
    """Run the command; what a question will look at is looked at while its modules load."""
    question = question_of(sys.argv[1:])
    if question:
        from plaintextcrm.app.vaults import look_ahead
        from plaintextcrm.edge.paths import Path

        try:
            look_ahead(question.vault, os.environ, Path.cwd(), with_pages=question.command == "build")
        except OSError:
            pass  # we stand in a folder that is gone, or there is no room for a process: the command will tell

    from plaintextcrm.cli import main as command

    command()


class Question(NamedTuple):
    """A reading command ("" for the brief) and the vault it is given."""

    command: str
    vault: str | None


def question_of(words: Sequence[str]) -> Question | None:
    """What is asked; None for any other command, and where only click can tell."""
    vault, rest = None, iter(words)
    for word in rest:
        if word in ("-C", "--vault"):
            vault = next(rest, None)
        elif word == "--today":
            next(rest, None)
        elif word not in ("-q", "--quiet"):
            return Question(word, vault) if word in READING else None
    return Question("", vault)


if __name__ == "__main__":
    main()
