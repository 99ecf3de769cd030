"""People: add, edit, list, show, search."""

from __future__ import annotations

from collections.abc import Sequence

import click

from plaintextcrm.app import finding, reading
from plaintextcrm.app.asking import ask
from plaintextcrm.app.reading import Listed
from plaintextcrm.cli.run import (
    FORMATS,
    HELP,
    FilterCommand,
    Run,
    WordsCommand,
    command,
    corrected,
    format_of,
    format_options,
    print_rows,
    terms_of,
    write_options,
)
from plaintextcrm.core.errors import Refused, Usage
from plaintextcrm.core.model import Problem
from plaintextcrm.core.text import safe, split_lines
from plaintextcrm.core.vocabulary import find_key
from plaintextcrm.edge import clock
from plaintextcrm.edge.index import Index
from plaintextcrm.render import asdata

LIST_COLUMNS = ("id", "name", "tier", "state", "last", "due", "company", "location")
TABLE_COLUMNS = ("name", "tier", "state", "last", "due", "company")  # on a terminal, where numbers stand for ids


# --- add, edit -----------------------------------------------------------------------------------------------------


@command("add", cls=WordsCommand, context_settings={**HELP, "allow_extra_args": True})
@click.argument("name")
@click.option("--tier", metavar="TIER", help="How close: a word of ptcrm.toml.")
@click.option("--birthday", metavar="DATE", help="1980-05-12, --05-12 or 1980.")
@click.option("--email", multiple=True, metavar="ADDRESS", help="An e-mail address; may be given again.")
@click.option("--phone", multiple=True, metavar="NUMBER", help="A phone number; may be given again.")
@click.option("--company", metavar="NAME", help="The firm.")
@click.option("--role", metavar="TEXT", help="What they do.")
@click.option("--location", metavar="PLACE", help="Where they live.")
@click.option("--cadence", metavar="SPAN", help="How often, if not as the tier says.")
@click.option("--met", metavar="DATE", help="When you met: today, 2026-11-19, fri.")
@click.option("--met-at", metavar="TEXT", help="Where or how you met.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="A tag; may be given again.")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="Any other key.")
@click.option("-e", "--edit", "in_editor", is_flag=True, help="Open the new file in the editor.")
@click.option("-y", "--yes", is_flag=True, help="Add another person of the same name without asking.")
@write_options
@click.pass_obj
def add_command(
    run: Run, /, name: str, met: str | None, tags: tuple[str, ...], pairs: tuple[str, ...], in_editor: bool,
    yes: bool,
    dry_run: bool, no_commit: bool, **keys: str | tuple[str, ...] | None,
) -> int:  # fmt: skip
    """Add somebody: one new file.

    \b
    ptcrm add "Ada King" --tier A --email ada@example.com --birthday --12-10
    ptcrm add "Bob Lee" --met today --met-at "the Lisbon meetup"
    ptcrm add Ines --set hobbies="sailing, chess" --set referred_by="[[bob]]"
    """
    from plaintextcrm.app import making
    from plaintextcrm.cli.run import day_of
    from plaintextcrm.cli.wrote import how_of, report
    from plaintextcrm.core.spoken import PAST
    from plaintextcrm.core.text import fold

    context = click.get_current_context()
    if context.args:
        raise Usage(_too_many(context, name))
    if not name.strip():
        raise Usage('a name is needed: ptcrm add "Ada King"')
    values: dict[str, str | bool | Sequence[str]] = {"name": " ".join(name.split())}
    values |= {key: list(value) if isinstance(value, tuple) else value for key, value in keys.items() if value}
    if met:
        values["met"] = day_of(run, met, PAST).isoformat()
    if tags:
        values["tags"] = list(tags)
    values |= dict(making.key_value(pair) for pair in pairs)
    values["created"] = run.today.isoformat()
    tier = values.get("tier")
    if isinstance(tier, str) and run.vault.settings.tier(tier) is None:
        defined = ", ".join(one.name for one in run.vault.settings.tiers)
        raise Usage(f'tier "{tier}" is not in ptcrm.toml, which has {defined}')
    same = ask(run.vault, lambda index: [id for id, other, *_ in index.known() if fold(other) == fold(name)])
    if same:
        question = f"{name} is here already ({', '.join(same)}). Add another of that name?"
        if not run.confirm(question, yes or dry_run, f"{name} is here already ({', '.join(same)}): add another of that name with -y"):
            return 0
    id, written = making.new_person(run.vault, name, values, how_of(dry_run, no_commit))
    code = report(run, written, f"added: {name} ({id})")
    if run.vault.settings.team:
        from plaintextcrm.app.changing import strangers

        for line in strangers(run.vault, [(key, value) for key, value in values.items() if isinstance(value, str)]):
            run.tell(f"ptcrm: {line}")
    if in_editor and written.edits and not dry_run:
        return _edit(run, id, no_commit)
    return code


def _too_many(context: click.Context, name: str) -> str:
    """What to type instead where more than a name was given: quotes round the name, `--set` before each KEY=VALUE."""
    import shlex

    pairs = [word for word in context.args if word.partition("=")[0].isidentifier() and "=" in word]
    line = corrected(context, [name, *(word for word in context.args if word not in pairs)])
    if not pairs:
        return f"a name of several words needs quotes: {line}"
    words = [part for word in shlex.split(line) for part in (("--set", word) if word in pairs else (word,))]
    return f"KEY=VALUE stands behind --set: {shlex.join(words)}"


@command("edit")
@click.argument("who")
@click.option("--no-commit", is_flag=True, help="Do not commit to git.")
@click.pass_obj
def edit_command(run: Run, who: str, no_commit: bool) -> int:
    """Open somebody's file in your editor (VISUAL, EDITOR).

    \b
    ptcrm edit ada
    """
    return _edit(run, finding.who(run.vault, who, clock.seconds()), no_commit)


def _edit(run: Run, id: str, no_commit: bool) -> int:
    from plaintextcrm.app import writing
    from plaintextcrm.cli.wrote import how_of, report
    from plaintextcrm.core.contact import parse
    from plaintextcrm.edge import editor
    from plaintextcrm.edge.lock import locked

    source = writing.read_source(run.vault, id)
    with locked(run.vault.state):
        pass  # where nothing can be journalled it is said before the editor opens, not after
    failed: Refused | None = None
    try:
        editor.open_file(run.vault.root / source.path)
    except Refused as error:  # it may have saved before
        failed = error
    written = writing.record_by_hand(run.vault, source.path, source.data, f"edit: {id}", how_of(False, no_commit))
    if not written.edits:
        if failed:
            raise failed
        run.say("nothing changed")
        return 0
    code = report(run, written, f"edited: {source.path}")
    if (run.vault.root / source.path).exists():
        run.tell_problems(parse(writing.read_source(run.vault, id), run.vault.settings.kind_table).problems)
    if failed:
        raise failed
    return code


# --- list ----------------------------------------------------------------------------------------------------------


@command("list", cls=FilterCommand)
@click.argument("terms", nargs=-1, metavar="[FILTER]…")
@click.option("--sort", metavar="KEY", help="A column to sort by; -KEY turns it round (default name).")
@click.option("--columns", metavar="A,B", help="The columns to show: any key, and id last due state ratio freshness strength …")
@format_options
@click.pass_obj
def list_command(run: Run, terms: tuple[str, ...], sort: str | None, columns: str | None, format_: str | None, as_json: bool) -> None:
    """Everybody, or whom a filter lets through (archived and deceased too).

    \b
    ptcrm list
    ptcrm list tier:A city:lisbon
    ptcrm list -tag:family has:birthday --columns name,birthday,age
    ptcrm list last:..2026-06-01 --sort last
    """
    from plaintextcrm.cli.showing import COMPUTED
    from plaintextcrm.render import terminal

    words = terms_of(terms)
    shown = format_of(run, format_, as_json)
    usual = TABLE_COLUMNS if shown == "table" else LIST_COLUMNS
    chosen = tuple(column.strip() for column in columns.split(",") if column.strip()) if columns else usual
    sorted_by = (sort or "name").removeprefix("\0")
    computed = [column for column in (*chosen, sorted_by.lstrip("-")) if column in COMPUTED]
    found = ask(run.vault, lambda index: _listed(run, index, words, bool(computed)), run.progress())
    people, problems = found
    rows = [_list_facts(run, person, computed) for person in people]
    for column in (*chosen, sorted_by.lstrip("-")):
        _check_column(column, rows)
    rows = _sorted(rows, sorted_by)
    run.tell_problems((*run.vault.problems, *problems))
    if not rows:
        run.tell_missing_folders()
    if shown not in ("table", "json"):
        rows = [{"id": row["id"], **{column: _value(row, column) for column in chosen}} for row in rows]
    if shown != "table":
        print_rows(run, shown, rows, chosen, "list", problems)
        return
    if not rows:
        from plaintextcrm.core import query

        run.say(query.nobody_words(words, run.vault.settings) if words else 'Nobody is in this vault yet: ptcrm add "Ada King"')
        return
    cells = [[str(number), *(_shown(row, column) for column in chosen)] for number, row in enumerate(rows, 1)]
    kept = [place for place, column in enumerate(("#", *chosen)) if column == "#" or columns or any(row[place] for row in cells)]
    headings = [("#", *chosen)[place] for place in kept]
    run.say("\n".join(terminal.table_lines([[row[place] for place in kept] for row in cells], headings, run.paint, run.width)))
    run.tell(f"{len(rows)} {'person' if len(rows) == 1 else 'people'}")
    run.remember([str(row["id"]) for row in rows])


def _listed(run: Run, index: Index, words: Sequence[str], with_log: bool) -> tuple[tuple[Listed, ...], tuple[Problem, ...]]:
    return reading.people(index, run.vault, words, with_log), tuple(index.problems())


def _list_facts(run: Run, person: Listed, computed: Sequence[str]) -> dict[str, object]:
    from plaintextcrm.cli.showing import computed_facts, contact_facts, standing_facts

    facts = contact_facts(person.contact) | standing_facts(person.standing) | {"interactions": person.interactions}
    return facts | (computed_facts(run, person.contact, person.standing) if computed else {})


def _shown(row: asdata.Fact, column: str) -> str:
    """A cell for people to read."""
    from plaintextcrm.core.query import SAID

    text = asdata.cell(_value(row, column))
    return SAID.get(text, text) if column == "state" else text


def _value(row: asdata.Fact, column: str) -> object:
    if column in row:
        return row[column]
    key = find_key(column)
    if key:
        return row[key.name]
    other = row["other"]
    return other.get(column) if isinstance(other, dict) else None


def _check_column(column: str, rows: Sequence[asdata.Fact]) -> None:
    if rows and column not in rows[0] and not find_key(column) and not any(column in row["other"] for row in rows):  # type: ignore[operator]
        raise Usage(f'nobody has a key "{column}": ptcrm list --columns name,tier,last,due')


def _sorted(rows: list[dict[str, object]], sort: str) -> list[dict[str, object]]:
    """By a column, those without it last; numbers as numbers, text without case and accents."""
    from plaintextcrm.core.text import fold

    column, down = sort.lstrip("-"), sort.startswith("-")

    def key(row: dict[str, object]) -> tuple[float, str]:
        value = _value(row, column)
        return (float(value), "") if isinstance(value, int | float) else (0.0, fold(asdata.cell(value)))

    there = [row for row in rows if _value(row, column) is not None]
    rest = [row for row in rows if _value(row, column) is None]
    return sorted(sorted(there, key=lambda row: str(row["id"])), key=key, reverse=down) + rest


# --- show ----------------------------------------------------------------------------------------------------------


@command("show")
@click.argument("who")
@click.option("--explain", is_flag=True, help="Show the arithmetic.")
@click.option("--everything", is_flag=True, help="The whole log and every key, also details of old entries.")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="How to print.")
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.pass_obj
def show_command(run: Run, who: str, explain: bool, everything: bool, format_: str | None, as_json: bool) -> None:
    """The brief before a meeting: who, where you stand, what is open, the last entries.

    \b
    ptcrm show ada
    ptcrm show 2                 the second of the last list
    ptcrm show ada,bob --explain
    """
    from plaintextcrm.app import ideas
    from plaintextcrm.cli.showing import brief_facts, brief_lines

    ids = finding.whos(run.vault, who, clock.seconds())
    with_ideas = ask(run.vault, lambda index: [ideas.ideas(index, run.vault, id) for id in ids], run.progress())
    found = [one for one, _ in with_ideas]
    problems = [problem for one in found for problem in one.problems]
    run.tell_problems((*run.vault.problems, *problems))
    if as_json or format_ == "json":
        run.say(asdata.as_json("show", run.today, [brief_facts(run, one, own) for one, own in with_ideas], problems))
        return
    if format_ in ("csv", "ids"):
        people = [Listed(one.contact, one.standing, len(one.contact.interactions)) for one in found]
        print_rows(run, format_, [_list_facts(run, person, ()) for person in people], LIST_COLUMNS, "show", ())
        return
    if format_ == "md":
        from plaintextcrm.app import writing

        run.say("\n".join("\n".join(map(safe, split_lines(writing.read_source(run.vault, id).text))) for id in ids))
        return
    run.say("\n\n".join("\n".join(brief_lines(run, one, explain, everything, own)) for one, own in with_ideas))


