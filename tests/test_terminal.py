"""What only a terminal sees: here a real one, by way of a pseudo-terminal."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from tests.make import environment

EXAMPLE = Path(__file__).parents[1] / "example-vault"


def on_a_terminal(home: Path, *words: str, lines: int = 24, **more: str) -> str:
    """What a command writes on a terminal of that height."""
    pytest.importorskip("termios")
    import fcntl
    import termios

    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, 80, 0, 0))
    env = environment(home, TERM="xterm", **more)
    command = [sys.executable, "-m", "plaintextcrm", "-C", str(EXAMPLE), "--today", "2026-11-21", *words]
    running = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env)
    os.close(theirs)
    read = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        read += part
    assert running.wait() == 0
    os.close(ours)
    return read.decode()


def test_what_is_taller_than_the_screen_goes_through_the_pager(tmp_path: Path) -> None:
    shown = on_a_terminal(tmp_path, "due", "--all", lines=10, PAGER="sed s/^/page:/")
    assert shown.startswith("page:")
    assert "Wilhelmina Brandt" in shown


@pytest.mark.parametrize("pager", ["sed s/^/page:/", "cat", ""])
def test_what_fits_or_has_no_pager_is_just_printed(pager: str, tmp_path: Path) -> None:
    tall = 10 if pager in ("cat", "") else 500
    shown = on_a_terminal(tmp_path, "due", "--all", lines=tall, PAGER=pager)
    assert "page:" not in shown
    assert "Wilhelmina Brandt" in shown


def test_a_pager_that_is_left_early_is_no_error(tmp_path: Path) -> None:
    assert "Traceback" not in on_a_terminal(tmp_path, "due", "--all", lines=5, PAGER="head -n 1")
