"""Why a survey cannot be changed as asked, each a sentence for the person who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tonval.surveys.document import Fault
from tonval.surveys.sentences import sentence

if TYPE_CHECKING:
    from tonval.fieldwork.profiles.shelf import Profile


class ProfileError(ValueError):
    """The survey cannot be changed so; nothing has been. The message is a sentence for people."""


class UnknownSurvey(ProfileError):
    """There is no survey, or no version, of this name."""


class Outdated(ProfileError):
    """Somebody else has saved or published since: ``current`` is the survey as it stands now."""

    def __init__(self, current: Profile) -> None:
        super().__init__(
            sentence(
                "%(or_)s has changed “%(id)s” since you began; look at both",
                or_=current.author or "somebody",
                id=current.id,
            )
        )
        self.current = current


class HasFaults(ProfileError):
    """The draft cannot be published before its ``faults`` are mended."""

    def __init__(self, name: str, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(fault.located(name) for fault in faults))
        self.faults = faults
