"""A vault on disk: where it is, which files are contacts, and one of them as it is now."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping

from plaintextcrm.core.errors import NoVault, Refused
from plaintextcrm.core.model import Location, Problem, Source
from plaintextcrm.core.settings import FILE, LOCAL_FILE, Settings
from plaintextcrm.core.text import decode
from plaintextcrm.edge import files, places
from plaintextcrm.edge.paths import Path

SKIPPED_FOLDERS = frozenset(["templates", "phrases", "reviews", "attachments"])  # in any case: Obsidian's are `Templates`
SKIPPED_FILES = frozenset(["index.md", "inbox.md"])


def find(given: str | None, environment: Mapping[str, str], here: Path) -> Path:
    """The vault's real path: the option, PTCRM_VAULT, the nearest parent with `ptcrm.toml`, the user's own settings.

    Raises NoVault, saying what to do.
    """
    for chosen, name in ((given, "-C"), (environment.get("PTCRM_VAULT"), "PTCRM_VAULT")):
        if chosen:
            start = (here / Path(chosen).expanduser()).resolve()
            if not start.exists():
                raise NoVault(f"{name} {chosen}: there is no such folder")
            root = _above(start)
            if root is None:
                raise NoVault(f"{name} {chosen}: no vault is there (no {FILE}): make one with `ptcrm init {chosen}`")
            return root
    root = _above(here.resolve())
    if root is None:
        root = _by_config(environment)
    if root is None:
        raise NoVault("no vault here: make one with `ptcrm init my-people`, or try `ptcrm demo`")
    return root


def _above(start: Path) -> Path | None:
    return next((folder for folder in (start, *start.parents) if (folder / FILE).is_file()), None)


def _by_config(environment: Mapping[str, str]) -> Path | None:
    path = places.config_file()
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        return None
    import tomllib

    try:
        chosen = tomllib.loads(text).get("vault")
    except tomllib.TOMLDecodeError as error:
        raise NoVault(f"{path}: not readable as TOML: {error}") from None
    if not isinstance(chosen, str):
        return None
    root = Path(chosen).expanduser()
    if not (root / FILE).is_file():
        raise NoVault(f"{path}: vault = {chosen!r}: no vault is there (no {FILE})")
    return root.resolve()


def settings_texts(root: Path) -> tuple[bytes, bytes]:
    """The bytes of `ptcrm.toml` and `ptcrm.local.toml` (empty where there is none)."""
    texts = []
    for name in (FILE, LOCAL_FILE):
        try:
            texts.append(files.read_bytes(root / name))
        except FileNotFoundError:
            texts.append(b"")
        except (OSError, Refused) as error:
            raise NoVault(f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    return texts[0], texts[1]


def contact_folders(root: Path, settings: Settings) -> tuple[tuple[Path, str], ...]:
    """(folder, path below the vault, "" for the vault itself) of each of the `contacts` folders that are inside it."""
    found = []
    for name in settings.contacts:
        folder = Path(os.path.realpath(root / name))
        if folder.is_relative_to(root):
            found.append((root / name if name != "." else root, "" if name == "." else name))
    return tuple(found)


def outside_folders(root: Path, settings: Settings) -> tuple[Problem, ...]:
    """The `contacts` folders that lead out of the vault, which are not read."""
    names = (name for name in settings.contacts if not Path(os.path.realpath(root / name)).is_relative_to(root))
    return tuple(
        Problem(Location(FILE), "link-outside", f'contacts folder "{name}" leads out of the vault and is not read') for name in names
    )


def missing_folders(root: Path, settings: Settings) -> tuple[Problem, ...]:
    """The `contacts` folders that are not there, an error where one is that differs in case only.

    A new vault whose one folder has the usual name is none: git keeps no empty folders.
    """
    found = []
    for name in settings.contacts:
        above, last = os.path.split(os.path.join(root, name))
        if os.path.isdir(os.path.join(above, last)):
            continue
        other = next((one for one in _folders_in(above) if one.casefold() == last.casefold()), None)
        if other:
            right, severity = f'did you mean "{name[: len(name) - len(last)]}{other}"?', "error"
        elif settings.contacts != Settings().contacts:
            right, severity = "write the name of one that is, or make it", "warning"
        else:
            continue
        place = _line_of_contacts(root)
        found.append(Problem(place, "no-folder", f'contacts folder "{name}" is not there: {right}', None, severity))
    return tuple(found)


def _folders_in(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if os.path.isdir(os.path.join(folder, name)))
    except OSError:
        return []


def _line_of_contacts(root: Path) -> Location:
    """Where the settings name the contacts folders."""
    texts = settings_texts(root)
    for name, text in ((LOCAL_FILE, texts[1]), (FILE, texts[0])):
        for number, line in enumerate(text.splitlines(), 1):
            if re.match(rb"[ \t]*[\"']?contacts[\"']?[ \t]*=", line):
                return Location(name, number)
    return Location(FILE)


def id_of(path: str, settings: Settings) -> str:
    """The id of a contact file: its path below the contacts folder (of several folders: below the vault) without `.md`."""
    stem = path[:-3]
    if len(settings.contacts) == 1 and settings.contacts[0] != ".":
        return stem[len(settings.contacts[0]) + 1 :]
    return stem


def path_of(id: str, settings: Settings) -> str:
    """The path below the vault of the file that an id names."""
    if len(settings.contacts) == 1 and settings.contacts[0] != ".":
        return f"{settings.contacts[0]}/{id}.md"
    return f"{id}.md"


def spelled_so(path: Path) -> bool:
    """Whether the file is spelled exactly so on disk (macOS and Windows answer to other spellings too)."""
    if sys.platform not in ("win32", "darwin"):
        return True
    return path.name in os.listdir(path.parent)


_CONFLICT_COPIES = (r"(.*)\.sync-conflict-[\w-]+\.md\Z", r"(.*) \((?:[^()]*'s )?conflicted copy [^()]*\)\.md\Z")


def conflict_copy_of(name: str) -> str | None:
    """The file that a sync program's conflict copy is a copy of, or None where the name is of no such copy."""
    if "conflict" not in name.lower():
        return None
    match = next((found for pattern in _CONFLICT_COPIES if (found := re.match(pattern, name, re.IGNORECASE))), None)
    return f"{match[1]}.md" if match else None


