"""Webhooks as Twilio signs them, and the ways somebody may alter or make up one."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import RequestValidator

FORM: Final = "application/x-www-form-urlencoded"
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Webhook:
    """One request as it goes over the wire; ``target`` is path and query."""

    target: str
    body: bytes
    signature: str | None
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", FORM),)

    @property
    def all_headers(self) -> list[tuple[str, str]]:
        """With the signature among them."""
        return [*self.headers, *([("X-Twilio-Signature", self.signature)] if self.signature is not None else [])]

    def wire(self) -> bytes:
        """The request's bytes, on a connection of its own."""
        lines = [f"{self.method} {self.target} HTTP/1.1", "Host: survey.example.com", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self.all_headers]
        lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + self.body


@dataclass(frozen=True, slots=True)
class Signer:
    """Twilio's side: the account's token and where the house is to the world."""

    token: str
    outside: str

    def sign(self, target: str, fields: Fields, token: str | None = None, outside: str | None = None) -> str:
        """What the official validator computes, also for names given twice."""
        url = (self.outside if outside is None else outside) + target
        return str(RequestValidator(self.token if token is None else token).compute_signature(url, _Many(fields)))

    def webhook(self, target: str, fields: Fields) -> Webhook:
        """A genuine one."""
        return Webhook(target, urlencode(fields).encode(), self.sign(target, fields))


class _Many(dict[str, str]):
    """Fields of which some may be given twice, as the official validator asks for them."""

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        self._fields = fields

    def getlist(self, name: str) -> list[str]:
        """Every value of the name."""
        return [value for each, value in self._fields if each == name]


Forge = Callable[[Signer, str, Fields, random.Random], Webhook]


def _fields(change: Callable[[Fields, random.Random], Fields]) -> Forge:
    """Other fields than were signed."""

    def forge(signer: Signer, target: str, fields: Fields, dice: random.Random) -> Webhook:
        return replace(signer.webhook(target, fields), body=urlencode(change(fields, dice)).encode())

    return forge


def _signed(change: Callable[[str, random.Random], str | None]) -> Forge:
    """Another signature than was computed."""

    def forge(signer: Signer, target: str, fields: Fields, dice: random.Random) -> Webhook:
        genuine = signer.webhook(target, fields)
        return replace(genuine, signature=change(genuine.signature or "", dice))

    return forge


def _sent_to(change: Callable[[str, random.Random], str]) -> Forge:
    """Sent elsewhere than was signed."""

    def forge(signer: Signer, target: str, fields: Fields, dice: random.Random) -> Webhook:
        return replace(signer.webhook(target, fields), target=change(target, dice))

    return forge


def _signed_for(change: Callable[[str, random.Random], str]) -> Forge:
    """Signed for another place than ours, which some header may claim to be."""

    def forge(signer: Signer, target: str, fields: Fields, dice: random.Random) -> Webhook:
        outside = change(signer.outside, dice)
        there = urlsplit(outside)
        claims = (("X-Forwarded-Host", there.netloc), ("X-Forwarded-Proto", there.scheme), ("Forwarded", there.netloc))
        headers = (("Content-Type", FORM), *dice.sample(claims, dice.randint(0, 3)))
        return Webhook(
            target, urlencode(fields).encode(), signer.sign(target, fields, outside=outside), headers=headers
        )

    return forge


def _of_type(content_type: str, write: Callable[[Fields], bytes]) -> Forge:
    def forge(signer: Signer, target: str, fields: Fields, dice: random.Random) -> Webhook:
        return replace(signer.webhook(target, fields), body=write(fields), headers=(("Content-Type", content_type),))

    return forge


def _altered(fields: Fields, dice: random.Random) -> Fields:
    place = dice.randrange(len(fields))
    name, value = fields[place]
    at = dice.randrange(len(value) + 1)
    other = value[:at] + dice.choice("0123456789 +aÅ\n\x00") + value[at + dice.randint(0, 1) :]
    return (*fields[:place], (name, other if other != value else value + "!"), *fields[place + 1 :])


def _without(fields: Fields, dice: random.Random) -> Fields:
    gone = dice.choice([place for place, (name, value) in enumerate(fields) if name + value])
    return fields[:gone] + fields[gone + 1 :]


def _renamed(rename: Callable[[str], str]) -> Callable[[Fields, random.Random], Fields]:
    def change(fields: Fields, dice: random.Random) -> Fields:
        place = dice.randrange(len(fields))
        return (*fields[:place], (rename(fields[place][0]), fields[place][1]), *fields[place + 1 :])

    return change


def _shared_out(fields: Fields, dice: random.Random) -> Fields:
    """One value in two under the same name: the official validator computes the same signature for it."""
    long = [place for place, (_, value) in enumerate(fields) if len(value) > 1]
    place = dice.choice(long)
    name, value = fields[place]
    at = dice.randrange(1, len(value))
    return (*fields[:place], (name, value[:at]), (name, value[at:]), *fields[place + 1 :])


def _swallowed(fields: Fields, _: random.Random) -> Fields:
    """The id takes in the field after it, for which the signature is the same: a replay with another id."""
    ordered = sorted(fields)
    place = next(place for place, (name, _) in enumerate(ordered) if name in ("MessageSid", "CallSid"))
    (name, value), (next_name, next_value) = ordered[place], ordered[place + 1]
    return (*ordered[:place], (name, value + next_name + next_value), *ordered[place + 2 :])


