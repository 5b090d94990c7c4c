"""Each part of a running house takes up a survey made in the browser before its next piece of work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.acting import acting
from tonval import app, opening, parts
from tonval.config import Config, load_config
from tonval.fieldwork import profiles
from tonval.fieldwork.conduct import Call
from tonval.fieldwork.field import Field
from tonval.ivr.sip.office import SipCarrier

FILE = """
queues:
  line: {channel: keypad}
  desk: {survey: nki, channel: keypad}
surveys:
  nki: {questions: [{id: helped, scale: nki, text: How did it go}]}
"""
SURVEY = "surveys: {phone: {questions: [{id: helped, scale: nki, text: How was the line}]}}"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """A home of its own, in which everybody looks as often as there is work."""
    monkeypatch.setattr("tonval.fieldwork.renewal.LOOK_EVERY", 0.0)
    (tmp_path / "queues.yaml").write_text(FILE)
    return load_config({"TONVAL_HOME": str(tmp_path), "TONVAL_QUEUES": str(tmp_path / "queues.yaml")})


def request(config: Config, office: Field) -> None:
    app.create_app(config, office).test_client().get("/healthz")


def batch(config: Config, office: Field) -> None:
    parts.duties(config, office)["merged"](1)


def tick(config: Config, office: Field) -> None:
    parts.chores(config, office)[0].run()


def call(config: Config, office: Field) -> None:
    begun = SipCarrier(office).begin_call(Call("sip", "a@pbx", "line"))
    assert [says.text for says in begun.says if says.slot == "question.helped"] == ["How was the line"]


@pytest.mark.parametrize("work", [request, batch, tick, call])
def test_a_part_that_has_run_since_before_asks_with_it(config: Config, work: Callable[[Config, Field], None]) -> None:
    running, desk = opening.open_field(config), opening.open_field(config)
    profiles.start(desk, "phone", SURVEY, "eva")
    profiles.publish(desk, "phone", 1, acting("eva"))
    profiles.assign(desk, "line", "", "phone", acting("eva"))
    assert not running.centre.queues["line"].survey
    work(config, running)
    assert running.centre.queues["line"].survey == "phone"


def test_a_house_that_starts_later_has_it_and_tells_what_is_missing(config: Config) -> None:
    desk = opening.open_field(config)
    assert any("names no survey" in fault.sentence for fault in desk.centre.warnings)
    profiles.start(desk, "phone", SURVEY, "eva")
    profiles.publish(desk, "phone", 1, acting("eva"))
    profiles.assign(desk, "line", "", "phone", acting("eva"))
    later = opening.open_field(config)
    assert later.centre == replace(desk.centre, warnings=later.centre.warnings)
    config.queues.write_text(FILE.replace("line: {", "line: {survey: phone, "))
    opening.check_file(config)
    assert opening.open_field(config).centre.queues["line"].survey == "phone"
