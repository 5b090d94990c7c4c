"""Customers in files: found in every kind of table, deleted with their file, blackened in logs, and never in use."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.intake.intake import call, write
from tonval.fieldwork.privacy.persons import person_of
from tonval.intake.folders import Folders
from tonval.intake.originals import REFUSED, HomePapers, blacken, holds
from tonval.ivr.sip import speech_files

EVA = person_of(["+46701740606", "eva@example.com"], ["Eva Lind"])
OTHER = person_of(["+46701740607"])


@pytest.fixture
def papers(tmp_path: Path) -> HomePapers:
    """A home with its drop folder; the import ``imp_1`` is being worked off."""
    Folders(tmp_path / "intake").make(["pbx"])
    (tmp_path / "log").mkdir()
    return HomePapers(tmp_path, lambda run: run == "imp_1")


def test_a_number_is_found_in_a_spreadsheet_as_in_a_text(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Telefon"])  # type: ignore[union-attr]
    book.active.append([46701740606])  # type: ignore[union-attr]
    book.save(tmp_path / "calls.xlsx")
    write(tmp_path / "calls.csv", [call(1, phone="070-174 06 06")])
    (tmp_path / "calls.csv.err").write_text("row 2: “eva@example.com” …\n")
    for name in ("calls.xlsx", "calls.csv", "calls.csv.err"):
        assert (holds(tmp_path / name, EVA), holds(tmp_path / name, OTHER)) == (True, False)


def test_what_was_taken_in_goes_and_what_is_being_taken_in_is_told(papers: HomePapers) -> None:
    root = papers.home / "intake"
    for place in (
        ".kept/pbx/imp_0-a.csv",
        ".kept/pbx/imp_1-b.csv",
        ".uploads/imp_2-c.csv",
        "pbx/d.csv",
        "pbx/a.csv.err",
    ):
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        write(root / place, [call(1, phone="+46701740606")])
    write(root / ".kept/pbx/imp_3-other.csv", [call(1, phone="+46701740607")])
    gone = papers.destroy(EVA)
    assert gone.files == {"originals": 1, "reports and uploads": 2}
    assert gone.waiting == ("d.csv", "imp_1-b.csv")
    assert papers.find(OTHER) == ["intake/.kept/pbx/imp_3-other.csv"]


def test_a_log_is_blackened_in_its_place_while_it_is_written_to(papers: HomePapers) -> None:
    log = papers.home / "log" / "worker.log"
    filler = "INFO nothing\n" * 90_000  # more than is read at once, so that she stands across two readings
    with log.open("a") as writing:
        writing.write(f"{filler[: (1 << 20) - 10]}to +46 70 174 06 06 now\n{filler}Eva Lind wrote\n")
        writing.flush()
        size = log.stat().st_size
        assert blacken(log, EVA) >= 2
        writing.write("INFO more\n")
    assert not holds(log, EVA) and "Eva" not in log.read_text() and log.read_text().endswith("INFO more\n")
    assert log.stat().st_size == size + len("INFO more\n")


def test_the_list_passes_over_a_line_that_was_cut_off(papers: HomePapers) -> None:
    papers.note({"receipt": "era_1", "digests": ["x"]})
    with (papers.home / "erased.jsonl").open("a") as file:
        file.write('{"receipt": "er')
    assert [entry["receipt"] for entry in papers.noted()] == ["era_1"]


def test_what_nodes_keep_of_her_voice_goes_with_her_calls(papers: HomePapers) -> None:
    """Also what was put aside because the database would not have it."""
    spoken = papers.home / "spoken" / "node-1"
    spoken.mkdir(parents=True)
    for name in ("leg_1.2.wav", "leg_1.3.raw.wav", f"{REFUSED}leg_1.1.wav", "leg_11.1.wav", f"{REFUSED}leg_2.1.wav"):
        (spoken / name).write_bytes(b"a voice")
    assert len(papers.find(EVA, {"leg_1"})) == 3
    assert papers.destroy(EVA, {"leg_1"}).files == {"recordings": 3}
    assert sorted(path.name for path in spoken.iterdir()) == ["leg_11.1.wav", f"{REFUSED}leg_2.1.wav"]


def test_a_recording_that_is_put_aside_is_named_as_the_eraser_knows_it() -> None:
    assert speech_files._REFUSED == REFUSED
