"""`ptcrm`, and `python -m plaintextcrm`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

READING = frozenset(
    ("due", "list", "todo", "search", "check", "report", "review", "plan", "near", "trip", "path", "who", "ideas", "news", "build")
)
"""The commands that begin by asking the index about the whole vault."""


def main() -> NoReturn:
    """Run the command; what a question will look at is looked at while its modules load."""
    given = vault_of_question(sys.argv[1:])
    if given is not None:
        from plaintextcrm.app.vaults import look_ahead
        from plaintextcrm.edge.paths import Path

        try:
            look_ahead(given or None, os.environ, Path.cwd())
        except OSError:
            pass  # we stand in a folder that is gone, or there is no room for a process: the command will tell

    from plaintextcrm.cli import main as command

    command()


def vault_of_question(words: Sequence[str]) -> str | None:
    """The vault that such a command is given, "" where it is given none; None for any other command, and where only click can tell."""
    vault, rest = "", iter(words)
    for word in rest:
        if word in ("-C", "--vault"):
            vault = next(rest, "")
        elif word == "--today":
            next(rest, "")
        elif word not in ("-q", "--quiet"):
            return vault if word in READING else None
    return vault


if __name__ == "__main__":
    main()
