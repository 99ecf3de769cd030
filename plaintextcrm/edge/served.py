"""The file that an address names: below the output folder, reached through no link, or why it is not served."""

from __future__ import annotations

import os
import stat
from urllib.parse import unquote_to_bytes

_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_BY_DESCRIPTOR = os.open in os.supports_dir_fd and hasattr(os, "O_DIRECTORY")


class NotServed(Exception):
    """A request that is answered with a code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def parts_of(path: str) -> tuple[str, ...]:
    """The names on the way to a file below the folder. Raises NotServed where a path is none, or leads elsewhere, or is hidden."""
    if not path.startswith("/"):
        raise NotServed(400)
    try:
        plain = unquote_to_bytes(path).decode()
    except (UnicodeDecodeError, UnicodeEncodeError):
        raise NotServed(400) from None
    if any(letter < " " or letter in "\x7f\\" for letter in plain):
        raise NotServed(400)
    parts = ("index.html",) if plain == "/" else tuple(plain[1:].split("/"))
    if any(part[:1] in ("", ".") for part in parts) or (os.name == "nt" and ":" in plain):
        raise NotServed(404)
    return parts


def read(folder: str, parts: tuple[str, ...]) -> bytes:
    """A regular file below the folder, reached through no link. Raises NotServed."""
    held: list[int] = []
    try:
        if _BY_DESCRIPTOR:
            at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            held.append(at)
            for part in parts[:-1]:
                at = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
                held.append(at)
            descriptor = os.open(parts[-1], _FLAGS, dir_fd=at)
        else:
            path = os.path.join(folder, *parts)
            if os.path.realpath(path) != os.path.join(os.path.realpath(folder), *parts):
                raise NotServed(404)
            descriptor = os.open(path, _FLAGS)
        held.append(descriptor)
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise NotServed(404)
        chunks = []
        while chunk := os.read(descriptor, max(facts.st_size + 1, 4096)):
            chunks.append(chunk)
        return b"".join(chunks)
    except (OSError, ValueError):
        raise NotServed(404) from None
    finally:
        for number in held:
            os.close(number)
