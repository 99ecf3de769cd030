"""The real command in a repository that is not as usual: a worktree, a signing key, a hook that reformats, a part of something bigger."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from unicodedata import normalize

import pytest

from tests.make import vault
from tests.place import Place, Ran
from tests.test_manners import ADA, BEN, GIT, changed_in_last, commits, git, repository
from tests.test_writes import hook

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # an index is left to the end of its process


def done(ran: Ran, code: int = 0) -> Ran:
    assert ran.code == code, ran
    assert "Traceback" not in ran.err, ran
    return ran


def program(path: Path, *lines: str) -> str:
    """A program of a few lines of shell; where it is."""
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Ada and Ben in a repository, each write a commit."""
    return Place(repository(vault(tmp_path / "v", {"ada": ADA, "ben": BEN}, GIT)), tmp_path / "home")


def clean(root: Path) -> bool:
    return git(root, "status", "--porcelain", "-uall") == ""


# What a day brings: lines and keys, a new file, one that moves, one that goes, and all of it taken back.
DAY = (
    ("log", "ada", "coffee", "New job"), ("add", "Eve Moon"), ("set", "ben", "tier=A"), ("rename", "ada", "Ada Byron"),
    ("merge", "ben", "ada-byron"), ("undo",), ("undo",), ("undo",), ("forget", "eve-moon", "-y"), ("undo",), ("undo",), ("undo",),
)  # fmt: skip


# --- where the repository is ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("detached", [False, True], ids=["on a branch", "on none"])
def test_in_a_worktree_each_write_is_a_commit_of_that_worktree_only(place: Place, tmp_path: Path, detached: bool) -> None:
    root = tmp_path / "linked"
    git(place.root, "worktree", "add", "-q", *(["--detach"] if detached else ["-b", "linked"]), str(root))
    main, there = git(place.root, "rev-parse", "main"), Place(root, tmp_path / "home")
    for number, words in enumerate(DAY, start=2):
        ran = done(there(*words))
        assert ("ptcrm: committed on no branch: git switch -c NAME keeps it\n" in ran.err) == detached, words
        assert (commits(root), clean(root)) == (number, True), words
    assert (root / "contacts" / "ada.md").read_text() == ADA
    assert (git(place.root, "rev-parse", "main"), clean(place.root)) == (main, True)
    assert (place.root / "contacts" / "ada.md").read_text() == ADA


def test_the_lock_of_another_git_in_a_worktree_is_that_worktrees_own(place: Place, tmp_path: Path) -> None:
    root = tmp_path / "linked"
    git(place.root, "worktree", "add", "-q", "-b", "linked", str(root))
    (place.root / ".git" / "index.lock").touch()
    done(Place(root, tmp_path / "home")("log", "ada", "coffee", "New job"))
    assert changed_in_last(root) == ["contacts/ada.md"]
    (place.root / ".git" / "worktrees" / "linked" / "index.lock").touch()
    assert "index.lock" in done(Place(root, tmp_path / "home")("log", "ben", "coffee"), 6).err


def test_in_a_sub_folder_of_a_bigger_repository_only_our_paths_are_committed(tmp_path: Path) -> None:
    big = tmp_path / "big"
    root = vault(big / "notes" / "people", {"ada": ADA, "ben": BEN}, GIT)
    (big / "code.py").write_text("1\n")
    (big / "contacts").mkdir()
    (big / "contacts" / "ada.md").write_text("not a contact of this vault\n")
    repository(big)
    (big / "code.py").write_text("2\n")
    git(big, "add", "code.py")
    (big / "contacts" / "ada.md").write_text("changed\n")
    before, place = git(big, "status", "--porcelain"), Place(root, tmp_path / "home")
    for number, words in enumerate(DAY, start=2):
        done(place(*words))
        assert all(path.startswith("notes/people/contacts/") for path in changed_in_last(big)), words
        assert (commits(big), git(big, "status", "--porcelain")) == (number, before), words


@pytest.mark.skipif(sys.platform == "darwin", reason="one file there, however its accents are written")
def test_a_file_whose_accents_are_written_in_another_way_now_is_committed(place: Place) -> None:
    composed, decomposed = (place.root / "contacts" / f"{normalize(form, 'zoë')}.md" for form in ("NFC", "NFD"))
    decomposed.write_text("---\nname: Zoë Ann\n---\n")
    git(place.root, "add", "-A")
    git(place.root, "commit", "-q", "-m", "Zoë")
    decomposed.rename(composed)
    done(place("log", "Zoë Ann", "call"))
    assert changed_in_last(place.root) == [f"contacts/{composed.name}"]
    assert git(place.root, "status", "--porcelain", "-z") == f" D contacts/{decomposed.name}\0"


