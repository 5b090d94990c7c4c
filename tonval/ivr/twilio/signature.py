"""Telling Twilio's own requests from everybody else's.

Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security. A signature is the base64 of HMAC-SHA1 over the
address and the form's names and values in the order of the names; the tests hold ours to the official validator's.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterator
from typing import Final
from urllib.parse import SplitResult, urlsplit

from flask import Request
from werkzeug.datastructures import MultiDict

RETRY: Final = "#rc=2&rp=5xx,ct,rt"
"""Appended to the addresses we hand out: Twilio tries twice more after a 5xx, a lost connection or a slow answer.

Source: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides.
"""

FORM: Final = "application/x-www-form-urlencoded"
LONGEST_SID: Final = 34
"""Two letters and 32 digits: https://www.twilio.com/docs/glossary/what-is-a-sid."""

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class Signature:
    """Checks requests against one account's auth token, at the address the world reaches this house by.

    Proxies in front change scheme, host and port, and their headers can be forged, so only ``public_url`` counts;
    the path and the raw query string are taken as they arrived. Without a token nothing is genuine.
    """

    def __init__(self, auth_token: str | None, public_url: str) -> None:
        self._key = (auth_token or "").encode()
        self._outside = tuple(_spellings(urlsplit(public_url.rstrip("/"))))

    def genuine(self, request: Request) -> bool:
        """Whether Twilio sent exactly these form fields to exactly this address."""
        given = request.headers.get("X-Twilio-Signature", "").encode("latin-1", "replace")
        if not self._key or not given or request.mimetype != FORM or not _unambiguous(request.form):
            return False
        fields = "".join(f"{name}{value}" for name, value in sorted(request.form.items()))
        return any(hmac.compare_digest(self._sign(address + fields), given) for address in self._addresses(request))

    def _addresses(self, request: Request) -> Iterator[str]:
        """What Twilio may have signed. The fragment never travels; whether it is signed is not documented."""
        query = request.query_string.decode("latin-1")
        inside = f"{request.path}?{query}" if query else request.path
        for fragment in ("", RETRY):
            for outside in self._outside:
                yield f"{outside}{inside}{fragment}"

    def _sign(self, said: str) -> bytes:
        return b64encode(hmac.digest(self._key, said.encode("utf-8", "surrogatepass"), "sha1"))


def _spellings(outside: SplitResult) -> Iterator[str]:
    """One address in the spellings that Twilio may sign: with its port and without, the host as given or small."""
    host, port = _host(outside), outside.port or _DEFAULT_PORTS[outside.scheme]
    for name in dict.fromkeys((host, host.lower())):
        for where in (name, f"{name}:{port}"):
            yield outside._replace(netloc=where).geturl()


def _host(outside: SplitResult) -> str:
    """The host as it is written, brackets, capitals and user name kept, without its port."""
    return outside.netloc if outside.port is None else outside.netloc.rpartition(":")[0]


def _unambiguous(form: MultiDict[str, str]) -> bool:
    """Whether the form can be read in one way only.

    Names and values are signed as one run of letters. So a name given twice could share out one signed value, and an
    id could take in the name and the value of the field after it: it would be another id, with the same signature.
    """
    return all(
        len(values) == 1 and (not name.endswith("Sid") or len(values[0]) <= LONGEST_SID)
        for name, values in form.lists()
    )
