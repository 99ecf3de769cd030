"""A look taken while the command loads changes no answer (edge/ahead, app/vaults.look_ahead, __main__)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from plaintextcrm.__main__ import READING, Question, question_of
from plaintextcrm.app.asking import ask
from plaintextcrm.app.vaults import look_ahead, open_vault
from plaintextcrm.cli import COMMANDS
from plaintextcrm.edge import ahead, aside, scanning
from plaintextcrm.edge.paths import Path as OurPath
from tests.make import environment, vault

pytestmark = pytest.mark.skipif(sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="nobody looks ahead here")
TODAY = date(2026, 11, 21)


@pytest.fixture(params=[20_000, 2], ids=["looked at by one", "looked at by two"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A vault of two with an index, which counts as large."""
    monkeypatch.setattr(ahead, "CROWDED", request.param)
    made = vault(tmp_path / "v", {"ada": "---\nname: Ada\n---\n", "bob": "---\nname: Bob\n---\n"})
    for key, value in environment(made).items():
        monkeypatch.setenv(key, value)
    monkeypatch.setattr(ahead, "LARGE", 0)
    assert names(made) == ["Ada", "Bob"]
    old = time.time() - 100  # no file is as young as the index
    for path in (made / "contacts").iterdir():
        os.utime(path, (old, old))
    assert names(made) == ["Ada", "Bob"]
    time.sleep(0.06)
    assert names(made) == ["Ada", "Bob"]
    yield made
    for process, descriptor in ahead._begun.values():
        os.close(descriptor)
        os.waitpid(process, 0)
    ahead._begun.clear()


def names(made: Path) -> list[str]:
    """Everybody, as a command finds them."""
    return ask(open_vault(str(made), os.environ, OurPath.cwd(), TODAY), lambda index: [name for _, name, *_ in index.known()])


def begun(made: Path) -> int:
    """Begin to look: the process that does."""
    look_ahead(str(made), os.environ, OurPath.cwd())
    ((process, _),) = ahead._begun.values()
    return process


def test_what_was_seen_is_what_the_index_knows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    process = begun(folder)

    def nobody(*_: object) -> None:
        raise AssertionError("the folders were looked at twice")

    monkeypatch.setattr("plaintextcrm.edge.scanning.look", nobody)
    assert names(folder) == ["Ada", "Bob"]
    with pytest.raises(ChildProcessError):
        os.waitpid(process, 0)  # it was waited for


def test_a_change_before_it_is_answered(folder: Path) -> None:
    (folder / "contacts" / "ada.md").write_text("---\nname: Ada King\n---\n")
    (folder / "contacts" / "eve.md").write_text("---\nname: Eve\n---\n")
    begun(folder)
    assert names(folder) == ["Ada King", "Bob", "Eve"]


def test_what_another_command_found_meanwhile_is_answered(folder: Path) -> None:
    begun(folder)
    time.sleep(0.2)  # it has looked
    (folder / "contacts" / "ada.md").unlink()
    other = subprocess.run(
        [sys.executable, "-m", "plaintextcrm", "-C", str(folder), "list", "--format", "ids"], env=environment(folder), capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert other.stdout.split() == ["bob"]
    assert names(folder) == ["Bob"]


def test_who_is_killed_while_looking_is_not_believed(folder: Path) -> None:
    process = begun(folder)
    os.kill(process, signal.SIGKILL)
    assert names(folder) == ["Ada", "Bob"]


def test_a_look_at_another_vault_is_not_believed(folder: Path, tmp_path: Path) -> None:
    other = vault(tmp_path / "other", {"zoe": "---\nname: Zoe\n---\n"})
    begun(folder)
    assert names(other) == ["Zoe"]
    assert len(ahead._begun) == 1
    assert names(folder) == ["Ada", "Bob"]
    assert not ahead._begun


def test_what_has_to_be_judged_is_judged(folder: Path) -> None:
    (folder / "contacts" / "pipe.md").symlink_to(folder / "contacts" / "nobody")
    begun(folder)
    assert names(folder) == ["Ada", "Bob"]
    begun(folder)
    found = open_vault(str(folder), os.environ, OurPath.cwd(), TODAY)
    assert ahead.contacts(found.root, found.settings) is None


@pytest.fixture
def crowd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[list[str], int]]:
    """Names in a crowded folder, two of them hidden, one gone, one a folder; and its descriptor."""
    monkeypatch.setattr(ahead, "CROWDED", 2)
    for name in ("a.md", "b.md", ".c", "_d.md", "f.md", "g.md"):
        (tmp_path / name).write_text(name)
    (tmp_path / "e").mkdir()
    descriptor = os.open(tmp_path, os.O_RDONLY)
    yield ["a.md", "b.md", ".c", "e", "gone.md", "_d.md", "f.md", "g.md"], descriptor
    os.close(descriptor)
    assert not ahead._begun


def test_two_see_what_one_sees(crowd: tuple[list[str], int]) -> None:
    names, descriptor = crowd
    for count in range(len(names) + 1):
        assert ahead._by_two("", names[:count], descriptor) == scanning.stamped("", names[:count], descriptor)
    assert scanning.stamped("", names, descriptor)[0] == ["a.md", "b.md", "e", "f.md", "g.md"]


def test_one_sees_it_all_where_the_other_dies(crowd: tuple[list[str], int], monkeypatch: pytest.MonkeyPatch) -> None:
    names, descriptor = crowd
    stamped, here = scanning.stamped, os.getpid()
    whole = stamped("", names, descriptor)

    def dying(base: str, found: Sequence[str], descriptor: int | None) -> tuple[list[str], bytes]:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return stamped(base, found, descriptor)

    monkeypatch.setattr(scanning, "stamped", dying)
    assert ahead._by_two("", names, descriptor) == whole


