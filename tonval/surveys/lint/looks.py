"""How the page looks, where and how long: colours that can be read, a frame that opens, a reminder in time."""

from __future__ import annotations

from urllib.parse import urlsplit

from tonval.surveys.colours import SHAPE, TEXT, contrast
from tonval.surveys.document import Part
from tonval.surveys.questionnaire import Form
from tonval.surveys.sentences import sentence

PAPER, INK = "#ffffff", "#1d2430"
"""The page's colours where the survey has none of its own."""


def check_looks(part: Part, form: Form) -> None:
    """Note colours that are hard to tell apart, and a reminder that would come when the page is closed."""
    page, colours = part.part("page"), form.page.colours
    paper = colours.get("paper", PAPER)
    for name, least, usual in (("ink", TEXT, INK), ("accent", SHAPE, None)):
        written = colours.get(name, usual)
        if written is None or not {name, "paper"} & colours.keys() or not (_is_colour(written) and _is_colour(paper)):
            continue
        seen = contrast(written, paper)
        if seen < least:
            words = sentence(
                "%(written)s on %(paper)s is hard to see: a contrast of %(seen)s, and %(least)s is needed",
                written=written,
                paper=paper,
                seen=f"{seen:.1f}",
                least=f"{least:g}",
            )
            page.part("colours").fault(words, name if name in colours else "paper", warning=True)
    if form.page.reminder is not None and form.page.reminder >= form.page.open_for:
        page.fault(sentence("comes when the survey is closed: make it shorter than open_for"), "reminder", warning=True)
    if form.page.address is not None:
        _check_address(page, form.page.address, form.page.frames)


def _check_address(page: Part, address: str, frames: tuple[str, ...]) -> None:
    """Every link leads to the page at the address: a survey it may not hold in a frame could not be answered there."""
    parts = urlsplit(address)
    if not any(_holds(frame, f"{parts.scheme}://{parts.netloc.lower()}") for frame in frames):
        page.fault(
            sentence(
                "is not among the frames, so no browser shows the survey there: add %(netloc)s", netloc=parts.netloc
            ),
            "address",
        )


def _holds(frame: str, origin: str) -> bool:
    before, star, after = frame.partition("*")
    return origin.startswith(before) and origin.endswith(after) if star else origin == frame


def _is_colour(written: str) -> bool:
    return len(written) == 7 and written.startswith("#")
