"""A survey's own HTML for its letters: an admin writes it, it is sent as it is, and what could run is refused. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

from tonval.surveys.sentences import sentence
from tonval.surveys.wording import PLACEHOLDER

PLACEHOLDERS: Final = ("link", "stop_link", "brand", "agent", "customer", "rating")
_FORBIDDEN: Final = frozenset(
    ("script", "iframe", "frame", "frameset", "object", "embed", "applet", "base", "form", "link", "portal")
)
_ADDRESSES: Final = frozenset(
    ("href", "src", "action", "formaction", "background", "poster", "cite", "data", "xlink:href", "srcset", "longdesc")
)
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.\-]*):")
_HARMLESS: Final = frozenset(("http", "https", "mailto", "tel", "cid"))
_BLANK: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+")
_RUNS_IN_STYLE: Final = re.compile(r"javascript:|vbscript:|expression\(|-moz-binding|behavior:")
_SCRIPT_ANYHOW: Final = re.compile(r"<[\s/]*script", re.IGNORECASE)


def check_html(text: str) -> list[str]:
    """What is wrong with a letter's own HTML, each as a sentence; an empty list when it can be used.

    It must lead to the survey and to the way out, and hold nothing that runs: no scripts, no ``on…`` attributes, no
    ``javascript:``.
    """
    reader = _Reader()
    reader.feed(text)
    reader.close()
    faults = [*reader.faults, *_placeholder_faults(text)]
    if _SCRIPT_ANYHOW.search(text):  # also in a comment that old mail programs read
        faults.insert(0, sentence("The letter has a <script>: mail cannot run programs, so take it out."))
    return list(dict.fromkeys(faults))


def _placeholder_faults(text: str) -> Iterator[str]:
    there = set(PLACEHOLDER.findall(text))
    if not there & {"link", "rating"}:
        yield sentence("The letter has no {link} and no {rating}: nobody could answer.")
    if "stop_link" not in there:
        yield sentence("The letter has no {stop_link}: everybody must be able to say no to more questions.")
    for name in sorted(there - set(PLACEHOLDERS)):
        yield sentence(
            "There is no placeholder {%(name)s}. There are: %(PLACEHOLDERS)s.",
            name=name,
            PLACEHOLDERS=", ".join(PLACEHOLDERS),
        )


class _Reader(HTMLParser):
    """Notes what could run. Values of attributes come with their entities resolved."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _FORBIDDEN and tag != "script":
            self._note(sentence("a <%(tag)s>, which mail programs refuse", tag=tag))
        given = {name: _BLANK.sub("", value or "").lower() for name, value in attrs}
        if tag == "meta" and "http-equiv" in given and given["http-equiv"] != "content-type":
            self._note(sentence("a <meta http-equiv> that does more than name the letters"))
        for name, value in given.items():
            self._look_at(name, value)

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "style" and _RUNS_IN_STYLE.search(_BLANK.sub("", data).lower()):
            self._note(sentence("a style that runs a program"))

    def _look_at(self, name: str, value: str) -> None:
        if name.startswith("on"):
            self._note(sentence("the attribute %(name)s, which runs a program", name=name[:30]))
        elif name == "style" and _RUNS_IN_STYLE.search(value):
            self._note(sentence("a style that runs a program"))
        elif name in _ADDRESSES and not _is_harmless(value):
            words = sentence("a %(name)s that begins with “%(scheme)s:”; begin it with https:// or mailto:")
            self._note(sentence(words, name=name, scheme=value.partition(":")[0][:20]))

    def _note(self, what: str) -> None:
        self.faults.append(sentence("Line %(getpos)s has %(what)s.", getpos=self.getpos()[0], what=what))


def _is_harmless(address: str) -> bool:
    scheme = _SCHEME.match(address)
    return scheme is None or scheme[1] in _HARMLESS or address.startswith(("data:image/png;", "data:image/jpeg;"))
