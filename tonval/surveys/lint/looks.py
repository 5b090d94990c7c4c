"""How the page looks and how long it stays: colours that can be read, a reminder that comes in time."""

from __future__ import annotations

from tonval.surveys.colours import SHAPE, TEXT, contrast
from tonval.surveys.document import Part
from tonval.surveys.questionnaire import Form

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
            sentence = f"{written} on {paper} is hard to see: a contrast of {seen:.1f}, and {least:g} is needed"
            page.part("colours").fault(sentence, name if name in colours else "paper", warning=True)
    if form.page.reminder is not None and form.page.reminder >= form.page.open_for:
        page.fault("comes when the survey is closed: make it shorter than open_for", "reminder", warning=True)


def _is_colour(written: str) -> bool:
    return len(written) == 7 and written.startswith("#")
