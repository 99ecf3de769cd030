"""People who get another name, another file, another owner, or none: rename, merge, forget, handover."""

from __future__ import annotations

from collections.abc import Sequence

import click

from plaintextcrm.app import finding, moving
from plaintextcrm.cli.run import Run, WordsCommand, command, corrected, write_options
from plaintextcrm.cli.wrote import how_of, report
from plaintextcrm.core.errors import Usage
from plaintextcrm.edge import clock

SHOWN_PLACES = 8


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _tell_unread(run: Run, unread: Sequence[str]) -> None:
    for line in unread:
        run.tell(f"ptcrm: {line}")


@command("rename", cls=WordsCommand)
@click.argument("who")
@click.argument("name", nargs=-1, required=True, metavar="NAME")
@write_options
@click.pass_obj
def rename_command(run: Run, who: str, name: tuple[str, ...], dry_run: bool, no_commit: bool) -> int:
    """Another name: moves the file and rewrites every link to it.

    \b
    ptcrm rename ada "Ada Byron"       the old name becomes an alias
    ptcrm rename ada "Ada Byron" -n    first see the diff

    Only the target of a link changes, a label stays; so do links in code and comments, and links that mean somebody else.
    """
    if len(name) > 1:
        raise Usage(f"the name is more than one word to the shell: {corrected(click.get_current_context(), name)}")
    id = finding.who(run.vault, who, clock.seconds())
    done = moving.rename(run.vault, id, name[0], how_of(dry_run, no_commit))
    _tell_unread(run, done.unread)
    moved = f" ({id} to {done.id})" if done.id != id else ""
    links = f" · links in {_many(len(done.linking), 'other file')}" if done.linking else ""
    return report(run, done.written, f"renamed: {done.old} is {' '.join(name[0].split())}{moved}{links}")


@command("merge")
@click.argument("who")
@click.argument("into")
@write_options
@click.pass_obj
def merge_command(run: Run, who: str, into: str, dry_run: bool, no_commit: bool) -> int:
    """Two files of one person become one: WHO goes into INTO.

    \b
    ptcrm merge ada-2 ada-king       ada-2 goes, its log and notes are in ada-king
    ptcrm merge ada-2 ada-king -n    first see the diff

    The keys of INTO stay. What WHO has more is added, lists and logs are joined; where the two differ, the value of WHO is kept as a
    line under "Merged from NAME". Links to WHO lead to INTO, and the name of WHO becomes an alias.
    What either keeps private stays private.
    """
    now = clock.seconds()
    first, second = finding.who(run.vault, who, now), finding.who(run.vault, into, now)
    done = moving.merge(run.vault, first, second, how_of(dry_run, no_commit))
    _tell_unread(run, done.unread)
    parts = [f"merged: {done.name} ({first}) into {done.into} ({second})"]
    if done.joined.entries:
        parts.append(_many(done.joined.entries, "entry").replace("entrys", "entries"))
    if done.joined.added:
        parts.append(f"added {', '.join(done.joined.added)}")
    if done.linking:
        parts.append(f"links in {_many(len(done.linking), 'other file')}")
    code = report(run, done.written, " · ".join(parts))
    if done.joined.kept:
        run.tell(f'ptcrm: these differ, the values of {done.into} hold; the others stand under "Merged from {done.name}":')
        for line in done.joined.kept:
            run.tell(f"  {line}")
    return code


@command("forget")
@click.argument("who")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@write_options
@click.pass_obj
def forget_command(run: Run, who: str, yes: bool, dry_run: bool, no_commit: bool) -> int:
    """Remove somebody's file; says who links to them, and what git keeps.

    \b
    ptcrm forget ada
    ptcrm forget ada -y       without being asked
    ptcrm forget ada -n       only show what would go, and who links to them
    """
    id = finding.who(run.vault, who, clock.seconds())
    contact = finding.one(run.vault, id)
    links = moving.links_to(run.vault, id)
    _tell_unread(run, links.unread)
    _tell_links(run, contact.name, links.places)
    question = f"Remove {contact.path} ({contact.name}, {_many(len(contact.interactions), 'interaction')})?"
    if not dry_run and not run.confirm(question, yes, f"forget removes {contact.path}: say -y to go on"):
        run.tell("nothing is removed")
        return 0
    written = moving.forget(run.vault, id, how_of(dry_run, no_commit))
    code = report(run, written, f"forgotten: {contact.name}, {contact.path} is removed")
    if not dry_run:
        _tell_history(run, contact.path)
    return code


def _tell_links(run: Run, name: str, places: Sequence[str]) -> None:
    """How many links lead nowhere afterwards, and where they are."""
    if not places:
        run.tell(f"ptcrm: no other file links to {name}")
        return
    more = f" and {len(places) - SHOWN_PLACES} more" if len(places) > SHOWN_PLACES else ""
    verb = "leads" if len(places) == 1 else "lead"
    run.tell(f"ptcrm: {_many(len(places), 'link')} to {name} {verb} nowhere then: {', '.join(places[:SHOWN_PLACES])}{more}")


def _tell_history(run: Run, path: str) -> None:
    """What keeps the text of a removed file, and how it is removed from there."""
    import shlex

    run.tell(f"ptcrm: the undo journal keeps the file until it is cleared: {run.vault.state}")
    for kept in moving.import_memories(run.vault):
        run.tell(f"ptcrm: what an import said of them, if one did, is kept until it is cleared: {kept}")
    if moving.has_history(run.vault):
        run.tell("ptcrm: git history keeps what was committed of it; to remove that, in a fresh clone:")
        run.tell(f"  git filter-repo --invert-paths --path {shlex.quote(path)}")
        run.tell("ptcrm: then push with --force, and everybody clones anew")


@command("handover", cls=WordsCommand)
@click.argument("who")
@click.argument("to")
@click.argument("text", nargs=-1, metavar="[TEXT]")
@write_options
@click.pass_obj
def handover_command(run: Run, who: str, to: str, text: tuple[str, ...], dry_run: bool, no_commit: bool) -> int:
    """A colleague looks after somebody from now on: sets the owner and writes it down.

    \b
    ptcrm handover beatriz noor "Lee bowed out, under a black umbrella"
    ptcrm handover beatriz noor "She was not amused [handover:: to mend]"
    """
    if len(text) > 1:
        raise Usage(f"the text is more than one word to the shell: {corrected(click.get_current_context(), text)}")
    id = finding.who(run.vault, who, clock.seconds())
    done = moving.handover(run.vault, id, to, text[0] if text else "", run.today, how_of(dry_run, no_commit))
    before = f"{done.before} to " if done.before else ""
    said = f"handed over: {done.name}, {before}{moving.colleague(run.vault, to)}, {run.today.isoformat()} · does not count as contact"
    return report(run, done.written, said)
