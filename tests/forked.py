"""The real command in a process of its own, forked from one that has read the program already: a tenth of what starting Python anew costs.

The command cannot tell: it has its own environment, folder, arguments, stdin, stdout and stderr, and ends itself as ever.
"""

from __future__ import annotations

import atexit
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

READ_AT_START = ("PYTHON", "LC_", "LANG", "TZ")  # what Python itself asks the environment for, once
SMALL = 60_000  # bytes that a pipe takes while nobody reads it
PATIENCE = 120.0  # seconds


def ran(words: Sequence[str], own: Mapping[str, str], stdin: bytes) -> subprocess.CompletedProcess[bytes]:
    """How `python -m plaintextcrm WORDS` ended in that environment, and what it printed.

    Raises TimeoutExpired after two minutes.
    """
    at_start = _at_start(own)
    if hasattr(os, "fork") and len(stdin) < SMALL and at_start in _asked:
        return _forking(at_start).run(words, own, stdin)
    _asked.add(at_start)
    return subprocess.run(_command(words), input=stdin, capture_output=True, env=dict(own), check=False, timeout=PATIENCE)


def _command(words: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "plaintextcrm", *words]


def _at_start(own: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in own.items() if name.startswith(READ_AT_START)))


class Forking:
    """A process that waits to be forked."""

    def __init__(self, at_start: tuple[tuple[str, str], ...]) -> None:
        self.lock = threading.Lock()
        self.socket, theirs = socket.socketpair()
        self.socket.settimeout(PATIENCE)
        words = [sys.executable, "-c", f"from tests.forked import serve; serve({theirs.fileno()})"]
        self.process = subprocess.Popen(words, env=dict(at_start), pass_fds=[theirs.fileno()])
        theirs.close()
        atexit.register(self.end)

    def run(self, words: Sequence[str], own: Mapping[str, str], stdin: bytes) -> subprocess.CompletedProcess[bytes]:
        """One command."""
        reading, writing = os.pipe()
        with self.lock, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            try:
                os.write(writing, stdin)
                os.close(writing)
                asked = json.dumps([os.getcwd(), dict(own), list(words)]).encode() + b"\n"
                socket.send_fds(self.socket, [asked], [reading, out.fileno(), err.fileno()])
            finally:
                os.close(reading)
            try:
                answer = self.socket.recv(100)
            except TimeoutError:
                _forking.cache_clear()
                self.process.kill()
                raise subprocess.TimeoutExpired(_command(words), PATIENCE) from None
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(_command(words), int(answer), out.read(), err.read())

    def end(self) -> None:
        """It ends when nobody can ask any more."""
        self.socket.close()
        self.process.wait()


_forking = cache(Forking)  # one for each environment that Python begins in
_asked: set[tuple[tuple[str, str], ...]] = set()  # for what is asked once it does not pay


# --- the process that is forked ------------------------------------------------------------------------------------


def serve(descriptor: int) -> None:
    """Fork for each line that comes with three descriptors; the answer is how that process ended."""
    for name in ("core", "edge", "render", "app", "cli"):
        for module in pkgutil.iter_modules(import_module(f"plaintextcrm.{name}").__path__):
            import_module(f"plaintextcrm.{name}.{module.name}")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for pytest
    here = socket.socket(fileno=descriptor)
    while True:
        asked, descriptors, _, _ = socket.recv_fds(here, 1 << 16, 3)
        while asked and not asked.endswith(b"\n"):
            asked += here.recv(1 << 16)
        if not asked:
            return
        child = os.fork()
        if not child:
            try:
                here.close()
                _be(descriptors, *json.loads(asked))
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        for one in descriptors:
            os.close(one)
        here.sendall(b"%d" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _be(descriptors: Sequence[int], folder: str, own: dict[str, str], words: list[str]) -> Any:
    """Become the command."""
    from plaintextcrm.cli import main

    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(own)
    sys.argv = ["ptcrm", *words]
    main(words)
