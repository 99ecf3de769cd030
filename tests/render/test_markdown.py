"""Markdown to HTML: what notes look like in a page, and that nothing in them can do anything."""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plaintextcrm.render import markdown
from tests.hostile import HOSTILE, faults

MORE = int(os.environ.get("PTCRM_EXAMPLES", "0"))  # as in tests/laws
law = settings(deadline=None, database=None, derandomize=not MORE, max_examples=MORE or 200)
PEOPLE = {"bob-lee": ("people/bob-lee.html", "Bob Lee"), "work/ada": ("people/work/ada.html", "Ada <King>")}
TAGS = frozenset("p em strong del mark code pre ul ol li blockquote table thead tbody tr th td br hr a h3 h4 h5 h6".split())
INLINE_TAGS = frozenset("em strong del mark code a br".split())
ATTRIBUTES = (("a", "href"), ("a", "rel"), ("ol", "start"))
PAGES = ("people/bob-lee.html", "people/work/ada.html", "./javascript:alert(1).html")


def link(target: str) -> tuple[str, str] | None:
    return PEOPLE.get(target)


def blocks(text: str) -> str:
    return markdown.to_html(text, link).rstrip("\n")


def line(text: str) -> str:
    return markdown.inline(text, link)


def away(address: str, words: str) -> str:
    return f'<a href="{address}" rel="noreferrer noopener">{words}</a>'


BOB = '<a href="people/bob-lee.html">Bob Lee</a>'

# --- lines ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Lunch about the new job", "Lunch about the new job"),
        (' R&D > "sales" isn\'t < 5 ', "R&amp;D &gt; &quot;sales&quot; isn't &lt; 5"),
        (
            "**very** *good*, ~~no~~, ==mark==, `x < y`",
            "<strong>very</strong> <em>good</em>, <del>no</del>, <mark>mark</mark>, <code>x &lt; y</code>",
        ),
        ("snake_case_name, 2*3*4 = 24, a==b and c==d", "snake_case_name, 2<em>3</em>4 = 24, a==b and c==d"),
        ("==**both**== and ==a=b==", "<mark><strong>both</strong></mark> and <mark>a=b</mark>"),
        ("`==code==` ==x", "<code>==code==</code> ==x"),
        ("a\nb\r\nc\td", "a b c d"),
        ("said <!-- not to be\nshown -->nothing %%nor this%%.", "said nothing ."),
        ("`<!-- x -->` and `%%y%%`", "<code>&lt;!-- x --&gt;</code> and <code>%%y%%</code>"),
        ("60%% more, <!-- open", "60%% more, &lt;!-- open"),
        ("<b>loud</b>", "&lt;b&gt;loud&lt;/b&gt;"),
        ("\\*not\\* &copy; &amp;", "*not* © &amp;"),
        ("", ""),
        (" ", ""),
    ],
)
def test_a_line_is_shown_as_it_was_meant(text: str, shown: str) -> None:
    assert line(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "# 5 is alive",
        "1. mail",
        "- no",
        "+1",
        "* star",
        "> quote",
        "---",
        "***",
        "[a]: b",
        "```",
        "~~~ x",
        "    four",
        "|a|b|",
        "===",
        "10) x",
        "[ ] x",
    ],
)
def test_a_line_begins_no_block(text: str) -> None:
    assert line(text) == text.strip().replace(">", "&gt;")


@law
@given(st.text(st.characters(exclude_characters="&*\\<@[_`~=%/"), max_size=60))
def test_the_quick_way_and_the_long_way_agree(text: str) -> None:
    if "www." not in text:
        assert markdown._inline(text, link) == line(text)


LINKED = (
    "[[bob-lee]]",
    "[[nobody]]",
    "[[ada]]",
    "[",
    "]",
    "!",
    "(",
    ")",
    "(x)",
    "|",
    ":",
    ">",
    '"',
    "#",
    "^",
    " ",
    "ww",
    "w.",
    "é",
    "Ann",
    "\xa0",
    "…",
)


@law
@given(st.lists(st.sampled_from(LINKED), min_size=1, max_size=9).map("".join))
@example("![[bob-lee]]")
@example("[[[bob-lee]]]")
@example("with [[bob-lee]], [[nobody]] and [[bob-lee]]. ")
def test_the_quick_way_and_the_long_way_agree_about_links(text: str) -> None:
    if "www." not in text:
        assert markdown._inline(text, link) == line(text)


def test_a_line_without_marks_does_not_come_to_the_parser() -> None:
    """150,000 lines are to be shown in well under a second: one costs a third of one with a mark, at most."""

    def seconds(text: str) -> float:
        start = time.process_time()
        for _ in range(1000):
            markdown.inline(text, link)
        return time.process_time() - start

    plain, marked = (
        min(seconds(text) for _ in range(3))
        for text in ("Lunch about the new job in Porto, she liked the idea", "Lunch about the *new* job in Porto, she liked the idea")
    )
    assert plain < marked / 3  # by the parser it would be as much


