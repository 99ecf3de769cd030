"""Where pages are: file names and hrefs of contacts' pages."""

from __future__ import annotations

import re
from functools import lru_cache

from plaintextcrm.core.patterns import pattern

_PLAIN = pattern(r"[a-z0-9_][a-z0-9_-]*\Z")
_DEVICES = pattern(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])\Z")


def page_name(id: str) -> str:
    """The path, without its ending, of the page of an id: the id itself where that is safe, one of its own everywhere else.

    Each part of a plain id is in lower case (folded, NFC), of letters, digits, `-` and `_`. Any other part (`Ada King`, `..`, `a:b`,
    `nul`) is made readable and gets `~` and a digest of the whole id, so that no two ids share a page, on file systems that ignore
    case either, and whatever other ids there are. A name is never hidden, never leads up and is never longer than 100 bytes a part.
    """
    parts = id.split("/")
    if all(_PLAIN.match(part) and len(part) <= 100 and not _DEVICES.match(part) for part in parts):
        return id
    from hashlib import sha256
    from unicodedata import category, normalize

    def plain(part: str) -> bool:
        sound = all(letter in "-_" or category(letter)[0] in "LMN" for letter in part) and part[:1] not in ("", "-")
        return sound and part == normalize("NFC", part.casefold()) and len(part.encode()) <= 100 and not _DEVICES.match(part)

    if all(plain(part) for part in parts):
        return id
    digest = sha256(id.encode("utf-8", "surrogatepass")).hexdigest()[:10]

    def readable(part: str) -> str:
        folded = normalize("NFC", part.casefold())
        kept = "".join(letter if category(letter)[0] in "LMN" else "-" for letter in folded)
        short = re.sub("-+", "-", kept).strip("-").encode()[:80].decode("utf-8", "ignore")
        return f"{short}~{digest}" if short else f"x~{digest}"

    return "/".join(part if plain(part) else readable(part) for part in parts)


@lru_cache(maxsize=4096)
def page_of(id: str) -> str:
    """The page of a contact as a href from the folder of the site: `contacts/ada-king.html`, percent-encoded."""
    return encoded(page_path(id))


@lru_cache(maxsize=1024)
def page_path(id: str) -> str:
    """The page of a contact as a path below the folder of the site."""
    return f"contacts/{page_name(id)}.html"


def encoded(path: str) -> str:
    """A path as a href."""
    if _SIMPLE.match(path):
        return path
    return "".join(chr(byte) if byte in _HARMLESS else f"%{byte:02X}" for byte in path.encode("utf-8", "surrogateescape"))


_SIMPLE = pattern(r"[A-Za-z0-9/._-]+\Z")
_HARMLESS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/")
