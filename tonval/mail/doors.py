"""Where mail that comes back is read: a mailbox on an IMAP server, or a Maildir on this machine. Each mail once.

A mail of another kind is left for people to read: it is only marked, where the mailbox can keep a mark of our own.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from tonval.fieldwork.bounces import settle
from tonval.fieldwork.field import Field
from tonval.mail.addresses import BadAddress, read_address
from tonval.mail.bounces import LARGEST, read_returned

Take = Callable[[bytes], bool]
"""Takes a mail in; tells whether it was ours to take."""

AT_ONCE: Final = 200
"""Mails that are read at one look."""

PATIENCE: Final = 10.0
"""Seconds each answer of the IMAP server may take."""

MARK: Final = "TonvalRead"
"""The keyword that says we have read a mail (RFC 3501, section 2.3.2)."""

_PLACES: Final = {"imap": 143, "imaps": 993}


class BadMailbox(ValueError):
    """TONVAL_BOUNCES_URL cannot be read; the text says why and never repeats the password."""


class MailboxAway(Exception):
    """The mailbox cannot be read now; the text is a sentence for people."""


@dataclass(frozen=True, slots=True, repr=False)
class Mailbox:
    """Where bounces come in. ``folder`` is IMAP's, or the path of a Maildir when there is no ``host``.

    ``address`` is where letters have their bounces sent to, if that is another than they are from.
    """

    folder: str
    address: str | None = None
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    tls: bool = True


def mailbox(url: str) -> Mailbox:
    """Read ``imaps://user:password@host[:port]/INBOX``, ``imap://…`` or ``maildir:/path``. Raises BadMailbox.

    ``?address=bounces@example.com`` names the mailbox's own address.
    """
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        raise BadMailbox("the mailbox's port is no number") from None
    address, path = _address(parts.query), unquote(parts.path)
    if parts.scheme == "maildir" and not parts.netloc and path.startswith("/"):
        return Mailbox(path, address)
    if parts.scheme not in _PLACES or not parts.hostname or not parts.username:
        raise BadMailbox("the mailbox is written imaps://user:password@host/INBOX or maildir:/path")
    user, password = unquote(parts.username), unquote(parts.password or "")
    place = port or _PLACES[parts.scheme]
    folder = path.strip("/") or "INBOX"
    return Mailbox(folder, address, parts.hostname, place, user, password, parts.scheme == "imaps")


def take_in(office: Field, raw: bytes) -> bool:
    """Read one mail and let it have its effect; ``False`` when it is about no letter of ours."""
    returned = read_returned(raw)
    return returned is not None and settle(office, returned)


def look_in(box: Mailbox, take: Take) -> int:
    """Take in what has come since the last look and return how many mails were ours. Raises MailboxAway.

    A mail is marked after it was taken in: who is killed in between takes it in again, which changes nothing.
    """
    try:
        return _look_at_server(box, take) if box.host else _look_at_folder(Path(box.folder), take)
    except (OSError, imaplib.IMAP4.error) as error:
        place = f"{box.host}:{box.port}" if box.host else box.folder
        raise MailboxAway(f"the mailbox at {place} cannot be read: {_plain(error)}") from error


def _look_at_folder(maildir: Path, take: Take) -> int:
    """A mail that was ours is moved to ``cur`` as read, any other as not read yet (cr.yp.to/proto/maildir.html)."""
    ours = 0
    for path in sorted((maildir / "new").iterdir())[:AT_ONCE]:
        with path.open("rb") as file:
            taken = take(file.read(LARGEST))
        path.rename(maildir / "cur" / f"{path.name.partition(':')[0]}:2,{'S' if taken else ''}")
        ours += taken
    return ours


def _look_at_server(box: Mailbox, take: Take) -> int:
    with _signed_in(box) as server:
        _expect(server.select(_quoted(box.folder)))
        mark = _mark(server)
        fresh = "UNSEEN" if mark == "\\Seen" else f"UNKEYWORD {mark}"
        (numbers,) = _expect(server.uid("SEARCH", "UNDELETED", fresh))
        return sum(_take_from(server, uid.decode(), take, mark) for uid in (numbers or b"").split()[:AT_ONCE])


def _take_from(server: imaplib.IMAP4, uid: str, take: Take, mark: str) -> bool:
    parts = _expect(server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)"))
    raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    taken = take(raw)
    _expect(server.uid("STORE", uid, "+FLAGS.SILENT", f"({mark} \\Seen)" if taken else f"({mark})"))
    return taken


def _mark(server: imaplib.IMAP4) -> str:
    """Our own keyword where the folder keeps any, else that it was read."""
    _, allowed = server.response("PERMANENTFLAGS")
    return MARK if any(b"\\*" in flags for flags in allowed if isinstance(flags, bytes)) else "\\Seen"


@contextmanager
def _signed_in(box: Mailbox) -> Iterator[imaplib.IMAP4]:
    if box.tls:
        context = ssl.create_default_context()
        server: imaplib.IMAP4 = imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=PATIENCE)
    else:
        server = imaplib.IMAP4(box.host, box.port, timeout=PATIENCE)
    with server:  # says goodbye at the end
        server.login(_quoted(box.user), box.password)
        yield server


def _expect(answer: tuple[str, Sequence[Any]]) -> Sequence[Any]:
    """What the server answered; ``imaplib`` gives each part as bytes, as a pair with a literal, or as ``None``."""
    if answer[0] != "OK":
        raise imaplib.IMAP4.error(str(answer[1][:1]))
    return answer[1]


def _quoted(folder: str) -> str:
    """A name as IMAP reads it (RFC 3501, section 9, "quoted")."""
    return '"' + re.sub(r'(["\\])', r"\\\1", folder) + '"'


def _plain(error: Exception) -> str:
    return re.sub(r"[\x00-\x1f]+", " ", str(error))[:200]


def _address(query: str) -> str | None:
    written = parse_qs(query).get("address", [""])[0]
    try:
        return read_address(written).addr_spec if written else None
    except BadAddress:
        raise BadMailbox("the mailbox's address is no e-mail address") from None
