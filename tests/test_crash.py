"""A write that is killed, or that the disk fails, at any of its system calls: every file is old or new, and the next command mends the rest.

`strace` does the injecting; PTCRM_CRASHES=1 tries every call (`make crashes`), otherwise every fifteenth, another one for each fault.
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
    "undo": ("undo",),
}


class Place:
    """A vault to break, with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.home, self.root = folder / "home", vault(folder / "v", dict(PEOPLE))
        self.home.mkdir()

    def run(self, *words: str) -> int:
        return ptcrm(self.root, *words, home=self.home).code

    def traced(self, words: tuple[str, ...], *options: str) -> subprocess.CompletedProcess[bytes]:
        """The real command under strace."""
        command = ["strace", "-f", "-qq", "-e", f"trace={CALLS}", *options]
        mine = [sys.executable, "-m", "plaintextcrm", "-C", str(self.root), "--today", "2026-11-21", *words]
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
    for call, number in calls if EVERY else calls[2 * FAULTS.index(fault) + len(name) % 2 :: 15]:
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
    words = [sys.executable, "-m", "plaintextcrm", "-C", str(place.root), "--today", "2026-11-21", *WRITES[name]]
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
            ran = ptcrm(place.root, *words, home=place.home)
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
