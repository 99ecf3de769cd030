"""Source -> (Contact, problems): the one place where a file becomes a person. Never raises (docs/format.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from plaintextcrm.core import body as bodies
from plaintextcrm.core import frontmatter
from plaintextcrm.core.dates import NO_YEAR, cadence_text, iso_forms, key_day, parse_cadence, parse_partial, partial_text
from plaintextcrm.core.entries import corrected_minutes
from plaintextcrm.core.frontmatter import FrontMatter, Pair, Tree
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Cadence, Contact, Location, PartialDate, Problem, Source, YearlyDate
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import CONTROL, fold, has_control, normal, split_lines
from plaintextcrm.core.vocabulary import KEYS, LIST_TYPES, Key, find_key, fold_key, near_key

TRUE_WORDS = ("true", "yes", "on", "1", "y")
FALSE_WORDS = ("false", "no", "off", "0", "n")
MOST_PROBLEMS = 1000  # of one file that are told one by one
_PLACEHOLDER = pattern(r"\{\{.*\}\}\Z|<%.*%>\Z")
_DATED_LABEL = pattern(r"((?:\d{4}|\?{4})-\d{1,2}-\d{1,2}|(?:--)?\d{2}-\d{2})(?!\d)[ \t]*[:,]?[ \t]*(.*)\Z")
_LINK = pattern(r"\[\[[^\[\]]+\]\]")
_LINKED = pattern(r"\[\[(?:[^\[\]|]*/)?([^\[\]|/]+)(?:\|[^\[\]]*)?\]\]")
_LINKS = pattern(r"\[\[[^\[\]]+\]\](?:[ \t]*,[ \t]*\[\[[^\[\]]+\]\])+\Z")
_CONFLICT = pattern(r"^<<<<<<< .*$", re.MULTILINE)
_LABELLED = ("email", "phone", "address", "website", "linkedin", "feeds", "private")  # `- work: ada@example.com`, `- email: true`
_UNSEEN = pattern("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_UNREADABLE = pattern("[\udc80-\udcff]")

Value = str | bool | tuple[str, ...]
_Keys = tuple[dict[str, Value], dict[str, object], list[Problem], dict[str, str]]


class Parsed(NamedTuple):
    """A contact, what is wrong in its file, and where its parts stand (for writing)."""

    contact: Contact
    problems: tuple[Problem, ...]
    front: FrontMatter
    body: bodies.Body
    is_person: bool  # False for a template's placeholder
    text: str = ""  # what was read: the source's text, made normal


class _Wrong(Exception):
    """A value that its key does not take: (code, message); of a list of which it takes some, these and the others, too."""


def parse(source: Source, kinds: KindTable = STANDARD, log_order: str = "oldest") -> Parsed:
    """A whole file as a contact, under a vault's kinds and log order; whatever cannot be read is a problem, and the rest is read."""
    return parse_all((source,), kinds, log_order)[0]


def parse_all(sources: Sequence[Source], kinds: KindTable = STANDARD, log_order: str = "oldest") -> list[Parsed]:
    """The same of several files, step by step for all of them: what a step needs is at hand from the second file on."""
    texts = [normal(source.text) for source in sources]
    fronts = [frontmatter.read(text, source.path) for source, text in zip(sources, texts, strict=True)]
    bodies_ = [
        bodies.scan(text[front.body :], front.body_line, source.path, kinds)
        for source, text, front in zip(sources, texts, fronts, strict=True)
    ]
    keys = [_keys(front.pairs, source.path) for source, front in zip(sources, fronts, strict=True)]
    return [_joined(*parts, log_order) for parts in zip(sources, texts, fronts, bodies_, keys, strict=True)]


