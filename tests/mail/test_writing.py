"""A survey letter as it arrives: plain words and HTML of the same, and one click to say stop."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mail.stage import CENTRE, SENDER, Stage, stage_on
from tonval.fieldwork import mailing
from tonval.mail.addresses import BadAddress, ascii_domain
from tonval.mail.asked import Rating, SurveyLetter
from tonval.mail.asking import letter_for
from tonval.mail.markup import page
from tonval.mail.words import WORDS
from tonval.mail.writing import compose, plain
from tonval.surveys.own_html import check_html
from tonval.surveys.page_words import LANGUAGES

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NASTY = "hello\r\nBcc: everyone@example.net\u2028X-Evil: yes\x00 </p><script>alert(1)</script>"
LINK, STOP = "https://survey.example.com/s/abc", "https://survey.example.com/u/def"
RATING = Rating("recommend", "How likely?", tuple((n, str(n)) for n in range(11)), "Not at all", "Very")
LETTER = SurveyLetter(
    "msg_1", "eva@example.org", "How did it go?", f"Hello\n\n{LINK}\n\nBye", LINK, STOP, "en", "Nordlys", rating=RATING
)


def arrived(letter: SurveyLetter, mailbox: str | None = None) -> EmailMessage:
    mail = compose(letter, SENDER, NOON, mailbox)
    return cast("EmailMessage", message_from_bytes(mail.as_bytes(), policy=default))


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return "\n".join(str(part.get_content()).splitlines())


class Links(HTMLParser):
    """The links of a page with their labels, and whether there is a script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str | None]] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "a":
            given_ = dict(attrs)
            self.found.append((given_["href"] or "", given_.get("aria-label")))


def test_the_headers_let_one_say_stop_by_one_click() -> None:
    mail = arrived(LETTER)
    assert mail["List-Unsubscribe"] == f"<{STOP}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "en"
    assert (mail["From"], mail["To"], mail["Subject"]) == (SENDER, "eva@example.org", "How did it go?")
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_a_long_mailbox_does_not_break_the_way_out() -> None:
    mailbox = f"{'r' * 60}@{'long.' * 20}example"
    (page_link, mail_link) = str(arrived(LETTER, mailbox)["List-Unsubscribe"]).split(", ")
    assert page_link == f"<{STOP}>"
    assert mail_link.startswith(f"<mailto:{mailbox}?subject=stop%20")
    assert mail_link.endswith(">")


def test_the_plain_part_has_the_words_the_question_the_link_and_the_way_out() -> None:
    assert body(arrived(LETTER), "plain") == (
        f"Hello\n\nBye\n\nHow likely? (0: Not at all, 10: Very)\n\n{LINK}\n\n"
        f"-- \nYou get this e-mail because you were in touch with Nordlys.\nI want no more questions: {STOP}"
    )


def test_every_number_is_a_link_that_only_chooses() -> None:
    links = Links(body(arrived(LETTER), "html")).found
    numbers = [(href, label) for href, label in links if "recommend=" in href]
    assert [href for href, _ in numbers] == [f"{LINK}?recommend={n}" for n in range(11)]
    assert [label for _, label in numbers] == ["0: Not at all", *map(str, range(1, 10)), "10: Very"]
    assert (LINK, None) in links
    assert (STOP, None) in links


@pytest.mark.parametrize(
    ("page_link", "linked"),
    [
        ("https://x.example/p?a=1", "https://x.example/p?a=1&recommend=9"),
        ("https://x.example/p#token", "https://x.example/p?recommend=9#token"),
    ],
)
def test_a_number_is_added_to_whatever_link_there_is(page_link: str, linked: str) -> None:
    assert RATING.link(page_link, 9) == linked


def test_nothing_that_is_written_becomes_a_header_or_markup() -> None:
    nasty = Rating("recommend", NASTY, RATING.values, NASTY, NASTY)
    letter = replace(LETTER, subject=NASTY, text=NASTY, brand=NASTY, customer=NASTY, rating=nasty, logo=NASTY)
    for each in (letter, replace(letter, html="<p>{customer}{brand}{rating}</p>")):
        mail = arrived(each)
        assert mail["Bcc"] is None and mail["X-Evil"] is None
        assert "script" not in Links(body(mail, "html")).tags