def is_contact_name(name: str) -> bool:
    """Whether a file's name may be a contact's: not a template, an index, an editor's leftover."""
    return (
        name.endswith(".md")
        and name[0] not in "._"
        and name not in SKIPPED_FILES
        and not name.startswith("README")
        and name.lower() not in ("readme.md", *SKIPPED_FILES)
    )


def is_contact_path(path: str, settings: Settings) -> bool:
    """Whether a path below the vault may be a contact's: in a contacts folder, no template, index, leftover or conflict copy."""
    folders, name = path.split("/")[:-1], path.split("/")[-1]
    inside = any(below == "." or path.startswith(f"{below}/") for below in settings.contacts)
    site = settings.site.out.strip("/")
    skipped = any(part.lower() in SKIPPED_FOLDERS or part[:1] in ("", ".", "_") for part in folders) or path.startswith(f"{site}/")
    sound = bool(name) and "\\" not in path and "\0" not in path
    return inside and sound and not skipped and is_contact_name(name) and not conflict_copy_of(name)


def read(root: Path, path: str, settings: Settings) -> Source:
    """A contact file as it is now. Raises OSError or Refused where it cannot be read."""
    full = os.path.join(root, path)
    try:
        data = files.read_bytes(full, follow=False)
    except OSError:
        if not os.path.islink(full):
            raise
        if not Path(os.path.realpath(full)).is_relative_to(root):
            raise Refused(f"{path}: is a link that leads out of the vault and is not read") from None
        data = files.read_bytes(full)
    text, encoding = decode(data)
    return Source(id_of(path, settings), path, data, text, encoding)


def unreadable(path: str, error: Exception) -> Problem:
    """The problem of a file that cannot be read at all."""
    if isinstance(error, files.TooLarge):
        message = f"larger than {files.LARGEST:,} bytes and not read: is this a contact?"
        return Problem(Location(path), "too-large", message)
    reason = getattr(error, "strerror", None) or str(error)
    return Problem(Location(path), "unreadable", f"cannot be read: {str(reason).lower()}")
