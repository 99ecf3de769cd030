"""plaintextcrm: keep the relationships that matter, in plain text files you own."""

__version__ = "0.1.0"
