"""Whether the provider would sign people in, tried by what signs them in, and told in words for an admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flask import Flask

from tonval.surveys.sentences import Sentence, sentence
from tonval.web.sign_on.provider import Away, Distrusted, Found, OpenId
from tonval.web.sign_on.settings import Provider, is_open

OK, WARN, FAIL = "ok", "warn", "fail"

Tried = tuple[Sentence, str, str]
"""What was tried, how it went, and a sentence about it."""

_UNKNOWN: Final = ("invalid_client", "unauthorized_client")
_KNOWN: Final = "invalid_grant"


def find(provider: Provider) -> Found:
    """What it says of itself. Raises ``Away`` and ``Distrusted``."""
    return _line_to(provider).look()


def attempt(provider: Provider, back: str) -> Iterator[Tried]:
    """Its document and its keys, then whether it knows us; ``back`` is the address that it shall lead back to."""
    openid = _line_to(provider)
    try:
        found = openid.look()
        yield sentence("address and keys"), OK, sentence("It signs people in at %(place)s.", place=found.authorization)
        yield _secret(openid, found, back)
    except (Away, Distrusted) as fault:
        yield sentence("sign-in service"), FAIL, fault.args[0]


def _secret(openid: OpenId, found: Found, back: str) -> Tried:
    name = sentence("client id and secret")
    if is_open(found.token):
        words = sentence("It takes them at %(place)s, where others can read them on the way.", place=found.token)
        return name, FAIL, words
    error = openid.knock(back)
    if error in _UNKNOWN:
        return name, FAIL, sentence("It does not know them (%(error)s).", error=error)
    if error == _KNOWN:
        return name, OK, sentence("It does not refuse them.")
    return (
        name,
        WARN,
        sentence("Whether it knows them cannot be told before somebody signs in (%(error)s).", error=error),
    )


def _line_to(provider: Provider) -> OpenId:
    return OpenId(Flask(__name__, static_folder=None), provider)
