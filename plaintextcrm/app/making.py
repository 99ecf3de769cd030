"""Making things that are not there yet: a vault, the demo, a person."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from datetime import date

from plaintextcrm.app import writing
from plaintextcrm.app.vaults import Vault
from plaintextcrm.app.writing import How, Written
from plaintextcrm.core import contact as contacts
from plaintextcrm.core import edit, names
from plaintextcrm.core.errors import Refused, Usage
from plaintextcrm.core.model import Edit, Source
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.settings import FILE, LOCAL_FILE, Settings
from plaintextcrm.core.vocabulary import LIST_TYPES, find_key
from plaintextcrm.edge import files, git, places, vault, versions
from plaintextcrm.edge.paths import Path

GIT_IGNORE = f"""\
# what the team need not see
{LOCAL_FILE}
# generated, disposable
site/
# a write under way
.*.ptcrm
"""
GIT_ATTRIBUTES = """\
# the bytes of a contact are the user's: git must not change line endings
*.md -text
"""
DRIVER = "ptcrm"


def settings_text(name: str, today: date) -> str:
    """A first `ptcrm.toml`, with a comment on each line."""
    title = name.replace("\\", "\\\\").replace('"', '\\"')
    return f"""\
name = "{title}"                # how this vault is called
contacts = ["contacts"]            # the folders with one Markdown file per person
since = {today.isoformat()}                 # for people without `created`: when we began
file_names = "slug"                # new files: "slug" (ada-king.md) or "name" (Ada King.md)
leap_day = "feb28"                 # 29 February in other years: "feb28" or "mar1"
currency = "EUR"                   # of [value:: …] on referrals

[tiers]                            # your own names: how often, and how much they weigh in the due list
A = {{ cadence = "1 month",  weight = 3 }}
B = {{ cadence = "3 months", weight = 2 }}
C = {{ cadence = "6 months", weight = 1 }}

[due]
default_cadence = "never"          # people with neither tier nor cadence; "6 months" reminds of everybody
per_week = 10                      # how many people a week you can do; the rest waits quietly
soon_days = 7                      # what "soon" means
occasion_days = 7                  # how early birthdays and anniversaries show
retry_days = 7                     # how long somebody you did not reach is left in peace
newcomers = true                   # somebody new: after 2 days, 2 weeks, 6 weeks, then the cadence

[me]
name = ""                          # you
location = ""                      # where you live
hobbies = []                       # what you like: shared ones are a reason to write
ahead = ""                         # what `five: next` is for

[log]
order = "oldest"                   # a new log is written "oldest" or "newest" first

[git]
commit = true                      # each write is one commit of exactly the files it changed
"""


def is_vault(folder: Path) -> bool:
    """Whether a vault is there already."""
    return (folder / FILE).exists()


class Made(NamedTuple):
    """A vault that was made: whether git has a first commit, and where what was kept of an older one in that place is now."""

    in_git: bool
    aside: Path | None = None


def make_vault(folder: Path, name: str, today: date, with_git: bool) -> Made:
    """A new vault. What is there already stays as it is.

    Raises Usage where the folder is a vault already, NotCommitted where git could not commit.
    """
    if is_vault(folder):
        raise Usage(f"{folder}: is a vault already ({FILE} is there)")
    contacts_ = folder / "contacts"
    contacts_.mkdir(parents=True, exist_ok=True)
    holds_people = any(contacts_.iterdir())
    aside = None if holds_people else _past_set_aside(folder)
    for path, text in ((FILE, settings_text(name, today)), (".gitignore", GIT_IGNORE), (".gitattributes", attributes_text())):
        if not (folder / path).exists():
            (folder / path).write_text(text, encoding="utf-8")
    ours = [FILE, ".gitignore", ".gitattributes", *(["contacts"] if holds_people else ())]
    return Made(_first_commit(folder, with_git, ours), aside)  # other files of that folder are no business of ours


def _past_set_aside(folder: Path) -> Path | None:
    """What was kept of a vault that was here and is gone (its undo, what was imported) is not the new one's; it may be all that is left."""
    return places.set_aside(places.vault_folder(places.state_folder(), folder.resolve()))


def _first_commit(folder: Path, with_git: bool, paths: Sequence[str] = (".",)) -> bool:
    """A first commit of the paths where there is no repository yet; in any case git merges the vault's contacts as we do."""
    if not with_git:
        return False
    made = git.repository(folder.resolve()) is None and git.init(folder, "A vault for ptcrm", paths)
    register(folder)
    return made


def example_folder() -> Path:
    """The example vault as it was installed, or as it stands in a checkout."""
    inside = Path(__file__).parent.parent / "example-vault"
    beside = Path(__file__).parent.parent.parent / "example-vault"
    found = next((folder for folder in (inside, beside) if (folder / FILE).is_file()), None)
    if found is None:
        raise Usage("the example vault is not installed with this program")
    return found


