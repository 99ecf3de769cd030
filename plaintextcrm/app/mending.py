"""`check --fix`: the files whose mistakes have a certain mending, as edits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from plaintextcrm.app.vaults import Vault
from plaintextcrm.app.writing import How, Written, read_source, write
from plaintextcrm.core.errors import NotFound, Refused
from plaintextcrm.core.mending import mend
from plaintextcrm.core.model import Edit, Problem
from plaintextcrm.edge import vault


def mend_files(vault_: Vault, problems: Sequence[Problem], agrees: Callable[[Sequence[Edit]], bool], how: How = How()) -> Written:
    """Mend what is certain in the files that have these problems; `agrees` sees the edits before they are written.

    A file that must not be written to stays as it is: `check` tells of it.
    """
    paths = dict.fromkeys(problem.where.path for problem in problems)
    ids = [vault.id_of(path, vault_.settings) for path in paths if vault.is_contact_path(path, vault_.settings)]
    seen: list[Edit] = []

    def plan() -> list[Edit]:
        edits = []
        for id in ids:
            try:
                edits.append(mend(read_source(vault_, id), vault_.settings.kind_table)[0])
            except (Refused, NotFound):
                continue
        edits = [edit for edit in edits if edit.expects != edit.replaces]
        if edits != seen:  # else they were agreed to, and only have to be planned again
            seen[:] = edits
            if edits and not agrees(edits):
                return []
        return edits

    return write(vault_, plan, "check --fix", how)
