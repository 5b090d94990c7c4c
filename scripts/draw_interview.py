"""Draw the interview machine's table as docs/interview.md; ``--check`` only tells whether the page is up to date."""

from __future__ import annotations

import sys
from pathlib import Path

from tonval.surveys.interview import TRANSITIONS, Stage

PAGE = Path(__file__).parent.parent / "docs" / "interview.md"
HEAD = """# The interview machine

Drawn by `scripts/draw_interview.py` from `TRANSITIONS` in `tonval/surveys/interview.py`; a test keeps the two alike.
A reply without an arrow is refused with `ReplyRejected`, and nothing has changed.

"""


def page() -> str:
    """The page as it should be: a Mermaid diagram and the same as a table."""
    diagram = f"```mermaid\nstateDiagram-v2\n{_diagram()}```\n"
    return f"{HEAD}{diagram}\n| waiting for | reply | may lead to |\n|---|---|---|\n{_table()}"


def _diagram() -> str:
    names = {stage: stage.value.replace(" ", "_") for stage in Stage}
    starts = "".join(f"    [*] --> {names[stage]}\n" for stage in Stage if stage is not Stage.ENDED)
    arrows = "".join(
        f"    {names[stage]} --> {names[target]}: {reply.__name__}\n"
        for (stage, reply), move in TRANSITIONS.items()
        for target in sorted(move.leads_to)
    )
    return f"{starts}{arrows}    {names[Stage.ENDED]} --> [*]\n"


def _table() -> str:
    return "".join(
        f"| {stage} | {reply.__name__} | {', '.join(sorted(move.leads_to))} |\n"
        for (stage, reply), move in TRANSITIONS.items()
    )


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(PAGE.read_text() != page())
    PAGE.write_text(page())
