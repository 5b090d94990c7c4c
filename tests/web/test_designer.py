"""The designer of surveys without a browser: who may do what, every button, two people at once, and hostile words."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.house import open_site
from tonval.fieldwork import profiles
from tonval.fieldwork.field import Field
from tonval.mail import trial
from tonval.opening import GAUGES
from tonval.surveys.writer import read_survey, write_survey
from tonval.web.desk.designer.starts import STARTS
from tonval.web.desk.designer.studio import Studio
from tonval.web.desk.designer.typed import pairs_of, settled

SignedIn = Callable[[str], FlaskClient]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
EVIL = "<script>alert(1)</script>\"'&{{7*7}}"


@pytest.fixture
def office(office: Field) -> Field:
    """The centre with a survey that is being made, "three"."""
    return replace(office, gauges=GAUGES)


@pytest.fixture
def site(office: Field) -> Flask:
    """The application with letters."""
    profiles.start(office, "three", write_survey("three", STARTS["web"].make()), "Maja")
    sent: list[str] = []
    studio = Studio(
        letter=lambda form, language, reminder: trial.show(office, form, language, reminder),
        post=lambda form, language, address: sent.append(address),
    )
    app = open_site(office, studio=studio)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, SENT=sent)
    return app


class _Fields(HTMLParser):
    """The fields of the draft's form, as a browser would post them."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self.inside = False
        self.select = ""
        self.area: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.inside = self.inside or (tag == "form" and "data-draft" in given)
        if not self.inside:
            return
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given) and "name" in given:
            self.pairs.append((given["name"], given.get("value", "on" if given.get("type") == "checkbox" else "")))
        if tag == "select":
            self.select = given["name"]
            self.first = True
        if tag == "option" and ("selected" in given or self.first) and "value" in given:
            self.pairs = [pair for pair in self.pairs if pair[0] != self.select] if not self.first else self.pairs
            self.pairs.append((self.select, given["value"]))
            self.first = False
        if tag == "textarea":
            self.area = [given["name"], ""]

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area[1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.area is not None:
            self.pairs.append((self.area[0], self.area[1].removeprefix("\n")))
            self.area = None
        self.inside = self.inside and tag != "form"


def _fields(page: str) -> dict[str, Any]:
    parser = _Fields()
    parser.feed(page)
    fields: dict[str, Any] = {}
    for name, value in parser.pairs:
        fields.setdefault(name, []).append(value)
    return fields


def _press(client: FlaskClient, do: str, name: str = "three", **typed: Any) -> TestResponse:
    fields = _fields(client.get(f"/desk/surveys/{name}").text)
    return client.post(f"/desk/surveys/{name}", data={**fields, "do": do, **typed})


def _data(office: Field, name: str = "three") -> dict[str, Any]:
    draft = profiles.profile(office, name).draft
    assert draft is not None
    return read_survey(draft)[1]


def _ids(office: Field) -> list[str]:
    return [question["id"] for question in _data(office)["questions"]]


LOOKS = ("", "/preview", "/preview/page", "/preview/letter", "/versions", "/use", ".yaml")
CHANGES = ("", "/publish", "/discard", "/translations", "/use", "/copy", "/archive", "/logo", "/preview/letter")


def _statuses(client: FlaskClient, paths: Iterable[str], name: str = "three") -> set[int]:
    return {client.get(f"/desk/surveys/{name}{path}").status_code for path in paths}


def test_supervisors_look_agents_may_not_and_admins_change(signed_in: SignedIn) -> None:
    admin, supervisor, agent = (signed_in(name) for name in ("admin", "sam", "anna"))
    changing = ("/translations", "/publish", "/logo")
    assert _statuses(supervisor, LOOKS) == {200}
    assert _statuses(agent, (*LOOKS, *changing)) == {403}
    assert agent.get("/desk/surveys").status_code == 403
    assert _statuses(admin, LOOKS, "nothing") == {404}
    assert _statuses(admin, changing) == {200}
    assert _statuses(supervisor, changing) == {403}
    assert _statuses(admin, changing, "sales-nps") == {403}


def test_only_admins_change_anything(signed_in: SignedIn, office: Field) -> None:
    before = profiles.profile(office, "three")
    for name in ("sam", "anna"):
        client = signed_in(name)
        paths = [f"/desk/surveys/three{path}" for path in (*CHANGES, "/versions/1/use")]
        answers = {client.post(path).status_code for path in (*paths, "/desk/surveys", "/desk/surveys/import")}
        assert answers == {403}
    assert profiles.profile(office, "three") == before


def test_every_change_needs_the_forms_token(site: Flask, signed_in: SignedIn) -> None:
    client = signed_in("admin")
    site.config["WTF_CSRF_ENABLED"] = True
    paths = ("/desk/surveys", "/desk/surveys/import", *(f"/desk/surveys/three{path}" for path in CHANGES))
    assert {client.post(path).status_code for path in paths} == {400}


def test_strangers_are_sent_to_sign_in(site: Flask) -> None:
    assert site.test_client().get("/desk/surveys").location.startswith("/login")


def test_the_list_tells_where_each_survey_stands(signed_in: SignedIn) -> None:
    page = signed_in("sam").get("/desk/surveys").text
    assert "Tre frågor om din kontakt" in page
    assert "from the file" in page
    assert "not published" in page
    assert "New survey" not in page
    assert "New survey" in signed_in("admin").get("/desk/surveys").text


def test_a_survey_is_made_from_every_start(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    for name, start in STARTS.items():
        answer = client.post("/desk/surveys", data={"start": name, "name": f"my-{name}"})
        assert answer.location == f"/desk/surveys/my-{name}"
        assert _data(office, f"my-{name}") == start.make()
        assert client.get(answer.location).status_code == 200


def test_a_name_that_is_taken_or_none_is_told(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    for name, told in (("three", "already"), ("a b", "no name"), ("sales-nps", "already")):
        answer = client.post("/desk/surveys", data={"start": "nki", "name": name})
        assert answer.status_code == 400
        assert told in answer.text


def test_the_designer_stands_in_the_desks_own_frame(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    for path in ("", "/three", "/three/preview", "/three/translations", "/three/publish", "/three/use", "/sales-nps"):
        page = client.get(f"/desk/surveys{path}").text
        assert 'href="/desk/agents"' in page
        assert 'href="/desk/surveys" aria-current="page"' in page


def test_saving_what_the_page_shows_changes_nothing(signed_in: SignedIn, office: Field) -> None:
    before = profiles.profile(office, "three")
    assert _press(signed_in("admin"), "save").status_code == 303
    assert profiles.profile(office, "three") == before


@pytest.mark.parametrize(
    ("do", "ids"),
    [
        ("add.questions", ["overall", "solved", "why", "reason"]),
        ("up.questions.2", ["overall", "why", "solved"]),
        ("down.questions.0", ["solved", "overall", "why"]),
        ("twin.questions.1", ["overall", "solved", "solved-2", "why"]),
        ("remove.questions.1", ["overall", "why"]),
    ],
)
def test_a_button_keeps_all_that_is_typed(signed_in: SignedIn, office: Field, do: str, ids: list[str]) -> None:
    typed = {"~kind": "choice", "questions.0.text.sv": "Nytt\r\nord", "link.en": "{link}"}
    answer = _press(signed_in("admin"), do, **typed)
    assert answer.status_code == (200 if do.startswith("remove") else 303)
    assert _ids(office) == ids
    kept = next(question for question in _data(office)["questions"] if question["id"] == "overall")
    assert kept["text"]["sv"] == "Nytt\nord"
    assert _data(office)["link"] == {"en": "{link}"}


def test_a_question_that_was_removed_comes_back_with_one_button(signed_in: SignedIn, office: Field) -> None:
    client, before = signed_in("admin"), _data(office)
    page = _press(client, "remove.questions.1").text
    assert "The question “solved” was removed" in page
    client.post("/desk/surveys/three", data={**_fields(page), "do": "restore"})
    assert _data(office) == before


def test_the_order_of_the_form_is_the_order_that_is_kept(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    fields = _fields(client.get("/desk/surveys/three").text)
    last_first = sorted(fields.items(), key=lambda field: not field[0].startswith("questions.2."))
    client.post("/desk/surveys/three", data=dict(last_first))
    assert _ids(office) == ["why", "overall", "solved"]


def test_options_are_added_moved_and_removed(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    _press(client, "add.questions", **{"~kind": "choices"})
    _press(client, "add.questions.3.options")
    assert [option["id"] for option in _data(office)["questions"][3]["options"]] == ["option-1", "option-2", "option-3"]
    _press(client, "up.questions.3.options.2")
    _press(client, "remove.questions.3.options.0")
    assert [option["id"] for option in _data(office)["questions"][3]["options"]] == ["option-3", "option-2"]


def test_a_fault_stands_beside_its_field_and_what_was_typed_is_kept(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    _press(client, "save", **{"questions.2.when": "overall <= or", "page.address": "ftp://x", "questions.0.id": "å ä"})
    page = client.get("/desk/surveys/three").text
    assert _data(office)["questions"][2]["when"] == "overall <= or"
    field = re.search(r'id="questions.2.when"[^>]*>', page)
    assert field is not None
    assert 'aria-invalid="true"' in field[0]
    assert "<mark>o</mark>" in page
    assert 'href="#at:questions.2.when"' in page
    assert 'value="ftp://x"' in page
    assert 'value="å ä"' in page
    assert "to mend before it can be published" in page


def test_an_sms_says_how_long_it_is_and_why(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    _press(client, "save", **{"questions.0.text.sv": "Hur nöjd är du? 😀"})
    page = client.get("/desk/surveys/three").text
    assert "1 SMS, 18 of 70 characters because of “😀”. To keep the short set: leave 😀 out" in page
    assert re.search(r">1 SMS, \d+ of 160 characters</p>", page)


def test_a_choice_is_measured_with_the_options_that_a_message_lists(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    _press(client, "add.questions", **{"~kind": "choice"})
    place = (
        sum(' data-item id="at:questions.' in line for line in client.get("/desk/surveys/three").text.splitlines()) - 1
    )
    _press(
        client, "save", **{f"questions.{place}.text.sv": "x" * 150, f"questions.{place}.options.0.text.sv": "y" * 30}
    )
    page = client.get("/desk/surveys/three").text
    assert ">2 SMS, 201 characters</p>" in page


def test_the_builder_writes_a_condition_and_goes_to_it(signed_in: SignedIn, office: Field) -> None:
    typed = {"~questions.1.name": "overall", "~questions.1.is": ">=", "~questions.1.value": "7"}
    answer = _press(signed_in("admin"), "when.questions.1", **typed)
    assert answer.location.endswith("#at:questions.1.when")
    assert _data(office)["questions"][1]["when"] == "overall >= 7"


def test_languages_are_added_put_first_and_taken_out_with_their_words_kept(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    _press(client, "language", **{"~language": "ar"})
    assert _data(office)["languages"] == ["sv", "en", "ar"]
    _press(client, "first.en")
    assert _data(office)["languages"] == ["en", "sv", "ar"]
    _press(client, "drop.sv")
    assert _data(office)["languages"] == ["en", "ar"]
    _press(client, "save")
    assert _data(office)["title"]["sv"] == "Tre frågor om din kontakt"


def test_two_people_get_both_texts_and_lose_nothing(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    fields = _fields(client.get("/desk/surveys/three").text)
    theirs = _data(office)
    theirs["questions"][1]["text"]["sv"] = "Blev det löst?"
    profiles.save(office, "three", write_survey("three", theirs), 1, "Kari")
    answer = client.post("/desk/surveys/three", data={**fields, "questions.0.text.sv": "Hur nöjd?", "do": "save"})
    assert answer.status_code == 409
    assert "Kari saved this survey" in answer.text
    assert re.search(r"<ins>\s*nöjd\?", answer.text)
    assert _data(office) == theirs
    areas = dict(re.findall(r'<textarea name="(~\w+)"[^>]*>\n(.*?)</textarea>', answer.text, re.S))
    chosen = re.findall(r'name="(~unit[^"]+)" value="(\w+)" checked', answer.text)
    assert dict(chosen) == {"~unit.questions.overall": "mine", "~unit.questions.solved": "theirs"}
    given = {name: unescape(text) for name, text in areas.items()} | dict(chosen)
    assert client.post("/desk/surveys/three", data={**given, "~seen": "2"}).status_code == 303
    texts = [question["text"]["sv"] for question in _data(office)["questions"][:2]]
    assert texts == ["Hur nöjd?", "Blev det löst?"]


def test_hostile_words_show_as_words_on_every_page(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    data = settled({**STARTS["web"].make(), "odd": EVIL, "thanks": {"promoter": {"sv": EVIL}}}, "sv")
    data["questions"].append({"id": "pick", "scale": "choice", "options": [{"id": "x", "text": {"sv": EVIL}}]})
    evil = [
        (name, text if name.endswith((".scale", ".id", ".layout", "languages")) else EVIL)
        for name, text in pairs_of(data)
        if name != "_"
    ]
    evil += [
        (name, EVIL) for name in ("page.logo", "page.address", "page.frames", "mail.html.sv", "prompts.welcome.sv")
    ]
    fields: dict[str, Any] = {}
    for name, text in evil:
        fields.setdefault(name, []).append(text)
    client.post("/desk/surveys/three", data={**fields, "~seen": "1", "do": "save"})
    for path in ("", "/preview", "/preview/page", "/translations", "/publish", "/versions", "/use"):
        page = client.get(f"/desk/surveys/three{path}").text
        assert "<script>alert" not in page, path
        assert "49" not in re.findall(r"&#39;&amp;(\S\S)", page), path
    assert EVIL in unescape(client.get("/desk/surveys/three").text)
    assert "<script>alert" not in signed_in("sam").get("/desk/surveys/three").text
    assert "<script>alert" not in client.get("/desk/surveys").text


def test_the_preview_follows_the_keys_and_stores_nothing(signed_in: SignedIn, office: Field) -> None:
    client, before = signed_in("sam"), profiles.profile(office, "three")
    page = client.get("/desk/surveys/three/preview?key=9&key=1&text=3&language=en").text
    assert "presses 9" in page
    assert "Every question was answered." in page
    assert "We are sorry. Thank you for telling us." in page
    assert profiles.profile(office, "three") == before


def test_the_page_in_the_preview_may_be_framed_here_and_nowhere_else(signed_in: SignedIn) -> None:
    client = signed_in("sam")
    answer = client.get("/desk/surveys/three/preview/page?at=why&language=en")
    assert "What could we have done better?" in answer.text
    assert "<script" not in answer.text
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    for theme, rule in (("dark", "@media all{"), ("light", "@media not all{")):
        themed = client.get(f"/desk/surveys/three/preview/page?theme={theme}")
        (style,) = re.findall(r"<style>(.*?)</style>", themed.text, re.S)
        assert rule in style
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in themed.headers["Content-Security-Policy"]
    other = client.get("/desk/surveys/three/preview")
    assert "frame-ancestors 'none'" in other.headers["Content-Security-Policy"]
    assert other.headers["X-Frame-Options"] == "DENY"


def test_a_letter_is_shown_and_sent_to_oneself(site: Flask, signed_in: SignedIn) -> None:
    client = signed_in("admin")
    letter = client.get("/desk/surveys/three/preview/letter?language=en")
    assert "How satisfied are you" in letter.text
    answer = client.post("/desk/surveys/three/preview/letter", data={"to": "me@example.com", "language": "en"})
    assert answer.status_code == 303
    assert site.config["SENT"] == ["me@example.com"]
    assert "A test letter is on its way to me@example.com." in client.get(answer.location).text


def test_translations_are_typed_copied_and_counted(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    page = "/desk/surveys/three/translations"
    client.post(page, data={"from": "sv", "to": "en", "language": "ar", "do": "add", "~seen": "1"})
    assert "0 of 7 texts" in client.get(f"{page}?from=sv&to=ar").text
    typed = {"title.ar": "أسئلة", "from": "sv", "to": "ar", "do": "copy", "~seen": "2"}
    client.post(page, data=typed)
    assert _data(office)["title"]["ar"] == "أسئلة"
    assert _data(office)["questions"][1]["text"]["ar"] == "Löste det ditt ärende?"
    assert "7 of 7 texts, all there" in client.get(f"{page}?from=sv&to=ar").text
    stale = client.post(page, data={**typed, "title.ar": "استبيان", "do": "save"})
    assert stale.status_code == 409
    assert "استبيان" in stale.text


def test_a_survey_is_published_changed_compared_and_taken_back(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    assert client.post("/desk/surveys/three/publish", data={"~seen": "1"}).location.endswith("/versions")
    _press(client, "save", **{"questions.1.text.en": "Was it solved?", "questions.0.scale": "labelled"})
    revision = profiles.profile(office, "three").revision
    page = client.get("/desk/surveys/three/publish").text
    assert "What is different from version 1" in page
    assert "Overall is counted apart: its scale was nki10 and is labelled" in page
    assert client.post("/desk/surveys/three/publish", data={"~seen": "1"}).status_code == 409
    client.post("/desk/surveys/three/publish", data={"~seen": revision})
    versions = client.get("/desk/surveys/three/versions").text
    assert "From version 1 to version 2" in versions
    assert "<ins>it " in versions
    client.post("/desk/surveys/three/versions/1/use")
    assert profiles.profile(office, "three").version == 1
    assert "It is never changed." in client.get("/desk/surveys/three/versions/2").text
    assert client.get("/desk/surveys/three/versions/9").status_code == 404
    assert client.post("/desk/surveys/three/versions/9/use").status_code == 404


def test_a_draft_with_faults_is_not_published(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    _press(client, "save", **{"questions.2.when": "nonsense !"})
    revision = profiles.profile(office, "three").revision
    assert client.post("/desk/surveys/three/publish", data={"~seen": revision}).status_code == 409
    assert profiles.profile(office, "three").version is None


def test_a_survey_is_exported_and_taken_in_again_to_the_byte(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    text = client.get("/desk/surveys/three.yaml").text
    sent = {"file": (io.BytesIO(text.encode()), "three.yaml"), "name": "four"}
    assert client.post("/desk/surveys/import", data=sent).location == "/desk/surveys/four"
    assert client.get("/desk/surveys/four.yaml").text == text.replace("three:", "four:")
    assert client.post("/desk/surveys/import", data={"document": text}).status_code == 400
    broken = client.post("/desk/surveys/import", data={"document": "surveys: [\n"})
    assert broken.status_code == 400
    assert "Line" in broken.text


def test_a_survey_of_the_file_is_shown_and_copied(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    assert "Hur troligt?" in client.get("/desk/surveys/sales-nps").text
    assert client.post("/desk/surveys/sales-nps", data={"title.sv": "x"}).status_code == 403
    assert "queues.yaml line" in client.get("/desk/surveys/sales-nps/use").text
    made = client.post("/desk/surveys/sales-nps/copy", data={"name": "mine"})
    assert made.location == "/desk/surveys/mine"
    assert _data(office, "mine")["questions"][0]["id"] == "recommend"


def test_a_survey_is_put_away_and_taken_out(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    client.post("/desk/surveys/three/archive")
    assert profiles.profile(office, "three").archived
    assert "Put away (1)" in client.get("/desk/surveys").text
    assert client.get("/desk/surveys/three").status_code == 200
    client.post("/desk/surveys/three/archive")
    assert not profiles.profile(office, "three").archived


def test_a_survey_is_given_to_tickets_and_taken_away(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    client.post("/desk/surveys/three/publish", data={"~seen": "1"})
    refused = client.post("/desk/surveys/three/use", data={"queue": "sales"})
    assert refused.status_code == 409
    assert "managed by the file" in refused.text
    client.post("/desk/surveys/three/use", data={"queue": "sales", "template": "refund"})
    assert "sales, tickets with refund" in client.get("/desk/surveys/three/use").text
    assert "sales, tickets with refund" in client.get("/desk/surveys").text
    assert client.post("/desk/surveys/three/archive").status_code == 409
    client.post("/desk/surveys/three/use", data={"queue": "sales", "template": "refund", "do": "take"})
    assert [each for each in profiles.assignments(office) if each.survey == "three"] == []


def test_a_file_that_is_no_logo_is_refused_in_words(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    for body, told in (
        (b"<svg xmlns='x'><script/></svg>", "An SVG can hold programs"),
        (b"GIF89a", "no PNG, JPEG or WebP"),
        (b"", "The file is empty"),
        (PNG + b"0" * 300_000, "larger than 200 kB"),
    ):
        answer = client.post("/desk/surveys/three/logo", data={"file": (io.BytesIO(body), "logo.png")})
        assert answer.status_code == 400
        assert told in answer.text


def test_a_logo_goes_into_the_draft_and_is_served_as_what_it_is(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    client.post("/desk/surveys/three/logo", data={"file": (io.BytesIO(PNG), "evil.svg")})
    address = _data(office)["page"]["logo"]
    served = client.get(address)
    assert (served.content_type, served.data) == ("image/png", PNG)
    assert f'src="{address}"' in client.get("/desk/surveys/three").text


def test_a_draft_is_thrown_away(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    client.post("/desk/surveys/three/publish", data={"~seen": "1"})
    _press(client, "remove.questions.0")
    seen = {"~seen": str(profiles.profile(office, "three").revision)}
    assert client.post("/desk/surveys/three/discard", data=seen).location == "/desk/surveys/three"
    assert profiles.profile(office, "three").draft is None
    assert "overall" in client.get("/desk/surveys/three").text


NONSENSE: list[tuple[str, dict[str, Any]]] = [
    ("/translations", {"to": "en", "~seen": "1", "questions.0.text.en": "a\x00b"}),
    ("/translations", {"to": "en", "~seen": "1", "questions.0.text.en": "a" * 450_000}),
    ("/publish", {"~seen": "9" * 5000}),
    ("/versions/99999999999999999999/use", {}),
    ("", {"~seen": "1", "do": "restore", "~removed": '[["questions",0],' + "[" * 900 + "]" * 900 + "]"}),
    ("", {"~seen": "1", "do": "restore", "~removed": '[["questions",99999999999999999999],{"id":"z"}]'}),
]


@pytest.mark.parametrize(("path", "form"), NONSENSE)
def test_nonsense_is_answered_and_breaks_nothing(signed_in: SignedIn, path: str, form: dict[str, Any]) -> None:
    client = signed_in("admin")
    assert client.post(f"/desk/surveys/three{path}", data=form).status_code < 500
    assert client.get("/desk/surveys/three").status_code == 200


def test_a_version_that_cannot_be_is_not_there(signed_in: SignedIn) -> None:
    assert signed_in("admin").get("/desk/surveys/three/versions/99999999999999999999").status_code == 404


def test_a_logo_takes_the_place_of_a_page_that_is_none(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    client.post("/desk/surveys/import", data={"document": "surveys:\n  odd:\n    page: hello\n"})
    sent = client.post("/desk/surveys/odd/logo", data={"file": (io.BytesIO(PNG), "logo.png")})
    assert sent.status_code == 303
    assert list(_data(office, "odd")["page"]) == ["logo"]


def test_a_draft_that_somebody_has_changed_meanwhile_is_not_thrown_away(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    _press(client, "remove.questions.0")
    assert client.post("/desk/surveys/three/discard", data={"~seen": "1"}).status_code == 409
    assert profiles.profile(office, "three").draft is not None
