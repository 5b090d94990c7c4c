"""The page of waves and its commands: programs, what came of each wave, and what the next would do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from tests.web.house import NUMBER, QUEUES, Clock
from tonval import opening, parts
from tonval.cli import main
from tonval.config import load_config
from tonval.fieldwork import asking, conduct
from tonval.fieldwork.conduct import Inbound
from tonval.fieldwork.field import Field
from tonval.fieldwork.periodic import lists, programs, waves
from tonval.fieldwork.respondents import Customer

SignedIn = Callable[[str], FlaskClient]
PHONES = [f"+4670174061{n}" for n in range(6)]


def fill(field: Field) -> None:
    """Six customers by telephone and one by e-mail alone, who cannot be asked by SMS."""
    for phone in PHONES:
        lists.put_contact(field, Customer(phone=phone), ["customers"])
    lists.put_contact(field, Customer(email="eva@example.com"), ["customers"])


def run(field: Field) -> None:
    """The clock and a worker, until there is nothing to do."""
    waves.start_due(field)
    while waves.go_on(field):
        pass


def text_of(page: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def read(client: FlaskClient, query: str = "") -> str:
    """The page's words."""
    answer = client.get(f"/desk/waves{query}")
    assert answer.status_code == 200
    return text_of(answer.text)


def test_a_program_without_a_list_waits_and_says_for_what(signed_in: SignedIn) -> None:
    page = read(signed_in("admin"), "?preview=relations")
    assert "relations every month, queue sales" in page
    assert "waits Nobody is on the list “customers”." in page
    assert "No wave has begun" in page
    assert "No contact lists yet" in page
    assert "Import contacts into it first" in page


def test_a_preview_says_how_many_would_be_asked_and_why_the_others_not(signed_in: SignedIn, office: Field) -> None:
    fill(office)
    page = read(signed_in("sam"), "?preview=relations")
    assert "relations 2026-11, by what is known now" in page
    assert "6 of 7 contacts would be asked" in page
    assert "no address 1" in page
    assert waves.find_wave(office.unit.engine.connect(), "relations", "2026-11") is None


def test_a_wave_shows_its_counts_and_the_share_who_answered(signed_in: SignedIn, office: Field, clock: Clock) -> None:
    fill(office)
    run(office)
    clock.forward(hours=1)
    asking.ask_due(office)
    for phone, words in ((PHONES[0], "9"), (PHONES[1], "STOP")):
        conduct.receive_message(
            office,
            Inbound("console", f"in-{phone}", phone, NUMBER, words, clock(), "stop" if words == "STOP" else None),
        )
    page = read(signed_in("sam"))
    assert "2026-12 begins" in page
    assert "7 contacts, ended" in page
    assert "no address 1" in page
    (course,) = programs.courses(office)
    assert (course.invited, course.suppressed, course.answered, course.dropped) == (6, 1, 1, 0)
    assert "17 % of the invited" in page
    assert "/desk/asked?queue=sales&amp;period=7d&amp;rule=no_address" in signed_in("sam").get("/desk/waves").text


def test_the_links_to_the_ledger_open(signed_in: SignedIn, office: Field) -> None:
    fill(office)
    run(office)
    client = signed_in("sam")
    links = re.findall(r'href="(/desk/asked\?[^"]+)"', client.get("/desk/waves").text)
    assert links
    assert all(client.get(link.replace("&amp;", "&")).status_code == 200 for link in links)


def test_whoever_opts_out_before_being_asked_is_shown_as_not_asked_after_all(office: Field, clock: Clock) -> None:
    fill(office)
    run(office)
    conduct.receive_message(office, Inbound("console", "in-1", PHONES[0], NUMBER, "STOP", clock(), "stop"))
    clock.forward(hours=1)
    asking.ask_due(office)
    (course,) = programs.courses(office)
    assert (course.invited, course.dropped, course.waiting) == (6, 1, 5)
    assert course.rate == 0


def test_agents_do_not_see_the_page_and_an_unknown_program_is_not_there(signed_in: SignedIn) -> None:
    assert signed_in("anna").get("/desk/waves").status_code == 403
    assert signed_in("admin").get("/desk/waves?preview=other").status_code == 404


def test_a_wave_whose_program_is_gone_is_shown_with_what_it_did(office: Field) -> None:
    fill(office)
    waves.start_due(office)
    waves.go_on(office, 3)
    gone = programs.courses(_without_programs(office))
    assert [course.waits for course in gone] == ["It is no longer in queues.yaml."]
    assert gone[0].share == pytest.approx(3 / 7)


def _without_programs(office: Field) -> Field:
    from dataclasses import replace

    return replace(office, centre=replace(office.centre, programs={}))


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Field:
    """An installation by its settings, as commands find it."""
    (tmp_path / "queues.yaml").write_text(QUEUES)
    settings = {"TONVAL_HOME": str(tmp_path), "TONVAL_QUEUES": str(tmp_path / "queues.yaml")}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    field = opening.open_field(load_config(settings))
    fill(field)
    return field


def command(*words: str) -> Result:
    """One command."""
    return CliRunner().invoke(main, list(words))


def test_the_commands_show_a_list_and_take_people_off_it(installed: Field) -> None:
    assert command("list", "show").output.split()[:2] == ["customers", "7"]
    told = [json.loads(line) for line in command("list", "members", "customers", "--json").output.splitlines()]
    assert sorted(each.get("phone", "") for each in told) == ["", *PHONES]
    done = command("list", "remove", "customers", "070-174 06 10", "eva@example.com")
    assert (done.exit_code, done.output) == (0, "2 taken off customers, 0 not on it\n")
    assert command("list", "remove", "customers", "eva@example.com", "nobody@example.com").exit_code == 1
    assert command("list", "show").output.split()[1] == "5"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("list", "members", "other"), "there is no list called “other”; known: customers"),
        (("list", "remove", "customers", "12"), "12: "),
        (("wave", "preview", "other"), "there is no program called “other” under periodic; known: relations"),
    ],
)
def test_a_wrong_name_is_one_line(installed: Field, words: tuple[str, ...], reason: str) -> None:
    done = command(*words)
    assert done.exit_code == 1
    assert reason in done.output
    assert done.output.count("\n") == 1


def test_the_commands_preview_a_wave_and_tell_of_those_that_were(installed: Field) -> None:
    assert "6 of 7 would be asked" in command("wave", "preview", "relations").output
    assert json.loads(command("wave", "preview", "relations", "--json").output)["rules"] == {"no_address": 1}
    assert "(Europe/Stockholm)" in command("wave", "preview", "relations").output
    assert command("wave", "list").output == ""
    run(installed)
    assert "6 invited, 1 not, 0 answered (0%); ended" in command("wave", "list").output
    told = json.loads(command("wave", "list", "--json").output)
    assert (told["invited"], told["suppressed"], told["rules"]) == (6, 1, {"no_address": 1})


def test_the_clock_begins_waves_and_a_worker_knows_how_to_go_on(installed: Field, tmp_path: Path) -> None:
    settings = load_config({"TONVAL_HOME": str(tmp_path), "TONVAL_QUEUES": str(tmp_path / "queues.yaml")})
    (chore,) = (each for each in parts.chores(settings, installed) if "waves" in each.name)
    chore.run()
    duties = parts.duties(settings, installed)
    assert {"wave", "merged"} <= set(duties)
    assert "wave" in opening.due_kinds(installed)
    while duties["wave"](100):
        pass
    assert [course.share for course in programs.courses(installed)] == [1]
