"""Reading how a survey looks on the web, and the words of its links and letters."""

from __future__ import annotations

import re
from typing import Final

from tonval.surveys.document import Part
from tonval.surveys.page_words import OWN
from tonval.surveys.questionnaire import Page, Wording
from tonval.surveys.sentences import sentence
from tonval.surveys.wordings import Language, read_wording

PAGE_KEYS: Final = (
    "layout",
    "frames",
    "address",
    "colours",
    "variables",
    "logo",
    "open_for",
    "reminder",
    "next",
    "finish",
    "intro",
)
COLOURS: Final = ("accent", "paper", "ink")
LAYOUTS: Final = ("one", "all")
LONGEST_LETTER: Final = 20_000
"""Characters of a letter's text or HTML."""

_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_VARIABLE: Final = re.compile(r"[a-z][a-z0-9-]{0,40}")
_VALUE: Final = re.compile(r"[#%a-zA-Z0-9 .,_\"'()-]{1,120}")
_ORIGIN: Final = re.compile(
    r"https://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?|http://(localhost|127\.0\.0\.1)(:\d{1,5})?"
)
_PICTURE: Final = re.compile(r"/s/picture/[0-9a-f]{64}")
_ADDRESS: Final = re.compile(r"https://[^/?#@\s\"'<>\\^`{|}]+(?:[/?][^#\s\"'<>\\^`{|}]*)?")
"""Of a web page, as it can stand in a message; a token is put behind it with a #, so it has none of its own."""

_ASCII_ADDRESS: Final = re.compile(r"https://[a-zA-Z0-9.-]+(?::\d{1,5})?(?:[/?][!-~]*)?")
"""Of a picture: its host goes into a header of the page, which holds no other letters."""


def read_page(part: Part) -> Page:
    """The page as the document describes it; faults are noted at their lines."""
    part.only(PAGE_KEYS)
    usual = Page()
    return Page(
        layout=part.choice("layout", LAYOUTS, usual.layout) or usual.layout,
        frames=_read_frames(part),
        address=_read_address(part, "address"),
        colours=_read_colours(part.part("colours")),
        variables=_read_variables(part.part("variables")),
        logo=_read_logo(part),
        open_for=part.duration("open_for", usual.open_for),
        reminder=part.duration("reminder", usual.open_for) if part.data.get("reminder") else None,
    )


def read_words(part: Part, tongue: Language) -> dict[str, Wording]:
    """The survey's own words for its pages, links and letters, by slot."""
    found: dict[str, Wording] = {}
    for slot in OWN:
        section, _, key = slot.partition(".")
        place, name = (part.part(section), key) if key else (part, section)
        if name in place.data:
            longest = LONGEST_LETTER if key in ("text", "html") else 1000
            found[slot] = read_wording(place, name, tongue, longest=longest)
    for section in ("mail", "remind"):
        part.part(section).only([slot.partition(".")[2] for slot in OWN if slot.startswith(f"{section}.")])
    return found


def _read_frames(part: Part) -> tuple[str, ...]:
    """A draft is shown before its faults are mended: what is no origin gets into no header."""
    frames = part.texts("frames")
    sound = tuple(origin for origin in frames if _ORIGIN.fullmatch(origin))
    for origin in dict.fromkeys(frames):
        if origin not in sound:
            words = sentence("“%(origin)s” is not the address of a site, such as https://www.example.com")
            part.fault(sentence(words, origin=origin), "frames")
    return sound


def _read_address(part: Part, key: str) -> str | None:
    address = part.text(key)
    if address is not None and not _ADDRESS.fullmatch(address):
        words = sentence("“%(address)s” is not an address that begins with https://, without # and blanks")
        part.fault(sentence(words, address=address), key)
        return None
    return address


def _read_logo(part: Part) -> str | None:
    logo = part.text("logo")
    if logo is None or _PICTURE.fullmatch(logo):
        return logo
    address = _read_address(part, "logo")
    if address is not None and not _ASCII_ADDRESS.fullmatch(address):
        part.fault(
            sentence(
                "“%(address)s” has letters that its picture cannot be fetched by; write its host as xn--…",
                address=address,
            ),
            "logo",
        )
        return None
    return address


def _read_colours(part: Part) -> dict[str, str]:
    part.only(COLOURS)
    colours = {name: part.text(name) or "" for name in part.data}
    for name, value in colours.items():
        if not _COLOUR.fullmatch(value):
            part.fault(sentence("“%(value)s” is not a colour such as #0b5fff", value=value), name)
    return colours


def _read_variables(part: Part) -> dict[str, str]:
    """CSS variables of one's own; a value can end no rule and fetch nothing."""
    variables = {name: part.text(name) or "" for name in part.data}
    for name, value in variables.items():
        if not _VARIABLE.fullmatch(name):
            part.fault(
                sentence("“%(name)s” is no name for a variable: use small letters, digits and -", name=name), name
            )
        if not _VALUE.fullmatch(value) or "url(" in value.lower() or not _is_closed(value):
            part.fault(sentence("“%(value)s” cannot be the value of a variable", value=value), name)
    return variables


def _is_closed(value: str) -> bool:
    """Whether each quote and parenthesis ends in the value: an open one would swallow the style sheet behind it."""
    bare = re.sub(r"\"[^\"]*\"|'[^']*'", "", value)
    while (shorter := re.sub(r"\([^()]*\)", "", bare)) != bare:
        bare = shorter
    return not set(bare) & set("\"'()")
