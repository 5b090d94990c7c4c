"""The respondent's page without a browser: what it answers to whom, what it keeps, and what it never does."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select, update

from tests.invariants import faults_of
from tests.web.house import Clock, open_house, open_site
from tests.web.survey_house import FILE, ask, customer, events_of, send, spoken, state_of
from tonval.fieldwork import conduct
from tonval.fieldwork.contacts import know_contacts
from tonval.fieldwork.field import Field
from tonval.fieldwork.respondents import Customer
from tonval.followup import alerts
from tonval.store.tables import alerts as alert_rows
from tonval.store.tables import events, interviews, links, pictures
from tonval.store.unit import Unit, open_unit
from tonval.surveys.dispositions import Disposition
from tonval.surveys.events import AnswerGiven, InterviewEnded
from tonval.surveys.page_words import LANGUAGES, usual
from tonval.surveys.state import Answer

UNKNOWN = "x" * 22


@pytest.fixture
def office(sqlite_url: str, clock: Clock) -> Iterator[Field]:
    """A centre with survey pages."""
    unit = open_unit(sqlite_url)
    yield open_house(unit, clock, FILE)
    faults = faults_of(unit)
    unit.engine.dispose()
    assert faults == []


@pytest.fixture
def site(office: Field) -> Flask:
    """The site with its locks on: nothing is let off for these tests."""
    return open_site(office)


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    """A customer's browser."""
    return customer(site)


def counted(unit: Unit) -> tuple[int, int, int]:
    """Events, ended interviews and links there are."""
    with unit.read() as tx:
        ended = select(func.count()).select_from(interviews).where(interviews.c.disposition.is_not(None))
        every, of_links = (select(func.count()).select_from(table) for table in (events, links))
        return tx.execute(every).scalar_one(), tx.execute(ended).scalar_one(), tx.execute(of_links).scalar_one()


def test_a_survey_is_answered_page_by_page_and_thanked_for_as_it_deserves(office: Field, client: FlaskClient) -> None:
    token = ask(office)
    first = client.get(f"/s/{token}")
    assert first.status_code == 200
    assert "Hur troligt är det att du rekommenderar Nordlys till en vän eller kollega?" in spoken(first)
    on = send(client, token, "recommend", recommend="9")
    assert (on.status_code, on.headers["Location"]) == (303, f"/s/{token}")
    assert "Vad var bra?" in spoken(client.get(on.headers["Location"]))
    done = send(client, token, "good", good=["1", "2"])
    assert done.status_code == 200
    assert "Tack! Så roligt att höra." in spoken(done)
    assert state_of(office, token).disposition is Disposition.COMPLETE
    assert [(one.question, one.value) for one in state_of(office, token).answers] == [
        ("recommend", 9),
        ("good", 0),
        ("good", 1),
        ("good", 2),
    ]


def test_a_reaction_stands_before_the_next_question_and_is_gone_after_it(office: Field, client: FlaskClient) -> None:
    token = ask(office)
    send(client, token, "recommend", recommend="3")
    page = spoken(client.get(f"/s/{token}"))
    assert page.index("Det var tråkigt att höra.") < page.index("Vad kunde vi ha gjort bättre?")
    send(client, token, "why", why="Kötiden.")
    assert "Det var tråkigt att höra." not in spoken(client.get(f"/s/{token}"))


def test_looking_changes_nothing_however_often_and_with_whatever_query(office: Field, client: FlaskClient) -> None:
    token = ask(office)
    before = counted(office.unit)
    for query in (
        "",
        "?recommend=9",
        "?recommend=9&good=1",
        "?recommend=x&lang=en",
        "?q.recommend=9&go=next&at=recommend",
    ):
        assert client.get(f"/s/{token}{query}").status_code == 200
        assert client.head(f"/s/{token}{query}").status_code == 200
    assert counted(office.unit) == before


