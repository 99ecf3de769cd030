"""The world: files, locks, SQLite, git, clock. It touches and decides nothing."""