def copy_example(folder: Path, with_git: bool) -> Made:
    """The example vault in a folder that is new or empty."""
    if folder.exists() and any(folder.iterdir()):
        raise Usage(f"{folder}: is not empty; name a new folder")
    aside = _past_set_aside(folder)
    shutil.copytree(example_folder(), folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    for below, _, copied in os.walk(folder):
        os.chmod(below, 0o755)
        for name in copied:
            os.chmod(os.path.join(below, name), 0o644)
    (folder / ".gitattributes").write_text(attributes_text(), encoding="utf-8")
    if with_git and git.repository(folder.resolve()) is None:
        settings = folder / FILE
        settings.write_text(settings.read_text(encoding="utf-8").replace("commit = false", "commit = true"), encoding="utf-8")
    return Made(_first_commit(folder, with_git), aside)


# --- the merge driver ----------------------------------------------------------------------------------------------


def attributes_text(settings: Settings = Settings()) -> str:
    """A first `.gitattributes`."""
    return f"{GIT_ATTRIBUTES}{_merge_lines(settings)}"


def _merge_lines(settings: Settings) -> str:
    patterns = (_pattern(folder) for folder in settings.contacts)
    return "# two who log at once lose nothing\n" + "".join(f"{pattern} merge={DRIVER}\n" for pattern in patterns)


def _pattern(folder: str) -> str:
    """What matches the Markdown files in a folder and below it, as `.gitattributes` has it."""
    if folder == ".":
        return "*.md"
    pattern = re.sub(r"[*?[]", r"[\g<0>]", folder) + "/**/*.md"
    return f'"{pattern}"' if any(sign.isspace() for sign in folder) else pattern


def attribute_contacts(root: Path, settings: Settings) -> bool:
    """Say in `.gitattributes` that contacts merge by our driver, where nothing says so yet; whether that was needed."""
    probes = ["x.md" if folder == "." else f"{folder}/x.md" for folder in settings.contacts]
    if all(versions.merges_with(root, probe) for probe in probes):
        return False
    before = files.now(root / ".gitattributes")
    text = before or GIT_ATTRIBUTES.encode()
    files.apply(root, Edit(".gitattributes", before, text + (b"" if text.endswith(b"\n") else b"\n") + _merge_lines(settings).encode()))
    return True


def register(root: Path) -> bool:
    """Tell git of this clone how contacts are merged; False where it knows, or where there is no git."""
    if git.repository(root.resolve()) is None or shutil.which("git") is None:
        return False
    if versions.setting(root, f"merge.{DRIVER}.driver") == driver():
        return False
    versions.set_setting(root, f"merge.{DRIVER}.name", "contacts, by entry and by field (ptcrm)")
    versions.set_setting(root, f"merge.{DRIVER}.driver", driver())
    return True


def driver() -> str:
    """The line that git runs to merge one file: this very ptcrm, and where that fails git's own merge of lines.

    A 1 says that markers stand, which is looked at: a Python that does not find the program ends with 1, too.
    """
    plain = "[ $? = 1 ] && grep -q '<<<<<<< ' %A && exit 1; git merge-file %A %O %B || exit 1"
    return f"{_program()} merge-file %O %A %B %P || {{ {plain}; }}"


def _program() -> str:
    """This program for a shell, and for git, to which % is a sign."""
    script = os.path.abspath(sys.argv[0])
    if os.path.basename(script) in ("ptcrm", "ptcrm.exe") and os.path.isfile(script):
        words = shlex.quote(script)
    else:  # -P: git starts it in the vault, and nothing in a vault may be imported
        words = f"{shlex.quote(sys.executable)} -P -m plaintextcrm"
    return words.replace("%", "%%")


# --- a person ------------------------------------------------------------------------------------------------------


def new_person(vault_: Vault, name: str, keys: dict[str, str | bool | Sequence[str]], how: How = How()) -> tuple[str, Written]:
    """(id, what was written): a file as `add` writes it. Raises Usage where a value is not what its key takes."""
    folders = vault.contact_folders(vault_.root, vault_.settings)
    if not folders:
        raise Refused("the contacts folder leads out of the vault: nothing is written")
    folder, below = folders[0]
    path, text = "", ""

    def plan() -> list[Edit]:
        nonlocal path, text
        taken = [entry[:-3] for entry in os.listdir(folder) if entry.endswith(".md")] if folder.is_dir() else []
        make = names.file_name if vault_.settings.file_names == "name" else names.slug
        stem = make(name, taken)
        path = f"{below}/{stem}.md" if below else f"{stem}.md"
        text = edit.new_contact(name, keys)
        _verify(path, text, name, keys)
        return [Edit(path, None, text.encode("utf-8"))]

    written = writing.write(vault_, plan, f"add: {name}", how)
    return vault.id_of(path, vault_.settings), written


def _verify(path: str, text: str, name: str, keys: dict[str, str | bool | Sequence[str]]) -> None:
    parsed = contacts.parse(Source(path[:-3], path, text.encode(), text, "utf-8"))
    wrong = [problem for problem in parsed.problems if problem.severity == "error"]
    if wrong:
        raise Usage(wrong[0].message)
    near = [problem for problem in parsed.problems if problem.code == "near-key"]
    if near:
        raise Usage(near[0].message)
    if parsed.contact.name != " ".join(name.split()):
        raise Usage(f'the name "{name}" would not be read back as it is: write the file with an editor')


def key_value(text: str) -> tuple[str, str | list[str]]:
    """`--set key=value` as a key and its value, a list where the key takes one. Raises Usage."""
    key, sign, value = text.partition("=")
    key = key.strip()
    if not sign or not key or not value.strip():
        raise Usage(f'--set "{text}": write it like --set company="Acme Ltd"')
    known = find_key(key)
    name = known.name if known else key
    if known and known.type in LIST_TYPES:
        return name, [part.strip() for part in value.split(",")] if known.type != "whole list" else list(contacts.typed_whole(value))
    return name, value.strip()
