"""The facts of one person: as JSON carries them, and as the brief before a meeting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from plaintextcrm.app import reading
from plaintextcrm.app.reading import Brief
from plaintextcrm.cli.run import Run, vault_path_shown
from plaintextcrm.core import due as dues
from plaintextcrm.core import history, numbers
from plaintextcrm.core.dates import cadence_words, day_words, span_words
from plaintextcrm.core.due import DatedRow
from plaintextcrm.core.due_words import entry_words, quiet_words, rhythm_of, shared_hobbies
from plaintextcrm.core.ideas import Idea, age
from plaintextcrm.core.model import Contact, Interaction
from plaintextcrm.core.standing import Standing
from plaintextcrm.core.text import safe, typed
from plaintextcrm.core.text import width as width_of
from plaintextcrm.core.vocabulary import KEYS
from plaintextcrm.render import asdata, terminal

COMPUTED = ("strength", "trend", "drift", "known_for", "rhythm", "balance", "age", "ask")
MOST_IDEAS = 4  # in the brief
MOST_TERMS = 3  # of the sum that strength is worked out from


def computed_facts(run: Run, contact: Contact, standing: Standing) -> dict[str, object]:
    """The numbers of one relationship, in words where they are words."""
    kinds = run.vault.settings.kind_table
    seen = history.touches(contact, run.today, kinds)
    found = numbers.numbers(seen, run.today, kinds)
    return {
        "strength": found.strength, "trend": numbers.trend_words(found) or None, "drift": numbers.drift_words(found) or None,
        "known_for": numbers.known_for(contact, history.past(contact, run.today), run.today).removeprefix("known for ") or None,
        "rhythm": numbers.rhythm_words(found, rhythm_of(contact, run.vault.settings), standing.span) or None,
        "balance": numbers.balance_words(found) or None, "age": age(contact, run.today),
        "ask": list(numbers.ask_next_time(contact)),
    }  # fmt: skip


def contact_facts(contact: Contact) -> dict[str, object]:
    """Every key of the vocabulary (null where absent), the user's own under `other`."""
    facts: dict[str, object] = {key.name: contact.keys.get(key.name) for key in KEYS}
    return {"id": contact.id, "path": contact.path, **facts, "name": contact.name, "other": dict(contact.other)}


def standing_facts(standing: Standing) -> dict[str, object]:
    """Where somebody stands, as JSON carries it."""
    return {
        "last": _iso(standing.last), "due": _iso(standing.due), "next": _iso(standing.next), "state": standing.state,
        "ratio": None if standing.ratio is None else round(standing.ratio, 2), "freshness": standing.freshness,
        "hidden": standing.hidden or None,
    }  # fmt: skip


def _iso(ordinal: int) -> str | None:
    return date.fromordinal(ordinal).isoformat() if ordinal else None


def entry_facts(entry: Interaction, counts: bool) -> dict[str, object]:
    """An entry as JSON carries it."""
    return {
        "on": entry.on.isoformat(), "time": entry.at_time, "kind": entry.kind, "text": entry.text, "fields": dict(entry.fields),
        "block_id": entry.block_id, "details": list(entry.details), "task": entry.box or None, "counts": counts, "line": entry.where,
    }  # fmt: skip


def brief_facts(run: Run, one: Brief, ideas: Sequence[Idea] = ()) -> dict[str, object]:
    """A brief as JSON carries it."""
    contact, kinds = one.contact, run.vault.settings.kind_table
    row = dues.row_facts(one.row)
    own = contact_facts(contact) | standing_facts(one.standing)
    entries = [entry_facts(entry, entry.on <= run.today and history.is_touch(entry, kinds)) for entry in contact.interactions]
    wanted = ("reason", "hook", "owed", "occasions", "score", "last_kind")
    computed = computed_facts(run, contact, one.standing)
    return {
        **own, **{key: row[key] for key in wanted}, "rhythm_cadence": row["cadence"],
        "follow_ups": [dues.follow_up_facts(task) for task in contact.follow_ups], "interactions": entries, "numbers": computed,
        "linked_from": [id for id, _ in one.linked],
        "ideas": [{"code": idea.code, "reason": idea.words, "command": idea.command} for idea in ideas],
    }  # fmt: skip


