"""What the documents show is what the code is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts import draw_interview, list_privacy, list_roles, list_sms_errors

ROOT = Path(__file__).parent.parent.parent
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


def test_the_machines_diagram_is_drawn_from_its_table() -> None:
    assert draw_interview.PAGE.read_text() == draw_interview.page()


def test_the_list_of_sms_errors_is_made_from_the_tables() -> None:
    assert list_sms_errors.PAGE.read_text() == list_sms_errors.page()


@pytest.mark.parametrize("document", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_and_named_file_is_there(document: Path) -> None:
    text = document.read_text()
    links = re.findall(r"\]\(([^)#]+)\)", text)
    named = re.findall(r"`((?:tonval|tests|bench|scripts|deploy|docs)/[\w./-]+)`", text)
    missing = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    missing += [name for name in named if not (ROOT / name).exists()]
    assert missing == []


def test_the_table_of_roles_is_what_the_doors_ask_for() -> None:
    assert list_roles.PAGE.read_text() == list_roles.page()


def test_the_table_of_what_is_kept_of_customers_is_what_the_code_has() -> None:
    assert list_privacy.PAGE.read_text() == list_privacy.page()
