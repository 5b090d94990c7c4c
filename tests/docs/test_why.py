"""docs/why.md names every rule there is, in the order in which it is looked at, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from tonval.fieldwork import asking
from tonval.fieldwork.calls import receptions
from tonval.fieldwork.deciding import by_call, caps, decide, eligibility, refusals
from tonval.fieldwork.messaging import texting
from tonval.stats.reasons import ALWAYS, EVERY, RULES
from tonval.web.desk import why

PAGE = Path(__file__).parents[2].joinpath("docs/why.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line[:3] == "| `"]
NAMED = [row[0].strip("`") for row in ROWS]


def _in_the_code() -> set[str]:
    """The rules that the engine gives as reasons."""
    modules = (asking, by_call, caps, decide, eligibility, receptions, refusals, texting)
    source = "".join(Path(str(module.__file__)).read_text(encoding="utf-8") for module in modules)
    return set(re.findall(r'(?:Suppressed|Refusal)\(\s*"([a-z_]+)"', source))


def test_every_rule_of_the_engine_is_in_the_page_and_no_other() -> None:
    assert set(NAMED) == _in_the_code() == EVERY


def test_the_page_keeps_the_order_in_which_the_rules_are_looked_at() -> None:
    assert [name for name in NAMED if name in RULES] == list(RULES)


def test_every_rule_has_meaning_example_and_what_to_change() -> None:
    assert all(len(row) == 4 and all(row) for row in ROWS)


def test_the_rules_that_do_not_hold_for_a_direct_survey_are_named() -> None:
    last = PAGE.partition("## A survey that was asked for directly")[2]
    assert set(re.findall(r"`([a-z_]+)`", last)) == set(RULES) - set(ALWAYS)


def test_the_desk_has_words_for_each() -> None:
    assert set(why.RULES) == set(NAMED)
