"""Reasons to write to one person, and the letter that a phrase of the vault's makes for them."""

from __future__ import annotations

import os
from collections.abc import Iterator

from plaintextcrm.app.reading import Brief, brief
from plaintextcrm.app.vaults import Vault
from plaintextcrm.app.writing import How, Logged, log
from plaintextcrm.core import ideas as reasons
from plaintextcrm.core.errors import Refused, Usage, why
from plaintextcrm.core.ideas import Idea, Letter, Subject
from plaintextcrm.core.model import Contact, Interaction
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import decode, fold, normal
from plaintextcrm.edge import files
from plaintextcrm.edge.index import Index
from plaintextcrm.edge.paths import Path

FOLDER = "phrases"


class Draft(NamedTuple):
    """A letter ready to be sent: the address that opens it ("" where the file has none), its kind, the phrase it came from."""

    address: str
    letter: Letter
    kind: str  # email or text
    phrase: str | None


def subject_of(vault_: Vault, one: Brief) -> Subject:
    """What the ideas about one person look at."""
    return Subject(one.contact, one.standing, one.row, vault_.settings, vault_.today, one.plain)


def ideas_of(index: Index, vault_: Vault, one: Brief) -> tuple[Idea, ...]:
    """The ideas about somebody whose brief is at hand; the others are read only where they can help."""
    return reasons.ideas(subject_of(vault_, one), _Others(index))


def ideas(index: Index, vault_: Vault, id: str) -> tuple[Brief, tuple[Idea, ...]]:
    """One person and the reasons to write. Raises NotFound."""
    one = brief(index, vault_, id)
    return one, ideas_of(index, vault_, one)


class _Others:
    """Everybody who may be turned to, read when asked for."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def __iter__(self) -> Iterator[Contact]:
        return (contact for contact, facts in self.index.contacts(with_log=False) if not facts.gone)


# --- the letter ----------------------------------------------------------------------------------------------------


def draft(vault_: Vault, one: Brief, found: tuple[Idea, ...], name: str | None) -> Draft:
    """The phrase that is named, else the one that fits today's reason, filled in.

    Raises Usage where there is no such phrase or it cannot be filled, Refused for the deceased and who asked not to be contacted.
    """
    if one.contact.is_true("do_not_contact"):
        raise Refused(f"{one.contact.path}: {one.contact.name} asked not to be contacted (do_not_contact): nothing is opened")
    if reasons.is_dead(one.contact, vault_.today):
        raise Refused(f"{one.contact.path}: {one.contact.name} is deceased: nothing is opened")
    who = subject_of(vault_, one)
    names = phrases(vault_)
    chosen = _named(name, names) if name else reasons.phrase_for(found, names)
    path = f"{FOLDER}/{chosen}.md"
    letter = reasons.fill(_text(vault_, path), path, who) if chosen else Letter("", "")
    address, kind = _address(who, letter)
    return Draft(address, letter, kind, chosen)


def phrases(vault_: Vault) -> tuple[str, ...]:
    """The names of the vault's phrases, sorted; none where the folder is missing or leads out of the vault."""
    folder = vault_.root / FOLDER
    try:
        found = os.listdir(folder) if _is_inside(vault_, folder) else []
    except OSError:
        return ()
    return tuple(sorted(name[:-3] for name in found if name.endswith(".md") and name[0] not in "._" and name[:6].lower() != "readme"))


def _is_inside(vault_: Vault, path: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(vault_.root)


def _named(name: str, names: tuple[str, ...]) -> str:
    hit = next((one for one in names if fold(one) == fold(name.removesuffix(".md"))), None)
    if hit is not None:
        return hit
    there = f"there are {', '.join(names)}" if names else f"write {FOLDER}/hello.md"
    raise Usage(f'no phrase is called "{name}": {there}')


def _text(vault_: Vault, path: str) -> str:
    if not _is_inside(vault_, vault_.root / path):
        raise Refused(f"{path}: leads out of the vault and is not read")
    try:
        return normal(decode(files.read_bytes(vault_.root / path))[0]).replace("\r\n", "\n")
    except OSError as error:
        raise Refused(f"{path}: cannot be read: {why(error)}") from None


def _address(who: Subject, letter: Letter) -> tuple[str, str]:
    """(the address that opens it, the kind): a mail, or a text where they prefer that or have no mail address."""
    mails = [reasons.mailto(one, letter) for one in who.contact.texts("email") if reasons.is_mail_address(one)]
    texts = [found for one in who.contact.texts("phone") if (found := reasons.sms(one, letter))]
    wanted = reasons.preferred(who.contact.text("prefers") or "", who.settings.kind_table)
    if texts and (not mails or (wanted and wanted.name == "text")):
        return texts[0], "text"
    return (mails[0], "email") if mails else ("", "letter")


def entry(vault_: Vault, written: Draft) -> Interaction:
    """What a letter that was sent is in the log."""
    return Interaction(vault_.today, written.phrase or "", written.kind, fields=(("dir", "out"),))


def record(vault_: Vault, id: str, written: Draft, how: How = How()) -> Logged:
    """Write it into the log."""
    return log(vault_, [id], entry(vault_, written), how=how)
