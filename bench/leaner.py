"""A stand-in for Twilio's way to send that costs little of the processor: ``python bench/leaner.py [--throttle 0.3]``.

It takes messages over kept connections, keeps a ledger of them in the order they came, and answers 429 to a share of
the requests by seeded dice. It prints its URL, and the ledger as JSON when its standard input ends. What Twilio says
otherwise is in tests/drivers/twilio_api.py.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
from typing import Final
from urllib.parse import parse_qs

ANSWER: Final = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
REFUSAL: Final = b'{"code": 20429, "message": "Too Many Requests", "status": 429}'


class Ledger:
    """What was accepted, and how many requests were not."""

    def __init__(self, share: float, seed: int) -> None:
        self.bodies: list[str] = []
        self.throttled = 0
        self._share = share
        self._dice = random.Random(seed)

    def answer(self, form: dict[str, list[str]]) -> bytes:
        """What becomes of one request."""
        if self._dice.random() < self._share:
            self.throttled += 1
            return ANSWER % (b"429 Too Many Requests", len(REFUSAL), REFUSAL)
        self.bodies.append(form["Body"][0])
        taken = json.dumps({"sid": f"SM{len(self.bodies):032x}", "status": "queued", "to": form["To"][0]}).encode()
        return ANSWER % (b"201 Created", len(taken), taken)


class Line(asyncio.Protocol):
    """One connection; requests follow one another on it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, found, rest = self._heard.partition(b"\r\n\r\n")
        while found:
            length = next(
                int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
            )
            if len(rest) < length:
                return
            self._transport.write(self._ledger.answer(parse_qs(rest[:length].decode())))
            self._heard = rest[length:]
            head, found, rest = self._heard.partition(b"\r\n\r\n")


async def serve(ledger: Ledger) -> None:
    """Serve until the standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Line(ledger), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


def main() -> None:
    """Serve, and print the ledger in the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--throttle", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    ledger = Ledger(asked.throttle, asked.seed)
    asyncio.run(serve(ledger))
    print(json.dumps({"bodies": ledger.bodies, "throttled": ledger.throttled}), flush=True)


if __name__ == "__main__":
    main()
