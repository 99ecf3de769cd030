"""Calendars, mailboxes and folders of notes as the pieces they are made of, one at a time, however large they are."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from plaintextcrm.core.capture.daily import is_daily
from plaintextcrm.core.capture.proposals import Piece
from plaintextcrm.edge.paths import Path

LONGEST_LINE = 65_536  # bytes that are looked at at once
LARGEST_HEAD = 262_144  # bytes of a mail's headers
LARGEST_EVENT = 1_000_000
LARGEST_FILE = 200_000_000  # of what has to be read whole
_FROM = re.compile(rb"From \S.*\d{4}")
_BLANK = (b"\n", b"\r\n")


def kind_of(path: Path) -> str | None:
    """What is there, by what it holds: ics, mbox, maildir, linkedin-messages, daily; None for none of them. Raises OSError."""
    if path.is_dir():
        names = os.listdir(path)
        if "cur" in names or any((path / name / "cur").is_dir() for name in names):
            return "maildir"
        if any(is_daily(name) for name in names):
            return "daily"
        return "ics" if any(name.lower().endswith(".ics") for name in names) else None
    if is_daily(path.name):
        return "daily"
    with _opened(path) as file:
        head = file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"From "):
        return "mbox"
    if head[:15].upper() == b"BEGIN:VCALENDAR":
        return "ics"
    return "linkedin-messages" if b"CONVERSATION ID" in head.upper() else None


def pieces(kind: str, path: Path) -> Iterator[Piece]:
    """The pieces of a file or folder of that kind. Raises OSError."""
    if kind == "maildir":
        yield from _maildir(path)
        return
    for file in _files(path, _FITS[kind]):
        if kind == "mbox":
            yield from _mbox(file)
        elif kind == "ics":
            yield from _events(file)
        else:
            yield Piece(file.name, _whole(file))


_FITS: Mapping[str, Callable[[str], bool]] = {
    "ics": lambda name: name.lower().endswith(".ics"),
    "daily": is_daily,
    "mbox": lambda name: True,
    "linkedin-messages": lambda name: name.lower() == "messages.csv",
}


def _files(path: Path, fits: Callable[[str], bool]) -> Iterator[Path]:
    """The file itself, or those of a folder that fit, by name."""
    if not path.is_dir():
        yield path
        return
    for name in sorted(os.listdir(path)):
        if not name.startswith(".") and fits(name) and (path / name).is_file():
            yield path / name


def _opened(path: Path) -> BinaryIO:
    """A regular file, opened; never hangs on a pipe. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{path} is not a regular file")
    return os.fdopen(descriptor, "rb")


def _whole(path: Path) -> bytes:
    with _opened(path) as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise OSError(f"larger than {LARGEST_FILE:,} bytes")
    return data


# --- mail ----------------------------------------------------------------------------------------------------------


def _mbox(path: Path) -> Iterator[Piece]:
    """The headers of each mail: a line `From …` after a blank one, or the first, begins one."""
    head: list[bytes] = []
    size, in_head, after_blank, whole = 0, False, True, True
    with _opened(path) as file:
        while line := file.readline(LONGEST_LINE):
            begins, whole = whole, line.endswith(b"\n")
            if begins and after_blank and line.startswith(b"From ") and _FROM.match(line):
                if in_head:
                    yield Piece(path.name, b"".join(head))
                head, size, in_head, after_blank = [], 0, True, False
                continue
            after_blank = begins and line in _BLANK
            if in_head and after_blank:
                yield Piece(path.name, b"".join(head))
                head, in_head = [], False
            elif in_head and size < LARGEST_HEAD:
                head.append(line)
                size += len(line)
    if in_head:
        yield Piece(path.name, b"".join(head))


def _maildir(path: Path) -> Iterator[Piece]:
    """The headers of each mail of the folder and of those in it."""
    inner = sorted(name for name in os.listdir(path) if (path / name / "cur").is_dir())
    for folder in (path, *(path / name for name in inner)):
        for part in ("cur", "new"):
            if (folder / part).is_dir():
                for name in sorted(os.listdir(folder / part)):
                    file = folder / part / name
                    if not name.startswith(".") and file.is_file():
                        yield Piece(name, _head(file))


def _head(path: Path) -> bytes:
    with _opened(path) as file:
        data = file.read(LARGEST_HEAD)
    return re.split(rb"\r?\n\r?\n", data, maxsplit=1)[0]


# --- calendars -----------------------------------------------------------------------------------------------------


_PARTS = {b"BEGIN:VEVENT": b"END:VEVENT", b"BEGIN:VTIMEZONE": b"END:VTIMEZONE"}


def _events(path: Path) -> Iterator[Piece]:
    """The lines of each event, and of each time zone that the calendar defines."""
    lines: list[bytes] = []
    size, ending = 0, b""
    with _opened(path) as file:
        while line := file.readline(LONGEST_LINE):
            word = line.strip().upper()
            if word in _PARTS:
                lines, size, ending = [], 0, _PARTS[word]
            if ending and size < LARGEST_EVENT:
                lines.append(line)
                size += len(line)
            if ending and word == ending:
                yield Piece(path.name, b"".join(lines))
                ending = b""
