"""What connects us with the world, as far as the pages know it: which providers there are, handed in by app.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask

from tonval.surveys.sentences import Sentence, sentence
from tonval.web.desk.setup.entries import Entry

Tried = tuple[str, str, str]
"""What was tried; ``ok``, ``warn`` or ``fail``; and a sentence that says what to do."""

_KEPT: Final = "tonval_ways"
_ALLOWED: Final = "tonval_sip_allow"


_LOSS: Final = sentence(
    "What was typed in is forgotten. Nothing more goes out this way; what waits says so, and nothing that went out is"
    " lost."
)


@dataclass(frozen=True, slots=True)
class Way:
    """One provider: what its form asks, and where it is set up.

    ``trying`` says what a trial does. ``by_environment`` names the variables that set it up, none where the browser
    may. ``secret`` are the entries that are never shown again. ``fault`` reads values and gives what is wrong by entry,
    ``trial`` tries the connection as it is now, for whoever has that mail address. ``there``: it is connected.
    ``place`` is the entry that says where secrets are sent: none goes anywhere else than it was typed for. ``to_copy``
    is what the other side must be told, by its name. ``beside`` is the page of what else belongs to it. ``needed``
    says why it cannot be disconnected, if it cannot; ``loss`` what is lost then. ``carries``: messages,
    calls or letters.
    """

    name: str
    title: Sentence
    intro: Sentence
    trying: Sentence
    entries: tuple[Entry, ...]
    secret: frozenset[str]
    by_environment: tuple[str, ...]
    there: bool
    fault: Callable[[Mapping[str, str]], Mapping[str, Sequence[str]]]
    trial: Callable[[str], Sequence[Tried]]
    place: str = ""
    to_copy: tuple[tuple[Sentence, str], ...] = ()
    beside: tuple[str, Sentence] | None = None
    needed: Callable[[], str] = str
    loss: Sentence = _LOSS
    carries: bool = True


Ways = Mapping[str, Way]


def hang(app: Flask, ways: Ways, allowed: Sequence[str] = ()) -> None:
    """Let the pages of ``app`` know the ways, and the networks that the environment lets call by SIP."""
    app.extensions[_KEPT] = ways
    app.extensions[_ALLOWED] = tuple(allowed)


def allowed_by_environment(app: Any) -> tuple[str, ...]:
    """The networks that the environment lets call by SIP; none where nobody said."""
    found: tuple[str, ...] = app.extensions.get(_ALLOWED, ())
    return found


def ways_of(app: Any) -> Ways:
    """The ways that were handed in; none where nobody did."""
    found: Ways = app.extensions.get(_KEPT, {})
    return found


def connected(app: Any) -> tuple[str, ...]:
    """The names of the providers that are connected and carry something."""
    return tuple(name for name, way in ways_of(app).items() if way.there and way.carries)
