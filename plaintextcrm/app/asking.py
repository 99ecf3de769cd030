"""A question to the index of a vault, and its answer whatever the state of the cache."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from plaintextcrm.app.vaults import Vault
from plaintextcrm.edge import index as indexes
from plaintextcrm.edge.index import Index, Progress

Answer = TypeVar("Answer")


def ask(vault_: Vault, question: Callable[[Index], Answer], progress: Progress | None = None) -> Answer:
    """The answer from an index that is up to date; a cache found damaged is thrown away and the question asked again."""
    index = indexes.open_index(vault_.root, vault_.settings, vault_.cache, progress)
    try:
        return question(index)
    except (sqlite3.Error, ValueError):
        indexes.discard(index)
    return question(indexes.open_index(vault_.root, vault_.settings, False, progress))
