"""Templates as they were compiled are kept, and never believed where they may not be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from plaintextcrm.edge.compiled import Compiled
from plaintextcrm.edge.paths import Path as OurPath
from tests.make import ptcrm, vault

TEXT = "Dear {{ name }},"


def said(folder: Path, text: str = TEXT, may_compile: bool = True) -> str:
    """What a template says, compiled unless that is not allowed."""
    found = Environment(loader=DictLoader({"letter": text}), bytecode_cache=Compiled(OurPath(folder)), autoescape=True)
    if not may_compile:

        def compiled(*_: object, **__: object) -> str:
            raise AssertionError("it was compiled anew")

        found._generate = compiled  # type: ignore[method-assign, assignment]
    return found.get_template("letter").render(name="Ada")


def test_a_template_is_compiled_once(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "templates"
    assert said(folder) == "Dear Ada,"
    assert said(folder, may_compile=False) == "Dear Ada,"
    assert said(folder, "Hello {{ name }}") == "Hello Ada"
    assert folder.stat().st_mode & 0o077 == 0
    assert len(list(folder.iterdir())) == 1  # one a name


@pytest.mark.parametrize("data", [b"", b"garbage", b"j2" + b"\0" * 400])
def test_what_is_no_template_of_ours_is_compiled_anew(tmp_path: Path, data: bytes) -> None:
    said(tmp_path / "t")
    (path,) = (tmp_path / "t").iterdir()
    path.write_bytes(data)
    assert said(tmp_path / "t") == "Dear Ada,"
    path.write_bytes(path.read_bytes()[:-9])
    assert said(tmp_path / "t") == "Dear Ada,"


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no modes here")
def test_a_folder_in_which_others_may_write_is_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    said(folder)
    folder.chmod(0o777)
    with pytest.raises(AssertionError):
        said(folder, may_compile=False)
    folder.chmod(0o700)
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(AssertionError):
        said(tmp_path / "link", may_compile=False)
    assert said(folder, may_compile=False) == "Dear Ada,"


def test_where_nothing_can_be_kept_it_is_compiled_each_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for _ in range(2):
        assert said(tmp_path / "file" / "templates") == "Dear Ada,"
    assert said(tmp_path / "file") == "Dear Ada,"


def test_a_build_keeps_them_and_without_a_cache_none(tmp_path: Path) -> None:
    root, folder = vault(tmp_path / "v", {"ada": "# Ada\n"}), tmp_path / "home/cache/ptcrm/templates"
    home = tmp_path / "home"
    assert ptcrm(root, "--no-cache", "build", home=home).code == 0
    assert not folder.exists()
    assert ptcrm(root, "build", home=home).code == 0
    kept = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert len(kept) > 5
    assert ptcrm(root, "build", "--force", home=home).code == 0
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == kept
