"""The messages between a customer and one of our numbers, as the simulator shows them."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from tonval.fieldwork.field import Field
from tonval.fieldwork.links import links_to_try
from tonval.stats.decisions import contact_version
from tonval.stats.threads import thread
from tonval.web.desk.look import look, show, show_live, staff_only
from tonval.web.desk.steps import bubbles_of

CONSOLE: Final = "console"
"""The provider whose messages go to nobody: whoever looks at them plays the customer, and may follow their links."""


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk/thread?number=…&customer=…``, for admins and supervisors."""

    @pages.get("/desk/thread")
    @login_required
    def messages() -> ResponseReturnValue:
        staff_only()
        seen = look(field)
        number, customer = request.args.get("number", ""), request.args.get("customer", "")

        def page(state: str) -> str:
            found = thread(field.unit, seen.scope, number.replace("\0", ""), customer.replace("\0", ""))
            tried = links_to_try(
                field, {each.interview for each in found if each.interview and each.provider == CONSOLE}
            )
            return show("desk/thread.html", seen, state=state, bubbles=bubbles_of(field, found, tried))

        return show_live(seen, contact_version(field.unit), page)
