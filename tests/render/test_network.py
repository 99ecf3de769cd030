"""A picture of people as SVG: read by an XML parser, measured, and hostile names are only text."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree

import pytest

from plaintextcrm.core.reports.shapes import Node, Picture
from plaintextcrm.render.network import LETTER, LONGEST, ROW, network_svg
from tests.make import contact
from tests.reports.people import told

SVG = "{http://www.w3.org/2000/svg}"
TREE = Picture(
    (Node("", "Marta", 0, 0.5, 2, "me"), Node("a", "Ada King", 0.5, 0.25, 1, "coi"), Node("b", "Bob", 0.5, 0.75), Node("c", "Eve", 1, 0.25, 0, "gone")),
    ((0, 1, "in touch"), (0, 2, "in touch"), (1, 3, "sent")),
)  # fmt: skip


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def names(root: ElementTree.Element) -> list[tuple[str, float, float]]:
    return [(text.text or "", float(text.attrib["x"]), float(text.attrib["y"])) for text in root.iter(f"{SVG}text")]


def test_it_is_an_image_with_a_name_and_everybody_in_it_once():
    root = parsed(network_svg(TREE, "Who brought whom"))
    assert root.attrib["role"] == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == "Who brought whom"
    assert sorted(name for name, _, _ in names(root)) == ["Ada King", "Bob", "Eve", "Marta"]
    assert [path.attrib["class"] for path in root.iter(f"{SVG}path")] == ["tie in touch", "tie in touch", "tie sent"]


def test_kinds_differ_in_shape_not_only_in_colour():
    root = parsed(network_svg(TREE, "x"))
    marks = {
        (group.attrib["class"]): [(child.tag.removeprefix(SVG), child.attrib.get("fill")) for child in group if child.tag != f"{SVG}text"]
        for group in root.iter(f"{SVG}g")
        if group.attrib.get("class", "").startswith("who")
    }
    assert marks == {
        "who me": [("rect", None)], "who coi": [("circle", None), ("circle", "none")], "who ": [("circle", None)], "who gone": [("circle", "none")],
    }  # fmt: skip


def test_no_colour_is_fixed_so_that_light_and_dark_both_work():
    svg = network_svg(TREE, "x")
    assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg)) == {"currentColor", "none"}
    assert "style=" not in svg
    assert "font-family" not in svg


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x onerror=y>', "A & B", "\x00\u202eevil\ufffe", "]]>"])
def test_a_hostile_name_is_only_text(name: str):
    root = parsed(network_svg(Picture((Node("x", name, 0, 0.5),), ()), name))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {"svg", "title", "g", "circle", "text"}
    assert all(text.isprintable() for text, _, _ in names(root))


def test_a_long_name_is_cut_and_kept_whole_in_its_title():
    name = "Sir Barnaby Aloysius St. John Crisp, Bt., of nowhere"
    root = parsed(network_svg(Picture((Node("x", name, 0, 0.5),), ()), "x"))
    shown = names(root)[0][0]
    assert shown.endswith("…")
    assert len(shown) <= LONGEST
    assert name.startswith(shown[:-1])
    assert [title.text for title in root.iter(f"{SVG}title")] == ["x", name]


def test_nobody_is_no_picture():
    assert network_svg(Picture((), ()), "x") == ""


def test_three_hundred_names_never_touch_and_stay_in_the_drawing():
    roots = [
        contact(f"name: Root number {at}", *(f"- 2020-01-{1 + n:02} referral-in: [[p{at}-{n}]]" for n in range(9)), id=f"r{at:03}")
        for at in range(30)
    ]
    sent = [contact(f"name: Person {at} and {n}", id=f"p{at}-{n}") for at in range(30) for n in range(9)]
    picture = told("referrals", *roots, *sent, today=date(2026, 11, 21)).picture
    assert picture is not None
    assert len(picture.nodes) == 301
    root = parsed(network_svg(picture, "x"))
    wide, high = (float(root.attrib[key]) for key in ("width", "height"))
    placed = sorted(names(root), key=lambda name: (name[1], name[2]))
    for (name, x, y), (_, x2, y2) in zip(placed, placed[1:], strict=False):
        assert (y2 - y >= ROW - 0.1) if x == x2 else (x + LETTER * len(name) < x2)
    assert all(x > 0 and x + LETTER * len(name) <= wide and 0 < y < high for name, x, y in placed)
