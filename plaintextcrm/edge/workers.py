"""Processes that share out work: forked where nothing else runs in this one, else begun anew."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

WORKERS = min(os.cpu_count() or 1, 8)


def pool(begin: Callable[..., None], *arguments: Any) -> Any:
    """A ProcessPoolExecutor of `WORKERS`, each of which first calls `begin`.

    To fork copies what other threads hold at that moment, locks and all: with threads, as in a watch, workers are begun anew.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("spawn" if threading.active_count() > 1 else None)
    return ProcessPoolExecutor(WORKERS, context, begin, arguments)
