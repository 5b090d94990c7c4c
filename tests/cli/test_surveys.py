"""`tonval survey`: what goes in comes out to the byte, and what is wrong is told with file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tonval.cli import main

FILE = """
numbers: {"+46701740605": {}}
queues:
  support: {survey: support-nki, channel: keypad}
  sales: {survey: sales-nps, channel: sms, from: "+46701740605"}
surveys:
  support-nki: {questions: [{id: helped, scale: nki, text: {sv: "Hur gick det?"}}]}
  sales-nps: {questions: [{id: recommend, scale: nps, text: {sv: "Skulle du rekommendera {brand}? STOPP slutar."}}]}
"""
SURVEY = """# what we ask after a visit — kept as it is
surveys:
  visit:   # two spaces too many
    languages: [sv]
    questions:
      - {id: helped, scale: nki, text: {sv: "Hur gick det?  STOPP slutar"}}\r
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a file of two surveys, and a third survey in a file of its own."""
    (tmp_path / "queues.yaml").write_text(FILE)
    monkeypatch.setenv("TONVAL_HOME", str(tmp_path))
    monkeypatch.setenv("TONVAL_QUEUES", str(tmp_path / "queues.yaml"))
    (tmp_path / "visit.yaml").write_bytes(SURVEY.encode())
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_what_is_imported_is_exported_to_the_byte_as_draft_and_as_version(home: Path) -> None:
    assert run("survey", "import", str(home / "visit.yaml")).output == "visit: kept as a draft, revision 1\n"
    assert run("survey", "export", "visit").stdout_bytes == SURVEY.encode()
    assert run("survey", "publish", "visit").output == "visit: version 1 is in force\n"
    assert run("survey", "export", "visit", "--out", str(home / "out.yaml")).exit_code == 0
    assert (home / "out.yaml").read_bytes() == SURVEY.encode()
    assert run("survey", "import", str(home / "out.yaml"), "--publish").output == "visit: version 1 is in force\n"
    assert run("survey", "export", "visit", "--version", "1").stdout_bytes == SURVEY.encode()


def test_a_survey_of_the_file_is_exported_and_not_changed(home: Path) -> None:
    exported = run("survey", "export", "sales-nps").output
    assert exported.startswith("surveys:\n  sales-nps:\n") and "{brand}" in exported
    (home / "copy.yaml").write_text(exported)
    done = run("survey", "import", str(home / "copy.yaml"))
    assert done.exit_code == 1 and "“sales-nps” is managed by the file" in done.output
    (home / "copy.yaml").write_text(exported.replace("sales-nps", "copy"))
    assert run("survey", "import", str(home / "copy.yaml"), "--publish").exit_code == 0
    assert run("survey", "export", "copy").output == exported.replace("sales-nps", "copy")


def test_the_list_and_the_versions_are_for_people_and_for_programs(home: Path) -> None:
    run("survey", "import", str(home / "visit.yaml"), "--publish")
    run("survey", "import", str(home / "visit.yaml"))
    lines = run("survey", "list").output.splitlines()
    assert [line.split() for line in lines] == [
        ["sales-nps", "version", "1", "in", "the", "file"],
        ["support-nki", "version", "1", "in", "the", "file"],
        ["visit", "version", "1", "a", "draft"],
    ]
    facts = [json.loads(line) for line in run("survey", "list", "--json").output.splitlines()]
    assert facts[2] == {
        "survey": "visit", "version": 1, "draft": True, "revision": 3, "archived": False, "managed": False,
        "author": "command line",
    }  # fmt: skip
    assert run("survey", "versions", "visit").output.endswith("0 interviews  in force\n")
    (version,) = [json.loads(line) for line in run("survey", "versions", "visit", "--json").output.splitlines()]
    assert (version["version"], version["origin"], version["in_force"]) == (1, "page", True)


def test_a_draft_with_a_fault_is_kept_and_not_published(home: Path) -> None:
    path = home / "visit.yaml"
    path.write_text(SURVEY.replace("nki", "stars"))
    done = run("survey", "import", str(path), "--publish")
    assert done.exit_code == 1
    assert f"{path}:6: surveys.visit.questions.0.scale: “stars” is not one of" in done.output
    assert "stars" in run("survey", "export", "visit").output
    assert run("survey", "publish", "visit").exit_code == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("export", "nothing"), "there is no survey called “nothing”"),
        (("export", "sales-nps", "--version", "7"), "“sales-nps” has no version 7"),
        (("publish", "sales-nps"), "is managed by the file"),
        (("versions", "nothing"), "there is no survey called “nothing”"),
        (("import", "nowhere.yaml"), "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_one_line(home: Path, words: tuple[str, ...], told: str) -> None:
    done = run("survey", *words)
    assert done.exit_code == 1 and told in done.output and "Traceback" not in done.output


def test_a_file_that_asks_with_a_survey_of_the_browser_is_taken_where_it_is_published(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / "other.yaml"
    file.write_text("queues:\n  line: {survey: visit, channel: keypad}\n")
    refused = run("lint", str(file))
    assert (
        refused.exit_code == 1
        and "other.yaml:2: queues.line.survey: there is no survey called “visit”" in refused.output
    )
    run("survey", "import", str(home / "visit.yaml"))
    assert run("lint", str(file)).exit_code == 1, "a draft asks nobody"
    run("survey", "publish", "visit")
    passed = run("lint", str(file))
    assert passed.exit_code == 0 and "no faults; made in the browser: visit" in passed.output
    monkeypatch.setenv("TONVAL_QUEUES", str(file))
    assert run("survey", "list").output.split() == ["visit", "version", "1"]
