"""The figures of a digest page: nothing is dropped, nothing leaves the drawing, no words lie over others, no text is obeyed."""

from __future__ import annotations

import csv
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaintextcrm.core.kinds import KINDS, STANDARD, Kind, kind_table
from plaintextcrm.core.model import Interaction
from plaintextcrm.core.timeline import text_width
from plaintextcrm.render.timeline import Figure, Timeline, legend_html, table_html, timeline

TODAY = date(2026, 11, 21)
LETTERS = Path(__file__).parents[1] / "data" / "letters" / "letters.csv"
HOSTILE = "</title><script>alert(1)</script>\"'&amp;<img onerror=x>\x00\x1b\u202e\ud800"
NAMES = st.sampled_from([None, "unheard", *[kind.name for kind in KINDS]])
FIELDS = st.sampled_from([(), (("dir", "in"),), (("dir", "out"),), (("reached", "no"),), (("touch", "no"),)])
MARKS = re.compile(r"<title>")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def entry(on: str, kind: str | None = "coffee", text: str = "", **fields: str) -> Interaction:
    """One line of a log."""
    return Interaction(date.fromisoformat(on), text, kind, fields=tuple(fields.items()))


def drawn(*log: Interaction, today: date = TODAY, died: date | None = None) -> Timeline:
    """The figures, which there are."""
    found = timeline(log, today, died, STANDARD)
    assert found is not None
    return found


def figures(found: Timeline | None) -> list[Figure]:
    """Those there are."""
    return [figure for figure in found or () if figure is not None]


def texts(svg: str) -> list[tuple[float, float, float, str]]:
    """(y, left, right, words) of every text of a drawing, as wide as it may be."""
    found = []
    for text in ET.fromstring(svg).iter("text"):
        x, long = float(text.get("x", "0")), text_width(text.text or "")
        left = x - {"middle": long / 2, "end": long}.get(text.get("text-anchor", ""), 0)
        found.append((float(text.get("y", "0")), left, left + long, text.text or ""))
    return found


def sound(svg: str, width: int) -> None:
    """A drawing that keeps every promise that all of them make."""
    root = ET.fromstring(svg)
    height = float(root.get("height", "0"))
    assert (root.get("width"), root.get("viewBox"), root.get("role")) == (str(width), f"0 0 {width} {root.get('height')}", "img")
    assert height < 340
    for element in root.iter():
        assert element.tag in ("svg", "g", "path", "circle", "text", "title")
        assert set(element.attrib) <= {
            "class", "role", "aria-label", "width", "height", "viewBox", "d", "x", "y", "cx", "cy", "r", "fill", "stroke", "stroke-width", "text-anchor",
        }  # fmt: skip
        for name in ("d", "x", "y", "cx", "cy", "width", "height"):
            for number in NUMBER.findall(element.get(name, "")):
                assert len(number.partition(".")[2]) <= 2, number
        for x, y in re.findall(r"M([\d.]+) ([\d.]+)", element.get("d", "")):
            assert 0 <= float(x) <= width
            assert 0 <= float(y) <= height
        if element.tag == "circle":
            assert 4.5 <= float(element.get("cx", "0")) <= width - 4.5
            assert 18 <= float(element.get("cy", "0")) <= height - 18
        for top, long in re.findall(r"M[\d.]+ ([\d.]+)v([\d.]+)", element.get("d", "")):
            assert float(top) + float(long) <= height
    words = texts(svg)
    for place, (y, left, right, said) in enumerate(words):
        assert left >= -0.01 or said == "today", said
        assert right <= width + 3, said
        for other_y, other_left, other_right, other in words[:place]:
            assert abs(y - other_y) >= 11 or right <= other_left or other_right <= left, (said, other)


@st.composite
def logs(draw: st.DrawFn) -> list[Interaction]:
    """Logs of some days to some centuries, crowded or sparse."""
    days = draw(st.sampled_from([10, 200, 720, 2000, 9000, 60000, 700000]))
    one = st.builds(
        lambda back, kind, text, fields: Interaction(TODAY - timedelta(days=back), text, kind, fields=fields),
        st.integers(0, days), NAMES, st.text(max_size=20), FIELDS,
    )  # fmt: skip
    return sorted(draw(st.lists(one, max_size=50)) * draw(st.sampled_from([1, 1, 1, 8])), key=lambda entry: entry.on)


