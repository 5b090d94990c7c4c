"""What the browser adds to the file, written beneath it: so a configuration that is kept says all that was in force.

It is a second YAML document behind ``MARK``; the file above keeps its lines. What was set up there (``layers``) stands
under ``page`` in the form of the file itself. Forms are not in it: nobody is asked, or
left alone, because of a survey's words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

import yaml

from tonval.fieldwork.centre import Centre, Queue
from tonval.fieldwork.layers import Page
from tonval.surveys.document import Part, read_document

MARK: Final = "--- # from the browser\n"

Assigned = Mapping[tuple[str, str], str]
"""Queue and ticket's template to survey; an empty queue is every queue, an empty template every ticket."""


@dataclass(frozen=True, slots=True)
class Addition:
    """The surveys that were made in the browser, which of them are ``off``, and what queues are asked with.

    ``queues`` maps a queue to its templates, the empty one among them, with their surveys. ``page`` is what was set up
    in the browser, as a document of the file's form.
    """

    surveys: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
    queues: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    page: Page = field(default_factory=lambda: MappingProxyType({}))

    def __bool__(self) -> bool:
        return bool(self.surveys or self.queues or self.page)


def addition(said: Centre, surveys: frozenset[str], off: frozenset[str], assigned: Assigned) -> Addition:
    """What counts beside what is ``said``, which wins: surveys by their names, queues by what they say themselves.

    Of a queue that was made in the browser, a survey that it was given wins over that of all queues.
    """
    made, here = surveys - said.forms.keys(), said.beneath.get("queues", {})
    queues = {queue.name: _given(queue, assigned, queue.name in here) for queue in said.queues.values()}
    return Addition(made, off & made, {name: found for name, found in queues.items() if found}, said.beneath)


def _given(queue: Queue, assigned: Assigned, made_here: bool) -> dict[str, str]:
    said = {"": queue.survey, **queue.templates}
    found = {template: survey for template, survey in _of(assigned, "").items() if not said.get(template)}
    own = _of(assigned, queue.name)
    return found | {template: survey for template, survey in own.items() if made_here or not said.get(template)}


def add(file: Centre, more: Addition) -> Centre:
    """The centre with what was added, named by both."""
    if not more:
        return file
    document = f"{file.document.rstrip()}\n{MARK}{_written(more)}"
    queues = {name: _assigned(queue, more.queues.get(name, {})) for name, queue in file.queues.items()}
    return replace(
        file,
        config=config_of(document),
        document=document,
        queues=MappingProxyType(queues),
        off=file.off | more.off,
        made_here=more.surveys,
    )


def parted(document: str) -> tuple[str, Addition]:
    """The file, and what was added beneath it. Raises ``BrokenDocument``."""
    file, mark, beneath = document.partition(f"\n{MARK}")
    if not mark:
        return document, Addition()
    root = read_document(beneath, "what was added in the browser")
    queues = {name: _read_queue(part) for name, part in root.parts("queues")}
    page = root.part("page").data
    return f"{file}\n", Addition(frozenset(root.texts("surveys")), frozenset(root.texts("off")), queues, page)


def config_of(document: str) -> str:
    """The name of a configuration: the first twelve hexadecimal digits of the document's SHA-256."""
    return hashlib.sha256(document.encode()).hexdigest()[:12]


def _of(assigned: Assigned, place: str) -> dict[str, str]:
    return {template: survey for (queue, template), survey in assigned.items() if queue == place}


def _assigned(queue: Queue, more: Mapping[str, str]) -> Queue:
    templates = {**queue.templates, **{template: survey for template, survey in more.items() if template}}
    return replace(queue, survey=more.get("", queue.survey), templates=MappingProxyType(templates))


def _written(more: Addition) -> str:
    """The same bytes for the same addition."""
    plain: dict[str, Any] = {"surveys": sorted(more.surveys), "off": sorted(more.off)}
    plain["queues"] = {name: _plain(found) for name, found in sorted(more.queues.items())}
    plain["page"] = dict(more.page)
    return yaml.safe_dump({key: value for key, value in plain.items() if value}, sort_keys=False, allow_unicode=True)


def _plain(found: Mapping[str, str]) -> dict[str, Any]:
    """As queues.yaml writes it."""
    templates = {template: survey for template, survey in sorted(found.items()) if template}
    return {**({"survey": found[""]} if "" in found else {}), **({"templates": templates} if templates else {})}


def _read_queue(part: Part) -> dict[str, str]:
    survey, templates = part.text("survey"), part.part("templates")
    return {**({"": survey} if survey else {}), **{key: templates.text(key) or "" for key in templates.data}}
