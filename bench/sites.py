"""Sites of a vault, ours and hugo's: what hugo needs to make one, and whether all pages are there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

HUGO = {
    "config.toml": """\
baseURL = "https://example.com/"
disableAliases = true
disableKinds = ["home", "taxonomy", "term", "RSS", "sitemap", "404", "robotsTXT"]
""",
    "layouts/_default/list.html": """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>People</title></head><body><h1>People</h1><ul>
{{ range .Pages }}<li><a href="{{ .RelPermalink }}">{{ .Params.name }}</a></li>
{{ end }}</ul></body></html>
""",
    "layouts/_default/single.html": """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ .Params.name }}</title></head><body><h1>{{ .Params.name }}</h1>
<dl>{{ range $key := slice "role" "company" "email" "phone" "location" "tier" "birthday" }}{{ with index $.Params $key }}
<dt>{{ $key }}</dt><dd>{{ . }}</dd>{{ end }}{{ end }}</dl>
{{ .Content }}</body></html>
""",
}
"""The least that is a site: a list of all, and a page each. A contact's `aliases` would be pages that lead to it, and are not."""


def make_hugo(folder: Path, vault: Path) -> None:
    """A site for hugo with the contacts of `vault` as content, byte for byte, if it is not there yet."""
    if folder.exists():
        return
    for name, text in HUGO.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shutil.copytree(vault / "contacts", folder / "content" / "contacts")


def remove(folder: Path) -> None:
    """Take away a site, and have that done before the next one is made."""
    shutil.rmtree(folder, ignore_errors=True)
    os.sync()


def text_of(path: Path) -> str:
    """What is in a file; "" where there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def page(vault: Path, slug: str) -> str:
    return text_of(vault / "site" / "contacts" / f"{slug}.html")


def entries_of(vault: Path, slug: str) -> int:
    return text_of(vault / "contacts" / f"{slug}.md").count("\n- ")


def wrong_of_ours(vault: Path, slug: str) -> str:
    """Whether a page of each contact is there and that of `slug` is whole; else what is not."""
    there, wanted = _names(vault / "site" / "contacts", ".html"), _names(vault / "contacts", ".md")
    if there != wanted:
        return f"has pages of {len(there & wanted)} of {len(wanted)} contacts"
    if slug not in text_of(vault / "site" / "people.html"):
        return f"does not list {slug}"
    text = page(vault, slug)
    name = text_of(vault / "contacts" / f"{slug}.md").partition("\nname: ")[2].partition("\n")[0]
    return "" if name in text and text.rstrip().endswith("</html>") else f"has no whole page of {slug}"


def wrong_of_hugo(site: Path, vault: Path, slug: str) -> str:
    """Whether a page of each contact is there and that of `slug` has what is in its file; else what is not."""
    wanted = _names(vault / "contacts", ".md")
    there = {name for name in wanted if (site / "contacts" / name / "index.html").is_file()}
    if there != wanted:
        return f"has pages of {len(there)} of {len(wanted)} contacts"
    if f"/{slug}/" not in text_of(site / "contacts" / "index.html"):
        return f"does not list {slug}"
    text = text_of(site / "contacts" / slug / "index.html")
    return "" if text.count("<li>") >= entries_of(vault, slug) and "</html>" in text else f"has no whole page of {slug}"


def _names(folder: Path, suffix: str) -> set[str]:
    if not folder.is_dir():
        return set()
    return {name.removesuffix(suffix) for name in os.listdir(folder) if name.endswith(suffix)}


# --- what was written -----------------------------------------------------------------------------------------------


def mark(root: Path) -> None:
    """Remember now, by the clock of the file system."""
    (root / "mark").write_bytes(b".")


def touched(root: Path, *folders: Path) -> list[str]:
    """Files and folders below `folders` that were made, written, renamed, or had something removed since `mark`."""
    since = (root / "mark").stat().st_mtime_ns
    return [path for folder in folders for path in _all_below(str(folder)) if os.stat(path).st_ctime_ns > since]


def _all_below(folder: str) -> Iterator[str]:
    yield folder
    for parent, folders, files in os.walk(folder):
        yield from (os.path.join(parent, name) for name in (*folders, *files))
