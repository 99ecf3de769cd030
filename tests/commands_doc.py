"""`python -m tests.commands_doc` writes docs/commands.md: docs/commands.head.md, then every command as its `--help` has it."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import click

from plaintextcrm.cli import COMMANDS, main_group

DOCS = Path(__file__).parent.parent / "docs"
HEAD, PAGE = DOCS / "commands.head.md", DOCS / "commands.md"
GROUPS = ("Every day", "People", "Exchange", "Vault")
NOTE = "<!-- Made by `make docs` from docs/commands.head.md and each command's help: change those. -->\n\n"


def page() -> str:
    """The whole page."""
    groups = dict.fromkeys((*GROUPS, *(entry.group for entry in COMMANDS.values())))
    parts = [NOTE + HEAD.read_text(encoding="utf-8")]
    for group in groups:
        names = [name for name, entry in COMMANDS.items() if entry.group == group]
        parts += [f"## {group}\n", *(section(name) for name in names)] if names else []
    return "\n".join(parts)


def section(name: str) -> str:
    """One command: what it does, how it is called, examples, options."""
    command, context = command_of(name)
    words, examples = told(command)
    lines = [f"### ptcrm {name}", "", *words, "", "```", usage(context), "```", ""]
    if examples:
        lines += ["For example:", "", "```sh", *examples, "```", ""]
    options = [record for param in command.params if isinstance(param, click.Option) and (record := param.get_help_record(context))]
    lines += [f"- {_names(names)}{': ' + _plain(help) if help else ''}" for names, help in options]
    return "\n".join(lines).rstrip() + "\n"


def command_of(name: str) -> tuple[click.Command, click.Context]:
    """A command, and a context as if it had been called."""
    parent = click.Context(main_group, info_name="ptcrm")
    command = main_group.get_command(parent, name)
    assert command is not None
    return command, click.Context(command, info_name=name, parent=parent)


def usage(context: click.Context) -> str:
    """`ptcrm due [OPTIONS] [FILTER]…`."""
    return " ".join([context.command_path, *context.command.collect_usage_pieces(context)])


def told(command: click.Command) -> tuple[list[str], list[str]]:
    """(the paragraphs, the examples behind `\\b`) of a command's help."""
    text = inspect.cleandoc(command.help or "").replace("\b\n", "\b")
    paragraphs = [part.strip("\n") for part in text.split("\n\n")]
    words = [part for part in paragraphs if not part.startswith("\b")]
    examples = [line.rstrip() for part in paragraphs if part.startswith("\b") for line in part[1:].splitlines()]
    return "\n\n".join(words).splitlines(), examples


def _names(text: str) -> str:
    """`-d, --date DATE` in code style."""
    return ", ".join(f"`{part}`" for part in text.split(", "))


def _plain(text: str) -> str:
    """Without what click adds in brackets."""
    return re.sub(r"\s+\[[^\[\]]*\]\Z", "", text)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
