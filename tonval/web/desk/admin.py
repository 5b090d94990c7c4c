"""The front page of the settings: what is still to be done, every section, and how the centre stands."""

from __future__ import annotations

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from tonval.fieldwork.addition import parted
from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging import spending
from tonval.fieldwork.messaging.tariff import PARTS_OF_ONE
from tonval.fieldwork.routing import NO_FILE
from tonval.stats.troubles import troubles
from tonval.surveys.sentences import sentence
from tonval.web.desk.look import look, show
from tonval.web.desk.setup.sections import sections
from tonval.web.desk.setup.steps import steps
from tonval.web.desk.terms import numbers_told, second_told, terms_told
from tonval.web.language import listed, together
from tonval.web.numerals import decimal, number


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/admin``, for admins."""

    @pages.get("/admin")
    def admin() -> ResponseReturnValue:
        centre, today = field.centre, spending.today(field)
        return show(
            "desk/admin.html",
            look(field),
            centre=centre,
            has_file=not parted(centre.document)[0].startswith(NO_FILE),
            steps=steps(field),
            sections=sections(),
            numbers=numbers_told(centre),
            terms=terms_told(centre.texting),
            second=second_told,
            troubles=troubles(field.unit, field.now()),
            today=today,
            spent=_spent_told(today) if centre.numbers else "",
            self_test="self_test" in current_app.blueprints,
        )


def _spent_told(today: spending.Today) -> str:
    """What the day has cost so far, beside its limit."""
    spent, texting = today.spent, today.texting
    used, limits = [_sms(spent.segments)], list[str]()
    if texting.currency:
        used.append(sentence("about %(money)s", money=_money(spent.amount, texting.currency)))
    if texting.segments_a_day is not None:
        limits.append(_sms(texting.segments_a_day))
    if texting.money_a_day is not None:
        limits.append(_money(texting.money_a_day, texting.currency))
    if not limits:
        return sentence("Today: %(used)s.", used=together(used))
    return sentence("Today: %(used)s of at most %(limits)s.", used=together(used), limits=listed(limits))


def _sms(segments: int) -> str:
    return sentence("%(n)s SMS", n=number(segments))


def _money(amount: int, currency: str) -> str:
    return f"{decimal(amount / PARTS_OF_ONE, 2)} {currency}"
