"""Text as text of a page, whoever wrote it; and an address as a page may carry it."""

from __future__ import annotations

import re

from markupsafe import Markup

_ABROAD = re.compile(r"(?:https?:|mailto:|tel:|sms:|geo:)[^\x00-\x20\x7f<>\"'`\\]+\Z", re.IGNORECASE)
_NEAR = re.compile(r"[^/\\:?#\x00-\x20\x7f][^\\:\x00-\x20\x7f]*\Z")
_CODE = re.compile("`([^`]+)`")
_ENTITIES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
    | {chr(code): "\ufffd" for code in range(32) if code not in (9, 10, 13)}
)


def escaped(value: object) -> str:
    """A value as text of a page, also within quotes; markup as it is. Controls that no page may have are shown as missing."""
    if type(value) is not str:
        if isinstance(value, Markup):
            return value
        value = str(value)
    if "&" in value or "<" in value or ">" in value or '"' in value or "'" in value or not value.isprintable():
        return value.translate(_ENTITIES)
    return value


def as_markup(html: str) -> Markup:
    """HTML as such; `Markup(html)` looks for more than that, and takes five times as long."""
    return str.__new__(Markup, html)


def coded(text: str) -> Markup:
    """A sentence of ours as text of a page, with what stands between backticks as code."""
    return as_markup(_CODE.sub(r"<code>\1</code>", escaped(text)))


def vetted(root: str, href: str) -> str:
    """The address as a page may carry it: one of six schemes, or a place in the folder; "" for all else."""
    if _NEAR.match(href):
        return root + href
    return href if _ABROAD.match(href) else ""
