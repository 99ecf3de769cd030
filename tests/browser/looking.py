"""Looking at pages: a window that notices every request, every word on the console, every dialog, and whatever is too wide."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest

WIDE_AS = "document.documentElement.scrollWidth"
# What is said a hundred times over is looked at a few times: axe takes a millisecond an element.
THIN = """() => {
  const many = '.log > li:nth-child(n + 6), .history details:nth-of-type(n + 3), .folk tbody tr:nth-child(n + 9), .folk tbody:nth-of-type(n + 2), ' +
    '.month:nth-of-type(n + 3), .lines > li:nth-child(n + 6), .plain tbody tr:nth-child(n + 6), .bars tbody tr:nth-child(n + 6), figure svg g:nth-of-type(n + 9), ' +
    '.rows > li:nth-child(n + 5), .mistakes > li:nth-child(n + 9)';
  document.querySelectorAll(many).forEach((one) => one.remove());
}"""
OPEN_ALL = "document.querySelectorAll('details').forEach((fold) => { fold.open = true; })"


class Site(NamedTuple):
    """A built site, the vault it was made from, and its day."""

    folder: Path
    vault: Path
    today: str

    def pages(self) -> list[str]:
        """The paths of all pages."""
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.html"))


def axe_script() -> str:
    """axe, as axe-playwright-python carries it."""
    found = pytest.importorskip("axe_playwright_python")
    folder = Path(found.__path__[0])
    return next(folder.rglob("axe.min.js")).read_text(encoding="utf-8")


class Looker:
    """A window on a site."""

    def __init__(self, browser: Any, site: Site, width: int = 1280, scheme: str = "light", **more: Any) -> None:
        self.site, self.width = site, width
        self.faults: list[str] = []
        self.context = browser.new_context(
            viewport={"width": width, "height": 844 if width < 600 else 900},
            color_scheme=scheme,
            reduced_motion=more.pop("motion", "reduce"),
            **more,
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)
        self.axe = ""

    def _console(self, message: Any) -> None:
        if not message.location.get("url", "").endswith("/favicon.ico"):  # a browser asks servers for it, whatever a page says
            self.faults.append(f"console: {message.text}")

    def _dialog(self, dialog: Any) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.site.folder.as_uri() + "/", "http://127.0.0.1:")):
            self.faults.append(f"request: {request.url}")

    def open(self, path: str, day: str = "") -> Any:
        """A page, on the day it was made or another."""
        self.page.goto(f"{(self.site.folder / path).as_uri()}?day={day or self.site.today}")
        return self.page

    def until(self, script: str, seconds: float = 20.0) -> None:
        """Wait until a script says yes; playwright's own way of waiting breaks on the policy of our pages."""
        end = time.monotonic() + seconds
        while not self.page.evaluate(script):
            assert time.monotonic() < end, script
            self.page.wait_for_timeout(15)

    def texts(self, selector: str) -> list[str]:
        """The text of everything that is there."""
        return [" ".join(text.split()) for text in self.page.eval_on_selector_all(selector, "all => all.map((one) => one.textContent)")]

    def seen(self, selector: str) -> list[str]:
        """The text of everything that can be seen."""
        script = "all => all.filter((one) => one.checkVisibility()).map((one) => one.textContent)"
        return [" ".join(text.split()) for text in self.page.eval_on_selector_all(selector, script)]

    def resize(self, width: int) -> None:
        """Make the window as wide as that."""
        self.width = width
        self.page.set_viewport_size({"width": width, "height": 900})

    def too_wide(self) -> list[str]:
        """What makes the page wider than its window."""
        if self.page.evaluate(WIDE_AS) <= self.width:
            return []
        script = "w => [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > w + 1).map((one) => one.outerHTML.slice(0, 90))"
        return [f"{self.page.url} at {self.width}: {html}" for html in self.page.evaluate(script, self.width)[:5] or ["?"]]

    def barriers(self, only: str = "") -> list[str]:
        """What axe finds on the page as it is, of long lists in their first lines; by all its rules or by one."""
        self.page.evaluate(THIN)
        self.axe = self.axe or axe_script()
        self.page.evaluate(self.axe)
        options = {"preload": False, "resultTypes": ["violations"]} | ({"runOnly": [only]} if only else {})
        found = self.page.evaluate("options => axe.run(document, options).then((all) => all.violations)", options)
        return [f"{self.page.url} {one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found]

    def close(self) -> None:
        """Close the window."""
        self.context.close()
