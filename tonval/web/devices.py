"""What somebody signs in with, in words she knows: read from what the browser says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tonval.surveys.sentences import sentence

_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
"""The first that fits: many browsers name their relatives too."""


_UNKNOWN: Final = sentence("Unknown device")


def device(agent: str) -> str:
    """``Firefox on Windows`` from a User-Agent header (RFC 9110, section 10.1.5); else “Unknown device”."""
    browser, system = _first(_BROWSERS, agent), _first(_SYSTEMS, agent)
    if browser and system:
        return sentence("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _UNKNOWN


def known_device(kept: str) -> str:
    """What ``device`` said when she signed in, as a ``Sentence`` again where it was one."""
    browser, on, system = kept.partition(" on ")
    if on:
        return sentence("%(browser)s on %(system)s", browser=browser, system=system)
    return _UNKNOWN if kept == _UNKNOWN else kept


def _first(names: Sequence[tuple[str, str]], agent: str) -> str:
    return next((name for mark, name in names if mark in agent), "")
