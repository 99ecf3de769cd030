"""What becomes of a write that something gets in the way of: another's lock, a hook, a signal, a full journal, a damaged record."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from plaintextcrm.core.errors import NotCommitted, Refused
from plaintextcrm.core.model import Edit
from plaintextcrm.edge import batch, git, journal
from tests.make import environment, ptcrm, vault
from tests.place import Place, Ran
from tests.test_manners import ADA, BEN, GIT, ada, changed_in_last, commits, repository
from tests.test_manners import git as run_git

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # an index is left to the end of its process

STATE = "state/ptcrm"


@pytest.fixture(autouse=True)
def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git knows who we are, for what is called in this process too."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Marta")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "marta@example.com")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Ada and Ben, no git."""
    return Place(vault(tmp_path / "v", {"ada": ADA, "ben": BEN}), tmp_path / "home")


@pytest.fixture
def in_git(tmp_path: Path) -> Place:
    """Ada and Ben in a repository, each write a commit."""
    return Place(repository(vault(tmp_path / "v", {"ada": ADA, "ben": BEN}, GIT)), tmp_path / "home")


def done(ran: Ran, code: int = 0) -> Ran:
    assert ran.code == code, ran
    assert "Traceback" not in ran.err, ran
    return ran


def one_line(text: str) -> bool:
    return len(text.splitlines()) == 1


def hook(root: Path, *lines: str) -> None:
    """A pre-commit hook."""
    path = root / ".git" / "hooks" / "pre-commit"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)


def index_and_status(root: Path) -> tuple[str, str]:
    return run_git(root, "ls-files", "--stage"), run_git(root, "status", "--porcelain", "-uall")


# --- git -----------------------------------------------------------------------------------------------------------


def test_more_paths_than_a_command_line_takes_are_one_commit(tmp_path: Path) -> None:
    root = repository(vault(tmp_path / "v", {"ada": ADA}, GIT))
    folder = "/".join(["contacts", *("x" * 250 for _ in range(12))])
    (root / folder).mkdir(parents=True)
    paths = [f"{folder}/{number}.md" for number in range(800)]
    assert sum(map(len, paths)) > 2_097_152, "more than Linux takes"
    for path in paths:
        (root / path).write_text(BEN)
    assert git.commit(root, paths, "import: many")
    assert commits(root) == 2
    assert len(changed_in_last(root)) == 800
    assert run_git(root, "status", "--porcelain") == ""


def test_of_many_paths_that_a_hook_rejects_none_stays_in_the_index(tmp_path: Path) -> None:
    root = repository(vault(tmp_path / "v", {"ada": ADA}, GIT))
    hook(root, "exit 1")
    paths = [f"contacts/{'é' * 100}-{number}.md" for number in range(200)]
    for path in paths:
        (root / path).write_text(BEN)
    before = index_and_status(root)
    with pytest.raises(NotCommitted, match="200 files: are written"):
        git.commit(root, paths, "import: many")
    assert index_and_status(root) == before


@pytest.mark.parametrize("unborn", [False, True], ids=["with a commit", "on a branch without one"])
def test_an_added_file_that_a_hook_rejects_leaves_the_index_as_it_was(tmp_path: Path, unborn: bool) -> None:
    root = vault(tmp_path / "v", {"ada": ADA}, GIT)
    place = Place(root, tmp_path / "home")
    run_git(root, "init", "-q") if unborn else repository(root)
    hook(root, "echo 'no commits on a Saturday' >&2", "exit 1")
    (root / "staged.md").write_text("mine\n")
    (root / "meant.md").write_text("mine\n")
    run_git(root, "add", "staged.md")
    run_git(root, "add", "--intent-to-add", "meant.md")
    index, status = index_and_status(root)
    ran = done(place("add", "Eve Moon"), 6)
    assert "no commits on a Saturday" in ran.err
    assert index_and_status(root) == (index, "".join(sorted([*status.splitlines(True), "?? contacts/eve-moon.md\n"], key=_by_path)))


def _by_path(line: str) -> tuple[bool, str]:
    return line.startswith("??"), line[3:]


