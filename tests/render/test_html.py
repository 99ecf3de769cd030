"""The pages as HTML: whatever the texts are, the structure is ours."""

from __future__ import annotations

import json
import re
from datetime import date
from html.parser import HTMLParser

import pytest

from plaintextcrm.core.pages.shapes import (
    Bar,
    Common,
    Day,
    Digest,
    Entry,
    Fact,
    Frame,
    Line,
    Link,
    Mistake,
    Month,
    Person,
    Problems,
    Promise,
    Report,
    Stats,
    Table,
    Today,
    TodayRow,
    Week,
)
from plaintextcrm.core.reports.shapes import Step
from plaintextcrm.edge.assets import PAGES, static, template
from plaintextcrm.render.escaping import escaped, vetted
from plaintextcrm.render.html import Pages, Templates

READY = Templates(template)
HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</title></script></style></template><svg onload=alert(1)>",
    "' autofocus onfocus=alert(1) x='",
    "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}",
    "]]>--><!--",
    "&lt;b&gt; &amp;",
    "a\x00b\x1b[31m\u202etxt\u2066",
    "\udcff\udc80 lone",
    "[x](javascript:alert(1)) ![p](https://evil.example/p.png) <iframe src=//evil.example>",
    "[[nobody|<b>words</b>]]",
    "x" * 500,
    "",
)
VOID = frozenset("meta link br hr input img rect path circle line".split())
ALLOWED = frozenset(
    """html head meta title link script body a header nav ul ol li main div p h1 h2 h3 h4 h5 h6 section span code kbd button details summary
    template footer dl dt dd b time table caption thead tbody tr th td abbr figure figcaption svg g rect path circle line text tspan polygon
    title input em strong del mark pre blockquote br hr defs symbol use ellipse""".split()
)


