"""Letters as MIME: nothing a customer writes becomes a header or markup."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
from babel.support import NullTranslations

from tonval.fieldwork.colleagues.admissions import Purpose
from tonval.fieldwork.colleagues.admitting import Invitation
from tonval.mail import admission
from tonval.mail.addresses import BadAddress
from tonval.mail.letters import Letter, compose
from tonval.translations import telling

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SENDER = "Tonval <tonval@example.com>"
NASTY = "hello\r\nBcc: everyone@example.net\u2028X-Evil: yes\x00 <script>alert(1)</script>"


def parsed_back(mail: EmailMessage) -> EmailMessage:
    """The mail as it arrives."""
    return cast("EmailMessage", message_from_bytes(mail.as_bytes(), policy=default))


def test_no_text_can_add_a_header() -> None:
    mail = compose(Letter("alr_1", "eva@example.org", NASTY, [("Comment", NASTY)], "http://x.example"), SENDER, NOON)
    head = mail.as_bytes().split(b"\r\n\r\n", 1)[0]
    assert b"\nBcc:" not in head
    assert b"\nX-Evil" not in head
    assert mail["Subject"].startswith("hello Bcc: everyone@example.net")


def test_a_comment_is_text_in_html_too() -> None:
    mail = compose(
        Letter("alr_1", "eva@example.org", "Low", [("Comment", NASTY)], 'http://x.example/"><b>'), SENDER, NOON
    )
    page = parsed_back(mail).get_body(("html",))
    assert page is not None
    assert "<script>" not in page.get_content()
    assert '"><b>' not in page.get_content()


def test_the_same_letter_has_the_same_id_and_another_reader_another() -> None:
    def id_for(key: str, to: str) -> str:
        return str(compose(Letter(key, to, "Low", [], "http://x.example"), SENDER, NOON)["Message-ID"])

    assert id_for("alr_1", "eva@example.org") == id_for("alr_1", "eva@example.org")
    assert (
        len({id_for("alr_1", "eva@example.org"), id_for("alr_1", "bo@example.org"), id_for("alr_2", "bo@example.org")})
        == 3
    )
    assert id_for("alr_1", "eva@example.org").endswith("@example.com>")


@pytest.mark.parametrize(
    "to",
    [
        "",
        "eva",
        "eva@",
        "@example.org",
        "eva@example.org, bo@example.org",
        "eva@example.org\nBcc: x@example.org",
        "a b@c",
    ],
)
def test_what_is_no_single_address_is_refused(to: str) -> None:
    with pytest.raises(BadAddress):
        compose(Letter("alr_1", to, "Low", [], "http://x.example"), SENDER, NOON)


def test_every_line_is_plain_ascii_on_the_wire() -> None:
    mail = compose(
        Letter("alr_1", "Åsa <asa@example.org>", "Låg nöjdhet", [("Kommentar", "å" * 2000)], "http://x"), SENDER, NOON
    )
    wire = mail.as_bytes()
    assert wire.isascii()
    assert max(len(line) for line in wire.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    ("purpose", "said"), [(Purpose.INVITE, "Du är inbjuden"), (Purpose.RESET, "Ett nytt lösenord")]
)
def test_a_letter_with_a_link_is_told_in_its_readers_language(
    purpose: Purpose, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = {
        "You are invited to %(brand)s": "Du är inbjuden till %(brand)s",
        "A new password for %(brand)s": "Ett nytt lösenord till %(brand)s",
    }
    swedish = NullTranslations()
    monkeypatch.setattr(swedish, "ugettext", lambda message: words.get(message, message))
    monkeypatch.setattr(telling, "catalog", lambda language: swedish if language == "sv" else NullTranslations())
    letter = Invitation("adm_1", "eva@example.org", "eva", purpose, "https://desk.example/welcome")
    assert admission.compose(letter, "Nordlys", SENDER, NOON, "sv")["Subject"] == f"{said} till Nordlys"
    assert "Nordlys" in admission.compose(letter, "Nordlys", SENDER, NOON, "en")["Subject"]
    page = parsed_back(admission.compose(letter, "Nordlys", SENDER, NOON, "sv")).get_body(("html",))
    assert page is not None and '<html lang="sv">' in page.get_content()


@pytest.mark.parametrize(
    ("wishes", "language"), [(("sv", "en"), "sv"), ((None, "sv-SE"), "sv"), (("fi", "es"), "es"), ((), "en")]
)
def test_a_letter_is_in_the_first_language_that_there_is(wishes: tuple[str | None, ...], language: str) -> None:
    assert telling.readable(*wishes) == language
