"""docs/queues.md says what the reader of queues.yaml knows, and every example in it is one the reader takes."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tonval.fieldwork import numbers, queues, routing
from tonval.fieldwork.calling_back import opening
from tonval.fieldwork.calls import calling
from tonval.fieldwork.messaging import tariff
from tonval.fieldwork.privacy import terms
from tonval.surveys.document import read_document

PAGE = Path(__file__).parents[2].joinpath("docs/queues.md").read_text(encoding="utf-8")
WHOLE = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]

Place = Callable[[dict[str, Any]], dict[str, Any]]

SECTIONS: dict[str, tuple[tuple[str, ...], Place]] = {
    "The file": (routing.ROOT_KEYS, lambda file: file),
    "Defaults and queues": (queues.TERM_KEYS, lambda file: file["queues"]["sales"]),
    "Defaults only": (routing.OWN_DEFAULT_KEYS, lambda file: file["defaults"]),
    "Caps": (queues.CAP_KEYS, lambda file: file["defaults"]["cap"]),
    "Call-backs": (opening.OPENING_KEYS, lambda file: file["queues"]["relations"]["call_back"]),
    "Calls": (calling.CALL_KEYS, lambda file: file["queues"]["support"]["call"]),
    "A queue": (queues.OWN_KEYS, lambda file: file["queues"]["relations"]),
    "Numbers": (numbers.NUMBER_KEYS, lambda file: file["numbers"]["+46701740605"]),
    "SMS": (tariff.SMS_KEYS, lambda file: file["sms"]),
    "Periodic": (routing.PROGRAM_KEYS, lambda file: file["periodic"]["relations"]),
    "Alerts": (routing.ALERT_KEYS, lambda file: file["alerts"]["low-nps"]),
    "Agents": (routing.AGENT_KEYS, lambda file: file["agents"]["anna"]),
    "Retention": (tuple(terms.USUAL_RETENTION), lambda file: file["retention"]),
}


def rows(section: str) -> list[list[str]]:
    """The cells of the section's table, without its heading."""
    text = PAGE.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:3] == "| `"]


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_the_reader_knows_is_explained_and_no_other(section: str) -> None:
    assert sorted(row[0].strip("`") for row in rows(section)) == sorted(SECTIONS[section][0])


@pytest.mark.parametrize("section", SECTIONS)
def test_every_row_has_meaning_default_and_example(section: str) -> None:
    assert all(len(row) == 4 and all(row) for row in rows(section))


def test_the_whole_example_is_read() -> None:
    assert set(routing.read_centre(WHOLE).queues) == {"support", "sales", "billing", "care", "relations"}


EXAMPLES = [(section, row[3].strip("`")) for section in SECTIONS for row in rows(section)]


@pytest.mark.parametrize(("section", "example"), EXAMPLES, ids=[f"{section}: {text}" for section, text in EXAMPLES])
def test_every_example_is_read_in_its_place(section: str, example: str) -> None:
    file = yaml.safe_load(WHOLE)
    place, given = SECTIONS[section][1](file), read_document(example).data
    for key, value in given.items():
        old = place.get(key)
        place[key] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else copy.deepcopy(value)
    routing.read_centre(yaml.safe_dump(file, allow_unicode=True))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_example_is_of_its_own_key(section: str) -> None:
    examples = {row[0].strip("`"): read_document(row[3].strip("`")).data for row in rows(section)}
    assert {key: list(example) for key, example in examples.items()} == {key: [key] for key in examples}
