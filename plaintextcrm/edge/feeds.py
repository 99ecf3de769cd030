"""Feeds from the network, only when asked: bounded in time and size; and what was seen of them, outside the vault."""

from __future__ import annotations

import http.client
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib import error, request
from urllib.parse import urlsplit

from plaintextcrm import __version__
from plaintextcrm.core.errors import why
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.edge.paths import Path

SECONDS = 10.0  # for one feed, from first word to last byte
LARGEST = 4_000_000  # bytes
AT_ONCE = 8
FILE = "news.json"


class Seen(NamedTuple):
    """What is remembered of one feed: what its server wants to hear again, and the keys of its items."""

    etag: str = ""
    modified: str = ""
    keys: tuple[str, ...] = ()


class Fetched(NamedTuple):
    """One answer: `data` is None where nothing has changed, `reason` says why there is none."""

    feed: str
    data: bytes | None = None
    etag: str = ""
    modified: str = ""
    reason: str = ""


class _OnlyTheWeb(request.HTTPRedirectHandler):
    """A server may send us elsewhere on the web, never to a file."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        if urlsplit(newurl).scheme not in ("http", "https"):
            raise error.HTTPError(newurl, code, "leads out of the web", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(feeds: Iterable[str], seen: Mapping[str, Seen], seconds: float = SECONDS) -> Iterator[Fetched]:
    """Every feed, in the order given; several at once. Never raises for what a server does."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda feed: _fetch(feed, seen.get(feed, Seen()), seconds), feeds)


def _fetch(feed: str, known: Seen, seconds: float) -> Fetched:
    try:
        scheme = urlsplit(feed).scheme
    except ValueError:
        scheme = ""
    if scheme not in ("http", "https"):
        return Fetched(feed, reason="is no address of the web: write it like https://example.org/feed.xml")
    headers = {"User-Agent": f"ptcrm/{__version__}", "Accept": "application/atom+xml, application/rss+xml, application/xml, text/xml, */*"}
    headers |= {"If-None-Match": known.etag} if known.etag else {}
    headers |= {"If-Modified-Since": known.modified} if known.modified else {}
    give_up = time.monotonic() + seconds
    try:
        with request.build_opener(_OnlyTheWeb).open(request.Request(feed, headers=headers), timeout=seconds) as answer:
            data = _read(answer, give_up)
            return Fetched(feed, data, answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", ""))
    except error.HTTPError as failed:
        if failed.code == 304:
            return Fetched(feed, None, known.etag, known.modified)
        return Fetched(feed, reason=f"the server says {failed.code} {str(failed.reason).lower()}")
    except _TooMuch as failed:
        return Fetched(feed, reason=str(failed))
    except TimeoutError:
        return Fetched(feed, reason=f"no answer within {seconds:g} seconds")
    except error.URLError as failed:
        reason = failed.reason
        if isinstance(reason, TimeoutError):
            return Fetched(feed, reason=f"no answer within {seconds:g} seconds")
        return Fetched(feed, reason=why(reason) if isinstance(reason, OSError) else str(reason).lower())
    except (OSError, http.client.HTTPException, ValueError) as failed:
        return Fetched(feed, reason=why(failed) if isinstance(failed, OSError) else "the answer is no HTTP")


class _TooMuch(Exception):
    """The answer is too long, or takes too long."""


def _read(answer: http.client.HTTPResponse, give_up: float) -> bytes:
    parts: list[bytes] = []
    while part := answer.read1(65_536):
        parts.append(part)
        if sum(map(len, parts)) > LARGEST:
            raise _TooMuch(f"is larger than {LARGEST:,} bytes")
        if time.monotonic() > give_up:
            raise _TooMuch("takes too long")
    return b"".join(parts)


def recall(folder: Path) -> dict[str, Seen]:
    """Feed -> what was seen of it; nothing where that cannot be read."""
    try:
        stored = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return {str(feed): Seen(str(etag), str(modified), tuple(map(str, keys))) for feed, (etag, modified, keys) in stored.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def remember(folder: Path, seen: Mapping[str, Seen]) -> None:
    """Keep it, whole or not at all; where the state folder cannot be written the same news come again."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = folder / f".{FILE}-{os.getpid()}"
        beside.write_text(json.dumps(seen, ensure_ascii=False), encoding="utf-8")
        os.replace(beside, folder / FILE)
