"""Processes that share out work: forked where nothing else runs in this one, else from one that waits for that, else begun anew."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

WORKERS = min(os.cpu_count() or 1, 8)
_is_prepared = False
_gathered: ProcessPoolExecutor | None = None


def prepare(*modules: str) -> None:
    """Keep a process, which has these modules loaded, to fork workers from when this one has threads: they begin 0.5 s sooner."""
    global _is_prepared
    if WORKERS < 2 or not hasattr(os, "fork"):
        return
    from multiprocessing import forkserver, set_forkserver_preload

    set_forkserver_preload(list(modules))
    forkserver.ensure_running()
    _is_prepared = True


def gather(begin: Callable[[], None]) -> None:
    """Have workers begin now, each by calling that, who serve every pool until `dismiss`: where it is `prepare`d for them."""
    global _gathered
    if not _is_prepared or _gathered is not None:
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("forkserver")
    _gathered = ProcessPoolExecutor(WORKERS, context, _begin, (_join, context.Barrier(WORKERS)))
    for _ in range(WORKERS):
        _gathered.submit(_begin_together, begin)


def are_gathered() -> bool:
    """Whether there are workers who have begun."""
    return _gathered is not None


def dismiss() -> None:
    """Those who were gathered end."""
    global _gathered
    workers, _gathered = _gathered, None
    if workers is not None:
        workers.shutdown(wait=False, cancel_futures=True)


@contextmanager
def pool(begin: Callable[..., None], *arguments: Any) -> Iterator[ProcessPoolExecutor]:
    """`WORKERS` processes, each of which first calls `begin`: those who are gathered, else new ones.

    To fork copies what other threads hold at that moment, locks and all: with threads, as in a watch, it is not this process that forks.
    """
    if _gathered is not None:
        try:
            for begun in [_gathered.submit(_begin_together, begin, *arguments) for _ in range(WORKERS)]:
                begun.result()
            yield _gathered
        except BaseException:
            dismiss()  # with what they still had to do
            raise
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    method = ("forkserver" if _is_prepared else "spawn") if threading.active_count() > 1 else None
    with ProcessPoolExecutor(WORKERS, multiprocessing.get_context(method), _begin, (begin, *arguments)) as processes:
        yield processes


# -- in a worker --

_barrier: Any


def _begin(begin: Callable[..., None], *arguments: Any) -> None:
    import gc

    threading.Thread(target=_follow, daemon=True).start()
    gc.disable()  # what is made here goes to the other process at once
    begin(*arguments)


def _follow() -> None:
    """End with the process that began this one: who is killed cannot tell us, and we would hold its lock for ever."""
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _join(barrier: Any) -> None:
    global _barrier
    _barrier = barrier


def _begin_together(begin: Callable[..., None], *arguments: Any) -> None:
    """Begin once each: nobody takes another beginning until all have taken one."""
    _barrier.wait()
    begin(*arguments)
