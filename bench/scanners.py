"""Link scanners and guessers at the survey page: nothing may be answered, used up or found.

    python bench/scanners.py [--opens 100000] [--guesses 1000000] [--over-http 10000] [--seed 1]

Scanners open the links of 1,000 waiting interviews, by GET and HEAD, with and without an answer picked in the letter.
Guesses are tokens of the right length: all are held against the table, and some are asked for over HTTP, by GET and
POST. Exit 1 when a guess hits, an answer is stored, or anything in the database has changed.
"""

from __future__ import annotations

import argparse
import http.client
import random
import string
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select
from werkzeug.serving import WSGIRequestHandler, make_server

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.web.survey_house import ask_many  # noqa: E402
from tonval import app, opening  # noqa: E402
from tonval.config import load_config  # noqa: E402
from tonval.fieldwork.field import Field  # noqa: E402
from tonval.fieldwork.links import LENGTH, digest_of  # noqa: E402
from tonval.store.tables import call_backs, events, interviews, links, opt_outs, tally_deltas  # noqa: E402

WAITING = 1000
LETTERS = string.digits + string.ascii_letters
QUERIES = ("", "?recommend=0", "?recommend=10", "?recommend=5&lang=en", "?utm_source=mail&at=recommend&go=next")
QUEUES = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {provider: console}}
defaults: {languages: [sv, en]}
queues: {care: {survey: care, channel: link, from: "+46701740605"}}
surveys:
  care:
    questions: [{id: recommend, scale: nps, text: {sv: "Hur troligt är det?", en: "How likely is it?"}}]
"""


def main() -> None:
    """Open, guess, and look whether anything came of it."""
    options = _options()
    dice = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "queues.yaml").write_text(QUEUES)
        settings = {
            "TONVAL_HOME": home,
            "TONVAL_QUEUES": f"{home}/queues.yaml",
            "TONVAL_SECRET_KEY": "a-key-for-the-bench-alone",
        }
        config = load_config(settings)
        office = opening.open_field(config)
        site, tokens = app.create_app(config, office), ask_many(office, WAITING)
        before = _everything(office)
        print(f"seed {options.seed}, {WAITING} interviews wait")
        _open_all(site, tokens, options.opens, dice)
        hits = _guess(office, options.guesses, dice) + _guess_over_http(site, options.over_http, dice)
        changed = _everything(office) != before
        print(f"hits {hits}; stored, ended, used up or opted out: {'SOMETHING' if changed else 'nothing'}")
    sys.exit(bool(hits) or changed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--opens", type=int, default=100_000)
    parser.add_argument("--guesses", type=int, default=1_000_000)
    parser.add_argument("--over-http", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options: argparse.Namespace = parser.parse_args()
    return options


def _everything(office: Field) -> tuple[int, ...]:
    """Rows of each table that an answer could leave a trace in, and the sum of all turns."""
    tables = (events, interviews, links, tally_deltas, call_backs, opt_outs)
    with office.unit.read() as tx:
        counts = [tx.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]
        return (*counts, tx.execute(select(func.sum(interviews.c.seq))).scalar_one())


def _open_all(site: Flask, tokens: list[str], many: int, dice: random.Random) -> None:
    client, began = site.test_client(use_cookies=False), time.perf_counter()
    told = Counter(
        client.open(f"/s/{dice.choice(tokens)}{dice.choice(QUERIES)}", method=dice.choice(("GET", "HEAD"))).status_code
        for _ in range(many)
    )
    print(f"{many} opens in {time.perf_counter() - began:.0f} s: {dict(told)}")


def _guess(office: Field, many: int, dice: random.Random) -> int:
    """How many guesses are the token of a link, whatever it is for."""
    with office.unit.read() as tx:
        known = set(tx.execute(select(links.c.digest)).scalars())
    hits = sum(digest_of(_token(dice)) in known for _ in range(many))
    print(f"{many} guesses held against {len(known)} links: {hits} hits")
    return hits


def _token(dice: random.Random) -> str:
    return "".join(dice.choices(LETTERS, k=LENGTH))


def _guess_over_http(site: Flask, many: int, dice: random.Random) -> int:
    told: Counter[int] = Counter()
    bodies = set()
    with _served(site) as port:
        line = http.client.HTTPConnection("127.0.0.1", port)
        for number in range(many):
            verb, body = ("POST", "at=recommend&q.recommend=9") if number % 2 else ("GET", None)
            line.request(verb, f"/s/{_token(dice)}", body, {"Content-Type": "application/x-www-form-urlencoded"})
            answer = line.getresponse()
            bodies.add(answer.read())
            told[answer.status] += 1
    print(f"{many} guesses over HTTP: {dict(told)}, {len(bodies)} different answers")
    return many - told[404]


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Ten thousand lines are no help."""


@contextmanager
def _served(site: Flask) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, site, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join(5)


if __name__ == "__main__":
    main()