def _decomposed(signer: Signer, target: str, fields: Fields, _: random.Random) -> Webhook:
    accents = (*fields, ("Extra", "på måndag"))
    apart = tuple((name, unicodedata.normalize("NFD", value)) for name, value in accents)
    return replace(signer.webhook(target, accents), body=urlencode(apart).encode())


def _other_body(signer: Signer, target: str, fields: Fields, dice: random.Random) -> Webhook:
    return replace(signer.webhook(target, fields), signature=signer.sign(target, _altered(fields, dice)))


def _json(signer: Signer, target: str, fields: Fields, dice: random.Random) -> Webhook:
    """Twilio's way to sign what is no form: a digest of the body in the query. The body here is another."""
    joint = "&" if "?" in target else "?"
    query = f"{target}{joint}bodySHA256={sha256(b'{}').hexdigest()}"
    headers = (("Content-Type", dice.choice(["application/json", FORM, "text/plain"])),)
    return Webhook(query, b'{"MessageSid": "SM1", "Body": "9"}', signer.sign(query, ()), headers=headers)


def _method(signer: Signer, target: str, fields: Fields, dice: random.Random) -> Webhook:
    method = dice.choice(["GET", "HEAD", "PUT", "PATCH", "DELETE", "POSTS"])
    return replace(signer.webhook(target, fields), method=method)


def _by_query(signer: Signer, target: str, fields: Fields, _: random.Random) -> Webhook:
    joint = "&" if "?" in target else "?"
    query = f"{target}{joint}{urlencode(fields)}"
    return Webhook(query, b"", signer.sign(target, fields))


def _huge(signer: Signer, target: str, fields: Fields, dice: random.Random) -> Webhook:
    genuine = signer.webhook(target, fields)
    return replace(genuine, body=genuine.body + b"&Extra=" + b"A" * dice.choice([70_000, 600_000, 1_100_000]))


def _made_up(_: str, dice: random.Random) -> str:
    return dice.choice(["", " ", "=", "A" * 28, "\x7f" * 20, "å" * 27 + "=", dice.randbytes(20).hex()])


def _with_token(token: str) -> Forge:
    def forge(signer: Signer, target: str, fields: Fields, _: random.Random) -> Webhook:
        return replace(signer.webhook(target, fields), signature=signer.sign(target, fields, token=token))

    return forge


FORGERIES: Final[Mapping[str, Forge]] = {
    "another token": _with_token("another-token"),
    "an empty token": _with_token(""),
    "no signature": _signed(lambda _signature, _dice: None),
    "a made up signature": _signed(_made_up),
    "a shorter signature": _signed(lambda signature, dice: signature[: dice.randrange(len(signature))]),
    "a longer signature": _signed(lambda signature, dice: signature + dice.choice("A=,")),
    "a signature in other capitals": _signed(lambda signature, _: signature.swapcase()),
    "an altered value": _fields(_altered),
    "an added field": _fields(lambda fields, dice: (*fields, (f"Extra{dice.randrange(9)}", "1"))),
    "a field removed": _fields(_without),
    "a field repeated with another value": _fields(lambda fields, dice: (*fields, (dice.choice(fields)[0], "1"))),
    "a field repeated": _fields(lambda fields, dice: (*fields, dice.choice(fields))),
    "a value shared out": _fields(_shared_out),
    "an id that takes in the next field": _fields(_swallowed),
    "a name in small letters": _fields(_renamed(str.lower)),
    "an array": _fields(_renamed(lambda name: name + "[]")),
    "an array with a key": _fields(_renamed(lambda name: name + "[0]")),
    "a name with a space": _fields(_renamed(lambda name: " " + name)),
    "accents written otherwise": _decomposed,
    "the signature of another body": _other_body,
    "a digest in place of fields": _json,
    "the fields in the query": _by_query,
    "another method": _method,
    "a huge body": _huge,
    "parts": _of_type("multipart/form-data; boundary=b", lambda fields: _parts(fields)),
    "plain text": _of_type("text/plain", lambda fields: urlencode(fields).encode()),
    "a slash at the end": _sent_to(lambda target, _: "/".join((target.partition("?")[0], ""))),
    "capitals in the path": _sent_to(lambda target, _: target.replace("twilio", "Twilio")),
    "another query": _sent_to(lambda target, dice: f"{target}{'&' if '?' in target else '?'}a={dice.randrange(9)}"),
    "a path that goes up": _sent_to(lambda target, _: "/twilio/.." + target),
    "another scheme": _signed_for(lambda outside, _: outside.replace("https:", "http:")),
    "another host": _signed_for(lambda outside, dice: outside.replace("survey.", f"survey{dice.randrange(9)}.")),
    "another port": _signed_for(lambda outside, dice: f"{outside}:{dice.choice([80, 8443, 4430, 1])}"),
    "a host with a dot at the end": _signed_for(lambda outside, _: outside + "."),
    "a user name": _signed_for(lambda outside, _: outside.replace("//", "//anna@")),
    "no place": _signed_for(lambda _outside, _dice: ""),
}
"""Each makes one of a kind out of what is genuine; every kind must be refused."""


def _parts(fields: Fields) -> bytes:
    parts = (f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields)
    return ("".join(parts) + "--b--\r\n").encode()
