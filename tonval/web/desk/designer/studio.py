"""What the designer is handed from rooms it may not look into: letters and the survey page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from tonval.surveys.questionnaire import Form
from tonval.surveys.state import Turn


class Letter(Protocol):
    """A letter as a customer would get it."""

    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def html(self) -> str: ...


class Page(Protocol):
    """A survey page and the Content-Security-Policy it must be sent with."""

    @property
    def html(self) -> str: ...
    @property
    def policy(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Studio:
    """Each part may be missing; what needs it is then left out, with a sentence.

    ``letter(form, language, reminder)`` writes a letter, ``post(form, language, address)`` sends one as a test and
    raises ``ValueError`` with a sentence; ``page(form, turn)`` is the survey page.
    """

    letter: Callable[[Form, str, bool], Letter] | None = None
    post: Callable[[Form, str, str], None] | None = None
    page: Callable[[Form, Turn], Page] | None = None


NO_STUDIO: Final = Studio()
