"""A command that is forked (tests/forked.py) says and does what it does in a process begun for it alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.forked import Forking
from tests.make import environment, vault

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked here")
ADA = "---\nname: Zoë Ågren\ntier: A\n---\n\n## Interactions\n\n- 2026-01-02 call: Old news\n"


@pytest.fixture(scope="module")
def forking(tmp_path_factory: pytest.TempPathFactory) -> Forking:
    own = environment(tmp_path_factory.mktemp("home"))
    return Forking(tuple((name, value) for name, value in own.items() if name.startswith("PYTHON")))


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (("list", "--json"), b""), (("show", "zoë"), b""), (("shw",), b""), (("show", "nobody"), b""), (("check",), b""), (("--help",), b""),
        (("jot", "-n", "-"), "Call with Zoë Ågren".encode()), (("triage",), b"q"), (("log", "zoe", "call", "now", "-n"), b"y\n"), (("init", "."), b""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_it_ends_alike_and_prints_alike(
    words: tuple[str, ...], stdin: bytes, forking: Forking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(vault(tmp_path / "v", {"zoë": ADA}))
    own = environment(tmp_path, PTCRM_TODAY="2026-11-21")
    forked = forking.run(words, own, stdin)
    command = [sys.executable, "-m", "plaintextcrm", *words]
    alone = subprocess.run(command, input=stdin, capture_output=True, env=own, check=False, timeout=120)
    assert (forked.returncode, forked.stdout, forked.stderr) == (alone.returncode, alone.stdout, alone.stderr)
    assert forked.stdout or forked.stderr


def test_nothing_of_one_command_is_left_to_the_next(forking: Forking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    one, other = (vault(tmp_path / name, {name: f"# {name}\n"}) for name in ("ada", "ben"))
    for _ in range(2):
        for root, day, due in ((one, "2026-11-21", b"ada"), (other, "2030-01-01", b"ben")):
            ran = forking.run(["list", "--json"], environment(tmp_path, PTCRM_VAULT=str(root), PTCRM_TODAY=day), b"")
            assert (day.encode() in ran.stdout, due in ran.stdout) == (True, True), ran
    assert b"no vault" in forking.run(["list"], environment(tmp_path), b"").stderr
