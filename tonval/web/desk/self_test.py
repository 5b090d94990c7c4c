"""``/admin/self-test``: whether the providers of messages know us and our numbers, tried while one looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tonval.fieldwork.field import Field
from tonval.web.desk.look import look, show

Tried = tuple[str, str, str]
"""What was tried; ``ok``, ``warn`` or ``fail``; and a sentence that says what to do."""

Trial = Callable[[], Sequence[Tried]]
"""Tries the providers: it reads from them, changes nothing, and takes some seconds."""


def blueprint(field: Field, trial: Trial) -> Blueprint:
    """The page, for admins: with a button, and what came of it."""
    pages = Blueprint("self_test", __name__)

    @pages.get("/admin/self-test")
    def offer() -> ResponseReturnValue:
        return show("desk/self_test.html", look(field), tried=None)

    @pages.post("/admin/self-test")
    def run() -> ResponseReturnValue:
        return show("desk/self_test.html", look(field), tried=trial())

    return pages
