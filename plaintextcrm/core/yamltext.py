"""YAML as text: every scalar a string, through a python-frontmatter handler. Imported only when the quick reader gives up."""

from __future__ import annotations

import re

import frontmatter
import yaml
from frontmatter.default_handlers import BaseHandler

from plaintextcrm.core.frontmatter import _NULLS, Pair, Tree
from plaintextcrm.core.model import Location, Problem
from plaintextcrm.core.text import split_lines
from plaintextcrm.core.yamlfixes import corrections

# libyaml's reader where PyYAML has it; the two differ on tabs, so one installation always uses the same one.
Loader: type = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class TextHandler(BaseHandler):
    """Front matter between two `---` lines, loaded as {key: Pair} with every scalar as text.

    Raises yaml.YAMLError or ValueError where the text is not YAML, `Shared` on anchors in use and merge keys.
    """

    FM_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)
    START_DELIMITER = END_DELIMITER = "---"

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text  # as it stands in the file: python-frontmatter hands on its line ends changed
        self.pairs: tuple[Pair, ...] = ()
        self.shared: tuple[int, ...] = ()  # lines with aliases or merge keys

    def load(self, fm: str) -> dict[str, object]:
        """The pairs by key; all of them, doubled keys too, in `pairs`."""
        text = self.text
        node = yaml.compose(text, Loader=Loader)
        if node is None or (isinstance(node, yaml.ScalarNode) and node.value in _NULLS):
            return {}
        if not isinstance(node, yaml.MappingNode):
            raise NotAMapping(_line_at(text, node.start_mark))
        reader = _Reader(text)
        self.pairs = tuple(reader.pairs(node))
        self.shared = tuple(reader.shared)
        return {pair.key: pair for pair in self.pairs}


class NotAMapping(ValueError):
    """The front matter is a list or plain text; the argument is its line, from 0."""


class _Reader:
    """Nodes to trees; a node met twice is an alias (or a bomb of them), read as absent."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.seen: set[int] = set()
        self.shared: list[int] = []

    def line(self, node: yaml.Node) -> int:
        """The line (from 0) as the file's lines are counted: YAML ends lines at U+0085, U+2028 and U+2029 too."""
        return _line_at(self.text, node.start_mark)

    def pairs(self, node: yaml.MappingNode) -> list[Pair]:
        found = []
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise NotAMapping(self.line(key))
            line, column = self.line(key) + 2, key.start_mark.column + 1
            if key.value == "<<" and not key.style:
                self.shared.append(line)
                continue
            found.append(Pair(key.value, self.tree(value, line), line, column))
        return found

    def tree(self, node: yaml.Node, line: int) -> Tree:
        if id(node) in self.seen:
            self.shared.append(line)
            return None
        self.seen.add(id(node))
        if self.text[node.start_mark.index : node.start_mark.index + 1] == "&":
            self.shared.append(line)
        if isinstance(node, yaml.ScalarNode):
            return None if not node.style and node.value in _NULLS else node.value
        if isinstance(node, yaml.SequenceNode):
            if self._is_link(node):
                return self.text[node.start_mark.index : node.end_mark.index]
            return [self.tree(child, line) for child in node.value]
        found: dict[str, Tree] = {}
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == "<<":
                self.shared.append(line)
                continue
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            found[str(name)] = self.tree(value, line)
        return found

    def _is_link(self, node: yaml.SequenceNode) -> bool:
        """`[[x]]` without quotes: to YAML a list in a list, to people a link."""
        source = self.text[node.start_mark.index : node.end_mark.index]
        return bool(re.fullmatch(r"\[\[[^\[\]\n]+\]\]", source))


def load(text: str, path: str) -> tuple[tuple[Pair, ...], Problem | None]:
    """(pairs, what is wrong): on "yaml-alias" the pairs without the shared values, on any other problem none."""
    handler = TextHandler(text)
    try:
        frontmatter.parse(f"---\n{text}\n---\n", handler=handler)
    except yaml.MarkedYAMLError as error:
        return (), _problem(error, text, path)
    except NotAMapping as error:
        line = int(error.args[0])
        what, fix = _better(text, line)
        message = "front matter is not key: value lines" + (f": {what}" if what else "")
        return (), Problem(Location(path, line + 2), "not-a-mapping", message, fix)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = _line_of_odd_character(text)
        reason = "a control character" if isinstance(error, yaml.reader.ReaderError) else "it"
        return (), Problem(Location(path, line + 2), "yaml", f"front matter cannot be read as YAML: {reason} stands in the way")
    if handler.shared:
        message = "anchors, aliases and merge keys are not read: write the value out"
        return handler.pairs, Problem(Location(path, handler.shared[0]), "yaml-alias", message)
    return handler.pairs, None


