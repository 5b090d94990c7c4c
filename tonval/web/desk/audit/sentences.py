"""An entry of the audit log as a plain sentence, with what was before and after where something was changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from tonval.stats.deeds import Entry

Detail = Mapping[str, Any]

DEEDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "answer.corrected": "corrected an answer",
        "customer.seen": "looked at a customer",
        "user.signed_in": "signed in",
        "user.refused": "was refused at the door",
        "user.code_refused": "was refused at the second door",
        "user.added": "let somebody sign in",
        "user.invited": "invited somebody",
        "user.accepted": "took up an invitation",
        "user.link": "sent a one-time link",
        "user.moved": "changed somebody's role or place",
        "user.ended": "ended somebody's access",
        "user.readmitted": "let somebody in again",
        "user.sign_ins_ended": "ended other sign-ins",
        "user.second_factor": "set up a second factor",
        "user.second_factor_reset": "took away a second factor",
        "user.recovery_codes": "made new recovery codes",
        "user.recovery_code_used": "used a recovery code",
        "user.password": "set a password",
        "user.language": "chose a language",
        "key.added": "made an API key",
        "key.rotated": "renewed an API key",
        "key.revoked": "took an API key back",
        "blocklist.added": "blocked somebody",
        "blocklist.removed": "unblocked somebody",
        "optouts.added": "noted an opt-out",
        "optouts.removed": "took back an opt-out",
        "survey.published": "published a survey",
        "survey.used": "went back to a version",
        "survey.archived": "put a survey away",
        "survey.restored": "took a survey out again",
        "survey.assigned": "gave a queue a survey",
        "survey.unassigned": "took a survey from a queue",
        "prompt.added": "added a recording",
        "prompt.restored": "used an older recording again",
        "prompt.drafted": "went back to the draft voice",
        "call_back.marked": "noted a call-back",
        "call_back.planned": "planned a call-back anew",
        "import.started": "started an import",
    }
)
"""Every deed in a few words, as the filter names it."""


def sentence(entry: Entry) -> str:
    """Who did what, to what. A deed that nobody has words for is told by its name."""
    told = _TOLD.get(entry.action)
    return f"{entry.name} {told(entry, entry.detail) if told else f'did {entry.action} to {entry.ref}'}"


def before_of(entry: Entry) -> str:
    """What stood before, empty where nothing was changed."""
    return _value(entry.detail, "before")


def after_of(entry: Entry) -> str:
    """What stands since."""
    return _value(entry.detail, "value") or _value(entry.detail, "after")


def _value(detail: Detail, name: str) -> str:
    if name not in detail:
        return ""
    return "no answer" if detail[name] is None else str(detail[name])


def _corrected(entry: Entry, detail: Detail) -> str:
    change = f"from {before_of(entry)} to {after_of(entry)}"
    return f"corrected the answer to “{detail.get('question', '')}” {change}: {detail.get('reason', '')}"


def _seen(entry: Entry, detail: Detail) -> str:
    del detail
    return _LOOKED.get(entry.kind, f"looked at {entry.kind} {entry.ref}")


_LOOKED: Final = {
    "interview": "opened a conversation with a customer's number",
    "thread": "opened all messages with a customer",
    "contact": "opened a customer's page",
}


def _refused(entry: Entry, detail: Detail) -> str:
    del entry
    how = f"as {detail['name']}, with a wrong password" if "name" in detail else "with a name that nobody has"
    return f"tried to sign in {how}; more tries in the same hour are not listed"


def _added(entry: Entry, detail: Detail) -> str:
    place = f" of {detail['unit']}" if detail.get("unit") else ""
    return f"let {detail.get('name', entry.ref)} sign in as {detail.get('role', 'a user')}{place}"


def _password(entry: Entry, detail: Detail) -> str:
    return f"gave {detail.get('name', entry.ref)} a new password"


def _about(words: str) -> Callable[[Entry, Detail], str]:
    """A sentence that names whom it was done to."""

    def told(entry: Entry, detail: Detail) -> str:
        return words.format(name=detail.get("name", entry.ref), number=detail.get("number", 0))

    return told


def _invited(entry: Entry, detail: Detail) -> str:
    place = f" of {detail['unit']}" if detail.get("unit") else ""
    return f"invited {detail.get('name', entry.ref)} as {detail.get('role', 'a user')}{place}"


def _moved(entry: Entry, detail: Detail) -> str:
    return f"made {detail.get('name', entry.ref)} {after_of(entry)}, who was {before_of(entry)}"


def _key(entry: Entry, detail: Detail) -> str:
    return f"made the API key “{entry.ref}” for {', '.join(detail.get('scopes', ()))}"


def _rotated(entry: Entry, detail: Detail) -> str:
    return f"renewed the API key “{entry.ref}”; the old one holds until {detail.get('until', 'later')}"


def _revoked(entry: Entry, detail: Detail) -> str:
    return f"took back the API key “{entry.ref}” ({detail.get('prefix', '')}…)"


def _book(words: str) -> Callable[[Entry, Detail], str]:
    def told(entry: Entry, detail: Detail) -> str:
        channel = detail.get("channel", "*")
        by = "everything" if channel == "*" else channel
        why = f" ({detail['words']})" if detail.get("words") else ""
        return words.format(who=entry.ref, by=by) + why

    return told


def _published(entry: Entry, detail: Detail) -> str:
    return f"published version {detail.get('after')} of the survey {entry.ref}"


def _used(entry: Entry, detail: Detail) -> str:
    return f"put version {detail.get('after')} of the survey {entry.ref} in force again"


def _put_away(entry: Entry, detail: Detail) -> str:
    del detail
    return f"put the survey {entry.ref} away"


def _restored(entry: Entry, detail: Detail) -> str:
    del detail
    return f"took the survey {entry.ref} out again"


def _assigned(entry: Entry, detail: Detail) -> str:
    return f"let {entry.ref} ask with the survey {detail.get('after')}"


def _unassigned(entry: Entry, detail: Detail) -> str:
    return f"let {entry.ref} no longer ask with the survey {detail.get('before')}"


def _prompt(entry: Entry, detail: Detail) -> str:
    return f"added version {detail.get('after')} of the recording {entry.ref}"


def _used_again(entry: Entry, detail: Detail) -> str:
    return f"used version {detail.get('again')} of the recording {entry.ref} again, as version {detail.get('after')}"


def _drafted(entry: Entry, detail: Detail) -> str:
    return f"went back to the draft voice for {entry.ref}, as version {detail.get('after')}"


def _marked(entry: Entry, detail: Detail) -> str:
    return f"noted a call-back as {detail.get('after')}, it was {detail.get('before')}"


def _planned(entry: Entry, detail: Detail) -> str:
    return f"planned a call-back anew for {detail.get('after')}"


def _import(entry: Entry, detail: Detail) -> str:
    return f"started the import of {detail.get('name', entry.ref)} as {detail.get('source', '')}"


def _signed_in(entry: Entry, detail: Detail) -> str:
    del entry, detail
    return "signed in"


_TOLD: Final[Mapping[str, Callable[[Entry, Detail], str]]] = {
    "answer.corrected": _corrected,
    "customer.seen": _seen,
    "user.signed_in": _signed_in,
    "user.refused": _refused,
    "user.added": _added,
    "user.password": _password,
    "user.language": _about("chose the language of the pages"),
    "user.code_refused": _about("tried to sign in as {name}, with the password and a wrong code"),
    "user.invited": _invited,
    "user.accepted": _about("took up an invitation"),
    "user.link": _about("sent {name} a one-time link"),
    "user.moved": _moved,
    "user.ended": _about("ended the access of {name}"),
    "user.readmitted": _about("let {name} in again, by a new invitation"),
    "user.sign_ins_ended": _about("ended {number} other sign-ins of the same user"),
    "user.second_factor": _about("set up a second factor"),
    "user.second_factor_reset": _about("took away the second factor of {name}"),
    "user.recovery_codes": _about("made new recovery codes"),
    "user.recovery_code_used": _about("signed in with a recovery code"),
    "key.added": _key,
    "key.rotated": _rotated,
    "key.revoked": _revoked,
    "blocklist.added": _book("blocked {who} for {by}"),
    "blocklist.removed": _book("took {who} off the blocklist for {by}"),
    "optouts.added": _book("noted that {who} wants no more by {by}"),
    "optouts.removed": _book("took back that {who} wants no more by {by}"),
    "survey.published": _published,
    "survey.used": _used,
    "survey.archived": _put_away,
    "survey.restored": _restored,
    "survey.assigned": _assigned,
    "survey.unassigned": _unassigned,
    "prompt.added": _prompt,
    "prompt.restored": _used_again,
    "prompt.drafted": _drafted,
    "call_back.marked": _marked,
    "call_back.planned": _planned,
    "import.started": _import,
}
