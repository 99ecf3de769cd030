"""Links of a file after people moved: each means afterwards whom it meant before (docs/format.md, "Ids, slugs and links").

Only the target of a link changes; its label, its heading and every other byte stay, and so do links in code and comments.
A whole value of `referred_by` or `knows` is a link without brackets too.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

from plaintextcrm.core import body, contact
from plaintextcrm.core.contact import Parsed
from plaintextcrm.core.errors import Refused
from plaintextcrm.core.kinds import STANDARD, KindTable
from plaintextcrm.core.model import Source
from plaintextcrm.core.names import Known, link_targets
from plaintextcrm.core.pages.addresses import encoded
from plaintextcrm.core.patterns import pattern
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.text import encode, fold, normal
from plaintextcrm.core.vocabulary import find_key

_WIKI = pattern(r"\[\[([^\[\]|#\r\n]+)(?=[|#]|\]\])")
_INLINE = r"\]\([ \t]*(?:<([^<>\r\n]+)>|((?:[^\s()<>]|\([^\s()<>]*\))+))(?=[ \t)])"
_REFERENCE = r"^ {0,3}\[[^\[\]\r\n]+\]:[ \t]*(?:<([^<>\r\n]+)>|([^\s<>]+))(?=[ \t\r\n]|\Z)"
_ADDRESS = pattern(f"{_INLINE}|{_REFERENCE}", re.MULTILINE)
_CODE = pattern(r"(?<!`)(`+)(?!`)[^`\n]+\1(?!`)")
_YAML_COMMENT = pattern(
    r"""(?<=[\s\[,{])(?:"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\n]|'')*')|(?:^|(?<=[ \t]))(?P<comment>\#[^\r\n]*)""", re.MULTILINE
)
_KEY_LINE = pattern(r"""^["']?([A-Za-z_][\w -]*?)["']?[ \t]*:(?=[ \t\r\n])""", re.MULTILINE)
_VALUE = r"""(?:"([^"\[\]\r\n]*)"|'([^'\[\]\r\n]*)'|(\w[^"'#,\[\]{}\r\n]*?))"""
_ENDS = r"[ \t]*(?=\r|\n|\Z)(?!\r?\n[ \t]+[^\s-])"  # the next line does not go on with it
_LONE_VALUE = pattern(rf"[ \t]*{_VALUE}{_ENDS}")
_FLOW_VALUES = pattern(r"[ \t]*\[([^\r\n]*)\][ \t]*(?=\r|\n|\Z)")
_FLOW_VALUE = pattern(rf"(?:\A|(?<=,))[ \t]*{_VALUE}[ \t]*(?=,|\Z)")
_BLOCK_VALUE = pattern(rf"[ \t]*(?:\r?\n)(?:[ \t]*\r?\n)*[ \t]*-[ \t]+(?:{_VALUE}{_ENDS}|[^\r\n]*)")
_NAMING = ("referred_by", "knows")
_SCHEME = pattern(r"[A-Za-z][A-Za-z0-9+.-]*:")
_LINKABLE = pattern(r"[^\[\]|#^`<>%\\\x00-\x1f]+\Z")
_PLAIN_IN_YAML = pattern(r"\w[\w .()/–—-]*\Z")
_NOT_IN_ADDRESS = pattern(r"[\s()<>%\\\x00-\x1f]")


class Link(NamedTuple):
    """A link in a text: where its target stands, and the target. `is_address`: of `[label](target)`, not of `[[target]]`."""

    start: int
    end: int
    target: str
    is_address: bool = False
    in_front: bool = False


class People:
    """Who answers to the words of links: `known` and the path of each below the vault."""

    def __init__(self, known: Iterable[Known], paths: Mapping[str, str]) -> None:
        self.known = {person.id: person for person in known}
        self.paths = paths
        self.ids = {path: id for id, path in paths.items()}
        self.targets = link_targets(self.known.values())

    def meant(self, word: str) -> str | None:
        """The id that `[[word]]` names, or None: by slug, id, name or alias, else as a path below the vault."""
        ids = set(self.targets.get(fold(word), ()))
        if ids:
            return ids.pop() if len(ids) == 1 else word if word in ids else None
        return self.ids.get(word) or self.ids.get(f"{word}.md") or (self.meant(word[:-3]) if word.endswith(".md") else None)

    def at(self, address: str, here: str) -> str | None:
        """The id that `[label](address)` in the file `here` names, or None: by the path, else as the site reads it."""
        path = unquote(re.split(r"[?#]", address, maxsplit=1)[0])
        if not path or path[0] in "/\\" or _SCHEME.match(address):
            return None
        exact = posixpath.normpath(posixpath.join(posixpath.dirname(here), path))
        word = re.sub(r"\A(?:\.{1,2}/)+", "", path).removesuffix(".md")
        found = self.ids.get(exact) or self.ids.get(f"{exact}.md") or (self.meant(word) if word else None)
        return found or (self.meant(word.rsplit("/", 1)[1]) if "/" in word and not word.endswith("/") else None)

    def of(self, link: Link, here: str) -> str | None:
        """The id that a link in the file `here` names, or None."""
        if link.is_address:
            return self.at(link.target, here)
        words = (link.target, _unquoted(link.target)) if link.in_front else (link.target,)
        return next((id for word in words if (id := self.meant(word))), None)


class Move(NamedTuple):
    """A change of who answers to what: `moved` are the ids that became others, old -> new."""

    before: People
    after: People
    moved: Mapping[str, str]


def _unquoted(text: str) -> str:
    """A part of a quoted YAML scalar as it is read."""
    if "\\" in text:
        return re.sub(r'\\(["\\/])', r"\1", text)
    return text.replace("''", "'")


# --- finding -------------------------------------------------------------------------------------------------------


def links(parsed: Parsed) -> Iterator[Link]:
    """The links of a parsed file, in no order. Offsets are those of its text, which is as long as the source's."""
    begins = parsed.front.body
    front = _without_comments(parsed.text[:begins])
    yield from _links(front, 0, True)
    yield from _bare(front)
    yield from _links(_without_code(parsed.text[begins:]), begins, False)


def _loose(source: Source) -> Iterator[Link]:
    """What may be a link of a file, code and comments and all: most files need not be parsed to know that nobody in there moved."""
    text = normal(source.text)
    for in_front in (False, True):
        yield from _links(text, 0, in_front)
    if text.lstrip("\ufeff").startswith("---"):
        yield from _bare(_without_comments(text[: text.find("\n---", 3)]))


def _bare(front: str) -> Iterator[Link]:
    """The whole values of `referred_by` and `knows` in a front matter, which name people without brackets."""
    for match in _KEY_LINE.finditer(front):
        known = find_key(match[1])
        if known is None or known.name not in _NAMING:
            continue
        if flow := _FLOW_VALUES.match(front, match.end()):
            yield from (_bare_link(one, flow.start(1)) for one in _FLOW_VALUE.finditer(flow[1]))
        elif lone := _LONE_VALUE.match(front, match.end()):
            yield _bare_link(lone, 0)
        else:
            item = _BLOCK_VALUE.match(front, match.end())
            while item:
                if item.lastindex:
                    yield _bare_link(item, 0)
                item = _BLOCK_VALUE.match(front, item.end())


def _bare_link(match: re.Match[str], at: int) -> Link:
    group = match.lastindex or 0
    return Link(at + match.start(group), at + match.end(group), match[group], False, True)


def _links(text: str, at: int, in_front: bool) -> Iterator[Link]:
    """The links of a text that begins at that offset."""
    if "[[" in text:
        for match in _WIKI.finditer(text):
            target = match[1].removesuffix("\\") if text[match.end()] == "|" else match[1]  # in a table the bar is written `\|`
            start = match.start(1) + len(target) - len(target.lstrip())
            target = target.strip()
            yield Link(at + start, at + start + len(target), target, False, in_front)
    if "](" in text or "]:" in text:
        for match in _ADDRESS.finditer(text):
            group = next(number for number in (1, 2, 3, 4) if match[number])
            yield Link(at + match.start(group), at + match.end(group), match[group], True, in_front)


def _without_comments(text: str) -> str:
    if "#" not in text:
        return text
    return _YAML_COMMENT.sub(lambda match: " " * len(match[0]) if match["comment"] else match[0], text)


def _without_code(text: str) -> str:
    text = body.mask(text)[0]
    return _CODE.sub(lambda match: " " * len(match[0]), text) if "`" in text else text


def lines_with(source: Source, people: People, id: str) -> tuple[int, ...]:
    """The lines (from 1) of a file in which somebody is linked to, once for each link."""
    if not any(people.of(link, source.path) == id for link in _loose(source)):
        return ()
    parsed = contact.parse(source)
    offsets = sorted(link.start for link in links(parsed) if people.of(link, source.path) == id)
    return tuple(1 + parsed.text.count("\n", 0, offset) for offset in offsets)


# --- rewriting -----------------------------------------------------------------------------------------------------


def relinked(source: Source, move: Move, there: str = "", kinds: KindTable = STANDARD) -> Source:
    """The file with every link leading where it led before; `there` is its path afterwards, where that is another.

    Raises Refused where a link must change in a file that is not to be touched.
    """
    there = there or source.path
    if all(_target(link, source.path, there, move) == link.target for link in _loose(source)):
        return source
    parsed = contact.parse(source, kinds)
    pieces: list[str] = []
    kept = 0
    for link in sorted(links(parsed)):
        target = _target(link, source.path, there, move)
        if target == link.target:
            continue
        _refuse_unwritable(source, parsed, link)
        pieces += source.text[kept : link.start], target
        kept = link.end
    if not kept:
        return source
    text = "".join((*pieces, source.text[kept:]))
    changed = source._replace(text=text, data=encode(text, source.encoding))
    _verify(parsed, contact.parse(changed, kinds))
    return changed


def _refuse_unwritable(source: Source, parsed: Parsed, link: Link) -> None:
    line = 1 + parsed.text.count("\n", 0, link.start)
    if source.encoding == "utf-16":
        raise Refused(f"{source.path}: links to them and is UTF-16: save it as UTF-8 first; nothing is written")
    if any(problem.code == "conflict-markers" for problem in parsed.problems):
        raise Refused(f"{source.path}:{line}: links to them, among conflict markers of a merge: settle it first; nothing is written")
    if not parsed.front.parsed and (link.in_front or parsed.front.end == parsed.front.start):
        raise Refused(f"{source.path}:{line}: links to them in front matter that cannot be read: mend it first; nothing is written")


def _verify(before: Parsed, after: Parsed) -> None:
    """Nothing but targets of links may have another meaning."""
    same = before.contact.keys.keys() == after.contact.keys.keys() and before.front.parsed == after.front.parsed
    entries = [[(entry.on, entry.kind, entry.where) for entry in one.contact.interactions] for one in (before, after)]
    if not same or entries[0] != entries[1] or len(list(links(before))) != len(list(links(after))):
        raise Refused(f"{before.contact.path}: its links cannot be changed without touching other lines: change them with `ptcrm edit`")


def _target(link: Link, here: str, there: str, move: Move) -> str:
    """What the link must say after the move; what it says, where nothing better can be said."""
    id = move.before.of(link, here)
    if link.is_address:
        return _address(link, id, here, there, move)
    if id is None:
        return link.target
    new = move.moved.get(id, id)
    for word in _words(_unquoted(link.target) if link.in_front else link.target, move.before, id, move.after, new):
        if word == link.target and move.after.of(link, there) == new:
            return word
        if move.after.meant(word) == new and _LINKABLE.match(word) and (not link.in_front or _PLAIN_IN_YAML.match(word)):
            return word
    return link.target


def _words(target: str, before: People, id: str, after: People, new: str) -> tuple[str, ...]:
    """What a link may say, the likest to what it said first: a name for a name, a slug for a slug, an id or a path for such."""
    old, now = before.known[id], after.known[new]
    short = target.removesuffix(".md")
    ending = target[len(short) :]
    rest = (now.slug, now.id)
    if old == now:
        return (target, *rest)
    if target == old.name != old.slug:
        return (now.name, *rest)
    if fold(short) == fold(old.slug):
        return (target if now.slug == old.slug else now.slug + ending, now.id + ending, *rest)
    if fold(short) == fold(old.id):
        return (target if now.id == old.id else now.id + ending, *rest)
    if fold(target) == fold(old.name):
        return (now.name, *rest)
    path = after.paths[new].removesuffix(".md") + ending
    return (path, *rest) if before.ids.get(f"{short}.md") == id else (target, *rest)


def _address(link: Link, id: str | None, here: str, there: str, move: Move) -> str:
    """The address that leads from the file `there` to whom it meant."""
    mark = re.search(r"[?#]", link.target)
    path, rest = (link.target[: mark.start()], link.target[mark.start() :]) if mark else (link.target, "")
    folders = posixpath.dirname(here), posixpath.dirname(there)
    if id is None:
        if folders[0] == folders[1] or not path or path[0] in "/\\" or _SCHEME.match(path):
            return link.target
        aim = posixpath.normpath(posixpath.join(folders[0], unquote(path)))
    else:
        new = move.moved.get(id, id)
        stays = folders[0] == folders[1] and move.before.paths[id] == move.after.paths[new]
        if stays and move.after.at(link.target, there) == new:
            return link.target
        aim = move.after.paths[new] if unquote(path).endswith(".md") else move.after.paths[new].removesuffix(".md")
    found = posixpath.relpath(aim, folders[1] or ".")
    found = f"./{found}" if path.startswith("./") and not found.startswith(".") else found
    return _written(found, path, link.in_front) + rest


def _written(path: str, like: str, in_front: bool) -> str:
    """A path as an address: wholly encoded where the old one was, else only what would end it."""
    if "%" in like or in_front:
        return encoded(path)
    return path if "\n" not in path and " " in like else _NOT_IN_ADDRESS.sub(lambda match: f"%{ord(match[0]):02X}", path)
