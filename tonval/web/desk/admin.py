"""What is set up: queues, numbers and terms of SMS as the file has them, and who may sign in. To look at only."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tonval.fieldwork import people
from tonval.fieldwork.field import Field
from tonval.web.desk.look import look, show
from tonval.web.desk.terms import numbers_told, second_told, terms_told


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/admin``, for admins."""

    @pages.get("/admin")
    def admin() -> ResponseReturnValue:
        centre = field.centre
        return show(
            "desk/admin.html",
            look(field),
            centre=centre,
            people=people.all_people(field),
            numbers=numbers_told(centre),
            terms=terms_told(centre.texting),
            second=second_told,
        )