def test_an_answer_picked_in_a_letter_is_marked_and_stored_only_when_it_is_sent(
    office: Field, client: FlaskClient
) -> None:
    token = ask(office)
    page = client.get(f"/s/{token}?recommend=9").get_data(as_text=True)
    assert re.search(r'value="9" checked', page)
    assert not re.search('" checked', client.get(f"/s/{token}?recommend=11").get_data(as_text=True))
    assert state_of(office, token).answers == ()


def test_another_answer_picked_in_the_letter_later_shows_its_page_again(office: Field, client: FlaskClient) -> None:
    token = ask(office)
    send(client, token, "recommend", recommend="9")
    page = client.get(f"/s/{token}?recommend=2").get_data(as_text=True)
    assert re.search(r'name="q.recommend" value="2" checked', page)
    assert "Vad var bra?" in spoken(client.get(f"/s/{token}?recommend=9"))


@pytest.mark.parametrize("verb", ["get", "post"])
def test_a_link_that_is_unknown_used_or_too_old_gets_the_same_bytes(
    office: Field, client: FlaskClient, clock: Clock, verb: str
) -> None:
    used, old = ask(office, "plain"), ask(office)
    for question in ("helped", "easy", "total", "solved", "about"):
        send(client, used, question, **{question: "1"})
    clock.forward(days=14, seconds=-1)
    assert client.get(f"/s/{old}").status_code == 200
    clock.forward(seconds=1)
    call = getattr(client, verb)
    for language in ("sv", "ar", "fr,sv", "tlh"):
        asked = {"headers": {"Accept-Language": language}}
        seen = [call(f"/s/{token}", **asked) for token in (UNKNOWN, used, old, "short", "å" * 22)]
        assert {each.status_code for each in seen} == {404}
        assert len({each.get_data() for each in seen}) == 1
        assert len({tuple(sorted(each.headers)) for each in seen}) == 1


def test_the_page_that_finished_the_survey_gets_its_thanks_again_and_is_not_kept_twice(
    office: Field, client: FlaskClient
) -> None:
    token = ask(office)
    send(client, token, "recommend", recommend="3")
    send(client, token, "why", why="Kötiden.")
    send(client, token, "good", good="1")
    first = send(client, token, "call", call="")
    kept = events_of(office, token)
    again = send(client, token, "call", call="")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.get_data() == again.get_data()
    assert events_of(office, token) == kept


@pytest.mark.parametrize(
    "fields",
    [
        {"at": "good", "good": "2"},
        {"at": "good", "good": []},
        {"at": "good", "good": "1", "go": "keep"},
        {"at": "good", "good": "1", "go": "back"},
        {"at": "good", "good": "1", "recommend": "9"},
        {"at": "recommend", "recommend": "9"},
        {"at": "why"},
        {"at": ""},
    ],
)
def test_any_other_page_for_a_used_link_gets_the_neutral_page(
    office: Field, client: FlaskClient, fields: dict[str, object]
) -> None:
    token = ask(office)
    send(client, token, "recommend", recommend="9")
    send(client, token, "good", good="1")
    kept = events_of(office, token)
    other = send(client, token, **fields)  # type: ignore[arg-type]
    assert other.status_code == 404
    assert other.get_data() == client.get(f"/s/{UNKNOWN}").get_data()
    assert events_of(office, token) == kept


def test_a_page_sent_twice_moves_on_once(office: Field, client: FlaskClient) -> None:
    token = ask(office)
    for _ in range(3):
        assert send(client, token, "recommend", recommend="9").status_code == 303
    assert [type(event) for event in events_of(office, token)].count(AnswerGiven) == 1
    assert "Vad var bra?" in spoken(client.get(f"/s/{token}"))


def test_back_keeps_what_was_filled_in_and_shows_what_was_answered(office: Field, client: FlaskClient) -> None:
    token = ask(office)
    send(client, token, "recommend", recommend="9")
    send(client, token, "good", "back", good="2")
    page = client.get(f"/s/{token}").get_data(as_text=True)
    assert re.search(r'name="q.recommend" value="9" id="[^"]*" checked|value="9" checked', page)
    assert state_of(office, token).values("good") == (0, 2)