def _joined(source: Source, text: str, front: FrontMatter, body: bodies.Body, read: _Keys, log_order: str) -> Parsed:
    """A contact from the parts of its file."""
    keys, other, wrong, titles = read
    problems = list(_encoding_problems(source, text))
    conflict = _CONFLICT.search(text) if "<" in text and "<<<<<<< " in text else None  # one letter is looked for in no time
    if conflict:
        message = "conflict markers of a merge: settle it; the file is not written to until then"
        problems.append(Problem(Location(source.path, _line_of(text, conflict.start())), "conflict-markers", message))
    problems += [problem for problem in front.problems if not (conflict and problem.code in ("yaml", "duplicate-key"))]
    problems += body.problems
    problems += wrong
    name = _name(keys, other, titles, body.title, source.id.rsplit("/", 1)[-1])
    told = (source.id, source.path, name, keys, other, body.interactions, body.follow_ups, not front.parsed)
    contact = Contact._make((*told, *attributes(keys), log_order))
    problems = _told(problems)
    if text == source.text and any(problem.code == "bad-field" for problem in problems):
        problems = _with_lines(problems, split_lines(text))
    called = keys.get("name") or keys.get("given_name") or keys.get("family_name") or body.title
    is_template = _PLACEHOLDER.match(name) or ("{" in text and "{{" in text and _is_called_by_a_placeholder(front.pairs, bool(called)))
    is_person = bool(body.interactions) or not is_template
    return Parsed(contact, tuple(problems), front, body, is_person, text)


def _told(problems: list[Problem]) -> list[Problem]:
    """Problems in the order of their lines; of very many the first, and how many more there are."""
    problems.sort(key=lambda problem: problem.where[1:])
    rest = problems[MOST_PROBLEMS:]
    if not rest:
        return problems
    severity = "error" if any(problem.severity == "error" for problem in rest) else "warning"
    more = Problem(rest[0].where, "more-problems", f"and {len(rest):,} more from here on: correct those above first", None, severity)
    return [*problems[:MOST_PROBLEMS], more]


def _with_lines(problems: list[Problem], lines: list[str]) -> list[Problem]:
    """The problems, those of `[minutes::]` with the corrected line where it is certain."""
    numbers = {problem.where.line for problem in problems if problem.code == "bad-field" and problem.message.startswith('field "minutes::')}
    fixes = {number: corrected_minutes(lines[number - 1]) for number in numbers}
    return [problem._replace(fix=fixes.get(problem.where.line)) if problem.code == "bad-field" else problem for problem in problems]


def _line_of(text: str, offset: int) -> int:
    before = text[:offset]
    return 1 + (before.count("\n") if "\r" not in before else len(re.findall(r"\r\n|\r|\n", before)))


def _encoding_problems(source: Source, text: str) -> list[Problem]:
    found = []
    if source.encoding == "utf-16":
        message = "the file is UTF-16: save it as UTF-8; it is read, and not written to until then"
        found.append(Problem(Location(source.path), "encoding", message))
    bad = None if text == source.text else _UNREADABLE.search(source.text)
    if bad:
        start = bad.start()
        column = start - max(source.text.rfind("\n", 0, start), source.text.rfind("\r", 0, start))
        message = f'not UTF-8, read as Windows-1252 ("{_word_at(text, start)}"): save the file as UTF-8'
        found.append(Problem(Location(source.path, _line_of(text, start), column), "encoding", message))
    control = CONTROL.search(text) if source.encoding == "utf-16" or has_control(source.data) else None
    if control:
        message = f"a control character (0x{ord(control[0]):02x}) that no text needs: remove it"
        found.append(Problem(Location(source.path, _line_of(text, control.start())), "control-character", message))
    return found


def _word_at(text: str, offset: int) -> str:
    start = max((text.rfind(blank, 0, offset) for blank in " \n\t"), default=-1) + 1
    return text[start : start + 40].split()[0][:24] if text[start : start + 40].split() else ""


# --- keys ----------------------------------------------------------------------------------------------------------


