"""Processes that share out work begin and end as they should (edge/workers)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="nobody forks here")

SQUARES = """
import os, sys, threading, time
from plaintextcrm.edge import workers
workers.WORKERS = 2

def begin(number):
    global base
    base = number

def made(number):
    return base + number, os.getppid(), "plaintextcrm.core.dates" in sys.modules

if __name__ == "__main__":
    {prepare}
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    with workers.pool(begin, 100) as processes:
        found = list(processes.map(made, range(4)))
    print([number for number, *_ in found], {{parent == os.getpid() for _, parent, _ in found}}, {{ready for *_, ready in found}})
    sys.stdout.flush()
    {then}
"""
PREPARE = 'workers.prepare("plaintextcrm.core.dates")'


def script(folder: Path, **parts: str) -> list[str]:
    """A program of its own, as workers begin anew from its file."""
    path = f"{folder}/program.py"
    with open(path, "w") as file:
        file.write(SQUARES.format(**({"prepare": "pass", "then": "os._exit(0)"} | parts)))
    return [sys.executable, path]


def test_workers_of_a_process_with_threads(tmp_path: Path) -> None:
    own = {**os.environ, "PYTHONPATH": str(ROOT)}
    plain = subprocess.run(script(tmp_path), env=own, capture_output=True, text=True, check=True, timeout=60)
    assert plain.stdout == "[100, 101, 102, 103] {True} {False}\n"
    ready = subprocess.run(script(tmp_path, prepare=PREPARE), env=own, capture_output=True, text=True, check=True, timeout=60)
    assert ready.stdout == "[100, 101, 102, 103] {False} {True}\n"  # forked from the one that waits, with what it has loaded


GATHERED = """
import os, threading, time
from plaintextcrm.edge import workers
workers.WORKERS = 2
base = 0

def begin(number=0):
    global base
    base = number

def made(number):
    time.sleep(0.01)
    return base + number, os.getpid()

def failing(number):
    raise ValueError(f"no {number}")

if __name__ == "__main__":
    workers.prepare()
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    workers.gather(begin)
    who = set()
    for number in (100, 200):
        with workers.pool(begin, number) as processes:
            found = list(processes.map(made, range(8)))
        who |= {pid for _, pid in found}
        print([number for number, _ in found])
    print(len(who), workers.are_gathered())
    try:
        with workers.pool(failing, 1):
            print("not here")
    except ValueError as error:
        print(error, workers.are_gathered())
    with workers.pool(begin, 300) as processes:
        found = list(processes.map(made, range(8)))
    print([number for number, _ in found], who.isdisjoint(pid for _, pid in found), flush=True)
    os._exit(0)
"""


def test_workers_who_are_gathered_serve_one_pool_after_the_other(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(GATHERED)
    own = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, str(program)], env=own, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == [
        str([*range(100, 108)]),
        str([*range(200, 208)]),
        "2 True",
        "no 1 False",
        f"{[*range(300, 308)]} True",
    ]


def test_who_waits_ends_with_the_process_that_is_killed(tmp_path: Path) -> None:
    own = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = script(tmp_path, prepare=PREPARE, then="time.sleep(60)")
    with subprocess.Popen(words, env=own, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout
        process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        too_late = threading.Timer(20, os.killpg, (process.pid, signal.SIGKILL))
        too_late.start()
        started = time.monotonic()
        assert process.stdout.read() == ""  # at its end when the last of them is gone
        too_late.cancel()
    assert time.monotonic() - started < 15
