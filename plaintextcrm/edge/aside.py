"""Work that another process does aside, forked from this one: it sees all as it was at that moment, and answers through a pipe."""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from plaintextcrm.core.record import NamedTuple

ROOM = 1 << 20  # bytes that a pipe takes before anybody reads; more is not for everybody


def is_room() -> bool:
    """Whether there is a core for another process, on a system where one is forked in a millisecond."""
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


class Aside(NamedTuple):
    """Somebody at work: the process, and from where its answer comes."""

    process: int
    reading: int

    def answer(self) -> Any:
        """What came of it, once; None where nothing did: it was killed, or it failed."""
        with open(self.reading, "rb") as pipe:
            said = pipe.read()
        os.waitpid(self.process, 0)
        try:
            return marshal.loads(said)
        except (EOFError, ValueError, TypeError):
            return None


def begin(work: Callable[[], Any]) -> Aside:
    """Have that worked out, as values that marshal takes. Raises OSError where there is no room for a process.

    Not where threads run: what they hold stays held in the other process. That one must leave alone what was opened before, but files.
    """
    reading, writing = os.pipe()
    try:
        process = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        raise
    if not process:
        os.close(reading)  # or nobody would tell us that nobody reads
        _work(work, writing)
    os.close(writing)
    return Aside(process, reading)


class Helper:
    """Another process that gets ready while this one does, and works once it is asked."""

    def __init__(self, work: Callable[[Callable[[], Any]], Any]) -> None:
        """`work` gets what waits for the question. Raises OSError where there is no room for a process; for the rest see `begin`."""
        hearing, self._asking = os.pipe()

        def hear() -> Any:
            with open(hearing, "rb") as pipe:
                question = pipe.read()
            if not question:
                os._exit(0)  # nobody will ask
            from pickle import loads

            return loads(question)

        def begun() -> Any:
            os.close(self._asking)
            return work(hear)

        try:
            self._aside: Aside | None = begin(begun)
        except OSError:
            os.close(self._asking)
            raise
        finally:
            os.close(hearing)
        self._is_asked = False

    def ask(self, question: object) -> None:
        """Ask, once: anything that can be pickled."""
        from pickle import dumps  # 2 ms, of each command that only looks ahead

        self._is_asked = True
        with suppress(BrokenPipeError), open(self._asking, "wb") as pipe:
            pipe.write(dumps(question))

    def answer(self) -> Any:
        """What came of it, once; None where nothing did, or nobody asked."""
        if not self._is_asked:
            self._is_asked = True
            os.close(self._asking)
        waited, self._aside = self._aside, None
        return waited.answer() if waited else None


def _work(work: Callable[[], Any], writing: int) -> None:
    """The other process: work, answer, end."""
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in {0, 1, 2} - {writing}:  # whoever reads what the command prints is not to wait for this
            os.dup2(nowhere, descriptor)
        answer = marshal.dumps(work())
        from fcntl import F_SETPIPE_SZ, fcntl

        fcntl(writing, F_SETPIPE_SZ, ROOM)
        with open(writing, "wb", buffering=0) as pipe:
            while answer:
                answer = answer[pipe.write(answer) :]
    finally:
        os._exit(0)