# --- search --------------------------------------------------------------------------------------------------------


@command("search", cls=FilterCommand)
@click.argument("words", nargs=-1, required=True, metavar="TEXT [FILTER]…")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The best N.")
@format_options
@click.pass_obj
def search_command(run: Run, words: tuple[str, ...], limit: int | None, format_: str | None, as_json: bool) -> None:
    """Full text over fields and bodies, best first, with the matching line.

    \b
    ptcrm search caravan
    ptcrm search "pumpkin league" tier:A
    """
    from plaintextcrm.core import query

    parsed = query.parse(terms_of(words), run.vault.settings, run.today, words_are_text=True)
    terms = [term for term in terms_of(words) if term not in parsed.words]
    if not parsed.words:
        raise Usage("a word to search for is needed: ptcrm search caravan")
    found, problems = ask(
        run.vault, lambda index: (reading.search(index, run.vault, parsed.words, terms, limit), tuple(index.problems())), run.progress()
    )
    run.tell_problems((*run.vault.problems, *problems))
    rows = [{"id": hit.id, "name": hit.name, "where": hit.where or None, "line": hit.line} for hit in found]
    shown = format_of(run, format_, as_json)
    if shown != "table":
        print_rows(run, shown, rows, ("id", "name", "line"), "search", problems)
        return
    if not rows:
        run.say("Nothing matches. Try fewer words.")
        return
    from plaintextcrm.render import terminal

    width = min(run.width, 110)
    for number, hit in enumerate(found, 1):
        name = terminal.clipped(safe(hit.name), width - 5) if run.to_terminal else safe(hit.name)
        run.say(f" {number:>2}  {run.paint.bold(name)}")
        run.say(f"     {run.paint.soft(terminal.clipped(safe(hit.line), width - 5))}")
    run.remember([hit.id for hit in found])