def test_a_letter_without_a_rating_has_a_button() -> None:
    links = Links(body(arrived(replace(LETTER, rating=None)), "html")).found
    assert links == [(LINK, None), (STOP, None)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_around_a_letter_are_there_in_every_language_of_the_pages(language: str) -> None:
    assert all(wordings[language] for wordings in WORDS.values())


def test_own_html_is_filled_with_escaped_words() -> None:
    own = '<p>{customer}</p><a href="{link}">go</a>{rating}<a href="{stop_link}">no</a><style>p {color: red}</style>'
    letter = replace(LETTER, html=own, customer="Eva & <Bo>", link=f'{LINK}?"x"')
    shown = page(letter)
    assert "<p>Eva &amp; &lt;Bo&gt;</p>" in shown
    assert "p {color: red}" in shown
    assert ("no" in shown) and 'href="https://survey.example.com/s/abc?&quot;x&quot;"' in shown
    assert check_html(own) == []


GOOD = '<a href="{link}">x</a><a href="{stop_link}">y</a>'
BAD = {
    "a script": "<script>alert(1)</script>",
    "a script in a comment": "<!--[if mso]><script>alert(1)</script><![endif]-->",
    "a broken script": "< script >",
    "an event": '<img src="https://x.example/a.png" OnError="alert(1)">',
    "javascript": '<a href="javascript:alert(1)">x</a>',
    "javascript in disguise": '<a href=" java&#10;script&colon;alert(1)">x</a>',
    "a data page": '<a href="data:text/html,x">x</a>',
    "a frame": "<iframe src='https://x.example'></iframe>",
    "a form": "<form action='https://x.example'></form>",
    "another base": "<base href='https://x.example'>",
    "a way elsewhere": "<meta http-equiv='refresh' content='0;url=https://x.example'>",
    "a style that runs": "<p style='width: expression(alert(1))'>x</p>",
    "a sheet that runs": "<style>p {behavior: url(x)}</style>",
    "an unknown placeholder": "{nobody}",
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_own_html_that_could_run_is_refused(bad: str) -> None:
    assert len(check_html(GOOD + bad)) == 1
    assert check_html(GOOD) == []


def test_own_html_must_lead_to_the_survey_and_to_the_way_out() -> None:
    assert len(check_html("<p>Hello</p>")) == 2
    assert check_html("{rating} {stop_link}") == []


@given(st.text(alphabet="<>/=\"' scriptonlk{}_:!-&#;x", max_size=60))
def test_any_text_can_be_checked(text: str) -> None:
    check_html(text)


@pytest.mark.parametrize(
    ("domain", "wire"),
    [
        ("example.com", "example.com"),
        ("räksmörgås.example", "xn--rksmrgs-5wao1o.example"),
        ("faß.example", "xn--fa-hia.example"),
        ("مثال.example", "xn--mgbh0fb.example"),
    ],
)
def test_a_domain_with_letters_of_its_own_goes_over_in_ascii(domain: str, wire: str) -> None:
    assert ascii_domain(domain) == wire


@pytest.mark.parametrize("domain", ["", "-x.example", "x..example", "a_b.example", "x" * 64 + ".example", "é" * 80])
def test_a_domain_that_is_none_is_refused(domain: str) -> None:
    with pytest.raises(BadAddress):
        ascii_domain(domain)


@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=40, deadline=None)
def test_any_words_make_a_letter_of_short_ascii_lines(text: str, subject: str, brand: str) -> None:
    letter = replace(LETTER, text=text, subject=subject, brand=brand)
    wire = compose(letter, SENDER, NOON).as_bytes()
    assert wire.isascii()
    assert max(len(each) for each in wire.split(b"\r\n")) <= 998
    mail = cast("EmailMessage", message_from_bytes(wire, policy=default))
    assert body(mail, "plain") == "\n".join(plain(letter).splitlines())


def test_the_letter_of_an_interview_is_in_its_language_and_colours(sqlite_url: str) -> None:
    look = '    page: {colours: {accent: "#0b6b3a"}, logo: "https://nordlys.example/logo.png"}\n'
    with stage_on(sqlite_url) as stage:
        told = Stage(stage.office.unit, CENTRE + look)
        told.queue("eva@example.org")
        (claimed,) = mailing.claim_due(told.office, 1)
        letter = letter_for(told.office, claimed)
    assert (letter.language, letter.direction, letter.brand, letter.agent) == ("sv", "ltr", "Nordlys", "Anna")
    assert (letter.accent, letter.logo) == ("#0b6b3a", "https://nordlys.example/logo.png")
    assert letter.rating is not None
    assert (letter.rating.text, letter.rating.low) == (
        "Hur troligt är det att du rekommenderar Nordlys?",
        "Inte alls troligt",
    )
