"""Waiting for changes: every way of saving is seen at once, nothing else wakes, and what is lost is looked for."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from plaintextcrm.edge.watch import FLOOD, Changes, Watch
from tests.make import environment

linux = pytest.mark.skipif(sys.platform != "linux", reason="what the kernel tells differs")
CALM = 0.2  # seconds without a wake-up that count as calm
NEVER = 1000.0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A vault's real path, with two people."""
    folder = Path(os.path.realpath(tmp_path)) / "vault"
    (folder / "contacts").mkdir(parents=True)
    (folder / "ptcrm.toml").write_text("")
    (folder / "contacts" / "ada.md").write_text("# Ada\n")
    (folder / "contacts" / "bob.md").write_text("# Bob\n")
    return folder


@contextmanager
def watching(root: Path, *contacts: str, out: str = "site", settle: float = NEVER, **more: object) -> Iterator[Watch]:
    with Watch(str(root), contacts or ("contacts",), out, settle=settle, **more) as watch:  # type: ignore[arg-type]
        yield watch


def wakes(watch: Watch, calm: float = CALM) -> list[Changes]:
    """Every wake-up until it is calm."""
    found = []
    while changes := watch.next(calm):
        found.append(changes)
    return found


def paths(found: list[Changes]) -> set[str]:
    return {path for changes in found for path in changes.paths}


# --- ways of saving ------------------------------------------------------------------------------------------------


def in_place(path: Path) -> None:
    path.write_text("# Ada\n\nnew\n")


def append(path: Path) -> None:
    with path.open("a") as file:
        file.write("- 2026-11-21 call\n")


def atomically(path: Path) -> None:
    beside = path.with_name(f".{path.name}.tmp1234")
    beside.write_text("# Ada\n\nnew\n")
    beside.replace(path)


def from_elsewhere(path: Path) -> None:
    """The temporary file is in a folder that is not watched."""
    beside = path.parent.parent / "drafts"
    beside.mkdir(exist_ok=True)
    (beside / "x").write_text("new\n")
    (beside / "x").replace(path)


def like_vim(path: Path) -> None:
    """`set backup nowritebackup`, and the file of a fixed name that shows whether the folder can be written."""
    probe = path.with_name("4913")
    probe.write_text("")
    probe.unlink()
    path.with_name(".ada.md.swp").write_text("swap")
    path.rename(f"{path}~")
    path.write_text("# Ada\n\nnew\n")
    path.chmod(0o644)
    path.with_name(f"{path.name}~").unlink()


def like_ptcrm(path: Path) -> None:
    """A new contact of ours: the finished file gets its name by a link."""
    path.unlink(missing_ok=True)
    beside = path.with_name(f".{path.name}.abc.ptcrm")
    beside.write_text("# Ada\n")
    os.link(beside, path)
    beside.unlink()


SAVES = (in_place, append, atomically, from_elsewhere, like_vim, like_ptcrm)


@pytest.mark.parametrize("save", SAVES)
def test_every_way_of_saving_wakes_once_and_names_the_file(root: Path, save: Callable[[Path], None]) -> None:
    with watching(root) as watch:
        for _ in range(4):  # another process may have its turn between two steps of one save
            save(root / "contacts" / "ada.md")
            found = wakes(watch)
            assert paths(found) == {"contacts/ada.md"}
            if len(found) == 1:
                break
    assert len(found) == 1
    assert not found[0].scan
    assert not found[0].missing


@linux
@pytest.mark.parametrize("save", SAVES)
def test_a_save_wakes_at_once(root: Path, save: Callable[[Path], None]) -> None:
    took = []
    with watching(root) as watch:
        for _ in range(5):
            ended: list[float] = []

            def go(ended: list[float] = ended) -> None:
                time.sleep(0.02)
                save(root / "contacts" / "ada.md")
                ended.append(time.perf_counter())

            saving = threading.Thread(target=go)
            saving.start()
            assert watch.next(5)
            woke = time.perf_counter()
            saving.join()
            took.append(woke - ended[0])
            wakes(watch, 0.1)
    assert min(took) < 0.005, took


