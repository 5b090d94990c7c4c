"""The HTML of a survey letter: tables and styles in place, for mail programs know little else. Pure.

Every number of the rating is a small table of its own that floats, so a row of eleven breaks into two on a telephone
in any mail program. Dark mode is a style sheet for those that read one; the others keep the light colours.
"""

from __future__ import annotations

import re
from html import escape
from typing import Final

from tonval.mail.addresses import one_line
from tonval.mail.asked import Rating, SurveyLetter
from tonval.surveys.colours import colour, on, readable
from tonval.surveys.wording import fill

_FONT: Final = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
ACCENT: Final = "#1f5fae"
"""The accent where the survey has none of its own."""

_INK, _NIGHT_INK = "#1d2430", "#e8ebf0"
_PAPER, _NIGHT_PAPER = "#ffffff", "#1b2029"
_GROUND, _NIGHT_GROUND = "#eef1f5", "#12161c"
_SOFT, _NIGHT_SOFT = "#566070", "#a9b2c0"
_LINE, _NIGHT_LINE = "#dde2e9", "#343c49"
_TABLE: Final = 'role="presentation" cellpadding="0" cellspacing="0" border="0"'
_BLOCK: Final = re.compile(r"(?=<(?:table|tr|p|body|style)\b)")
"""Where a line may begin: the words around are escaped, so this is a tag, and a blank before it shows nowhere."""

_LOGO: Final = re.compile(r"https?://[^\s\"'<>]+")


def page(letter: SurveyLetter) -> str:
    """The HTML part: the survey's own, filled in, else the built-in one."""
    if letter.html:
        return fill(letter.html, _fills(letter))
    # Short lines of ASCII need no other encoding on their way, which spares every mail server work.
    return _BLOCK.sub("\n", _document(letter)).encode("ascii", "xmlcharrefreplace").decode("ascii")


def _document(letter: SurveyLetter) -> str:
    inside = f"{_brand(letter)}{_words(letter)}{_ask(letter)}"
    return (
        f'<!doctype html><html lang="{escape(letter.language)}" dir="{letter.direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        '<meta name="supported-color-schemes" content="light dark">'
        f"<title>{escape(one_line(letter.subject))}</title><style>{_night(letter)}</style></head>"
        f'<body class="g" style="margin:0;padding:0;background:{_GROUND};{_FONT}">'
        f'<table {_TABLE} width="100%" class="g" style="background:{_GROUND}"><tr><td align="center" '
        f'style="padding:24px 8px"><table {_TABLE} width="100%" style="max-width:632px">'
        f'<tr><td class="p" align="{_start(letter)}" style="background:{_PAPER};border:1px solid {_LINE};'
        f'border-radius:12px;padding:28px 20px">{inside}</td></tr>{_foot(letter)}</table></td></tr></table>'
        "</body></html>\n"
    )


def rating_row(letter: SurveyLetter) -> str:
    """The first question with its row of numbers, each a link that chooses it; empty without such a question."""
    rating = letter.rating
    if rating is None:
        return ""
    # What floats ends with the table around it; the empty row keeps old Outlook from drawing the next line beside.
    return (
        f'<table {_TABLE} width="100%"><tr><td class="i" style="{_FONT};font-size:18px;line-height:1.4;'
        f'font-weight:600;color:{_INK};padding:4px 0 12px">{escape(one_line(rating.text))}</td></tr>'
        f'<tr><td role="group" aria-label="{escape(one_line(rating.text))}">'
        f"{''.join(_number(letter, rating, value, shown) for value, shown in rating.values)}</td></tr>"
        f'<tr><td class="s" style="{_FONT};font-size:14px;line-height:1.5;color:{_SOFT};padding:6px 0 0">'
        f"{_ends(rating)}{escape(letter.say('confirm'))}</td></tr></table>"
    )


def _number(letter: SurveyLetter, rating: Rating, value: int, shown: str) -> str:
    ground = colour(letter.accent, ACCENT)
    end = {rating.values[0][0]: rating.low, rating.values[-1][0]: rating.high}.get(value, "")
    label = one_line(f"{shown}: {end}" if end else shown)
    return (
        f'<table {_TABLE} align="{_start(letter)}" style="display:inline-table"><tr>'
        f'<td style="padding:0 {_gap(letter)} 6px 0"><table {_TABLE}><tr><td class="n" align="center" '
        f'bgcolor="{ground}" style="background:{ground};border:1px solid {ground};border-radius:10px">'
        f'<a href="{escape(rating.link(letter.link, value))}" aria-label="{escape(label)}" '
        f'style="{_FONT};display:block;min-width:{"26px" if len(shown) < 3 else "40px"};padding:11px 8px;'
        f"font-size:18px;line-height:22px;font-weight:600;text-align:center;text-decoration:none;"
        f'color:{on(ground)}">{escape(shown)}</a></td></tr></table></td></tr></table>'
    )


