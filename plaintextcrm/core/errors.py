"""Operations that cannot go on, each with its exit code (docs/commands.md, "Exit codes")."""

from __future__ import annotations


class PtcrmError(Exception):
    """The message is one clear line for the user; `hints` are further lines."""

    exit_code = 1

    def __init__(self, message: str, *hints: str) -> None:
        super().__init__(message)
        self.hints = hints


class Usage(PtcrmError):
    """The words of the command cannot be understood."""

    exit_code = 2


class NoVault(PtcrmError):
    """There is no vault here, or its settings cannot be read at all."""

    exit_code = 3


class NotFound(PtcrmError):
    """Nobody, or more than one person, answers to that name."""

    exit_code = 4


class Refused(PtcrmError):
    """Not done, to protect data."""

    exit_code = 5


class ChangedOnDisk(Refused):
    """The file is not what the edit was planned against; nothing is written."""


class NotCommitted(PtcrmError):
    """The file is written, but git did not commit it."""

    exit_code = 6


class Unprinted(PtcrmError):
    """What was to be printed could not be: there is no room, or the device fails."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"the output cannot be written: {why(error)}")


def why(error: OSError) -> str:
    """The system's reason, as part of a line of ours: `permission denied`."""
    return (error.strerror or str(error)).lower()
