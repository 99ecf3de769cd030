"""The site's own files that come with the program: templates, stylesheet, scripts."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

PAGES = ("style.css", "page.js")  # beside the pages; live.js is for `watch --serve` only


@cache
def templates() -> dict[str, str]:
    """The templates, by file name."""
    folder = files("plaintextcrm.render").joinpath("templates")
    return {entry.name: entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".j2")}


@cache
def static(name: str) -> bytes:
    """One of the files beside the pages."""
    return files("plaintextcrm.render").joinpath("static", name).read_bytes()