def _gap(letter: SurveyLetter) -> str:
    """Between two numbers: eleven of them fit on one line of a wide letter, six on a narrow telephone's."""
    return "6px" if letter.rating and len(letter.rating.values) > 7 else "10px"


def _ends(rating: Rating) -> str:
    if not (rating.low and rating.high):
        return ""
    first, last = rating.values[0][1], rating.values[-1][1]
    return (
        f"{escape(first)} = {escape(one_line(rating.low))} &nbsp; {escape(last)} = {escape(one_line(rating.high))}<br>"
    )


def _brand(letter: SurveyLetter) -> str:
    name = escape(one_line(letter.brand))
    if letter.logo and _LOGO.fullmatch(letter.logo):
        name = f'<img src="{escape(letter.logo)}" alt="{name}" height="36" style="height:36px;border:0;display:block">'
    return f'<p class="i" style="margin:0 0 20px;font-size:16px;font-weight:700;color:{_INK}">{name}</p>'


def _words(letter: SurveyLetter) -> str:
    style = f"margin:0 0 16px;font-size:16px;line-height:1.55;color:{_INK}"
    return "".join(f'<p class="i" style="{style}">{_linked(letter, part)}</p>' for part in letter.paragraphs())


def _linked(letter: SurveyLetter, paragraph: str) -> str:
    """A paragraph of the text; the link within it can be pressed."""
    link = escape(letter.link)
    pressed = f'<a class="l" href="{link}" style="color:{readable(colour(letter.accent, ACCENT), _PAPER)}">{link}</a>'
    return escape(paragraph).replace(link, pressed).replace("\n", "<br>")


def _ask(letter: SurveyLetter) -> str:
    """The rating, and one button to the page: it leads on without one, and is the quiet second where there is one."""
    if letter.rating:
        quiet = f"color:{readable(colour(letter.accent, ACCENT), _PAPER)};font-size:15px;line-height:1.5"
        link = f'<a class="l" href="{escape(letter.link)}" style="{quiet}">{escape(letter.say("button"))}</a>'
        return f'{rating_row(letter)}<p style="margin:18px 0 0">{link}</p>'
    ground = colour(letter.accent, ACCENT)
    return (
        f'<table {_TABLE} style="margin:8px 0 0"><tr><td class="n" bgcolor="{ground}" '
        f'style="background:{ground};border:1px solid {ground};border-radius:10px"><a href="{escape(letter.link)}" '
        f'style="{_FONT};display:block;padding:14px 26px;font-size:17px;line-height:22px;font-weight:600;'
        f'text-decoration:none;color:{on(ground)}">{escape(letter.say("button"))}</a></td></tr></table>'
    )


def _foot(letter: SurveyLetter) -> str:
    out = f'<a class="s" href="{escape(letter.stop_link)}" style="color:{_SOFT}">{escape(letter.say("stop"))}</a>'
    return (
        f'<tr><td class="s" align="{_start(letter)}" style="{_FONT};font-size:13px;line-height:1.6;color:{_SOFT};'
        f'padding:16px 20px 0">{escape(letter.say("why"))}<br>{out}</td></tr>'
    )


def _night(letter: SurveyLetter) -> str:
    """The colours for dark mode; the border keeps a dark button apart from the dark paper."""
    accent = colour(letter.accent, ACCENT)
    return (
        "@media (prefers-color-scheme:dark){"
        f".g{{background:{_NIGHT_GROUND}!important}}"
        f".p{{background:{_NIGHT_PAPER}!important;border-color:{_NIGHT_LINE}!important}}"
        f".i{{color:{_NIGHT_INK}!important}}.s{{color:{_NIGHT_SOFT}!important}}"
        f".l{{color:{readable(accent, _NIGHT_PAPER)}!important}}"
        f".n{{border-color:{readable(accent, _NIGHT_PAPER)}!important}}}}"
    )


def _start(letter: SurveyLetter) -> str:
    return "right" if letter.direction == "rtl" else "left"


def _fills(letter: SurveyLetter) -> dict[str, str]:
    values = {"link": letter.link, "stop_link": letter.stop_link, "brand": letter.brand}
    values |= {"agent": letter.agent, "customer": letter.customer}
    return {name: escape(one_line(value)) for name, value in values.items()} | {"rating": rating_row(letter)}
