"""Sharing the vault with others: sync."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from plaintextcrm.cli.run import Run, command
from plaintextcrm.core.settings import FILE
from plaintextcrm.core.text import safe

if TYPE_CHECKING:
    from plaintextcrm.app import syncing


@command("sync")
@click.option("-n", "--dry-run", is_flag=True, help="Fetch, and say what would come in and go out.")
@click.option("--even-if-many-vanish", is_flag=True, help="Go on where many contacts would vanish, or the other side is gone.")
@click.pass_obj
def sync_command(run: Run, dry_run: bool, even_if_many_vanish: bool) -> int:
    """Fetch, merge, push: share a vault through git. Never by force; what conflicts stays as it was.

    \b
    ptcrm sync
    ptcrm sync -n        only fetch, and say what would come in and go out

    What you changed in contact files by hand is committed first. Two entries logged at once are both kept; where both
    sides changed one field, nothing is merged, and both values are named.
    """
    from plaintextcrm.app import syncing

    done = syncing.sync(run.vault, dry_run=dry_run, many_may_vanish=even_if_many_vanish)
    if done.by_hand:
        files = done.by_hand[0] if len(done.by_hand) == 1 else f"{len(done.by_hand)} files"
        run.say(safe(f"{'to commit' if dry_run else 'committed'}: by hand changed {files}"))
    came, went = in_words(done.came), in_words(done.went)
    if came:
        run.say(safe(f"{'to come' if dry_run else 'came'} in from {done.where}: {came}"))
    if went:
        run.say(safe(f"{'to go' if dry_run else 'went'} out to {done.where}: {went}"))
    if not (came or went or done.by_hand):
        run.say(safe(f"nothing new here, nothing new in {done.where}"))
    if done.unshared:
        git = done.unshared
        run.tell(f"ptcrm: {FILE} is changed and not shared: {git} add {FILE}, {git} commit -m settings {FILE}, ptcrm sync")
    return 0


def in_words(news: syncing.News) -> str:
    """ "3 interactions with 2 people by lee, 1 new contact"; "" where there is nothing."""
    told = [
        f"{_counted(entries, 'interaction')} with {_counted(people, 'person', 'people')}{f' by {by}' if by else ''}"
        for by, entries, people in news.entries
    ]
    counts = (
        (news.new, "new contact", "new contacts"),
        (news.changed, "contact changed", "contacts changed"),
        (news.gone, "contact removed", "contacts removed"),
        (news.others, "other file", "other files"),
    )
    return ", ".join(told + [_counted(*count) for count in counts if count[0]])


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"