def test_boxes_can_all_be_unticked(office: Field, client: FlaskClient) -> None:
    token = ask(office)
    send(client, token, "recommend", recommend="9")
    send(client, token, "good", "keep", good="2")
    client.post(f"/s/{token}", data={"at": "good", "go": "keep", "m.good": "1"})
    assert state_of(office, token).values("good") == ()


def test_a_required_question_is_asked_for_in_words_and_nothing_typed_is_lost(
    office: Field, client: FlaskClient
) -> None:
    token = ask(office)
    missing = send(client, token, "recommend")
    assert missing.status_code == 422
    assert usual("page.missing", "sv") in spoken(missing)
    assert "autofocus" in missing.get_data(as_text=True)
    assert 'aria-invalid="true"' in missing.get_data(as_text=True)
    assert 'aria-describedby="f-recommend-fault"' in missing.get_data(as_text=True)


def test_on_one_page_what_is_sound_is_kept_and_what_is_not_stays_in_its_field(
    office: Field, client: FlaskClient
) -> None:
    token = ask(office, "whole")
    send(client, token, "helped", "keep", helped="1")
    long = "å" * 4001
    refused = send(client, token, "helped", helped="2", what=long, good="1")
    assert refused.status_code == 422
    assert usual("page.too_long", "sv", {"most": "4000"}) in spoken(refused)
    assert long in refused.get_data(as_text=True)
    assert state_of(office, token).values("helped") == (2,)
    assert state_of(office, token).values("good") == (0, 1)
    assert send(client, token, "helped", helped="2", what="Allt.", good="1").status_code == 200


def test_on_one_page_an_answer_that_brings_a_question_shows_the_page_again_with_a_word(
    office: Field, client: FlaskClient
) -> None:
    token = ask(office, "whole")
    assert "Vad gick fel?" not in spoken(client.get(f"/s/{token}"))
    assert send(client, token, "helped", helped="1").status_code == 303
    page = spoken(client.get(f"/s/{token}"))
    assert "Vad gick fel?" in page
    assert usual("page.more", "sv") in page


@pytest.mark.parametrize(
    ("at", "fields", "status", "sentence"),
    [
        ("recommend", {"recommend": "11"}, 422, "page.unknown"),
        ("recommend", {"recommend": "-1"}, 422, "page.unknown"),
        ("recommend", {"recommend": "nine"}, 422, "page.unknown"),
        ("recommend", {"recommend": "٩"}, 422, "page.unknown"),
        ("recommend", {"recommend": ["8", "9"]}, 422, "page.unknown"),
        ("recommend", {"strange": "1"}, 422, "page.unknown"),
        ("recommend", {"recommend": "9", "why": "not asked"}, 422, "page.unknown"),
        ("good", {"good": "1"}, 409, "page.order"),
        ("strange", {}, 409, "page.order"),
        ("", {}, 409, "page.order"),
    ],
)
def test_what_cannot_be_taken_is_said_in_a_sentence(
    office: Field, client: FlaskClient, at: str, fields: dict[str, object], status: int, sentence: str
) -> None:
    token = ask(office)
    answer = send(client, token, at, **fields)
    assert answer.status_code == status
    assert usual(sentence, "sv") in spoken(answer)
    assert {event for event in events_of(office, token) if isinstance(event, InterviewEnded)} == set()


@pytest.mark.parametrize("text", ["a\x00b", "a\x07b", "a\x1b[31mb", "a\x85b"])
def test_control_characters_are_refused_and_the_rest_of_unicode_is_not(
    office: Field, client: FlaskClient, text: str
) -> None:
    token = ask(office)
    send(client, token, "recommend", recommend="3")
    refused = send(client, token, "why", why=text)
    assert refused.status_code == 422
    assert usual("page.strange", "sv") in spoken(refused)
    assert send(client, token, "why", why="Ӕ 👩‍👩‍👧 العربية\r\n\tzwei Zeilen").status_code == 303
    assert state_of(office, token).words("why") == "Ӕ 👩‍👩‍👧 العربية\n\tzwei Zeilen"


