"""Where each thing is set up: the sections of the front page."""

from __future__ import annotations

from flask import current_app

from tonval.surveys.sentences import Sentence, sentence
from tonval.web.desk.setup.entries import Sheet
from tonval.web.desk.setup.queue_sheet import QUEUES
from tonval.web.desk.setup.sheets import COMPANY, LOOK, NUMBERS, PEERS, RETENTION, RULES, SIGN_IN, SMS, TRUNK
from tonval.web.desk.setup.ways import ways_of

Section = tuple[Sentence, tuple[tuple[str, Sentence, Sentence], ...]]
"""A title, and under it path, name and a sentence for each page."""


def sections() -> tuple[Section, ...]:
    """Every page an admin sets something up on."""
    providers = ("/admin/providers", sentence("Providers"), sentence("Twilio, an operator, mail: connect and try them"))
    sign_on = (
        (
            "/admin/providers/sign-on",
            sentence("Single sign-on"),
            sentence("Let colleagues come in with the account they have"),
        ),
        _page(SIGN_IN),
    )
    asking = (
        ("/desk/surveys", sentence("Surveys"), sentence("What is asked, in which languages and how it looks")),
        ("/desk/prompts", sentence("Prompts"), sentence("What callers hear: upload, record, compare")),
        _page(RULES),
        ("/desk/blocklist", sentence("Blocklist"), sentence("Who is never asked, whatever the rules say")),
    )
    reached = (_page(NUMBERS), *((providers,) if ways_of(current_app) else ()), _page(SMS), _page(PEERS), _page(TRUNK))
    people = (
        ("/admin/organisation", sentence("Units and agents"), sentence("Who belongs where")),
        ("/admin/people", sentence("People"), sentence("Who may sign in, as what and where")),
        *(sign_on if ways_of(current_app) else sign_on[1:]),
        ("/admin/keys", sentence("API keys"), sentence("What lets other programs report and read")),
        ("/admin/audit", sentence("Audit log"), sentence("What changed, and by whom")),
        _page(RETENTION),
        ("/admin/privacy", sentence("Privacy"), sentence("Hand a customer what is kept of her, or erase it")),
    )
    return (
        (sentence("The centre"), (_page(COMPANY), _page(LOOK), _page(QUEUES), *asking)),
        (sentence("How customers are reached"), reached),
        (sentence("People and access"), people),
    )


def _page(sheet: Sheet) -> tuple[str, Sentence, Sentence]:
    return f"/admin/settings/{sheet.name}", sheet.title, sheet.intro
