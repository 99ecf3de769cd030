"""Making things that are not there yet: a vault, the demo, a person."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from datetime import date

from plaintextcrm.app import writing
from plaintextcrm.app.vaults import Vault
from plaintextcrm.app.writing import How, Written
from plaintextcrm.core import contact as contacts
from plaintextcrm.core import edit, names
from plaintextcrm.core.errors import Refused, Usage
from plaintextcrm.core.model import Edit, Source
from plaintextcrm.core.settings import FILE, LOCAL_FILE
from plaintextcrm.core.vocabulary import LIST_TYPES, find_key
from plaintextcrm.edge import git, vault
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


def make_vault(folder: Path, name: str, today: date, with_git: bool) -> tuple[list[str], bool]:
    """A new vault: (what was made, whether git has a first commit). What is there already stays as it is.

    Raises Usage where the folder is a vault already, NotCommitted where git could not commit.
    """
    if (folder / FILE).exists():
        raise Usage(f"{folder}: is a vault already ({FILE} is there)")
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for path, text in ((FILE, settings_text(name, today)), (".gitignore", GIT_IGNORE), (".gitattributes", GIT_ATTRIBUTES)):
        if not (folder / path).exists():
            (folder / path).write_text(text, encoding="utf-8")
            made.append(path)
    if not (folder / "contacts").exists():
        (folder / "contacts").mkdir()
        made.append("contacts/")
    return made, _first_commit(folder, with_git)


def _first_commit(folder: Path, with_git: bool) -> bool:
    if not with_git or git.repository(folder.resolve()) is not None:
        return False
    return git.init(folder, "A vault for ptcrm")


def example_folder() -> Path:
    """The example vault as it was installed, or as it stands in a checkout."""
    inside = Path(__file__).parent.parent / "example-vault"
    beside = Path(__file__).parent.parent.parent / "example-vault"
    found = next((folder for folder in (inside, beside) if (folder / FILE).is_file()), None)
    if found is None:
        raise Usage("the example vault is not installed with this program")
    return found


def copy_example(folder: Path, with_git: bool) -> bool:
    """The example vault in a folder that is new or empty; whether git has a first commit."""
    if folder.exists() and any(folder.iterdir()):
        raise Usage(f"{folder}: is not empty; name a new folder")
    shutil.copytree(example_folder(), folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    for below, _, files in os.walk(folder):
        os.chmod(below, 0o755)
        for name in files:
            os.chmod(os.path.join(below, name), 0o644)
    (folder / ".gitattributes").write_text(GIT_ATTRIBUTES, encoding="utf-8")
    if with_git and git.repository(folder.resolve()) is None:
        settings = folder / FILE
        settings.write_text(settings.read_text(encoding="utf-8").replace("commit = false", "commit = true"), encoding="utf-8")
    return _first_commit(folder, with_git)


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
        return name, [part.strip() for part in value.split(",")] if known.type != "whole list" else [value.strip()]
    return name, value.strip()
