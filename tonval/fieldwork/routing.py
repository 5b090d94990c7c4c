"""Reading queues.yaml: every fault with its line, and the contact centre it describes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tonval.fieldwork.addition import add, config_of, parted
from tonval.fieldwork.calls.calling import check_calling
from tonval.fieldwork.centre import Centre, Person, Program, Queue
from tonval.fieldwork.colleagues.sign_on import read_sign_on
from tonval.fieldwork.countries import country_code
from tonval.fieldwork.deciding.zones import is_zone, usual_zone, zones_of_country
from tonval.fieldwork.dressing import read_look
from tonval.fieldwork.layers import Page, beside, is_here, laid, without
from tonval.fieldwork.messaging.tariff import read_texting
from tonval.fieldwork.misfits import check_programs, check_queues
from tonval.fieldwork.numbers import check_numbers, read_numbers
from tonval.fieldwork.peers import read_sip
from tonval.fieldwork.privacy.terms import read_retention
from tonval.fieldwork.queues import TERM_KEYS, read_defaults, read_queue
from tonval.surveys.alerts import DEFAULT_RULES, AlertRule
from tonval.surveys.document import BrokenDocument, Fault, Part, read_document
from tonval.surveys.languages import read_languages
from tonval.surveys.questionnaire import Form
from tonval.surveys.reader import read_forms, surveys_off
from tonval.surveys.scales import SCALES
from tonval.surveys.sentences import sentence
from tonval.translations.catalogs import ENGLISH, LANGUAGES

ROOT_KEYS: Final = (
    "brand",
    "country",
    "timezone",
    "staff_language",
    "numbers",
    "sms",
    "sip",
    "look",
    "defaults",
    "queues",
    "surveys",
    "periodic",
    "alerts",
    "agents",
    "units",
    "sign_in",
    "retention",
)
DEFAULT_BRAND: Final = "Tonval"
LONGEST_BRAND: Final = 100
OWN_DEFAULT_KEYS: Final = ("survey", "languages", "enough")
PROGRAM_KEYS: Final = ("queue", "list", "every", "spread")
ALERT_KEYS: Final = ("scale", "question", "at_most", "mail")
AGENT_KEYS: Final = ("name", "unit")

PERIODS: Final = {"day": timedelta(days=1), "month": timedelta(days=28), "quarter": timedelta(days=90)}
"""How often a periodic survey may ask, and how long the shortest such period lasts."""


NO_FILE: Final = "{}  # there is no queues.yaml: what stands in it elsewhere is set up in the browser\n"
"""What is read where there is no file."""

NOTHING: Final[Page] = MappingProxyType({})


def load_centre(path: Path, made_here: Collection[str] = (), page: Page = NOTHING) -> Centre:
    """Read the file over the ``page`` set up in the browser; its queues may also ask with the surveys ``made_here``.

    Raises ``BrokenDocument`` with file, line and reason for each fault.
    """
    return lay(text_of(path), page, frozenset(made_here), str(path))


def text_of(path: Path) -> str:
    """What the file says. Raises ``BrokenDocument``."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BrokenDocument([Fault(1, sentence("there is no such file"))], str(path)) from None
    except (OSError, UnicodeDecodeError) as broken:
        raise BrokenDocument(
            [Fault(1, sentence("cannot be read as UTF-8 text: %(broken)s", broken=broken))], str(path)
        ) from None


def read_centre(text: str, name: str = "queues.yaml", made_here: Collection[str] = (), page: Page = NOTHING) -> Centre:
    """Parse and check the whole file over the ``page``, or over what stands beneath it itself (``addition``).

    Warnings are kept in the centre, faults raise ``BrokenDocument``.
    """
    file, more = parted(text)
    return add(lay_strictly(file, more.page or page, more.surveys.union(made_here), name), more)


def lay(text: str, page: Page, made_here: frozenset[str] = frozenset(), name: str = "queues.yaml") -> Centre:
    """The file over the page; pieces of the page that do not fit any more are set aside, with a warning each.

    So a file that was changed since hinders no start. Raises ``BrokenDocument`` for what the file itself says.
    """
    aside: tuple[Fault, ...] = ()
    while True:
        try:
            centre = lay_strictly(text, page, made_here, name)
            return replace(centre, warnings=tuple(sorted({*centre.warnings, *aside})))
        except BrokenDocument as broken:
            wrong = [fault for fault in broken.faults if is_here(fault)]
            if not wrong:
                raise
        page = without(page, wrong)
        aside += tuple(
            Fault(0, sentence("%(words)s; it is set aside until then", words=fault.sentence), True, fault.path)
            for fault in wrong
        )


def lay_strictly(text: str, page: Page, made_here: frozenset[str] = frozenset(), name: str = "queues.yaml") -> Centre:
    """The file over the page. Raises ``BrokenDocument`` for a fault of either."""
    file = read_document(text, name)
    root = laid(file, page) if page else file
    if not root.part("queues").data and text != NO_FILE:
        root.fault(sentence("name at least one queue"), "queues" if "queues" in root.data else None)
    centre = _read(root, text, made_here)
    faults = [fault for fault in root.faults if not fault.warning]
    if faults:
        raise BrokenDocument(faults, name)
    return replace(centre, beneath=MappingProxyType(beside(file.data, page))) if page else centre


