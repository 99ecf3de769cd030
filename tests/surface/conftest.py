"""The places in which the surface is met."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.make import vault
from tests.place import EXAMPLE, Place, Ran


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A copy of the example vault that nobody writes to."""
    folder = tmp_path_factory.mktemp("example")
    shutil.copytree(EXAMPLE, folder / "people")
    return Place(folder / "people", folder / "home")


@pytest.fixture(scope="session")
def said(example: Place) -> Callable[..., Ran]:
    """What a reading command says of the example vault; each is run once."""
    kept: dict[tuple[str, ...], Ran] = {}

    def ask(*words: str) -> Ran:
        if words not in kept:
            kept[words] = example(*words)
        return kept[words]

    return ask


@pytest.fixture
def people(tmp_path: Path) -> Place:
    """A copy of the example vault to write to."""
    shutil.copytree(EXAMPLE, tmp_path / "people")
    return Place(tmp_path / "people", tmp_path / "home")


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Place]:
    """A vault of these contacts."""

    def made(files: dict[str, str | bytes], settings: str = "[git]\ncommit = false\n", name: str = "people") -> Place:
        return Place(vault(tmp_path / name, files, settings), tmp_path / "home")

    return made


@pytest.fixture
def empty(tmp_path: Path) -> Place:
    """A folder without a vault."""
    (tmp_path / "nothing").mkdir()
    return Place(tmp_path / "nothing", tmp_path / "home")


@pytest.fixture
def in_git(empty: Place) -> Place:
    """A vault in git with one person."""
    assert empty("init").code == 0
    assert empty("add", "Ada King", "--tier", "A").code == 0
    return empty