def test_one_known_to_git_and_one_not_are_one_commit(in_git: Place) -> None:
    (in_git.root / "contacts" / "cleo.md").write_text(ADA.replace("Ada King", "Cleo Vane"))
    (in_git.root / "contacts" / "dan.md").write_text(ADA.replace("Ada King", "Dan Ott"))
    done(in_git("log", "ada,cleo", "lunch"))
    assert sorted(changed_in_last(in_git.root)) == ["contacts/ada.md", "contacts/cleo.md"]
    assert run_git(in_git.root, "status", "--porcelain") == "?? contacts/dan.md\n"


def test_undo_of_an_add_that_was_never_committed_is_0(in_git: Place) -> None:
    done(in_git("add", "Eve Moon", "--no-commit"))
    ran = done(in_git("undo"))
    assert ran.err == ""
    assert not (in_git.root / "contacts" / "eve-moon.md").exists()
    assert run_git(in_git.root, "status", "--porcelain") == ""
    assert commits(in_git.root) == 1


def test_undo_where_only_one_of_two_was_ever_committed_commits_that_one(in_git: Place) -> None:
    eve = in_git.root / "contacts" / "eve.md"
    edits = [Edit("contacts/ada.md", ADA.encode(), b"new"), Edit("contacts/eve.md", None, b"new")]
    batch.apply_all(in_git.root, edits)
    assert git.commit(in_git.root, ["contacts/ada.md"], "half")
    batch.apply_all(in_git.root, [Edit(edit.path, edit.replaces, edit.expects) for edit in edits])
    assert not eve.exists()
    assert git.commit(in_git.root, [edit.path for edit in edits], "undo: half")
    assert changed_in_last(in_git.root) == ["contacts/ada.md"]
    assert run_git(in_git.root, "status", "--porcelain") == ""


def test_a_file_that_gitignore_leaves_out_is_written_and_6_says_so(in_git: Place) -> None:
    (in_git.root / ".gitignore").write_text("contacts/eve*\n")
    before = index_and_status(in_git.root)
    ran = done(in_git("add", "Eve Moon"), 6)
    assert ran.err == "ptcrm: contacts/eve-moon.md: is written, but git did not commit: a .gitignore leaves it out\n"
    assert (in_git.root / "contacts" / "eve-moon.md").exists()
    assert index_and_status(in_git.root) == before


def _bisecting(root: Path) -> None:
    for number in range(3):
        run_git(root, "commit", "-q", "--allow-empty", "-m", str(number))
    run_git(root, "bisect", "start", "HEAD", "HEAD~3")


def _picking_several(root: Path) -> None:
    run_git(root, "checkout", "-q", "-b", "side")
    for number in range(2):
        (root / "other.txt").write_text(f"{number}\n")
        run_git(root, "add", "other.txt")
        run_git(root, "commit", "-q", "-m", str(number))
    run_git(root, "checkout", "-q", "main")
    (root / "other.txt").write_text("ours\n")
    run_git(root, "add", "other.txt")
    run_git(root, "commit", "-q", "-m", "ours")
    run_git(root, "cherry-pick", "side~1", "side", fails=True)
    run_git(root, "add", "other.txt")
    run_git(root, "commit", "-q", "--no-edit", "--allow-empty")  # CHERRY_PICK_HEAD is gone, the second one is still to come


@pytest.mark.parametrize(("begin", "word"), [(_bisecting, "bisect"), (_picking_several, "cherry-pick")])
def test_in_the_middle_of_something_nothing_is_committed(in_git: Place, begin: Callable[[Path], None], word: str) -> None:
    begin(in_git.root)
    head = run_git(in_git.root, "rev-parse", "HEAD")
    ran = done(in_git("log", "ada", "coffee", "New job"), 6)
    assert word in ran.err
    assert "New job" in ada(in_git.root).read_text()
    assert run_git(in_git.root, "rev-parse", "HEAD") == head


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds a parent's parent in /proc")
@pytest.mark.parametrize("words", [("log", "ada", "coffee", "New job"), ("add", "Eve Moon")], ids=["known", "new"])
def test_interrupted_while_git_commits_it_is_6_and_git_leaves_no_lock(in_git: Place, words: tuple[str, ...]) -> None:
    index = run_git(in_git.root, "ls-files", "--stage")
    hook(in_git.root, "kill -INT $(cut -d' ' -f4 /proc/$PPID/stat)", "exec sleep 5")
    ran = done(in_git.process(*words), 6)
    assert "git did not commit: it was interrupted" in ran.err
    assert not (in_git.root / ".git" / "index.lock").exists()
    assert run_git(in_git.root, "ls-files", "--stage") == index
    assert commits(in_git.root) == 1


