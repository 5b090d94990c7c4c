"""The replay page: who may try what, how a fault is told, and what is shown of the result."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.waiting import wait_until
from tests.web.house import QUEUES, Clock
from tonval.fieldwork import invitations
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import read_interaction
from tonval.fieldwork.reading import Reading
from tonval.fieldwork.replaying import replays
from tonval.store.tables import metadata, users

SignedIn = Callable[[str], FlaskClient]


@pytest.fixture
def told(office: Field, clock: Clock) -> Field:
    """Three calls of an hour ago: one too short, two asked about."""
    for place, talk in enumerate((8, 60, 90)):
        customer = {"phone": f"+4670174060{place + 6}"}
        document = {"id": f"c-{place}", "kind": "call", "queue": "sales", "customer": customer, "talk_seconds": talk}
        invitations.report(office, read_interaction(Reading(document, ""), office.centre))
    clock.time += timedelta(hours=1)
    return office


def start(client: FlaskClient, office: Field, **data: Any) -> str:
    """Start a replay and wait for its result; gives the page."""
    answer = client.post("/desk/replay", data={"since": "30d", **data}, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.get_data(as_text=True)
    run = answer.location.rpartition("/")[2]
    wait_until(lambda: (found := replays.find_run(office, run)) is not None and found.state != "running")
    return client.get(answer.location).get_data(as_text=True)


def test_a_setting_of_one_queue_is_tried_and_its_effect_is_shown(told: Field, signed_in: SignedIn) -> None:
    page = start(signed_in("admin"), told, by="terms", queue="sales", min_talk="5s")
    assert "Invited 2 → 3 (+1)" in page
    assert "The present file with sales: min_talk 5s" in page
    assert 'href="/desk/asked/call/c-0"' in page
    assert "talk too short" in page


def test_a_whole_file_is_tried_as_it_is_typed_or_sent(told: Field, signed_in: SignedIn) -> None:
    client, changed = signed_in("admin"), QUEUES.replace("min_talk: 15s", "min_talk: 75s").strip()
    assert "Invited 2 → 1 (−1)" in start(client, told, by="file", document=changed.replace("\n", "\r\n"))
    sent = (io.BytesIO(changed.encode()), "new.yaml")
    assert "Invited 2 → 1 (−1)" in start(client, told, by="file", document="", file=sent)
    assert "Tried lately" in client.get("/desk/replay").get_data(as_text=True)


def test_the_same_file_is_told_to_change_nothing(told: Field, signed_in: SignedIn) -> None:
    page = start(signed_in("admin"), told, by="file", document=told.centre.document)
    assert "(the same as now)" in page
    assert "nothing decided otherwise" in page


def test_an_empty_period_is_told_as_such(office: Field, signed_in: SignedIn) -> None:
    assert "No contacts in this period" in start(signed_in("admin"), office, by="terms", queue="sales", sample="3")


def test_every_fault_of_a_file_stands_beside_it_with_its_line_and_nothing_typed_is_lost(
    office: Field, signed_in: SignedIn
) -> None:
    broken = "brand: x\nqueues:\n  a: {survey: b, channel: fax}\n"
    answer = signed_in("admin").post("/desk/replay", data={"by": "file", "document": broken, "since": "7d"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "<b>Line 3</b>" in page
    assert "channel: fax}" in page
    assert 'value="7d"' in page


FAULTS = [
    ({"by": "terms", "queue": "sales"}, "Fill in at least one setting."),
    ({"by": "terms", "queue": "gone", "sample": "2"}, "Choose a queue."),
    ({"by": "terms", "queue": "sales", "min_talk": "long"}, "is not a length of time such as 15s"),
    ({"by": "terms", "queue": "sales", "sample": "0"}, "sample"),
    ({"by": "terms", "queue": "sales", "cap": "{person: 1d}"}, "is not a length of time"),
    ({"by": "terms", "queue": "sales", "quiet_hours": "late"}, "must be two times of day"),
    ({"by": "terms", "queue": "sales", "sample": "2", "since": "soon"}, "neither a length of time such as 30d"),
    ({"by": "terms", "queue": "sales", "sample": "2", "since": "2099-01-01"}, "must begin before it ends"),
    ({"by": "file", "document": "#" * (256 * 1024 + 1)}, "larger than 256 kB"),
    ({"by": "file", "document": "- no\n- file"}, "must be a mapping"),
]


@pytest.mark.parametrize(("data", "sentence"), FAULTS)
def test_what_cannot_be_tried_is_refused_in_words(
    office: Field, signed_in: SignedIn, data: dict[str, str], sentence: str
) -> None:
    answer = signed_in("admin").post("/desk/replay", data={"since": "30d", **data})
    assert answer.status_code == 400
    assert sentence in answer.get_data(as_text=True)
    assert replays.recent_runs(office) == []


def test_a_file_that_is_no_text_is_refused(office: Field, signed_in: SignedIn) -> None:
    data = {"by": "file", "since": "30d", "file": (io.BytesIO(b"\xff\xfe\x00"), "new.yaml")}
    answer = signed_in("admin").post("/desk/replay", data=data, content_type="multipart/form-data")
    assert (answer.status_code, "not UTF-8" in answer.get_data(as_text=True)) == (400, True)


def test_only_one_runs_at_a_time_and_the_second_one_is_shown_the_first(office: Field, signed_in: SignedIn) -> None:
    run = replays.start(office, "The file typed", "admin")
    client = signed_in("admin")
    answer = client.post("/desk/replay", data={"by": "terms", "queue": "sales", "sample": "2", "since": "30d"})
    assert answer.location == f"/desk/replay/{run}"
    assert "0 % of the period" in client.get(answer.location).get_data(as_text=True)


def test_one_whose_process_died_is_told_and_another_may_start(office: Field, signed_in: SignedIn, clock: Clock) -> None:
    run = replays.start(office, "The file typed", "admin")
    clock.time += timedelta(minutes=3)
    assert "The server was stopped" in signed_in("admin").get(f"/desk/replay/{run}").get_data(as_text=True)
    assert "Tried by" in start(signed_in("admin"), office, by="terms", queue="sales", sample="3")


def test_only_the_last_results_are_kept(office: Field, clock: Clock) -> None:
    for _ in range(replays.KEPT + 3):
        last = replays.start(office, "The file typed", "admin")
        clock.time += timedelta(minutes=3)
    assert [len(replays.recent_runs(office)), replays.recent_runs(office)[0].id] == [replays.KEPT, last]


def test_nothing_of_a_file_is_kept(told: Field, signed_in: SignedIn) -> None:
    start(signed_in("admin"), told, by="file", document=told.centre.document + "\n# a secret thought\n")
    with told.unit.read() as tx:
        rows = {table.name: str(tx.execute(table.select()).all()) for table in metadata.sorted_tables}
    assert [name for name, written in rows.items() if "secret thought" in written] == []


@pytest.mark.parametrize(
    ("name", "looks", "starts"), [("admin", 200, 302), ("head", 200, 403), ("sam", 403, 403), ("anna", 403, 403)]
)
def test_admins_start_and_whoever_may_see_everybody_looks(
    office: Field, signed_in: SignedIn, name: str, looks: int, starts: int
) -> None:
    if name == "head":
        name = "sam"
        with office.unit.begin() as tx:
            tx.execute(users.update().where(users.c.name == name).values(unit=""))
    client = signed_in(name)
    assert client.get("/desk/replay").status_code == looks
    sent = client.post("/desk/replay", data={"by": "terms", "queue": "sales", "sample": "2", "since": "30d"})
    assert sent.status_code == starts
    if starts == 302:
        wait_until(lambda: replays.recent_runs(office)[0].state == "done")


def test_an_unknown_one_is_not_there(signed_in: SignedIn) -> None:
    assert signed_in("admin").get("/desk/replay/rpl_none").status_code == 404


def test_the_form_comes_first_until_something_has_been_tried(told: Field, signed_in: SignedIn) -> None:
    client = signed_in("admin")
    before = client.get("/desk/replay").get_data(as_text=True)
    assert before.index("Try a setting") < before.index("Nothing has been tried yet")
    start(client, told, by="terms", queue="sales", min_talk="5s")
    after = client.get("/desk/replay").get_data(as_text=True)
    assert after.index("Tried lately") < after.index("Try a setting")