@linux
def test_the_vim_that_is_here_wakes_once(root: Path) -> None:
    vim = shutil.which("vim")
    if vim is None:
        pytest.skip("no vim here")
    with watching(root) as watch:
        for backup in ("nobackup nowritebackup", "backup backupcopy=no", "backupcopy=yes"):
            words = [vim, "-u", "NONE", "-es", "-c", f"set {backup}", "-c", "normal Gonew", "-c", "wq", str(root / "contacts" / "ada.md")]
            subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=20)
            found = wakes(watch)
            assert paths(found) == {"contacts/ada.md"}, backup
            assert len(found) <= 2, backup
    assert (root / "contacts" / "ada.md").read_text().count("new") == 3


@linux
def test_a_file_held_open_is_seen_though_it_is_not_closed(root: Path) -> None:
    with watching(root) as watch, (root / "contacts" / "ada.md").open("a") as file:
        file.write("x")
        file.flush()
        assert paths(wakes(watch)) == {"contacts/ada.md"}
        file.write("y")
        file.flush()
        assert paths(wakes(watch)) == {"contacts/ada.md"}


def test_a_slow_write_in_place_is_not_looked_at_while_it_is_half_done(root: Path) -> None:
    with watching(root) as watch:
        with (root / "contacts" / "ada.md").open("w") as file:
            assert watch.next(0.02) is None
            file.write("whole")
        assert watch.next(2) == Changes(("contacts/ada.md",))


def test_files_that_go_or_get_another_name_are_named(root: Path) -> None:
    with watching(root) as watch:
        (root / "contacts" / "ada.md").unlink()
        assert paths(wakes(watch)) == {"contacts/ada.md"}
        (root / "contacts" / "bob.md").rename(root / "contacts" / "rob.md")
        found = wakes(watch)
        assert paths(found) == {"contacts/bob.md", "contacts/rob.md"}
        assert len(found) == 1
        (root / "contacts" / "rob.md").rename(root / "away")
        assert paths(wakes(watch)) == {"contacts/rob.md"}


def test_settings_and_inbox_wake(root: Path) -> None:
    with watching(root) as watch:
        for name, is_settings in (("ptcrm.toml", True), ("ptcrm.local.toml", True), ("inbox.md", False)):
            atomically(root / name)
            [changes] = wakes(watch)
            assert (changes.paths, changes.settings) == ((name,), is_settings)


# --- what does not wake --------------------------------------------------------------------------------------------


def test_editors_leftovers_and_other_files_do_not_wake(root: Path) -> None:
    (root / "site").mkdir()
    (root / "contacts" / ".obsidian").mkdir()
    (root / "contacts" / "templates").mkdir()
    with watching(root) as watch:
        leftovers = (
            ".ada.md.swp",
            "4913",
            "ada.md~",
            "ada.md.tmp",
            "#ada.md#",
            ".#ada.md",
            ".goutputstream-X1",
            "ada.md.sb-1a2b-x",
            "._ada.md",
        )
        for name in (*leftovers, "README.md", "index.md", "_draft.md", "photo.png", ".obsidian/x.md", "templates/t.md", "../notes.md"):
            path = root / "contacts" / name
            path.write_text("x")
            path.rename(f"{path}.old")
            Path(f"{path}.old").unlink()
        assert wakes(watch) == []


def test_reading_does_not_wake(root: Path) -> None:
    with watching(root, settle=0.01) as watch:
        for _ in range(3):
            for path in (root / "contacts").iterdir():
                path.read_bytes()
        subprocess.run([sys.executable, "-c", f"import os; [open({str(root)!r} + '/contacts/' + n).read() for n in os.listdir({str(root)!r} + '/contacts')]"], check=True)  # fmt: skip
        assert wakes(watch) == []