def times_on(page: str) -> list[str]:
    """The values of the times to be called at."""
    return re.findall(r'name="q\.call" value="([^"]+)"', page)


def _to_the_call(client: FlaskClient, token: str) -> str:
    send(client, token, "recommend", recommend="3")
    send(client, token, "why", why="Kötiden.")
    send(client, token, "good", good="1")
    return client.get(f"/s/{token}").get_data(as_text=True)


def test_a_time_to_be_called_is_chosen_with_the_number_to_call(office: Field, client: FlaskClient) -> None:
    token = ask(office)
    page = _to_the_call(client, token)
    assert "måndag 23 november" in page
    chosen = times_on(page)[0]
    refused = send(client, token, "call", call=chosen, call__phone="12")
    assert refused.status_code == 422
    assert usual("page.bad_phone", "sv") in spoken(refused)
    assert 'value="12"' in refused.get_data(as_text=True)
    assert re.search(rf'value="{re.escape(chosen)}" checked', refused.get_data(as_text=True))
    assert send(client, token, "call", call=chosen, call__phone="070-174 06 06").status_code == 200
    wish = state_of(office, token).call_back
    assert wish is not None
    assert (wish.moment.isoformat(), wish.phone) == (chosen, "+46701740606")


def test_whoever_leaves_the_number_out_is_called_where_we_know_her(office: Field, client: FlaskClient) -> None:
    token = ask(office)
    with office.unit.begin() as tx:
        (eva,) = know_contacts(tx, office, [Customer(phone="+46701740606")])
        tx.execute(update(interviews).values(contact=eva.id))
    chosen = times_on(_to_the_call(client, token))[0]
    assert send(client, token, "call", call=chosen, call__phone="").status_code == 200
    wish = state_of(office, token).call_back
    assert wish is not None and wish.phone == "+46701740606"


def test_a_time_that_another_was_faster_to_take_is_named_and_the_next_one_goes(
    office: Field, client: FlaskClient
) -> None:
    fast, slow = ask(office), ask(office)
    chosen, other, *_ = times_on(_to_the_call(client, fast))
    assert chosen in _to_the_call(client, slow)
    assert send(client, fast, "call", call=chosen, call__phone="0701740606").status_code == 200
    late = send(client, slow, "call", call=chosen, call__phone="0701740607")
    assert late.status_code == 422
    assert usual("page.time_gone", "sv") in spoken(late)
    assert chosen not in times_on(late.get_data(as_text=True))
    assert send(client, slow, "call", call=other, call__phone="0701740607").status_code == 200


@pytest.mark.parametrize("moment", ["2026-11-23T08:00:00", "2026-11-21T09:00:00+00:00", "soon", "9" * 400])
def test_a_time_that_was_never_offered_is_refused(office: Field, client: FlaskClient, moment: str) -> None:
    token = ask(office)
    _to_the_call(client, token)
    refused = send(client, token, "call", call=moment, call__phone="0701740606")
    assert (refused.status_code, usual("page.time_gone", "sv") in spoken(refused)) == (422, True)


def test_nobody_is_asked_for_a_time_when_none_is_free(office: Field, site: Flask) -> None:
    closed = replace(office.centre.queues["care"], call_back=None)
    centre = replace(office.centre, queues={**office.centre.queues, "care": closed})
    client = customer(open_site(replace(office, centre=centre)))
    token = ask(office)
    send(client, token, "recommend", recommend="3")
    send(client, token, "why", why="")
    assert usual("page.finish", "sv") in spoken(client.get(f"/s/{token}"))
    assert send(client, token, "good", good="1").status_code == 200


