"""docs/api.md: every curl command in it is sent, one after another, and answered as the page says."""

from __future__ import annotations

import json
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from tests.web.house import Clock, open_house, open_site
from tests.web.wishing import FILE, wish
from tonval.fieldwork.colleagues import keys
from tonval.store.unit import open_unit

PAGE = Path(__file__).parents[2].joinpath("docs/api.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"```sh\n(curl .*?)```\n```json\n(.*?)```", re.DOTALL)


def test_every_example_is_answered_as_the_page_says(sqlite_url: str) -> None:
    unit = open_unit(sqlite_url)
    office = open_house(unit, Clock(), FILE)
    call_back = wish(office, "anna", "Eva", datetime(2026, 11, 23, 8, tzinfo=UTC))
    client = open_site(office).test_client()
    key = keys.make_key(office, "pbx", ["read", "report"])
    examples = EXAMPLE.findall(PAGE)
    assert len(examples) == PAGE.count("\ncurl ")
    for command, answer in examples:
        told = _send(client, command.replace("$KEY", key).replace("$TONVAL", "").replace("$ID", call_back))
        assert _like(json.loads(answer), told), f"{command}\n{json.dumps(told, ensure_ascii=False, indent=1)}"
    unit.engine.dispose()


def _send(client: FlaskClient, command: str) -> Any:
    """What curl would send; it knows the options that stand on the page."""
    words = iter(shlex.split(command)[1:])
    asked: dict[str, Any] = {"headers": {}}
    for word in words:
        match word:
            case "-X":
                asked["method"] = next(words)
            case "-H":
                name, _, value = next(words).partition(": ")
                asked["headers"][name] = value
            case "-d" | "--data-binary":
                asked = {"method": "POST", **asked, "data": next(words).encode()}
            case _:
                asked["path"] = word
    return client.open(**asked).get_json(force=True)


def _like(page: Any, told: Any) -> bool:
    """Whether all that the page shows is told; … stands for anything. More may be told: the API adds, never renames."""
    match page:
        case str() if page.endswith("…"):
            return isinstance(told, str) and told.startswith(page[:-1])
        case dict():
            return page.keys() <= told.keys() and all(_like(page[name], told[name]) for name in page)
        case list():
            return isinstance(told, list) and len(page) == len(told) and all(map(_like, page, told))
        case _:
            return bool(page == told)
