"""How every writing command ends: one line that says what it did, or the diff, and the exit code of the commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from plaintextcrm.app.writing import How, Written
from plaintextcrm.cli.run import Run
from plaintextcrm.core.model import Edit
from plaintextcrm.core.text import safe


def how_of(dry_run: bool, no_commit: bool) -> How:
    """The write options as the use cases take them."""
    return How(dry_run, not no_commit, datetime.now().isoformat(" ", "microseconds"))


def report(run: Run, written: Written, said: str, undo: bool = True) -> int:
    """Say what was written, or show the diff of a dry run; 6 when git did not commit it."""
    if written.dry_run:
        run.say(diff(written.edits) or "nothing would change")
        return 0
    if not written.edits:
        run.say("nothing to change")
        return 0
    run.say(safe(said) + (" · ptcrm undo" if undo else ""))
    for line in written.told:
        run.tell(f"ptcrm: {line}")
    if written.not_committed:
        run.tell(f"ptcrm: {written.not_committed}")
        return written.not_committed.exit_code
    return 0


def diff(edits: Sequence[Edit]) -> str:
    """The edits as a unified diff."""
    from difflib import unified_diff

    lines: list[str] = []
    for edit in edits:
        before = _lines(edit.expects)
        after = _lines(edit.replaces)
        old = f"a/{edit.path}" if edit.expects is not None else "/dev/null"
        new = f"b/{edit.path}" if edit.replaces is not None else "/dev/null"
        for line in unified_diff(before, after, old, new, lineterm=""):
            lines.append(safe(line.rstrip("\r\n")))
    return "\n".join(lines)


def _lines(data: bytes | None) -> list[str]:
    return (data or b"").decode("utf-8", "surrogateescape").splitlines(keepends=False)
