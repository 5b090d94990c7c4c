"""What stands beside a field: one form for all, however whoever found the fault put it."""

from __future__ import annotations

import re
from typing import Final

from flask import Flask

from tonval.web.language import known

_NAME: Final = re.compile(r"\w*[\d_./:@]\w*")
"""A first word that is a name: ``min_talk``, ``tonval.yaml``, ``7.5``. One before a colon is, too."""

_ENDS: Final = (".", "!", "?", "…", ":", ".”", ".»", ".“")


def register(app: Flask) -> None:
    """Give templates the filter ``fault``."""
    app.add_template_filter(as_fault, "fault")


def as_fault(words: object) -> str:
    """The fault in the reader's language, with a capital letter and a full stop; names keep their letters."""
    text = known(str(words)).strip()
    if not text:
        return ""
    first = text.split(maxsplit=1)[0]
    begun = text if first.endswith(":") or _NAME.fullmatch(first.rstrip(",;.")) else text[:1].upper() + text[1:]
    return begun if begun.endswith(_ENDS) else f"{begun}."