def brief_lines(run: Run, one: Brief, explain: bool, everything: bool, ideas: Sequence[Idea] = ()) -> list[str]:
    """A brief as a terminal shows it."""
    paint, width, contact = run.paint, min(run.width, 100), one.contact
    about = terminal.about_words(contact.text("role"), contact.text("company"), contact.text("location"))
    lines = [paint.bold(safe(contact.name))]
    if about and width_of(safe(f"{contact.name}  {about}")) <= width:
        lines[0] += f"  {paint.soft(safe(about))}"
    else:
        lines += [paint.soft(line) for line in terminal.wrapped(about, width, "  ")]
    say_first = one.row.hook
    if say_first:
        lines += [paint.warm(line) if one.row.owed else line for line in terminal.wrapped(say_first, width, "  ")]
        lines += [f"    {paint.accent(safe(idea.command))}" for idea in ideas if idea.words == say_first]
    lines += ["", *terminal.fact_lines(_stand_facts(run, one), paint, width)]
    open_tasks = reading.open_tasks(contact)
    if open_tasks:
        lines += ["", paint.bold("Open")]
        for number, task in enumerate(open_tasks, 1):
            when = terminal.when_words(task.due, run.today) if task.due else ""
            whose = "they: " if task.waiting == "them" else ""
            lines += terminal.wrapped(f"{number}  {whose}{one.plain(task.text)}{f' · {when}' if when else ''}", width, "  ")
    if dates := (*one.dates, *_further_plans(run, one)):
        lines += ["", paint.bold("Dates"), *terminal.dated_lines(dates, run.today, paint, width)]
    further = [idea for idea in ideas if idea.words != say_first and idea.code not in _TOLD]
    if further:
        left = paint.soft(f"  (all: ptcrm ideas {safe(typed(contact.id))})") if len(further) > MOST_IDEAS else ""
        lines += ["", paint.bold("Ideas") + left, *idea_lines(run, further[:MOST_IDEAS], width)]
    lines += _section("Reach", _reach_facts(contact), run, width)
    lines += _section("Person", _person_facts(run, one, everything), run, width)
    if explain:
        lines += ["", paint.bold("Arithmetic"), *(part for line in _arithmetic(run, one) for part in _explained(line, width))]
    entries = tuple(reversed(history.past(contact, run.today)))
    shown = entries if everything else entries[:8]
    if shown:
        whole = f"  ({len(entries)} in all: ptcrm show {typed(contact.id, option='--everything')})"
        more = paint.soft(whole) if len(entries) > len(shown) else ""
        lines += ["", paint.bold("Log") + more, *terminal.entry_lines(shown, paint, width, one.plain)]
    else:
        lines += ["", "No entry yet: " + paint.accent(f"ptcrm log {typed(contact.id, 'coffee')}")]
    return [*lines, "", paint.soft(f"{vault_path_shown(run)}{safe(contact.path)}")]


_TOLD = ("promise", "due", "drift", "soon", "birthday", "date", "work anniversary", "last", "ask")  # by other parts of the brief


def idea_lines(run: Run, ideas: Sequence[Idea], columns: int) -> list[str]:
    """Each reason, and below it the command that records it."""
    lines: list[str] = []
    for idea in ideas:
        lines += terminal.wrapped(idea.words, columns, "  ")
        lines.append(f"    {run.paint.accent(safe(idea.command))}")
    return lines


def _further_plans(run: Run, one: Brief) -> list[DatedRow]:
    """The entries of a day to come that stand in no other part: not near, and no open task."""
    near = {(row.on, row.label) for row in one.dates if row.kind == "plan"}
    ahead = history.chronological((entry for entry in one.contact.interactions if entry.on > run.today), one.contact.log_order)
    plans = ((entry.on, entry_words(entry, one.plain)) for entry in ahead if not entry.is_task)
    return [DatedRow(on, one.contact.id, one.contact.name, "plan", words) for on, words in plans if (on, words) not in near]


def _section(title: str, facts: Sequence[tuple[str, str]], run: Run, width: int) -> list[str]:
    lines = terminal.fact_lines(facts, run.paint, width)
    return ["", run.paint.bold(title), *lines] if lines else []


def _stand_facts(run: Run, one: Brief) -> list[tuple[str, str]]:
    contact, standing, row = one.contact, one.standing, one.row
    kinds = run.vault.settings.kind_table
    found = numbers.numbers(history.touches(contact, run.today, kinds), run.today, kinds)
    until = f" until {contact.paused}" if isinstance(contact.paused, date) else ""
    hidden = {
        "snoozed": f"snoozed until {contact.snooze_until}", "paused": f"paused{until}",
        "attempt": "tried lately, not reached", "plan": "something is planned", "wholly": gone_words(contact), "": "",
    }[standing.hidden]  # fmt: skip
    warmth = ""
    if row.freshness is not None:
        word = "warm" if row.freshness >= 60 else "cooling" if row.freshness >= 30 else "cold"
        warmth = f"{word} ({row.freshness} of 100)"
    drifts = numbers.drift_words(found)
    if standing.hidden == "wholly":
        return [("so far", quiet_words(standing, run.today)), ("next", f"nothing: {gone_words(contact)}")]
    return [
        ("so far", row.reason),
        ("next", " · ".join(part for part in (_next_words(row.due, run.today), hidden) if part)),
        ("freshness", warmth),
        ("strength", f"{found.strength} of 100" if found.strength is not None else ""),
        ("lately", numbers.trend_words(found)),
        ("balance", numbers.balance_words(found)),
        ("drifting", drifts),
        ("rhythm", numbers.rhythm_words(found, row.cadence, standing.span)),
    ]


