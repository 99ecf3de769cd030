"""Templates as they were compiled are kept, and never believed where they may not be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment
from jinja2.bccache import Bucket

from plaintextcrm.edge.compiled import Compiled
from plaintextcrm.edge.paths import Path as OurPath
from tests.make import ptcrm, vault

TEXT = "Dear {{ name }},"


class Counted(Compiled):
    """Counts what is compiled anew, for that is then kept."""

    count = 0

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.count += 1
        super().dump_bytecode(bucket)


def said(folder: Path, text: str = TEXT) -> tuple[str, bool]:
    """What a template says, and whether it was compiled anew."""
    kept = Counted(OurPath(folder))
    found = Environment(loader=DictLoader({"letter": text}), bytecode_cache=kept, autoescape=True)
    return found.get_template("letter").render(name="Ada"), kept.count == 1


def test_a_template_is_compiled_once(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "templates"
    assert said(folder) == ("Dear Ada,", True)
    assert said(folder) == ("Dear Ada,", False)
    assert said(folder, "Hello {{ name }}") == ("Hello Ada", True)
    assert folder.stat().st_mode & 0o077 == 0
    assert len(list(folder.iterdir())) == 1  # one a name


@pytest.mark.parametrize("data", [b"", b"garbage", b"j2" + b"\0" * 400])
def test_what_is_no_template_of_ours_is_compiled_anew(tmp_path: Path, data: bytes) -> None:
    said(tmp_path / "t")
    (path,) = (tmp_path / "t").iterdir()
    path.write_bytes(data)
    assert said(tmp_path / "t") == ("Dear Ada,", True)
    path.write_bytes(path.read_bytes()[:-9])
    assert said(tmp_path / "t") == ("Dear Ada,", True)


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no modes here")
def test_a_folder_in_which_others_may_write_is_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    said(folder)
    folder.chmod(0o777)
    assert said(folder) == ("Dear Ada,", True)
    folder.chmod(0o700)
    (tmp_path / "link").symlink_to(folder)
    assert said(tmp_path / "link") == ("Dear Ada,", True)
    assert said(folder) == ("Dear Ada,", False)


def test_where_nothing_can_be_kept_it_is_compiled_each_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for _ in range(2):
        assert said(tmp_path / "file" / "templates") == ("Dear Ada,", True)
    assert said(tmp_path / "file") == ("Dear Ada,", True)


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
