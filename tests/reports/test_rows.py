"""Of a table with thousands of rows those are made that somebody looks at."""

from __future__ import annotations

from plaintextcrm.core.reports.network import Member, of_one
from plaintextcrm.core.reports.shapes import Rows
from tests.reports.test_plain_logs import both, network


def test_what_is_counted_of_one_is_counted_once():
    asked: list[str] = []

    @of_one
    def counted(one: Member) -> int:
        asked.append(one.id)
        return len(one.id)

    one = network(both(1)[0]).everybody[0]
    assert (counted(one), counted(one), asked) == (2, 2, ["p0"])


def test_rows_are_made_when_they_are_looked_at():
    made: list[int] = []

    def row(number: int) -> dict[str, object]:
        made.append(number)
        return {"number": number}

    rows = Rows(row, range(5))
    assert (len(rows), list(rows[:2]), made) == (5, [{"number": 0}, {"number": 1}], [0, 1])
    assert (list(rows), rows[4], made) == ([{"number": number} for number in range(5)], {"number": 4}, [0, 1, 0, 1, 2, 3, 4])


def test_rows_are_compared_as_they_would_stand_there():
    rows = Rows(lambda number: {"number": number}, range(2))
    assert rows == Rows(lambda number: {"number": number}, [0, 1])
    assert rows == ({"number": 0}, {"number": 1})
    assert rows != ()
    assert not Rows(dict, ())