def _read(root: Part, text: str, made_here: frozenset[str]) -> Centre:
    root.only(ROOT_KEYS)
    country = _read_country(root)
    defaults = root.part("defaults")
    defaults.only((*TERM_KEYS, *OWN_DEFAULT_KEYS))
    brand = _read_brand(root)
    languages = read_languages(defaults)
    forms = read_forms(root, languages, brand)
    numbers, queues = read_numbers(root, country), _read_queues(root, defaults, country)
    programs = {name: _read_program(name, part) for name, part in root.parts("periodic")}
    check_queues(root, queues, forms, made_here)
    check_numbers(root, queues, numbers, country)
    check_programs(root, programs, queues)
    texting, sip = read_texting(root, country), read_sip(root, country)
    check_calling(root, queues, numbers, sip, texting)
    return Centre(
        config=config_of(text),
        document=text,
        brand=brand,
        country=country,
        zone=_read_zone(root, country),
        enough=defaults.number("enough", 10, lowest=1, highest=1000),
        queues=MappingProxyType(queues),
        numbers=MappingProxyType(numbers),
        forms=MappingProxyType(forms),
        off=surveys_off(root),
        programs=MappingProxyType(programs),
        alerts=_read_alerts(root, forms, made_here),
        agents=MappingProxyType(_read_agents(root)),
        units=MappingProxyType({unit: str(name) for unit, name in root.part("units").data.items()}),
        warnings=tuple(sorted({fault for fault in root.faults if fault.warning})),
        languages=languages,
        staff_language=_read_staff_language(root),
        made_here=made_here - forms.keys(),
        texting=texting,
        sip=sip,
        look=read_look(root),
        sign_on=read_sign_on(root.part("sign_in")),
        retention=read_retention(root.part("retention")),
    )


def _read_brand(root: Part) -> str:
    """What customers know the company by: it is said, written and filled into every SMS."""
    brand = (root.text("brand", DEFAULT_BRAND) or DEFAULT_BRAND).strip()
    if len(brand) > LONGEST_BRAND or not brand.isprintable():
        root.fault(sentence("must be one line of at most %(longest)s characters", longest=LONGEST_BRAND), "brand")
        return DEFAULT_BRAND
    return brand


def _read_country(root: Part) -> str:
    written = root.data.get("country")
    try:
        country = country_code("SE" if written is None else written)
    except ValueError as unknown:
        root.fault(str(unknown), "country")
        return "SE"
    if not zones_of_country(country):
        root.fault(sentence("the clocks of %(country)s are not known; name one nearby", country=country), "country")
        return "SE"
    return country


def _read_zone(root: Part, country: str) -> str:
    zone = root.text("timezone") or usual_zone(country)
    if not is_zone(zone):
        root.fault(sentence("“%(zone)s” is not a time zone such as Europe/Stockholm", zone=zone), "timezone")
    return zone


def _read_staff_language(root: Part) -> str:
    """What colleagues whose own language nobody knows are written to in."""
    return root.choice("staff_language", LANGUAGES, ENGLISH) or ENGLISH


def _read_queues(root: Part, defaults: Part, country: str) -> dict[str, Queue]:
    base = read_defaults(defaults, country)
    return {name: read_queue(name, part, base, country) for name, part in root.parts("queues")}


def _read_program(name: str, part: Part) -> Program:
    part.only(PROGRAM_KEYS)
    often = sentence("how often: every %(PERIODS)s", PERIODS=", ".join(PERIODS))
    for key, wanted in (("queue", sentence("which queue")), ("list", sentence("which list")), ("every", often)):
        if not part.data.get(key):
            part.fault(sentence("say %(wanted)s", wanted=wanted))
    every = part.choice("every", tuple(PERIODS), "month") or "month"
    spread = part.duration("spread", timedelta(0))
    if spread >= PERIODS[every]:
        part.fault(
            sentence("must be shorter than a %(every)s of %(days)sd", every=every, days=PERIODS[every].days), "spread"
        )
    return Program(name, part.text("queue") or "", part.text("list") or "", every, spread)


def _read_alerts(root: Part, forms: Mapping[str, Form], made_here: frozenset[str]) -> tuple[AlertRule, ...]:
    """The rules; one about a question that no survey of the file has may be about a survey made in the browser."""
    if "alerts" not in root.data:
        return DEFAULT_RULES
    questions = {question.id for form in forms.values() for question in form.questions}
    for _, part in root.parts("alerts"):
        question = part.text("question")
        if question is not None and question not in questions:
            words = sentence(
                "no survey %(made_here)shas a question called “%(question)s”",
                made_here="of the file " if made_here else "",
                question=question,
            )
            part.fault(words, "question", warning=bool(made_here))
    return tuple(_read_alert(name, part) for name, part in root.parts("alerts"))


def _read_alert(name: str, part: Part) -> AlertRule:
    part.only(ALERT_KEYS)
    scale, question = part.choice("scale", tuple(SCALES)), part.text("question")
    if scale is None and question is None:
        part.fault(sentence("say which scale or question the rule watches"))
    if "at_most" not in part.data:
        part.fault(sentence("say the highest answer that raises the alert: at_most"))
    return AlertRule(name, scale, question, part.number("at_most", 0, highest=10), part.texts("mail"))


def _read_agents(root: Part) -> dict[str, Person]:
    agents = {}
    for name, part in root.parts("agents"):
        part.only(AGENT_KEYS)
        agents[name] = Person(name, part.text("name", name) or name, part.text("unit", "") or "")
    return agents
