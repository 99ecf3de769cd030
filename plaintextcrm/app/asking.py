"""A question to the index of a vault, and its answer whatever the state of the cache."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TypeVar

from plaintextcrm.app.vaults import Vault
from plaintextcrm.core.errors import PtcrmError
from plaintextcrm.edge import indexes
from plaintextcrm.edge.index import Index, Progress, Whose

Answer = TypeVar("Answer")
TRIES = 2  # with the cache: as it is found, and built anew


def ask(vault_: Vault, question: Callable[[Index], Answer], progress: Progress | None = None) -> Answer:
    """The answer from an index that is up to date.

    Whatever goes wrong while a kept index is read counts as its damage: it is thrown away and the question asked again, in the end
    without the cache. There a bug of our own goes wrong, too, and is told.
    """
    whose = Whose(vault_.root, vault_.settings, vault_.today, progress)
    for _ in range(TRIES if vault_.cache else 0):
        index = indexes.open_index(whose)
        try:
            return _answer(index, question)
        except PtcrmError:  # an answer, too: nobody has that name
            raise
        except Exception as error:
            if index.path is None:
                raise
            if not indexes.is_damage(error):
                break
            indexes.discard(index)
    return _answer(indexes.open_index(whose, cache=False), question)


def _answer(index: Index, question: Callable[[Index], Answer]) -> Answer:
    """The answer; what a failure leaves half-made is not kept."""
    with closing(index):
        answer = question(index)
        index.keep()
        return answer
