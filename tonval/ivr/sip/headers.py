"""Reading an INVITE: who calls, what was dialled, and what the PBX says about queue, agent and interaction.

Sources: RFC 3261 (compact forms, folding), RFC 3325 (P-Asserted-Identity), RFC 5806 (Diversion).
"""

from __future__ import annotations

import hashlib
import re
from typing import Final
from urllib.parse import unquote

from tonval.ivr.sip.messages import Invited

BY_DIGEST: Final = "sha256:"
"""What an id begins with that was too long to be kept as it stands."""

_LONGEST: Final = 200  # as long as an id may be that is reported through the API
_COMPACT: Final = {"f": "from", "t": "to", "i": "call-id", "m": "contact"}
_FOLD: Final = re.compile(r"\r?\n[ \t]+")
_SIP_USER: Final = re.compile(r"sips?:([^@>;?\s]*)@", re.IGNORECASE)
_SIP_HOST: Final = re.compile(r"sips?:(?:[^@>;?\s]*@)?([A-Za-z0-9.-]+(?::[0-9]{1,5})?)", re.IGNORECASE)
_TEL: Final = re.compile(r"tel:([+0-9.()\-]+)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\+?[0-9]{3,20}")


def read_invite(call: int, message: str) -> Invited:
    """The facts of a whole INVITE; every value has 200 characters at most and no control characters.

    Longer ones are cut, but for the ids of an interaction and an agent: of those the digest is taken, so that two with
    the same beginning stay two, and the same one comes to the same.

    Only P-Asserted-Identity names the caller: From is whatever a telephone or a transfer put there, often the PBX's
    own number, and would let one name stand for many people under the frequency cap.
    """
    start, headers = _split(message)
    identity = headers.get("p-asserted-identity", "")
    return Invited(
        call=call,
        ref=_clean(headers.get("call-id", "")) or "?",
        dialled=_user(start) or "",
        queue=_first(headers, "x-tonval-queue", "x-queue"),
        agent=_id(headers, "x-tonval-agent", "x-agent-id"),
        interaction=_id(headers, "x-tonval-interaction"),
        language=_first(headers, "x-tonval-language"),
        caller=_number(_user(identity)),
        diverted=_user(headers.get("diversion", "")),
        reception=_first(headers, "x-tonval-reception"),
        peer=_host(headers.get("contact", "")),
    )


def body_of(message: str) -> tuple[str, str]:
    """The content type, lower case and without parameters, and the body of a whole message."""
    _, headers = _split(message)
    kind = headers.get("content-type", headers.get("c", ""))
    _, _, body = message.replace("\r\n", "\n").partition("\n\n")
    return kind.partition(";")[0].strip().lower(), body


def dtmf_key(message: str) -> str | None:
    """The key in a SIP INFO of type ``application/dtmf`` (itself, or 10 for ``*`` and 11 for ``#``), else ``None``."""
    kind, body = body_of(message)
    if kind != "application/dtmf":
        return None
    key = body.strip().removeprefix("Signal=").strip()
    key = {"10": "*", "11": "#"}.get(key, key)
    return key if len(key) == 1 and key in "0123456789*#" else None


def _split(message: str) -> tuple[str, dict[str, str]]:
    """The start line, and each header's first value by lower-case long name."""
    text = message.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    head = _FOLD.sub(" ", text.replace("\r\n", "\n").partition("\n\n")[0])
    start, _, rest = head.partition("\n")
    headers: dict[str, str] = {}
    for line in rest.split("\n"):
        name, _, value = line.partition(":")
        name = name.strip().lower()
        headers.setdefault(_COMPACT.get(name, name), value.strip())
    return start, headers


def _first(headers: dict[str, str], *names: str) -> str | None:
    return next((value for name in names if (value := _clean(headers.get(name, "")))), None)


def _id(headers: dict[str, str], *names: str) -> str | None:
    whole = next((value for name in names if (value := _printable(headers.get(name, "")))), None)
    if whole is None or len(whole) <= _LONGEST:
        return whole
    return BY_DIGEST + hashlib.sha256(whole.encode()).hexdigest()


def _user(uri: str) -> str | None:
    found = _SIP_USER.search(uri) or _TEL.search(uri)
    return _clean(unquote(found[1].partition(":")[0])) or None if found else None


def _host(uri: str) -> str | None:
    found = _SIP_HOST.search(uri)
    return found[1] if found else None


def _number(user: str | None) -> str | None:
    """A user part that is a telephone number, as the PBX wrote it."""
    number = re.sub(r"[\s.()\-]", "", user or "")
    return number if _NUMBER.fullmatch(number) else None


def _clean(value: str) -> str:
    return _printable(value)[:_LONGEST]


def _printable(value: str) -> str:
    return "".join(letter for letter in value if letter.isprintable()).strip()