def _keys(pairs: tuple[Pair, ...], path: str) -> _Keys:
    """(our keys, the user's, what is wrong, `title`s that may be the name: written key -> text)."""
    keys: dict[str, Value] = {}
    other: dict[str, object] = {}
    problems: list[Problem] = []
    titles: dict[str, str] = {}
    taken: dict[str, Pair] = {}  # key -> where its value comes from
    for pair in pairs:
        tree = pair.value
        if tree is None:
            continue
        if pair.key in _PLAIN_KEYS and type(tree) is str and pair.key not in taken:  # most pairs; the same as below
            if text := tree.strip():
                keys[pair.key], taken[pair.key] = text, pair
            continue
        key = find_key(pair.key)
        if key is None:
            other[pair.key] = plain(tree)
            near = near_key(pair.key)
            if near:
                message = f'key "{pair.key}": did you mean {near}?'
                problems.append(Problem(Location(path, pair.line, pair.column), "near-key", message, None, "warning"))
            continue
        name = key.name
        if name == "role" and fold_key(pair.key) == "title":
            titles[pair.key] = _text(tree, pair.key)
            continue
        try:
            value = READERS[key.type](tree, pair.key)
        except _Wrong as wrong:
            code, message, *parts = wrong.args
            problems.append(Problem(Location(path, pair.line, pair.column), code, message))
            value, other[pair.key] = parts or ((), plain(tree))
        if value == () or value == "":
            continue
        if name == "private":
            problems += _near_words(_texts(value), pair, path)
        if name not in taken:
            keys[name], taken[name] = value, pair
            continue
        before = keys[name]
        if key.type in LIST_TYPES and isinstance(before, tuple) and isinstance(value, tuple):
            keys[name] = tuple(dict.fromkeys(before + value))
        elif _is_own(pair, name) and not _is_own(taken[name], name):
            other[taken[name].key] = plain(taken[name].value)
            keys[name], taken[name] = value, pair
        else:
            other[pair.key] = plain(tree)
    if "coi" not in keys and any(tag.lower() == "coi" for tag in _texts(keys.get("tags"))):
        keys["coi"] = True
    return keys, other, problems, titles


def _near_words(words: Sequence[str], pair: Pair, path: str) -> list[Problem]:
    """Words of `private` that surely were to hide a key and hide none."""
    nears = [(word, near_key(word)) for word in words if find_key(word) is None]
    return [
        Problem(Location(path, pair.line, pair.column), "near-key", f'{pair.key} "{word}": did you mean {near}?', None, "warning")
        for word, near in nears
        if near
    ]


_PLAIN_KEYS = frozenset(key.name for key in KEYS if key.type == "text")


def _is_own(pair: Pair, name: str) -> bool:
    """Whether a key is written as our own name for it (whatever its case, blanks, `-` and `_`)."""
    return fold_key(pair.key) == name.replace("_", "")


def _texts(value: Value | None) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def plain(tree: Tree) -> object:
    """A value of the user's own key as JSON takes it: text, list, or mapping of such."""
    if isinstance(tree, list):
        return [plain(part) for part in tree]
    if isinstance(tree, dict):
        return {str(key): plain(part) for key, part in tree.items()}
    return tree


def _is_called_by_a_placeholder(pairs: Sequence[Pair], is_named: bool) -> bool:
    """Whether `name: {{title}}` stands there without quotes: to YAML it is a mapping whose only key is a mapping.

    A `title` that is one says so only of somebody whom nothing else names.
    """
    calling = ("name",) if is_named else ("name", "title")
    return any(pair.value == {"?": None} and fold_key(pair.key) in calling for pair in pairs)


def _name(keys: dict[str, Value], other: dict[str, object], titles: dict[str, str], heading: str | None, slug: str) -> str:
    """`name`, else given and family name, else the first H1, else a `title` that the file is named by, else the file's name.

    A `title` that is not the name is the role.
    """
    given, family = keys.get("given_name"), keys.get("family_name")
    name = keys.get("name") or " ".join(str(part) for part in (given, family) if part) or heading
    for written, title in titles.items():
        if name is None and fold(title).replace(" ", "-") == fold(slug).replace(" ", "-"):
            name = title
        elif fold(title) != fold(str(name or slug)):
            if "role" in keys:
                other[written] = title
            else:
                keys["role"] = title
    return " ".join(str(name or slug).split())


# --- one reader a type ---------------------------------------------------------------------------------------------


def _leaves(tree: Tree) -> list[str]:
    """The texts of a nested value, in order."""
    if isinstance(tree, str):
        return [tree.strip()] if tree.strip() else []
    parts = tree if isinstance(tree, list) else list(tree.values()) if isinstance(tree, dict) else []
    leaves: list[str] = []
    for part in parts:
        leaves += ([part.strip()] if part.strip() else []) if isinstance(part, str) else _leaves(part)
    return leaves


