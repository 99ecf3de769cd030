"""The order of `due`, followed for years (bench/habit.py): ahead of the usual orders for those who matter, and nobody is forgotten."""

from __future__ import annotations

from functools import cache

import pytest

from bench.habit import LIMIT_DAYS, ORDERS, Outcome, days, simulate
from plaintextcrm.core.settings import Settings


@cache
def a_year(order: str) -> Outcome:
    return simulate(ORDERS[order], Settings(), seed=7, years=1)


@pytest.mark.parametrize("other", [name for name in ORDERS if name != "ptcrm due"])
def test_the_highest_and_the_middle_tier_are_kept_better_than_by_other_orders(other: str) -> None:
    for tier in ("A", "B"):
        assert a_year("ptcrm due").within[tier] > a_year(other).within[tier]
        assert a_year("ptcrm due").within_more[tier] > a_year(other).within_more[tier]


def test_in_three_years_nobody_is_silent_for_longer_than_five_hundred_days() -> None:
    found = simulate(ORDERS["ptcrm due"], Settings(), seed=1)
    assert found.longest <= LIMIT_DAYS
    assert found.longest_a < 100
    assert found.within_more["A"] > 0.95


def test_the_accidents_are_the_same_whatever_is_done() -> None:
    assert list(days(3, 300, 1)) == list(days(3, 300, 1))
    assert list(days(3, 300, 1)) != list(days(4, 300, 1))
