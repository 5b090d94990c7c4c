"""A field office whose number is the operator's, an SMSC, and the line between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.drivers.smsc import Smsc
from tests.sms.stage import OURS, Stage, stage_on
from tonval.fieldwork.field import Field
from tonval.sms.smpp import line
from tonval.sms.smpp.account import read_account
from tonval.sms.smpp.provider import SmppMessages
from tonval.store.unit import Unit

Connect = Callable[..., SmppMessages]
"""``connect("window=4")``: a line with these options, bound when it is first used or by ``listen``."""


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are made anew at once, and left without much patience."""
    monkeypatch.setattr(line, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(line, "LONGEST_PAUSE", 0.2)
    monkeypatch.setattr(line, "PARTING", 0.5)


@pytest.fixture
def stage(sqlite_url: str) -> Iterator[Stage]:
    """A field office on SQLite."""
    with stage_on(sqlite_url) as stage:
        yield by_smpp(stage)


@pytest.fixture
def stage_on_both(unit: Unit) -> Stage:
    """A field office, once on each kind of database."""
    return by_smpp(Stage(unit))


@pytest.fixture
def smsc() -> Iterator[Smsc]:
    """The message centre."""
    with Smsc() as smsc:
        yield smsc


@pytest.fixture
def connect(smsc: Smsc, request: pytest.FixtureRequest) -> Iterator[Connect]:
    """Makes lines from the stage to the centre, and ends them."""
    lines: list[SmppMessages] = []

    def connect(options: str = "answer=2s", office: Field | None = None) -> SmppMessages:
        name = "stage_on_both" if "stage_on_both" in request.fixturenames else "stage"
        lines.append(SmppMessages(read_account(smsc.url(options)), office or request.getfixturevalue(name).office))
        return lines[-1]

    yield connect
    for each in lines:
        each.close()


def by_smpp(stage: Stage) -> Stage:
    """The same stage with our number at the operator."""
    centre = stage.office.centre
    numbers = {**centre.numbers, OURS: replace(centre.numbers[OURS], provider="smpp")}  # type: ignore[index, dict-item]
    stage.office = replace(stage.office, centre=replace(centre, numbers=numbers))  # type: ignore[arg-type]
    return stage
