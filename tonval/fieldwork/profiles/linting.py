"""A draft looked through under the conditions it would be asked in."""

from __future__ import annotations

from dataclasses import replace

from tonval.fieldwork.addition import parted
from tonval.fieldwork.centre import Centre, channels_of
from tonval.fieldwork.field import Field
from tonval.fieldwork.voice import prompts
from tonval.surveys.document import BrokenDocument, Fault, read_document
from tonval.surveys.lint import Gauges, Price, Setting, Terms, check_survey, lint_survey
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.reader import read_forms


def lint(office: Field, name: str, document: str) -> tuple[Fault, ...]:
    """Every fault and warning of the survey's document, in line order, each with its line and path.

    The channels are those of the queues that ask with the survey; with none, only what holds for every channel is said.
    """
    return lint_survey(document, name, setting(office, name))


def lint_file(centre: Centre, gauges: Gauges, site: str = "https://example.com") -> tuple[Fault, ...]:
    """What is wrong with the surveys of the centre's file beyond what kept it from being read; in line order.

    ``site`` is where the links of this installation lead.
    """
    root = read_document(parted(centre.document)[0])
    for name, part in root.parts("surveys"):
        check_survey(part, centre.forms[name], _setting(centre, name, gauges, site))
    return tuple(sorted(set(root.faults)))


def setting(office: Field, name: str) -> Setting:
    """Where the survey of this name is asked."""
    spoken = (each for each in prompts.library(office, name) if each.kind == prompts.RECORDED)
    recorded = {(each.slot, each.language): each.words for each in spoken}
    return replace(_setting(office.centre, name, office.gauges, office.public_url), recorded=recorded)


def _setting(centre: Centre, name: str, gauges: Gauges, site: str) -> Setting:
    return Setting(
        languages=centre.languages,
        brand=centre.brand,
        channels=channels_asking(centre, name),
        link=f"{site}/s/{'0' * 22}",
        agents=tuple(person.name for person in centre.agents.values()),
        price=_price_at_home(centre),
        gauges=gauges,
    )


def terms_of(office: Field) -> Terms:
    """What the texts of this centre's surveys are measured with as SMS."""
    return _setting(office.centre, "", office.gauges, office.public_url).terms


def _price_at_home(centre: Centre) -> Price | None:
    """What an SMS costs in the centre's own country; ``None`` where the file does not say."""
    amount = centre.texting.price(centre.country)
    return None if amount is None else Price(amount, centre.texting.currency)


def channels_asking(centre: Centre, name: str) -> frozenset[Channel]:
    """The channels of all queues that ask with the survey, whatever the ticket's template."""
    using = [queue for queue in centre.queues.values() if name in (queue.survey, *queue.templates.values())]
    return frozenset(channel for queue in using for channel in channels_of(queue))


def read_draft(office: Field, name: str, document: str) -> Form:
    """The form that the document would be published as, with version 0. Raises ``BrokenDocument``."""
    root = read_document(document, f"{name}.yaml")
    form = read_forms(root, office.centre.languages, office.centre.brand).get(name)
    faults = [fault for fault in root.faults if not fault.warning]
    if form is None or faults:
        raise BrokenDocument(faults or [Fault(1, f"the survey “{name}” is not here")], f"{name}.yaml")
    return form
