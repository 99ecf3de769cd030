"""Sites for tests: a vault, built; and what is in a folder of pages."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import unquote

from plaintextcrm.app import publishing
from plaintextcrm.app.asking import ask
from plaintextcrm.app.publishing import Built
from plaintextcrm.app.vaults import Vault, open_vault
from plaintextcrm.edge.paths import Path as OwnPath
from tests.make import TODAY

REPORTS = ("reports.html", "reports/load.html", "reports/new.html", "reports/mix.html", "reports/year.html")
PAGES = ("index.html", "people.html", "calendar.html", "stats.html", "problems.html", *REPORTS, "due.ics", "occasions.ics", "site.json")
BESIDE = ("style.css", "page.js", ".ptcrm-site")


def opened(root: Path, today: date = TODAY, cache: bool = True) -> Vault:
    """The vault in that very folder."""
    return open_vault(str(root), {}, OwnPath(str(root)), today, cache)


def build(root: Path, today: date = TODAY, *, cache: bool = True, out: str | None = None, force: bool = False) -> Built:
    """What `ptcrm build` does, in this process."""
    vault = opened(root, today, cache)
    return ask(vault, lambda index: publishing.build(vault, index, out, force))


def contents(folder: Path) -> dict[str, bytes]:
    """Path -> bytes of every file."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def everything(folder: Path) -> dict[str, tuple[bytes, int, int, int]]:
    """Path -> bytes, mtime, inode, mode of everything in a folder; of folders no bytes."""
    found = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        facts = path.lstat()
        found[str(path.relative_to(folder))] = (
            path.read_bytes() if path.is_file() else b"",
            facts.st_mtime_ns,
            facts.st_ino,
            facts.st_mode,
        )
    return found


def pages(root: Path) -> dict[str, str]:
    """Path -> text of every file of a site but the stylesheet and the script."""
    return {path: data.decode() for path, data in contents(root / "site").items() if path not in BESIDE}


def readings(text: str) -> Iterator[str]:
    """A text as it is, and as whoever decodes it reads it."""
    yield text
    yield html.unescape(text)
    yield unquote(text)
    yield unquote(html.unescape(text))
    yield re.sub(r"\r?\n[ \t]", "", text)  # iCalendar folds lines
    if "\\" in text:
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


def where(found: dict[str, str], *words: str) -> dict[str, list[str]]:
    """word -> the pages in which it stands, whatever its case; words that stand nowhere are left out."""
    read = {path: "\0".join(readings(text)).casefold() for path, text in found.items()}
    told = {word: [path for path, text in read.items() if word.casefold() in text] for word in words}
    return {word: paths for word, paths in told.items() if paths}


def facts(root: Path) -> dict[str, dict[str, object]]:
    """id -> what site.json says of somebody."""
    return {str(one["id"]): one for one in json.loads((root / "site" / "site.json").read_text())["people"]}


def fresh(root: Path, today: date = TODAY) -> dict[str, bytes]:
    """The pages of a build from nothing into the same place, which is left as it was."""
    aside = root.parent / "aside"
    (root / "site").rename(aside)
    build(root, today, cache=False, force=True)
    made = contents(root / "site")
    shutil.rmtree(root / "site")
    aside.rename(root / "site")
    return made
