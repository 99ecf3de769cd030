"""`tidy`: what a vault wants cleansed. All of it is about people who may still be turned to; doubles are in `doubles`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from plaintextcrm.core.dates import add
from plaintextcrm.core.graph import referrals, ties
from plaintextcrm.core.model import NEVER, Cadence, Interaction
from plaintextcrm.core.plainlog import PlainLog
from plaintextcrm.core.record import NamedTuple
from plaintextcrm.core.reports.doubles import Double, doubles, entries_by_now
from plaintextcrm.core.reports.network import Member, Network
from plaintextcrm.core.reports.saying import listed, many
from plaintextcrm.core.reports.shapes import Report, Step, Table
from plaintextcrm.core.reports.telling import be, columns, have, quiet_for, rests, spelled, who
from plaintextcrm.core.text import fold, typed

WAYS = ("email", "phone", "address", "linkedin")
LINK = r"\[\[([^\[\]|#\n]+)"
PLAIN_LINK = r"\[\[([^\[\]|#\n(:]+)(?:\]\]|[|#])"  # no field begins in it
SILENT = Cadence(2, "year")
WANTED = (  # what the file of somebody in the highest tier says, and the keys of which one says it
    ("e-mail or phone", ("email", "phone")), ("birthday", ("birthday",)), ("place", ("location",)), ("why", ("why",)),
    ("how we met", ("met_at", "referred_by")), ("family", ("family",)), ("hobbies", ("hobbies",)), ("needs", ("needs",)),
)  # fmt: skip


class Astray(NamedTuple):
    """A link that nobody answers to, and where it stands: a key, or the day of an entry, or `follow-up`."""

    one: Member
    link: str
    where: str


class Gaps(NamedTuple):
    """What the file of somebody in the highest tier does not say."""

    one: Member
    missing: tuple[str, ...]


def tidy(network: Network) -> Report:
    """Who cannot be reached, has no tier, was silent for two years, is there twice; gaps in the highest tier; links astray."""
    people = tuple(network)
    tier_of = cache(network.settings.tier)
    lost = sorted((one for one in people if not _has_any(one, WAYS)), key=lambda one: (-one.weight, -entries_by_now(one), one.id))
    unsorted = [one for one in people if tier_of(one.contact.tier) is None and one.contact.cadence is None]
    unsorted.sort(key=lambda one: (-entries_by_now(one), one.id))
    silent = sorted((one for one in people if _is_silent(one)), key=lambda one: (-one.weight, one.last is None, one.standing.last, one.id))
    twice = doubles(network)
    most = network.settings.highest_weight
    highest = [one for one in people if (tier := tier_of(one.contact.tier)) and tier.weight == most]
    gaps = sorted((Gaps(one, missing) for one in highest if (missing := _missing(one))), key=lambda gap: (-len(gap.missing), gap.one.id))
    astray = list(_astray(people, network))
    tables = (
        _lost_table(lost, network), _unsorted_table(unsorted, network), _silent_table(silent), _twice_table(twice),
        _gaps_table(gaps, len(highest)), _astray_table(astray),
    )  # fmt: skip
    found = ((len(lost), "no way to reach them"), (len(unsorted), "no tier"), (len(silent), "no word for two years"))
    counts = [f"{count:,} with {what}" for count, what in found if count]
    counts += [many(len(twice), "pair that may be one person", "pairs that may each be one person")] if twice else []
    counts += [f"gaps in {many(len(gaps), 'file')} of the highest tier"] if gaps else []
    counts += [many(len(astray), "link that leads to nobody", "links that lead to nobody")] if astray else []
    steps = tuple(_steps(network, lost, unsorted, silent, twice, gaps, astray)) or (Step("Whether the files are sound:", "ptcrm check"),)
    return Report("tidy", tables, (_headline(len(people), counts),), steps)


def _headline(people: int, counts: Sequence[str]) -> str:
    if not people:
        return "There is nobody here yet to tidy up after."
    among = f"Among {many(people, 'person', 'people')}"
    if not counts:
        return f"{among} there is nothing to tidy: all can be reached, are in a tier, and nobody is there twice."
    return f"{among} who may be turned to: {listed(counts, len(counts))}."


def _has_any(one: Member, keys: Iterable[str]) -> bool:
    return any(map(one.contact.keys.get, keys))


def _is_silent(one: Member) -> bool:
    """Two years and more since the last contact; where there was none, since they were met or put on file. Not those who rest."""
    since = one.last or one.contact.met or one.contact.created
    return since is not None and add(since, SILENT) <= one.today and not rests(one)


def _missing(one: Member) -> tuple[str, ...]:
    return tuple(words for words, keys in WANTED if not _has_any(one, keys))


def _astray(people: Sequence[Member], network: Network) -> Iterable[Astray]:
    """The links in keys, logs and open follow-ups that no file answers to, each once a file. What two answer to, `check` tells."""
    written: set[str] = set()
    for one in network.everybody:
        written.update((one.id, one.contact.slug, one.name), one.contact.texts("aliases"))
    known: set[str] = set()
    for one in people:
        told: set[str] = set()
        for link, where in _links(one, written):
            if link in written:
                continue
            known = known or set(map(fold, written))
            if (meant := fold(link)) not in known and meant not in told and not _is_a_file(link):
                told.add(meant)
                yield Astray(one, link, where)


def _links(one: Member, written: set[str]) -> Iterable[tuple[str, str]]:
    """The links of one file and where they stand; those of a log only if one of them is none of the written names."""
    for key, value in one.contact.keys.items():
        for text in (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ():
            if "[[" in text:
                yield from ((link.strip(), key) for link in re.findall(LINK, text))
    log = one.contact.interactions
    for entry in () if _leads_to(log, written) else log:
        for text in (entry.text, *entry.details):
            if "[[" in text:
                yield from ((link.strip(), entry.on.isoformat()) for link in re.findall(LINK, text))
    for task in one.contact.follow_ups:
        if task.open and "[[" in task.text:
            yield from ((link.strip(), "follow-up") for link in re.findall(LINK, task.text))


def _leads_to(log: Sequence[Interaction], written: set[str]) -> bool:
    """Whether each link of a plain log is one of these names, told from its text as it stands, for making the entries takes much longer.

    False where a field may stand within a link: taken out of `[(with:: Bob)[Ada]]`, it leaves one.
    """
    if not isinstance(log, PlainLog) or "][" in log.text or ")[" in log.text:
        return False
    if "[[" not in log.text:
        return True
    links = re.findall(PLAIN_LINK, log.text)
    return len(links) == log.text.count("[[") and written.issuperset([link.strip() for link in links])


def _is_a_file(link: str) -> bool:
    """A picture, a daily note: no person was meant."""
    last = link.rsplit("/", 1)[-1]
    return last[:4].isdecimal() or (
        "." in last and last.rsplit(".", 1)[1].lower() in ("png", "jpg", "jpeg", "gif", "svg", "webp", "pdf", "canvas")
    )


# --- tables --------------------------------------------------------------------------------------------------------


def _lost_table(lost: Sequence[Member], network: Network) -> Table:
    known = _acquainted(lost, network)
    rows = [
        {"id": one.id, "name": one.name, "tier": one.contact.tier, "quiet": quiet_for(one), "through": _met(known[one.id], network),
         "last": one.last} for one in lost
    ]  # fmt: skip
    sentence = (
        f"{spelled(len(lost), 'person', 'people')} with neither e-mail nor phone, address nor LinkedIn; who knows them may have one."
        if lost
        else ""
    )
    return Table(
        "No way to reach them",
        columns(name="Name", tier="Tier", quiet="Quiet for", through="Who knows them"),
        tuple(rows), sentence, "Everybody can be reached.",
    )  # fmt: skip


def _acquainted(lost: Sequence[Member], network: Network) -> Mapping[str, set[str]]:
    """Whom each of them knows or is known by, as the files say."""
    found: dict[str, set[str]] = {one.id: set() for one in lost}
    for tie in ties(network, referrals(network)) if lost else ():
        for one, other in ((tie.one, tie.other), (tie.other, tie.one)):
            if one in found:
                found[one].add(other)
    return found


def _met(ids: Iterable[str], network: Network) -> tuple[str, ...]:
    """The names of those of them who may be asked, the latest contact first."""
    people = (network.by_id[id] for id in ids)
    return tuple(one.name for one in sorted(people, key=lambda one: (-one.standing.last, one.id)) if one.last and not one.is_gone)


def _unsorted_table(unsorted: Sequence[Member], network: Network) -> Table:
    sentence = ""
    if unsorted:
        never = network.settings.default_cadence == NEVER
        reminded = "nobody reminds you of them" if never else "the default cadence is all that reminds you of them"
        sentence = (
            f"{spelled(len(unsorted), 'person', 'people')} in no tier of ptcrm.toml and without a cadence: {reminded}. Most entries first."
        )
    return Table(
        "No tier",
        columns(name="Name", entries="Entries", quiet="Quiet for", tier="Says"),
        tuple(
            {"id": one.id, "name": one.name, "entries": entries_by_now(one), "quiet": quiet_for(one), "tier": one.contact.tier,
             "last": one.last} for one in unsorted
        ),
        sentence, "Everybody has a tier or a cadence.",
    )  # fmt: skip


def _silent_table(silent: Sequence[Member]) -> Table:
    sentence = ""
    if silent:
        never = sum(one.last is None for one in silent)
        sentence = f"{spelled(len(silent), 'person', 'people')} with no word for two years or more: keep, loosen or let go?"
        sentence += (
            f" {spelled(never, 'was', 'were')} never in touch, and {be(never)} counted from the day they were met or put on file."
            if never
            else ""
        )
    return Table(
        "Two years without contact",
        columns(name="Name", tier="Tier", quiet="Quiet for", last="Last", entries="Entries"),
        tuple(
            {"id": one.id, "name": one.name, "tier": one.contact.tier, "quiet": quiet_for(one), "last": one.last,
             "entries": entries_by_now(one)} for one in silent
        ),
        sentence, "Nobody has been silent for two years.",
    )  # fmt: skip


def _twice_table(twice: Sequence[Double]) -> Table:
    sentence = ""
    if twice:
        sentence = (
            f"{spelled(len(twice), 'pair')}: one person, or two? What four or more share is taken for an office's line; "
            "who names the other under knows is somebody else."
        )
    return Table(
        "Perhaps there twice",
        columns(name="Name", other="And", why="Because of", command="To join them"),
        tuple(
            {"id": one.keep.id, "name": one.keep.name, "other": one.other.name, "why": one.why, "command": _merge(one),
             "other_id": one.other.id} for one in twice
        ),
        sentence, "Nobody is there twice, as far as one can tell.",
    )  # fmt: skip


def _merge(one: Double, option: str = "") -> str:
    return f"ptcrm merge {typed(one.other.id, one.keep.id, option=option)}"


def _gaps_table(gaps: Sequence[Gaps], highest: int) -> Table:
    sentence = ""
    if gaps:
        most = Counter(words for gap in gaps for words in gap.missing)
        words, count = min(most.items(), key=lambda item: (-item[1], item[0]))
        whose = "The one file" if highest == 1 else f"{len(gaps):,} of {highest:,} files"
        sentence = f"{whose} of the highest tier {have(len(gaps))} gaps; most often: {words} ({count:,})."
    return Table(
        "Gaps in the highest tier", columns(name="Name", missing="The file does not say"),
        tuple({"id": gap.one.id, "name": gap.one.name, "missing": gap.missing} for gap in gaps),
        sentence, "The files of the highest tier say all that is asked." if highest else "Nobody is in the highest tier.",
    )  # fmt: skip


def _astray_table(astray: Sequence[Astray]) -> Table:
    sentence = ""
    if astray:
        sentence = (
            f"{spelled(len(astray), 'link')} in keys, logs and open follow-ups {have(len(astray))} nobody at the other end: "
            "a slip, somebody without a file yet, or a note that is no person."
        )
    return Table(
        "Links that lead to nobody", columns(name="In the file of", link="Link", where="Where"),
        tuple({"id": one.one.id, "name": one.one.name, "link": f"[[{one.link}]]", "where": one.where} for one in astray),
        sentence, "Every link leads to somebody.",
    )  # fmt: skip


def _steps(
    network: Network, lost: Sequence[Member], unsorted: Sequence[Member], silent: Sequence[Member],
    twice: Sequence[Double], gaps: Sequence[Gaps], astray: Sequence[Astray],
) -> Iterable[Step]:  # fmt: skip
    if lost:
        yield Step(f"When you have a number for {lost[0].name}:", f"ptcrm set {who(lost[0])} phone=…")
    if any(one.standing.state == "on-file" and not one.contact.tier for one in unsorted):
        yield Step("Sort those without a tier, one key each:", "ptcrm triage new")
    elif unsorted:
        yield Step(
            f"Give {unsorted[0].name} a tier:",
            f"ptcrm set {who(unsorted[0])} tier={network.settings.tiers[-1].name if network.settings.tiers else 'C'}",
        )
    if any(one.standing.lapsed for one in silent):
        yield Step("Keep, loosen or let go of the silent, one at a time:", "ptcrm triage lapsed")
    elif silent:
        yield Step(f"To let {silent[0].name} go (the file stays):", f"ptcrm archive {who(silent[0])}")
    for one in twice[:1]:
        yield Step(
            f"If {one.other.name} ({one.other.id}) and {one.keep.name} ({one.keep.id}) are one, see first what joining them does:",
            _merge(one, "-n"),
        )
    if gaps:
        yield Step(f"Fill what the file of {gaps[0].one.name} does not say, as you come to know it:", f"ptcrm edit {who(gaps[0].one)}")
    if astray:
        yield Step("The file that holds the first of these links:", f"ptcrm edit {who(astray[0].one)}")