def test_the_language_is_switched_without_losing_anything_and_the_statistics_keep_theirs(
    office: Field, client: FlaskClient
) -> None:
    token = ask(office)
    switched = send(client, token, "recommend", "lang-ar", recommend="9")
    assert (switched.status_code, switched.headers["Location"]) == (303, f"/s/{token}?lang=ar")
    page = client.get(switched.headers["Location"]).get_data(as_text=True)
    assert '<html lang="ar" dir="rtl">' in page
    assert re.search(r'value="9" checked', page)
    on = client.post(f"/s/{token}", data={"at": "recommend", "lang": "ar", "q.recommend": "9"})
    assert on.headers["Location"] == f"/s/{token}?lang=ar"
    done = client.post(f"/s/{token}", data={"at": "good", "lang": "ar"})
    assert "شكرًا! يسعدنا ذلك." in spoken(done)
    assert state_of(office, token).language == "sv"


def test_a_language_the_survey_does_not_speak_is_passed_over(office: Field, client: FlaskClient) -> None:
    token = ask(office)
    assert '<html lang="sv"' in client.get(f"/s/{token}?lang=%0d%0aSet-Cookie:x").get_data(as_text=True)
    assert send(client, token, "recommend", "lang-xx", recommend="9").headers["Location"] == f"/s/{token}"


def test_no_cookie_is_set_or_makes_a_difference(office: Field, site: Flask, client: FlaskClient) -> None:
    token = ask(office)
    marked = site.test_client()
    for name in ("tonval", "tonval_theme"):
        marked.set_cookie(name, "dark")
    for path in (f"/s/{token}", f"/s/{UNKNOWN}"):
        with_cookies, without = marked.get(path), client.get(path)
        assert with_cookies.get_data() == without.get_data()
        assert "Set-Cookie" not in with_cookies.headers
    assert "Set-Cookie" not in send(marked, token, "recommend", recommend="9").headers


def test_the_headers_keep_the_address_to_its_customer(office: Field, client: FlaskClient) -> None:
    token = ask(office)
    for answer in (client.get(f"/s/{token}"), send(client, token, "recommend"), client.get(f"/s/{UNKNOWN}")):
        headers = answer.headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")


def test_only_the_pages_named_may_hold_the_survey_in_a_frame(office: Field, client: FlaskClient) -> None:
    framed, alone = client.get(f"/s/{ask(office)}"), client.get(f"/s/{ask(office, 'plain')}")
    assert "frame-ancestors https://www.example.com https://*.example.net" in framed.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed.headers
    assert "frame-ancestors 'none'" in alone.headers["Content-Security-Policy"]
    assert alone.headers["X-Frame-Options"] == "DENY"


def test_a_page_that_is_too_large_is_refused_and_says_what_was_kept(office: Field, client: FlaskClient) -> None:
    token = ask(office)
    send(client, token, "recommend", "keep", recommend="3")
    large = send(client, token, "why", why="x" * 70_000)
    assert large.status_code == 413
    assert usual("page.too_large", "sv") in spoken(large)
    assert f'href="/s/{token}"' in large.get_data(as_text=True)
    assert state_of(office, token).values("recommend") == (3,)
    assert send(client, UNKNOWN, "why", why="x" * 70_000).status_code == 404


def test_an_own_picture_is_kept_by_browsers_for_good(office: Field, client: FlaskClient) -> None:
    digest = "a" * 64
    row = {"digest": digest, "type": "image/png", "body": b"\x89PNG", "created_at": office.now()}
    with office.unit.begin() as tx:
        tx.execute(insert(pictures), row)
    found = client.get(f"/s/picture/{digest}")
    assert (found.status_code, found.data, found.content_type) == (200, b"\x89PNG", "image/png")
    assert found.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/s/picture/{'b' * 64}").status_code == 404
    assert client.get("/s/picture/..%2fsecrets").status_code == 404


def test_the_script_that_embeds_is_found_from_other_sites(client: FlaskClient) -> None:
    script = client.get("/s/embed.js")
    assert script.content_type == "text/javascript; charset=utf-8"
    assert script.headers["Cache-Control"] == "public, max-age=3600"
    assert "tonval:hello" in script.get_data(as_text=True)


def test_the_closed_page_speaks_every_language(client: FlaskClient) -> None:
    for language in LANGUAGES:
        page = client.get(f"/s/{UNKNOWN}", headers={"Accept-Language": language})
        assert usual("page.closed", language) in spoken(page)


