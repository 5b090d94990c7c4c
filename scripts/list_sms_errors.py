"""List every provider's error codes as docs/sms-errors.md; ``--check`` only tells whether the page is up to date."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from tonval import sms
from tonval.sms.errors import Fault

PAGE = Path(__file__).parent.parent / "docs" / "sms-errors.md"
HEAD = """# Why a message was not sent or did not arrive

Listed by `scripts/list_sms_errors.py` from `tonval/sms/errors.py` and each provider's `errors.csv`; a test keeps the
page up to date.

Whatever a provider says becomes one of the faults below. What follows from a fault:

- **try again**: the message was surely not taken. It is tried for about an hour, with longer and longer pauses.
- **look up**: nobody can say whether it was taken. It waits for a status report or the provider's list, and is never
  sent again blindly.
- **opt out**: the customer has told the provider to stop. We keep that as an opt-out from SMS.
- **give up**: the message has failed. Where the queue has another way to ask, that one is tried.

A message that a provider has once taken is never sent again, whatever its report says: the customer may have it.

A code that is not listed is judged by its kind. Over HTTP: after 5xx and 408 the message is looked up, whatever the
code; 429 is tried again; 401, 403 and 404 are the credentials; anything else is given up. In a report it is the
network's fault.

## Faults

| fault | then | what to do |
|---|---|---|
"""


def page() -> str:
    """The page as it should be."""
    faults = "".join(f"| {fault.sentence} | {fault.outcome} | {fault.advice} |\n" for fault in Fault)
    return HEAD + faults + "".join(_section(words) for words in providers())


def providers() -> Iterator[ModuleType]:
    """The ``words`` of each provider that has some, by name."""
    for found in iter_modules(sms.__path__, f"{sms.__name__}."):
        if found.ispkg and find_spec(f"{found.name}.words"):
            yield import_module(f"{found.name}.words")


def _section(words: ModuleType) -> str:
    rows = "".join(
        f"| {each.code} | {each.means} | {each.fault.sentence} | {each.fault.outcome} |\n"
        for each in words.ERRORS.values()
    )
    return f"\n## {words.TITLE}\n\nSource: {words.SOURCE}.\n\n| code | says | fault | then |\n|---|---|---|---|\n{rows}"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(PAGE.read_text() != page())
    PAGE.write_text(page())