def _with_colons(tree: Tree, key: str) -> Tree:
    """A list in which `- Tobi: 9`, to YAML a mapping, is the text that it is to people; before a way to reach them the word is a label."""
    known = find_key(key)
    if not isinstance(tree, list) or (known and known.name in _LABELLED):
        return tree
    return [_with_colon(part) if isinstance(part, dict) and len(part) == 1 else part for part in tree]


def _with_colon(pair: dict[str, Tree]) -> Tree:
    (word, value), *_ = pair.items()
    return f"{word}: {value}" if isinstance(value, str) and word != "?" else pair


def _text(tree: Tree, key: str) -> str:
    return tree.strip() if isinstance(tree, str) else ", ".join(_leaves(tree))


def _unlinked(tree: Tree, key: str) -> str:
    text = _text(tree, key)
    return _LINKED.sub(r"\1", text) if "[[" in text else text


def _list(tree: Tree, key: str) -> tuple[str, ...]:
    if isinstance(tree, str):
        if "," not in tree:
            return (tree.strip(),) if tree.strip() else ()
        return tuple(part for part in (word.strip() for word in tree.split(",")) if part)
    if type(tree) is list and set(map(type, tree)) == {str}:  # most lists; the same as below
        return tuple([text for part in tree if (text := str(part).strip())])
    tree = _with_colons(tree, key)
    leaves = _leaves(tree)
    if all(isinstance(part, str) for part in _parts(tree)):
        return tuple(leaves)
    wanted = {"email": "@"}.get((find_key(key) or Key("")).name)
    if wanted:
        leaves = [leaf for leaf in leaves if wanted in leaf] or leaves  # {type: work, value: a@b.c}: the labels are left out
    return tuple(leaves)


def _parts(tree: Tree) -> list[Tree]:
    return tree if isinstance(tree, list) else [tree]


def _whole_list(tree: Tree, key: str) -> tuple[str, ...]:
    return typed_whole(tree) if isinstance(tree, str) and tree.strip() else tuple(_leaves(_with_colons(tree, key)))


def typed_whole(value: str) -> tuple[str, ...]:
    """What one text says for a key whose values may hold commas: one value, but `[[a]], [[b]]` are links, each for itself."""
    value = value.strip()
    return tuple(_LINK.findall(value)) if _LINKS.match(value) else (value,)


def _tags(tree: Tree, key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for tag in (word.lstrip("#") for word in _list(tree, key)) if tag))


def _date(tree: Tree, key: str) -> str:
    text = _text(tree, key)
    day = _iso(text) or key_day(text)
    if day is None:
        raise _Wrong("bad-date", _date_message(key, text))
    return day.isoformat()


def _iso(text: str) -> date | None:
    """A day as nearly all are written, without a regular expression."""
    if len(text) == 10 and text[4] == "-" and text[7] == "-" and text.isascii():
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    return None


def _date_message(key: str, text: str) -> str:
    hidden = _UNSEEN.search(text)
    if hidden:
        return f'{key} "{_UNSEEN.sub("", text)}": a character that nobody sees (U+{ord(hidden[0]):04X}) stands in it: remove it'
    forms = iso_forms(text)
    if forms:
        return f'{key} "{text}": write it as {" or ".join(forms)}'
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return f'{key} "{text}" is not a day of the calendar'
    return f'{key} "{text}": write it like 2026-11-21'


def _partial(tree: Tree, key: str) -> str:
    text = _text(tree, key)
    day = _iso(text)
    if day and day.year not in NO_YEAR:
        return day.isoformat()
    value = parse_partial(text)
    if value is None:
        message = _date_message(key, text)
        raise _Wrong("bad-date", message if "2026-11-21" not in message else f'{key} "{text}": write it like 1980-05-12, --05-12 or 1980')
    return partial_text(value)


