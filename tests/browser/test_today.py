"""The due list: copying a line, and a page that is read on a later day."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from plaintextcrm.app.duelist import Wanted, due_list
from plaintextcrm.app.vaults import open_vault
from plaintextcrm.core.pages.digest import date_line
from plaintextcrm.core.pages.words import sentence, title_day
from plaintextcrm.core.standing import Rules, stand
from plaintextcrm.edge import indexes
from plaintextcrm.edge.index import Whose
from tests.browser.conftest import built
from tests.browser.looking import Looker, Site
from tests.browser.people import person
from tests.make import ptcrm, vault

Looking = Callable[..., Looker]
AHEAD = 30


class Read(NamedTuple):
    """What a due list says on a day."""

    names: list[str]
    waiting: int
    hooks: dict[str, str]
    near: list[tuple[str, str]]
    soon: list[str]


READ = """() => {
  const all = (selector) => [...document.querySelectorAll(selector)].filter((one) => !one.closest('[hidden]'));
  const text = (selector, within = document) => within.querySelector(selector)?.textContent.trim() ?? '';
  return {
    names: all('#few .row').map((row) => text('h3', row)), hooks: all('#few .row').map((row) => text('.hook', row)),
    waiting: all('#waiting summary').map((one) => one.textContent.trim()), soon: all('#soon li').map((row) => text('a', row)),
    near: all('#dates li, #promised li').map((row) => [text('a', row), text('.what span', row)]),
  };
}"""
READ_ALL = f"""days => days.map((day) => {{
  history.replaceState(null, '', location.pathname + '#day=' + day);
  ptcrmStart();
  return ({READ})();
}})"""


def told(found: dict[str, Any]) -> Read:
    """What the page of a day says."""
    waiting = int(found["waiting"][0].split()[0]) if found["waiting"] else 0
    hooks = dict(zip(found["names"], found["hooks"], strict=True))
    return Read(found["names"], waiting, hooks, sorted(map(tuple, found["near"])), found["soon"])


def shown(looker: Looker) -> Read:
    """The due page that is open."""
    return told(looker.page.evaluate(READ))


def known_to(site: Site, path: str = "index.html") -> set[str]:
    """The ids that a page carries the data of: whoever may come up within sixty days."""
    text = (site.folder / path).read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    return {person["id"] for person in json.loads(found[1])["people"]}


class Oracle:
    """What the command says of a vault on any day."""

    def __init__(self, site: Site) -> None:
        self.vault = open_vault(str(site.vault), {}, site.vault, date.fromisoformat(site.today), cache=False)
        self.index = indexes.open_index(Whose(site.vault, self.vault.settings), cache=False)
        self.private = {contact.id for contact, _ in self.index.contacts(with_log=False) if contact.is_true("private")}

    def on(self, day: date, known: set[str]) -> Read:
        """The due list of a day, as it would be if only those whom the page knows could come up."""
        found = due_list(self.index, self.vault, Wanted(at=day, everybody=True))
        settings, dated = self.vault.settings, {row.id for row in found.dates}
        rows = [row for row in found.rows if row.id in known]
        room = max(0, settings.per_week - found.touched)
        few = [row for place, row in enumerate(rows) if place < room or row.owed or row.id in dated]
        near = [(row.name, date_line(row, day).what) for row in found.dates if row.id in known]
        soon = [id for id, _ in self.index.soon(day, settings.soon_days, 40) if id in known]
        people = {contact.id: (contact.name, stand(facts, Rules(settings), day).hidden) for contact, facts in self.index.facts(soon)}
        return Read(
            [row.name for row in few], len(rows) - len(few), {row.name: sentence(row.hook) for row in few}, sorted(near),
            [people[id][0] for id in soon if not people[id][1]],
        )  # fmt: skip

    def listed(self, day: date) -> set[str]:
        """Everybody who is due on a day."""
        return {row.id for row in due_list(self.index, self.vault, Wanted(at=day, everybody=True)).rows} - self.private

    def close(self) -> None:
        """Let go of the index."""
        self.index.close()


def days_after(site: Site, count: int = AHEAD) -> list[date]:
    """The days after the one of a site."""
    start = date.fromisoformat(site.today)
    return [start + timedelta(days=ahead) for ahead in range(1, count + 1)]


# --- a later day ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["example", "made", "letters"])
def test_an_old_page_says_what_the_command_says_that_day(name: str, request: pytest.FixtureRequest, look: Looking) -> None:
    """Who, in which order, why, what is near, who is soon, how many wait: on thirty days, of everybody whom the page knows."""
    site: Site = request.getfixturevalue(name)
    known, oracle, looker = known_to(site), Oracle(site), look(site)
    beyond = len(oracle.listed(date.fromisoformat(site.today)) - known)  # those who wait, but for the first sixty
    days = days_after(site)[:: 6 if name == "letters" else 1]
    page = looker.open("index.html")
    for day, found in zip(days, page.evaluate(READ_ALL, [day.isoformat() for day in days]), strict=True):
        expected = oracle.on(day, known)
        assert (day, told(found)) == (day, expected._replace(waiting=expected.waiting + beyond))
    oracle.close()


@pytest.mark.parametrize("name", ["example", "made"])
def test_a_page_knows_everybody_who_is_due_now_or_whose_turn_comes(name: str, request: pytest.FixtureRequest) -> None:
    """By design it may not know who comes up for another reason: issuing.py picks the listed, the dated and the soon of sixty days."""
    site: Site = request.getfixturevalue(name)
    known, oracle = known_to(site), Oracle(site)
    today = date.fromisoformat(site.today)
    assert oracle.listed(today) <= known
    assert {id for id, _ in oracle.index.soon(today, 60, 60)} - oracle.private <= known
    oracle.close()


@pytest.mark.parametrize("name", ["example", "made"])
def test_a_page_knows_everybody_who_comes_up_within_thirty_days(name: str, request: pytest.FixtureRequest) -> None:
    site: Site = request.getfixturevalue(name)
    known, oracle = known_to(site), Oracle(site)
    missing = {id for day in days_after(site) for id in oracle.listed(day)} - known
    oracle.close()
    assert missing == set()


def test_the_real_command_says_the_same_as_an_old_page(example: Site, look: Looking) -> None:
    ran = ptcrm(example.vault, "due", "--at", "2026-11-25", "--json", today=example.today)
    looker = look(example)
    looker.open("index.html", "2026-11-25")
    assert shown(looker).names == [row["name"] for row in json.loads(ran.out)["rows"]]


def test_on_its_own_day_a_page_stays_as_it_was_made(example: Site, made: Site, look: Looking) -> None:
    for site in (example, made):
        plain, scripted = look(site, java_script_enabled=False), look(site)
        plain.open("index.html")
        scripted.open("index.html")
        assert scripted.page.inner_html("main") == plain.page.locator("main").inner_html()
        assert scripted.page.title() == plain.page.title()
        assert scripted.page.is_hidden("#banner")


def test_an_old_page_says_so(example: Site, look: Looking) -> None:
    looker = look(example)
    for day, words in (("2026-11-22", "Built yesterday."), ("2026-11-24", "Built 3 days ago."), ("2027-03-01", "Built 100 days ago.")):
        looker.open("index.html", day)
        said = "Days and order are worked out for today; what you logged since then is missing."
        assert looker.seen("#banner") == [f"{words} {said}"]
        assert looker.page.inner_text("h1") == title_day(date.fromisoformat(day))
        assert looker.page.title().startswith(title_day(date.fromisoformat(day)))
    assert looker.barriers() == []


def test_the_first_sentence_of_an_old_page_says_why(made: Site, look: Looking) -> None:
    looker = look(made)
    looker.open("index.html", "2026-11-25")
    assert looker.page.inner_text("#lede").endswith("Nex first: you promised to be in touch.")


def test_the_first_sentence_of_an_old_page_calls_a_plan_a_plan(browser: Any, tmp_path: Path, look: Looking) -> None:
    people = {
        "ada": "---\nname: Ada\n---\n\n## Log\n\n- [ ] 2026-11-24 dinner: at ours\n",
        "bob": "---\nname: Bob\n---\n\n## Log\n\n- [ ] send it [due:: 2026-11-23]\n",
    }  # fmt: skip
    site = built(tmp_path, vault(tmp_path / "people", people), "2026-11-21")
    looker = look(site)
    for day, why in (("2026-11-23", "There is a promise open."), ("2026-11-24", "Ada first: there is a plan open.")):
        looker.open("index.html", day)
        assert looker.page.inner_text("#lede").endswith(why)


def test_the_page_of_an_owner_grows_old_as_well(example: Site, look: Looking) -> None:
    looker = look(example)
    looker.open("due/lee.html", "2026-11-24")
    assert looker.page.inner_text("h1") == "Tuesday, 24 November"
    assert " for Lee Fontaine." in looker.page.inner_text("#lede")
    assert set(looker.page.eval_on_selector_all("#few h3 a", "all => all.map((one) => one.getAttribute('href').slice(0, 12))")) == {
        "../contacts/"
    }


def test_the_page_of_an_owner_shows_whoever_is_owed_also_where_the_week_is_full(tmp_path: Path, look: Looking) -> None:
    keys = "cadence: 1 year\nowner: lee\n"
    people: dict[str, str | bytes] = {
        f"p{day}": person(f"Pro {day}", f"{keys}next_contact: 2026-11-2{day}\n", "- 2026-11-15 call") for day in range(4)
    }
    quiet = {name: person(name, keys, "- 2020-01-01 call") for name in ("Ann", "Ben")}
    settings = '[due]\nper_week = 2\n[team.lee]\nname = "Lee"\n[git]\ncommit = false\n'
    site = built(tmp_path, vault(tmp_path / "people", {**people, **quiet}, settings), "2026-11-22")
    looker = look(site)
    looker.open("due/lee.html")
    today = shown(looker)
    assert (sorted(today.names), today.waiting) == (["Pro 0", "Pro 1", "Pro 2"], 2)
    looker.open("due/lee.html", "2026-11-23")
    assert (sorted(shown(looker).names), shown(looker).waiting) == (["Pro 0", "Pro 1", "Pro 2", "Pro 3"], 2)


def test_a_page_that_is_left_open_overnight_turns_over(example: Site, look: Looking) -> None:
    looker = look(example)
    looker.page.clock.install(time="2026-11-21T23:50:00")
    looker.page.goto((example.folder / "index.html").as_uri())
    assert looker.page.inner_text("h1") == "Saturday, 21 November"
    looker.page.clock.set_fixed_time("2026-11-22T07:00:00")
    looker.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert looker.page.inner_text("h1") == "Sunday, 22 November"


def test_the_calendar_marks_the_day_it_is_read(example: Site, look: Looking) -> None:
    looker = look(example)
    for day, number in (("2026-11-21", "21"), ("2026-12-03", "3")):
        looker.open("calendar.html", day)
        assert looker.texts("[aria-current=date] .day") == [number]


# --- copying -------------------------------------------------------------------------------------------------------


def test_a_log_line_is_copied(example: Site, look: Looking) -> None:
    looker = look(example, permissions=["clipboard-read", "clipboard-write"])
    looker.open("index.html")
    line = looker.texts("#few .row .strip code")[1]
    assert line.startswith("ptcrm log ")
    button = looker.page.locator("#few .row .copy").nth(1)
    button.click()
    looker.until("document.querySelectorAll('#few .row .copy')[1].classList.contains('copied')")
    assert looker.page.evaluate("navigator.clipboard.readText()") == line
    assert button.locator(".label").inner_text() == "Copied"
    assert looker.page.inner_text("#said") == "Copied"


def test_a_line_that_cannot_be_copied_is_selected(example: Site, look: Looking) -> None:
    for width in (390, 1280):
        looker = look(example, width)
        looker.page.add_init_script(
            "Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error('no')) } })"
        )
        looker.open("index.html")
        looker.page.locator("#few .row .copy").first.click()
        looker.until("getSelection().toString() !== ''")
        assert looker.page.evaluate("getSelection().toString()") == looker.texts("#few .row .strip code")[0]
        assert looker.page.locator("#few .row .strip code").first.is_visible()
        assert "selected" in looker.page.inner_text("#said")
        assert looker.too_wide() == []


def test_copying_works_on_an_old_page_and_a_digest(example: Site, look: Looking) -> None:
    looker = look(example, permissions=["clipboard-read", "clipboard-write"])
    for path, day in (("index.html", "2026-11-24"), ("contacts/ada-king.html", "2026-11-24")):
        looker.open(path, day)
        looker.page.locator(".copy").first.click()
        looker.page.wait_for_selector(".copy.copied")
        assert looker.page.evaluate("navigator.clipboard.readText()") == looker.texts(".strip code")[0]
