"""A change to try: another file, or a few settings of one queue put into the present one. Nothing of it is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from tonval.fieldwork.centre import Centre
from tonval.fieldwork.queues import read_terms
from tonval.surveys.document import read_document

TERMS: Final = ("min_talk", "sample", "cap", "agent_quota", "quiet_hours")
"""The settings of a queue that may be tried one by one, as queues.yaml names them."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The centre after the change, and the change in words. ``faults`` are sentences by setting."""

    centre: Centre
    words: str
    faults: Mapping[str, str]


def change_queue(centre: Centre, queue: str, terms: Mapping[str, str]) -> Trial:
    """The centre with other terms for one of its queues, each written as in queues.yaml; empty ones stay as they are.

    Raises ``KeyError`` for a queue that there is not.
    """
    wanted = {name: terms[name].strip() for name in TERMS if terms.get(name, "").strip()}
    changed = centre.queues[queue]
    faults: dict[str, str] = {}
    for name, written in wanted.items():
        root = read_document(json.dumps({name: _value(name, written)}))
        changed = read_terms(root, changed, centre.country)
        for fault in root.faults:
            faults.setdefault(name, fault.sentence)
    words = ", ".join(f"{name} {written}" for name, written in wanted.items())
    queues = MappingProxyType({**centre.queues, queue: changed})
    return Trial(replace(centre, config=f"{centre.config}*", queues=queues), f"{queue}: {words}", faults)


def _value(name: str, written: str) -> Any:
    """A cap is one on the person, which leaves the others as they are; a number is written without quotes."""
    if name == "cap":
        return {"person": written}
    return int(written) if name in ("sample", "agent_quota") and written.isdecimal() and len(written) < 10 else written