def test_one_sees_it_all_where_there_is_no_room_for_another(crowd: tuple[list[str], int], monkeypatch: pytest.MonkeyPatch) -> None:
    names, descriptor = crowd

    def full() -> int:
        raise BlockingIOError("no room")

    whole = scanning.stamped("", names, descriptor)
    before = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(os, "fork", full)
    assert ahead._by_two("", names, descriptor) == whole
    assert len(os.listdir("/proc/self/fd")) == before


def test_whoever_looks_ends_when_nobody_waits_for_the_answer(tmp_path: Path) -> None:
    large = 4 * aside.ROOM  # more than a pipe takes
    ahead._begin("nobody", lambda: (b"x" * large,))
    process, descriptor = ahead._begun.pop("nobody")
    os.close(descriptor)
    deadline = time.monotonic() + 20
    while not os.waitpid(process, os.WNOHANG)[0]:
        assert time.monotonic() < deadline, "it waits for ever"
        time.sleep(0.01)


def test_nobody_looks_at_a_small_vault_or_one_without_an_index(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = vault(tmp_path / "other", {"zoe": "---\nname: Zoe\n---\n"})
    look_ahead(str(other), os.environ, OurPath.cwd())
    assert not ahead._begun
    monkeypatch.setattr(ahead, "LARGE", 10_000_000)
    look_ahead(str(folder), os.environ, OurPath.cwd())
    assert not ahead._begun
    look_ahead(str(tmp_path / "gone"), os.environ, OurPath.cwd())
    assert not ahead._begun


STARTED = """
import sys, time
from plaintextcrm.edge import ahead, aside, scanning
ahead.LARGE = 0
look = scanning.look
def telling(taken):
    def told(*about):
        seen = taken(*about)
        print(taken.__name__, "seen" if seen else "not seen", file=sys.stderr)
        return seen
    return told
def slow(*about):
    time.sleep({slow})
    return look(*about)
ahead.contacts, ahead.pages, scanning.look = telling(ahead.contacts), telling(ahead.pages), slow
from plaintextcrm.__main__ import main
main()
"""


def run(folder: Path, *words: str, slow: float = 0) -> tuple[str, str]:
    """(stdout, stderr) of a command that begins as it does for a user."""
    done = subprocess.run(
        [sys.executable, "-c", STARTED.format(slow=slow), *words], cwd=folder, env=environment(folder), capture_output=True, text=True,
        check=False, timeout=20,
    )  # fmt: skip
    return done.stdout, done.stderr


@pytest.mark.parametrize(
    "words", [("due", "--all", "--json"), ("list",), (), ("--today", "2026-11-21", "search", "ada"), ("-C", ".", "todo")]
)
def test_a_command_answers_the_same(folder: Path, words: tuple[str, ...]) -> None:
    plain = subprocess.run(
        [sys.executable, "-m", "plaintextcrm", *words], cwd=folder, env=environment(folder), capture_output=True, text=True
    )
    out, err = run(folder, *words)
    assert (out, err) == (plain.stdout, "contacts seen\n" + plain.stderr)


def test_a_build_takes_what_was_seen_of_the_pages(folder: Path) -> None:
    out, err = run(folder, "build")
    assert ("written" in out, err) == (True, "contacts seen\n"), (out, err)
    out, err = run(folder, "build")
    assert ("nothing to write" in out, err) == (True, "contacts seen\npages seen\n"), (out, err)
    page = folder / "site" / "contacts" / "ada.html"
    text = page.read_bytes()
    page.write_bytes(text.replace(b"Ada", b"Eve"))
    out, err = run(folder, "build")
    assert "pages seen" in err
    assert page.read_bytes() == text
    (folder / "site" / "contacts" / "bob.html").unlink()
    run(folder, "build")
    assert (folder / "site" / "contacts" / "bob.html").exists()
    out, err = run(folder, "build", "--out", str(folder.parent / "elsewhere"))
    assert "pages seen" not in err


def test_nobody_looks_at_pages_in_a_folder_that_is_not_ours(folder: Path) -> None:
    run(folder, "build")
    (folder / "ptcrm.toml").write_text('[git]\ncommit = false\n[site]\nout = "contacts"\n')
    run(folder, "list")
    look_ahead(str(folder), os.environ, OurPath.cwd(), with_pages=True)
    assert len(ahead._begun) == 2
    assert ahead.pages(str(folder / "contacts")) is None


def test_whoever_reads_what_is_printed_does_not_wait_for_the_look(folder: Path) -> None:
    begun_at = time.monotonic()
    _, err = run(folder, "due", "--nonsense", slow=15)
    assert "no option" in err
    assert time.monotonic() - begun_at < 10


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("due", ("due", None)), ("", ("", None)), ("-q", ("", None)), ("-C here due", ("due", "here")),
        ("--vault here --today 2026-11-21 -q list tier:A", ("list", "here")), ("-C", ("", None)), ("log ada coffee", None),
        ("add due", None), ("--no-cache due", None), ("--help", None), ("-Chere due", None), ("--vault=here due", None), ("watch", None),
        ("due --help", ("due", None)),
    ],
)  # fmt: skip
def test_what_is_a_question(words: str, question: tuple[str, str | None] | None) -> None:
    assert question_of(words.split()) == (Question(*question) if question else None)


def test_only_questions_are_looked_ahead_for() -> None:
    assert set(COMMANDS) >= READING
    writing = {"add", "log", "done", "snooze", "skip", "jot", "triage", "import", "capture", "write", "set", "archive", "rename", "merge"}
    writing |= {"forget", "handover", "edit", "sync", "merge-file", "undo", "init", "demo", "watch"}
    assert not READING & writing
