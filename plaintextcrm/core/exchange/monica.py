"""Monica's JSON (version 4, Settings > Export): contacts with all that is kept about them, calls, conversations and activities."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from plaintextcrm.core.dates import iso_day
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.exchange import table
from plaintextcrm.core.exchange.cells import label, lines_of, protect
from plaintextcrm.core.exchange.entering import entry_of
from plaintextcrm.core.exchange.incoming import Attachment, Given, Hints, Person, Reading, Refusal, Related, Row
from plaintextcrm.core.exchange.ourjson import loaded
from plaintextcrm.core.exchange.products import FAMILY, Draft, Sheet, joined, origin_of
from plaintextcrm.core.exchange.table import Record, fold_column
from plaintextcrm.core.model import Interaction, Location

Value = Mapping[str, Any]
BOOKKEEPING = frozenset(
    "uuid created_at updated_at avatar number_of_views last_consulted_at distant_etag is_active is_partial delible inactive".split()
)
LEFT_OUT = (("journal_entries", "the journal"), ("audit_logs", "the audit log"))
APART = ("call", "conversation", "activity", "photo", "document")  # what does not become lines of the body
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
_UUID = re.compile(r'"uuid"\s*:\s*"([^"]+)"')


def read(files: Sequence[Given], hints: Hints) -> Reading | None:
    """What Monica's files say, or None where none is one. Raises Usage where only some are."""
    texts = [table.decode(file, hints.encoding)[0] for file in files]
    given = [loaded(text) if '"account"' in text and '"contact"' in text else None for text in texts]
    accounts = [one["account"] if isinstance(one, dict) and _is_account(one.get("account")) else None for one in given]
    if not any(accounts):
        return None
    found: list[Reading] = []
    for file, text, account in zip(files, texts, accounts, strict=True):
        if account is None:
            raise Usage(f"{file.name}: no JSON export of Monica: import files of another kind on their own")
        found.append(_Account(file.name, text, account, hints).reading())
    return Reading(
        tuple(person for one in found for person in one.people),
        tuple(row for one in found for row in one.rows),
        tuple(refusal for one in found for refusal in one.refused),
        tuple(note for one in found for note in one.notes),
    )


def _is_account(account: object) -> bool:
    return isinstance(account, dict) and isinstance(account.get("data"), list)


def _values(holder: Value, kind: str) -> list[Any]:
    """The values of one type among a holder's `data`."""
    blocks = holder.get("data")
    return [
        value
        for block in (blocks if isinstance(blocks, list) else [])
        if isinstance(block, dict) and block.get("type") == kind and isinstance(block.get("values"), list)
        for value in block["values"]
    ]


def _said(value: object) -> dict[str, Any]:
    """The properties of a value, without what is only Monica's bookkeeping."""
    properties = value.get("properties") if isinstance(value, dict) else None
    found = properties if isinstance(properties, dict) else value if isinstance(value, dict) else {}
    return {key: one for key, one in found.items() if key not in BOOKKEEPING and one not in (None, "", False)}


def _text(value: object) -> str:
    if isinstance(value, dict):
        return str(value.get("date") or value.get("name") or "")
    if isinstance(value, list):
        return ", ".join(filter(None, map(_text, value)))
    return "yes" if value is True else "" if value in (None, False) else str(value)


def _day(value: object) -> date | None:
    return iso_day(_text(value)[:10])