@given(logs(), st.none() | st.dates(date(1990, 1, 1), TODAY + timedelta(days=9)))
def test_any_log_is_drawn_whole_and_sound(log: list[Interaction], died: date | None) -> None:
    found = timeline(log, TODAY, died, STANDARD)
    assert found == timeline(log, TODAY, died, STANDARD)
    for figure in figures(found):
        for svg, width in ((figure.wide, 752), (figure.narrow, 350)):
            sound(svg, width)
            assert figure.caption.startswith(ET.fromstring(svg).get("aria-label", "").partition(" Each column")[0])
    if found and found.recent:
        for svg in (found.recent.wide, found.recent.narrow):
            titles = len(MARKS.findall(svg))
            if "Each column is" in svg:
                assert titles == 0
            else:
                end = TODAY if died is None or died > TODAY else max(died, log[-1].on)
                start = end.replace(year=end.year - 2, day=min(end.day, 28) if end.month == 2 else end.day)
                assert titles == sum(entry.on >= start for entry in log)


def test_fewer_than_three_contacts_are_not_drawn() -> None:
    assert timeline([entry("2026-01-01"), entry("2026-02-01"), entry("2026-03-01", "note")], TODAY, None, STANDARD) is None
    assert timeline([entry("2026-01-01"), entry("2026-02-01"), entry("2026-12-01")], TODAY, None, STANDARD) is None
    assert timeline([], TODAY, None, STANDARD) is None


def test_plans_are_not_drawn() -> None:
    log = [entry("2026-01-01"), entry("2026-02-01"), entry("2026-03-01"), entry("2026-10-01")._replace(box=" "), entry("2026-12-24")]
    found = drawn(*log)
    assert found.recent is not None
    assert len(MARKS.findall(found.recent.wide)) == 3


def test_the_order_of_the_log_does_not_matter() -> None:
    log = [entry("2026-01-01"), entry("2026-02-01", "call"), entry("2024-03-01", "email")]
    assert drawn(*log) == drawn(*log[::-1])


def test_two_years_and_what_is_older() -> None:
    found = drawn(entry("2017-03-05"), entry("2025-03-01", "call"), entry("2026-10-09", text="The gym list"))
    assert found.recent is not None
    assert found.whole is not None
    assert (found.recent.heading, found.whole.heading) == ("Two years", "Since 2017")
    assert found.recent.caption == "Twice in touch in the last two years: 1 in person, 1 by voice. The last was coffee on 9 October 2026."
    assert found.whole.caption == "3 coffees and calls since 2017. Each column is a month, on a small screen a quarter."
    assert "<title>9 Oct 2026, coffee: The gym list</title>" in found.recent.wide
    assert found.whole.table == (
        (2026, 1, 0, 0, 0, 0, 0, 1),
        (2025, 0, 1, 0, 0, 0, 0, 1),
        (2017, 1, 0, 0, 0, 0, 0, 1),
    )
    assert found.recent.table == ()  # it is told once, with the whole
    assert found.whole.legend == ()  # likewise the signs


def test_a_young_history_begins_where_it_begins() -> None:
    found = drawn(entry("2026-09-01"), entry("2026-09-20", "email"), entry("2026-11-02", "call"))
    assert found.whole is None
    assert found.recent is not None
    assert found.recent.heading == "Since September 2026"
    assert [row[0] for row in found.recent.table] == [2026]


def test_a_long_silence_has_no_two_years_but_says_how_long_it_is() -> None:
    found = drawn(entry("2018-09-01"), entry("2019-09-20"), entry("2020-07-01"))
    assert found.recent is None
    assert found.whole is not None
    assert found.whole.caption.startswith("3 coffees since 2018. The last was coffee on 1 July 2020.")
    for svg in (found.whole.wide, found.whole.narrow):
        assert 'class="silence"' in svg
        assert ">6 years</text>" in svg


def test_the_axis_of_the_deceased_ends_at_their_death() -> None:
    found = drawn(entry("2019-03-01"), entry("2021-05-01", "visit"), entry("2022-03-03", "letter", dir="in"), died=date(2022, 4, 2))
    assert found.recent is not None
    assert found.whole is not None
    assert (found.recent.heading, found.whole.heading) == ("The last two years", "Three years")
    assert found.recent.caption.startswith("Twice in touch in the two years to April 2022:")
    for figure in figures(found):
        assert "today" not in figure.wide + figure.narrow
        assert "silence" not in figure.wide + figure.narrow


def test_what_is_written_after_a_death_is_drawn_too() -> None:
    found = drawn(entry("2022-01-01"), entry("2022-02-01"), entry("2022-03-01"), entry("2022-06-01", "note"), died=date(2022, 4, 2))
    assert found.recent is not None
    assert len(MARKS.findall(found.recent.wide)) == 4


