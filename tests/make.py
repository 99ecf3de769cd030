"""Contacts, rows and vaults for tests, made from text written in the test."""

from __future__ import annotations

import os
import subprocess
from datetime import date
from pathlib import Path

from plaintextcrm.core.contact import Parsed, parse
from plaintextcrm.core.model import Contact, Source
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Rules, Standing, facts_of, stand
from plaintextcrm.core.text import decode
from tests import forked

TODAY = date(2026, 11, 21)


def source(content: str | bytes, id: str = "ada") -> Source:
    """A file's content as it is read from disk."""
    data = content.encode() if isinstance(content, str) else content
    text, encoding = decode(data)
    return Source(id, f"contacts/{id}.md", data, text, encoding)


def parsed(content: str | bytes, id: str = "ada") -> Parsed:
    """A file's content, parsed."""
    return parse(source(content, id))


def contact(*lines: str, id: str = "ada") -> Contact:
    """A contact from front matter lines (`key: value`) and entry lines (`- 2026-…`)."""
    keys = [line for line in lines if not line.startswith(("- ", "* ", "  "))]
    entries = [line for line in lines if line.startswith(("- ", "* ", "  "))]
    return parsed("\n".join(["---", *keys, "---", "", "## Interactions", "", *entries, ""]), id).contact


def standing(one: Contact, today: str | date = TODAY, settings: Settings = Settings()) -> Standing:
    """Where a contact stands on a day."""
    day = date.fromisoformat(today) if isinstance(today, str) else today
    return stand(facts_of(one, settings.kind_table), Rules(settings), day)


def day(ordinal: int) -> str | None:
    """An ordinal as ISO, None for none."""
    return date.fromordinal(ordinal).isoformat() if ordinal else None


def vault(folder: Path, files: dict[str, str | bytes], settings: str = "[git]\ncommit = false\n") -> Path:
    """A vault with these contact files (`ada` is `contacts/ada.md`)."""
    (folder / "contacts").mkdir(parents=True, exist_ok=True)
    (folder / "ptcrm.toml").write_text(settings, encoding="utf-8")
    for name, content in files.items():
        path = folder / "contacts" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


class Ran:
    """What a command printed and how it ended."""

    def __init__(self, done: subprocess.CompletedProcess[bytes]) -> None:
        self.out = done.stdout.decode("utf-8", "replace")
        self.err = done.stderr.decode("utf-8", "replace")
        self.code = done.returncode

    def __repr__(self) -> str:
        return f"exit {self.code}\n--- out\n{self.out}\n--- err\n{self.err}"


def environment(home: Path, **more: str) -> dict[str, str]:
    """An environment of its own: nothing of the user's is read or written."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "SYSTEMROOT", "TMPDIR", "PYTHONPATH")}
    folders = {
        "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "XDG_STATE_HOME": str(home / "state"),
        "XDG_CONFIG_HOME": str(home / "config"), "COLUMNS": "80", "GIT_CONFIG_NOSYSTEM": "1", "PYTHONDONTWRITEBYTECODE": "1",
        "GIT_AUTHOR_NAME": "Marta", "GIT_AUTHOR_EMAIL": "marta@example.com",
        "GIT_COMMITTER_NAME": "Marta", "GIT_COMMITTER_EMAIL": "marta@example.com",
    }  # fmt: skip
    here = str(Path(__file__).parent.parent)
    kept["PYTHONPATH"] = os.pathsep.join(part for part in (here, kept.get("PYTHONPATH", "")) if part)
    return kept | folders | more


def ptcrm(vault: Path, *words: str, today: str = "2026-11-21", stdin: bytes = b"", home: Path | None = None, **more: str) -> Ran:
    """The real command on a vault, in a process of its own."""
    home = home or vault.parent / f"{vault.name}-home"
    home.mkdir(exist_ok=True)
    return Ran(forked.ran(["-C", str(vault), "--today", today, *words], environment(home, **more), stdin))
