"""What the pages need to know from outside, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import Blueprint

from tonval.web.counts import Rate
from tonval.web.desk.designer.studio import NO_STUDIO, Studio
from tonval.web.sign_on.settings import Provider

REQUESTS: Final = Rate(60_000, 60)
"""What a key may ask where nothing else is set."""

Readiness = Callable[[], Mapping[str, str]]
"""Part of the installation to what is wrong with it; an empty string when it is well."""


def _all_well() -> Mapping[str, str]:
    return {}


def _no_advice(_: str) -> str:
    return ""


def _not_ours(_: bytes) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Plain values for ``site.register``.

    ``secure`` is true behind https: cookies are then sent over https only. ``limits_url`` is where sign-in tries and
    the API's requests are counted (``memory://`` or a Redis URL of the ``limits`` package); ``api_limit`` is how many
    requests a key may make. ``machine_blueprints`` are routes that machines
    call with a signature of their own (Twilio's webhooks): they are registered here without CSRF. ``intake`` is the
    drop folder, where uploaded files wait too; without it there are no pages to import by. ``take_mail`` takes in a
    mail that came back, and tells whether it was about a letter of ours. ``studio`` writes the letters that the
    designer of surveys shows. ``advice`` says what to do about a message, by the sentence that tells its fault.
    ``provider`` signs people in by single sign-on.
    """

    secret_key: str
    secure: bool = False
    limits_url: str = "memory://"
    api_limit: Rate = REQUESTS
    ready: Readiness = _all_well
    machine_blueprints: tuple[Blueprint, ...] = ()
    page_blueprints: tuple[Blueprint, ...] = ()
    intake: Path | None = None
    take_mail: Callable[[bytes], bool] = _not_ours
    studio: Studio = NO_STUDIO
    advice: Callable[[str], str] = _no_advice
    provider: Provider | None = None
