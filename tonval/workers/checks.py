"""The checks of `tonval doctor`. Each takes plain values, changes nothing and gives up after a few seconds."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from tonval.audio import ffmpeg, speech
from tonval.ivr.sip.carrier import CannotStart
from tonval.ivr.sip.cells import Nursery, check_capacity
from tonval.mail import line, smtp
from tonval.sms.smpp import probe, words
from tonval.sms.smpp.account import Account
from tonval.sms.twilio import selftest
from tonval.store.keyring import unlock
from tonval.store.migrate import is_current
from tonval.store.ring import WrongSecret
from tonval.store.unit import open_unit
from tonval.surveys.sentences import chain, sentence
from tonval.web.sign_on.provider import Away, Distrusted
from tonval.web.sign_on.settings import Provider
from tonval.web.sign_on.trying import find
from tonval.workers import probes
from tonval.workers.doctor import Finding, fail, ok, warn
from tonval.workers.probes import Address
from tonval.workers.valkey import NoRedisServer, answers, find_binary, redis_url

_WITHIN = 5.0  # seconds for one answer from the network
_TWILIO = "https://api.twilio.com"


def check_database(url: str, secret: str = "") -> Finding:
    """It can be reached, its tables are the newest this version knows, and what is sealed can be read."""
    place = make_url(url).render_as_string(hide_password=True)
    if place.startswith("sqlite") and not Path(make_url(url).database or "").exists():
        return warn("database", f"{place} does not exist yet; it is made at the first start")
    unit = open_unit(url, secret)
    try:
        if not is_current(unit):
            return fail("database", f"{place} lacks a migration; start `tonval up` once to run it")
        with unit.read() as tx:
            unlock(tx)
        return ok("database", f"{place} is reachable and up to date")
    except WrongSecret as wrong:
        return fail("database", str(wrong))
    except (SQLAlchemyError, OSError) as error:
        why = str(error).splitlines()[0][:160]
        return fail("database", f"{place} cannot be reached ({why}); set TONVAL_DATABASE_URL")
    finally:
        unit.engine.dispose()


def check_redis(home: Path, given: str | None) -> Finding:
    """The given server answers; without one, `tonval up` can start its own."""
    if answers(redis_url(home, given), 2.0):
        return ok("redis", "the server answers")
    if given:
        return fail("redis", "nothing answers at TONVAL_REDIS_URL; answers are still stored, sending is slower")
    try:
        return ok("redis", f"not running; `tonval up` starts {find_binary()}")
    except NoRedisServer as missing:
        return fail("redis", str(missing))


def check_ffmpeg() -> Finding:
    """It runs."""
    ran = ffmpeg.run("-version")
    version = ran.output.decode(errors="replace").splitlines()[:1]
    if ran.status != 0 or not version:
        return fail("ffmpeg", f"{ffmpeg.binary()} does not run; install ffmpeg")
    return ok("ffmpeg", " ".join(version[0].split()[:3]))


def check_speech(languages: Iterable[str]) -> Finding:
    """Every language of the surveys can be spoken, so that a prompt nobody has recorded is heard as a draft."""
    wanted = sorted(set(languages))
    dumb = [language for language in wanted if language.partition("-")[0] not in speech.voices()]
    for language in wanted:
        if language not in dumb:
            speech.speak("1", language)
    if dumb:
        have = ", ".join(speech.voices())
        return warn("speech", f"no voice for {', '.join(dumb)}: record every prompt of it; there are voices for {have}")
    return ok("speech", f"voices for {', '.join(wanted) or 'no language at all'}")


def check_sip(address: Address, cells: int, calls_per_cell: int) -> Finding:
    """The library holds the calls that are set, and the port is free or answered by ourselves."""
    if cells == 0:
        return warn("sip", "switched off (TONVAL_SIP_CELLS is 0)")
    try:
        _place_calls(calls_per_cell)
    except CannotStart as error:
        return fail("sip", str(error))
    host, port = address
    room = f"{cells * calls_per_cell} calls at once ({cells} × {calls_per_cell})"
    if probes.sip_answers(address, 1.0):
        return ok("sip", f"{room}; {host}:{port} answers")
    taken = [port + cell for cell in range(cells) if probes.udp_in_use((host, port + cell))]
    if taken:
        return fail("sip", f"{host}:{taken[0]} is used by something that does not answer; set TONVAL_SIP to another")
    return ok("sip", f"{room}; {host}:{port} is free")


def _place_calls(count: int) -> None:
    """Raises CannotStart when the SIP library holds fewer calls in one process."""
    with tempfile.TemporaryDirectory() as folder:
        nursery = Nursery(Path(folder) / "log")
        try:
            check_capacity(nursery, count, Path(folder) / "capacity")
        finally:
            nursery.close()


def check_twilio(account_sid: str | None, auth_token: str | None, api_url: str | None) -> Finding:
    """The account's credentials are set, and Twilio takes them."""
    if not account_sid or not auth_token:
        return warn("twilio", sentence("no account is set: no SMS leave the house, no Twilio calls come in"))
    try:
        status, body = _get_account(api_url or _TWILIO, account_sid, auth_token)
    except OSError as error:
        place = api_url or _TWILIO
        return fail("twilio", sentence("%(place)s cannot be reached (%(error)s)", place=place, error=str(error)))
    match status:
        case 200:
            return ok("twilio", sentence("the account is %(state)s", state=_account_state(body)))
        case 401 | 403 | 404:
            said = sentence("Twilio refuses TONVAL_TWILIO_ACCOUNT_SID with TONVAL_TWILIO_AUTH_TOKEN")
            return fail("twilio", said)
        case _:
            said = sentence("Twilio answers %(status)s; see https://status.twilio.com", status=status)
            return fail("twilio", said)