def test_a_lock_of_another_git_is_6_and_is_left_to_it(in_git: Place) -> None:
    lock = in_git.root / ".git" / "index.lock"
    lock.touch()
    for words in (("log", "ada", "coffee"), ("add", "Eve Moon")):
        assert "index.lock" in done(in_git(*words), 6).err
    assert lock.exists()
    lock.unlink()
    assert run_git(in_git.root, "status", "--porcelain") == " M contacts/ada.md\n?? contacts/eve-moon.md\n"


def test_an_undo_of_what_was_never_committed_is_0_whatever_keeps_git_from_committing(in_git: Place) -> None:
    hook(in_git.root, "exit 1")
    done(in_git("log", "ada", "coffee"), 6)
    done(in_git("undo"))
    assert run_git(in_git.root, "status", "--porcelain") == ""


def test_an_undo_during_a_merge_says_only_of_what_differs_from_the_commit_that_it_is_not_committed(in_git: Place) -> None:
    (in_git.root / ".git" / "MERGE_HEAD").write_text(run_git(in_git.root, "rev-parse", "HEAD"))
    assert "contacts/eve-moon.md: is written, but" in done(in_git("add", "Eve Moon"), 6).err
    assert done(in_git("undo")).err == ""
    (in_git.root / ".git" / "MERGE_HEAD").unlink()
    done(in_git("add", "Eve Moon"))
    (in_git.root / ".git" / "MERGE_HEAD").write_text(run_git(in_git.root, "rev-parse", "HEAD"))
    assert "contacts/eve-moon.md: is removed, but git did not commit: a merge" in done(in_git("undo"), 6).err


def test_contacts_in_a_repository_within_the_repository_are_6(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"ada": ADA}, GIT)
    repository(root / "contacts")
    repository(root)
    ran = done(Place(root, tmp_path / "home")("log", "ada", "coffee"), 6)
    assert "submodule" in ran.err


