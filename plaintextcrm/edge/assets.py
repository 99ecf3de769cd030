"""The site's own files that come with the program: templates, stylesheet, scripts."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import plaintextcrm

PAGES = ("style.css", "page.js")  # beside the pages; live.js is for `watch --serve` only


@cache
def template(name: str) -> str:
    """One of the templates."""
    return _read("templates", name).decode("utf-8")


@cache
def static(name: str) -> bytes:
    """One of the files beside the pages."""
    return _read("static", name)


def _read(folder: str, name: str) -> bytes:
    """By whoever loaded the program, from an archive, too: importlib.resources takes 8 ms to load."""
    loader: Any = plaintextcrm.__loader__
    data: bytes = loader.get_data(os.path.join(os.path.dirname(plaintextcrm.__file__), "render", folder, name))
    return data
