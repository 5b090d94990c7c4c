"""The pictures of survey pages: taken in by what their first bytes say, named by their content, kept for good."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Final

from tonval.fieldwork.field import Field
from tonval.store.tables import pictures
from tonval.store.upsert import insert_new
from tonval.surveys.sentences import sentence

LARGEST: Final = 200 * 1024
"""Bytes of a picture."""


class BadPicture(ValueError):
    """Why a file cannot be a survey's picture, as a sentence."""


_KINDS: Final[Mapping[str, Callable[[bytes], bool]]] = {
    "image/png": lambda body: body.startswith(b"\x89PNG\r\n\x1a\n"),
    "image/jpeg": lambda body: body.startswith(b"\xff\xd8\xff"),
    "image/webp": lambda body: body[:4] == b"RIFF" and body[8:12] == b"WEBP",
}
"""Media type to whether a file is of it (the PNG, JFIF and WebP container specifications)."""


def type_of(body: bytes) -> str:
    """The media type by the first bytes, whatever the file is called. Raises ``BadPicture``."""
    if not body:
        raise BadPicture(sentence("The file is empty."))
    if len(body) > LARGEST:
        raise BadPicture(
            sentence(
                "The picture is larger than %(LARGEST)s kB. Save it smaller and try again.", LARGEST=LARGEST // 1024
            )
        )
    found = next((kind for kind, fits in _KINDS.items() if fits(body)), None)
    if found is None and b"<svg" in body[:2000].lower():
        raise BadPicture(sentence("An SVG can hold programs, so it is not taken. Save the logo as PNG and try again."))
    if found is None:
        raise BadPicture(sentence("This is no PNG, JPEG or WebP picture."))
    return found


def keep_picture(office: Field, body: bytes) -> str:
    """Keep the picture; gives its address on the survey pages. Raises ``BadPicture``."""
    kind, digest = type_of(body), hashlib.sha256(body).hexdigest()
    row = {"digest": digest, "type": kind, "body": body, "created_at": office.now()}
    with office.unit.begin() as tx:
        insert_new(tx, pictures, row)
    return f"/s/picture/{digest}"