def test_a_git_that_cannot_be_run_is_6(in_git: Place, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").write_text("not a program\n")
    ran = done(in_git("log", "ada", "coffee", PATH=str(tmp_path / "bin")), 6)
    assert "git did not commit: permission denied" in ran.err


def test_a_hook_that_says_nothing_is_guessed_at(in_git: Place) -> None:
    hook(in_git.root, "exit 1")
    assert "a hook of yours?" in done(in_git("log", "ada", "coffee"), 6).err


# --- several files -------------------------------------------------------------------------------------------------


def test_where_the_second_file_cannot_be_written_the_first_is_taken_back(place: Place) -> None:
    edits = [Edit("contacts/ada.md", ADA.encode(), b"new"), Edit("contacts/ben.md/inside.md", None, b"new")]
    with pytest.raises(Refused, match=r"^contacts/ben\.md/inside\.md: cannot be written: .*; nothing is changed$"):
        batch.apply_all(place.root, edits)
    assert ada(place.root).read_text() == ADA
    assert sorted(os.listdir(place.root / "contacts")) == ["ada.md", "ben.md"]


def test_what_was_saved_meanwhile_is_not_taken_back_and_is_named(place: Place) -> None:
    def edits() -> Iterator[Edit]:
        yield Edit("contacts/ada.md", ADA.encode(), b"new")
        ada(place.root).write_bytes(b"saved by an editor")
        yield Edit("contacts/ben.md", b"something else", b"new")

    with pytest.raises(batch.Torn, match=r"contacts/ben\.md: cannot be written; contacts/ada\.md: could not be put back"):
        batch.apply_all(place.root, edits())
    assert ada(place.root).read_bytes() == b"saved by an editor"
    assert (place.root / "contacts" / "ben.md").read_text() == BEN


STOPPED = """
import os, signal, sys
from pathlib import Path
from plaintextcrm.core.model import Edit
from plaintextcrm.edge import batch

def edits():
    yield Edit("contacts/ada.md", Path("contacts/ada.md").read_bytes(), b"new")
    yield Edit("contacts/far/new.md", None, b"new")
    os.kill(os.getpid(), int(sys.argv[1]))
    yield Edit("contacts/ben.md", Path("contacts/ben.md").read_bytes(), None)

batch.apply_all(Path.cwd(), edits())
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, 128 + signal.SIGTERM)], ids=["interrupted", "terminated"]
)
def test_told_to_stop_in_the_middle_of_several_files_all_are_as_before(place: Place, number: int, code: int) -> None:
    words = [sys.executable, "-c", STOPPED, str(int(number))]
    ran = subprocess.run(words, cwd=place.root, env=place.environment(), capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == code, ran
    assert ada(place.root).read_text() == ADA
    assert (place.root / "contacts" / "ben.md").read_text() == BEN
    assert [path.name for path in (place.root / "contacts").rglob("*.md") if path.name not in ("ada.md", "ben.md")] == []


def test_an_import_that_is_terminated_leaves_nobody_and_nothing_to_undo(place: Place, tmp_path: Path) -> None:
    rows = "".join(f"Person Number{number},{number},Acme\n" for number in range(3000))
    (tmp_path / "people.csv").write_text(f"name,person_id,company\n{rows}")
    (tmp_path / "log.csv").write_text("date,person,person_id\n2026-01-01,Person Number0,0\n")
    words = [sys.executable, "-m", "plaintextcrm", "import", str(tmp_path / "people.csv"), str(tmp_path / "log.csv"), "-y"]
    contacts = place.root / "contacts"
    with subprocess.Popen(words, cwd=place.root, env=place.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while len(os.listdir(contacts)) < 20 and process.poll() is None:
            time.sleep(0.002)
        process.terminate()
        out, err = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM, (out, err)
    assert sorted(os.listdir(contacts)) == ["ada.md", "ben.md"]
    assert "nothing to undo" in done(place("undo"), 2).err


def test_an_undo_of_two_takes_back_neither_where_one_cannot_be_written(place: Place, tmp_path: Path) -> None:
    far = place.root / "contacts" / "far"
    far.mkdir()
    (far / "cleo.md").write_text(ADA.replace("Ada King", "Cleo Vane"))
    done(place("log", "far/cleo,ben", "lunch", "Shop talk"))
    logged = (place.root / "contacts" / "ben.md").read_bytes()
    far.rename(tmp_path / "outside")
    far.symlink_to(tmp_path / "outside")  # the same bytes, where nothing may be written
    ran = done(place("undo"), 5)
    assert "contacts/far/cleo.md" in ran.err
    assert (place.root / "contacts" / "ben.md").read_bytes() == logged
    far.unlink()
    (tmp_path / "outside").rename(far)
    done(place("undo"))
    assert (place.root / "contacts" / "ben.md").read_text() == BEN


def test_a_dry_run_of_undo_leaves_the_journal_as_it_is(place: Place) -> None:
    done(place("log", "ada", "coffee", "One"))
    done(place("log", "ben", "coffee", "Two"))
    (place.root / "contacts" / "ben.md").write_text(BEN)  # taken back by hand
    before = sorted(os.listdir(_journal(place)))
    assert "-- 2026-11-21 coffee: One" in done(place("undo", "-n")).out
    assert sorted(os.listdir(_journal(place))) == before


# --- the journal ---------------------------------------------------------------------------------------------------


def _journal(place: Place) -> Path:
    """The folder of a vault's records; `journal` where there is none yet."""
    return next((place.home / STATE).glob("*/journal"), place.home / "journal")


def test_the_journal_keeps_to_its_bytes_from_the_first_write_on(place: Place) -> None:
    done(place("log", "ada", "coffee", "One"))
    folder = _journal(place)
    for name, size in (("00000002.undone", 1_000), ("00000003", 150_000_000), ("00000004", journal.KEPT_BYTES - 10_000)):
        with open(folder / name, "wb") as file:
            file.truncate(size)  # holes: no disk is filled
    done(place("log", "ada", "coffee", "Two"))
    assert sorted(os.listdir(folder)) == ["00000004", "00000005"]
    with open(folder / "00000006", "wb") as file:
        file.truncate(journal.KEPT_BYTES + 1)
    done(place("log", "ada", "coffee", "Three"))
    assert sorted(os.listdir(folder)) == ["00000007"]
    done(place("undo"))
    assert "Three" not in ada(place.root).read_text()


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut short": lambda data: data[:-1],
    "cut in its first line": lambda data: data[:20],
    "empty": lambda data: b"",
    "garbage": lambda data: bytes(255 - byte for byte in data),
    "another JSON": lambda data: b'["what"]\n',
    "an empty object": lambda data: b"{}\n",
    "deep JSON": lambda data: b"[" * 100_000,
    "one letter of a file": lambda data: data.replace(b"Old news", b"Odd news", 1),
    "one letter of a path": lambda data: data.replace(b"contacts/ada.md", b"contacts/ben.md", 1),
    "a wrong length": lambda data: data.replace(b", ", b", 1", 3),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_record_is_told_from_a_sound_one(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    edits = (Edit("contacts/ada.md", ADA.encode(), b"new"), Edit("contacts/new.md", None, b""))
    path = journal.append(tmp_path, "log: ada", "2026-11-21", edits)
    sound = journal.read(path)
    assert sound
    assert sound.edits == edits
    assert damage(path.read_bytes()) != path.read_bytes()
    path.write_bytes(damage(path.read_bytes()))
    assert journal.read(path) is None


@pytest.mark.parametrize("damage", ["cut short", "garbage", "a folder"])
def test_a_damaged_record_is_one_line_and_older_and_later_writes_are_as_ever(place: Place, damage: str) -> None:
    done(place("log", "ada", "coffee", "One"))
    done(place("log", "ben", "coffee", "Two"))
    record = _journal(place) / "00000002"
    data = record.read_bytes()
    record.unlink()
    record.mkdir() if damage == "a folder" else record.write_bytes(DAMAGE[damage](data))
    for words in (("undo", "-n"), ("undo", "-n"), ("undo",)):
        ran = done(place(*words), 5)
        assert "damaged" in ran.err
        assert one_line(ran.err)
        assert "Two" in place.text("ben")
        assert "One" in place.text("ada"), "an older write is not taken back in its place"
    done(place("log", "ada", "call", "Three"))
    done(place("undo"))
    assert "Three" not in place.text("ada")
    done(place("undo"))
    assert place.text("ada") == ADA
    assert "nothing to undo" in done(place("undo"), 2).err


def test_files_in_the_journal_that_are_not_ours_are_left_alone(place: Place) -> None:
    done(place("log", "ada", "coffee", "One"))
    for name in ("²", "notes.txt", "00000009.txt", ".00000002.new"):
        (_journal(place) / name).write_text("not a record\n")
    done(place("log", "ada", "coffee", "Two"))
    done(place("undo"))
    done(place("undo"))
    assert place.text("ada") == ADA


def _blocked(place: Place, how: str) -> dict[str, str]:
    """An environment whose state or cache folder cannot be made."""
    variable, _, kind = how.partition(" ")
    (place.home / "in-the-way").write_text("a file\n")
    return {
        f"XDG_{variable}_HOME": {"file": str(place.home / "in-the-way"), "below": str(place.home / "in-the-way" / "x"), "proc": "/proc"}[
            kind
        ]
    }


WRITES = (("log", "ada", "coffee"), ("snooze", "ada", "2027-01-11"), ("add", "Eve Moon"), ("done", "ada"), ("undo",))
READS = (("due", "--all"), ("list",), ("show", "ada"), ("search", "news"), ("todo",), ("check",), ())
TASK = "  - [ ] send the list\n"


@pytest.mark.parametrize("how", ["STATE file", "STATE below", "STATE proc"])
def test_where_undo_could_keep_nothing_nothing_is_written_and_all_is_read(tmp_path: Path, how: str) -> None:
    place = Place(vault(tmp_path / "v", {"ada": ADA + TASK}), tmp_path / "home")
    blocked = _blocked(place, how)
    for words in WRITES:
        ran = done(place(*words, **blocked), 5)
        assert ran.out == ""
        assert one_line(ran.err)
        assert blocked["XDG_STATE_HOME"] in ran.err
    assert {path.name: path.read_text() for path in (place.root / "contacts").iterdir()} == {"ada.md": ADA + TASK}
    for words in READS:
        ran = done(place(*words, **blocked))
        assert "XDG" not in ran.err
        assert "cannot" not in ran.err


def test_where_the_journal_itself_cannot_be_made_nothing_is_written(place: Place) -> None:
    done(place("log", "ada", "coffee", "One"))
    folder = _journal(place)
    folder.rename(folder.with_name("kept"))
    folder.write_text("a file\n")
    logged = place.text("ada")
    for words in (("log", "ada", "coffee", "Two"), ("undo",)):
        ran = done(place(*words), 5)
        assert one_line(ran.err)
        assert str(folder) in ran.err
        assert place.text("ada") == logged


@pytest.mark.parametrize("how", ["CACHE file", "CACHE below", "CACHE proc"])
def test_without_a_place_for_the_cache_everything_works_and_nothing_is_said(tmp_path: Path, how: str) -> None:
    place = Place(vault(tmp_path / "v", {"ada": ADA + TASK}), tmp_path / "home")
    blocked = _blocked(place, how)
    for words in READS:
        expected = place(*words, "--no-cache") if not words else place("--no-cache", *words)
        assert done(place(*words, **blocked)) == (expected if words else done(place("--no-cache")))
    for words in WRITES:
        assert done(place(*words, **blocked)).err == ""


def test_an_edit_that_cannot_be_journalled_is_5_and_says_that_it_stays(place: Place, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\necho typed >> $1\n")
    editor.chmod(0o755)
    ran = place("edit", "ada", EDITOR=str(editor), **_blocked(place, "STATE file"))
    done(ran, 5)
    if place.text("ada") != ADA:  # it may be refused before the editor is opened, too
        assert "contacts/ada.md: stays as your editor left it" in ran.err


# --- what is not written to ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize("text", [ADA, "# 王小明\n\n家人朋友同事" + "很好" * 200 + "\n\n- [ ] 打電話\n"], ids=["latin", "chinese"])
def test_a_file_in_wide_characters_without_a_mark_is_never_written_to(tmp_path: Path, encoding: str, text: str) -> None:
    data = text.encode(encoding)
    place = Place(vault(tmp_path / "v", {"ada": data, "ben": BEN}), tmp_path / "home")
    for words in (("log", "ada", "coffee"), ("snooze", "ada", "2027-01-11"), ("log", "ada,ben", "lunch")):
        ran = done(place(*words), 5)
        assert one_line(ran.err)
        assert "contacts/ada.md" in ran.err
        assert "UTF-8" in ran.err
    assert ada(place.root).read_bytes() == data
    assert place.text("ben") == BEN


def test_a_stray_zero_byte_does_not_keep_a_file_from_being_written(tmp_path: Path) -> None:
    data = ADA.encode() + b"  a zero \0 here\n"
    place = Place(vault(tmp_path / "v", {"ada": data}), tmp_path / "home")
    done(place("log", "ada", "coffee", "New job"))
    done(place("undo"))
    assert ada(place.root).read_bytes() == data


def test_namesakes_with_long_names_get_files_of_at_most_eighty_bytes(tmp_path: Path) -> None:
    place = Place(vault(tmp_path / "v", {}), tmp_path / "home")
    name = "Максимилиан Константинопольский Вознесенский Преображенский"
    rows = "".join(f"{name},{number}\n" for number in range(12))
    (tmp_path / "people.csv").write_text(f"name,person_id\n{rows}", encoding="utf-8")
    (tmp_path / "log.csv").write_text(f"date,person,person_id\n2026-01-01,{name},0\n", encoding="utf-8")
    done(place("import", str(tmp_path / "people.csv"), str(tmp_path / "log.csv"), "-y"))
    names = [path.stem for path in (place.root / "contacts").iterdir()]
    assert len(names) == 12
    assert max(len(name.encode()) for name in names) <= 80
    assert all("--" not in name for name in names)


def test_the_list_of_writes_says_which_are_taken_back(place: Place) -> None:
    assert place("undo", "--list").out == "ptcrm has written nothing to this vault on this machine\n"
    assert place("log", "ada", "call", "one").code == 0
    assert place("log", "ada,ben", "lunch", "two").code == 0
    assert place("undo").code == 0
    lines = [line[18:] for line in place("undo", "--list").out.splitlines()]
    assert [line.split(" · ")[1:] for line in lines] == [["2 files", "taken back"], ["1 file"]]
    assert lines[1].startswith("log: call with ada")
    assert place("undo").code == 0
    assert {line.split(" · ")[-1] for line in place("undo", "--list").out.splitlines()} == {"taken back"}


TEAM = '[git]\ncommit = false\n[team.marta]\nname = "Marta"\nemail = "Marta@Example.com"\n[team.lee]\nemail = "lee@example.com"\n'


@pytest.mark.parametrize(
    ("settings", "email", "path", "signed"),
    [
        (TEAM, "marta@example.com", True, " [by:: marta]"),
        (TEAM, "stranger@example.com", True, ""),
        (TEAM, "marta@example.com", False, ""),
        ("[git]\ncommit = false\n", "marta@example.com", True, ""),
    ],
)
@pytest.mark.parametrize("words", [("log", "ada", "call", "x"), ("skip", "ada", "x"), ("jot", "call with Ada: x", "-y")])
def test_an_entry_says_who_of_the_team_it_was(
    settings: str, email: str, path: bool, signed: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    root = vault(tmp_path / "v", {"ada": "# Ada King\n"}, settings)
    more = {"GIT_AUTHOR_EMAIL": email, **({} if path else {"PATH": str(tmp_path)})}
    assert ptcrm(root, *words, **more).code == 0
    line = (root / "contacts/ada.md").read_text().splitlines()[-1]
    assert line.endswith(f"x{signed}")
    assert ("[by::" in line) == bool(signed)


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_what_a_killed_write_left_and_cannot_be_mended_now_is_one_line_and_mended_by_the_next(tmp_path: Path) -> None:
    root = vault(tmp_path / "vault", {"ada": "---\nname: Ada King\n---\n"})
    assert ptcrm(root, "log", "ada", "call", "first").code == 0
    (record,) = [path for path in (tmp_path / "vault-home" / "state").rglob("journal/*") if path.is_file()]
    record.rename(record.with_name(record.name[:8] + ".open"))
    hidden = root / "contacts" / ".ada.md.0123456789ab.ptcrm"
    hidden.write_bytes((root / "contacts" / "ada.md").read_bytes())
    words = [sys.executable, "-m", "plaintextcrm", "-C", str(root), "log", "ada", "call", "second"]
    fault = ["strace", "-f", "-qq", "-o", os.devnull, "-P", str(hidden), "-e", "inject=unlink,unlinkat:error=EROFS:when=1"]
    ran = subprocess.run([*fault, *words], capture_output=True, text=True, env=environment(tmp_path / "vault-home"), check=False)
    assert ran.returncode == 5
    assert ran.stderr == "ptcrm: what a killed write left is not mended yet: read-only file system; nothing is written: try again\n"
    assert ptcrm(root, "log", "ada", "call", "third").code == 0
    text = (root / "contacts" / "ada.md").read_text()
    assert not hidden.exists()
    assert [text.count(word) for word in ("first", "second", "third")] == [1, 0, 1]
