"""Exchange: import."""

from __future__ import annotations

import os

import click

from plaintextcrm.app import exchanging
from plaintextcrm.app.exchanging import Wanted
from plaintextcrm.app.writing import Written
from plaintextcrm.cli.run import Run, command
from plaintextcrm.cli.wrote import how_of
from plaintextcrm.core.exchange import IMPORTERS
from plaintextcrm.core.exchange.incoming import Hints
from plaintextcrm.core.exchange.planning import Plan
from plaintextcrm.core.model import NEVER
from plaintextcrm.core.text import safe

SHOWN_LINES = 50  # of each sort of remark; a dry run prints all
SHOWN_FILES, SHOWN_OF_FILE, SHOWN_COLUMNS = 2, 14, 110  # of what would be written
COUNTED_BY_KIND = ("letter", "card", "call", "email", "message", "meeting", "visit", "post", "gift")  # these take an s


@command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option(
    "--from",
    "kind",
    type=click.Choice(tuple(IMPORTERS)),
    metavar="KIND",
    help=f"What the files are, where they do not tell: {', '.join(IMPORTERS)}.",
)
@click.option("--tier", metavar="TIER", help="The tier of everybody who is new.")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="Another key of everybody who is new.")
@click.option("--into", default="", metavar="FOLDER", help="The folder for new files, below the contacts folder.")
@click.option("--map", "columns", multiple=True, metavar="COLUMN=KEY", help="What a column means that is not understood by its name.")
@click.option("--encoding", metavar="NAME", help="How the files are encoded, where they are not UTF-8.")
@click.option("--date-order", type=click.Choice(("dmy", "mdy", "ymd")), help="How dates are written, where their values do not tell.")
@click.option("--include-orgs", is_flag=True, help="Take cards of organisations, too.")
@click.option("-n", "--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@click.option("-y", "--yes", is_flag=True, help="Write without asking.")
@click.option("--no-commit", is_flag=True, help="Write, but do not commit to git.")
@click.pass_obj
def import_command(
    run: Run, files: tuple[str, ...], kind: str | None, tier: str | None, pairs: tuple[str, ...], into: str,
    columns: tuple[str, ...], encoding: str | None, date_order: str | None, include_orgs: bool, dry_run: bool, yes: bool, no_commit: bool,
) -> int:  # fmt: skip
    """Bring people and their history in from elsewhere.

    \b
    ptcrm import contacts.vcf -n             what it would do
    ptcrm import contacts.vcf                again later: what changed in it since
    ptcrm import --from vdir ~/.contacts     a folder of cards (vdirsyncer, khard)
    ptcrm import people.csv letters.csv --into vienna --set tags=letters

    Nothing is lost: what no key has room for stands in the body, photos in attachments/. What you changed since the last import
    stays as you have it; what both sides changed is shown and left.

    A log has the columns date and person, and as it likes channel, direction (sent, received), note, person_id, letter_id
    and any others, which are all kept; people have name, person_id and any others.
    """
    vault = run.vault
    run.tell_problems(vault.problems)
    wanted = Wanted(into, exchanging.set_on_new(pairs, tier, vault))
    hints = Hints(encoding, date_order=date_order, columns=exchanging.columns_of(columns), include_orgs=include_orgs)
    foreign = exchanging.read(vault, files, kind, hints, run.progress("reading"))
    planned = exchanging.propose(vault, foreign, wanted, run.progress("planning"))
    _remarks(run, planned.plan, whole=dry_run)
    code = 1 if planned.plan.refused else 0
    if dry_run or not planned.plan.edits:
        run.say(safe("\n".join([*_summary(planned.plan, run), *_preview(planned.plan)])))
        if not dry_run:
            exchanging.remember(vault, foreign, planned.plan)
        return code
    if not yes:
        run.tell("\n".join([*_summary(planned.plan, run), *_preview(planned.plan), ""]))
        if not run.confirm("Write this?", yes, f"{_size(planned.plan)} would be written: add -y (or -n to look first)"):
            return 0
    what = " ".join(f"import: {foreign.kind} from {', '.join(os.path.basename(name) for name in files)}".split())
    planned, written = exchanging.carry_out(
        vault, foreign, wanted, planned, what, how_of(False, no_commit), as_shown=not yes, progress=run.progress("writing")
    )  # fmt: skip
    return _report(run, planned.plan, written) or code


def _report(run: Run, plan: Plan, written: Written) -> int:
    lines = _summary(plan, run, done=True)
    lines[0] += " · ptcrm undo"
    run.say(safe("\n".join(lines)))
    if written.not_committed:
        run.tell(f"ptcrm: {written.not_committed}")
        return written.not_committed.exit_code
    return 0


# --- in words ------------------------------------------------------------------------------------------------------


def _remarks(run: Run, plan: Plan, whole: bool) -> None:
    """What is to be known, to stderr: guesses, questions, differences, and each refused row with its reason."""
    for title, lines in (
        ("", plan.notes),
        ("perhaps known already, and taken for somebody new:", plan.questions),
        ("imported before, not in the vault any more, and taken for somebody new:", plan.returning),
        ("left as they are in the vault:", plan.differences),
        ("refused:", [str(refusal) for refusal in plan.refused]),
    ):
        if title and lines:
            run.tell(title)
        for line in lines if whole else lines[:SHOWN_LINES]:
            run.tell(f"{'  ' if title else ''}{line}")
        if len(lines) > SHOWN_LINES and not whole:
            run.tell(f"  and {len(lines) - SHOWN_LINES:,} more (all with --dry-run)")


def _summary(plan: Plan, run: Run, *, done: bool = False) -> list[str]:
    """What is (to be) written, whether the rows add up, and once it is written that nobody waits because of it."""
    refused = sum(refusal.rows for refusal in plan.refused if not refusal.of_person)
    if plan.edits:
        verb = "imported" if done else "would import"
        lines = [f"{verb}: {_size(plan)}"]
    else:
        lines = ["nothing new: all of it is there already" if not plan.refused else "nothing new"]
    people = f"people: {plan.new:,} new, {plan.known:,} known"
    refused_people = sum(refusal.rows for refusal in plan.refused if refusal.of_person)
    lines.append(people + (f", {refused_people:,} refused" if refused_people else ""))
    if plan.rows:
        lines.append(f"rows: {plan.rows:,} = {plan.written:,} written + {plan.there:,} there already + {refused:,} refused")
    if done and plan.edits and plan.new and _nobody_is_due(plan, run):
        sort = "Sort ten now?" if plan.new >= 10 else "Sort them now?"
        lines.append(f"{plan.new:,} on file, none is waiting. {sort} ptcrm triage new")
    return lines


def _nobody_is_due(plan: Plan, run: Run) -> bool:
    return run.vault.settings.default_cadence == NEVER and not plan.sets_rhythm


def _size(plan: Plan) -> str:
    """`200 people, 4,590 letters`."""
    people = len(plan.edits)
    who = f"{people:,} {'person' if people == 1 else 'people'}"
    more = [entries_words(plan)] if plan.written else []
    if plan.attachments:
        more.append(f"{len(plan.attachments):,} {'attachment' if len(plan.attachments) == 1 else 'attachments'}")
    return ", ".join([who, *more])


def entries_words(plan: Plan) -> str:
    """`4,590 letters`, `1 call`, `12 entries` where they are of several kinds."""
    count = plan.written
    kind = next(iter(plan.kinds)) if len(plan.kinds) == 1 else None
    if kind in COUNTED_BY_KIND:
        return f"{count:,} {kind}{'' if count == 1 else 's'}"
    return f"{count:,} {'entry' if count == 1 else 'entries'}"


def _preview(plan: Plan) -> list[str]:
    """The first lines of the first files that would be new or get something new."""
    shown: list[str] = []
    for edit, lines in list(zip(plan.edits, plan.lines, strict=False))[:SHOWN_FILES]:
        shown += ["", f"{edit.path}{'' if edit.expects is None else ', these lines more'}:"]
        shown += (f"  {line[:SHOWN_COLUMNS]}".rstrip() for line in lines[:SHOWN_OF_FILE])
        if len(lines) > SHOWN_OF_FILE:
            shown.append(f"  … {_more(len(lines) - SHOWN_OF_FILE, 'line')}")
    if len(plan.edits) > SHOWN_FILES:
        shown += ["", f"… and {_more(len(plan.edits) - SHOWN_FILES, 'file')}"]
    return shown


def _more(count: int, what: str) -> str:
    """`1 more file`, `12 more files`."""
    return f"{count:,} more {what}{'' if count == 1 else 's'}"
