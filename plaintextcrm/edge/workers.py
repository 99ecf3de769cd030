"""Processes that share out work: forked where nothing else runs in this one, else from one that waits for that, else begun anew."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

WORKERS = min(os.cpu_count() or 1, 8)
_is_prepared = False


def prepare(*modules: str) -> None:
    """Keep a process, which has these modules loaded, to fork workers from when this one has threads: they begin 0.5 s sooner."""
    global _is_prepared
    if WORKERS < 2 or not hasattr(os, "fork"):
        return
    from multiprocessing import forkserver, set_forkserver_preload

    set_forkserver_preload(list(modules))
    forkserver.ensure_running()
    _is_prepared = True


def pool(begin: Callable[..., None], *arguments: Any) -> Any:
    """A ProcessPoolExecutor of `WORKERS`, each of which first calls `begin`.

    To fork copies what other threads hold at that moment, locks and all: with threads, as in a watch, it is not this process that forks.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    method = ("forkserver" if _is_prepared else "spawn") if threading.active_count() > 1 else None
    context = multiprocessing.get_context(method)
    return ProcessPoolExecutor(WORKERS, context, begin, arguments)
