"""The keys we understand (docs/format.md, "Front matter"): one table, in the order in which they are written."""

from __future__ import annotations

from functools import lru_cache

from plaintextcrm.core.record import NamedTuple


class Key(NamedTuple):
    """One key: its canonical name, its type (see `contact.py`, `READERS`), and the folded names it is also read as."""

    name: str
    type: str = "text"
    synonyms: tuple[str, ...] = ()


KEYS = (
    Key("name", "text", ("fullname", "fn", "displayname")),
    Key("given_name", "text", ("firstname",)),
    Key("middle_name"),
    Key("family_name", "text", ("lastname", "surname")),
    Key("name_prefix"),
    Key("name_suffix"),
    Key("aliases", "whole list", ("alias", "nickname", "nick", "aka")),
    Key("tags", "tags", ("tag", "categories", "keywords")),
    Key("groups", "list", ("group", "theme", "themes", "relationship")),
    Key("company", "unlinked", ("org", "organization", "organisation", "employer", "worksfor")),
    Key("role", "text", ("jobtitle", "position", "title")),
    Key("email", "list", ("emails", "emailaddress", "mail")),
    Key("phone", "list", ("phones", "phonenumber", "mobile", "tel", "cell")),
    Key("location", "unlinked", ("city", "town", "basedin")),
    Key("address", "whole list", ("adr",)),
    Key("website", "list", ("url", "web", "blog")),
    Key("linkedin", "list"),
    Key("prefers", "text", ("preferredcontact",)),
    Key("birthday", "partial", ("bday", "born", "dob", "birthdate", "dateofbirth")),
    Key("started", "date", ("workanniversary", "jobstart")),
    Key("dates", "dates", ("anniversary",)),
    Key("family", "whole list", ("partner", "spouse", "children", "kids", "pets")),
    Key("hobbies", "list", ("interests", "hobby", "likes")),
    Key("tier", "text", ("priority", "level")),
    Key("cadence", "cadence", ("every", "frequency", "keepintouch", "cadencedays")),
    Key("in_person", "cadence"),
    Key("snooze_until", "date", ("snooze", "notbefore")),
    Key("paused", "bool or date", ("muted", "mute", "pauseduntil")),
    Key("do_not_contact", "bool", ("dnc",)),
    Key("status"),
    Key("died", "partial", ("death", "dateofdeath")),
    Key("next_contact", "date", ("nextfollowup", "followup")),
    Key("last_contact", "date", ("lastcontacted", "lastchat", "lasttouch", "lastinteraction")),
    Key("met", "date", ("firstmet", "datemet")),
    Key("met_at", "text", ("howwemet",)),
    Key("referred_by", "text", ("introducedby", "metthrough")),
    Key("knows", "whole list"),
    Key("coi", "bool", ("introducer", "centreofinfluence", "centerofinfluence")),
    Key("five", "five", ("circle",)),
    Key("why"),
    Key("owner"),
    Key("successor"),
    Key("needs", "list"),
    Key("offers", "list"),
    Key("feeds", "list", ("alerts",)),
    Key("private", "bool or list"),
    Key("created", "date", ("createdat", "datecreated")),
    Key("source"),
    Key("uid", "text", ("uuid",)),
)  # fmt: skip

ORDER = {key.name: place for place, key in enumerate(KEYS)}
LIST_TYPES = ("list", "whole list", "tags", "dates", "five")


def fold_key(text: str) -> str:
    """A key without case, blanks, `-` and `_`: `lastContacted`, `Last Contacted` and `last_contacted` are one."""
    return text.lower().replace("_", "").replace("-", "").replace(" ", "")


BY_FOLD: dict[str, Key] = {fold_key(key.name): key for key in KEYS} | {word: key for key in KEYS for word in key.synonyms}


@lru_cache(maxsize=4096)
def find_key(text: str) -> Key | None:
    """The key of our vocabulary that this spelling means, or None where it is the user's own."""
    return BY_FOLD.get(fold_key(text))


@lru_cache(maxsize=1024)
def near_key(text: str) -> str | None:
    """Our key that an unknown spelling misses by one letter (added, dropped, changed or two swapped), or None."""
    folded = fold_key(text)
    if len(folded) < 4 or folded[-1].isdigit():
        return None
    return next((key.name for word, key in BY_FOLD.items() if _one_slip_apart(folded, word)), None)


def _one_slip_apart(a: str, b: str) -> bool:
    if abs(len(a) - len(b)) > 1 or a.rstrip("s") == b.rstrip("s"):
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    swapped = len(rest_a) > 1 and rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:]
    if len(a) < 5 or len(b) < 5:
        return swapped  # of short words only this is surely a slip
    return swapped or rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:]
