"""What of a contact may be seen by others: private keys, private people and comments are taken out before anything is drawn."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from plaintextcrm.core.body import mask, target_of
from plaintextcrm.core.model import Contact, Interaction
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.settings import Settings
from plaintextcrm.core.standing import Facts, facts_of
from plaintextcrm.core.vocabulary import find_key

IMPORTED = "Imported from"  # begins the heading of what an import could not place
MERGED = "Merged from"  # begins the heading of what a merge could not place: first the keys that differ, then notes
SOMEBODY = "somebody"  # what stands for a link to a private person
_TYPED: dict[str, Any] = {
    "cadence": None, "birthday": None, "dates": (), "started": None, "snooze_until": None, "paused": False, "died": None,
    "next_contact": None, "last_contact": None, "met": None, "created": None, "in_person": None,
}  # fmt: skip
RHYTHM = ("tier", "cadence")  # what falls due hangs on them: they stay in, and whoever shows them asks `private_keys`
PEOPLE = ("knows", "referred_by", "company", "location")  # keys that may be the name of somebody, without a link too
_TELLING_DAYS = frozenset(("birthday", "dates", "started", "next_contact", "log", "interactions", "follow_ups"))
_ALL = ("true", "yes", "on", "1", "y")
_LINK = pattern(r"!?\[\[([^\[\]|#^]+)(?:[|#^](?:[^\]]|\](?!\])){0,300})?\]\]")
_TARGET = pattern(r"\[\[([^\[\]|#^]+)")  # of all that may be a link
_FILE_LINK = pattern(r"!?\[[^\[\]]*\]\(<?([^()<>\n#?]+\.md)[^()<>\n]*>?\)")
_HEADING = pattern(r"(#{1,6})[ \t]+(.*)")
_KEY_OF_LIST = pattern(r"-[ \t]+(?!\[|[0-9]{4}-)[^\s:].*?:(?:\s|\Z)")
_CODE = pattern(r"^[ \t]*(`{3,}(?=[^`\n]*$)|~{3,})[^\n]*$|\\[\\`<]|(`+)|<!--|%%", re.MULTILINE)

IsPrivate = Callable[[str], bool]
"""Whether the target of a wikilink is somebody private."""


def is_private(contact: Contact) -> bool:
    """Whether the whole contact stays out of what is published."""
    return means_all(contact.keys.get("private"))


def means_all(private: object) -> bool:
    """Whether a value of `private` is not a list of keys: `true`, and `[true]`, which no key is called."""
    return private is True or (isinstance(private, tuple | list) and any(str(word).strip().lower() in _ALL for word in private))


def private_keys(contact: Contact, settings: Settings) -> frozenset[str]:
    """The keys that stay out: the settings' and the contact's own, in canonical spelling."""
    return canonical((*settings.site.private, *(contact.texts("private") if not is_private(contact) else ())))


def canonical(words: Iterable[str]) -> frozenset[str]:
    """Names of keys as we spell them."""
    return _canonical(tuple(words))


@lru_cache(maxsize=1024)
def _canonical(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name for word in words for name in _names(word))


def _names(word: str) -> list[str]:
    """The key that a word means; of several with blanks between them, `phone email`, each: rather too much is hidden than too little."""
    key = find_key(word)
    if key:
        return [key.name]
    parts = [find_key(part) for part in word.split()]
    return [word.strip().lower(), *(part.name for part in parts if part and None not in parts)]


def published(contact: Contact, hidden: frozenset[str], is_hidden: IsPrivate) -> Contact:
    """The contact without its private keys (`hidden`), comments, own keys and links to private people. `log` may be one of them."""
    keys = {
        key: value if key not in PEOPLE and type(value) is str and not _may_tell(value) else _clean_value(key, value, is_hidden)
        for key, value in contact.keys.items()
        if key not in hidden or key in RHYTHM
    }
    typed = {key: none for key, none in _TYPED.items() if key in hidden and key not in RHYTHM}
    log = () if hidden & {"log", "interactions"} else _seen_log(contact.interactions, is_hidden)
    tasks = () if hidden & {"log", "interactions", "follow_ups"} else contact.follow_ups
    if tasks:
        tasks = tuple([task._replace(text=clean(task.text, is_hidden)) if _may_tell(task.text) else task for task in tasks])
    if contact.dates and "dates" not in typed:
        typed["dates"] = tuple(on._replace(label=clean(on.label, is_hidden)) for on in contact.dates)
    return contact._replace(name=shown_name(contact.id, contact.name), keys=keys, other={}, interactions=log, follow_ups=tasks, **typed)


def shown_name(id: str, name: str) -> str:
    """A name without comments."""
    return " ".join(without_comments(name).split()) or id.rsplit("/", 1)[-1] if "<!--" in name or "%%" in name else name


def _may_tell(text: str) -> bool:
    """Whether a comment or a link may be in it: most texts have none, and one letter is found much more quickly than two."""
    return "[" in text or ".md" in text or "<" in text or "%" in text


def _seen_log(log: Sequence[Interaction], is_hidden: IsPrivate) -> Sequence[Interaction]:
    """The entries as others may see them. A plain log in which nothing is to be left out stays as it is, its entries not yet made."""
    text = getattr(log, "text", None)
    if text is not None and not (
        ("<" in text and "<!--" in text)
        or ("%" in text and "%%" in text)
        or ".md" in text
        or ("[[" in text and any(is_hidden(target_of(link)) for link in _TARGET.findall(text)))
    ):
        return log
    return tuple([_clean_entry(entry, is_hidden) for entry in log])


def _clean_entry(entry: Interaction, is_hidden: IsPrivate) -> Interaction:
    text, fields, details = entry.text, entry.fields, entry.details
    if not (_may_tell(text) or (details and any(map(_may_tell, details))) or (fields and any(_may_tell(value) for _, value in fields))):
        return entry
    fields = tuple((key, clean(value, is_hidden)) for key, value in fields)
    return entry._replace(text=clean(text, is_hidden), details=tuple(clean(line, is_hidden) for line in details), fields=fields)


def _clean_value(key: str, value: str | bool | tuple[str, ...], is_hidden: IsPrivate) -> str | bool | tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple([cleaned for part in value if (cleaned := _clean_word(key, part, is_hidden)) != SOMEBODY])
    return _clean_word(key, value, is_hidden) if isinstance(value, str) else value


def _clean_word(key: str, word: str, is_hidden: IsPrivate) -> str:
    if key in PEOPLE and is_hidden(word):
        return SOMEBODY
    return clean(word, is_hidden) if _may_tell(word) else word


def clean(text: str, is_hidden: IsPrivate) -> str:
    """Text without comments, and with "somebody" for links to private people."""
    if "<!--" in text or "%%" in text:
        text = without_comments(text)
    return without_links(text, is_hidden)


def without_links(text: str, is_hidden: IsPrivate) -> str:
    """Text with "somebody" for links to private people."""
    if "[[" in text:
        text = _LINK.sub(lambda link: SOMEBODY if is_hidden(target_of(link[1])) else link[0], text)
    if ".md" in text:
        text = _FILE_LINK.sub(lambda link: SOMEBODY if is_hidden(link[1].replace("%20", " ")) else link[0], text)
    return text


def without_comments(text: str, line: str = "") -> str:
    """The text without `<!-- -->` and `%% %%`; what is code, and what is never closed, is no comment.

    `line` stands for each line end within a comment, for whoever counts lines.
    """
    runs: dict[int, list[int]] | None = None  # length -> where runs of so many backticks begin
    endless: set[str] = set()  # marks that are not closed any more
    pieces: list[str] = []
    kept = place = 0
    while match := _CODE.search(text, place):
        token, place = match[0], match.end()
        if match[1]:
            closing = re.compile(rf"^[ \t]*{match[1][0]}{{{len(match[1])},}}[ \t]*\r?$", re.MULTILINE).search(text, place)
            place = closing.end() if closing else len(text)
        elif match[2]:
            if runs is None:
                runs = {}
                for run in re.finditer("`+", text):
                    runs.setdefault(len(run[0]), []).append(run.start())
            same = runs.get(len(token), [])
            at = bisect_left(same, place)
            if at < len(same) and not _blank_between(text, place, same[at]):
                place = same[at] + len(token)
        elif token in ("<!--", "%%"):
            close = "-->" if token == "<!--" else "%%"
            end = -1 if token in endless else text.find(close, place)
            if end < 0:
                endless.add(token)
                continue
            end += len(close)
            pieces += text[kept : match.start()], line * text.count("\n", match.start(), end)
            kept = place = end
    pieces.append(text[kept:])
    return "".join(pieces)


def imported_lines(text: str, first: int = 1) -> Iterator[tuple[int, int]]:
    """(line, line after the last) of what is for its owner's eyes; the lines count from `first`.

    Each section "Imported from …", and the list of keys with which a section "Merged from …" begins: with its heading where nothing
    else stands there. What stands in code or in a comment is no heading: it neither begins such a section nor ends it.
    """
    if IMPORTED not in text and MERGED not in text:
        return
    lines = mask(text)[0].split("\n")
    headings = [(place, heading) for place, line in enumerate(lines) if line[:1] == "#" and (heading := _HEADING.match(line))]
    done = 0
    for number, (place, heading) in enumerate(headings):
        if place < done or not heading[2].startswith((IMPORTED, MERGED)):
            continue
        end = next((after for after, other in headings[number + 1 :] if len(other[1]) <= len(heading[1])), len(lines))
        begin, done = (place, end) if heading[2].startswith(IMPORTED) else _keys_below(lines, place, end)
        if begin < done:
            yield first + begin, first + done


def _keys_below(lines: Sequence[str], heading: int, end: int) -> tuple[int, int]:
    """(begin, end) of the list `- key: value` right below a heading, and of the heading where nothing else is there; none is empty."""
    begin = next((place for place in range(heading + 1, end) if lines[place].strip()), end)
    last = next((place for place in range(begin, end) if not _KEY_OF_LIST.match(lines[place])), end)
    if begin == last:
        return begin, begin
    return begin if any(line.strip() for line in lines[last:end]) else heading, last


def _blank_between(text: str, start: int, end: int) -> bool:
    """Whether a paragraph ends there: no code goes on over it."""
    return any(not line.strip() for line in text[start:end].split("\n")[1:-1])


def counted_facts(facts: Facts, hidden: frozenset[str]) -> Facts:
    """What may be counted of a contact: of a private log nothing. Where it stands on a day is worked out before."""
    if hidden & {"log", "interactions"}:
        return facts._replace(days=(), touches=(), inbound=(), skips=(), attempts=(), referrals=(), plans=(), signs=(), handed=0)
    return facts


def seen_facts(facts: Facts, shown: Contact, hidden: Collection[str], settings: Settings) -> Facts:
    """What `due` needs of a contact, without the days that private keys tell."""
    if _TELLING_DAYS.isdisjoint(hidden):
        return facts
    seen = facts_of(shown, settings.kind_table)
    return facts._replace(
        yearly=seen.yearly, next_contact=seen.next_contact, promises=seen.promises, awaited=seen.awaited, plans=seen.plans
    )
