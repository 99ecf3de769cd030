"""Imports of many people: all or nothing, at a cost that grows no faster than their number."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from plaintextcrm.core.errors import ChangedOnDisk, Refused
from plaintextcrm.core.model import Edit
from plaintextcrm.edge import batch
from plaintextcrm.edge.paths import Path as EdgePath
from tests.make import environment, ptcrm, vault

MANY = 600  # more than one of the portions in which files are written
IN_A_FILE = 1500  # so many that a signal finds it at work


def edits(count: int) -> list[Edit]:
    """New files in three folders."""
    return [Edit(f"contacts/{number % 3}/p-{number}.md", None, b"# %d\n" % number) for number in range(count)]


def everything(root: Path) -> list[str]:
    """Every file below a folder, hidden ones too."""
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_many_new_files_are_all_written_and_each_is_what_it_should_be(tmp_path: Path):
    told: list[tuple[int, int]] = []
    batch.apply_all(EdgePath(tmp_path), edits(MANY), lambda done, whole: told.append((done, whole)))
    assert {path: (tmp_path / path).read_bytes() for path in everything(tmp_path)} == {one.path: one.replaces for one in edits(MANY)}
    assert told[0][0] < told[-1][0] == MANY
    assert {whole for _, whole in told} == {MANY}


@pytest.mark.parametrize("number", [0, 7, MANY - 1])
def test_where_one_of_many_is_there_already_nothing_is_written_and_nothing_hidden_stays(tmp_path: Path, number: int):
    mine = tmp_path / edits(MANY)[number].path
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"somebody's")
    with pytest.raises(ChangedOnDisk, match=f"p-{number}.md: exists already"):
        batch.apply_all(EdgePath(tmp_path), edits(MANY))
    assert everything(tmp_path) == [mine.relative_to(tmp_path).as_posix()]
    assert mine.read_bytes() == b"somebody's"


def test_where_one_of_many_cannot_be_written_it_is_named_and_the_others_are_taken_back(tmp_path: Path):
    (tmp_path / "in-the-way").write_bytes(b"a file, no folder")
    some = [*edits(20), Edit("in-the-way/x.md", None, b"x"), *edits(40)[20:]]
    with pytest.raises(Refused, match=r"in-the-way/x\.md: cannot be written: .*; nothing is changed"):
        batch.apply_all(EdgePath(tmp_path), some)
    assert everything(tmp_path) == ["in-the-way"]


def test_one_of_many_that_leads_out_of_the_vault_takes_the_others_back(tmp_path: Path):
    root = tmp_path / "vault"
    root.mkdir()
    (root / "out").symlink_to(tmp_path)
    with pytest.raises(Refused, match="leads out of the vault"):
        batch.apply_all(EdgePath(root), [*edits(20), Edit("out/x.md", None, b"x")])
    assert (everything(root), (tmp_path / "x.md").exists()) == ([], False)


def test_whoever_interrupts_between_two_portions_leaves_nothing(tmp_path: Path):
    def stop(done: int, whole: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch.apply_all(EdgePath(tmp_path), edits(MANY), stop)
    assert everything(tmp_path) == []


class Running:
    """`ptcrm import` of many people, seen from beside."""

    def __init__(self, folder: Path) -> None:
        self.root = vault(folder / "people", {}, "[git]\ncommit = false\n")
        self.home = folder / "home"
        self.home.mkdir()
        log = folder / "log.csv"
        log.write_text("date,person,person_id\n" + "".join(f"2026-01-01,P {number},{number}\n" for number in range(IN_A_FILE)))
        words = [sys.executable, "-m", "plaintextcrm", "-C", str(self.root), "import", str(log), "-y"]
        self.process = subprocess.Popen(words, env=environment(self.home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self, number: int) -> int:
        """Send a signal as soon as the first files are there; how it ended."""
        until = time.monotonic() + 60
        while not any((self.root / "contacts").glob("p-*.md")) and self.process.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        self.process.send_signal(number)
        return self.process.wait(60)

    def left(self) -> list[str]:
        """What is in the contacts folder."""
        return os.listdir(self.root / "contacts")


def test_an_import_that_is_told_to_stop_takes_all_of_it_back(tmp_path: Path):
    running = Running(tmp_path)
    assert running.stop(signal.SIGTERM) == 128 + signal.SIGTERM
    assert running.left() == []


def test_what_a_killed_import_left_is_taken_back_by_the_next_write(tmp_path: Path):
    running = Running(tmp_path)
    assert running.stop(signal.SIGKILL) == -signal.SIGKILL
    assert len(running.left()) > 0
    assert ptcrm(running.root, "add", "Ada King", home=running.home).code == 0
    assert running.left() == ["ada-king.md"]


def test_an_import_of_many_is_one_write_to_undo(tmp_path: Path):
    running = Running(tmp_path)
    assert running.process.wait(60) == 0
    assert len(running.left()) == IN_A_FILE
    assert ptcrm(running.root, "undo", home=running.home).code == 0
    assert running.left() == []
