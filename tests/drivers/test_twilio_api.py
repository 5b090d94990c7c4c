import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

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