def test_what_was_only_staged_and_is_forgotten_is_staged_no_more(place: Place) -> None:
    (place.root / "contacts" / "eve.md").write_text("---\nname: Eve Moon\n---\n")
    (place.root / "draft.txt").write_text("mine\n")
    git(place.root, "add", "-A")
    done(place("forget", "eve", "-y"))
    assert (commits(place.root), git(place.root, "status", "--porcelain")) == (1, "A  draft.txt\n")


def test_on_an_unborn_branch_what_is_added_and_taken_back_leaves_nothing(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": ADA}, GIT)
    git(root, "init", "-q")
    place = Place(root, tmp_path / "home")
    hook(root, "exit 1")
    done(place("add", "Eve Moon"), 6)
    done(place("undo"))
    assert git(root, "ls-files") == ""
    hook(root, "exit 0")
    done(place("add", "Eve Moon"))
    assert (changed_in_last(root), commits(root)) == (["contacts/eve-moon.md"], 1)
    done(place("undo"))
    assert (changed_in_last(root), commits(root)) == (["contacts/eve-moon.md"], 2)


# --- what git asks others ------------------------------------------------------------------------------------------


def signing(place: Place, folder: Path, *lines: str) -> None:
    """Every commit is signed, by a program of ours."""
    git(place.root, "config", "commit.gpgsign", "true")
    git(place.root, "config", "gpg.program", program(folder / "gpg", *lines))


GOOD = (
    "cat >/dev/null",
    "echo '[GNUPG:] SIG_CREATED ' >&2",
    "printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n'",
)
BAD = ("echo 'gpg: no secret key' >&2", "exit 2")


def test_a_signature_that_is_made_is_in_each_commit(place: Place, tmp_path: Path) -> None:
    signing(place, tmp_path, *GOOD)
    for words in DAY:
        done(place(*words))
        assert "\ngpgsig -----BEGIN PGP SIGNATURE-----\n" in git(place.root, "cat-file", "commit", "HEAD"), words
    assert clean(place.root)


@pytest.mark.parametrize("words", [("log", "ada", "coffee", "New job"), ("add", "Eve Moon"), ("rename", "ada", "Ada Byron")])
def test_a_signature_that_fails_is_6_and_the_files_are_written(place: Place, tmp_path: Path, words: tuple[str, ...]) -> None:
    signing(place, tmp_path, *BAD)
    index = git(place.root, "ls-files", "--stage")
    ran = done(place(*words), 6)
    assert len(ran.err.splitlines()) == 1
    assert "git did not commit: " in ran.err
    assert "gpg" in ran.err
    assert (commits(place.root), git(place.root, "ls-files", "--stage")) == (1, index)
    assert not clean(place.root), "written all the same"
    done(place("undo"))
    assert clean(place.root)


def test_a_merge_that_cannot_be_signed_leaves_all_as_it_was(place: Place, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(place.root), "remote.git")
    git(place.root, "remote", "add", "origin", str(tmp_path / "remote.git"))
    git(tmp_path, "clone", "-q", "remote.git", "other")
    other = Place(tmp_path / "other", tmp_path / "other-home")
    done(place("sync"))
    done(other("log", "ada", "coffee", "New job"))
    done(other("sync"))
    done(place("log", "ben", "call", "Hello"))
    signing(place, tmp_path, *BAD)
    head = git(place.root, "rev-parse", "HEAD")
    assert "nothing is changed" in done(place("sync"), 5).err
    assert (git(place.root, "rev-parse", "HEAD"), clean(place.root)) == (head, True)
    assert not (place.root / ".git" / "MERGE_HEAD").exists()
    signing(place, tmp_path, *GOOD)
    done(place("sync"))
    assert "New job" in (place.root / "contacts" / "ada.md").read_text()


# --- hooks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("adds", [True, False], ids=["and adds it", "and does not add it"])
def test_after_a_hook_that_reformats_nothing_of_ours_is_left_staged(place: Place, adds: bool) -> None:
    (place.root / "notes.txt").write_text("mine\n")
    git(place.root, "add", "notes.txt")
    hook(place.root, "sed -i 's/  */ /g' contacts/ada.md", "git add contacts/ada.md" if adds else "true")
    done(place("log", "ada", "coffee", "New  job"))
    assert "coffee: New job\n" in (place.root / "contacts" / "ada.md").read_text(), "as the hook left it"
    assert changed_in_last(place.root) == ["contacts/ada.md"]
    assert git(place.root, "status", "--porcelain") == ("A  notes.txt\n" if adds else " M contacts/ada.md\nA  notes.txt\n")
    assert "changed since" in done(place("undo"), 5).err
    done(place("log", "ada", "coffee", "Newer job"))
    done(place("undo"))
    assert git(place.root, "status", "--porcelain") == "A  notes.txt\n"


def test_a_hook_that_rejects_leaves_nothing_of_a_rename_staged(place: Place) -> None:
    hook(place.root, "echo 'not on a Saturday' >&2", "exit 1")
    index = git(place.root, "ls-files", "--stage")
    assert "not on a Saturday" in done(place("rename", "ada", "Ada Byron"), 6).err
    assert git(place.root, "ls-files", "--stage") == index
    done(place("undo"))
    assert clean(place.root)


# --- what git may not do -------------------------------------------------------------------------------------------


@pytest.fixture
def read_only(place: Place) -> Iterator[Callable[[], None]]:
    """What makes the repository's own folder one that nobody can write to, root neither."""
    folder = place.root / ".git"
    mounted = []

    def call() -> None:
        for words in (["--bind", str(folder)], ["-o", "remount,bind,ro"]):
            if subprocess.run(["mount", *words, str(folder)], capture_output=True, check=False).returncode:
                pytest.skip("no folder can be mounted here")
            mounted.append(folder)

    yield call
    if mounted:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_repository_that_cannot_be_written_to_is_6_and_undo_works_all_the_same(place: Place, read_only: Callable[[], None]) -> None:
    before = {path: path.read_bytes() for path in (place.root / "contacts").iterdir()}
    read_only()
    for words in DAY[:5]:
        assert "git did not commit: " in done(place(*words), 6).err, words
    codes = [place("undo").code for _ in range(5)]
    assert codes[-1] == 0, "nothing is left that git would have to commit"
    assert set(codes) <= {0, 6}
    assert {path: path.read_bytes() for path in (place.root / "contacts").iterdir()} == before
    assert done(place("due")).err == ""


def test_a_commit_amid_a_bisect_would_be_what_git_asks_about_so_there_is_none(place: Place) -> None:
    for number in range(4):
        git(place.root, "commit", "-q", "--allow-empty", "-m", str(number))
    git(place.root, "bisect", "start", "HEAD", "HEAD~4")
    tried = git(place.root, "rev-parse", "HEAD")
    assert "a bisect is in progress" in done(place("log", "ada", "coffee", "New job"), 6).err
    assert git(place.root, "rev-parse", "HEAD") == tried
    git(place.root, "bisect", "reset")
    assert git(place.root, "status", "--porcelain") == " M contacts/ada.md\n", "carried along"
    done(place("log", "ben", "coffee"))
    assert (changed_in_last(place.root), git(place.root, "status", "--porcelain")) == (["contacts/ben.md"], " M contacts/ada.md\n")


# --- very many files -----------------------------------------------------------------------------------------------

PEOPLE = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n" + "".join(
    f"Person{number},Of Many,,,Firm {number},Clerk,01 Jan 2020\n" for number in range(1100)
)


