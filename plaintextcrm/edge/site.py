"""The output folder of the site: only what differs is written, only what is ours is removed, nothing goes in through a link.

What is ours is known from the files themselves: the folder has `.ptcrm-site` in it, and each page has MARK near its beginning. What is
kept in the cache (`Kept`) only saves work: lost or wrong, it costs a build, and no file that ptcrm did not write.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import TracebackType

from plaintextcrm.core.errors import Refused, why
from plaintextcrm.core.model import Location, Problem
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.edge.folders import Folders, below, stamp_of, temp_name, unlink
from plaintextcrm.edge.left import Kept, Left, Sight
from plaintextcrm.edge.ours import CREATE, HEAD, MARK, OPEN, SIGN, SIGN_TEXT, TEMP, has_sign, locked, not_ours, wrong_place
from plaintextcrm.edge.page import InTheWay, other_mode, put, remove
from plaintextcrm.edge.scanning import look_in

_KINDS = (".html", ".css", ".js", ".ics", ".json")  # what a page may be, where nothing but its mark says that it is ours
_UNSAFE = re.compile(r"(?:\A|/)(?:[.]|/|\Z)|[\x00-\x1f\x7f\\:]")


class Gone(Refused):
    """The folder, or its mark, was taken away since it was opened: only a whole `write` makes it again."""


class Written(NamedTuple):
    """What became of the pages: paths below the output folder, and how many were as they are."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    same: int = 0
    removed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()  # pages that something of somebody else's is in the way of


def _safe(path: str) -> str:
    """The path as it is. Raises ValueError where it is none that may be written: whoever made it did not ask `core.pages.addresses`."""
    if _UNSAFE.search(path):
        raise ValueError(f"not the path of a page: {path!r}")
    return path


def open_output(
    out: str, root: str, *, given: bool = False, contacts: Collection[str] = (), cache: str | None = None, shared: bool = False
) -> Output:
    """The output folder, made if there is none. `root` is the vault's real path, `contacts` are folders below it as in its settings.

    `out` is below the vault where it comes from the settings; `given` on the command line it may be anywhere. `cache` is the
    vault's cache folder. Files are for the user alone; `shared`: as the umask has it.

    Raises Refused where the folder is not ours to write to.
    """
    folder = os.path.realpath(os.path.abspath(out) if given else os.path.join(root, out))
    where = "--out" if given else "[site] out"
    wrong = wrong_place(folder, root, given, contacts) or not_ours(folder)
    if wrong:
        raise Refused(f"{where} {out}: {wrong}: nothing is written")
    output = Output(folder, out, cache, shared)
    try:
        output.make()
    except OSError as error:
        raise Refused(f"{where} {out}: cannot be made: {why(error)}") from None
    return output