def _dates(tree: Tree, key: str) -> tuple[str, ...]:
    texts = [tree] if isinstance(tree, str) else _leaves(_with_colons(tree, key))
    found, odd = [], []
    for text in map(str.strip, texts):
        label = "" if fold_key(key) == "dates" else f" {fold_key(key)}"
        match = _DATED_LABEL.match(text)
        if match and parse_partial(match[1]):
            found.append(text if match[2] else text + label)
        else:
            odd.append(text)
    if odd:
        forms = iso_forms(odd[0].split()[0]) if odd[0] else ()
        right = " or ".join(forms) if forms else "12-24 label or 2010-12-24 label"
        more = f" (and {len(odd) - 1} more)" if len(odd) > 1 else ""
        message = f'{key} "{odd[0]}"{more}: write it like {right}'
        raise _Wrong("bad-date", message, tuple(found), odd) if found else _Wrong("bad-date", message)
    return tuple(found)


def _cadence(tree: Tree, key: str) -> str:
    text = _text(tree, key)
    cadence = parse_cadence(text)
    if cadence is None:
        raise _Wrong("bad-cadence", f'{key} "{text}": write it like 3w, 2 months or quarterly')
    return cadence_text(cadence)


def _bool(tree: Tree, key: str) -> bool:
    text = _text(tree, key).lower()
    if text in TRUE_WORDS:
        return True
    if text in FALSE_WORDS:
        return False
    raise _Wrong("bad-boolean", f'{key} "{_text(tree, key)}": write true or false')


def _bool_or_date(tree: Tree, key: str) -> str | bool:
    text = _text(tree, key)
    day = key_day(text)
    if day is None and text.lower() not in TRUE_WORDS + FALSE_WORDS:
        right = " or ".join(iso_forms(text)) or "true, false or a day like 2026-11-21"
        raise _Wrong("bad-boolean", f'{key} "{text}": write {right}')
    return day.isoformat() if day else _bool(tree, key)


def _bool_or_list(tree: Tree, key: str) -> bool | tuple[str, ...]:
    if isinstance(tree, str) and tree.strip().lower() in TRUE_WORDS + FALSE_WORDS:
        return _bool(tree, key)
    return _list(tree, key)


def _five(tree: Tree, key: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(word.lower() for leaf in _leaves(tree) for word in re.split(r"[\s,]+", leaf) if word))
    if not set(words) <= {"now", "next"}:
        raise _Wrong("bad-five", f'{key} "{_text(tree, key)}": write now, next or both')
    return words


READERS: dict[str, Callable[[Tree, str], Value]] = {
    "text": _text,
    "unlinked": _unlinked,
    "list": _list,
    "whole list": _whole_list,
    "tags": _tags,
    "date": _date,
    "partial": _partial,
    "dates": _dates,
    "cadence": _cadence,
    "bool": _bool,
    "bool or date": _bool_or_date,
    "bool or list": _bool_or_list,
    "five": _five,
}


# --- typed ---------------------------------------------------------------------------------------------------------


def attributes(keys: dict[str, Value]) -> tuple[Any, ...]:
    """The attributes of a Contact that follow from its (canonical) keys, in its order, from `cadence` to `in_person`."""

    def day(key: str) -> date | None:
        return date.fromisoformat(str(keys[key])) if key in keys else None

    def cadence(key: str) -> Cadence | None:
        return parse_cadence(str(keys[key])) if key in keys else None

    dates = tuple(yearly_dates(_texts(keys["dates"]))) if "dates" in keys else ()
    paused = keys.get("paused", False)
    return (
        cadence("cadence"), _partly(keys.get("birthday")), dates, day("started"), day("snooze_until"),
        paused if isinstance(paused, bool) else day("paused"), _partly(keys.get("died")), day("next_contact"), day("last_contact"),
        day("met"), day("created"), cadence("in_person"),
    )  # fmt: skip


def _partly(value: Value | None) -> PartialDate | None:
    if value is None:
        return None
    day = _iso(str(value))
    return PartialDate(day.year, day.month, day.day) if day else parse_partial(str(value))


def yearly_dates(texts: tuple[str, ...]) -> list[YearlyDate]:
    """`MM-DD label` and `YYYY-MM-DD label` as yearly dates."""
    found = []
    for text in texts:
        match = _DATED_LABEL.match(text)
        value: PartialDate | None = parse_partial(match[1]) if match else None
        if match and value and value.month and value.day:
            found.append(YearlyDate(value.month, value.day, value.year, match[2].strip()))
    return found