@pytest.fixture
def book(tmp_path: Path) -> str:
    """More people than are given to git one by one."""
    (tmp_path / "Connections.csv").write_text(PEOPLE, encoding="utf-8")
    return str(tmp_path / "Connections.csv")


def test_very_many_files_are_one_commit_and_one_undo(place: Place, book: str) -> None:
    (place.root / "loose.txt").write_text("not asked for")
    done(place("import", book, "-y"))
    assert commits(place.root) == 2
    assert len(changed_in_last(place.root)) == 1100
    assert git(place.root, "status", "--porcelain", "-uall") == "?? loose.txt\n"
    done(place("undo"))
    assert commits(place.root) == 3
    assert git(place.root, "diff", "--stat", "HEAD~2", "HEAD") == ""


def test_of_very_many_files_what_is_staged_does_not_go_along(place: Place, book: str) -> None:
    (place.root / "mine.txt").write_text("staged")
    git(place.root, "add", "mine.txt")
    done(place("import", book, "-y"))
    assert len(changed_in_last(place.root)) == 1100
    assert git(place.root, "status", "--porcelain", "-uall") == "A  mine.txt\n"


def test_a_hook_that_refuses_very_many_files_leaves_nothing_staged(place: Place, book: str) -> None:
    hook(place.root, "exit 1")
    ran = done(place("import", book, "-y"), 6)
    assert "git did not commit" in ran.err
    assert commits(place.root) == 1
    assert git(place.root, "diff", "--cached", "--name-only") == ""
    assert len(list((place.root / "contacts").glob("*.md"))) == 1102