class _Account:
    """One export on its way to a Reading."""

    def __init__(self, name: str, text: str, account: Value, hints: Hints) -> None:
        self.name, self.account, self.hints = name, account, hints
        self.lines: dict[str, int] = {}
        for number, line in enumerate(text.split("\n"), 1):
            for match in _UUID.finditer(line):
                self.lines.setdefault(match[1], number)
        contacts = list(enumerate(_values(account, "contact"), 1))
        self.contacts = {str(value.get("uuid") or f"contact {number}"): value for number, value in contacts if isinstance(value, dict)}
        self.odd = [number for number, value in contacts if not isinstance(value, dict)]
        self.partial = {uuid for uuid, value in self.contacts.items() if (value.get("properties") or {}).get("is_partial")}
        self.instance = self._instance()
        self.kept = {
            kind: {_text(one.get("uuid")): one for one in _values(account, kind) if isinstance(one, dict)}
            for kind in ("activity", "photo", "document")
        }
        self.kin: dict[str, list[tuple[str, str]]] = defaultdict(list)  # uuid -> (the other's uuid, what they are to them)
        for value in _values(account, "relationship"):
            said = _said(value)
            self.kin[_text(said.get("of_contact"))].append((_text(said.get("contact_is")), _text(said.get("type"))))

    def _instance(self) -> dict[str, str]:
        """The names of what the account defines (kinds of fields, of activities, of events), by uuid."""
        lists = self.account.get("instance")
        values = [one for part in lists.values() if isinstance(part, list) for one in part] if isinstance(lists, dict) else []
        names = {str(one.get("uuid")): _said(one) for one in values if isinstance(one, dict)}
        return {uuid: _text(said.get("name") or said.get("translation_key") or said.get("type")) for uuid, said in names.items()}

    def reading(self) -> Reading:
        """Everybody but those who are only a name beside somebody."""
        people: list[Person] = []
        refused = [Refusal(Location(self.name), f"contact number {number} is none", of_person=True) for number in self.odd]
        of_somebody = {other for uuid, kin in self.kin.items() if uuid in self.contacts for other, _ in kin}
        for uuid, value in self.contacts.items():
            if uuid not in self.partial:
                person = self.person(uuid, value)
                if isinstance(person, Person):
                    people.append(person)
                else:
                    refused.append(person)
            elif uuid not in of_somebody:
                refused.append(Refusal(self.where(uuid), f"{self.called(uuid)}: only a name, and of nobody", of_person=True))
        known = {person.uid for person in people}
        found = [row for uuid, value in self.contacts.items() if uuid in known for row in self.rows(uuid, value)]
        refused += (row for row in found if isinstance(row, Refusal))
        return Reading(tuple(people), tuple(row for row in found if isinstance(row, Row)), tuple(refused), tuple(self.told()))

    def where(self, uuid: str) -> Location:
        """Where a contact begins in the file."""
        return Location(self.name, self.lines.get(uuid, 1))

    def called(self, uuid: str) -> str:
        """Somebody's name, "" where nobody has that uuid."""
        said = _said(self.contacts.get(uuid, {}))
        return " ".join(" ".join(filter(None, (_text(said.get(f"{part}_name")) for part in ("first", "middle", "last")))).split())

    def told(self) -> Iterator[str]:
        """What is left out, with counts."""
        properties = self.account.get("properties")
        for key, words in LEFT_OUT:
            count = len(properties[key]) if isinstance(properties, dict) and isinstance(properties.get(key), list) else 0
            if count:
                yield f"{self.name}: {words} ({count:,}) is left out: it is of no contact"
        of_somebody = {ref for value in self.contacts.values() for ref in map(_text, _values(value, "activity"))}
        if alone := len(self.kept["activity"].keys() - of_somebody):
            yield f"{self.name}: activities with nobody ({alone:,}) are left out"
        documents = len(self.kept["document"])
        if documents:
            yield f"{self.name}: of documents ({documents:,}) only the names are kept"

    # --- somebody ------------------------------------------------------------------------------------------------------

    def person(self, uuid: str, value: Value) -> Person | Refusal:
        """One contact: every property and everything below it, as a key or a line of the body."""
        cells = dict(self.cells(value))
        for other, _ in self.kin[uuid]:
            if other in self.partial:
                cells |= {f"{label(self.called(other))} {key}": cell for key, cell in self.cells(self.contacts[other]) if not _is_name(key)}
        names = {fold_column(column): column for column in cells}
        wanted = {fold_column(column): key for column, key in self.hints.columns.items()}
        mapped = {column: wanted[folded] for folded, column in names.items() if folded in wanted}
        sheet = Sheet(names, {column: folded for folded, column in names.items()}, mapped, "ymd", origin_of(self.name))
        draft = Draft(Record(self.where(uuid), cells), sheet)
        self.means(draft, uuid, value)
        person = draft.person()
        if isinstance(person, Refusal):
            return person
        return person._replace(uid=uuid if uuid in self.lines else "", attachments=tuple(self.photos(value)))

    def cells(self, value: Value) -> Iterator[tuple[str, str]]:
        """Column -> cell, of the contact's own properties and of all that hangs on it: `gift 1 name`."""
        for key, one in _said(value).items():
            if cell := self.instance.get(_text(one), _text(one)):
                yield label(key), cell
        blocks = value.get("data")
        for block in blocks if isinstance(blocks, list) else []:
            kind = block.get("type") if isinstance(block, dict) else None
            if not isinstance(kind, str) or kind in APART:
                continue
            for number, one in enumerate(_values({"data": [block]}, kind), 1):
                for key, part in _said(one).items():
                    cell = self.instance.get(_text(part), _text(part))
                    if cell:
                        yield label(f"{kind.replace('_', ' ')} {number} {key}"), cell
        for number, document in enumerate(_values(value, "document"), 1):
            yield f"document {number}", self.document(_text(document))

    def document(self, uuid: str) -> str:
        """A document by its name."""
        return _text(_said(self.kept["document"].get(uuid, {})).get("original_filename")) or uuid

    def means(self, draft: Draft, uuid: str, value: Value) -> None:
        """What the columns mean."""
        cell, said = draft.cell, _said(value)
        draft.called("", cell("first_name"), cell("middle_name"), cell("last_name"))
        for column, key in (("nickname", "aliases"), ("job", "role"), ("company", "company")):
            draft.say(key, cell(column))
        tags = said.get("tags")
        draft.say("tags", *(map(_text, tags) if isinstance(tags, list) else ()), "starred" if said.get("is_starred") else "")
        cell("tags")
        draft.drop("is_starred", "yes")
        _special(draft, "birthdate", "birthday", said)
        _special(draft, "deceased_date", "died", said)
        _special(draft, "first_met_date", "met", said)
        if said.get("is_dead") and "died" not in draft.keys:
            draft.say("status", "deceased")
        draft.drop("is_dead", "yes")
        draft.remark("description")
        self.related(draft, uuid, _text(said.get("first_met_through")))
        self.fields(draft, value)
        for number, note in enumerate(_values(value, "note"), 1):
            day = _text(note.get("created_at"))[:10] if isinstance(note, dict) else ""
            draft.remark(f"note_{number}_body", f"{day}: " if day else "")
        for number, _ in enumerate(_values(value, "task"), 1):
            _task(draft, f"task_{number}")

    def related(self, draft: Draft, uuid: str, introducer: str) -> None:
        """Family, whom they know, and who introduced us; somebody who is only a name stands with the day of their birth."""
        for other, words in self.kin[uuid]:
            words = words.replace("_", " ")
            key = "family" if fold_column(words) in FAMILY else "knows"
            if other in self.partial:
                born = _text(_said(self.contacts[other]).get("birthdate"))[:10]
                draft.say("family", ", ".join(filter(None, (self.called(other), words, born))))
            elif other in self.contacts:
                draft.related.append(Related(key, other, self.called(other), words))
        if introducer in self.contacts:
            draft.cell("first_met_through")
            draft.drop("first_met_through", introducer)
            draft.related.append(Related("referred_by", introducer, self.called(introducer), "met through"))

    def fields(self, draft: Draft, value: Value) -> None:
        """E-mail, phone and the like by the name of their kind; addresses on one line each."""
        cell = draft.cell
        for number, _ in enumerate(_values(value, "contact_field"), 1):
            start = f"contact_field_{number}"
            kind, written = cell(f"{start}_type"), cell(f"{start}_data")
            folded = kind.lower()
            if "@" in written and "mail" in folded:
                draft.say("email", written)
            elif folded in ("phone", "mobile", "telephone"):
                draft.say("phone", written)
            elif "linkedin" in folded:
                draft.say("linkedin", written)
            elif written.startswith(("http://", "https://")):
                draft.say("website", written)
            if kind and written:
                draft.line(f"{start}_data", kind, written)
        for number, _ in enumerate(_values(value, "address"), 1):
            start = f"address_{number}"
            parts = [cell(f"{start}_{part}") for part in ("street", "city", "province", "postal_code", "country")]
            draft.say("address", joined(*parts))
            draft.say("location", joined(parts[1], parts[2], parts[4]) if parts[1] else "")
            if (words := cell(f"{start}_name")) and any(parts):
                draft.line(f"{start}_name", f"address ({words})", joined(*parts))
        for kind in ("gift", "debt", "pet", "life_event", "reminder"):
            for number, _ in enumerate(_values(value, kind), 1):
                start = f"{kind}_{number}_"
                columns = [folded for folded in draft.sheet.names if folded.startswith(start)]
                draft.line(columns[0] if columns else start, kind.replace("_", " "), ", ".join(map(cell, columns)))

    def photos(self, value: Value) -> Iterator[Attachment]:
        """The photos that the file holds."""
        from base64 import b64decode

        for wanted in map(_text, _values(value, "photo")):
            head, _, body = _text(_said(self.kept["photo"].get(wanted, {})).get("dataUrl")).partition(";base64,")
            try:
                data = b64decode(body, validate=True)
            except ValueError:
                continue
            suffix = SUFFIXES.get(head.removeprefix("data:").lower())
            if data and suffix:
                yield Attachment("photo", suffix, data)

    # --- the log -------------------------------------------------------------------------------------------------------

    def rows(self, uuid: str, value: Value) -> Iterator[Row | Refusal]:
        """Their calls, conversations and activities; what has no day is refused."""
        where, name = self.where(uuid), self.called(uuid)
        found = [(ref, "", self.call(said, ref)) for said, ref in _with_refs(value, "call")]
        found += [(ref, "", self.conversation(said, ref, name)) for said, ref in _with_refs(value, "conversation")]
        activities = {ref: _said(self.kept["activity"].get(ref)) for ref in map(_text, _values(value, "activity"))}
        found += [(ref, ref, self.activity(said, ref)) for ref, said in activities.items() if said]
        for ref, occasion, entry in found:
            if entry:
                yield Row(where, name, uuid if uuid in self.lines else "", entry, ref, occasion)
            else:
                yield Refusal(where, f"{name}: a call, conversation or activity without a day")

    def call(self, said: Value, ref: str) -> Interaction | None:
        """A call; who called says the direction."""
        day, felt = _day(said.get("called_at")), _text(said.get("emotions"))
        way, details = "in" if said.get("contact_called") else "out", [f"- felt: {felt}"] if felt else []
        return entry_of(day, "call", _text(said.get("content")), self.hints.kinds, way, ref, details) if day else None

    def conversation(self, said: Value, ref: str, name: str) -> Interaction | None:
        """What was written, a line each, and through what."""
        day, through = _day(said.get("happened_at")), self.instance.get(_text(said.get("contact_field_type")), "")
        by = through.lower()
        kind = by if by in self.hints.kinds else "email" if "mail" in by else "message"
        details = [*([f"- through: {through}"] if through else []), *_messages(said.get("messages"), name, day)]
        return entry_of(day, kind, "", self.hints.kinds, "", ref, details) if day else None

    def activity(self, said: Value, ref: str) -> Interaction | None:
        """The summary as the text, the description and the kind of activity below it."""
        day, kind = _day(said.get("happened_at")), self.instance.get(_text(said.get("type")), "").replace("_", " ")
        details = [f"- {line}" for line in lines_of(_text(said.get("description"))) if line]
        details += [f"- type: {kind}"] if kind else []
        known = kind.lower() if kind.lower() in self.hints.kinds else None
        return entry_of(day, known, _text(said.get("summary")), self.hints.kinds, "", ref, details) if day else None


