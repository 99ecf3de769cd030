"""What the benchmark says about memory: a page that several processes share is there once, one that they do not is not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.ground import TIMED

pytestmark = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="no proportional set sizes here")
FORKING = """
import os, time
mine = os.urandom(1) * (64 << 20)
for _ in range(3):
    if not os.fork():
        own = os.urandom(1) * (OWN << 20)
        time.sleep(1)
        os._exit(0)
for _ in range(3):
    os.wait()
"""


def told(folder: Path, whom: str, own_mib: int) -> tuple[float, float]:
    """(the peak of the largest process, what all hold together) in MiB, of one with 64 MiB and three it forks that make their own."""
    (folder / "empty").mkdir()
    code = FORKING.replace("OWN", str(own_mib))
    run = (sys.executable, "-I", "-S", str(TIMED), str(folder), whom, sys.executable, "-I", "-S", "-c", code)
    found = json.loads(subprocess.run(run, capture_output=True, check=True).stdout)
    assert found["status"] == 0
    return found["peak_bytes"] / 2**20, found["sum_bytes"] / 2**20


def test_memory_that_processes_share_counts_once(tmp_path: Path) -> None:
    peak, together = told(tmp_path, "all", 0)
    assert 64 < together < 128
    assert 64 < peak < 128


def test_memory_that_each_has_for_itself_counts_in_each(tmp_path: Path) -> None:
    peak, together = told(tmp_path, "all", 32)
    assert 64 + 3 * 32 < together < 64 + 3 * 32 + 64
    assert 96 < peak < 128


def test_a_run_that_is_timed_is_not_looked_at(tmp_path: Path) -> None:
    peak, together = told(tmp_path, "one", 32)
    assert peak == together
