"""The small signs: shapes that differ, names for who cannot see them, nothing that could be obeyed."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaintextcrm.render.signs import bar, kind_sign, moon, number, occasion_sign, promise_sign, safe

STATES = ("fresh", "soon", "due", "overdue", "lapsed", "new")
ALL = (
    *[moon(state, size, paused, state) for state in STATES for size in (16, 24) for paused in (False, True)],
    *[kind_sign(group, attempt) for group in ("meet", "voice", "write", "give", "other", "podcast") for attempt in (False, True)],
    *[occasion_sign(kind) for kind in ("birthday", "work anniversary", "date", "plan", '"><b>')],
    promise_sign(True), promise_sign(False), *[bar(freshness, state, 176) for state in (*STATES, "", "on-file") for freshness in (0, 38, 100)],
)  # fmt: skip


@pytest.mark.parametrize("sign", ALL)
def test_a_sign_is_one_small_drawing_without_a_style_a_script_or_an_id(sign: str) -> None:
    root = ET.fromstring(sign)
    assert root.tag == "svg"
    assert ("aria-hidden" in root.attrib) != ("aria-label" in root.attrib)
    for element in root.iter():
        for name in element.attrib:
            assert name not in ("style", "id", "href")
            assert not name.startswith("on")
    colours = [element.get(name) for element in root.iter() for name in ("fill", "stroke")]
    assert set(colours) <= {None, "none", "currentColor"}


def test_no_two_states_and_no_two_kinds_have_one_shape() -> None:
    shapes = [moon(state).partition(">")[2] for state in STATES] + [moon("due", paused=True).partition(">")[2]]
    assert len(set(shapes)) == 7
    kinds = [kind_sign(group).partition(">")[2] for group in ("meet", "voice", "write", "give", "other")] + [
        kind_sign("meet", True).partition(">")[2]
    ]
    assert len(set(kinds)) == 6
    assert len({occasion_sign("birthday"), occasion_sign("work anniversary"), occasion_sign("date")}) == 3


def test_those_on_file_and_the_deceased_have_no_moon() -> None:
    assert moon("on-file") == moon("") == ""


def test_a_moon_says_its_word_or_is_hidden() -> None:
    assert 'class="moon s-overdue" role="img" aria-label="quiet" width="16"' in moon("overdue", word="quiet")
    assert 'aria-hidden="true"' in moon("overdue")


def test_the_bar_is_as_long_as_it_is_fresh_and_has_its_mark_in_the_middle() -> None:
    drawn = bar(38, "due", 200)
    assert '<rect class="fill s-due" y="3" width="76" height="4"/>' in drawn
    assert '<rect class="mark" x="99.5" width="1" height="10"/>' in drawn
    assert 'class="fill s-lapsed" y="3" width="200"' in bar(140, "", 200)


@given(st.text())
def test_words_stay_words(text: str) -> None:
    root = ET.fromstring(moon("due", word=text or "x"))
    assert root.get("aria-label", "").replace(" ", "") == "".join((text or "x").split()).translate({}) or not text.isprintable()
    assert not {"<", ">", '"', "'"} & set(safe(text))


def test_controls_and_what_turns_text_round_are_left_out() -> None:
    assert safe("a\x00b\x1b[31m\u202ec\ud800\ufffe\nd") == "ab[31mc d"


@given(st.floats(-2000, 2000))
def test_numbers_have_two_digits_at_most(value: float) -> None:
    text = number(value)
    assert len(text.partition(".")[2]) <= 2
    assert abs(float(text) - value) <= 0.005001
    assert not text.endswith((".", "e"))
    assert not ("." in text and text.endswith("0"))
