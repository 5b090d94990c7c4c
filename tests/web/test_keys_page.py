"""The page of API keys: what is shown once, what is asked before, and what is over."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask.testing import FlaskClient

from tests.web.house import Clock
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.field import Field

SignedIn = Callable[[str], FlaskClient]


def test_a_renewed_key_says_how_long_the_old_one_is_good(office: Field, signed_in: SignedIn) -> None:
    admin, raw = signed_in("admin"), keys.make_key(office, "pbx", ["report"])
    made = admin.post("/admin/keys", data={"name": "crm", "scopes": "read"}).text
    assert "put the new one" not in made and "Authorization: Bearer" in made
    renewed = admin.post(f"/admin/keys/{raw[:8]}/renew").text
    assert "The old one is good for a day longer; put the new one into the program before then." in renewed
    (fresh,) = re.findall(r"<code>(tvl_[\w-]{20,})</code>", renewed)
    assert f'data-copy="{fresh}"' in renewed


def test_taking_a_key_back_says_first_what_it_does(office: Field, signed_in: SignedIn) -> None:
    raw = keys.make_key(office, "pbx", ["report"])
    asked = signed_in("admin").get("/admin/keys").text.split('<details class="sure">')[1].split("</details>")[0]
    assert asked.index("never works again") < asked.index("Take it back</button>")
    assert f'action="/admin/keys/{raw[:8]}/revoke"' in asked


def test_keys_that_are_over_stand_apart(office: Field, signed_in: SignedIn, clock: Clock) -> None:
    admin = signed_in("admin")
    assert "over</summary>" not in admin.get("/admin/keys").text
    for name in ("old", "older"):
        raw = keys.make_key(office, name, ["report"])
        keys.revoke(office, raw[:8])
    clock.forward(seconds=1)
    page = admin.get("/admin/keys").text
    assert "2 keys that are over" in page
    assert "/renew" not in page.split("keys that are over")[1].split("</details>")[0]
