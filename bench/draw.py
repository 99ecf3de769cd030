"""Chance, and the people it makes up."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from random import Random
from typing import NamedTuple, TypeVar

from bench import words

T = TypeVar("T")


class Person(NamedTuple):
    name: str
    slug: str


class Draw:
    """Chance. Only `Random.random` is used: it alone is promised to give the same values in every Python."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed).random

    def of(self, choices: Sequence[T]) -> T:
        return choices[int(self.random() * len(choices))]

    def topic(self) -> str:
        if self.random() < 0.0019:
            return words.RARE_WORD
        return words.TOPICS[int(self.random() ** 2 * len(words.TOPICS))]

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.random() * (high - low + 1))

    def around(self, mean: float) -> int:
        """A whole number from 0, exponentially distributed: many small ones, a few large ones."""
        return int(-math.log(1 - self.random()) * (mean + 0.5))

    def sentence(self, patterns: Sequence[str]) -> str:
        return self.of(patterns).format(self.topic(), self.of(words.TOWNS))


# Letters that Unicode does not divide into a base letter and a mark.
UNDIVIDED = str.maketrans("ŁłØøı", "LlOoi", "") | {ord("ß"): "ss"}


def slug(name: str) -> str:
    """`Łukasz Ó Beyer` as `lukasz-o-beyer`: ASCII, lower case, hyphens."""
    plain = name.translate(UNDIVIDED)
    letters = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return "-".join(letters.lower().split())


def people(draw: Draw, count: int) -> tuple[Person, ...]:
    """`count` people with different slugs; who shares a name with somebody earlier gets one more surname."""
    found: dict[str, Person] = {}
    while len(found) < count:
        name = f"{draw.of(words.FIRST_NAMES)} {draw.of(words.LAST_NAMES)}"
        if draw.random() < 0.3:
            name += f" {draw.of(words.LAST_NAMES)}"
        while (key := slug(name)) in found:
            name += f" {draw.of(words.LAST_NAMES)}"
        found[key] = Person(name, key)
    return tuple(found.values())
