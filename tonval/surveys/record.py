"""Forms, interviews, waits and events as JSON-ready values and back, without loss."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn, override
from cattrs.strategies import configure_tagged_union

from tonval.surveys.dictation import Dictation
from tonval.surveys.events import Event
from tonval.surveys.interview import Interview
from tonval.surveys.questionnaire import Form, Question
from tonval.surveys.reception import Reception
from tonval.surveys.turns import Reply, Utterance, Wait

_converter: Final = Converter(forbid_extra_keys=True)
_converter.register_unstructure_hook(timedelta, timedelta.total_seconds)
_converter.register_structure_hook(timedelta, lambda seconds, _: timedelta(seconds=seconds))
_converter.register_unstructure_hook(datetime, datetime.isoformat)
_converter.register_structure_hook(datetime, lambda moment, _: datetime.fromisoformat(moment))
_LATER: Final[Mapping[type, tuple[str, ...]]] = {
    Question: ("required", "when", "low", "high", "options", "hint"),
    Form: ("reactions", "page", "title", "window"),
    Interview: ("reached", "offered", "said", "told", "closed", "call_back", "attributes", "speeches", "spoken"),
}
"""Fields that came after the first versions were stored: left out where they say nothing, so that a form that has not
changed has the record, and so the version, that it always had."""
for _kind, _names in _LATER.items():
    _bare = {name: override(omit_if_default=True) for name in _names}
    _converter.register_unstructure_hook(_kind, make_dict_unstructure_fn(_kind, _converter, **_bare))  # type: ignore[arg-type]
for _union in (Event, Wait, Reply):
    configure_tagged_union(_union, _converter, tag_name="type")


def plain(value: Any, kind: Any = None) -> Any:
    """``value`` as dicts, lists, strings and numbers. Name the union (``Event``, ``Wait``, ``Reply``) as ``kind``."""
    return _converter.unstructure(value, unstructure_as=kind)


def form_from(data: Mapping[str, Any]) -> Form:
    """The form that ``plain`` wrote."""
    return _converter.structure(data, Form)


def interview_from(data: Mapping[str, Any]) -> Interview:
    """The interview that ``plain`` wrote."""
    return _converter.structure(data, Interview)


def reception_from(data: Mapping[str, Any]) -> Reception:
    """The reception that ``plain`` wrote."""
    return _converter.structure(data, Reception)


def dictation_from(data: Mapping[str, Any]) -> Dictation:
    """The dictation that ``plain`` wrote."""
    return _converter.structure(data, Dictation)


def event_from(data: Mapping[str, Any]) -> Event:
    """The event that ``plain(event, Event)`` wrote."""
    return _converter.structure(data, Event)  # type: ignore[arg-type]


def wait_from(data: Mapping[str, Any]) -> Wait:
    """The wait that ``plain(wait, Wait)`` wrote."""
    return _converter.structure(data, Wait)  # type: ignore[arg-type]


def reply_from(data: Mapping[str, Any]) -> Reply:
    """The reply that ``plain(reply, Reply)`` wrote."""
    return _converter.structure(data, Reply)  # type: ignore[arg-type]


def utterance_from(data: Mapping[str, Any]) -> Utterance:
    """The utterance that ``plain`` wrote."""
    return _converter.structure(data, Utterance)
