"""The user's own editor: VISUAL, EDITOR, else what is there."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess

from plaintextcrm.core.errors import Refused, Usage, why
from plaintextcrm.core.text import decode, readable
from plaintextcrm.edge.paths import Path


def command() -> list[str]:
    """The editor's command. Raises Usage where there is none."""
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    try:
        words = shlex.split(chosen or "", posix=os.name != "nt")
    except ValueError:
        raise Usage(f"the editor {chosen} cannot be started: a quote in VISUAL or EDITOR is not closed") from None
    if words:
        return words
    found = next((name for name in ("sensible-editor", "nano", "vi", "notepad") if shutil.which(name)), None)
    if found is None:
        raise Usage("no editor is known: set EDITOR, like EDITOR=nano")
    return [found]


def open_file(path: Path) -> None:
    """Let the user edit a file. Raises Refused when the editor fails."""
    words = command()
    try:
        code = subprocess.run([*words, str(path)], check=False).returncode
    except OSError as error:
        raise Usage(f"the editor {words[0]} cannot be started: {why(error)}") from None
    if code:
        raise Refused(f"the editor {words[0]} ended with {code}")


def text(start: str) -> str:
    """What the user makes of a text."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="ptcrm-") as folder:
        path = Path(folder, "entry.md")
        path.write_text(start, encoding="utf-8")
        open_file(path)
        return readable(decode(path.read_bytes())[0])
