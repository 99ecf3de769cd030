"""Templates as they were compiled, kept between two runs in the cache folder: to compile them takes longer than a page about everybody."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from jinja2 import FileSystemBytecodeCache, __version__
from jinja2.bccache import Bucket

from plaintextcrm.edge.paths import Path


class Compiled(FileSystemBytecodeCache):
    """Compiled templates in that folder. It is code that runs: a folder in which others may write is not read."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), "%s.template")

    def get_source_checksum(self, source: str) -> str:
        """With another template, or another jinja2, it is compiled anew."""
        return super().get_source_checksum(f"{__version__}\n{source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was kept, if anything was that can be used."""
        with suppress(OSError):
            if _is_ours_alone(self.directory):
                super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it; where that cannot be written, it is compiled again next time."""
        with suppress(OSError):
            os.makedirs(self.directory, mode=0o700, exist_ok=True)
            super().dump_bytecode(bucket)


def _is_ours_alone(folder: str) -> bool:
    if not hasattr(os, "getuid"):
        return True
    facts = os.lstat(folder)
    return stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid() and not facts.st_mode & 0o022