class Reader(HTMLParser):
    """What a browser would make of a page: every tag with its attributes, and whether they close as they opened."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.unbalanced: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        self.unbalanced += self._open

    def handle_starttag(self, tag, attrs):  # type: ignore[no-untyped-def]
        assert len(dict(attrs)) == len(attrs), f"{tag} has an attribute twice: {attrs}"
        self.tags.append((tag, {key: value or "" for key, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):  # type: ignore[no-untyped-def]
        self.tags.append((tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag):  # type: ignore[no-untyped-def]
        if self._open and self._open[-1] == tag:
            self._open.pop()
        else:
            self.unbalanced.append(f"/{tag} in {self._open[-3:]}")

    def handle_data(self, data):  # type: ignore[no-untyped-def]
        self.words.append(data)


def frame(text: str, root: str = "") -> Frame:
    nav = (Link("Today", "index.html"), Link("People", "people.html"))
    return Frame(root, text, nav, "Today", "2026-11-21", "Saturday, 21 November 2026", 3, 1, (Link(text, "due/lee.html"),))


def line(text: str, sign: str = "birthday", state: str = "") -> Line:
    return Line(sign, state, text, text, text, text, text)


def entry(text: str) -> Entry:
    return Entry("2026-10-09", text, text, "meet", False, text, True, text, (text,))


def digest(text: str) -> Digest:
    return Digest(
        text, text, "due", False, text, text, (text,), text, text, (Fact(text, text, text, 38),), (Promise(text, text, True),),
        (Promise(text, text, False),), ((text, Link(text, text)), ("Mail", Link(text, "mailto:a@example.com"))), text, (line(text),), text,
        Common(text, text), (Common(text, "contacts/bo.html"),), (Common(text, "", True),), ((text, text),), (text,), f"# {text}\n\n{text}",
        (entry(text), *[entry(text)._replace(on="2025-10-09")] * 9), (), "", text, text,
    )  # fmt: skip


def today(text: str) -> Today:
    row = TodayRow(text, text, text, "due", False, text, text, text, 38, text, (Link(text, text), Link(text, "tel:+351")), text)
    lines = tuple(line(text, sign, "due") for sign in ("birthday", "plan", "promise", "theirs", "next contact", "state"))
    data: dict[str, object] = {"built": 739_941, "people": [{"id": text, "name": text, "hook": text}], text: text}
    return Today(text, text, (row,), text, (text,), lines, 7, lines, lines, lines, data)


def person(text: str) -> Person:
    return Person(text, text, text, "due", text, False, text, text, text, text, 43, 38, text, text, text, json.dumps({"name": [text]}))


def months(text: str) -> tuple[Month, ...]:
    day = Day("2026-11-24", 24, (line(text), line(text, "state", "due")), 4)
    return (Month("November 2026", ((None, 1, day, 2, 3, 4, 5),), (day,)), Month(text, ((1, 2, 3, 4, 5, 6, 7),), ()))


def stats(text: str) -> Stats:
    weeks = tuple(Week(date.fromordinal(739_213 + 7 * week).isoformat(), week % 12, 7) for week in range(104))
    return Stats(
        text,
        weeks,
        ((text, 0), ("Jan", 6)),
        ((text, 3),),
        (Bar(text, 3, 50, "meet"),),
        (Bar(text, 3, 50, "due"),),
        (Fact(text, text, text),),
    )


def listed(told: Report) -> tuple[str, str, str]:
    """A report as the page of all reports has it."""
    return told.name, told.question, told.sentences[0] if told.sentences else ""


def report(text: str) -> Report:
    return Report(
        text, text, (text, text), (Table(text, (text, "n"), ((Link(text, text), 3), (text, 1.5), (None, None))), Table(text, (text,), ()))
    )


def problems(text: str) -> Problems:
    return Problems(
        text, (Mistake(text, text, text, text, text, True, text), Mistake(text, text, text, "", "", False, "contacts/a.html")), 2
    )


def link(target: str) -> tuple[str, str] | None:
    return ("contacts/bo.html", "<b>Bo</b>") if target == "bo" else None


def every_page(text: str) -> dict[str, str]:
    pages, top, below = Pages(link, READY), frame(text), frame(text, "../")
    made = {
        "today": pages.today(top, today(text)),
        "digest": pages.digest(below, digest(text), None),
        "people": pages.people(top, [pages.person_row(person(text), top)] * 2, 2),
        "calendar": pages.calendar(top, months(text)),
        "stats": pages.stats(top, stats(text)),
        "problems": pages.problems(top, problems(text)),
        "reports": pages.reports(top, (listed(report(text)),)),
        "report": pages.report(below, report(text)),
    }
    return {name: page.decode() for name, page in made.items()}


@pytest.fixture(scope="module", params=HOSTILE, ids=range(len(HOSTILE)))
def pages(request: pytest.FixtureRequest) -> dict[str, Reader]:
    return {name: Reader(page) for name, page in every_page(request.param).items()}


def test_no_text_becomes_a_node(pages: dict[str, Reader]):
    for name, page in pages.items():
        assert not page.unbalanced, (name, page.unbalanced)
        assert {tag for tag, _ in page.tags} <= ALLOWED, name
        for tag, attributes in page.tags:
            assert not [key for key in attributes if key.startswith("on") or key in ("style", "srcdoc", "formaction", "ping")], (name, tag)
            for key in ("href", "src"):
                if tag != "link" and key in attributes:
                    assert not re.match(r"\s*(?:javascript|data|vbscript|file):|[/\\]", attributes[key], re.IGNORECASE), (name, attributes)


def test_the_policy_comes_first_and_the_page_has_one_style_one_script_and_its_data(pages: dict[str, Reader]):
    for name, page in pages.items():
        head = [tag for tag, _ in page.tags]
        assert head[:3] == ["html", "head", "meta"], name
        assert page.tags[2][1]["http-equiv"] == "Content-Security-Policy"
        assert page.tags[2][1]["content"].startswith("default-src 'none'; style-src 'self'; script-src 'self';")
        assert ("html", {"lang": "en"}) in page.tags
        assert ("meta", {"name": "referrer", "content": "no-referrer"}) in page.tags
        assert [tag for tag, _ in page.tags].count("link") == 1
        scripts = [attributes for tag, attributes in page.tags if tag == "script"]
        assert [one for one in scripts if "src" in one] == [{"src": f"{'../' if name in ('digest', 'report') else ''}page.js", "defer": ""}]
        assert [one for one in scripts if "src" not in one] == ([{"type": "application/json", "id": "data"}] if name == "today" else [])


def test_the_headings_of_a_page_are_in_order(pages: dict[str, Reader]):
    for name, page in pages.items():
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
        assert levels.count(1) == 1, name
        assert levels[0] == 1, name
        assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False)), (name, levels)


def test_ids_are_there_once_and_no_page_has_a_form_or_a_picture_from_elsewhere(pages: dict[str, Reader]):
    for name, page in pages.items():
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids)), name
        assert not {tag for tag, _ in page.tags} & {"form", "img", "iframe", "object", "embed", "base", "style", "video", "audio"}, name


def test_a_text_is_shown_as_what_it_is():
    text = "<b>Ada</b> & \"Bo\" 'Lee'"
    for name, page in every_page(text).items():
        if name != "digest":
            assert text in Reader(page).words or any(text in words for words in Reader(page).words), name


def test_the_data_of_the_script_is_what_was_given():
    text = "</script><script>alert(1)</script> & '\u2028'"
    page = every_page(text)["today"]
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    assert json.loads(data[1])[text] == text


def test_what_a_filter_looks_at_survives_its_attribute():
    keys = json.dumps({"name": ["o'neil & <co>", '"quoted"']})
    row = Pages(link, READY).person_row(person("Ada")._replace(keys=keys), frame("x"))
    assert Reader(f"<table>{row}</table>").tags[1][1]["data-keys"] == keys


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", "JAVASCRIPT:x", " javascript:x", "java\tscript:x", "//evil.example", "/etc/passwd", "\\\\evil", "data:text/html,x",
     "vbscript:x", "file:///etc/passwd", "https://a b", "https://a\"b", "x:y", "a/b:c", "", "\x00x", "https:"],
)  # fmt: skip
def test_an_address_that_is_not_on_the_list_is_no_link(href: str):
    assert vetted("", href) == ""


@pytest.mark.parametrize("href", ["https://example.com/a?b=1&c", "http://x", "mailto:a@example.com", "tel:+351", "sms:1", "geo:1,2"])
def test_an_address_of_six_schemes_is_a_link(href: str):
    assert vetted("../", href) == href


def test_a_page_of_ours_is_reached_from_where_the_page_is():
    assert vetted("../", "contacts/ada.html") == "../contacts/ada.html"
    assert vetted("", "../../contacts/ada%20b.md#log") == "../../contacts/ada%20b.md#log"
    page = Pages(link, READY).digest(frame("x", "../"), digest("[[bo]]"), None).decode()
    assert '<a href="../contacts/bo.html">&lt;b&gt;Bo&lt;/b&gt;</a>' in page


def test_what_is_not_there_has_no_heading():
    bare = Digest(
        "b",
        "Bo",
        "",
        False,
        "deceased",
        "",
        (),
        "",
        "",
        (),
        (),
        (),
        (),
        "",
        (),
        "",
        None,
        (),
        (),
        (),
        (),
        "",
        (),
        (),
        "",
        "",
        "b.md",
    )
    page = Pages(link, READY).digest(frame("x", "../"), bare, None).decode()
    assert re.findall("<h2>(.*?)</h2>", page) == ["Log, newest first", "The file"]
    assert "<svg" not in page


def test_with_one_person_there_is_nothing_to_filter_or_to_sort():
    pages, around = Pages(link, READY), frame("x")
    one = pages.people(around, [pages.person_row(person("Ada"), around)], 1).decode()
    assert 'id="filter"' not in one
    assert "data-sort" not in one
    assert "<table" not in pages.people(around, [], 0).decode()


def test_the_tier_has_a_column_only_where_somebody_has_one():
    pages, around = Pages(link, READY), frame("x")
    assert "untiered" in pages.people(around, [pages.person_row(person("Ada")._replace(tier=""), around)], 1).decode()
    assert "untiered" not in pages.people(around, [pages.person_row(person("Ada")._replace(tier="A"), around)], 1).decode()


def test_a_thousand_people_stand_in_chunks():
    pages, around = Pages(link, READY), frame("x")
    page = pages.people(around, [pages.person_row(person(str(number)), around) for number in range(1000)], 1000).decode()
    assert page.count("<tbody>") == 10
    assert page.count('<th scope="row"') == 1000


def test_two_builds_share_templates_and_nothing_else():
    ours, theirs = Pages(link, READY), Pages(lambda target: ("contacts/other.html", "Other"), READY)
    page = digest("[[bo]]")
    first = ours.digest(frame("x", "../"), page, None)
    assert b"other.html" in theirs.digest(frame("y", "../"), page, None)
    assert ours.digest(frame("x", "../"), page, None) == first
    assert b"other.html" not in first


def test_numbers_of_a_report_stand_right_and_alike():
    page = (
        Pages(link, READY).report(frame("x", "../"), Report("q", "Q", ("s",), (Table("t", ("who", "n"), (("a", 1.5), ("b", 3))),))).decode()
    )
    assert '<td class="num">1.5</td>' in page
    assert '<td class="num">3.0</td>' in page


def test_a_word_between_backticks_is_code_in_the_sentences_of_a_report():
    told = Report(
        "q", "Q", ("Neither `met` nor `<b>`.",), (Table("t", ("who",), (), "As `knows` says.", "No `needs`."),), (Step("Say `owner`", ""),)
    )
    shown = Pages(link, READY).report(frame("x", "../"), told).decode() + Pages(link, READY).reports(frame("x"), (listed(told),)).decode()
    assert shown.count("Neither <code>met</code> nor <code>&lt;b&gt;</code>.") == 2
    assert "No <code>needs</code>." in shown
    assert "Say <code>owner</code>" in shown
    assert "`" not in shown.partition("<main")[2]


def test_escaping_leaves_plain_text_alone():
    assert escaped("Ada & <Bo>\x00") == "Ada &amp; &lt;Bo&gt;\ufffd"
    assert escaped(3) == "3"


def test_what_comes_with_the_pages_asks_nothing_of_the_network():
    for name in PAGES:
        content = static(name)
        assert b"http://" not in content and b"https://" not in content.replace(b"https?:", b"")  # noqa: PT018


def test_two_renderings_are_the_same():
    assert every_page("Ada") == every_page("Ada")
