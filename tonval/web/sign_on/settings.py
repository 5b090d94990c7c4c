"""Who signs people in, as plain values: every part of Tonval reads them, and only the pages talk with the provider."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Provider:
    """Who signs people in: its issuer, as it names itself, and what we are to it. ``name`` stands on the button."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    name: str = "single sign-on"
