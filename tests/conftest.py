"""What holds for all tests.

Laws are tried the same way in each run, and no slow moment of a busy machine fails one; PTCRM_EXAMPLES tries more, at random.
"""

from __future__ import annotations

import compileall
import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

MORE = int(os.environ.get("PTCRM_EXAMPLES", "0"))
settings.register_profile("ours", deadline=None, database=None, derandomize=not MORE, max_examples=MORE or 80)
settings.load_profile("ours")


def pytest_configure(config: pytest.Config) -> None:
    """What is the same for each of the hundreds of processes that are started is done once."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # a shell's `pytest &` leaves it so, and each process would inherit that
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(Path(__file__).parent.parent / "plaintextcrm", quiet=2)
