"""A vault to call the command in: what it prints, to stdout and to stderr, and its exit code.

In a pipe a command is called within this process (12 ms, a process of its own takes 160); on a terminal it has a process of its own.
"""

from __future__ import annotations

import io
import json
import os
import re
import select
import struct
import subprocess
import sys
import time
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import pytest

from plaintextcrm.cli import run_command
from tests.make import environment

EXAMPLE = Path(__file__).parent.parent / "example-vault"
READING = ("due", "list", "show", "todo", "search", "check")
WORDS = {"show": ("ada,bob",), "search": ("porto",), "due": ("--all",)}  # what each needs beside its name
TABLES = [command for command in READING if command not in ("show", "check")]


class Ran(NamedTuple):
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


class _Stream(io.TextIOWrapper):
    """A pipe's end, kept."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8", newline="\n")

    @property
    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined,no-any-return]


def called(words: Sequence[str], folder: Path, own: Mapping[str, str], stdin: bytes = b"", together: bool = False) -> Ran:
    """`ptcrm WORDS` in a folder, with nothing but that environment; with `together` stderr comes between the lines of stdout."""
    out = _Stream()
    err = out if together else _Stream()
    here = Path.cwd()
    streams = (mock.patch("sys.stdin", _Stream(stdin)), mock.patch("sys.stdout", out), mock.patch("sys.stderr", err))
    os.chdir(folder)
    try:
        with streams[0], streams[1], streams[2], mock.patch.dict(os.environ, own, clear=True), mock.patch("sys.argv", ["ptcrm"]):
            code = run_command(words)
    finally:
        os.chdir(here)
    return Ran(code, out.text, "" if together else err.text)


class Place:
    """A vault, a home of its own, and the command in it."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root, self.home = root, home
        home.mkdir(parents=True, exist_ok=True)

    def environment(self, **more: str) -> dict[str, str]:
        """Nothing of the user's is read or written; the day is 2026-11-21."""
        return environment(self.home, **{"PTCRM_TODAY": "2026-11-21", **more})

    def __call__(self, *words: str, stdin: bytes = b"", at: Path | None = None, **more: str) -> Ran:
        """Run `ptcrm WORDS` in a pipe."""
        return called(words, at or self.root, self.environment(**more), stdin)

    def process(self, *words: str, **more: str) -> Ran:
        """The same in a process of its own."""
        arguments = [sys.executable, "-m", "plaintextcrm", *words]
        own = self.environment(**more)
        done = subprocess.run(arguments, input="", capture_output=True, encoding="utf-8", cwd=self.root, env=own, check=False, timeout=120)
        return Ran(done.returncode, done.stdout, done.stderr)

    def ids(self, *words: str, **more: str) -> list[str]:
        """The ids that a reading command prints."""
        ran = self(*words, "--format", "ids", **more)
        assert ran.code == 0, ran
        return ran.out.split()

    def json(self, *words: str, **more: str) -> dict[str, Any]:
        """What a reading command prints as JSON."""
        ran = self(*words, "--json", **more)
        assert ran.code == 0, ran
        found: dict[str, Any] = json.loads(ran.out)
        return found

    def added(self, *words: str, **more: Any) -> list[str]:
        """The lines that a dry run of a write would add."""
        ran = self(*words, "-n", **more)
        assert ran.code == 0, ran
        return [line[1:] for line in ran.out.splitlines() if line.startswith("+") and not line.startswith("+++")]

    def text(self, id: str) -> str:
        """A contact's file."""
        return (self.root / "contacts" / f"{id}.md").read_text(encoding="utf-8")

    def on_terminal(self, *words: str, typed: bytes = b"", columns: int = 80, **more: str) -> tuple[str, int]:
        """(what a terminal gets, exit code): stdin, stdout and stderr are one terminal."""
        import fcntl
        import pty
        import termios

        parent, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        own = self.environment(COLUMNS="", TERM="xterm-256color", **more)
        arguments = [sys.executable, "-m", "plaintextcrm", *words]
        process = subprocess.Popen(arguments, stdin=child, stdout=child, stderr=child, cwd=self.root, env=own, start_new_session=True)
        os.close(child)
        if typed:
            os.write(parent, typed)
        printed = b""
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            if not select.select([parent], [], [], 0.2)[0]:
                if process.poll() is not None:
                    break
                continue
            try:
                chunk = os.read(parent, 65536)
            except OSError:
                break  # Linux: the other end is closed
            if not chunk:
                break
            printed += chunk
        os.close(parent)
        return printed.decode("utf-8", "replace").replace("\r\n", "\n"), process.wait(10)


terminal_only = pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")


def asked(command: str, *more: str) -> tuple[str, ...]:
    return (command, *WORDS.get(command, ()), *more)


def contact(name: str, *lines: str) -> str:
    """A contact's file: keys, then entries."""
    keys = [line for line in lines if not line.startswith(("- ", "  "))]
    entries = [line for line in lines if line.startswith(("- ", "  "))]
    return "\n".join(["---", f"name: {name}", *keys, "---", "", f"# {name}", "", "## Interactions", "", *entries, ""])


def without_colour(text: str) -> str:
    return re.sub(r"\033\[[0-9;]*[A-Za-z]", "", text)


def columns_of(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 0 if unicodedata.combining(char) else 1 for char in line)


def argv_of(line: str) -> list[str]:
    """The arguments that a shell makes of a line."""
    done = subprocess.run(["sh", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


def editor(folder: Path, text: str) -> str:
    """An editor that puts a text on top of what it is given, and leaves a sign that it ran."""
    script = folder / "editor.py"
    script.write_text(
        "import pathlib, sys\npath = pathlib.Path(sys.argv[1])\n"
        f"path.write_text({text!r} + path.read_text())\npathlib.Path({str(folder / 'ran')!r}).touch()\n"
    )
    return f"'{sys.executable}' '{script}'"


def git(place: Place, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=place.root, env=place.environment(), capture_output=True, text=True, check=True)
    return done.stdout
