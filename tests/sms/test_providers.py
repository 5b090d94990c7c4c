"""Every provider of messages has the shape that CONTRIBUTING.md asks for."""

from __future__ import annotations

import ast
import inspect
import tomllib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules

import pytest

from tonval import sms
from tonval.fieldwork.messaging.delivery import State
from tonval.sms.backfill import KEEP_LISTS
from tonval.sms.errors import Fault
from tonval.sms.providers import Provider

ROOT = Path(__file__).parents[2]
PROVIDERS = [found.name for found in iter_modules(sms.__path__) if found.ispkg]
CARRIERS = [name for name in PROVIDERS if name != "console"]
"""The console delivers to the page that is looked at: nothing can go wrong, and nobody reports."""

METHODS = [name for name in vars(Provider) if not name.startswith("_")]


def test_the_providers_are_found() -> None:
    assert {"console", "twilio", "smpp"} <= set(PROVIDERS)
    assert METHODS == ["send", "find", "heard"]


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_folder_says_what_it_is_and_its_law(name: str) -> None:
    assert "\n\nLaw: " in str(import_module(f"tonval.sms.{name}").__doc__)


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_sends_finds_and_hears(name: str) -> None:
    module = import_module(f"tonval.sms.{name}.provider")
    ours = [each for each in vars(module).values() if inspect.isclass(each) and each.__module__ == module.__name__]
    (provider,) = [each for each in ours if all(callable(getattr(each, method, None)) for method in METHODS)]
    for method in METHODS:
        wanted = list(inspect.signature(getattr(Provider, method)).parameters)
        assert list(inspect.signature(getattr(provider, method)).parameters) == wanted
        assert getattr(provider, method).__doc__


@pytest.mark.parametrize("name", CARRIERS)
def test_its_states_are_ours(name: str) -> None:
    states = {state for row in _states(name) for state in row if isinstance(state, State)}
    assert states >= {State.ACCEPTED, State.SENT, State.DELIVERED, State.UNDELIVERED, State.FAILED}


def _states(name: str) -> list[tuple[object, ...]]:
    """The rows of ``STATES``, which stands in one of the provider's modules: a state of ours, alone or among others."""
    folder = import_module(f"tonval.sms.{name}")
    modules = [import_module(f"{folder.__name__}.{each.name}") for each in iter_modules(folder.__path__)]
    (states,) = {id(found): found for each in modules if (found := getattr(each, "STATES", None))}.values()
    return [row if isinstance(row, tuple) else (row,) for row in states.values()]


@pytest.mark.parametrize("name", CARRIERS)
def test_its_codes_are_faults_of_ours(name: str) -> None:
    words = import_module(f"tonval.sms.{name}.words")
    assert words.TITLE and words.SOURCE
    assert len(words.ERRORS) > 20
    assert {reason.fault.outcome for reason in words.ERRORS.values()} >= {"give up", "try again"}
    assert Fault.THROTTLED in {reason.fault for reason in words.ERRORS.values()}


@pytest.mark.parametrize("name", CARRIERS)
def test_it_has_a_page_and_cases(name: str) -> None:
    assert (ROOT / "docs" / f"{name}.md").exists()
    tests = list((ROOT / "tests" / "sms" / name).glob("test_*.py"))
    assert any("parametrize" in path.read_text("utf-8") for path in tests)


def test_no_provider_knows_its_neighbours() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (carriers,) = [each for each in contracts if each["id"] == "carriers"]
    assert set(carriers["modules"]) == {f"tonval.sms.{name}" for name in PROVIDERS}


def test_only_providers_there_are_keep_lists() -> None:
    assert set(CARRIERS) >= KEEP_LISTS


@pytest.mark.parametrize("name", CARRIERS)
def test_no_provider_is_long(name: str) -> None:
    spec = find_spec(f"tonval.sms.{name}")
    assert spec and spec.origin
    for path in Path(spec.origin).parent.glob("*.py"):
        lines = path.read_text("utf-8").splitlines()
        assert len(lines) <= 400
        assert ast.get_docstring(ast.parse("\n".join(lines))), path.name