@pytest.mark.parametrize(
    ("contacts", "out"), [("contacts", "site"), (".", "site"), (".", "pub/site"), (".", "."), ("contacts", "contacts/site")]
)
def test_the_output_does_not_wake(root: Path, contacts: str, out: str) -> None:
    target = "site" if out == "." else out
    (root / target).mkdir(parents=True)
    with watching(root, contacts, out=str(root / target) if out == "." else out) as watch:
        (root / target / "ada.md").write_text("x")
        (root / target / "below").mkdir()
        (root / target / "below" / "x.md").write_text("x")
        shutil.rmtree(root / target / "below")
        assert wakes(watch) == []
        in_place(root / ("contacts/ada.md" if contacts == "contacts" else "ada.md"))
        assert len(paths(wakes(watch))) == 1


# --- folders -------------------------------------------------------------------------------------------------------


def test_a_new_folder_is_watched_with_what_is_in_it(root: Path) -> None:
    with watching(root) as watch:
        (root / "contacts" / "work" / "acme").mkdir(parents=True)
        (root / "contacts" / "work" / "acme" / "eve.md").write_text("# Eve\n")
        assert any(changes.scan for changes in wakes(watch))
        in_place(root / "contacts" / "work" / "acme" / "eve.md")
        assert paths(wakes(watch)) == {"contacts/work/acme/eve.md"}
        (root / "contacts" / "work").rename(root / "contacts" / "job")
        assert any(changes.scan for changes in wakes(watch))
        in_place(root / "contacts" / "job" / "acme" / "eve.md")
        assert paths(wakes(watch)) == {"contacts/job/acme/eve.md"}
        shutil.rmtree(root / "contacts" / "job")
        assert any(changes.scan for changes in wakes(watch))


def test_the_vault_itself_may_be_the_folder_of_contacts(root: Path) -> None:
    (root / ".git" / "objects").mkdir(parents=True)
    with watching(root, ".") as watch:
        (root / ".git" / "objects" / "x.md").write_text("x")
        (root / ".git" / "new").mkdir()
        assert wakes(watch) == []
        in_place(root / "eve.md")
        assert paths(wakes(watch)) == {"eve.md"}
        (root / "friends").mkdir()
        assert any(changes.scan for changes in wakes(watch))
        in_place(root / "friends" / "kim.md")
        assert paths(wakes(watch)) == {"friends/kim.md"}


def test_several_folders_one_below_the_other_and_one_through_a_link(root: Path) -> None:
    (root / "people" / "friends").mkdir(parents=True)
    (root / "real").mkdir()
    if os.name == "posix":
        (root / "linked").symlink_to("real")
        (root / "outside").symlink_to(root.parent)
    with watching(root, "people/friends", "people", "linked", "outside") as watch:
        in_place(root / "people" / "friends" / "kim.md")
        assert paths(wakes(watch)) == {"people/friends/kim.md"}
        if os.name == "posix":
            in_place(root / "real" / "eve.md")
            assert paths(wakes(watch)) == {"linked/eve.md"}
            in_place(root.parent / "stranger.md")
            assert wakes(watch) == []


@pytest.mark.parametrize("what", ["contacts", "."])
def test_a_folder_that_is_deleted_and_made_again_is_survived(root: Path, what: str) -> None:
    with watching(root) as watch:
        for _ in range(2):
            shutil.rmtree(root / what)
            gone = wakes(watch)
            assert gone[-1].missing == (("contacts",) if what == "contacts" else (".", "contacts"))
            (root / "contacts").mkdir(parents=True)
            (root / "contacts" / "ada.md").write_text("# Ada\n")
            back = wakes(watch, 0.4)
            assert any(changes.scan for changes in back)
            assert back[-1].missing == ()
            in_place(root / "contacts" / "ada.md")
            assert paths(wakes(watch)) == {"contacts/ada.md"}


def test_a_folder_that_was_not_there_is_waited_for(root: Path) -> None:
    with watching(root, "people/friends") as watch:
        (root / "people" / "friends").mkdir(parents=True)
        found = wakes(watch, 0.4)
        assert found[-1].scan
        assert found[-1].missing == ()
        in_place(root / "people" / "friends" / "kim.md")
        assert paths(wakes(watch)) == {"people/friends/kim.md"}


