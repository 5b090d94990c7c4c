"""What each part of queues.yaml says well by itself and which yet does not fit the rest: faults and warnings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from tonval.fieldwork.centre import EMAIL, LINK, Program, Queue, Quiet
from tonval.surveys.document import Fault, Part
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.sentences import sentence

DAY: Final = timedelta(days=1)
SHORT: Final = timedelta(hours=2)
"""Less than this each day, and most invitations wait for days."""

NO_SURVEY: Final = sentence("names no survey: it asks nobody until one is chosen for it in the browser")
NO_QUEUE: Final = sentence("no queue uses this survey")


def is_about_use(fault: Fault) -> bool:
    """Whether a queue lacks a survey, or a survey a queue: the browser may bring both together."""
    return fault.sentence.endswith((NO_SURVEY, NO_QUEUE))


def check_queues(
    root: Part, queues: Mapping[str, Queue], forms: Mapping[str, Form], made_here: frozenset[str] = frozenset()
) -> None:
    """Note what is wrong or strange with each queue beside the surveys of the file and those made in the browser."""
    for name, part in root.parts("queues"):
        _check_surveys(part, queues[name], forms, made_here)
        _check_ways(part, queues[name])
        _check_terms(part, queues[name])
    used = {survey for queue in queues.values() for survey in (queue.survey, *queue.templates.values())}
    for name, part in root.parts("surveys"):
        if name not in used:
            part.fault(NO_QUEUE, warning=True)


def check_programs(root: Part, programs: Mapping[str, Program], queues: Mapping[str, Queue]) -> None:
    """Note each periodic survey whose queue is missing or cannot reach anybody."""
    for name, part in root.parts("periodic"):
        queue = queues.get(programs[name].queue)
        if queue is None and programs[name].queue:
            part.fault(
                sentence(
                    "there is no queue called “%(queue)s”; known: %(queues)s",
                    queue=programs[name].queue,
                    queues=", ".join(queues),
                ),
                "queue",
            )
        if queue and queue.channel == Channel.KEYPAD:
            part.fault(
                sentence("%(name)s asks by keypad; nobody is on the line when a wave is sent", name=queue.name), "queue"
            )
        if queue and queue.agent_quota:
            part.fault(
                sentence("the agent_quota of %(name)s does not hold here: a wave has no agent", name=queue.name),
                "queue",
                warning=True,
            )


def _check_surveys(part: Part, queue: Queue, forms: Mapping[str, Form], made_here: frozenset[str]) -> None:
    names = (*forms, *sorted(made_here - forms.keys()))
    known = ", ".join(names) or "none"
    if not queue.survey:
        part.fault(NO_SURVEY, warning=True)
    elif queue.survey not in names:
        # a survey for the web is often made in the browser later; a queue that speaks or writes is in use at once
        waits = not {Channel.KEYPAD, Channel.SMS} & {queue.channel, *queue.fallback}
        part.fault(
            sentence("there is no survey called “%(survey)s”; known: %(known)s", survey=queue.survey, known=known),
            "survey",
            warning=waits,
        )
    for template, survey in queue.templates.items():
        if survey not in names:
            part.part("templates").fault(
                sentence("there is no survey called “%(survey)s”; known: %(known)s", survey=survey, known=known),
                template,
            )
    form = forms.get(queue.survey)
    if form and queue.channel == Channel.KEYPAD and form.questions and not form.asked_on(Channel.KEYPAD):
        part.fault(sentence("no question of “%(id)s” can be answered on a keypad", id=form.id), "survey")


def _check_ways(part: Part, queue: Queue) -> None:
    ways = (queue.channel, *queue.fallback)
    if queue.prefer_email and queue.channel == EMAIL:
        part.fault(sentence("does nothing: e-mail comes first anyhow"), "prefer_email", warning=True)
    if queue.sender is None and "from" not in part.data:
        _check_sender(part, queue, ways)


def _check_sender(part: Part, queue: Queue, ways: tuple[str, ...]) -> None:
    if Channel.SMS in ways:
        part.fault(sentence("a queue that asks by SMS needs the number it asks from"))
    elif LINK in ways and not queue.prefer_email:
        part.fault(sentence("a link goes out by SMS and needs the number it comes from"))
    elif LINK in ways:
        part.fault(sentence("without from, only customers with an e-mail address are asked"), warning=True)


def _check_terms(part: Part, queue: Queue) -> None:
    if queue.delay > queue.caps.person > timedelta(0):
        part.fault(sentence("the delay is longer than the cap on a person"), "delay", warning=True)
    if _open(queue.quiet) < SHORT:
        part.fault(sentence("leaves less than two hours a day"), "quiet_hours", warning=True)
    if queue.sample > 1 and queue.agent_quota:
        part.fault(
            sentence("agent_quota counts among one in %(sample)s only: sample comes first", sample=queue.sample),
            "sample",
            warning=True,
        )
    if queue.channel == Channel.KEYPAD and not queue.fallback and not queue.prefer_email:
        idle = {"delay"} if queue.calling else {"delay", "quiet_hours", "quiet_days"}
        for key in sorted(idle & set(part.data)):
            part.fault(sentence("does nothing here: a caller is asked while on the line"), key, warning=True)


def _open(quiet: Quiet) -> timedelta:
    """How much of a day the quiet hours leave."""
    begins, ends = (timedelta(hours=at.hour, minutes=at.minute) for at in (quiet.begins, quiet.ends))
    return DAY - (ends - begins) % DAY
