"""A stranger's vault: whatever it says, wherever, it is text."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.looking import OPEN_ALL, Looker, Site
from tests.hostile import ADDRESSES, ATTRIBUTES, HOSTILE, OTHER, RAW_HTML
from tests.make import vault

Looking = Callable[..., Looker]
KEYS = (
    "name",
    "role",
    "company",
    "location",
    "why",
    "met_at",
    "linkedin",
    "website",
    "prefers",
    "owner",
    "successor",
    "referred_by",
    "address",
    "tier",
    "status",
)
LISTS = ("aliases", "tags", "groups", "hobbies", "needs", "offers", "family", "email", "phone", "knows", "dates")
LIVE = "script:not([src]):not([type='application/json']), iframe, object, embed, form, base, style, [style], img, video, audio, foreignObject, animate, math"
FLAGS = """
window.fired = [];
for (const name of ['alert', 'confirm', 'prompt', 'open', 'print']) window[name] = (...said) => window.fired.push(name + said);
"""


def yaml(text: str) -> str:
    """A YAML double-quoted scalar; JSON is one, but for a lone surrogate."""
    return json.dumps(text.encode("utf-8", "replace").decode()).replace("\x7f", "")


def one_line(text: str) -> str:
    return " ".join(text.encode("utf-8", "replace").decode().replace("\x00", "").split())


def nasty(number: int) -> str:
    """A contact with hostile texts everywhere, other ones in each."""
    say = [HOSTILE[(number * 31 + place) % len(HOSTILE)] for place in range(len(HOSTILE))]
    lines = [f"{key}: {yaml(say[place])}" for place, key in enumerate(KEYS)]
    lines += [f"{key}: [{yaml(say[20 + place])}, {yaml(say[40 + place])}]" for place, key in enumerate(LISTS)]
    lines += ["birthday: 1980-11-23", f"{'x' * (number + 1)}_own: {yaml(say[60])}"]
    log = [f"- 2026-{month:02}-{day:02} {kind}: {one_line(say[month * 5 + day])} [dir:: {side}]\n  {one_line(say[month + day])}" for month, day, kind, side in
           ((11, 18, "call", "in"), (9, 3, "coffee", "out"), (7, 4, "<b>", "in"), (3, 9, "letter", "out"))]  # fmt: skip
    log.append(f"  - [ ] {one_line(say[70])} [due:: 2026-11-2{number % 9}]")
    text = "\n".join(
        ["---", *lines, "---", "", f"# {one_line(say[71])}", "", say[72], "", say[73], "", say[74], "", "## Interactions", "", *log, ""]
    )
    return text.encode("utf-8", "replace").decode()


SETTINGS = f"""\
name = {json.dumps(RAW_HTML[8])}

[tiers]
"<b>A" = {{ cadence = "1 month", weight = 3 }}

[due]
default_cadence = "1 month"

[me]
name = {json.dumps(RAW_HTML[0])}
hobbies = {json.dumps([RAW_HTML[16], ATTRIBUTES[0]])}

[team."<img src=x onerror=alert(1)>"]
name = {json.dumps(RAW_HTML[16])}

[kinds]
"<script>alert(1)</script>" = {{ touch = true, strength = 1, minutes = 5 }}

[site]
title = {json.dumps("</title><script>alert(1)</script>" + ATTRIBUTES[0])}
show_tier = true
private = []

[git]
commit = false
"""
FILES = {f"n{number}": nasty(number) for number in range(12)} | {
    "Ada <img src=x onerror=alert(1)>": nasty(13),
    'it\'s "quoted" & <b>': nasty(14),
    "broken": "---\nname: <script>alert(1)</script>\ncadence: '\"><img src=x onerror=alert(1)>'\nbirthday: </script><script>alert(1)</script>\n---\n- 2026-13-45 <svg onload=alert(1)>\n",
}


@pytest.fixture(scope="session")
def hostile(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A vault that means harm."""
    from tests.browser.conftest import TODAY, built

    base = tmp_path_factory.mktemp("hostile")
    return built(base, vault(base / "people", dict(FILES), SETTINGS), TODAY)


def test_nothing_of_a_hostile_vault_comes_alive(hostile: Site, look: Looking) -> None:
    pages = hostile.pages()
    assert len(pages) > 18
    looker = look(hostile)
    looker.page.add_init_script(FLAGS)
    for path in pages:
        for day in (hostile.today, "2026-11-25") if path in ("index.html",) else (hostile.today,):
            page = looker.open(path, day)
            page.evaluate(OPEN_ALL)
            assert looker.too_wide() == []
            assert page.eval_on_selector_all(LIVE, "all => all.map((one) => one.outerHTML.slice(0, 120))") == [], path
            script = """all => all.flatMap((one) => [...one.attributes]).filter((one) => /^on/i.test(one.name) ||
                /^(href|src|action|formaction)$/i.test(one.name) && /^\\s*(javascript|data|vbscript|blob|file):/i.test(one.value)).map((one) => one.name + '=' + one.value)"""
            assert page.eval_on_selector_all("body *", script) == [], path
            assert page.locator("script").count() <= 2, path
            assert page.evaluate("window.fired") == [], path
    assert looker.faults == []


def test_it_is_shown_as_text_and_breaks_no_page(hostile: Site, look: Looking) -> None:
    looker, wrong = look(hostile, 320), []
    for path in hostile.pages():
        looker.open(path)
        looker.page.evaluate(OPEN_ALL)
        wrong += looker.too_wide()
    assert wrong == []
    looker = look(hostile)
    text = looker.open("contacts/n0.html").inner_text("body")
    assert "<script>" in text
    assert looker.page.title() == one_line(FILES["n0"] and RAW_HTML[0]) + " · " + looker.page.title().split(" · ", 1)[1]


def test_what_is_typed_into_the_filter_stays_words(hostile: Site, look: Looking) -> None:
    looker = look(hostile)
    looker.page.add_init_script(FLAGS)
    page = looker.open("people.html")
    for words in (*RAW_HTML[:20], *ATTRIBUTES, *OTHER[:8], *ADDRESSES[:8]):
        page.fill("#filter", words.encode("utf-8", "replace").decode())
    assert page.evaluate("window.fired") == []
    assert page.eval_on_selector_all(LIVE, "all => all.length") == 0


def test_an_address_of_a_page_moves_nothing(hostile: Site, look: Looking) -> None:
    looker = look(hostile)
    looker.page.add_init_script(FLAGS)
    for tail in ("?day=<script>alert(1)</script>", "?day=9999-99-99", "#day=0001-01-01", "?day=2026-11-25#<img src=x onerror=alert(1)>"):
        looker.page.goto((hostile.folder / "index.html").as_uri() + tail)
        assert looker.page.evaluate("window.fired") == []
        assert looker.page.inner_text("h1")
