"""The look of a survey page: the customer's colours as CSS variables, and the policy that lets just this style run."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tonval.surveys.colours import SHAPE, colour, mixed, on, readable
from tonval.surveys.questionnaire import Page

_FOLDER: Final = Path(__file__).parent
_VARIABLE: Final = re.compile(r"[a-z][a-z0-9-]{0,40}")
_ENDS_RULE: Final = re.compile(r"[;{}<>\\@]|url\(", re.IGNORECASE)

ACCENT, INK, PAPER = "#1f5fae", "#1b2330", "#ffffff"
NIGHT_INK, NIGHT_PAPER = "#e9ecf1", "#14181f"
ALARM, NIGHT_ALARM = "#b3261e", "#ffb4ab"


def _read(name: str) -> str:
    """A file of the page without its notes and indents: it travels with every page."""
    text = re.sub(r"/\*.*?\*/", "", (_FOLDER / name).read_text("utf-8"), flags=re.DOTALL)
    return "\n".join(line for line in map(str.strip, text.splitlines()) if line)


BASE: Final = _read("page.css")
SCRIPT: Final = _read("page.js")


def style_of(page: Page) -> str:
    """The whole style sheet of a survey's pages, by day and by night."""
    return _style(tuple(sorted(page.colours.items())), tuple(sorted(page.variables.items())))


@lru_cache(maxsize=256)
def _style(colours: tuple[tuple[str, str], ...], variables: tuple[tuple[str, str], ...]) -> str:
    wished = dict(colours)
    paper = colour(wished.get("paper"), PAPER)
    own = {name: value for name, value in variables if _VARIABLE.fullmatch(name) and not _ENDS_RULE.search(value)}
    day = shades(colour(wished.get("accent"), ACCENT), paper, colour(wished.get("ink"), INK), ALARM)
    night = shades(colour(wished.get("accent"), ACCENT), NIGHT_PAPER, NIGHT_INK, NIGHT_ALARM)
    return f"{_root({**own, **day})}\n@media(prefers-color-scheme:dark){{{_root(night)}}}\n{BASE}"


def shades(accent: str, paper: str, ink: str, alarm: str) -> Mapping[str, str]:
    """CSS variables to colours; whatever is read has a contrast of at least 4.5, what shows a control at least 3."""
    ink, button = readable(ink, paper), readable(accent, paper, SHAPE)
    return {
        "accent": button,
        "on-accent": on(button),
        "link": readable(accent, paper),
        "paper": paper,
        "ink": ink,
        "quiet": readable(mixed(ink, paper, 0.35), paper),
        "line": readable(mixed(paper, ink, 0.4), paper, SHAPE),
        "field": mixed(paper, ink, 0.03),
        "tint": mixed(paper, accent, 0.1),
        "on-tint": readable(ink, mixed(paper, accent, 0.1)),
        "alarm": readable(alarm, paper),
    }


def _root(values: Mapping[str, str]) -> str:
    return ":root{" + ";".join(f"--{name}:{value}" for name, value in values.items()) + "}"


def policy(page: Page, style: str) -> str:
    """The Content-Security-Policy of a survey's pages: our style and script alone, framed only where it is allowed.

    The style and the script are named by their digests (CSP Level 3, section 8.3): the same page is the same bytes.
    """
    frames = " ".join(page.frames) or "'none'"
    return _policy(frames, _picture_source(page.logo), style, SCRIPT)


def neutral_policy(style: str) -> str:
    """The policy of the page for links that are not open. There is nothing on it to press, so it may stand anywhere:
    else a browser would show a fault of its own where a company's page holds a link that was used."""
    return _policy("*", "'none'", style, "")


@lru_cache(maxsize=256)
def _policy(frames: str, pictures: str, style: str, script: str) -> str:
    runs = f"script-src {_digest(script)}; connect-src 'self'; form-action 'self'" if script else "form-action 'none'"
    return (
        f"default-src 'none'; style-src {_digest(style)}; img-src {pictures}; {runs}; base-uri 'none'; "
        f"frame-ancestors {frames}"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _picture_source(logo: str | None) -> str:
    """The origin of the logo; our own pictures come from here."""
    if not logo:
        return "'none'"
    parts = urlsplit(logo)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme == "https" and not re.search(r"[;, ]", logo) else "'self'"
