"""docs/surveys.md says what the reader of surveys knows, and every example in it is one the reader takes."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tonval.cli.surveys import survey as commands
from tonval.opening import GAUGES
from tonval.surveys import page_reader, reader
from tonval.surveys.document import read_document
from tonval.surveys.lint import Setting, lint_survey
from tonval.surveys.page_words import OWN
from tonval.surveys.questionnaire import Channel, Question
from tonval.surveys.scales import KINDS
from tonval.surveys.writer import read_survey, write_survey

PAGE = Path(__file__).parents[2].joinpath("docs/surveys.md").read_text(encoding="utf-8")
WHOLE = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]

Place = Callable[[dict[str, Any]], dict[str, Any]]


def own(section: str) -> tuple[str, ...]:
    """The keys that stand under ``section`` with words of the survey's own."""
    return tuple(slot.partition(".")[2] for slot in OWN if slot.startswith(f"{section}."))


SECTIONS: dict[str, tuple[tuple[str, ...], Place]] = {
    "Survey": (reader.SURVEY_KEYS, lambda survey: survey),
    "Question": (reader.QUESTION_KEYS, lambda survey: survey["questions"][0]),
    "Option": (reader.OPTION_KEYS, lambda survey: survey["questions"][1]["options"][0]),
    "Reaction": (reader.REACTION_KEYS, lambda survey: survey["reactions"][0]),
    "Page": (page_reader.PAGE_KEYS, lambda survey: survey["page"]),
    "Mail": (own("mail"), lambda survey: survey["mail"]),
    "Remind": (own("remind"), lambda survey: survey["remind"]),
}


def rows(section: str) -> list[list[str]]:
    """The cells of the section's table, without its heading."""
    text = PAGE.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:3] == "| `"]


def faults(text: str) -> list[str]:
    """What would stop the survey, on every channel."""
    found = lint_survey(text, "care", Setting(channels=frozenset(Channel), gauges=GAUGES))
    return [fault.sentence for fault in found if not fault.warning]


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_the_reader_knows_is_explained_and_no_other(section: str) -> None:
    assert sorted(row[0].strip("`") for row in rows(section)) == sorted(SECTIONS[section][0])


@pytest.mark.parametrize("section", SECTIONS)
def test_every_row_has_meaning_default_and_an_example_of_its_own_key(section: str) -> None:
    assert all(len(row) == 4 and all(row) for row in rows(section))
    examples = {row[0].strip("`"): read_document(row[3].strip("`")).data for row in rows(section)}
    assert {key: list(example) for key, example in examples.items()} == {key: [key] for key in examples}


def test_the_whole_example_is_read_without_a_word_and_written_again_the_same() -> None:
    assert lint_survey(WHOLE, "care", Setting(channels=frozenset({Channel.SMS, Channel.LINK}), gauges=GAUGES)) == ()
    name, data = read_survey(WHOLE)
    assert read_survey(write_survey(name, data)) == (name, data)


EXAMPLES = [(section, row[3].strip("`")) for section in SECTIONS for row in rows(section)]


@pytest.mark.parametrize(("section", "example"), EXAMPLES, ids=[f"{section}: {text}" for section, text in EXAMPLES])
def test_every_example_is_read_in_its_place(section: str, example: str) -> None:
    (name, survey), given = read_survey(WHOLE), read_document(example).data
    place = survey["questions"][1] if "options" in given else SECTIONS[section][1](survey)
    place.update(copy.deepcopy(given))
    assert faults(write_survey(name, survey)) == []


def test_the_scales_are_told_with_the_channels_that_carry_them() -> None:
    told = {row[0].strip("`"): tuple(cell == "yes" for cell in row[2:]) for row in rows("Scales")}
    channels = (Channel.KEYPAD, Channel.SMS, Channel.LINK)
    assert told == {kind: tuple(Question("q", kind, {}).fits(channel) for channel in channels) for kind in KINDS}


def test_every_command_is_named_and_no_other() -> None:
    named = [row[0].split()[2].strip("`") for row in rows("From the command line")]
    assert sorted(named) == sorted(commands.commands)
