"""How a survey is looked at: the language, the times that are free, and what was typed and could not be taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tonval.fieldwork.calling_back.opening import Slot
from tonval.surveys.filled import Posted


@dataclass(frozen=True, slots=True)
class Seen:
    """How a survey is looked at.

    ``address`` is where the page is sent; ``language`` what it is shown in, empty: that of the interview; ``times`` a
    customer can be called at, told on the clock of ``zone``; ``at`` the question of an earlier page; ``chosen`` answers
    picked beforehand (in a letter), by question, stored nowhere; ``faults`` maps questions to slots of what is wrong,
    ``typed`` what stood in their fields.
    """

    address: str = ""
    language: str = ""
    times: tuple[Slot, ...] = ()
    zone: str = "UTC"
    at: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    typed: Posted = field(default_factory=dict)
