"""The company's own look: colours and logo of every survey's pages and letters that has none of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tonval.surveys.document import Part
from tonval.surveys.page_reader import read_page
from tonval.surveys.questionnaire import Form, Page

LOOK_KEYS: Final = ("colours", "logo")


def read_look(root: Part) -> Page:
    """What stands under ``look``; faults are noted at their lines."""
    part = root.part("look")
    part.only(LOOK_KEYS)
    known = {key: part.data[key] for key in LOOK_KEYS if key in part.data}
    return read_page(Part(known, part.path, part.lines, part.faults))


def dressed(form: Form, look: Page) -> Form:
    """The form with what its page leaves open as the company has it. Its version stays: nothing is asked otherwise."""
    if not (look.colours or look.logo):
        return form
    colours = {**look.colours, **form.page.colours}
    return replace(form, page=replace(form.page, colours=colours, logo=form.page.logo or look.logo))
