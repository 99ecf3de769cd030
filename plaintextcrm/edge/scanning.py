"""What is in a vault's contact folders, as stat sees it: one listdir a folder, one lstat a file.

A look judges nothing, so it costs little more than the system's own calls: who finds the same as the last time knows that nothing
changed. Only what is not the same is judged, name by name.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from struct import iter_unpack, pack, unpack

from plaintextcrm.core.errors import why
from plaintextcrm.core.model import Location, Problem
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import Settings
from plaintextcrm.edge.paths import Path
from plaintextcrm.edge.vault import SKIPPED_FOLDERS, conflict_copy_of, contact_folders, is_contact_name, outside_folders

Stamp = tuple[int, int, int, int, int]
"""mode, mtime_ns, ctime_ns, size, inode."""
EACH = 40  # bytes of a stamp that is packed


class Scan(NamedTuple):
    """The contact files of a vault: path below the vault (with `/`) -> stamp; and what is odd there."""

    stamps: Mapping[str, Stamp]
    problems: tuple[Problem, ...]


class Listing(NamedTuple):
    """One folder as it is: the names in it, but for hidden ones, in the disk's own order, and their stamps one after the other."""

    folder: str
    prefix: str  # the folder's path below the vault, with a last `/`
    names: list[str]
    stamps: bytes

    def modes(self) -> list[int]:
        """What each of them is."""
        return memoryview(self.stamps).cast("q")[::5].tolist()


Stamping = Callable[[str, Sequence[str], int | None], tuple[list[str], bytes]]
"""`stamped`, or whatever gives the same."""


class Look(NamedTuple):
    """All contact folders as they are: the paths, with NUL between them, and their stamps one after the other, to be kept and compared.

    `is_plain`: what is the same as the last time is to be judged the same. `began` is in nanoseconds, by the clock that files are dated by.
    """

    paths: bytes
    stamps: bytes
    is_plain: bool
    problems: tuple[Problem, ...]
    began: int


def packed(listings: Iterable[Listing]) -> tuple[bytes, bytes]:
    """Their paths and stamps."""
    found = [(prefix, names, stamps) for _, prefix, names, stamps in listings if names]
    paths = [prefix + ("\0" + prefix).join(names) for prefix, names, _ in found]
    return "\0".join(paths).encode("utf-8", "surrogateescape"), b"".join([stamps for *_, stamps in found])


def unpacked(paths: bytes, stamps: bytes) -> dict[str, Stamp]:
    """What `packed` kept. Raises ValueError and struct.error where it is damaged."""
    names = paths.decode("utf-8", "surrogateescape").split("\0") if paths else []
    return dict(zip(names, _in_fives(unpack(f"{len(stamps) // 8}q", stamps)), strict=True))


def _in_fives(numbers: Iterable[int]) -> Iterator[Stamp]:
    each = iter(numbers)
    return zip(each, each, each, each, each, strict=True)


def stamped(base: str, found: Sequence[str], descriptor: int | None) -> tuple[list[str], bytes]:
    """Those of the names in a folder that are not hidden and still there, and their stamps. `base` is what to put before a name.

    A folder has no stamp but its mode: what happens in there shows there.
    """
    names: list[str] = []
    numbers: list[int] = []
    lstat, is_folder = os.stat, stat.S_ISDIR
    for name in found:
        if name[0] in "._":
            continue
        try:
            facts = lstat(base + name, dir_fd=descriptor, follow_symlinks=False)
        except FileNotFoundError:
            continue
        names.append(name)
        mode = facts.st_mode
        numbers += (mode, 0, 0, 0, 0) if is_folder(mode) else (mode, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size, facts.st_ino)
    return names, pack(f"{len(numbers)}q", *numbers)


def scan(root: Path, settings: Settings) -> Scan:
    """Every contact file and its stamp. What cannot be read is a problem."""
    return judged(look(root, settings), root)


def look(root: Path, settings: Settings, stamping: Stamping = stamped) -> Look:
    """The contact folders, with what is below them, as they are now."""
    began = time.time_ns()
    listings: list[Listing] = []
    problems = list(outside_folders(root, settings))
    site = settings.site.out.strip("/")
    is_plain = not problems
    for top, below in contact_folders(root, settings):
        waiting = [(str(top), f"{below}/" if below else "")]
        while waiting:
            folder, prefix = waiting.pop()
            try:
                listing = _listed(folder, prefix, stamping)
            except FileNotFoundError:
                continue  # an empty vault: git keeps no empty folders
            except OSError as error:
                is_plain = False
                reason = why(error)
                problems.append(Problem(Location(prefix.rstrip("/") or "."), "unreadable", f"the folder cannot be read: {reason}"))
                continue
            listings.append(listing)
            modes = listing.modes()
            if not all(map(stat.S_ISREG, set(modes))):
                is_plain &= all(stat.S_ISREG(mode) or stat.S_ISDIR(mode) for mode in modes)
                waiting += [
                    (os.path.join(folder, name), f"{prefix}{name}/")
                    for name, mode in zip(listing.names, modes, strict=True)
                    if stat.S_ISDIR(mode) and name.lower() not in SKIPPED_FOLDERS and prefix + name != site and _is_unicode(name)
                ]
    return Look(*packed(listings), is_plain, tuple(problems), began)


def look_in(folder: str, below: Iterable[str], stamping: Stamping = stamped) -> tuple[bytes, bytes] | None:
    """The paths and stamps of what is in these folders below one. None where one is missing."""
    try:
        listings = [_listed(os.path.join(folder, path), f"{path}/" if path else "", stamping) for path in below]
    except OSError:
        return None
    return packed(listings)


