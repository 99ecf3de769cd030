"""Proposals and the vault -> the entries to offer: whose they are, what is there already, who is not in the vault and turns up often."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from plaintextcrm.core.capture.linkedin import profile_of
from plaintextcrm.core.capture.proposals import Proposal, Somebody, digest
from plaintextcrm.core.entries import entry_line, parse_entry
from plaintextcrm.core.exchange.cells import protect
from plaintextcrm.core.kinds import KindTable
from plaintextcrm.core.model import Contact, Interaction
from plaintextcrm.core.names import Known, link_targets
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import fold

OFTEN = 3  # times: then a stranger is worth a line
MOST_STRANGERS = 5
MOST_SUBJECTS = 3  # of the mails of one day


class Offer(NamedTuple):
    """One entry for one person; `others` are the ids of who was there too, `keys` what is remembered of it."""

    id: str
    name: str
    entry: Interaction
    others: tuple[str, ...]
    keys: tuple[str, ...]


class Stranger(NamedTuple):
    """Somebody who is in no file: the name ("" where nobody says it), the address, how often; `id` is of who has that name."""

    name: str
    address: str
    times: int
    id: str | None = None


class Placed(NamedTuple):
    """What to offer, by person and day; how many are in the log or were decided before; who is a stranger."""

    offers: tuple[Offer, ...] = ()
    there: int = 0
    decided: int = 0
    strangers: tuple[Stranger, ...] = ()


class _People:
    """Everybody, by what a source may call them; a word that means two people means nobody."""

    def __init__(self, contacts: Iterable[Contact]) -> None:
        everybody = tuple(contacts)
        self.contacts = {one.id: one for one in everybody}
        self.emails = _index((email.casefold(), one.id) for one in everybody for email in one.texts("email"))
        self.profiles = _index((profile, one.id) for one in everybody for url in one.texts("linkedin") if (profile := profile_of(url)))
        self.names = link_targets(Known(one.id, one.name, one.texts("aliases")) for one in everybody)

    def find(self, one: Somebody) -> str | None:
        """The id of who is meant: by an address, where there is one, else by name."""
        if one.email or one.profile:
            found = [*self.emails.get(one.email, ()), *self.profiles.get(one.profile, ())]
            if found or one.email:
                return found[0] if len(set(found)) == 1 else None
        for word in (one.link, one.link.rsplit("/", 1)[-1], one.name):
            ids = self.names.get(fold(word).removesuffix(".md"), ()) if word else ()
            if len(ids) == 1:
                return ids[0]
        return None


def _index(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word, id in pairs:
        if id not in found[word]:
            found[word].append(id)
    return {word: tuple(ids) for word, ids in found.items()}


def place(proposals: Sequence[Proposal], contacts: Iterable[Contact], kinds: KindTable, decided: Collection[str] = ()) -> Placed:
    """What is new in `proposals` for people of the vault; `decided` are the keys of what was taken or refused before."""
    people = _People(contacts)
    strange: Counter[str] = Counter()
    called: dict[str, str] = {}
    wanted: dict[tuple[str, date, object], list[tuple[Proposal, tuple[str, ...]]]] = {}
    for number, proposal in enumerate(proposals):
        ids: dict[str, None] = {}
        for one in proposal.people:
            id = people.find(one)
            if id is not None:
                ids[id] = None
            elif one.email or one.profile:
                strange[one.email or one.profile] += 1
                called[one.email or one.profile] = one.name or called.get(one.email or one.profile, "")
        for id in ids:
            key = (id, proposal.on, proposal.kind if proposal.joins else number)
            wanted.setdefault(key, []).append((proposal, tuple(other for other in ids if other != id)))
    offers: list[Offer] = []
    there = before = 0
    logs: dict[str, _Log] = {}
    for (id, *_), group in sorted(wanted.items(), key=lambda item: (item[0][0], item[1][0][0].on, item[1][0][0].at_time or "")):
        contact = people.contacts[id]
        offer = _offer(contact, group, kinds)
        fresh = [key for key in offer.keys if key not in decided]
        log = logs.setdefault(contact.id, _Log(contact, kinds))
        if not fresh:
            before += 1
        elif log.has(offer.entry):
            there += 1
        else:
            offers.append(offer)
    often = [(called[address], address, times) for address, times in strange.most_common(MOST_STRANGERS) if times >= OFTEN]
    strangers = tuple(Stranger(*one, people.find(Somebody(name=one[0])) if one[0] else None) for one in often)
    return Placed(tuple(offers), there, before, strangers)


class _Log:
    """The days of a log with the groups of kinds they have ("" for a line without), and the refs."""

    def __init__(self, contact: Contact, kinds: KindTable) -> None:
        self.kinds = kinds
        self.refs = {ref for entry in contact.interactions if (ref := entry.field("ref"))}
        self.days: dict[date, set[str]] = defaultdict(set)
        for entry in contact.interactions:
            self.days[entry.on].add(self.group(entry))

    def group(self, entry: Interaction) -> str:
        """`in person`, `voice`, `writing` …; "" without a kind."""
        return self.kinds[entry.kind].group if entry.kind and entry.kind in self.kinds else ""

    def has(self, entry: Interaction) -> bool:
        """Whether it is there already: the same ref, or on that day something of the same sort, or of which no sort is known."""
        there = self.days.get(entry.on, set())
        group = self.group(entry)
        return entry.field("ref") in self.refs or group in there or bool(there and (not group or "" in there))


def _offer(contact: Contact, group: Sequence[tuple[Proposal, tuple[str, ...]]], kinds: KindTable) -> Offer:
    """One entry for the proposals of one day that are one, the first of which says when and who began."""
    group = sorted(group, key=lambda one: (one[0].at_time or "", one[0].ref))
    first, others = group[0]
    texts = list(dict.fromkeys(one.text for one, _ in group if one.text))
    more = f" and {len(texts) - MOST_SUBJECTS} more" if len(texts) > MOST_SUBJECTS else ""
    text = tame("; ".join(texts[:MOST_SUBJECTS]) + more)
    pairs = (("dir", first.direction), ("minutes", str(first.minutes or "")), ("ref", first.ref))
    fields = tuple((key, value) for key, value in pairs if value)
    entry = Interaction(first.on, text, first.kind, first.at_time, fields)
    if not _is_read_back(entry, kinds):
        entry = entry._replace(text=" ".join(re.sub(r"[^\w ,.;!?'-]", " ", text).split()).lstrip("-.,; "))
    if not _is_read_back(entry, kinds):
        entry = entry._replace(text="")
    keys = tuple(dict.fromkeys(digest(contact.id, one.ref) for one, _ in group))
    together = others if len(group) == 1 else ()
    return Offer(contact.id, contact.name, entry, together, keys)


def tame(text: str) -> str:
    """Foreign words that open no link, field, comment or block id in a line of ours."""
    plain = protect(text).replace("[[", "(").replace("]]", ")").replace("::", ":")
    return " ".join(re.sub(r"(?:^|(?<=\s))\^(?=\w)", "", plain).split())


def _is_read_back(entry: Interaction, kinds: KindTable) -> bool:
    return parse_entry(entry_line(entry, kinds=kinds), 0, kinds) == entry
