"""A real Chromium, one per worker, and the sites it reads: the example vault, the letters, and a vault made by hand.

Without a Chromium the tests are skipped; where PTCRM_NEEDS_BROWSER is set (.ci/run sets it) they fail instead.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from plaintextcrm.core.reports import REPORTS
from tests.browser.looking import Looker, Site
from tests.make import ptcrm, vault

HERE = Path(__file__).parents[2]
TODAY, LONG_AGO = "2026-11-21", "1905-01-01"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

Looking = Callable[..., Looker]


def chromium() -> str | None:
    """The browser to use."""
    asked = os.environ.get("PTCRM_CHROMIUM") or "/usr/bin/chromium"
    return asked if os.path.exists(asked) else next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The browser of this worker."""
    if os.environ.get("PTCRM_BROWSER") == "no":
        pytest.skip("PTCRM_BROWSER=no")
    path = chromium()
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        path = None
    if path is None:
        said = "there is no Chromium here (apt-get install chromium), or no playwright (pip install '.[test]')"
        if os.environ.get("PTCRM_NEEDS_BROWSER"):
            pytest.fail(said, pytrace=False)
        pytest.skip(said)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture
def look(browser: Any) -> Iterator[Looking]:
    """Opens windows that watch what a page does; at the end nothing must have gone wrong in any of them."""
    with ExitStack() as stack:
        lookers: list[Looker] = []

        def opened(site: Site, width: int = 1280, scheme: str = "light", **settings: Any) -> Looker:
            lookers.append(Looker(browser, site, width, scheme, **settings))
            stack.callback(lookers[-1].close)
            return lookers[-1]

        yield opened
        assert [fault for one in lookers for fault in one.faults] == []


# --- sites, each built once a worker -------------------------------------------------------------------------------


def built(base: Path, people: Path, today: str) -> Site:
    """The site of a vault."""
    out = base / "site"
    ran = ptcrm(people, "build", "--out", str(out), today=today)
    assert ran.code == 0, ran
    return Site(out, people, today)


@pytest.fixture(scope="session")
def example(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The example vault on its day, with every report there is."""
    base = tmp_path_factory.mktemp("example")
    people = Path(shutil.copytree(HERE / "example-vault", base / "people"))
    settings = people / "ptcrm.toml"
    text, count = re.subn(r"(?m)^reports = .*$", f"reports = {list(REPORTS)}", settings.read_text(encoding="utf-8"))
    assert count == 1
    settings.write_text(text, encoding="utf-8")
    return built(base, people, TODAY)


@pytest.fixture(scope="session")
def letters(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """200 people and 4,590 letters, one with 831."""
    base = tmp_path_factory.mktemp("letters")
    people = vault(base / "people", {}, '[due]\ndefault_cadence = "6 months"\n\n[git]\ncommit = false\n')
    folder = HERE / "tests" / "data" / "letters"
    files = (str(folder / "people.csv"), str(folder / "letters.csv"))
    assert ptcrm(people, "import", "--from", "interactions", "-y", *files, today=LONG_AGO).code == 0
    return built(base, people, LONG_AGO)


@pytest.fixture(scope="session")
def made(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A vault with one person for every way in which a day changes a due list; tiers are shown."""
    from tests.browser.people import PEOPLE, SETTINGS

    base = tmp_path_factory.mktemp("made")
    return built(base, vault(base / "people", PEOPLE, SETTINGS), TODAY)


@pytest.fixture(scope="session")
def crowd(letters: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """2,000 people: those of the letters ten times over."""
    folder = tmp_path_factory.mktemp("crowd")
    for name in ("page.js", "style.css"):
        shutil.copy(letters.folder / name, folder)
    text = (letters.folder / "people.html").read_text(encoding="utf-8")
    start, end = text.index("<tbody>"), text.rindex("</tbody>") + len("</tbody>")
    text = text[:start] + text[start:end] * 10 + text[end:]
    (folder / "people.html").write_text(text.replace('<table class="folk', '<table class="many folk'), encoding="utf-8")
    return Site(folder, letters.vault, letters.today)