# --- links ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("met [[bob-lee]]", f"met {BOB}"),
        ("met [[bob-lee|B & <b>]]", 'met <a href="people/bob-lee.html">B &amp; &lt;b&gt;</a>'),
        ("met [[bob-lee#Notes]]", f"met {BOB}"),
        ("met [[work/ada]]", 'met <a href="people/work/ada.html">Ada &lt;King&gt;</a>'),
        ("met [[nobody]] and [[nobody|No Body]]", "met nobody and No Body"),
        ("`[[bob-lee]]` [[]]", "<code>[[bob-lee]]</code> [[]]"),
        ("**[[bob-lee]]**", f"<strong>{BOB}</strong>"),
        ("[the man](bob-lee.md)", '<a href="people/bob-lee.html">the man</a>'),
        ("[the man](../people/bob-lee.md#log)", '<a href="people/bob-lee.html">the man</a>'),
        ("[her](./work/ada)", '<a href="people/work/ada.html">her</a>'),
        ("[a file](attachments/x.pdf) [root](/bob-lee.md) [part](#bob-lee)", "a file root part"),
        ("[site](https://a.example/?x=1&y=2 'title')", away("https://a.example/?x=1&amp;y=2", "site")),
        ("[call](tel:+351-21) [text](sms:+351) [mail](mailto:a@b.example) [map](geo:38.7,-9.1)", None),
        (
            "https://a.example, www.b.example",
            f"{away('https://a.example', 'https://a.example')}, {away('http://www.b.example', 'www.b.example')}",
        ),
        ("<tel:+351-21>", away("tel:+351-21", "tel:+351-21")),
        ("ada@b.example", away("mailto:ada@b.example", "ada@b.example")),
        ("[x](javascript:alert(1)) [y](data:,) [z](ftp://a.example)", "x y z"),
        ("![cat](https://a.example/c.png)", away("https://a.example/c.png", "cat")),
        ("![](https://a.example/c.png)", away("https://a.example/c.png", "https://a.example/c.png")),
        ("![cat](attachments/c.png) ![](attachments/my%20dog.png)", "cat my dog.png"),
        ("[![cat](https://a.example/c.png)](https://b.example)", away("https://b.example", "cat")),
    ],
)
def test_a_link_goes_to_a_page_of_the_site_or_openly_away(text: str, shown: str | None) -> None:
    html = line(text)
    assert shown is None or html == shown
    assert blocks(text) == f"<p>{html}</p>"
    assert faults(html, INLINE_TAGS, ATTRIBUTES, PAGES) == []


def test_each_scheme_of_the_list_stays_a_link() -> None:
    for address in ("http://a.example", "HTTPS://a.example", "mailto:a@b.example", "tel:+1", "sms:+1", "geo:1,2"):
        assert line(f"[x]({address})") == away(address, "x")


def test_a_page_whose_name_has_a_colon_is_no_scheme() -> None:
    assert markdown.inline("[[x]]", lambda target: ("javascript:alert(1).html", "X")) == '<a href="./javascript:alert(1).html">X</a>'


# --- blocks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\ntwo\n\nthree", "<p>one\ntwo</p>\n<p>three</p>"),
        ("one\r\n\r\ntwo\rthree", "<p>one</p>\n<p>two\nthree</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("- [ ] a\n- [x] b\n- [/] c\n- [-] d\n- [x](https://a.example)", None),
        ("# a\n### b\n# c\n## d\n###### e", "<h3>a</h3>\n<h4>b</h4>\n<h3>c</h3>\n<h4>d</h4>\n<h5>e</h5>"),
        ("### a\n## b", "<h3>a</h3>\n<h3>b</h3>"),
        (
            "|a|b|\n|-|-:|\n|1|2|",
            "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>",
        ),
        ("```python x\nif a < b:\n```", "<pre><code>if a &lt; b:\n</code></pre>"),
        ("```\n<!-- a -->\n%% b %%\n==c==\n- [ ] d\n```", "<pre><code>&lt;!-- a --&gt;\n%% b %%\n==c==\n- [ ] d\n</code></pre>"),
        ("> quote\n\n---", "<blockquote>\n<p>quote</p>\n</blockquote>\n<hr />"),
        ("a\n\n<!-- gone\n\nall of it -->\n\nb\n%%\nand\nthis\n%%\nc", "<p>a</p>\n<p>b</p>\n<p>c</p>"),
        ("<div>\n*a*\n</div>\n\n*b*", "<p>&lt;div&gt;\n<em>a</em>\n&lt;/div&gt;</p>\n<p><em>b</em></p>"),
        ("<!-- open\n\n*b*", "<p>&lt;!-- open</p>\n<p><em>b</em></p>"),
        (
            "<https://a.example>\n<a@b.example>",
            f"<p>{away('https://a.example', 'https://a.example')}\n&lt;{away('mailto:a@b.example', 'a@b.example')}&gt;</p>",
        ),
        ("a  \nb\\\nc", "<p>a<br />\nb<br />\nc</p>"),
        ("", ""),
    ],
)
def test_a_note_is_shown_as_it_was_meant(text: str, shown: str | None) -> None:
    html = blocks(text)
    assert shown is None or html == shown
    assert faults(html, TAGS, ATTRIBUTES, PAGES) == []


