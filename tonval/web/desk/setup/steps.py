"""What a new installation still lacks, in the order in which one sets it up."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from tonval.fieldwork import profiles, settings
from tonval.fieldwork.colleagues import people
from tonval.fieldwork.field import Field
from tonval.fieldwork.organisation import all_members
from tonval.fieldwork.settings.kept import USUAL
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import Sentence, sentence
from tonval.web.desk.setup.ways import connected


@dataclass(frozen=True, slots=True)
class Step:
    """One step, where it is taken, and whether it is done. One that is ``wished`` for does not keep the list open."""

    title: Sentence
    words: Sentence
    path: str
    done: bool
    wished: bool = False


def steps(office: Field) -> tuple[Step, ...]:
    """Every step; none once all that is needed is done."""
    found = (*_of_the_centre(office), *_of_surveys(office), *_of_people(office))
    return found if any(not step.done and not step.wished for step in found) else ()


def _of_the_centre(office: Field) -> tuple[Step, ...]:
    centre, there = office.centre, connected(current_app)
    called = bool(centre.numbers or centre.peers)
    away = [number for number in centre.numbers.values() if number.provider not in (*there, "console")]
    return (
        Step(
            sentence("Name your company, country and languages"),
            sentence("Customers see the name; numbers and holidays go by the country."),
            "/admin/settings/company",
            settings.kept(office, "brand").origin != USUAL,
        ),
        Step(
            sentence("Take in your units and agents"),
            sentence("From a file, or one at a time. Agents also appear with their first contact."),
            "/admin/organisation",
            bool(all_members(office)),
            wished=True,
        ),
        Step(
            sentence("Connect Twilio, an operator or the mail server"),
            sentence("And try the connection while you look."),
            "/admin/providers",
            bool(there) and not away,
            wished=not away,
        ),
        Step(
            sentence("Add a number, or name the telephone system that calls"),
            sentence("Messages come from numbers; a PBX transfers its callers by SIP."),
            "/admin/settings/numbers" if not centre.numbers else "/admin/settings/peers",
            called or bool(centre.queues),
        ),
    )


def _of_surveys(office: Field) -> tuple[Step, ...]:
    queues = [queue for queue in office.centre.queues.values() if not queue.off]
    published = [each for each in profiles.profiles(office) if each.version is not None and not each.archived]
    spoken = any(queue.channel == Channel.KEYPAD for queue in queues)
    return (
        Step(
            sentence("Make a survey and publish it"),
            sentence("Begin with one of the templates."),
            "/desk/surveys",
            bool(published),
        ),
        Step(
            sentence("Make your queues"),
            sentence("Each says who is asked what, how and when."),
            "/admin/settings/queues",
            bool(office.centre.queues),
        ),
        Step(
            sentence("Give every queue a survey"),
            sentence("A queue without one asks nobody."),
            "/admin/settings/queues",
            bool(queues) and all(queue.survey or queue.templates for queue in queues),
        ),
        Step(
            sentence("Record the prompts"),
            sentence("Until then callers hear the synthetic voice."),
            "/desk/prompts",
            bool(queues) and not spoken,
            wished=True,
        ),
    )


def _of_people(office: Field) -> tuple[Step, ...]:
    return (
        Step(
            sentence("Set caps, quiet hours and sampling"),
            sentence("So that nobody is asked too often, or at night."),
            "/admin/settings/rules",
            any(settings.kept(office, f"defaults/{key}").origin != USUAL for key in ("cap", "quiet_hours", "sample")),
            wished=True,
        ),
        Step(
            sentence("Invite your colleagues"),
            sentence("Each sees what her role and place let her see."),
            "/admin/people",
            len(people.all_people(office)) > 1,
            wished=True,
        ),
    )
