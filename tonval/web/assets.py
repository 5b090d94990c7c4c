"""Our own small static route: addresses carry a digest, files are compressed once and kept by browsers for a year."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from flask import Flask, Response, abort, request

ROOT: Final = Path(__file__).parent / "static"
SUFFIXES: Final = frozenset({".css", ".js", ".svg", ".png", ".ico", ".webmanifest"})
A_YEAR: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One file of the front end, read once."""

    name: str
    body: bytes

    @cached_property
    def packed(self) -> bytes:
        """The content as gzip, the same bytes every time."""
        return gzip.compress(self.body, 9, mtime=0)

    @property
    def type(self) -> str:
        """The media type by the name's ending."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


def read_assets(root: Path = ROOT) -> dict[str, Asset]:
    """Every file below ``root`` that a browser may fetch, by its path within it."""
    files = sorted(path for path in root.rglob("*") if path.suffix in SUFFIXES)
    names = [path.relative_to(root).as_posix() for path in files]
    return {name: Asset(name, path.read_bytes()) for name, path in zip(names, files, strict=True)}


def digest_of(assets: Iterable[Asset]) -> str:
    """The first twelve hex digits of the SHA-256 of all files: one for all, so that modules find each other by name."""
    whole = hashlib.sha256()
    for each in assets:
        whole.update(f"{each.name} {len(each.body)} ".encode() + each.body)
    return whole.hexdigest()[:12]


def register(app: Flask) -> None:
    """Serve the front end below ``/static`` and give templates ``asset(name)``, its address."""
    assets = read_assets()
    digest = digest_of(assets.values())

    def asset(name: str) -> str:
        return f"/static/{digest}/{assets[name].name}"

    def static(wanted: str, name: str) -> Response:
        if name not in assets or wanted != digest:
            abort(404)
        return _served(assets[name])

    app.add_url_rule("/static/<wanted>/<path:name>", "static_asset", static)
    app.add_template_global(asset, "asset")


def _served(found: Asset) -> Response:
    packs = bool(request.accept_encodings.quality("gzip")) and found.type != "image/png"
    response = Response(found.packed if packs else found.body, content_type=found.type)
    response.headers["Cache-Control"] = A_YEAR
    response.headers["Vary"] = "Accept-Encoding"
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    return response
