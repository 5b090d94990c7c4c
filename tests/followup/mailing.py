"""A worker that raises alerts and "mails" them by printing: `mailing.py DATABASE_URL SECONDS_AHEAD`."""

from __future__ import annotations

import secrets
import sys
from datetime import timedelta

from tests.followup.conftest import NOON, centre
from tonval.fieldwork.field import Field
from tonval.followup import alerts, post
from tonval.followup.notices import Notice
from tonval.store.unit import open_unit


def _print(notice: Notice) -> None:
    print(notice.alert, flush=True)


if __name__ == "__main__":
    ahead = timedelta(seconds=float(sys.argv[2]))
    office = Field(
        unit=open_unit(sys.argv[1]),
        centre=centre(),
        now=lambda: NOON + ahead,
        fresh_id=lambda prefix: f"{prefix}_{secrets.token_hex(8)}",
        handlers={},
        ring=lambda kind: None,
        segments=lambda text: 1,
    )
    while True:
        done = alerts.apply_due(office, 7, mail_from="tonval@example.com")
        done += post.mail_due(office, _print, 7, link=lambda interview: interview)
        if done == 0:
            break
