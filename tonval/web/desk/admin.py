"""What is set up: queues as the file has them, and who may sign in. To look at; changes are made elsewhere."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from flask_login import login_required

from tonval.fieldwork import people
from tonval.fieldwork.field import Field
from tonval.web.desk.look import look, show
from tonval.web.signin import reader


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/admin``, for admins."""

    @pages.get("/admin")
    @login_required
    def admin() -> ResponseReturnValue:
        if reader().role != "admin":
            abort(403)
        return show("desk/admin.html", look(field), centre=field.centre, people=people.all_people(field))
