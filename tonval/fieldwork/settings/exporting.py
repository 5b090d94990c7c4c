"""The whole centre as one queues.yaml: the file, what was set up in the browser, and the surveys made there."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

import yaml

from tonval.fieldwork.addition import parted
from tonval.fieldwork.field import Field
from tonval.fieldwork.layers import laid
from tonval.fieldwork.profiles.publishing import version
from tonval.fieldwork.profiles.shelf import profiles
from tonval.fieldwork.routing import ROOT_KEYS
from tonval.surveys.document import read_document
from tonval.surveys.writer import read_survey

_HEAD: Final = """\
# The whole contact centre, as it was set up on {day}: the file and what was made in the browser.
# `tonval lint` checks it. An installation that is started with it manages all of this by the file.
"""


def whole(office: Field) -> str:
    """One document that `tonval lint` accepts and a new installation can be started with."""
    centre = office.centre
    text, more = parted(centre.document)
    data: dict[str, Any] = deepcopy(dict(laid(read_document(text), more.page).data))
    for name, given in more.queues.items():
        _give(data["queues"][name], given)
    made = _surveys(office)
    if made:
        data["surveys"] = {**(data.get("surveys") or {}), **made}
    ordered = {key: data[key] for key in ROOT_KEYS if data.get(key) is not None}
    written = yaml.safe_dump({**ordered, **data}, sort_keys=False, allow_unicode=True, width=120)
    return _HEAD.format(day=f"{office.now():%Y-%m-%d}") + written


def _give(queue: dict[str, Any], given: Mapping[str, str]) -> None:
    """The surveys that the queue was given in the browser, as the file says it."""
    templates = {template: survey for template, survey in given.items() if template}
    if "" in given:
        queue["survey"] = given[""]
    if templates:
        queue["templates"] = {**(queue.get("templates") or {}), **templates}


def _surveys(office: Field) -> dict[str, Any]:
    """Those made in the browser that are in force, as they were published."""
    found: dict[str, Any] = {}
    for each in profiles(office):
        if each.managed or each.archived or each.version is None:
            continue
        document, _ = version(office, each.id, each.version)
        if document is not None:
            found[each.id] = read_survey(document)[1]
    return found
