"""A survey as YAML: one way to write it, so that what is exported, compared and imported is the same to the byte."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.representer import SafeRepresenter

from tonval.surveys.document import BrokenDocument, read_document
from tonval.surveys.phrases import PHRASES, SCALE_PHRASES, SMS_PHRASES
from tonval.surveys.scales import Group

LINE: Final = 120
"""A mapping of languages that would reach beyond this column is written over several lines."""

ORDER: Final[Mapping[tuple[str, ...], tuple[str, ...]]] = {
    (): ("title", "languages", "window", "off", "questions", "reactions", "prompts", "thanks", "page", "link", "mail",
         "remind"),
    ("questions",): ("id", "scale", "when", "required", "type_ahead", "text", "hint", "low", "high", "options"),
    ("questions", "options"): ("id", "text"),
    ("reactions",): ("when", "say"),
    ("prompts",): (*PHRASES, *SCALE_PHRASES, *SMS_PHRASES),
    ("thanks",): tuple(group.value for group in Group),
    ("page",): ("layout", "open_for", "reminder", "intro", "next", "finish", "address", "frames", "logo", "colours",
                "variables"),
    ("page", "colours"): ("accent", "paper", "ink"),
    ("mail",): ("subject", "text", "html"),
    ("remind",): ("link", "subject", "text"),
}  # fmt: skip
"""The order of the known keys in each part of a survey; other keys follow in the order given, as languages do."""

_STR: Final = "tag:yaml.org,2002:str"
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_STRANGE_BREAK: Final = re.compile("[\r\x85\u2028\u2029]")
_UNSEEN: Final = re.compile(r"[ \t]$|\n\n\Z", re.MULTILINE)
"""What an editor takes away unseen: spaces at the end of a line, empty lines at the end of the text."""


def write_survey(name: str, data: Mapping[str, Any]) -> str:
    """A document of this one survey, as it can be pasted into queues.yaml.

    ``data`` is what ``read_document`` makes of a survey: mappings whose keys are text, lists, texts, numbers, dates,
    truth values and None. ``read_survey`` gives back an equal name and data, and these the same text again.
    """
    root = _Representer(sort_keys=False).represent_data({"surveys": {name: _ordered(data, ())}})
    _lay_out(root, 0)
    return _emitted(root)


def read_survey(text: str, file: str = "survey.yaml") -> tuple[str, dict[str, Any]]:
    """The name of the one survey of the document, and its data, not yet checked by ``surveys.reader``.

    Raises ``BrokenDocument``, with the line of every fault, when the text is no YAML or not exactly one survey.
    """
    root = read_document(text, file)
    root.only(("surveys",))
    surveys = dict(root.parts("surveys"))
    if not surveys and not root.faults:
        root.fault("there is no survey here", "surveys" if "surveys" in root.data else None)
    for name in list(surveys)[1:]:
        root.part("surveys").fault("only one survey can be taken in at a time", name)
    if root.faults:
        raise BrokenDocument(root.faults, file)
    ((name, part),) = surveys.items()
    return name, dict(part.data)


def _ordered(value: Any, place: tuple[str, ...]) -> Any:
    """The value with its keys in order; the items of a list have the place of the list."""
    if isinstance(value, list | tuple):
        return [_ordered(item, place) for item in value]
    if not isinstance(value, Mapping):
        return value
    known = [key for key in ORDER.get(place, ()) if key in value]
    return {key: _ordered(value[key], (*place, key)) for key in dict.fromkeys([*known, *value])}


class _Representer(SafeRepresenter):
    """From values to nodes: texts of several lines as blocks, no value by reference to another."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def text(self, text: str) -> ScalarNode:
        if _STRANGE_BREAK.search(text) or ("\n" in text and _UNSEEN.search(text)):
            return self.represent_scalar(_STR, text, style='"')
        return self.represent_scalar(_STR, text, style="|" if "\n" in text else None)


_Representer.add_representer(str, _Representer.text)


class _Dumper(yaml.SafeDumper):
    """From nodes to text; lists stand further in than the key above them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


# What PyYAML takes for text, but YAML 1.1 by its letter or 1.2 for a truth value or a number, stands in quotes too.
_Dumper.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"[yYnN]\Z"), list("yYnN"))
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(?:0o[0-7_]+|[0-9][0-9_]*|(?:\.[0-9]+|[0-9][0-9_]*\.?[0-9_]*)(?:[eE][-+]?[0-9]+)?)\Z"),
    list("-+.0123456789"),
)


def _emitted(node: Node) -> str:
    """The node as text; lines are as long as they are, never folded."""
    text: str = yaml.serialize(node, Dumper=_Dumper, allow_unicode=True, width=2**31)
    return text


def _lay_out(node: Node, indent: int) -> None:
    """Choose between lines and braces; the keys, or dashes, of the node stand at column ``indent``."""
    if isinstance(node, MappingNode):
        node.flow_style = False
        for key, value in node.value:
            _lay_out(value, indent + 2)
            if _of_languages(value):
                braced = MappingNode(node.tag, [(key, value)], flow_style=True)
                value.flow_style = indent + len(_emitted(braced).strip()) - len("{}") <= LINE
    elif isinstance(node, SequenceNode):
        node.flow_style = False
        for item in node.value:
            _lay_out(item, indent + 2)


def _of_languages(node: Node) -> bool:
    """Whether the node maps languages to texts of one line each, or lists languages."""
    if isinstance(node, SequenceNode):
        return all(isinstance(item, ScalarNode) and _LANGUAGE.fullmatch(item.value) for item in node.value)
    return isinstance(node, MappingNode) and all(
        _LANGUAGE.fullmatch(key.value) and isinstance(value, ScalarNode) and value.tag == _STR and value.style is None
        for key, value in node.value
    )