def test_a_task_is_a_sign_and_no_field() -> None:
    assert blocks("- [ ] a\n- [x] b\n- [/] c\n- [-] d") == "<ul>\n<li>☐ a</li>\n<li>☑ b</li>\n<li>☐ c</li>\n<li>☑ d</li>\n</ul>"
    assert blocks("- [ ] a\n\n- [X] b") == "<ul>\n<li>\n<p>☐ a</p>\n</li>\n<li>\n<p>☑ b</p>\n</li>\n</ul>"


def test_a_comment_that_was_never_meant_to_be_seen_is_not_seen() -> None:
    for text in (
        "<!-- secret -->",
        "a <!-- secret --> b",
        "x\n  <!--\nsecret\n-->\ny",
        "%%secret%%",
        "- a %%\nsecret\n%%",
        "`a <!-- secret -->",
        "`a\n\n<!-- secret --> `",
    ):
        assert "secret" not in blocks(text), text
        assert "secret" not in line(text) or "\n" in text, text


# --- nothing in it can do anything ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_shown(text: str) -> None:
    for around in (
        "{}",
        "- {}",
        "> {}",
        "# {}",
        "|{}|\n|-|\n|{}|",
        "**{}**",
        "=={}==",
        "[{}](https://a.example)",
        "[[bob-lee|{}]]",
        "[[{}]]",
        "![{}]({})",
        "a {} b",
        "<{}>",
        "`{}",
        "~~~\n{}\n~~~",
    ):
        whole = around.replace("{}", text)
        assert faults(blocks(whole), TAGS, ATTRIBUTES, PAGES) == []
        assert faults(line(whole), INLINE_TAGS, ATTRIBUTES, PAGES) == []


def test_the_kit_is_large_enough_and_the_judge_sees() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 80
    for live in (
        "<script>",
        "<img src=x>",
        "<p id=x></p>",
        '<a href="javascript:1">x</a>',
        '<a href="java\tscript:1">x</a>',
        '<a href="//e">x</a>',
        "<p>",
        "</p>",
        "<!-- -->",
        "<p",
        "\u202e",
    ):
        assert faults(live, TAGS, ATTRIBUTES, PAGES), live


PIECES = st.sampled_from(
    [
        *HOSTILE,
        *"<>[]()!*_`~=|#-+%&\"'\\\n\t :/.",
        "[[",
        "]]",
        "==",
        "~~",
        "<!--",
        "-->",
        "%%",
        "\n\n",
        "    ",
        "bob-lee",
        "https://a.example",
        "javascript:",
        "<a href=",
        "| a | b |\n|---|---|\n",
        "\n- [ ] ",
        "\n# ",
        "\n> ",
    ]
)


@law
@given(st.lists(PIECES | st.text(max_size=5), max_size=12).map("".join))
@example("`" * 3 + "<" * 3)
def test_whatever_is_put_together_is_only_shown(text: str) -> None:
    assert faults(blocks(text), TAGS, ATTRIBUTES, PAGES) == []
    assert faults(line(text), INLINE_TAGS, ATTRIBUTES, PAGES) == []
    assert blocks(text) == blocks(text)


@pytest.mark.parametrize(
    "html",
    [
        "<script>",
        "<p onclick=x>",
        "<p",
        "<a href='x'>",
        '<a href="x" id="y">',
        "<img src=x>",
        '<input type="checkbox" />',
        "<h1 id=x>",
        "<!-- -->",
    ],
)
def test_a_tag_that_is_not_on_the_list_would_be_shown_as_text(html: str) -> None:
    """Whatever a later comrak may write."""
    assert "<" not in markdown._vetted(html, link)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "*" * 100_000,
        "*a " * 50_000,
        "*a **b " * 30_000,
        ">" * 100_000,
        "> " * 50_000,
        "- " * 50_000,
        "a" * 1_000_000,
        " " * 500_000 + "<",
        "`" * 100_000,
        "`a" * 50_000,
        "".join("`" * length + "a" for length in range(1, 500)),
        "\n\n`" * 50_000,
        "[[" * 50_000,
        "[[a|" * 30_000,
        "[a](" * 30_000,
        "![" * 50_000,
        "<" * 100_000,
        "<!--" * 30_000,
        "%% `a" * 30_000,
        "==a" * 50_000,
        "== a==" * 30_000,
        "==<em>" * 30_000,
        "&" * 100_000,
        "www." * 30_000,
        "a@" * 50_000,
        "|a" * 50_000 + "\n" + "|-" * 50_000 + "\n",
        "a|" * 2000 + "\n" + "-|" * 2000 + "\n" + "a\n" * 2000,
        "a|" * 90 + "\n" + "-|" * 90 + "\n" + "a\n" * 2000,
        "~~~\n```\n" * 20_000,
        "[x](../" * 30_000,
        "[x](" + "../" * 100_000 + ")",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_what_was_made_to_take_for_ever_takes_no_second(text: str) -> None:
    start = time.process_time()
    html = markdown.to_html(text, link)
    markdown.inline(text, link)
    assert time.process_time() - start < 5  # both, on a busy machine
    assert len(html) < 10 * len(text) + 1000
