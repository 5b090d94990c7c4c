import json
import os
import subprocess
import sys
import urllib.request
from collections import Counter
from pathlib import Path

from tests.drivers.twilio_api import Taken, TwilioApi
from tests.waiting import wait_until


def test_the_stand_in_serves_another_process() -> None:
    root = Path(__file__).parents[2]
    program = [sys.executable, "-m", "tests.drivers.twilio_api", "--port", "0"]
    with subprocess.Popen(program, cwd=root, stdout=subprocess.PIPE, text=True, env={**os.environ}) as process:
        assert process.stdout
        try:
            url = process.stdout.readline().strip()
            send = urllib.request.Request(f"{url}/2010-04-01/Accounts/AC1/Messages.json", b"To=%2B1&From=%2B2&Body=hej")
            with urllib.request.urlopen(send) as answer:
                assert answer.status == 201

            def ledger() -> list[dict[str, str]]:
                with urllib.request.urlopen(f"{url}/ledger") as listed:
                    found: list[dict[str, str]] = json.load(listed)
                    return found

            assert [taken["body"] for taken in wait_until(ledger)] == ["hej"]
        finally:
            process.terminate()


def test_reports_come_shuffled_and_repeated_when_asked_for() -> None:
    told: list[str] = []

    class Told(TwilioApi):
        def report(self, taken: Taken, status: str, code: int | None = None) -> int:
            told.append(status)
            return 204

    with Told(callbacks=("queued", "sent", "delivered"), seed=2) as api:
        wish = {"repeats": 3, "shuffled": True, "throttle": 0, "retry_after": 5, "list_status": 500}
        assert _post(f"{api.url}/behave", json.dumps(wish).encode()) == 200
        assert _post(f"{api.url}/2010-04-01/Accounts/AC1/Messages.json", b"To=%2B1&From=%2B2&Body=hej") == 201
        wait_until(lambda: len(told) == 9)
        assert (api.retry_after, api.list_status) == (5, 500)
    assert Counter(told) == {"queued": 3, "sent": 3, "delivered": 3}
    assert told != ["queued", "sent", "delivered"] * 3


def _post(url: str, content: bytes) -> int:
    with urllib.request.urlopen(urllib.request.Request(url, content)) as answer:
        return int(answer.status)