def check_twilio_numbers(
    account: tuple[str | None, str | None, str | None], numbers: Mapping[str, str | None], public_url: str
) -> Finding:
    """Each number is the account's, tells us of its messages, and belongs to the messaging service the file names."""
    account_sid, auth_token, api_url = account
    if not account_sid or not auth_token or not numbers:
        return ok("twilio numbers", sentence("not used"))
    found = list(selftest.faults(account_sid, auth_token, api_url, numbers, f"{public_url}/twilio/sms"))
    if found:
        return fail("twilio numbers", chain(*found, between=" "))
    said = sentence("%(n)s at Twilio, each with our address for its messages", n=len(numbers))
    return ok("twilio numbers", said)


def check_smpp(account: Account | None) -> Finding:
    """The operator opens a line for our name and password."""
    if account is None:
        return ok("smpp", sentence("not used (TONVAL_SMPP_URL is not set)"))
    try:
        probe.bind_once(account)
    except probe.Refused as refusal:
        if refusal.status == words.ALREADY_BOUND:
            busy = sentence(
                "%(account)s has all its lines in use; is a worker of Tonval running?", account=str(account)
            )
            return warn("smpp", busy)
        fills = {"account": str(account), "answer": str(refusal)}
        return fail("smpp", sentence("%(account)s refuses TONVAL_SMPP_URL: %(answer)s", **fills))
    except (OSError, probe.Lost) as error:
        fills = {"place": str(account), "error": str(error) or sentence("nobody answers")}
        return fail("smpp", sentence("%(place)s cannot be reached (%(error)s)", **fills))
    return ok("smpp", sentence("%(account)s opens a line (%(bind)s)", account=str(account), bind=str(account.bind)))


def check_public_url(public_url: str, auth_token: str | None) -> Finding:
    """The pages answer at the address the world is told, and only what is signed for it is believed."""
    try:
        found, _ = _request("GET", f"{public_url}/healthz")
    except (OSError, http.client.HTTPException) as error:
        return warn("public url", f"{public_url} does not answer ({error}); is `tonval up` running?")
    if found != 200:
        return fail("public url", f"{public_url}/healthz answers {found}: TONVAL_PUBLIC_URL does not lead here")
    if not auth_token:
        return ok("public url", f"{public_url} answers")
    target, form = f"{public_url}/twilio/status", {"Probe": "tonval-doctor"}
    unsigned, _ = _post(target, form, {})
    signed, _ = _post(target, form, {"X-Twilio-Signature": signature(auth_token, target, form)})
    if unsigned != 403:
        return fail("public url", f"an unsigned webhook is answered {unsigned} instead of 403")
    if signed >= 300:
        reason = "does a proxy change the path, or is TONVAL_PUBLIC_URL not the address Twilio calls?"
        return fail("public url", f"a webhook signed for {public_url} is answered {signed}: {reason}")
    return ok("public url", f"{public_url} answers; signed webhooks are taken, unsigned ones are not")


def check_proxies(public_url: str, http: Address, proxies: int) -> Finding:
    """Whether people are told from one another by their addresses, where something stands in front of us."""
    hidden = http[0] in ("127.0.0.1", "::1", "localhost")
    if public_url.startswith("https://") and hidden and not proxies:
        advice = "set TONVAL_PROXIES to how many proxies of yours stand in front"
        return warn("proxies", f"everybody who signs in seems to come from one address and shares its tries: {advice}")
    return ok("proxies", f"{proxies} in front" if proxies else "none in front")


def check_sign_on(provider: Provider | None) -> Finding:
    """The provider of single sign-on answers, and calls itself what we call it."""
    if provider is None:
        return ok("sign-on", "not used (TONVAL_OIDC_ISSUER is not set)")
    try:
        found = find(provider)
    except (Away, Distrusted) as fault:
        return fail("sign-on", f"{provider.issuer}: {fault}")
    return ok("sign-on", f"{provider.issuer} signs people in at {found.authorization}")


def check_smtp(url: str | None) -> Finding:
    """The mail server takes our name and password."""
    if not url:
        unset = sentence("TONVAL_SMTP_URL is not set: alerts are shown on the desk and mailed to nobody")
        return warn("smtp", unset)
    try:
        server = smtp.mail_server(url)
        line.check(server)
    except (smtp.BadMailServer, smtp.MailFailed) as error:
        return fail("smtp", str(error))
    return ok("smtp", sentence("%(place)s is ready", place=f"{server.host}:{server.port}"))


def signature(auth_token: str, url: str, form: Mapping[str, str]) -> str:
    """As Twilio signs: HMAC-SHA1 over the address and the sorted form fields, in base64.

    Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security.
    """
    signed = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def _get_account(api_url: str, account_sid: str, auth_token: str) -> tuple[int, bytes]:
    key = base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode()
    address = f"{api_url.rstrip('/')}/2010-04-01/Accounts/{account_sid}.json"
    return _request("GET", address, headers={"Authorization": f"Basic {key}"})


def _account_state(body: bytes) -> str:
    try:
        return str(json.loads(body).get("status") or "known")
    except (ValueError, AttributeError):
        return "known"


def _post(url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, bytes]:
    encoded = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    return _request("POST", url, urlencode(form), encoded)


def _request(
    method: str, url: str, body: str | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """One request, no redirects followed. Raises OSError or HTTPException."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_WITHIN)
    try:
        connection.request(method, parts.path or "/", body, dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read(100_000)
    finally:
        connection.close()
