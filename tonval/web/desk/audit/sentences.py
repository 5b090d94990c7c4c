"""An entry of the audit log as a plain sentence, with what was before and after where something was changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

import yaml

from tonval.stats.deeds import Entry
from tonval.surveys.naming import named
from tonval.surveys.sentences import Sentence
from tonval.surveys.sentences import sentence as phrase

Detail = Mapping[str, Any]

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")
"""A time as programs write it into the detail."""

FEW: Final = 5
"""As many names as a sentence tells."""


def sentence(entry: Entry, zone: tzinfo = UTC) -> str:
    """Who did what, to what, by the clock of ``zone``. A deed that nobody has words for is told by its name."""
    entry = by_clock(entry, zone)
    told = _TOLD.get(entry.action)
    did = told(entry, entry.detail) if told else phrase("did %(action)s to %(ref)s", action=entry.action, ref=entry.ref)
    return phrase("%(who)s %(did)s", who=named(entry.name), did=did)


def by_clock(entry: Entry, zone: tzinfo) -> Entry:
    """The entry, the times in its detail as people read them by the clock of ``zone``: ``2026-11-23 19:25 CET``."""
    return replace(entry, detail={name: _read(value, zone) for name, value in entry.detail.items()})


def _read(value: Any, zone: tzinfo) -> Any:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return value
    return f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%d %H:%M %Z}"


def before_of(entry: Entry) -> str:
    """What stood before, empty where nothing was changed."""
    return _value(entry.detail, "before")


def after_of(entry: Entry) -> str:
    """What stands since."""
    return _value(entry.detail, "value") or _value(entry.detail, "after")


def _value(detail: Detail, name: str) -> str:
    if name not in detail:
        return ""
    if isinstance(detail[name], dict):  # a piece of the settings, as queues.yaml writes it
        return yaml.safe_dump(detail[name], default_flow_style=True, sort_keys=False, allow_unicode=True).strip()[1:-1]
    return phrase("no answer") if detail[name] is None else str(detail[name])


_FORGOTTEN: Final = phrase("the reason has been erased")


def _corrected(entry: Entry, detail: Detail) -> str:
    change = phrase("from %(before)s to %(now)s", before=before_of(entry), now=after_of(entry))
    return phrase(
        "corrected the answer to “%(question)s” %(change)s: %(reason)s",
        question=detail.get("question", ""),
        change=change,
        reason=entry.reason or detail.get("reason", _FORGOTTEN),
    )


def _seen(entry: Entry, detail: Detail) -> str:
    del detail
    return LOOKED.get(entry.kind, phrase("looked at %(kind)s %(ref)s", kind=entry.kind, ref=entry.ref))


LOOKED: Final = {
    "interview": phrase("opened a conversation with a customer's number"),
    "thread": phrase("opened all messages with a customer"),
    "contact": phrase("opened a customer's page"),
}


def _refused(entry: Entry, detail: Detail) -> str:
    del entry
    how = (
        phrase("as %(name)s, with a wrong password", name=detail["name"])
        if "name" in detail
        else phrase("with a name that nobody has")
    )
    return phrase("tried to sign in %(how)s; more tries in the same hour are not listed", how=how)


def _sign_on_refused(entry: Entry, detail: Detail) -> str:
    del entry
    return phrase("refused %(name)s: %(why)s", name=detail.get("name", phrase("somebody")), why=detail.get("why", ""))


def _added(entry: Entry, detail: Detail) -> str:
    place = phrase(" of %(unit)s", unit=detail["unit"]) if detail.get("unit") else ""
    return phrase(
        "let %(name)s sign in as %(role)s%(place)s",
        name=detail.get("name", entry.ref),
        role=detail.get("role", phrase("a user")),
        place=place,
    )


def _password(entry: Entry, detail: Detail) -> str:
    return phrase("gave %(name)s a new password", name=detail.get("name", entry.ref))


def _about(words: str) -> Callable[[Entry, Detail], str]:
    """A sentence that names whom it was done to."""

    def told(entry: Entry, detail: Detail) -> str:
        return Sentence(words, {"name": detail.get("name", entry.ref), "number": detail.get("number", 0)})

    return told


def _invited(entry: Entry, detail: Detail) -> str:
    place = phrase(" of %(unit)s", unit=detail["unit"]) if detail.get("unit") else ""
    return phrase(
        "invited %(name)s as %(role)s%(place)s",
        name=detail.get("name", entry.ref),
        role=detail.get("role", phrase("a user")),
        place=place,
    )


def _moved(entry: Entry, detail: Detail) -> str:
    return phrase(
        "made %(name)s %(now)s, who was %(before)s",
        name=detail.get("name", entry.ref),
        now=after_of(entry),
        before=before_of(entry),
    )


def _key(entry: Entry, detail: Detail) -> str:
    return phrase(
        "made the API key “%(ref)s” for %(scopes)s", ref=entry.ref, scopes=", ".join(detail.get("scopes", ()))
    )


def _rotated(entry: Entry, detail: Detail) -> str:
    return phrase(
        "renewed the API key “%(ref)s”; the old one holds until %(until)s",
        ref=entry.ref,
        until=detail.get("until", phrase("later")),
    )


def _revoked(entry: Entry, detail: Detail) -> str:
    return phrase("took back the API key “%(ref)s” (%(prefix)s…)", ref=entry.ref, prefix=detail.get("prefix", ""))


def _book(words: str) -> Callable[[Entry, Detail], str]:
    def book(entry: Entry, detail: Detail) -> str:
        channel = detail.get("channel", "*")
        by = phrase("everything") if channel == "*" else channel
        told = Sentence(words, {"who": entry.ref, "by": by})
        return phrase("%(did)s (%(why)s)", did=told, why=detail["words"]) if detail.get("words") else told

    return book


def _published(entry: Entry, detail: Detail) -> str:
    return phrase("published version %(after)s of the survey %(ref)s", after=detail.get("after"), ref=entry.ref)


def _used(entry: Entry, detail: Detail) -> str:
    return phrase(
        "put version %(after)s of the survey %(ref)s in force again", after=detail.get("after"), ref=entry.ref
    )


def _put_away(entry: Entry, detail: Detail) -> str:
    del detail
    return phrase("put the survey %(ref)s away", ref=entry.ref)


def _restored(entry: Entry, detail: Detail) -> str:
    del detail
    return phrase("took the survey %(ref)s out again", ref=entry.ref)


def _assigned(entry: Entry, detail: Detail) -> str:
    return phrase("let %(ref)s ask with the survey %(after)s", ref=entry.ref, after=detail.get("after"))


def _unassigned(entry: Entry, detail: Detail) -> str:
    return phrase("let %(ref)s no longer ask with the survey %(before)s", ref=entry.ref, before=detail.get("before"))


def _prompt(entry: Entry, detail: Detail) -> str:
    return phrase("added version %(after)s of the recording %(ref)s", after=detail.get("after"), ref=entry.ref)


def _used_again(entry: Entry, detail: Detail) -> str:
    return phrase(
        "used version %(again)s of the recording %(ref)s again, as version %(after)s",
        again=detail.get("again"),
        ref=entry.ref,
        after=detail.get("after"),
    )


def _pin(entry: Entry, detail: Detail) -> str:
    del detail
    return phrase("took a PIN to record %(ref)s by phone", ref=entry.ref)


def _drafted(entry: Entry, detail: Detail) -> str:
    return phrase(
        "went back to the draft voice for %(ref)s, as version %(after)s", ref=entry.ref, after=detail.get("after")
    )


def _marked(entry: Entry, detail: Detail) -> str:
    return phrase(
        "noted a call-back as %(after)s, it was %(before)s", after=detail.get("after"), before=detail.get("before")
    )


def _planned(entry: Entry, detail: Detail) -> str:
    return phrase("planned a call-back anew for %(after)s", after=detail.get("after"))


def _import(entry: Entry, detail: Detail) -> str:
    return phrase(
        "started the import of %(name)s as %(source)s",
        name=detail.get("name", entry.ref),
        source=detail.get("source", ""),
    )


def _exported(entry: Entry, detail: Detail) -> str:
    del entry
    return phrase("saved a part of the audit log as a file") if detail else phrase("saved the audit log as a file")


def _heard(entry: Entry, detail: Detail) -> str:
    del detail
    return phrase("heard what the customer of %(ref)s spoke", ref=entry.ref)


def _signed_in(entry: Entry, detail: Detail) -> str:
    del entry
    return phrase("signed in by %(by)s", by=detail["by"]) if detail.get("by") else phrase("signed in")


def _erased(entry: Entry, detail: Detail) -> str:
    del detail
    return phrase("erased everything about a customer, receipt %(ref)s", ref=entry.ref)


def _several(words: str, part: str) -> Callable[[Entry, Detail], str]:
    """A sentence that names the first few of many."""

    def told(entry: Entry, detail: Detail) -> str:
        del entry
        every = detail.get(part, ())
        names = ", ".join(every[:FEW])
        if len(every) > FEW:
            names = phrase("%(names)s and %(n)s more", names=names, n=len(every) - FEW)
        return phrase(words, names=names)

    return told


def _unit(words: str) -> Callable[[Entry, Detail], str]:
    """A sentence about one unit, before and since."""

    def told(entry: Entry, detail: Detail) -> str:
        del detail
        return phrase(words, ref=entry.ref, before=before_of(entry), now=after_of(entry))

    return told


def _set_up(words: str) -> Callable[[Entry, Detail], str]:
    """A sentence that names the piece of the settings, as ``queues/support``."""

    def told(entry: Entry, detail: Detail) -> str:
        del detail
        return phrase(words, what=entry.ref)

    return told


_TOLD: Final[Mapping[str, Callable[[Entry, Detail], str]]] = {
    "answer.corrected": _corrected,
    "customer.seen": _seen,
    "comment.heard": _heard,
    "user.signed_in": _signed_in,
    "user.refused": _refused,
    "user.added": _added,
    "user.password": _password,
    "user.language": _about("chose the language of the pages"),
    "user.code_refused": _about("tried to sign in as %(name)s, with the password and a wrong code"),
    "user.invited": _invited,
    "user.accepted": _about("took up an invitation"),
    "user.link": _about("sent %(name)s a one-time link"),
    "user.moved": _moved,
    "user.ended": _about("ended the access of %(name)s"),
    "user.readmitted": _about("let %(name)s in again, by a new invitation"),
    "user.sign_ins_ended": _about("ended %(number)s other sign-ins of the same user"),
    "user.second_factor": _about("set up a second factor"),
    "user.second_factor_reset": _about("took away the second factor of %(name)s"),
    "user.recovery_codes": _about("made new recovery codes"),
    "user.recovery_code_used": _about("signed in with a recovery code"),
    "user.sign_on_refused": _sign_on_refused,
    "user.linked": _about("found %(name)s by her verified e-mail address"),
    "user.unlinked": _about("forgot which accounts of single sign-on %(name)s has"),
    "key.added": _key,
    "key.rotated": _rotated,
    "key.revoked": _revoked,
    "blocklist.added": _book("blocked %(who)s for %(by)s"),
    "blocklist.removed": _book("took %(who)s off the blocklist for %(by)s"),
    "optouts.added": _book("noted that %(who)s wants no more by %(by)s"),
    "optouts.removed": _book("took back that %(who)s wants no more by %(by)s"),
    "units.imported": _several("named the units %(names)s", "paths"),
    "agents.imported": _several("placed the agents %(names)s", "ids"),
    "units.taken_back": _several("took back the import of the units %(names)s", "paths"),
    "agents.taken_back": _several("took back the import of the agents %(names)s", "ids"),
    "unit.renamed": _unit("gave the unit %(ref)s the name “%(now)s”; it was “%(before)s”"),
    "unit.moved": _unit("moved the unit %(before)s to %(now)s"),
    "unit.removed": _unit("removed the unit %(ref)s, “%(before)s”"),
    "survey.published": _published,
    "survey.used": _used,
    "survey.archived": _put_away,
    "survey.restored": _restored,
    "survey.assigned": _assigned,
    "survey.unassigned": _unassigned,
    "prompt.added": _prompt,
    "prompt.restored": _used_again,
    "prompt.drafted": _drafted,
    "prompt.pin": _pin,
    "settings.added": _set_up("set up %(what)s"),
    "settings.changed": _set_up("changed %(what)s"),
    "settings.removed": _set_up("took %(what)s away"),
    "provider.connected": _set_up("connected %(what)s"),
    "provider.disconnected": _set_up("disconnected %(what)s"),
    "call_back.marked": _marked,
    "call_back.planned": _planned,
    "import.started": _import,
    "audit.exported": _exported,
    "person.found": _about("looked up what is kept of a customer"),
    "person.exported": _about("exported what is kept of a customer"),
    "person.erased": _erased,
}
