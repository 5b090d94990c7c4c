"""One survey looked through: its document by the reader, then its words, channels and looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tonval.surveys.document import BrokenDocument, Fault, Part, read_document
from tonval.surveys.lint.carried import check_channels
from tonval.surveys.lint.gauges import NO_GAUGES, Gauges
from tonval.surveys.lint.lengths import Price, Terms, terms
from tonval.surveys.lint.looks import check_looks
from tonval.surveys.lint.messages import check_messages
from tonval.surveys.lint.voiced import check_voiced
from tonval.surveys.lint.voices import check_voices
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.reader import read_forms
from tonval.surveys.sentences import sentence


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the survey is asked: the centre's ``languages`` and ``brand``, and the ``channels`` of its queues.

    ``recorded`` are the prompts that somebody has spoken, by slot and language, to the words they were then; ``None``:
    not looked at. ``link`` is as long as the links that go out, ``agents`` are the names that may stand in a text, and
    ``price`` is what an SMS costs where most of them go; ``None``: not known.
    """

    languages: tuple[str, ...] = ()
    brand: str = "Tonval"
    channels: frozenset[Channel] = frozenset()
    recorded: Mapping[tuple[str, str], str] | None = None
    link: str = "https://example.com/s/0123456789abcdefghijkl"
    agents: tuple[str, ...] = ()
    price: Price | None = None
    gauges: Gauges = NO_GAUGES

    @property
    def terms(self) -> Terms:
        """What texts are measured with."""
        return terms(self.agents, self.price, brand=self.brand, link=self.link)


def lint_survey(text: str, name: str, setting: Setting) -> tuple[Fault, ...]:
    """Every fault and warning of the document of the survey ``name``, in line order, each with its line and path."""
    try:
        root = read_document(text, f"{name}.yaml")
    except BrokenDocument as broken:
        return tuple(broken.faults)
    root.only(("surveys",))
    surveys = root.part("surveys")
    for other in surveys.data.keys() - {name}:
        surveys.fault(sentence("only “%(name)s” can stand here", name=name), other)
    if name not in surveys.data:
        root.fault(
            sentence("the survey “%(name)s” is not here", name=name), "surveys" if "surveys" in root.data else None
        )
    form = read_forms(root, setting.languages, setting.brand).get(name)
    if form is not None:
        check_survey(surveys.part(name), form, setting)
    return tuple(sorted(set(root.faults)))


def check_survey(part: Part, form: Form, setting: Setting) -> None:
    """Note on ``part``, which was read as ``form``, what is wrong beyond what the reader says."""
    check_channels(part, form, setting.channels)
    check_messages(part, form, setting.channels, setting.terms, setting.gauges)
    check_looks(part, form)
    check_voiced(part, form)
    if Channel.KEYPAD in setting.channels and setting.recorded is not None:
        check_voices(part, form, setting.recorded)