def test_a_page_is_small_and_asks_for_nothing_more(office: Field, client: FlaskClient) -> None:
    token = ask(office)
    _to_the_call(client, token)
    page = client.get(f"/s/{token}").get_data()
    assert len(page) < 30_000
    assert len(gzip.compress(page)) < 10_000
    assert not re.search(rb'(src|href)="(?!#)', page)


def test_one_token_sent_by_fifty_at_once_gives_one_response(unit: Unit, clock: Clock) -> None:
    office = open_house(unit, clock, FILE)
    token, site = ask(office), open_site(office)
    send(customer(site), token, "recommend", recommend="9")
    gate, codes = threading.Barrier(50), []

    def rush(number: int) -> None:
        client = customer(site)
        gate.wait()
        codes.append(send(client, token, "good", good=str(1 + number % 2)).status_code)

    threads = [threading.Thread(target=rush, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ends = [event for event in events_of(office, token) if isinstance(event, InterviewEnded)]
    assert ends == [InterviewEnded(Disposition.COMPLETE)]
    assert (codes.count(200), codes.count(404)) == (25, 25)
    assert len([one for one in state_of(office, token).answers if one.question == "good"]) == 2


SCANNERS = {
    "Safe Links": ("HEAD", "GET"),
    "URL Defense": ("GET", "GET"),
    "URL Protection": ("HEAD", "HEAD", "GET"),
    "a preview in a chat": ("GET",),
    "a mail program that loads ahead": ("GET", "HEAD"),
    "an asking browser": ("OPTIONS", "GET"),
}
"""How link scanners of mail go about it: by their verbs, with and without what was picked in the letter."""


@pytest.mark.parametrize("scanner", SCANNERS)
def test_a_scanner_that_opens_the_link_answers_nothing_and_uses_nothing_up(
    office: Field, client: FlaskClient, scanner: str
) -> None:
    token = ask(office)
    before = counted(office.unit)
    headers = {"User-Agent": f"Mozilla/5.0 ({scanner})", "Purpose": "prefetch", "Sec-Purpose": "prefetch"}
    for query in ("", "?recommend=0", "?recommend=10&utm_source=mail"):
        for verb in SCANNERS[scanner] * 3:
            assert client.open(f"/s/{token}{query}", method=verb, headers=headers).status_code == 200
    assert counted(office.unit) == before
    assert send(client, token, "recommend", recommend="9").status_code == 303


PIECES = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</textarea><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}}",
    "${7*7}",
    "</style><b>",
    "<!--",
    "&lt;script&gt;",
    "\u202etxt.exe",
)


@pytest.mark.parametrize("piece", PIECES)
def test_what_a_customer_wrote_is_text_wherever_it_stands(office: Field, client: FlaskClient, piece: str) -> None:
    token = ask(office)
    send(client, token, "recommend", recommend="3")
    wordings = [f"{piece}{number}{piece}" for number in range(50)]
    send(client, token, "why", "keep", why="\n".join(wordings)[:4000])
    page = client.get(f"/s/{token}").get_data(as_text=True)
    start, end = page.index("<textarea"), page.index("</textarea>")
    assert "<" not in page[page.index(">", start) + 1 : end]
    assert page.count("<script>") == 1
    assert state_of(office, token).answers == (Answer("recommend", "nps", 3),)


def test_a_page_left_half_done_raises_its_alert_the_same_hour_and_only_once(
    office: Field, client: FlaskClient, clock: Clock
) -> None:
    token = ask(office)
    send(client, token, "recommend", recommend="1")
    assert alerts.apply_due(office, mail_from=None) == 0
    clock.forward(minutes=31)
    assert alerts.apply_due(office, mail_from=None) == 1
    clock.forward(days=30)
    assert conduct.expire_due(office) == 1
    assert alerts.apply_due(office, mail_from=None) == 1
    with office.unit.read() as tx:
        assert tx.execute(select(alert_rows.c.rule, alert_rows.c.value)).all() == [("low-nps", 1)]
