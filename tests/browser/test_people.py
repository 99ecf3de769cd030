"""Everybody in one table: the filter finds whom the command finds, columns sort, keys move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import unquote

import pytest

from plaintextcrm.app.vaults import open_vault
from plaintextcrm.core import query
from plaintextcrm.core.standing import Rules, stand
from plaintextcrm.edge import indexes
from plaintextcrm.edge.index import Whose
from tests.browser.looking import Looker, Site
from tests.make import ptcrm

Looking = Callable[..., Looker]
COMMON = (
    "ada", "Ström", "strom", "iris", "lumen", "client", "frie", "lisb", "nelly", "o'neil", "sohne", "-ada", "ada lumen", "ada bo", "tie-a", "king ada",
    "city:lisbon", "city:porto", "location:paulo", "place:sao", "tag:client", "tag:client,friend", "tag:client|friend", "tags:#friend",
    "-tag:client", "tag:cli", "tag:cli*", "state:due", "state:overdue", "state:lapsed", "state:new", "state:soon,due", "-state:fresh", "state:on-file",
    "last:..2026-06-01", "last:2026-10-01..2026-10-31", "last:..6m", "last:..2w", "last:2026-11-01", "last>2026-11-01", "last<=2026-11-01",
    "due:..7d", "due:..2w", "due:..0", "due:2026-12-01..", "due:1w..1m", "next:..30d", "has:birthday", "has:email", "-has:email",
    "missing:email", "missing:birthday", "has:tags", "has:met_at", "has:coi", "coi:yes", "coi:no", "five:next", "has:last", "missing:last", "has:interactions",
    "interactions:2..", "interactions:0", "ratio:1.5..", "freshness:60..", 'company:"Lumen Press"', 'company:"lumen press" tag:client', "company:acme",
    "hobby:sail*", "hobby:sailing", "role:edit", "role:editor", "name:nelly", "alias:nelly", "status:archived", "city:lisbon -tag:friend", "id:ada",
    "org:acme", "title:editor", "group:x", "-city:lisbon -tag:client", "zzz", "hobbies:sailing city:paulo",
)  # fmt: skip
TIERED = ("tier:A", "tier:A,B", "-tier:A", "tier:c", "has:tier", "missing:tier", "tier:A city:lisbon", "tier:A state:due", "tier:x")
OFTEN = (
    "lisbon",
    "city:lisbon",
    "has:birthday",
    "missing:phone",
    "state:due",
    "due:..7d",
    "last:..3m",
    "tag:client",
    "company:keller",
    "porto",
    "wrona",
)


class Finder:
    """Whom the command finds."""

    def __init__(self, site: Site) -> None:
        today = date.fromisoformat(site.today)
        self.settings = open_vault(str(site.vault), {}, site.vault, today, cache=False).settings
        self.today, self.index = today, indexes.open_index(Whose(site.vault, self.settings), cache=False)
        rules = Rules(self.settings)
        counts = {contact.id: sum(on <= today.toordinal() for on in facts.days) for contact, facts in self.index.contacts()}
        self.people = [query.Person(contact, stand(facts, rules, today), counts[contact.id]) for contact, facts in self.index.contacts()]

    def ids(self, words: str) -> list[str]:
        """The ids, private people left out."""
        holds = query.parse(query.split(words), self.settings, self.today).holds
        return sorted(one.contact.id for one in self.people if holds(one) and not one.contact.is_true("private"))


HREFS = "() => [...document.querySelectorAll('#folk tbody:not([hidden]) tr:not([hidden]) .nm a')].map((one) => one.getAttribute('href'))"
FILTER_ALL = f"""filters => filters.map((words) => {{
  const field = document.querySelector('#filter');
  field.value = words;
  field.dispatchEvent(new Event('input', {{ bubbles: true }}));
  return ({HREFS})();
}})"""


def id_of(href: str) -> str:
    """The id that a page is of."""
    return unquote(href).removeprefix("contacts/").removesuffix(".html")


def shown(looker: Looker) -> list[str]:
    """The ids of the rows that can be seen, in order."""
    return [id_of(href) for href in looker.page.evaluate(HREFS)]


@pytest.mark.parametrize(("name", "filters"), [("made", (*COMMON, *TIERED)), ("example", (*OFTEN, *COMMON[::4]))])
def test_a_filter_finds_whom_the_command_finds(name: str, filters: tuple[str, ...], request: pytest.FixtureRequest, look: Looking) -> None:
    site: Site = request.getfixturevalue(name)
    finder, looker = Finder(site), look(site)
    looker.open("people.html")
    wrong = []
    for words, found in zip(filters, looker.page.evaluate(FILTER_ALL, list(filters)), strict=True):
        expected = finder.ids(words)
        found = sorted(map(id_of, found))
        if found != expected:
            wrong.append(
                f"{words}: only on the page {sorted(set(found) - set(expected))}, only in the command {sorted(set(expected) - set(found))}"
            )
    finder.index.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("words", ["city:lisbon", "-tag:friend", "due:..7d", "tier:A", "state:due"])
def test_the_real_command_finds_the_same(words: str, made: Site, look: Looking) -> None:
    looker = look(made)
    looker.open("people.html")
    looker.page.fill("#filter", words)
    ran = ptcrm(made.vault, "list", words, "--format", "ids")
    assert sorted(shown(looker)) == sorted(ran.out.split())


def test_tiers_are_on_the_page_only_where_they_are_shown(made: Site, example: Site, look: Looking) -> None:
    looker = look(made)
    looker.open("people.html")
    assert "tier:A" in (looker.page.get_attribute("#filter", "placeholder") or "")
    assert "A" in looker.seen("#folk tbody .tr")
    looker.page.fill("#filter", "tier:x")
    assert looker.seen("#nobody") == ["Nobody matches. Try fewer words."]
    looker = look(example)
    looker.open("people.html")
    assert "tier" not in (looker.page.get_attribute("#filter", "placeholder") or "")
    assert looker.seen("#folk .tr") == []
    for words in ("tier:A", "city:lisbon tier:A", "has:tier"):
        looker.page.fill("#filter", words)
        assert shown(looker) == []
        assert looker.seen("#nobody") == ["Nobody matches: tiers are not on these pages."]
    looker.page.fill("#filter", "zzzz")
    assert looker.seen("#nobody") == ["Nobody matches. Try fewer words."]


def test_a_count_is_told_while_one_types(made: Site, look: Looking) -> None:
    looker = look(made)
    looker.open("people.html")
    assert looker.page.get_attribute("#count", "role") == "status"
    whole = len(shown(looker))
    assert looker.page.inner_text("#count") == f"{whole} people"
    looker.page.fill("#filter", "city:lisbon")
    looker.until("document.querySelector('#count').textContent.includes(' of ')")
    assert looker.page.inner_text("#count") == f"{len(shown(looker))} of {whole} people"
    looker.page.fill("#filter", "zzzz")
    assert looker.seen("#nobody") == ["Nobody matches. Try fewer words."]
    assert looker.page.is_hidden("#folk")
    assert looker.barriers() == []


def test_half_typed_words_break_nothing(made: Site, look: Looking) -> None:
    looker = look(made)
    looker.open("people.html")
    for words in (
        '"',
        "-",
        ":",
        "tier:",
        "last:..",
        'company:"',
        "due:x",
        "a*b(",
        "[",
        "\\",
        "has:",
        "__proto__:x",
        "constructor",
        "toString:1",
        "ratio:a",
        "-:",
        "''",
    ):
        looker.page.fill("#filter", words)
        shown(looker)
    looker.page.fill("#filter", "")
    assert len(shown(looker)) == len(looker.texts("#folk tbody tr"))


COLUMNS = {"State": "st", "Name": "nm", "Place": "pl", "Tier": "tr", "Quiet for": "qu", "Freshness": "fr", "Next": "nx"}


def test_every_column_sorts_both_ways(made: Site, look: Looking) -> None:
    looker = look(made)
    looker.open("people.html")
    assert [text for text in looker.texts("thead th") if text] == list(COLUMNS)
    everybody = sorted(shown(looker))
    for name, short in COLUMNS.items():
        head, orders = looker.page.locator(f"thead .{short}"), []
        for _ in range(2):
            head.locator("button").click()
            cells = looker.page.eval_on_selector_all(
                f"#folk tbody tr .{short}",
                "all => all.map((cell) => cell.matches('th') ? cell.querySelector('a').textContent : (cell.dataset.v ?? cell.textContent.trim()))",
            )
            known = [cell for cell in cells if cell not in ("", "-1")]
            assert cells[: len(known)] == known, name  # what is not known stands last
            values = [float(cell) for cell in known] if short in ("st", "qu", "fr") else [_folded(cell) for cell in known]
            is_down = head.get_attribute("aria-sort") == "descending"
            assert values == sorted(values, reverse=is_down), (name, is_down)
            orders.append((head.get_attribute("aria-sort"), shown(looker)))
            assert sorted(shown(looker)) == everybody
        assert {order for order, _ in orders} == {"ascending", "descending"}, name
        assert looker.page.locator("thead [aria-sort]").count() == 1
    assert looker.barriers() == []


def _folded(text: str) -> str:
    from plaintextcrm.core.text import fold

    return fold(text)


def test_a_filter_and_an_order_hold_together(made: Site, look: Looking) -> None:
    looker = look(made)
    looker.open("people.html")
    looker.page.locator("thead .qu button").click()
    looker.page.fill("#filter", "tier:A")
    first = shown(looker)
    looker.page.locator("thead .qu button").click()
    assert sorted(shown(looker)) == sorted(first)
    assert shown(looker) != first
    assert looker.page.input_value("#filter") == "tier:A"


def test_keys(made: Site, look: Looking) -> None:
    looker = look(made)
    page = looker.open("people.html")
    focused = "document.activeElement.id || document.activeElement.textContent"
    page.keyboard.press("/")
    assert page.evaluate(focused) == "filter"
    page.keyboard.type("tie /")
    assert page.input_value("#filter") == "tie /"
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    assert looker.seen("#folk tbody .nm a") == ["Tie A", "Tie B"]
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == "Tie A"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == "Tie B"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == "filter"
    page.keyboard.press("Escape")
    assert page.input_value("#filter") == ""
    assert len(looker.seen("#folk tbody .nm a")) == len(looker.texts("#folk tbody tr"))
    page.keyboard.type("ada king")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts/ada.html*")
    page.go_back()
    page.wait_for_selector("#filter")
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts/*.html*")


def test_modifiers_and_other_keys_are_left_alone(made: Site, look: Looking) -> None:
    looker = look(made)
    page = looker.open("people.html")
    for key in ("a", "Control+/", "Alt+ArrowDown", "ArrowDown", "j", "?"):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement === document.querySelector('#filter')") is False


def test_two_thousand_people_are_filtered_at_once(crowd: Site, letters: Site, look: Looking) -> None:
    looker = look(crowd)
    page = looker.open("people.html")
    assert len(shown(looker)) == 2000
    script = """words => {
      const field = document.querySelector('#filter'), times = [];
      for (const word of words) {
        const start = performance.now();
        field.value = word;
        field.dispatchEvent(new Event('input', { bubbles: true }));
        document.body.offsetHeight;
        times.push(performance.now() - start);
      }
      return times;
    }"""
    words = ["k", "ka", "state:lapsed", "city:wien last:..6m", "last:..6m", "-city:wien", "has:birthday", "hof"]
    rounds = [page.evaluate(script, words) for _ in range(12)]
    times = [round(min(one), 1) for one in zip(*rounds, strict=True)]  # the machine may be busy with other things
    assert max(times) < 100, times
    page.fill("#filter", "city:wien state:lapsed")
    one = look(letters)
    one.open("people.html")
    one.page.fill("#filter", "city:wien state:lapsed")
    assert 0 < len(shown(one)) == len(shown(looker)) / 10


def test_a_vault_of_one_has_no_filter(tmp_path, browser, look: Looking) -> None:  # type: ignore[no-untyped-def]
    from tests.browser.conftest import built
    from tests.make import vault

    site = built(tmp_path, vault(tmp_path / "people", {"ada": "---\nname: Ada King\n---\n"}), "2026-11-21")
    looker = look(site)
    page = looker.open("people.html")
    assert page.locator("#filter").count() == 0
    assert page.locator("thead button").count() == 0
    assert looker.texts("#folk tbody .nm a") == ["Ada King"]
    assert looker.barriers() == []