def _problem(error: yaml.MarkedYAMLError, text: str, path: str) -> Problem:
    mark = _mark(error)
    line, column = (_line_at(text, mark), mark.column) if mark else (0, 0)
    if not _line(text, line).strip():
        line, column = _open_at_the_end(text, line, column)
    source = _line(text, line)
    named, fix = _better(text, line)
    if named:
        what = named
    elif "escape" in str(error.problem) or "hex" in str(error.problem):
        what = "a backslash in double quotes: double it"
    elif _is_quoted(error):
        what = "a quote that is opened here is not closed"
    elif "\t" in source:
        what = "a tab where blanks belong"
    elif "mapping values" in str(error.problem):
        what = 'a second ": " in one line: put the value in quotes'
    else:
        what = str(error.problem or "not YAML")
    return Problem(Location(path, line + 2, column + 1), "yaml", f"front matter cannot be read: {what}", fix)


def _is_quoted(error: yaml.MarkedYAMLError) -> bool:
    return bool(error.context and "quoted scalar" in error.context)


def _mark(error: yaml.MarkedYAMLError) -> yaml.Mark | None:
    """Where the mistake begins, not where YAML gave up."""
    begun = _is_quoted(error) or any(word in str(error.context) for word in ("simple key", "flow"))
    return (error.context_mark if begun else None) or error.problem_mark or error.context_mark


def _open_at_the_end(text: str, line: int, column: int) -> tuple[int, int]:
    """(line, column) of the bracket that the last key above opens, where YAML only stumbled over the end; else as they are."""
    above = split_lines(text)[:line]
    for number in range(len(above) - 1, -1, -1):
        if above[number].strip() and above[number][0] not in " \t-#]}":
            bracket = re.search(r"[\[{]", above[number])
            return (number, bracket.start()) if bracket else (line, column)
    return line, column


def _better(text: str, number: int) -> tuple[str | None, str | None]:
    """(what is wrong with that line, where the correction tells; the corrected line): the first with which YAML reads on."""
    lines = split_lines(text)
    source = lines[number] if number < len(lines) else ""
    for what, fix in corrections(source):
        if fix != source and not _goes_on(lines[:number], fix) and _reads_on([*lines[:number], fix, *lines[number + 1 :]], number):
            return what, fix
    return None, None


def _goes_on(above: list[str], line: str) -> bool:
    """Whether a line would be read as more of the value above it: nobody meant to put that into the name."""
    last = next((one for one in reversed(above) if one.strip() and one.lstrip()[0] != "#"), ":")
    if line[:1] not in (" ", "\t") or last.rstrip()[-1] in ":,[{" or re.match(r"\s*[\w -]+:(?:\s|\Z)", line):
        return False
    return not (re.match(r"\s*-\s", line) and last[0] in " \t-")


def _reads_on(lines: list[str], number: int) -> bool:
    """Whether YAML now reads all of it, or stumbles over a later line and no line that goes on with this one."""
    text = "\n".join(lines)
    try:
        node = yaml.compose(text, Loader=Loader)
        return isinstance(node, yaml.MappingNode) and all(isinstance(key, yaml.ScalarNode) for key, _ in node.value)
    except yaml.MarkedYAMLError as error:
        mark = _mark(error)
    except (yaml.YAMLError, ValueError, RecursionError):
        return False
    below = next((line for line in lines[number + 1 :] if line.strip()), "")
    return mark is not None and _line_at(text, mark) > number and not re.match(r"[ \t]+[^\s#*•–—+-]", below)


def _line_at(text: str, mark: yaml.Mark) -> int:
    return len(split_lines(text[: mark.index])) - 1


def _line(text: str, number: int) -> str:
    lines = split_lines(text)
    return lines[number] if number < len(lines) else ""


def _line_of_odd_character(text: str) -> int:
    match = yaml.reader.Reader.NON_PRINTABLE.search(text)
    return len(split_lines(text[: match.start()])) - 1 if match else 0