def test_a_folder_with_another_one_put_in_its_place_is_noticed(root: Path) -> None:
    with watching(root) as watch:
        shutil.copytree(root / "contacts", root / "other")
        (root / "contacts").rename(root / "old")
        (root / "other").rename(root / "contacts")
        assert any(changes.scan for changes in wakes(watch))
        in_place(root / "contacts" / "bob.md")
        assert paths(wakes(watch)) == {"contacts/bob.md"}


def test_other_settings_watch_other_folders(root: Path) -> None:
    (root / "people").mkdir()
    with watching(root) as watch:
        watch.retarget(("people",), "site")
        wakes(watch)
        in_place(root / "people" / "kim.md")
        assert paths(wakes(watch)) == {"people/kim.md"}
        in_place(root / "contacts" / "ada.md")
        assert wakes(watch) == []


# --- bursts --------------------------------------------------------------------------------------------------------


def test_a_checkout_of_thousands_of_files_is_acted_upon_at_once_and_then_once(root: Path) -> None:
    code = f"for n in range(2000):\n    with open({str(root)!r} + f'/contacts/p{{n}}.md', 'w') as file: file.write('x')"
    told: list[float] = []
    with watching(root) as watch:
        watch.many = lambda: told.append(time.monotonic())
        writing = subprocess.Popen([sys.executable, "-c", code])
        first = watch.next(10)
        rest = wakes(watch, 1.0)
        writing.wait()
    assert first is not None
    assert paths([first, *rest]) == {f"contacts/p{n}.md" for n in range(2000)}
    assert any(changes.scan for changes in (first, *rest))
    assert 1 <= len(told) <= len(rest)
    written = [(root / "contacts" / f"p{n}.md").stat().st_mtime for n in range(2000)]
    assert len(rest) <= 4 + 8 * (max(written) - min(written))  # 1 or 2 on a machine that has nothing else to do


def test_thousands_of_deleted_files_are_one_thing(root: Path) -> None:
    for n in range(500):
        (root / "contacts" / f"p{n}.md").write_text("x")
    with watching(root) as watch:
        for n in range(500):
            (root / "contacts" / f"p{n}.md").unlink()
        found = wakes(watch, 0.5)
    assert found[-1].scan or paths(found) == {f"contacts/p{n}.md" for n in range(500)}
    assert len(found) <= 3


def test_saves_far_apart_are_acted_upon_each(root: Path) -> None:
    with watching(root) as watch:
        for _ in range(4):
            in_place(root / "contacts" / "ada.md")
            assert watch.next(2) == Changes(("contacts/ada.md",))
            time.sleep(0.06)
            assert not watch.busy()


def test_who_acts_can_see_that_more_is_coming(root: Path) -> None:
    with watching(root) as watch:
        in_place(root / "contacts" / "ada.md")
        assert watch.next(2)
        in_place(root / "contacts" / "bob.md")
        time.sleep(0.1)
        assert watch.busy()
        assert watch.next(2)
        assert not watch.busy()


def test_who_acts_can_wait_a_while_for_calm(root: Path) -> None:
    with watching(root) as watch:
        assert not watch.busy(0.1)
        saver = threading.Timer(0.2, in_place, [root / "contacts" / "ada.md"])
        saver.start()
        start = time.monotonic()
        assert watch.busy(30)
        assert time.monotonic() - start < 20
        saver.join()
        assert watch.next(2) == Changes(("contacts/ada.md",))


def test_after_a_change_everything_is_looked_at_once_more(root: Path) -> None:
    with watching(root, settle=0.15) as watch:
        in_place(root / "contacts" / "ada.md")
        found = wakes(watch, 0.4)
        assert [(changes.paths, changes.scan) for changes in found] == [(("contacts/ada.md",), False), ((), True)]
        assert watch.next(0.4) is None


STOPPED = """
import sys
from plaintextcrm.edge.watch import Watch
with Watch(sys.argv[1], settle=1000.0) as watch:
    print("ready", flush=True)
    while changes := watch.next(20):
        print(len(changes.paths), changes.scan, flush=True)
        if changes.scan:
            break
"""