def gone_words(contact: Contact) -> str:
    """Why somebody is in no list."""
    if contact.is_true("do_not_contact"):
        return "do not contact"
    return "deceased" if contact.died or contact.text("status") == "deceased" else "archived"


def _next_words(due: date | None, today: date) -> str:
    if due is None:
        return ""
    return "now" if due <= today else f"{day_words(due, today)}, in {span_words((due - today).days)}"


def _reach_facts(contact: Contact) -> list[tuple[str, str]]:
    keys = ("email", "phone", "address", "website", "linkedin")
    return [*((key, " · ".join(contact.texts(key))) for key in keys), ("prefers", contact.text("prefers") or "")]


def _person_facts(run: Run, one: Brief, everything: bool) -> list[tuple[str, str]]:
    contact = one.contact
    shared = shared_hobbies(contact, run.vault.settings)
    hobbies = ", ".join(f"{hobby} (you too)" if hobby in shared else hobby for hobby in contact.texts("hobbies"))
    known = numbers.known_for(contact, history.past(contact, run.today), run.today)
    met = " · ".join(part for part in (known, contact.text("met_at")) if part)
    names = ", ".join(name for _, name in one.linked)
    facts = [
        ("met", met), ("through", contact.text("referred_by") or ""), ("why", contact.text("why") or ""),
        ("birthday", contact.text("birthday") or ""), ("dates", ", ".join(contact.texts("dates"))),
        ("family", "; ".join(contact.texts("family"))), ("hobbies", hobbies), ("needs", "; ".join(contact.texts("needs"))),
        ("offers", "; ".join(contact.texts("offers"))), ("groups", ", ".join(contact.texts("groups"))),
        ("knows", ", ".join(contact.texts("knows"))), ("named by", names),
        ("in person", cadence_words(contact.in_person) if contact.in_person else ""),
        ("owner", " → ".join(part for part in (contact.text("owner"), contact.text("successor")) if part)),
        ("ask", "" if one.standing.hidden == "wholly" else ", ".join(numbers.ask_next_time(contact))),
    ]  # fmt: skip
    if everything:
        told = {"tags": ", ".join(contact.texts("tags")), "source": contact.text("source") or "", "created": contact.text("created") or ""}
        facts += [*told.items(), *((key, asdata.cell(value)) for key, value in contact.other.items())]
    return [(key, one.plain(value)) for key, value in facts]


def _explained(line: str, width: int) -> list[str]:
    first, *rest = terminal.wrapped(line, width - 2, "  ")
    return [first, *(f"  {part}" for part in rest)]


def _arithmetic(run: Run, one: Brief) -> list[str]:
    """How each number comes about, a line each."""
    kinds = run.vault.settings.kind_table
    seen = history.touches(one.contact, run.today, kinds)
    found = numbers.numbers(seen, run.today, kinds)
    lines = [*dues.arithmetic(one.row, one.standing, run.vault.settings), numbers.strength_words(found)]
    if found.strength is None:
        days = len({entry.on for entry in seen})
        lines.append(f"strength wants 3 days with contact: {days} so far")
    else:
        lines.append(f"{found.strength_sum:.2f} = {_summed(seen, run)}")
    if found.recent or found.before:
        lines.append(f"trend {found.recent - found.before:+d} = {found.recent} (days 0 to 89) - {found.before} (days 90 to 179)")
    if found.gap is not None:
        lines.append(f"median of the last {found.gaps} gaps: {found.gap:g} days; quiet for {found.silence}")
        early, late = max(2 * found.gap, found.gap + 14), max(12 * found.gap, found.gap + 90)
        is_so = "drifting" if found.drifting else "not drifting"
        lines.append(f"{is_so}: that is from more than {early:g} to {late:g} days of quiet")
    if found.gaps >= 4 and found.gap and one.standing.span:
        factor = found.gap / one.standing.span
        lines.append(f"own rhythm {found.gap:g} / {one.standing.span} days of cadence = {factor:.2f}; told at 2 and more, 0.5 and less")
    if found.in_a_row:
        lines.append(f"balance: the last {found.in_a_row} from {found.row_side}; told from 3 on")
    return [line for line in lines if line]


def _summed(seen: Sequence[Interaction], run: Run) -> str:
    """`3 x 2^-(1/180) + 2 x 2^-(40/180)`: the newest days first, the rest as one number."""
    kinds = run.vault.settings.kind_table
    weights: dict[int, int] = {}
    for entry in seen:
        kind = kinds.get(entry.kind) if entry.kind else None
        days = (run.today - entry.on).days
        weights[days] = max(weights.get(days, 0), kind.strength if kind else 1)
    ordered = sorted(weights.items())
    shown = [f"{weight} x 2^-({days}/180)" for days, weight in ordered[:MOST_TERMS]]
    rest = sum(weight * 2 ** (-days / numbers.HALF_LIFE_DAYS) for days, weight in ordered[MOST_TERMS:])
    return " + ".join([*shown, f"{rest:.2f} (earlier)"] if len(ordered) > MOST_TERMS else shown)
