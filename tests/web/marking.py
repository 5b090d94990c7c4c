"""Finding the words that no catalog knows: translations that mark what they translate, and a reader of what is bare."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser

from babel.support import NullTranslations
from flask_babel import Domain
from jinja2 import Environment
from jinja2.lexer import TOKEN_VARIABLE_BEGIN

BEGIN, END = "⟦", "⟧"
NONSENSE = "§ -1"

SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-label")
DATA = {"code", "kbd", "pre", "textarea", "script", "style", "time"}
"""Elements whose text is no sentence of ours: what a person or a machine wrote, keys and times."""
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "path", "circle", "use", "rect"}

NAMES = (
    r"\b(?:"
    "NKI|NPS|CES|CSAT|SMS|UTC|CSV|YAML|HTML|CSS|XLSX|JSON|LUFS|SIP|SMPP|PIN|API|URL|PBX|HTTP|SRTP|TLS|UDP|TCP|RTP"
    "|STARTTLS|ABC|DEF|GHI|JKL|MNO|PQRS|TUV|WXYZ|nki|nps|sv|en"
    "|Tonval|Twilio|Asterisk|FreeSWITCH|English|Svenska|Español|Eesti|Esc|STOP|START|HELP|Ctrl|dB|kB|min"
    r")\b"
)
"""What is called the same in every language."""
ATTRIBUTES = r'[\w-]+="[^"]*"|\bautofocus\b|\bdisabled\b|/[\w/ -]+'
"""What a macro writes to stand within a tag, and addresses."""


class Marked(NullTranslations):
    """Every word that goes through the catalogs comes out between marks."""

    def gettext(self, message: str) -> str:
        return f"{BEGIN}{message}{END}"

    ugettext = gettext

    def ngettext(self, msgid1: str, msgid2: str, num: int) -> str:
        return f"{BEGIN}{msgid1 if num == 1 else msgid2}{END}"

    ungettext = ngettext


class MarkedDomain(Domain):
    def get_translations(self) -> NullTranslations:
        return Marked()


@dataclass
class Page(HTMLParser):
    """What a page says outside of the marks, and where its links lead."""

    data: re.Pattern[str]
    bare: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    forms: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    depth: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag not in VOID:
            self.inside.append("code" if self._is_data(tag, said) else tag)
            self.tags.append(tag)
        self._note_form(tag, said)
        if tag == "a" and said.get("href"):
            self.links.append(said["href"] or "")
        if tag != "time":
            self.bare += [f'{name}="{said[name]}"' for name in SPOKEN if self._has_bare(said.get(name) or "")]

    def _note_form(self, tag: str, said: dict[str, str | None]) -> None:
        """What is sent by each form, with nonsense in every field that can be typed into."""
        if tag == "form" and (said.get("method") or "").lower() == "post":
            self.forms.append((said.get("action") or "", {}))
        name, kept = said.get("name"), said.get("type") in ("hidden", "radio", "checkbox", "file")
        if self.forms and name and tag in ("input", "textarea", "select"):
            self.forms[-1][1][name] = (said.get("value") or "") if kept or tag == "select" else NONSENSE

    def _is_data(self, tag: str, said: dict[str, str | None]) -> bool:
        """What is said to be in a language of its own was written by the centre."""
        return tag != "html" and ("lang" in said or "data-words" in said)

    def handle_endtag(self, tag: str) -> None:
        while self.tags and self.inside.pop() is not None and self.tags.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        outside = ""
        for letter in data:
            self.depth += (letter == BEGIN) - (letter == END)
            outside += letter if not self.depth and letter != END else " " if letter in (BEGIN, END) else ""
        if not DATA.intersection(self.inside) and self._has_bare(outside):
            self.bare.append(" ".join(outside.split()))

    def _has_bare(self, text: str) -> bool:
        while text != (text := re.sub(f"{BEGIN}[^{BEGIN}{END}]*{END}", " ", text)):
            pass
        return bool(re.search(r"[^\W\d_]{2,}", self.data.sub(" ", text)))


@cache
def read_page(text: str, data: str = NAMES) -> Page:
    """The page, read once; what fits ``data`` may stand in any language."""
    page = Page(re.compile(data))
    page.feed(text)
    return page


def bare_in_template(source: str) -> list[str]:
    """What a template says outside of every expression, whichever way its conditions go."""
    text = ""
    for _line, kind, value in Environment(extensions=["jinja2.ext.i18n"]).lex(source):
        text += value if kind == "data" else f"{BEGIN}{END}" if kind == TOKEN_VARIABLE_BEGIN else ""
    return read_page(text, f"{NAMES}|{ATTRIBUTES}").bare