@linux
def test_events_that_the_kernel_lost_are_made_up_for_by_a_scan(root: Path, tmp_path: Path) -> None:
    longest = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    if longest > 50_000:
        pytest.skip("the kernel's queue is too long to fill it here")
    run = subprocess.Popen([sys.executable, "-c", STOPPED, str(root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(tmp_path))  # fmt: skip
    assert run.stdout is not None
    assert run.stdout.readline() == "ready\n"
    run.send_signal(signal.SIGSTOP)
    os.waitpid(run.pid, os.WUNTRACED)
    with (root / "contacts" / "x").open("wb", buffering=0) as one, (root / "contacts" / "y").open("wb", buffering=0) as other:
        for _ in range(longest // 2 + 10):
            one.write(b"x")
            other.write(b"y")
    in_place(root / "contacts" / "ada.md")
    run.send_signal(signal.SIGCONT)
    out, err = run.communicate(timeout=30)
    assert (out, err) == ("0 True\n", "")


# --- no events, another day ----------------------------------------------------------------------------------------


def test_polling_sees_the_same(root: Path) -> None:
    with watching(root, poll=True) as watch:
        assert watch.polling == "asked for"
        atomically(root / "contacts" / "ada.md")
        assert paths(wakes(watch, 1.5)) == {"contacts/ada.md"}
        (root / "contacts" / "ada.md~").write_text("x")
        (root / "contacts" / "bob.md").read_bytes()
        assert watch.next(1.3) is None


LIMITED = """
import os, sys
from plaintextcrm.edge.watch import Watch
root = sys.argv[1]
with Watch(root) as watch:
    print(watch.polling, flush=True)
    with open(root + "/contacts/a/b/c.md", "w") as file:
        file.write("x")
    print(watch.next(10).paths)
"""


@linux
@pytest.mark.parametrize(
    ("limit", "most", "said"),
    [("max_inotify_watches", 3, "inotify watch limit reached"), ("max_inotify_instances", 0, "inotify instance limit reached")],
)
def test_where_the_system_has_no_events_left_it_polls_and_says_so(root: Path, tmp_path: Path, limit: str, most: int, said: str) -> None:
    (root / "contacts" / "a" / "b").mkdir(parents=True)
    script = tmp_path / "limited.py"
    script.write_text(LIMITED)
    shell = f"echo {most} > /proc/sys/user/{limit} || exit 77; exec {sys.executable} {script} {root}"
    try:
        done = subprocess.run(["unshare", "-Ur", "sh", "-c", shell], capture_output=True, text=True, env=environment(tmp_path), check=False, timeout=60)  # fmt: skip
    except FileNotFoundError:
        pytest.skip("no unshare here")
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("no namespace of users here")
    assert (done.stdout, done.stderr) == (f"{said}\n('contacts/a/b/c.md',)\n", "")


def test_it_returns_when_the_day_turns(root: Path) -> None:
    begun = time.monotonic()

    def now() -> datetime:
        return datetime(2026, 11, 21, 23, 59, 59, 800_000) + timedelta(seconds=time.monotonic() - begun)

    with watching(root, now=now) as watch:
        assert watch.next(5) == Changes(day=True)
        assert time.monotonic() - begun > 0.15
        assert watch.next(0.05) is None


def test_a_day_that_turned_while_nobody_looked_is_told(root: Path) -> None:
    days = iter([21, *[23] * 1000])
    with watching(root, now=lambda: datetime(2026, 11, next(days))) as watch:
        assert watch.next(1) == Changes(day=True)


def test_waiting_ends_when_it_should(root: Path) -> None:
    with watching(root) as watch:
        begun = time.monotonic()
        assert watch.next(0.1) is None
        assert watch.next(0) is None
        assert time.monotonic() - begun < 4
        begun = time.monotonic()
    assert time.monotonic() - begun < 4


def test_nothing_of_it_is_loaded_before_it_is_used() -> None:
    code = "import sys, plaintextcrm.edge.watch; print([name for name in sys.modules if name.startswith(('watchdog', 'pathlib.')) ])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


assert FLOOD < 500
