"""What only a terminal sees: here a real one, by way of a pseudo-terminal."""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from plaintextcrm.core.text import width
from plaintextcrm.render.terminal import wrapped
from tests.make import environment, ptcrm, vault

EXAMPLE = Path(__file__).parents[1] / "example-vault"


def on_a_terminal(home: Path, *words: str, lines: int = 24, root: Path = EXAMPLE, code: int = 0, **more: str) -> str:
    """What a command writes on a terminal of that height."""
    pytest.importorskip("termios")
    import fcntl
    import termios

    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, 80, 0, 0))
    env = environment(home, TERM="xterm", **more)
    command = [sys.executable, "-m", "plaintextcrm", "-C", str(root), "--today", "2026-11-21", *words]
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
    assert running.wait() == code, read
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


# --- names of 300 letters ------------------------------------------------------------------------------------------

LONG = {"w": "W" * 300, "anna": ("Anna Maria " * 28).strip(), "wang": "王" * 150, "ada": "Ada King"}


def long_names(folder: Path) -> Path:
    """People of endless names and firms, with promises and letters that name them, and with reasons to be in every report."""
    people = {
        id: f"---\nname: {name}\ntier: A\ncompany: {name} Ltd\nowner: {name}\nlocation: Porto\nemail: {id}@x.example\nmet: 2026-11-01\n---\n\n"
        f"## Interactions\n\n- 2026-01-01 lunch: About {name}\n  - [ ] Write to {name} [due:: 2026-11-01]\n"
        f"- 2026-05-01 referral-in: Sent {name} [value:: 1]\n"
        for id, name in LONG.items()
    }
    return vault(folder / "vault", people)


REPORTS = ("quiet", "referrals", "give", "five", "load", "new", "mix", "introduce", "team", "handover", "tidy", "year")


@pytest.mark.parametrize(
    "words",
    [
        "",
        "list",
        "due",
        "due --all --explain",
        "todo",
        "near porto",
        "search anna",
        "who anna",
        "review quarter",
        *(f"report {name}" for name in REPORTS),
    ],
)
def test_no_name_makes_a_line_longer_than_the_terminal(words: str, tmp_path: Path) -> None:
    shown = re.sub(r"\x1b\[[0-9;]*m|[^\n]*\r(?!\n)", "", on_a_terminal(tmp_path, *words.split(), root=long_names(tmp_path), lines=500))
    assert [line for line in shown.splitlines() if width(line) > 80] == []
    assert "…" in shown or words.startswith("report ")


@pytest.mark.parametrize("words", ["due", "show ada"])
def test_a_role_of_several_lines_is_one_beside_the_name(words: str, tmp_path: Path) -> None:
    ada = (
        "---\nname: Ada King\ntier: A\nrole: |\n  Actuary\n  and weaver\ncompany: Babbage\n---\n\n## Interactions\n\n- 2026-01-01 call: x\n"
    )
    shown = on_a_terminal(tmp_path, *words.split(), root=vault(tmp_path / "vault", {"ada": ada}), NO_COLOR="1")
    assert "Ada King  Actuary and weaver · Babbage\r\n" in shown


def test_words_of_wide_characters_are_broken_and_not_shortened() -> None:
    promise = "給她寄去那本關於潮汐的舊書" * 9
    assert "".join(wrapped(promise, 80, clip=True)) == promise
    assert wrapped(f"See {'x' * 90} there", 40, clip=True) == ["See", f"{'x' * 39}…", "there"]
    assert wrapped(f"See {'x' * 90} there", 40) == ["See", "x" * 90, "there"]


@pytest.mark.parametrize(
    "words", ["due --all", "due --all --json", "list", "list --json", "due --all --format table", "report quiet --json"]
)
def test_in_a_pipe_the_name_is_whole(words: str, tmp_path: Path) -> None:
    said = ptcrm(long_names(tmp_path), *words.split())
    assert said.code == 0
    assert LONG["w"] in said.out
    if words.endswith("--json"):
        assert {row["name"] for row in json.loads(said.out)["rows"]} <= set(LONG.values())
