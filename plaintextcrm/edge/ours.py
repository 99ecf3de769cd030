"""What is ours: which folder may be the output folder, the mark and the lock of that folder, and the mark of each page."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Collection
from typing import Final

from plaintextcrm.core.errors import Refused, why

MARK: Final = b"ptcrm build"
"""Each page has this in its first HEAD bytes: `<!-- made by ptcrm build -->`, or a comment, a key, a PRODID that says so."""
HEAD: Final = 1024

SIGN = ".ptcrm-site"
SIGN_TEXT = b"ptcrm build made this folder and writes its pages anew: keep nothing of yours here.\n"
TEMP = re.compile(r"\.ptcrm-[0-9a-f]{16}\.tmp\Z")
_PATIENCE = 30.0  # seconds to wait for another build
OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def wrong_place(folder: str, root: str, given: bool, contacts: Collection[str]) -> str:
    """Why pages must not go there, wherever that is; "" where they may."""
    if os.path.dirname(folder) == folder:
        return "is the root of a file system, not a folder for pages"
    if folder == os.path.realpath(os.path.expanduser("~")):
        return "is your home folder, not a folder for pages"
    if folder == root:
        return "is the vault itself, not a folder for pages"
    if _inside(root, folder):
        return "has the vault in it"
    if not given and not _inside(folder, root):
        return "leads out of the vault; only --out may"
    if _inside(folder, root) and any(part[:1] == "." for part in os.path.relpath(folder, root).split(os.sep)):
        return "is in a hidden folder of the vault"
    for name in contacts:
        people = os.path.realpath(os.path.join(root, name))
        if people != root and (folder == people or _inside(folder, people) or _inside(people, folder)):
            return f"is where contacts are ({name})"
    return ""


def _inside(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def not_ours(folder: str) -> str:
    """Why what is there is not ours; "" where nothing is there, or an empty folder, or one with our mark."""
    try:
        if not stat.S_ISDIR(os.lstat(folder).st_mode):
            return "is not a folder"
        if has_sign(folder) or all(map(TEMP.match, os.listdir(folder))) or has_sign(folder):  # another build may begin in between
            return ""
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        return f"cannot be read: {why(error)}"
    return "has files in it that ptcrm build did not make"


def has_sign(folder: str) -> bool:
    try:
        descriptor = os.open(os.path.join(folder, SIGN), OPEN)
    except OSError:
        return False
    try:
        return stat.S_ISREG(os.fstat(descriptor).st_mode) and os.read(descriptor, HEAD) == SIGN_TEXT
    finally:
        os.close(descriptor)


def locked(path: str, shown: str) -> int:
    """A descriptor that holds the lock of an output until it is closed; -1 where the system has no such lock. Raises Refused."""
    try:
        import fcntl
    except ImportError:
        return -1
    give_up = time.monotonic() + _PATIENCE
    descriptor = os.open(path, OPEN)
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() > give_up:
                os.close(descriptor)
                raise Refused(f"{shown}: another ptcrm has been writing there for {_PATIENCE:.0f} s; try again") from None
            time.sleep(0.01)
        except OSError:  # a file system without locks
            return descriptor
