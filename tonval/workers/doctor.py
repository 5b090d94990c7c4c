"""`tonval doctor`: what Tonval needs, looked at one by one, each with a sentence that says what to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum


class State(StrEnum):
    """How a check came out. ``WARN`` is something one may want as it is; ``FAIL`` keeps Tonval from its work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, and what to know or do about it."""

    name: str
    state: State
    sentence: str


Check = Callable[[], Finding]


def ok(name: str, sentence: str) -> Finding:
    """It is well."""
    return Finding(name, State.OK, sentence)


def warn(name: str, sentence: str) -> Finding:
    """It may be meant so."""
    return Finding(name, State.WARN, sentence)


def fail(name: str, sentence: str) -> Finding:
    """It must be mended."""
    return Finding(name, State.FAIL, sentence)


def examine(checks: Iterable[tuple[str, Check]]) -> list[Finding]:
    """Make every check, named; one that breaks is a failure of its own and stops none of the others."""
    return [_attempt(name, check) for name, check in checks]


def exit_code(findings: Sequence[Finding]) -> int:
    """1 when anything failed."""
    return 1 if any(finding.state is State.FAIL for finding in findings) else 0


def as_text(findings: Sequence[Finding]) -> str:
    """One line for each finding, and one that sums them up."""
    width = max((len(finding.name) for finding in findings), default=0)
    lines = [f"{finding.state:<4}  {finding.name:<{width}}  {finding.sentence}" for finding in findings]
    counts = [(state, sum(finding.state is state for finding in findings)) for state in State]
    return "\n".join([*lines, "", ", ".join(f"{count} {state}" for state, count in counts)])


def as_json(findings: Sequence[Finding]) -> str:
    """``{"healthy": …, "findings": [{"name", "state", "sentence"}]}``."""
    return json.dumps(
        {"healthy": exit_code(findings) == 0, "findings": [asdict(finding) for finding in findings]}, ensure_ascii=False
    )


def _attempt(name: str, check: Check) -> Finding:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        lines = str(error).splitlines()
        return fail(name, f"{type(error).__name__}: {lines[0][:200] if lines else 'no reason given'}")
