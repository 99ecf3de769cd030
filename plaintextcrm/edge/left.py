"""How a build left its pages, in the cache folder: lost or wrong, it costs a build, and no file that ptcrm did not write."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from struct import pack_into

from plaintextcrm.core.record import NamedTuple
from plaintextcrm.edge.folders import Stamp, temp_name, unlink
from plaintextcrm.edge.scanning import EACH

Left = tuple[Stamp, str]
"""How a page was left, and the key of what it was made from."""


class Sight(NamedTuple):
    """All that is in some folders at one time, as `scanning.Look` packs it: the paths, with NUL between them, and a stamp for each."""

    paths: bytes
    stamps: bytes

    def is_as(self, other: Sight) -> bool:
        """Whether both saw the same; the order in which a disk tells it may change with a file."""
        return self == other or (len(self.stamps) == len(other.stamps) and self._each() == other._each())

    def _each(self) -> dict[bytes, bytes]:
        places = range(0, len(self.stamps), EACH)
        return dict(zip(self.paths.split(b"\0"), (self.stamps[place : place + EACH] for place in places), strict=False))

    def changed(self, now: Mapping[str, tuple[int, int, int, int, int]]) -> Sight | None:
        """The same with these stamps; None where it has no such path."""
        paths, stamps = self.paths.split(b"\0"), bytearray(self.stamps)
        for path, stamp in now.items():
            try:
                pack_into("5q", stamps, EACH * paths.index(path.encode("utf-8", "surrogateescape")), *stamp)
            except ValueError:
                return None
        return Sight(self.paths, bytes(stamps))


class Kept:
    """How each page was left, in the cache folder: a line a page, the last one holds; a line that is torn says nothing."""

    def __init__(self, output: str, cache: str | None) -> None:
        from zlib import crc32

        name = os.fsencode(output)
        self.path = os.path.join(cache, f"site-{crc32(name):08x}") if cache else ""
        self.first = f"ptcrm site 1 {name.hex()}"

    def begin(self) -> None:
        """Something to append to, where nothing is kept: what it will say is right, and not all."""
        if not self.path:
            return
        try:
            with open(self.path, "rb") as file:
                first = file.readline(len(self.first) + 9)
        except OSError:
            first = b""
        if first not in (f"{self.first}\n".encode(), f"{self.first} part\n".encode()):
            self._write(f"{self.first} part\n")

    def load(self) -> tuple[dict[str, Left], bool]:
        """Path (which may be anything) -> how it was left; and whether these are all that were written."""
        try:
            with open(self.path, encoding="utf-8", errors="replace", newline="\n") as file:
                lines = file.read().split("\n")
        except (OSError, ValueError):
            return {}, False
        is_whole = lines[0] == self.first
        if not is_whole and lines[0] != f"{self.first} part":
            return {}, False
        known: dict[str, Left] = {}
        for line in lines[1:-1]:
            try:
                path, size, changed, inode, key = line.split("\t")
                if size:
                    known[path] = ((int(size), int(changed), int(inode)), key)
                else:
                    known.pop(path, None)
            except ValueError:
                continue
        return known, is_whole

    def append(self, left: Mapping[str, Left], gone: Iterable[str]) -> None:
        """More of it, in one write. Where nothing is kept, or it cannot be written, nothing is."""
        text = "".join([*(_line(path, *how) for path, how in left.items()), *(f"{path}\t\t\t\t\n" for path in gone)])
        if not text or not self.path:
            return
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
        except OSError:
            return
        try:
            os.write(descriptor, text.encode("utf-8", "replace"))
        except OSError:
            pass
        finally:
            os.close(descriptor)

    def replace(self, left: Mapping[str, Left]) -> None:
        """All of it."""
        if self.path:
            self._write(f"{self.first}\n" + "".join(_line(path, *how) for path, how in left.items()))

    def _write(self, text: str) -> None:
        beside = os.path.join(os.path.dirname(self.path), temp_name())
        try:
            os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
            with open(beside, "w", encoding="utf-8", errors="replace", newline="\n") as file:
                file.write(text)
            os.replace(beside, self.path)
        except OSError:
            unlink(beside, None)


def _line(path: str, stamp: Stamp, key: str) -> str:
    size, changed, inode = stamp
    return f"{path}\t{size}\t{changed}\t{inode}\t{key}\n"