def _with_refs(value: Value, kind: str) -> list[tuple[dict[str, Any], str]]:
    """(properties, uuid) of each value of one type."""
    return [(_said(one), _text(one.get("uuid")) if isinstance(one, dict) else "") for one in _values(value, kind)]


def _is_name(column: str) -> bool:
    return column in ("first_name", "middle_name", "last_name", "birthdate")


def _special(draft: Draft, column: str, key: str, said: Value) -> None:
    """A day of Monica's: of an unknown year without it; one guessed from an age is a year."""
    written = said.get(column)
    if isinstance(written, dict):
        day = draft.cell(column)[:10]
        if written.get("is_age_based"):
            day = day[:4]
        elif written.get("is_year_unknown"):
            day = f"--{day[5:]}"
        draft.day(key, day)


def _task(draft: Draft, start: str) -> None:
    """Something to be done: a follow-up, ticked where it is done."""
    title, description, done = (draft.cell(f"{start}_{part}") for part in ("title", "description", "completed"))
    words = ": ".join(" ".join(part.split()) for part in (title, description) if part)
    if words:
        draft.follow_ups.append(f"- [{'x' if done else ' '}] {protect(words)}")
        draft.drop(f"{start}_completed", "yes")


def _messages(messages: object, name: str, day: date | None) -> Iterator[str]:
    """Each line of what was written: by whom, and when if it was another day."""
    for one in messages if isinstance(messages, list) else []:
        said = _said(one)
        on = _day(said.get("written_at"))
        who = "me" if said.get("written_by_me") else name
        for line in lines_of(_text(said.get("content"))):
            yield f"- {who}{f', {on}' if on and on != day else ''}: {line}"