def lost(known: bytes, seen: Look) -> list[str]:
    """Which of the paths of an earlier look are there no more."""
    there = set(seen.paths.split(b"\0"))
    return [path.decode("utf-8", "surrogateescape") for path in known.split(b"\0") if path and path not in there]


def touched(known: tuple[bytes, bytes], seen: Look, also: Collection[str]) -> Look | None:
    """Of what was seen the paths whose stamp is another than the `known` one, and those of `also`: all else is to be judged as it was.

    None where paths came or went, or where one is no longer the same kind of thing.
    """
    if not seen.is_plain or known[0] != seen.paths or len(known[1]) != len(seen.stamps):
        return None
    paths = seen.paths.split(b"\0")
    again = {path.encode("utf-8", "surrogateescape") for path in also}
    others = [place for place, path in enumerate(paths) if path in again] if again else []
    places = sorted({*_differing(memoryview(known[1]), memoryview(seen.stamps), 0, len(paths)), *others})
    old, new = (b"".join([stamps[EACH * place : EACH * (place + 1)] for place in places]) for stamps in (known[1], seen.stamps))
    if any(was[0] != now[0] for was, now in zip(iter_unpack("5q", old), iter_unpack("5q", new), strict=True)):
        return None
    return seen._replace(paths=b"\0".join([paths[place] for place in places]), stamps=new)


def _differing(old: memoryview, new: memoryview, first: int, end: int) -> Iterator[int]:
    """The places of those stamps that differ: of a half that is the same none is looked at."""
    if old[EACH * first : EACH * end] == new[EACH * first : EACH * end]:
        return
    if end - first == 1:
        yield first
        return
    middle = (first + end) // 2
    yield from _differing(old, new, first, middle)
    yield from _differing(old, new, middle, end)


def with_others(seen: Look, root: Path, paths: Iterable[str]) -> Look:
    """What was seen, with those of these files that are there after all."""
    names: list[str] = []
    numbers: list[int] = []
    for path in paths:
        try:
            facts = os.lstat(os.path.join(root, path))
        except OSError:
            continue
        if not stat.S_ISREG(facts.st_mode):
            continue
        names.append(path)
        numbers += (facts.st_mode, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size, facts.st_ino)
    if not names:
        return seen
    others, stamps = packed([Listing("", "", names, pack(f"{len(numbers)}q", *numbers))])
    return seen._replace(paths=b"\0".join(filter(None, (seen.paths, others))), stamps=seen.stamps + stamps)


def judged(seen: Look, root: Path) -> Scan:
    """Which of those files are contacts, and what is odd about the others."""
    stamps: dict[str, Stamp] = {}
    problems = list(seen.problems)
    for path, stamp in unpacked(seen.paths, seen.stamps).items():
        name = path[path.rfind("/") + 1 :]
        if stat.S_ISREG(stamp[0]) and name.endswith(".md") and name[0] not in "RrIi" and "conflict" not in name and name.isascii():
            stamps[path] = stamp  # what nearly all are
        else:
            _judge(path, name, stamp, root, stamps, problems)
    return Scan(stamps, tuple(sorted(problems, key=lambda problem: problem.where)))


def _judge(path: str, name: str, stamp: Stamp, root: Path, stamps: dict[str, Stamp], problems: list[Problem]) -> None:
    """Put one path, whose last part is the name, where it belongs."""
    mode = stamp[0]
    if not _is_unicode(name):
        message = "the file's name is not UTF-8: rename it; it is not read"
        problems.append(Problem(Location(path.encode("utf-8", "replace").decode()), "bad-name", message))
    elif stat.S_ISREG(mode):
        if not is_contact_name(name):
            return
        original = conflict_copy_of(name)
        if original:
            message = f"conflict copy of {original}: bring the two together and delete one; it is not read"
            problems.append(Problem(Location(path), "conflict-copy", message, None, "warning"))
        else:
            stamps[path] = stamp
    elif stat.S_ISDIR(mode):
        if name.endswith(".md"):
            problems.append(Problem(Location(path), "not-a-file", "is a folder, though it is named like a contact", None, "warning"))
    elif stat.S_ISLNK(mode):
        _judge_link(path, name, root, stamps, problems)
    elif is_contact_name(name):
        problems.append(Problem(Location(path), "not-a-file", "is not a regular file and is not read"))


def _judge_link(path: str, name: str, root: Path, stamps: dict[str, Stamp], problems: list[Problem]) -> None:
    """A link is what it leads to."""
    if not is_contact_name(name):
        return
    place = Location(path)
    target = Path(os.path.realpath(root / path))
    if not target.is_relative_to(root):
        problems.append(Problem(place, "link-outside", "is a link that leads out of the vault and is not read"))
        return
    try:
        facts = target.stat()
    except OSError:
        problems.append(Problem(place, "not-a-file", "is a link that leads nowhere"))
        return
    if stat.S_ISREG(facts.st_mode):
        stamps[path] = (facts.st_mode, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size, facts.st_ino)
    else:
        problems.append(Problem(place, "not-a-file", "is a link to something that is not a regular file"))


def _is_unicode(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _listed(folder: str, prefix: str, stamping: Stamping) -> Listing:
    """What is in a folder, through its descriptor where the system has that. Raises OSError."""
    if os.stat not in os.supports_dir_fd or os.listdir not in os.supports_fd:
        return Listing(folder, prefix, *stamping(f"{folder}{os.sep}", os.listdir(folder), None))
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        return Listing(folder, prefix, *stamping("", os.listdir(descriptor), descriptor))
    finally:
        os.close(descriptor)
