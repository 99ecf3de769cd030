"""Files from elsewhere, to be imported: larger than a contact may be, and folders of cards."""

from __future__ import annotations

import os
import stat

from plaintextcrm.core.errors import Refused
from plaintextcrm.edge.files import TooLarge

LARGEST = 1_000_000_000  # bytes
LARGEST_CARD = 100_000_000  # bytes of one file of a folder
CARDS = (".vcf", ".vcard")


def read(path: str, largest: int = LARGEST) -> bytes:
    """The bytes of a regular file. Never hangs on a FIFO. Raises OSError, `TooLarge`, or Refused where it is no regular file."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    with open(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise Refused(f"{path}: is not a regular file")
        if facts.st_size > largest:
            raise TooLarge(f"{path}: {facts.st_size:,} bytes; files above {largest:,} are not imported")
        return file.read()


def cards_in(folder: str) -> list[str]:
    """The cards of a folder as vdirsyncer and khard keep them, by name; hidden ones are writes under way. Raises OSError."""
    names = sorted(name for name in os.listdir(folder) if name.lower().endswith(CARDS) and not name.startswith("."))
    return [os.path.join(folder, name) for name in names]
