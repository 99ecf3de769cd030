"""`edge.paths.Path` means what `pathlib.Path` means, for whatever this program asks of it."""

from __future__ import annotations

import os
import pathlib
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaintextcrm.edge.paths import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="compared with POSIX paths")

names = st.lists(st.text("ab. é", min_size=1, max_size=4).filter(lambda name: name not in (".", "..")), min_size=1, max_size=4)
paths = st.builds(lambda parts, top: ("/" if top else "") + "/".join(parts), names, st.booleans())


@given(paths, names.map("/".join))
def test_parts_and_joins_are_those_of_pathlib(text: str, more: str) -> None:
    ours, theirs = Path(text), PurePosixPath(text)
    assert (str(ours), ours.name, str(ours.parent)) == (str(theirs), theirs.name, str(theirs.parent))
    assert str(ours / more) == str(theirs / more)
    assert str(Path(ours, more)) == str(PurePosixPath(theirs, more))
    if text.startswith("/"):
        assert [str(folder) for folder in ours.parents] == [str(folder) for folder in theirs.parents]


@given(paths, paths)
def test_what_is_in_a_folder_is_what_pathlib_says(a: str, b: str) -> None:
    for text, folder in ((a, b), (f"{b}/{a.lstrip(chr(47))}", b), (a, a)):
        ours, theirs = Path(text), PurePosixPath(text)
        assert ours.is_relative_to(folder) == theirs.is_relative_to(folder)
        if theirs.is_relative_to(folder):
            assert str(ours.relative_to(folder)) == str(theirs.relative_to(folder))
        else:
            with pytest.raises(ValueError, match="is not in"):
                ours.relative_to(folder)


def test_the_root_and_trailing_slashes() -> None:
    assert [str(Path(text)) for text in ("/", "a/", "/a//", "")] == ["/", "a", "/a", ""] or str(Path("")) == "."
    assert Path("/a").is_relative_to("/")
    assert str(Path("/").parent) == "/"
    assert Path().resolve() == str(pathlib.Path.cwd().resolve())


def test_folders_and_files(tmp_path: pathlib.Path) -> None:
    folder = Path(tmp_path) / "a" / "b"
    folder.mkdir(parents=True, mode=0o700)
    folder.mkdir(exist_ok=True)
    with pytest.raises(FileExistsError):
        folder.mkdir()
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    note = folder / "note.txt"
    note.write_text("é\n")
    assert (note.read_text(), note.read_bytes()) == ("é\n", "é\n".encode())
    with pytest.raises(FileExistsError):
        note.mkdir(exist_ok=True)
    assert [path.name for path in folder.iterdir()] == [path.name for path in folder.glob("*.txt")] == ["note.txt"]
    assert list((folder / "none").glob("*")) == []
    note.unlink()
    note.unlink(missing_ok=True)
    with pytest.raises(FileNotFoundError):
        note.unlink()
    (tmp_path / "link").symlink_to(folder)
    link = Path(tmp_path, "link")
    assert link.is_symlink()
    assert link.is_dir()
    assert not link.is_file()
    assert link.resolve() == folder.resolve()
