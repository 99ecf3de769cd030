"""Where the marks and columns of a timeline stand, and the words beside them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaintextcrm.core import timeline as core
from plaintextcrm.core.kinds import KINDS, STANDARD, Kind, kind_table
from plaintextcrm.core.model import Interaction
from plaintextcrm.core.timeline import ATTEMPT, GIVE, MEET, OTHER, THEM, TOGETHER, VOICE, WRITE, YOU
from plaintextcrm.core.timeline_words import caption, columns_words, table, years_words

TODAY = date(2026, 11, 21)
NAMES = st.sampled_from([None, "unheard", *[kind.name for kind in KINDS]])
FIELDS = st.sampled_from([(), (("dir", "in"),), (("dir", "out"),), (("reached", "no"),), (("touch", "no"),), (("ref", "x"), ("dir", "IN"))])
WIDTHS = st.sampled_from([752, 350])


def entries(first: date, last: date = TODAY) -> st.SearchStrategy[list[Interaction]]:
    """Logs between two days, oldest first."""
    one = st.builds(lambda on, kind, fields: Interaction(on, "", kind, fields=fields), st.dates(first, last), NAMES, FIELDS)
    return st.lists(one, min_size=1, max_size=60).map(lambda log: sorted(log, key=lambda entry: entry.on))


def what(kind: str | None, *fields: tuple[str, str]) -> tuple[int, int, bool]:
    """(group, side, whether it counts) of one entry."""
    ((_, _, found),) = core.points([Interaction(TODAY, "", kind, fields=fields)], STANDARD)
    return found % 6, found // 6 % 3, found < core.KINDS


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("coffee", (), (MEET, TOGETHER, True)),
        ("call", (("dir", "in"),), (VOICE, THEM, True)),
        ("email", (), (WRITE, TOGETHER, True)),  # nobody said whose it was
        ("email", (("dir", "out"),), (WRITE, YOU, True)),
        ("letter", (("ref", "L1"), ("dir", "In")), (WRITE, THEM, True)),
        ("gift", (), (GIVE, TOGETHER, True)),
        ("gave", (), (GIVE, YOU, True)),
        ("got", (), (GIVE, THEM, True)),
        ("referral-in", (), (GIVE, THEM, True)),
        ("call", (("reached", "no"),), (ATTEMPT, YOU, False)),
        ("call", (("reached", "no"), ("dir", "in")), (ATTEMPT, THEM, False)),
        ("coffee", (("touch", "no"),), (MEET, TOGETHER, False)),
        ("note", (), (OTHER, TOGETHER, False)),
        (None, (), (OTHER, TOGETHER, True)),
    ],
)
def test_what_an_entry_is_drawn_as(kind: str | None, fields: tuple[tuple[str, str], ...], expected: tuple[int, int, bool]) -> None:
    assert what(kind, *fields) == expected


def test_kinds_of_the_settings_are_known_and_not_kept_for_another_vault() -> None:
    entry = [Interaction(TODAY, "", "podcast")]
    mine = kind_table((Kind("podcast", "voice", 2, 30),))
    assert [point[2] for point in core.points(entry, mine)] == [VOICE]
    assert [point[2] for point in core.points(entry, STANDARD)] == [OTHER]
    assert [point[2] for point in core.points(entry, kind_table((Kind("podcast", "in person", 2, 30),)))] == [MEET]


@given(entries(date(2024, 11, 21)), WIDTHS)
def test_every_entry_has_a_mark_of_its_own_inside_the_figure(log: list[Interaction], width: int) -> None:
    points = core.points(log, STANDARD)
    found = core.marks(points, date(2024, 11, 21).toordinal(), TODAY.toordinal(), width)
    if found is None:
        return
    assert len(found.spots) == len(log)
    for place, (x, y) in enumerate(found.spots):
        assert core.REACH <= x <= width - core.REACH
        assert -found.up <= y - core.REACH
        assert y + core.REACH <= found.down
        assert all(abs(x - a) >= core.NEAR or abs(y - b) >= core.STEP for a, b in found.spots[:place])
    for (_, y), (_, _, what) in zip(found.spots, points, strict=True):
        side = what // 6 % 3
        assert side == TOGETHER or (y < 0) == (side == YOU)


def test_marks_that_find_no_place_are_no_marks() -> None:
    log = [Interaction(TODAY, "", "email", fields=(("dir", "in"),))] * 7
    assert core.marks(core.points(log, STANDARD), TODAY.toordinal() - 700, TODAY.toordinal(), 752) is None
    assert core.marks(core.points(log[:6], STANDARD), TODAY.toordinal() - 700, TODAY.toordinal(), 752) is not None


@given(st.one_of(entries(date(2024, 11, 21)), entries(date(1850, 1, 1)), entries(date.min)), WIDTHS, st.booleans())
def test_the_columns_hold_every_entry_on_one_scale(log: list[Interaction], width: int, is_crowded: bool) -> None:
    log = [entry for entry in log for _ in range(40 if is_crowded else 1)]
    points = core.points(log, STANDARD)
    span = core.span(points[0][1], core.month_of(TODAY.toordinal()), width)
    found = core.columns(points, span)
    assert sum(found.counts.values()) == len(log)
    assert all(0 <= key // core.KINDS < span.count for key in found.counts)
    assert found.up + found.down <= core.HIGHEST + 18 * core.LEAST
    assert len(found.blocks) == len(found.counts)
    for _, _, top, height in found.blocks:
        assert height * found.scale >= core.LEAST - 1e-9
        assert -found.up - 1e-9 <= top * found.scale
        assert (top + height) * found.scale <= found.down + 1e-9
    lefts, wide = core.column_places(span.count, width)
    assert lefts[0] >= 0
    assert lefts[-1] + wide <= width
    by_column = [sum(count for key, count in found.counts.items() if key // core.KINDS == place) for place in range(span.count)]
    assert (max(by_column), by_column.index(max(by_column))) == (found.most, found.fullest)


@given(st.dates(date(1, 2, 1), TODAY), WIDTHS)
def test_columns_are_of_the_smallest_unit_that_is_wide_enough(first: date, width: int) -> None:
    span = core.span(core.month_of(first.toordinal()), core.month_of(TODAY.toordinal()), width)
    assert (width - core.RIGHT) / span.count >= core.NARROWEST


@pytest.mark.parametrize(
    ("years", "wide", "narrow"),
    [(3, "month", "month"), (9, "month", "quarter"), (40, "quarter", "half-year"), (70, "half-year", "year"), (300, "decade", "decade")],
)
def test_the_unit_for_a_history(years: int, wide: str, narrow: str) -> None:
    first = core.month_of(date(2026 - years, 11, 21).toordinal())
    last = core.month_of(TODAY.toordinal())
    assert (core.span(first, last, 752).unit, core.span(first, last, 350).unit) == (wide, narrow)


@given(st.dates(), st.integers(0, 4000), WIDTHS, st.booleans())
def test_labels_are_inside_and_never_over_another(start: date, days: int, width: int, is_year_long: bool) -> None:
    first, last = start.toordinal(), min(start.toordinal() + (days if is_year_long else 25 * days), date.max.toordinal())
    spans = [core.span(core.month_of(first), core.month_of(last), width)]
    axes = []
    if last - first < 800:
        spans += [core.week_span(first, last), core.month_span(first, last)]
        axes = [(core.day_axis(first, last, width), False)]
    axes += [(core.column_axis(span, width), span.step > 0) for span in spans]
    for axis, is_left in axes:
        free = 0.0
        for x, words, _ in axis.labels:
            left = x + 3 if is_left else x - core.text_width(words) / 2
            assert left >= free
            free = left + core.text_width(words)
        assert free <= width
        assert all(-0.1 <= x <= width for x in (*axis.years, *axis.ticks))


def test_a_history_of_forty_years_has_a_year_every_five() -> None:
    span = core.span(core.month_of(date(1891, 5, 19).toordinal()), core.month_of(date(1931, 9, 20).toordinal()), 752)
    words = [label.words for label in core.column_axis(span, 752).labels]
    assert words == ["1891", "1895", "1900", "1905", "1910", "1915", "1920", "1925", "1930"]


def test_months_by_name_and_the_year_where_no_january_is() -> None:
    axis = core.day_axis(date(2026, 5, 21).toordinal(), TODAY.toordinal(), 752)
    assert [label.words for label in axis.labels] == ["Jun 2026", "Jul", "Aug", "Sep", "Oct", "Nov"]
    axis = core.day_axis(date(2024, 11, 21).toordinal(), TODAY.toordinal(), 350)
    assert [label.words for label in axis.labels] == ["2025", "Jul", "2026", "Jul"]


# --- words ---------------------------------------------------------------------------------------------------------


def told(*kinds: str | None, full: bool = True, **fields: str) -> str:
    """The caption of one entry of each kind."""
    log = [
        Interaction(TODAY - timedelta(days=len(kinds) - place), "", kind, fields=tuple(fields.items())) for place, kind in enumerate(kinds)
    ]
    sums = [0] * 36
    for _, _, what in core.points(log, STANDARD):
        sums[what] += 1
    counted = [entry for entry, point in zip(log, core.points(log, STANDARD), strict=True) if point[2] < 18]
    return caption(sums, {entry.kind for entry in counted}, "since 2017", counted[-1] if counted else None, full)


@pytest.mark.parametrize(
    ("kinds", "fields", "expected"),
    [
        (("call", "email", "coffee"), {}, "3 times in touch since 2017: 1 in person, 1 by voice, 1 in writing. The last was coffee on 20 November 2026."),
        (("letter", "card", "letter"), {"dir": "in"}, "3 letters and cards since 2017, all from them. The last was a letter on 20 November 2026."),
        (("lunch", "visit", "coffee", "drinks"), {}, "4 times in touch since 2017, all in person. The last was drinks on 20 November 2026."),
        (("gave", "gift"), {}, "Twice in touch since 2017, both gifts. The last was a gift on 20 November 2026."),
        (("call", "gave", "asked"), {}, "3 times in touch since 2017: 1 by voice, 2 gifts and favours. The last was something you asked on 20 November 2026."),
        (("coffee", "note", "note"), {}, "Once in touch since 2017, in person; besides 2 notes. The last was coffee on 18 November 2026."),
        (("call", "call"), {"reached": "no"}, "Not in touch since 2017; besides 2 attempts."),
        ((None, None, "call"), {}, "3 times in touch since 2017: 1 by voice, 2 of another kind. The last was a call on 20 November 2026."),
        (("unheard",), {}, "Once in touch since 2017. The last was on 20 November 2026: unheard."),
    ],
)  # fmt: skip
def test_captions(kinds: tuple[str | None, ...], fields: dict[str, str], expected: str) -> None:
    assert told(*kinds, **fields) == expected


def test_a_caption_in_short() -> None:
    assert told("call", "email", "coffee", full=False) == "3 times in touch since 2017."
    assert columns_words("quarter", "half-year") == " Each column is a quarter, on a small screen a half-year."


@pytest.mark.parametrize(
    ("count", "words"), [(2, "Two years"), (19, "Nineteen years"), (40, "Forty years"), (54, "Fifty-four years"), (131, "131 years")]
)
def test_years_in_words(count: int, words: str) -> None:
    assert years_words(count) == words


@given(entries(date(2019, 1, 1)))
def test_the_table_counts_every_contact_twice_by_kind_and_by_side(log: list[Interaction]) -> None:
    points = core.points(log, STANDARD)
    rows = table(points)
    years = [row[0] for row in rows]
    assert years == sorted(set(years), reverse=True)
    counted = [point for point in points if point[2] < 18]
    assert sum(cell for row in rows for cell in row[5:]) == len(counted)
    assert sum(cell for row in rows for cell in row[1:5]) == sum(point[2] % 6 < OTHER for point in counted)
