"""Files that a killed write left beside others: whose they are, and what becomes of them."""

from __future__ import annotations

import os
from pathlib import Path as P

import pytest

from plaintextcrm.core.model import Edit
from plaintextcrm.edge import batch, exchange, files
from plaintextcrm.edge.paths import Path

OLD, NEW, SAVED = b"old\n", b"new\n", b"what an editor saved\n"


def beside(folder: P, name: str, data: bytes, mark: str = "0123456789ab") -> P:
    path = folder / f".{name}.{mark}.ptcrm"
    path.write_bytes(data)
    return path


def test_a_hidden_file_of_another_file_whose_name_begins_alike_is_left_alone(tmp_path: P) -> None:
    (tmp_path / "a.md").write_bytes(OLD)
    (tmp_path / "a.md.b.md").write_bytes(SAVED)
    other = beside(tmp_path, "a.md.b.md", b"half of b")
    batch.recover(Path(tmp_path), [Edit("a.md", OLD, NEW)])
    assert other.read_bytes() == b"half of b"


def test_a_hidden_file_of_its_own_goes(tmp_path: P) -> None:
    (tmp_path / "a.md").write_bytes(OLD)
    mine = beside(tmp_path, "a.md", NEW[:2])
    assert not batch.recover(Path(tmp_path), [Edit("a.md", OLD, NEW)])
    assert not mine.exists()
    assert (tmp_path / "a.md").read_bytes() == OLD


@pytest.mark.parametrize("mark", ["0123456789a", "0123456789abc", "0123456789aX", "notes"])
def test_a_name_that_we_never_give_is_somebody_elses(tmp_path: P, mark: str) -> None:
    (tmp_path / "a.md").write_bytes(OLD)
    other = beside(tmp_path, "a.md", NEW, mark)
    batch.recover(Path(tmp_path), [Edit("a.md", OLD, NEW)])
    assert other.exists()


@pytest.mark.parametrize("name", [f"{'é' * 120}.md", f"{'李' * 80}.md", f"{'x' * 250}.md"])
def test_the_longest_names_a_disk_takes_can_be_written(tmp_path: P, name: str) -> None:
    (tmp_path / name).write_bytes(OLD)
    files.apply(Path(tmp_path), Edit(name, OLD, NEW))
    assert (tmp_path / name).read_bytes() == NEW
    assert os.listdir(tmp_path) == [name]


def test_two_long_names_with_one_beginning_keep_their_hidden_files_apart(tmp_path: P) -> None:
    first, second = (Path(tmp_path) / f"{'x' * 230}{end}.md" for end in "ab")
    hidden = files._beside(second)
    assert files._is_beside(hidden.name, second)
    assert not files._is_beside(hidden.name, first)


def test_a_save_goes_back_even_where_the_system_cannot_swap_any_more(tmp_path: P, monkeypatch: pytest.MonkeyPatch) -> None:
    path, aside = Path(tmp_path) / "a.md", Path(tmp_path) / ".a.md.0123456789ab.ptcrm"
    (tmp_path / "a.md").write_bytes(NEW)
    P(aside).write_bytes(SAVED)
    monkeypatch.setattr(exchange, "_call", lambda: None)
    files._give_back(aside, path, NEW)
    assert (tmp_path / "a.md").read_bytes() == SAVED
    assert os.listdir(tmp_path) == ["a.md"]


def test_a_newer_save_stays_where_the_system_cannot_swap_any_more(tmp_path: P, monkeypatch: pytest.MonkeyPatch) -> None:
    path, aside = Path(tmp_path) / "a.md", Path(tmp_path) / ".a.md.0123456789ab.ptcrm"
    (tmp_path / "a.md").write_bytes(b"newer still\n")
    P(aside).write_bytes(SAVED)
    monkeypatch.setattr(exchange, "_call", lambda: None)
    files._give_back(aside, path, NEW)
    assert (tmp_path / "a.md").read_bytes() == b"newer still\n"
