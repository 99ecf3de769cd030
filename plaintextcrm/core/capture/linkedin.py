"""LinkedIn's messages.csv -> proposals: one a conversation and day. What was written is not kept."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import StringIO

from plaintextcrm.core.capture.proposals import Found, Piece, Proposal, Somebody, Terms, clock_time, counted, ref_of, text_of, words_of
from plaintextcrm.core.errors import Usage
from plaintextcrm.core.record import NamedTuple

NEEDED = ("CONVERSATION ID", "FROM", "TO", "DATE")
HEADER_WITHIN = 10  # lines
MOST_TO = 10
_DRAFTS = ("IS MESSAGE DRAFT", "IS CONVERSATION DRAFT")


class _Message(NamedTuple):
    """One row: who sent it and who got it, as (profile, name)."""

    conversation: str
    at: datetime
    sender: Somebody
    to: tuple[Somebody, ...]
    title: str


def read(pieces: Iterable[Piece], terms: Terms) -> Found:
    """Who wrote first that day says the direction; drafts and advertisements are left out. Raises Usage where the columns are others."""
    messages: list[_Message] = []
    odd = 0
    for piece in pieces:
        for row in rows_of(piece):
            message = _message(row, terms)
            if message is None:
                odd += not _is_left_out(row)
            elif message.at.date() <= terms.today:
                messages.append(message)
    mine = _mine(messages, terms)
    messages.sort(key=lambda message: message.at)
    first: dict[tuple[str, str], Proposal] = {}
    for message in messages:
        proposal = _proposal(message, mine)
        if proposal:
            first.setdefault((message.conversation, message.at.date().isoformat()), proposal)
    return Found(tuple(first.values()), counted(odd, "message without a day or a conversation", "messages without a day or a conversation"))


def rows_of(piece: Piece) -> list[dict[str, str]]:
    """The rows by column."""
    csv.field_size_limit(2**31 - 1)  # a message may be long; the file is bounded already
    text = text_of(piece.data).removeprefix("\ufeff").replace("\0", "")
    records = csv.reader(StringIO(text, newline=""))
    for _, header in zip(range(HEADER_WITHIN), records, strict=False):
        columns = [cell.strip().upper() for cell in header]
        if all(name in columns for name in NEEDED):
            return [dict(zip(columns, cells, strict=False)) for cells in records]
    raise Usage(f"{piece.name}: no messages.csv of LinkedIn: it has the columns {', '.join(NEEDED)}")


def _is_left_out(row: dict[str, str]) -> bool:
    drafts = any(row.get(name, "").strip().lower() in ("yes", "true", "1") for name in _DRAFTS)
    return drafts or "sponsored" in (row.get("CONVERSATION TITLE", "") + row.get("FOLDER", "")).lower() or not any(row.values())


def _message(row: dict[str, str], terms: Terms) -> _Message | None:
    match = re.match(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})", row.get("DATE", "").strip())
    conversation = row.get("CONVERSATION ID", "").strip()
    if not match or not conversation or _is_left_out(row):
        return None
    try:
        at = terms.local(datetime.fromisoformat(f"{match[1]}T{match[2]}").replace(tzinfo=UTC))
    except (ValueError, OverflowError, OSError):
        return None
    sender = Somebody(name=words_of(row.get("FROM", "")), profile=profile_of(row.get("SENDER PROFILE URL", "")))
    profiles = [profile_of(url) for url in re.split(r"[,;\s]+", row.get("RECIPIENT PROFILE URLS", "")) if url]
    names = [words_of(name) for name in row.get("TO", "").split(",") if name.strip()]
    if profiles:
        paired = names if len(names) == len(profiles) else [""] * len(profiles)
        to = tuple(Somebody(name=name, profile=profile) for name, profile in zip(paired, profiles, strict=True))
    else:
        to = tuple(Somebody(name=name) for name in names)
    return _Message(conversation, at, sender, to, words_of(row.get("SUBJECT", "")))


def profile_of(url: str) -> str:
    """The address of a profile without what changes: case, query, the slash at the end."""
    plain = re.sub(r"\A(?:https?://)?(?:[a-z]{2,3}\.)?", "", url.strip().lower()).split("?")[0].split("#")[0].rstrip("/")
    return plain if plain.startswith("linkedin.com/in/") else f"linkedin.com/{plain}" if plain.startswith("in/") else ""


def _key(one: Somebody) -> str:
    return one.profile or one.name.casefold()


def _mine(messages: Sequence[_Message], terms: Terms) -> frozenset[str]:
    """Our own profile: the one that was named, else that of whoever has a part in most messages."""
    named = frozenset(profile for word in terms.own if (profile := profile_of(word)))
    if named:
        return named
    parts = Counter(key for message in messages for key in {_key(message.sender), *map(_key, message.to)} if key)
    return frozenset(key for key, _ in parts.most_common(1))


def _proposal(message: _Message, mine: frozenset[str]) -> Proposal | None:
    out = _key(message.sender) in mine
    others = message.to if out else (message.sender,)
    people = tuple(one for one in others if _key(one) and _key(one) not in mine)
    if not people or len(people) > MOST_TO:
        return None
    ref = ref_of("linkedin", message.conversation) + f"/{message.at:%Y%m%d}"
    return Proposal(ref, message.at.date(), people, "message", message.title, clock_time(message.at), "out" if out else "in", joins=True)