class Output:
    """The folder, ours (`open_output`). Each method holds its lock; `with output:` holds it for several, and across a fork."""

    def __init__(self, folder: str, shown: str, cache: str | None, shared: bool) -> None:
        self.folder, self.shown, self.shared = folder, shown, shared
        self.mode = 0o666 & ~_umask() if shared else 0o600
        self._kept = Kept(folder, cache)
        self._folders: Folders | None = None
        self._lock, self._holds = -1, 0
        self._is_copy = False

    def __getstate__(self) -> dict[str, object]:
        """What a child process gets that was not forked: descriptors of its own, and no lock, because its parent has it."""
        return {**self.__dict__, "_folders": None, "_lock": -1, "_holds": 0, "_is_copy": True}

    def make(self) -> None:
        """The folder and its mark, where they are missing. Raises OSError."""
        if os.path.isdir(self.folder) and has_sign(self.folder):
            return
        os.makedirs(os.path.dirname(self.folder), exist_ok=True)
        try:
            os.mkdir(self.folder, 0o777 if self.shared else 0o700)
        except FileExistsError:
            pass
        beside = os.path.join(self.folder, temp_name())
        descriptor = os.open(beside, CREATE, self.mode)
        try:
            os.write(descriptor, SIGN_TEXT)
        finally:
            os.close(descriptor)
        os.replace(beside, os.path.join(self.folder, SIGN))

    def write(self, pages: Iterable[tuple[str, bytes]], *, keep: Collection[str] = (), keys: Mapping[str, str] | None = None) -> Written:
        """The whole site: these pages (path below the folder, bytes) and those to `keep` as they are; all others of ours go.

        `keys` says for a path what its page was made from, for `in_place` to ask later. What other processes wrote with
        `write_some` is among those to keep. Raises Refused where the disk does not take it: what was written until then is whole.
        """
        with self._held(make=True) as folders:
            known, is_whole = self._kept.load()
            names: set[str] = set()
            paths: set[str] = set()
            for path in keep:
                self._once(path, names, paths)

            def counted() -> Iterator[tuple[str, bytes]]:
                for path, data in pages:
                    self._once(path, names, paths)
                    yield path, data

            written, left = self._put_all(folders, counted(), keys or {})
            removed = self._sweep(folders, paths, known, is_whole)
            kept = {path: known[path] for path in paths if path in known} | left
            if kept != known or not is_whole:
                self._kept.replace(kept)
            return written._replace(removed=removed)

    def write_some(
        self, pages: Iterable[tuple[str, bytes]], removed: Iterable[str] = (), *, keys: Mapping[str, str] | None = None
    ) -> Written:
        """Only these pages; those `removed` go if they are ours; the rest stays. Raises Refused; `Gone` where the folder is."""
        with self._held(make=False) as folders:
            written, left = self._put_all(folders, pages, keys or {})
            gone = tuple(path for path in removed if remove(folders, _safe(path)))
            self._kept.append(left, gone)
            return written._replace(removed=gone)

    def read(self, path: str) -> bytes | None:
        """A page of ours as it is; None where there is none."""
        with self._held(make=False) as folders:
            try:
                base, name, folder = folders.at(_safe(path), make=False)
                descriptor = os.open(base + name, OPEN, dir_fd=folder)
            except OSError:
                return None
            with open(descriptor, "rb") as file:
                data = file.read() if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
        return data if MARK in data[:HEAD] else None

    def in_place(self, keys: Mapping[str, str]) -> frozenset[str]:
        """Those of these paths whose page was made from that key, and is still as it was left."""
        found = []
        with self._held(make=True) as folders:
            known, _ = self._kept.load()
            below: str | None = None
            base, descriptor = "", None
            for path, key in keys.items():
                left = known.get(path)
                if not left or left[1] != key:
                    continue
                folder, _, name = _safe(path).rpartition("/")
                try:
                    if folder != below:
                        base, _, descriptor = folders.at(path, make=False)
                        below = folder
                    facts = os.stat(base + name, dir_fd=descriptor, follow_symlinks=False)
                except OSError:
                    continue
                if stat.S_ISREG(facts.st_mode) and left[0] == stamp_of(facts) and not other_mode(facts.st_mode, self.mode, folders):
                    found.append(path)
        return frozenset(found)

    def folders(self) -> list[str]:
        """The folders that have pages, as paths below this one."""
        known, _ = self._kept.load()
        return sorted({"", *(path.rpartition("/")[0] for path in known)})

    def look(self, folders: Iterable[str]) -> Sight | None:
        """All that is in these folders, as it is now. None where one is missing."""
        seen = look_in(self.folder, folders)
        return Sight(*seen) if seen else None

    def look_again(self, sight: Sight, paths: Iterable[str]) -> Sight | None:
        """What was seen, with these pages of it as they are now. None where one is not there, now or then."""
        now = {}
        for path in paths:
            try:
                facts = os.lstat(os.path.join(self.folder, _safe(path)))
            except OSError:
                return None
            now[path] = (facts.st_mode, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size, facts.st_ino)
        return sight.changed(now)

    def __enter__(self) -> Output:
        self._hold(make=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._let_go()

    # -- many pages --

    @staticmethod
    def _once(path: str, names: set[str], paths: set[str]) -> None:
        folded = path.casefold()
        if folded in names:
            raise ValueError(f"two pages of one name: {path!r}")
        names.add(folded)
        paths.add(path)

    def _put_all(self, folders: Folders, pages: Iterable[tuple[str, bytes]], keys: Mapping[str, str]) -> tuple[Written, dict[str, Left]]:
        new: list[str] = []
        changed: list[str] = []
        same = 0
        problems: list[Problem] = []
        left: dict[str, Left] = {}
        try:
            for path, data in pages:
                if MARK not in data[:HEAD]:
                    raise ValueError(f"{path}: a page without {MARK.decode()!r} at its beginning could never be removed")
                try:
                    stamp, state = put(folders, _safe(path), data, self.mode)
                except InTheWay as odd:
                    problems.append(Problem(Location(f"{self.shown}/{path}"), "in-the-way", f"{odd}; the page is not written"))
                    continue
                if state is None:
                    same += 1
                else:
                    (new if state else changed).append(path)
                left[path] = (stamp, keys.get(path, ""))
        except BaseException as error:
            self._kept.append(left, ())
            if isinstance(error, OSError):
                name = f" {path}" if error.filename else ""
                raise Refused(f"{self.shown}{name}: cannot be written: {why(error)}") from None
            raise
        return Written(tuple(new), tuple(changed), same, (), tuple(problems)), left

    # -- what is no page any more --

    def _sweep(self, folders: Folders, paths: Collection[str], known: Mapping[str, Left], is_whole: bool) -> tuple[str, ...]:
        """Remove our pages that are no pages any more, and what a killed build left; the paths of the pages.

        With a whole memory of what was written, only that is ours. Without it what has our mark, in the folders that have pages.
        """
        where = {""} | {path.rpartition("/")[0] for path in paths}
        stale = [path for path in known if path not in paths and not _UNSAFE.search(path)]
        where |= {path.rpartition("/")[0] for path in stale}
        if not is_whole:
            where |= {folder for name in ("contacts", "due", "reports") for folder in below(self.folder, name)}
        for folder in sorted(where):
            try:
                base, _, descriptor = folders.at(f"{folder}/x" if folder else "x", make=False)
                names = os.listdir(base if descriptor is None else descriptor)
            except OSError:
                continue
            prefix = f"{folder}/" if folder else ""
            for name in names:
                if name[0] == ".":
                    if TEMP.match(name):
                        unlink(base + name, descriptor)
                elif not is_whole and name.endswith(_KINDS) and prefix + name not in paths and prefix + name not in known:
                    stale.append(prefix + name)
        return tuple(path for path in sorted(stale) if remove(folders, path))

    # -- the lock and the descriptors --

    def _hold(self, make: bool) -> Folders:
        if self._folders is None:
            if make:
                try:
                    self.make()
                except OSError as error:
                    raise Refused(f"{self.shown}: cannot be made: {why(error)}") from None
            elif not has_sign(self.folder):
                raise Gone(f"{self.shown}: the folder of the pages is gone")
            self._lock = -1 if self._is_copy else locked(os.path.join(self.folder, SIGN), self.shown)
            try:
                self._folders = Folders(self.folder, self.shared)
            except OSError as error:
                self._unlock()
                raise Gone(f"{self.shown}: the folder of the pages cannot be opened: {why(error)}") from None
            if not self._is_copy:
                self._kept.begin()
        self._holds += 1
        return self._folders

    def _let_go(self) -> None:
        self._holds -= 1
        if not self._holds and self._folders is not None:
            self._folders.close()
            self._folders = None
            self._unlock()

    def _unlock(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _held(self, *, make: bool) -> _Hold:
        return _Hold(self, make)


class _Hold:
    """`with` it, the output is locked."""

    def __init__(self, output: Output, make: bool) -> None:
        self.output, self.make = output, make

    def __enter__(self) -> Folders:
        return self.output._hold(self.make)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.output._let_go()


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
