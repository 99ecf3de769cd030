"""`merge-file`: git's merge driver for contact files."""

from __future__ import annotations

import click

from plaintextcrm.cli.run import Run, command
from plaintextcrm.core.errors import Usage, why
from plaintextcrm.edge.paths import Path


@command("merge-file")
@click.argument("base", metavar="BASE")
@click.argument("ours", metavar="OURS")
@click.argument("theirs", metavar="THEIRS")
@click.argument("path", metavar="PATH")
@click.pass_obj
def merge_file_command(run: Run, base: str, ours: str, theirs: str, path: str) -> int:
    """Git's merge driver for contact files: three versions to one, by key and by entry.

    \b
    ptcrm init                            in a clone: tells git about it
    git config merge.ptcrm.driver         the line that git runs
    git merge other                       then does the rest

    The result is written to OURS. It exits with 0, or with 1 where both sides changed the same thing: it then stands
    there twice, within conflict markers, around that field or entry only. PATH is where the file is in the vault.
    """
    from plaintextcrm.core.model import Edit
    from plaintextcrm.core.threeway import merge
    from plaintextcrm.edge import files

    before, mine, other = (_read(name) for name in (base, ours, theirs))
    merged = merge(before, mine, other, path)
    if merged is None:
        run.tell(f"{path}: UTF-16 or not text, which cannot be merged: ours is left as it is; choose one, and save it as UTF-8")
        return 1
    if merged.data != mine:
        place = Path(ours).resolve()
        files.apply(place.parent, Edit(place.name, mine, merged.data))
    if merged.conflicts:
        run.tell(f"{path}: changed on both sides: {merged.conflicts} {'place' if merged.conflicts == 1 else 'places'} to settle by hand")
    return int(merged.conflicts > 0)


def _read(name: str) -> bytes:
    """The bytes of one version. Raises Usage where there is none."""
    from plaintextcrm.edge import files

    try:
        return files.read_bytes(name)
    except OSError as error:
        raise Usage(f"{name}: {why(error)}") from None
