"""Words in a message that are commands and no answers: stop, start, help. Pure.

How they are recognised is told in surveys.answers.commands, for a reply is read in one way; SMS asks this of it.
"""

from __future__ import annotations

import re
from typing import Final

from tonval.surveys.answers.commands import Keyword, commands, everywhere, keyword, phrases, plain, wishes_no_more

__all__ = ["Keyword", "everywhere", "keyword", "phrases", "plain", "tells_stop", "wishes_no_more"]

_PLAIN_STOP: Final = ("stop", "stopp")


def tells_stop(text: str) -> bool:
    """Whether the text names a word that stops the questions: in capitals, as one prints commands, or plainly STOP."""
    return any(
        commands().get(plain(word)) is Keyword.STOP and (word.isupper() or plain(word) in _PLAIN_STOP)
        for word in re.findall(r"\w+", text)
    )
