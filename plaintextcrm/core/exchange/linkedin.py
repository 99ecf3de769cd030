"""LinkedIn's Connections.csv, as it is or in the ZIP that LinkedIn sends: the header may have lines above it."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from plaintextcrm.core.errors import Usage
from plaintextcrm.core.exchange.incoming import Given, Hints, Person, Reading, Refusal
from plaintextcrm.core.exchange.products import Draft, read_people

LARGEST = 100_000_000  # bytes of Connections.csv out of a ZIP


def read(files: Sequence[Given], hints: Hints) -> Reading | None:
    """What LinkedIn's files say, or None where none is one. Who is listed twice is told; a row without a name is a closed account."""
    found = read_people(tuple(map(_unzipped, files)), hints, _fits, _means, ("connected_on",), "LinkedIn")
    return found and _each_once(found)


def _fits(columns: Sequence[str]) -> bool:
    return {"first_name", "last_name", "connected_on"} <= set(columns)


def _means(draft: Draft) -> None:
    cell = draft.cell
    if cell("first_name") or cell("last_name"):
        draft.called("", cell("first_name"), "", cell("last_name"))
        draft.say("company", cell("company"))
    draft.say("role", cell("job_title"), cell("position"))
    draft.say("email", *(address for address in [cell("email_address") or cell("e_mail_address")] if "@" in address))
    draft.say("linkedin", cell("url"))
    draft.day("met", cell("connected_on"), 2000)


def _each_once(found: Reading) -> Reading:
    """A row that says nothing but what another of the same address said is left out, and told."""
    first: dict[str, Person] = {}
    people: list[Person] = []
    refused: list[Refusal] = []
    for person in found.people:
        address = _address(person.keys.get("linkedin", ""))
        before = first.get(address)
        if address and before and person.where and before.where and _same(person, before):
            refused.append(Refusal(person.where, f"the same connection as in line {before.where.line}", of_person=True))
        else:
            first.setdefault(address, person)
            people.append(person)
    closed = (refusal._replace(reason="no name: a closed account") if "no name" in refusal.reason else refusal for refusal in found.refused)
    return found._replace(people=tuple(people), refused=(*closed, *refused))


def _same(person: Person, before: Person) -> bool:
    return person._replace(where=None, keys=dict(person.keys)) == before._replace(where=None, keys=dict(before.keys))


def _address(written: str | tuple[str, ...]) -> str:
    """A profile's address for comparing: LinkedIn has no other id."""
    one = written if isinstance(written, str) else written[0]
    return one.partition("?")[0].rstrip("/").casefold()


def _unzipped(given: Given) -> Given:
    """Connections.csv out of LinkedIn's ZIP. Raises Usage where a ZIP cannot be read, or the file in it is too large."""
    if not given.data.startswith(b"PK\x03\x04"):
        return given
    from zipfile import BadZipFile, ZipFile
    from zlib import error as Broken

    try:
        with ZipFile(BytesIO(given.data)) as archive:
            for entry in archive.infolist():
                if entry.filename.rsplit("/", 1)[-1] == "Connections.csv":
                    if entry.file_size > LARGEST:
                        raise Usage(f"{given.name}: Connections.csv in it is larger than {LARGEST:,} bytes")
                    return Given(f"{given.name}/Connections.csv", archive.read(entry))
    except (BadZipFile, Broken, NotImplementedError, RuntimeError, EOFError) as error:
        raise Usage(f"{given.name}: this ZIP cannot be read ({error}): unpack it, and import Connections.csv") from None
    return given
