"""A write that is killed, or that the disk fails, at any of its system calls: every file is old or new, and the next command mends the rest.

`strace` does the injecting; PTCRM_CRASHES=1 tries every call (`make crashes`), otherwise every thirtieth, another one for each fault.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.make import environment, ptcrm, vault

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
EVERY = bool(os.environ.get("PTCRM_CRASHES"))
CALLS = "write,rename,renameat,renameat2,link,linkat,unlink,unlinkat,fsync,fdatasync,mkdir,fchmod,fchown"
FAULTS = ["signal=KILL", "error=EIO", "error=ENOSPC", "error=EINTR"]
PEOPLE = {
    "ada": "---\nname: Ada King # née Byron\ntier: A\n---\n\n## Interactions\n\n- 2026-01-02 call: Ágnes\n- [ ] send the list [due:: 2026-11-30]\n",
    "bob": "---\r\nname: Bob Lee\r\n---\r\n",
    "zoe": "# Zoe\n\nKnows [[ada]].\n",
}
WRITES: dict[str, tuple[str, ...]] = {
    "log": ("log", "ada", "lunch", "On the pier"),
    "log of two": ("log", "ada,bob", "lunch", "On the pier"),
    "add": ("add", "Eve Stone", "--tier", "B"),
    "done": ("done", "ada", "1"),
    "snooze": ("snooze", "bob", "2027-01-01"),
    "set": ("set", "ada", "tier=B", "hobbies+=sailing"),
    "rename": ("rename", "ada", "Ada Lovelace"),
    "merge": ("merge", "bob", "ada"),
    "forget": ("forget", "bob", "-y"),
    "jot": ("jot", "Lunch with Ada King and Bob Lee yesterday, talked shop", "-y"),
    "import": ("import", "LOG.csv", "-y"),
    "undo": ("undo",),
}
LOG = "date,person,channel,note\n2026-11-20,Bob Lee,call,Talked shop\n2026-11-19,Eve Stone,lunch,Met her\n"


class Place:
    """A vault to break, with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.home, self.root = folder / "home", vault(folder / "v", dict(PEOPLE))
        self.home.mkdir()
        (self.home / "LOG.csv").write_text(LOG)

    def words(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """What to type, with files where they are."""
        return tuple(str(self.home / word) if word == "LOG.csv" else word for word in words)

    def run(self, *words: str) -> int:
        return ptcrm(self.root, *self.words(words), home=self.home).code

    def traced(self, words: tuple[str, ...], *options: str) -> subprocess.CompletedProcess[bytes]:
        """The real command under strace."""
        command = ["strace", "-f", "-qq", "-e", f"trace={CALLS}", *options]
        mine = [sys.executable, "-m", "plaintextcrm", "-C", str(self.root), "--today", "2026-11-21", *self.words(words)]
        return subprocess.run([*command, *mine], capture_output=True, env=environment(self.home), timeout=60, check=False)

    def files(self) -> dict[str, bytes]:
        """What is in the folder, with another block id for each that was drawn by lot."""
        return {path.name: re.sub(rb"\^\w{6}\b", b"^lot", path.read_bytes()) for path in (self.root / "contacts").iterdir()}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    place.run("log", "zoe", "call", "before everything")
    return place


def kept(place: Place) -> Iterator[None]:
    """The place, again and again as it is now."""
    aside = place.root.parent / "aside"
    for source, name in ((place.root, "v"), (place.home, "home")):
        shutil.copytree(source, aside / name)
    while True:
        yield
        for target, name in ((place.root, "v"), (place.home, "home")):
            shutil.rmtree(target)
            shutil.copytree(aside / name, target)


def counted(log: str) -> list[tuple[str, int]]:
    """Of each system call its name, and the how manyth of that name it is."""
    seen: Counter[str] = Counter()
    found = []
    for name in re.findall(r"^(?:\d+ +)?(\w+)\(", log, re.MULTILINE):
        seen[name] += 1
        found.append((name, seen[name]))
    return found


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", WRITES)
def test_old_or_new_whatever_call_fails(name: str, fault: str, place: Place) -> None:
    words = WRITES[name]
    again = kept(place)
    next(again)
    log = place.home / "calls"
    old = place.files()
    assert place.traced(words, "-o", str(log)).returncode == 0
    new = place.files()
    assert new != old
    calls = counted(log.read_text())
    assert len(calls) > 5
    for call, number in calls if EVERY else calls[(3 * FAULTS.index(fault) + len(name)) % 15 :: 30]:
        next(again)
        ran = place.traced(words, "-e", f"inject={call}:{fault}:when={number}", "-o", os.devnull)
        where = f"{name}, {fault} at {call} {number}: {ran.stderr.decode()}"
        assert b"Traceback" not in ran.stderr, where
        seen = {path: data for path, data in place.files().items() if not path.startswith(".")}
        assert all(data in (old.get(path), new.get(path)) for path, data in seen.items()), where
        assert {path for path in old if path in new} <= seen.keys(), where
        if ran.returncode == 0:
            assert seen == new, where
        assert place.run("snooze", "zoe", "2027-03-03") == 0, where  # takes the lock, and mends what was left
        mended = {path: data for path, data in place.files().items() if path != "zoe.md"}
        assert mended in ({path: data for path, data in one.items() if path != "zoe.md"} for one in (old, new)), where


HALF = """
import contextlib
import os
write = os.write
os.write = lambda descriptor, data: write(descriptor, bytes(data)[: max(1, len(data) // 2)])
"""


@pytest.mark.parametrize("name", WRITES)
def test_a_disk_that_takes_half_of_what_it_is_given_gets_all(name: str, place: Place, tmp_path: Path) -> None:
    again = kept(place)
    next(again)
    assert place.run(*WRITES[name]) == 0
    new = place.files()
    next(again)
    (tmp_path / "half").mkdir()
    (tmp_path / "half/sitecustomize.py").write_text(HALF)
    words = [sys.executable, "-m", "plaintextcrm", "-C", str(place.root), "--today", "2026-11-21", *place.words(WRITES[name])]
    home = environment(place.home)
    subprocess.run(
        words, env={**home, "PYTHONPATH": f"{tmp_path / 'half'}{os.pathsep}{home['PYTHONPATH']}"}, check=True, capture_output=True
    )
    assert place.files() == new


@pytest.mark.parametrize("left", [0, 4096, 8192, 16384])
def test_a_disk_that_is_really_full(left: int, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(disk)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        place = Place(disk)  # its home, with the journal, is there, too
        assert place.run("log", "zoe", "call", "before everything") == 0
        old = place.files()
        with open(disk / "filler", "wb", buffering=0) as filler, contextlib.suppress(OSError):
            while filler.write(b"\0" * 4096):
                pass
        os.truncate(disk / "filler", max(0, (disk / "filler").stat().st_size - left))
        for name, words in WRITES.items():
            ran = ptcrm(place.root, *place.words(words), home=place.home)
            assert ran.code in (0, 5), (name, ran.err)
            assert "Traceback" not in ran.err, name
            if ran.code == 5:
                assert "no space left on device" in ran.err, (name, ran.err)
                assert place.files() == old, name
            else:
                place.run("undo")
        (disk / "filler").unlink()
        assert place.run("log", "ada", "lunch", "On the pier") == 0
        assert "On the pier" in (place.root / "contacts/ada.md").read_text()
    finally:
        subprocess.run(["umount", str(disk)], check=False)


# --- sync: whatever becomes of ptcrm between two calls of git, or of one of these --------------------------------------

# Stands before git: kills ptcrm before the n-th call of git or while that runs, or has it fail.
GIT_FAILS = """#!/bin/sh
n=$(cat "$COUNT" 2>/dev/null || echo 0)
echo $((n + 1)) >"$COUNT"
if [ "$n" = "$WHEN" ]; then
    case $FAULT in
    before) kill -9 $PPID; exit 1 ;;
    while) kill -9 $PPID; "$GIT" "$@"; touch "$COUNT.over"; exit ;;
    fails) echo "fatal: no space left on device" >&2; exit 128 ;;
    esac
fi
exec "$GIT" "$@"
"""


@pytest.mark.parametrize("fault", ["before", "while", "fails"])
def test_a_sync_that_is_killed_or_fails_at_any_call_of_git_is_done_by_the_next(fault: str, tmp_path: Path) -> None:
    from tests.test_sync import ADA, BEN, CLEO, Team, done, edited, entries, head
    from tests.test_sync import run_git as git

    team = Team(tmp_path / "team", {"ada": ADA, "ben": BEN, "cleo": CLEO})
    lee, noor = team.clone("lee"), team.clone("noor")
    done(noor("sync"))
    done(lee("log", "ada", "coffee", "entry 1"))
    done(lee("sync"))
    done(noor("log", "ada", "call", "entry 2"))
    edited(noor, "ben", "Hello", "entry 3")
    shutil.copytree(team.folder, tmp_path / "aside", symlinks=True)
    bin, count = tmp_path / "bin", tmp_path / "count"
    bin.mkdir()
    (bin / "git").write_text(GIT_FAILS)
    (bin / "git").chmod(0o755)
    real = shutil.which("git")
    assert real is not None
    own = {"PATH": f"{bin}{os.pathsep}{os.environ['PATH']}", "GIT": real, "COUNT": str(count), "FAULT": fault}
    done(noor.process("sync", **own, WHEN="none"))
    calls = int(count.read_text())
    assert calls > 15
    for when in range(calls) if EVERY else range(5 * ["before", "while", "fails"].index(fault), calls, 30):
        shutil.rmtree(team.folder)
        shutil.copytree(tmp_path / "aside", team.folder, symlinks=True)
        count.unlink()
        old = head(noor)
        ran = noor.process("sync", **own, WHEN=str(when))
        where = f"{fault} at call {when}: {ran}"
        assert "Traceback" not in ran.err, where
        assert ran.code == -9 if fault != "fails" else ran.code in (0, 2, 5, 6), where
        while fault == "while" and not count.with_suffix(".over").exists():
            pass  # git goes on without us
        count.with_suffix(".over").unlink(missing_ok=True)
        assert head(noor) == old or git(noor.root, "merge-base", "--is-ancestor", old, "HEAD") == "", where
        assert entries(noor).keys() >= {"entry 2", "entry 3"}, where
        assert max(entries(noor).values()) == 1, where
        for place in (noor, lee):
            done(place("sync"))
        assert head(lee) == head(noor) == team.pushed(), where
        for place in (noor, lee):
            assert entries(place) == Counter(["entry 1", "entry 2", "entry 3"]), where
            assert git(place.root, "status", "--porcelain") == "", where
        git(noor.root, "fsck", "--strict", "--no-dangling")
