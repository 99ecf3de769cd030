"""People for the pages: one for each way in which a day changes a due list."""

from __future__ import annotations

SETTINGS = """\
name = "By hand"
since = 2024-01-01

[tiers]
A = { cadence = "1 month", weight = 3 }
B = { cadence = "3 months", weight = 2 }
C = { cadence = "6 months", weight = 1 }

[due]
default_cadence = "never"
per_week = 5
retry_days = 7

[me]
name = "Marta"
hobbies = ["sailing"]

[places]
Porto = ["Oporto"]

[git]
commit = false

[site]
show_tier = true
"""


def person(name: str, keys: str = "", *log: str) -> str:
    """A file."""
    lines = "\n".join(log)
    return f"---\nname: {name}\n{keys}---\n\n## Interactions\n\n{lines}\n"


PEOPLE: dict[str, str | bytes] = {
    "ada": person("Ada King", "tier: A\nrole: editor\ncompany: Lumen Press\nlocation: Lisbon\ntags: [client, friend]\nemail: ada@example.com\n", "- 2026-10-24 coffee: About the heron."),
    "anna": person("Anna Íris Ström", "tier: A\nlocation: Porto\ntags: [friend]\nphone: '+351 555 010 101'\n", "- 2026-11-10 call: The second call. [dir:: out]", "- 2026-09-10 lunch"),
    "answer": person("Ann Swer", "tier: B\n", "- 2026-11-20 letter: How are the bees? [dir:: in]"),
    "answered": person("Ann Swered", "tier: C\n", "- 2026-10-30 letter: A word. [dir:: in]", "- 2026-11-01 call [reached:: no]"),
    "asked": person("Asta Asked", "tier: C\n", "- 2026-10-25 mail: A question. [dir:: in]"),
    "attempt": person("Atle Attempt", "tier: A\n", "- 2026-10-01 call", "- 2026-11-18 call [reached:: no]"),
    "birthday": person("Bea Day", "tier: C\nbirthday: 1976-11-30\n", "- 2026-11-01 call"),
    "born": person("Bo Rn", "tier: A\nbirthday: 1980-12-08\n", "- 2026-11-02 call: The boat."),
    "coi": person("Coi Centre", "tier: B\ncoi: true\n", "- 2026-08-20 lunch"),
    "daily": person("Dee Often", "cadence: 3 days\nlocation: Oporto\n", "- 2026-11-19 message"),
    "dated": person("Dated Wedding", "tier: C\ndates:\n  - 2004-12-05 wedding day\n", "- 2026-10-01 visit"),
    "died": person("Dora Died", "tier: A\ndied: 2026-11-28\n", "- 2026-10-25 letter"),
    "five": person("Fay Five", "tier: C\nfive: next\n", "- 2026-05-25 call"),
    "future": person("Fred Future", "tier: A\n", "- 2026-10-23 call", "- 2026-11-27 dinner: Booked."),
    "gone": person("Gone Away", "tier: A\nstatus: archived\n", "- 2025-01-01 call"),
    "lapsing": person("Lap Sing", "tier: B\n", "- 2025-12-01 call: Long ago."),
    "monthly": person("Mona Monthly", "cadence: 1 month\n", "- 2026-10-31 call"),
    "never": person("Nev Er", "birthday: 1990-11-27\n", "- 2026-11-01 call"),
    "new": person("Nu Comer", "tier: B\nmet: 2026-11-01\nmet_at: the fair\n", "- 2026-11-12 event: At the fair."),
    "newest": person("Nu Est", "tier: C\ncreated: 2026-11-20\nmet: 2026-11-20\n"),
    "old-news": person("Olga News", "tier: A\nmet: 2026-08-28\n", "- 2026-10-20 call", "- 2026-09-01 event"),
    "paused": person("Paula Paused", "tier: A\npaused: 2026-12-01\n", "- 2026-09-20 call"),
    "plan": person("Plan Ahead", "tier: A\n", "- 2026-10-20 call", "- [ ] 2026-12-03 lunch: At the harbour."),
    "promise": person("Pro Mise", "tier: C\n", "- 2026-11-15 call: The list.", "  - [ ] send the list [due:: 2026-11-26]"),
    "promised": person("Pia Promised", "tier: C\n", "- 2026-11-15 call", "  - [ ] they: bring the tent back [due:: 2026-11-29] [waiting:: them]"),
    "next-contact": person("Nex Contact", "tier: C\nnext_contact: 2026-11-25\n", "- 2026-11-01 call"),
    "referral": person("Ref Erral", "tier: B\n", "- 2026-11-20 referral-in: Sent us the Okafors."),
    "skipped": person("Ski Pped", "tier: A\n", "- 2026-08-01 call", "- 2026-10-28 skip"),
    "snoozed": person("Sno Oze", "tier: A\nsnooze_until: 2026-12-05\n", "- 2026-09-01 call"),
    "tie-a": person("Tie A", "tier: B\n", "- 2026-08-25 call"),
    "tie-b": person("Tie B", "tier: B\n", "- 2026-08-25 call"),
    "yearly": person("Yara Yearly", "cadence: 1 year\nhobbies: [sailing]\ncompany: Müller & Söhne\nlocation: São Paulo\ntags: [client]\n", "- 2025-12-10 visit"),
    "meets": person("Mee Ts", "tier: B\nin_person: 1 year\nmet: 2026-11-30\n", "- 2026-11-20 message: On the way."),
    "later-promise": person("Lay Ter", "cadence: 1 year\nnext_contact: 2026-12-10\n", "- 2026-11-15 call"),
    "paused-promise": person("Pau Sed", "cadence: 1 year\npaused: true\nnext_contact: 2026-12-09\n", "- 2026-11-15 call"),
    "mail-only": person("O'Neil <Mail>", "email: o@example.com\ncompany: \"Acme & Sons\"\naliases: [Nelly]\n", "- 2026-01-10 mail"),
    "worked": person("Wor Ked", "tier: A\nstarted: 2016-12-01\n", "- 2026-11-05 call"),
}  # fmt: skip
