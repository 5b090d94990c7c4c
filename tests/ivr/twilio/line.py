"""A centre behind its real webhooks on real HTTP, and the stand-in for Twilio that calls it and keeps what is said."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from array import array
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from tests.drivers.twilio_api import ACCOUNT, TwilioApi
from tests.drivers.twilio_calls import Placed
from tests.drivers.twilio_voice import TwilioCall
from tests.fieldwork.office import Office
from tonval.audio.wav import pack
from tonval.fieldwork.calls import sounds
from tonval.fieldwork.routing import read_centre
from tonval.ivr.twilio.calls import call_blueprints
from tonval.ivr.twilio.dialler import TwilioCalls
from tonval.ivr.twilio.recordings import TwilioRecordings
from tonval.ivr.twilio.signature import Signature
from tonval.store.unit import Unit

EVA, OURS, ANNA, BO = "+46701740606", "+46701740605", "+46701740610", "+46701740611"
TOKEN = "a-token-of-the-tests"
FILE = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {provider: twilio}}
defaults: {cap: 0, languages: [sv, en], survey: care, min_talk: 15s}
queues:
  support:
    channel: keypad
    reception: {languages: [sv, en], opt_in: true, connect: [{to: "0701740610", agent: anna},
                {to: "0701740611", agent: bo}]}
    call: {from: "+46701740605", after: 10m, retry: [2h]}
  waiting: {channel: keypad, reception: {queue: Waiting, connect: [{to: "0701740610", agent: anna}]}}
surveys:
  care:
    questions:
      - {id: helped, scale: nki, text: {sv: "Hur gick det?", en: "How did it go?"}}
      - {id: more, scale: spoken, text: {sv: "Berätta gärna.", en: "Tell us more."}}
"""


@dataclass
class Line:
    """The office, where its webhooks are, and Twilio's side."""

    office: Office
    url: str
    api: TwilioApi
    holder: TwilioRecordings
    times: int = 1

    def call(self, sid: str = "CA1") -> TwilioCall:
        """A call of a customer."""
        return TwilioCall(_post(self.url), _get(self.url), TOKEN, self.url, sid, EVA, OURS, times=self.times)

    def answered(self, placed: Placed) -> TwilioCall:
        """The customer answers a call of ours: Twilio asks what to say."""
        call = replace(self.call(placed.sid), caller=OURS, dialled=EVA, direction="outbound-api", heard=[], answers=[])
        call.ask(placed.url, {"Direction": "outbound-api"})
        return call

    def keep(self, call: TwilioCall) -> str:
        """Twilio has the sound of the call's next recording; gives its name."""
        sid = replace(call).recorded(1)["RecordingSid"]
        self.api.recordings.sounds[sid] = SPOKEN
        return sid

    def fetch(self) -> int:
        """A worker's turn at the recordings."""
        return sounds.bring_home(self.office.field, self.holder)

    def calls(self, patience: float = 5.0) -> TwilioCalls:
        """The way to call customers."""
        return TwilioCalls(ACCOUNT, TOKEN, self.url, self.api.url, patience)

    def rows(self, table: Any) -> list[Any]:
        """All there is in a table."""
        with self.office.field.unit.read() as tx:
            return list(tx.execute(select(table)))

    def row(self, table: Any) -> Any:
        """The only one."""
        (found,) = self.rows(table)
        return found


SPOKEN = pack(array("h", [(number % 50) * 300 for number in range(16_000)]))
"""Two seconds that are no silence."""


@contextmanager
def line_to(unit: Unit) -> Iterator[Line]:
    """All of it, on a database."""
    office, app = Office(unit, read_centre(FILE)), Flask("line")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    with TwilioApi(TOKEN) as api:
        api.now = lambda: office.time
        holder = TwilioRecordings(ACCOUNT, TOKEN, api.url)
        genuine = Signature(TOKEN, url).genuine
        for routes in call_blueprints(office.field, genuine, url, b"a key", replace(holder, eager=2.0)):
            app.register_blueprint(routes)
        thread.start()
        try:
            yield Line(office, url, api, holder)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def _post(url: str) -> Any:
    def post(path: str, form: Mapping[str, str], signature: str) -> tuple[int, bytes]:
        return _open(urllib.request.Request(url + path, urlencode(form).encode(), {"X-Twilio-Signature": signature}))

    return post


def _get(url: str) -> Any:
    return lambda path: _open(urllib.request.Request(url + path))


def _open(request: urllib.request.Request) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status), answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read()