def test_what_finds_no_place_becomes_columns_that_say_so() -> None:
    log = [entry("2026-06-01", "email", dir="out")] * 7 + [entry("2025-06-01", "email", dir="in")]
    found = drawn(*log)
    assert found.recent is not None
    assert found.recent.caption.endswith("Each column is a week, on a small screen a month.")
    assert (
        'aria-label="8 emails since June 2025: 7 from you, 1 from them. The last was an email on 1 June 2026. Each column is a week."'
        in found.recent.wide
    )
    assert "7 in the week of 1 Jun 2026" in found.recent.wide
    assert "7 in Jun 2026" in found.recent.narrow


def test_eight_hundred_letters_over_forty_years() -> None:
    with LETTERS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["person"] == "Richard Beer-Hofmann"]
    log = [entry(row["date"], "letter", row["note"], dir="in" if row["direction"] == "received" else "out") for row in rows]
    found = drawn(*log, today=date(1931, 9, 20))
    assert found.whole is not None
    assert found.recent is not None
    assert found.whole.heading == "Forty years"
    assert found.whole.caption == (
        "831 letters between May 1891 and September 1931: 542 from you, 289 from them. Each column is a quarter, on a small screen a half-year."
    )
    assert found.recent.caption == "3 letters in the last two years, all from them. The last was a letter on 14 September 1931."
    assert "in summer 1899</text>" in found.whole.wide
    assert "in late 1899</text>" in found.whole.narrow
    assert sum(row[5] + row[6] for row in found.whole.table) == 831
    for figure in figures(found):
        sound(figure.wide, 752)
        sound(figure.narrow, 350)


def test_hostile_words_stay_words() -> None:
    kinds = kind_table((Kind('"><script>x', "voice", 2, 30),))
    log = [entry("2026-01-01", '"><script>x', HOSTILE)] + [entry("2026-02-01", HOSTILE, HOSTILE)] * 3
    found = timeline(log, TODAY, None, kinds)
    for figure in figures(found):
        for svg in (figure.wide, figure.narrow):
            root = ET.fromstring(svg)
            assert {element.tag for element in root.iter()} <= {"svg", "g", "path", "circle", "text", "title"}
            assert "\x00" not in svg
            assert "\u202e" not in svg
            svg.encode()
            titles = [title.text or "" for title in root.iter("title")]
            assert any("<script>alert(1)</script>" in title for title in titles)
        assert "script" not in legend_html(figure.legend) + table_html(figure.table)


def test_a_long_text_is_cut_in_its_title() -> None:
    found = drawn(*[entry("2026-01-01", "call", "word " * 400)] * 3)
    assert found.recent is not None
    assert all(len(title.text or "") < 200 for title in ET.fromstring(found.recent.wide).iter("title"))


def test_the_legend_names_what_is_there_and_the_line_where_it_means_something() -> None:
    found = drawn(entry("2026-01-01"), entry("2026-02-01"), entry("2026-03-01"))
    assert found.recent is not None
    assert [words for _, words in found.recent.legend] == ["in person"]
    found = drawn(entry("2026-01-01", "gave"), entry("2026-02-01"), entry("2026-03-01", "email"), entry("2026-03-02", "call", reached="no"))
    assert found.recent is not None
    assert [words for _, words in found.recent.legend] == [
        "in person", "in writing", "gift, favour, referral", "attempt", "on the line: together, or nobody said whose",
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "side", "above"), [("email", "out", True), ("email", "in", False), ("visit", "out", True)])
def test_from_you_is_above_the_line_and_from_them_below(kind: str, side: str, above: bool) -> None:
    found = drawn(entry("2026-01-01"), entry("2026-04-01"), entry("2026-07-01", kind, dir=side))
    assert found.recent is not None
    root = ET.fromstring(found.recent.wide)
    line = float(NUMBER.findall(next(path.get("d", "") for path in root.iter("path") if path.get("class") == "axis"))[1])
    mark = next(element for element in root.iter() if (title := element.find("title")) is not None and "Jul" in (title.text or ""))
    y = float(mark.get("cy") or NUMBER.findall(mark.get("d", ""))[1])
    assert (y < line) == above
    assert {said for _, _, _, said in texts(found.recent.wide)} >= {"from you", "from them", "today"}


def test_the_list_and_the_table_beside_a_figure() -> None:
    found = drawn(entry("2026-01-01"), entry("2026-02-01"), entry("2026-03-01"))
    assert found.recent is not None
    assert legend_html(found.recent.legend).startswith('<ul class="key"><li><svg class="k-meet"')
    assert '<th scope="row">2026</th><td class="num">3</td>' in table_html(found.recent.table)
    assert legend_html(()) == table_html(()) == ""
