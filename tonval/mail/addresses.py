"""E-mail addresses as they go on the wire: one address, its domain in ASCII (IDNA), nothing that could be a header."""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.utils import parseaddr
from encodings import idna
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from tonval.surveys.sentences import sentence

_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_ATOM: Final = r"[\w!#$%&'*+/=?^`{|}~\-\u00a1-\U0010ffff]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(\.{_ATOM})*", re.ASCII)
_LABEL: Final = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)", re.ASCII)
_KEPT: Final = frozenset("ßς\u200c\u200d")
"""Letters that IDNA 2003 rewrites and IDNA 2008 keeps: faß.example is not fass.example (RFC 5894, section 7.2)."""


class BadAddress(ValueError):
    """This is no e-mail address."""


def one_line(text: str) -> str:
    """The text on one line, without control characters."""
    return " ".join(_BREAKS.sub(" ", text).split())


@lru_cache(maxsize=256)
def read_address(written: str) -> Address:
    """``Name <address>`` or a bare address; a domain with letters of its own is given in ASCII. Raises BadAddress."""
    line = one_line(written)
    name, spec = parseaddr(line)
    local, _, domain = spec.partition("@")
    # parseaddr guesses at malformed text; only what stands there as it was understood is taken.
    if not (line == spec or line.endswith(f"<{spec}>")) or not _is_local(local):
        raise BadAddress(sentence("this is no e-mail address"))
    return Address(display_name=name, username=normalize("NFC", local), domain=ascii_domain(domain))


def ascii_domain(domain: str) -> str:
    """The domain as the name servers know it: ``räksmörgås.example`` is ``xn--rksmrgs-5wao1o.example``.

    Raises BadAddress.
    """
    try:
        labels = [_ascii_label(label) for label in domain.split(".")]
    except UnicodeError:
        labels = [""]
    found = ".".join(labels)
    if len(found) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadAddress(sentence("this is no e-mail address"))
    return found


def needs_utf8(address: Address) -> bool:
    """Whether only a mail server with SMTPUTF8 (RFC 6531) can take the address."""
    return not address.username.isascii()


def _is_local(local: str) -> bool:
    return len(local.encode(errors="replace")) <= 64 and local.isprintable() and bool(_LOCAL.fullmatch(local))


def _ascii_label(label: str) -> str:
    if label.isascii():
        return label
    if _KEPT.isdisjoint(label):
        return idna.ToASCII(label).decode("ascii")
    return "xn--" + normalize("NFC", label.lower()).encode("punycode").decode("ascii")
