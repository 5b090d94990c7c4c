"""The providers as the admin pages show them: what each form asks, what is wrong with it, and how each is tried."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from functools import partial
from typing import Final

from tonval.config import Config
from tonval.connecting import (
    MAIL,
    SIGN_ON,
    SMPP,
    TRUNK,
    TWILIO,
    VARIABLES,
    by_environment,
    connected,
    faults_of_sign_on,
    mail_url,
    sender,
    smpp_url,
)
from tonval.fieldwork.field import Field
from tonval.mail import line
from tonval.mail.addresses import BadAddress
from tonval.mail.smtp import MailFailed, mail_server
from tonval.surveys.sentences import sentence
from tonval.web.desk.setup.entries import CHOICE, Entry, Option
from tonval.web.desk.setup.ways import Tried, Way, Ways
from tonval.web.language import told
from tonval.web.sign_on.settings import BACK
from tonval.web.sign_on.trying import attempt
from tonval.workers import checks, doctor, probes

_PASSWORD: Final = "password"  # noqa: S105 - the name of an entry
_SID: Final = re.compile("AC[0-9a-f]{32}")
_SIP: Final = re.compile(r"sips?:(?:[^@]*@)?(\[[0-9A-Fa-f:.]+\]|[^:;?]+)(?::([0-9]+))?")

_NO_OTHER_WAY: Final = sentence(
    "queues.yaml lets nobody sign in with a password (sign_in.passwords). Without single sign-on nobody could come in."
)

Values = Mapping[str, str]
Faults = Mapping[str, Sequence[str]]


def ways_of(base: Config, config: Config, office: Field) -> Ways:
    """Every provider; ``base`` is what the environment alone says, ``config`` what holds."""
    found = (
        _twilio(base, office, there=config.has_twilio),
        _mail(base, office, there=bool(config.smtp_url)),
        _smpp(base, there=config.smpp is not None),
        _trunk(base, office, there=office.centre.sip.trunk is not None),
        _sign_on(base, office, there=config.provider is not None),
    )
    return {way.name: way for way in found}


def _variables(base: Config, name: str) -> tuple[str, ...]:
    return VARIABLES[name] if by_environment(base, name) else ()


def _twilio(base: Config, office: Field, *, there: bool) -> Way:
    return Way(
        name=TWILIO,
        title=sentence("Twilio"),
        intro=sentence("Messages and calls by your own Twilio account"),
        trying=sentence("Asks Twilio whether it knows us and our numbers. Nothing is sent and nothing changed."),
        entries=(
            Entry(
                sentence("Account SID"),
                "account_sid",
                help=sentence("AC and 32 digits, as the Twilio console shows it"),
                needed=True,
            ),
            Entry(
                sentence("Auth token"),
                "auth_token",
                help=sentence("Beside the SID. Webhooks are believed by it"),
                needed=True,
            ),
        ),
        secret=frozenset({"auth_token"}),
        by_environment=_variables(base, TWILIO),
        there=there,
        fault=_fault_of_twilio,
        trial=partial(_try_twilio, base, office),
    )


def _fault_of_twilio(values: Values) -> Faults:
    faults = {} if values["auth_token"] else {"auth_token": [sentence("The auth token is needed.")]}
    if not _SID.fullmatch(values["account_sid"]):
        faults["account_sid"] = [sentence("An account SID is AC and 32 digits.")]
    return faults


def _try_twilio(base: Config, office: Field, mail: str) -> list[Tried]:
    """What `tonval doctor` says of it."""
    del mail
    now = connected(base)
    account = (now.twilio_account_sid, now.twilio_auth_token, now.twilio_api_url)
    ours = office.centre.numbers.values()
    numbers: dict[str, str | None] = {each.number: each.service for each in ours if each.provider == TWILIO}
    return _examined(
        ("Twilio", partial(checks.check_twilio, *account)),
        (sentence("numbers at Twilio"), partial(checks.check_twilio_numbers, account, numbers, now.public_url)),
    )


def _mail(base: Config, office: Field, *, there: bool) -> Way:
    return Way(
        name=MAIL,
        title=sentence("Mail"),
        intro=sentence("The server that takes surveys by e-mail, alerts and invitations"),
        trying=sentence("Connects, signs in, and sends a test letter to your own address."),
        entries=(
            Entry(
                sentence("Server"), "server", help=sentence("smtp.example.com, or smtp.example.com:587"), needed=True
            ),
            Entry(sentence("Encryption"), "security", kind=CHOICE, options=_mail_security),
            Entry(sentence("User"), "user", help=sentence("Empty where the server asks for none")),
            Entry(sentence("Password"), _PASSWORD),
            Entry(
                sentence("Letters come from"),
                "from",
                help=sentence("An address of yours, such as survey@example.com"),
                needed=True,
            ),
            Entry(
                sentence("Sender’s name"),
                "name",
                help=sentence("What customers see in front of the address, such as Nordlys customer service"),
            ),
        ),
        secret=frozenset({_PASSWORD}),
        by_environment=_variables(base, MAIL),
        there=there,
        place="server",
        fault=_fault_of_mail,
        trial=partial(_try_mail, base, office),
    )


def _mail_security(_field: Field) -> Sequence[Option]:
    return (("starttls", "STARTTLS (587)"), ("tls", "TLS (465)"), ("plain", sentence("none")))


def _fault_of_mail(values: Values) -> Faults:
    faults = _fault_of_url(mail_url, values)
    try:
        sender(values)
    except BadAddress as bad:
        faults["from"] = [str(bad)]
    return faults


def _try_mail(base: Config, office: Field, mail: str) -> list[Tried]:
    now = connected(base)
    found = _examined((sentence("mail server"), partial(checks.check_smtp, now.smtp_url)))
    if found[0][1] != "ok" or not now.smtp_url:
        return found
    if not mail:
        return [
            *found,
            (sentence("test letter"), "warn", sentence("You have no e-mail address here, so none was sent.")),
        ]
    return [*found, _letter(now, office, mail)]


def _letter(config: Config, office: Field, to: str) -> Tried:
    letter = EmailMessage()
    letter["From"], letter["To"] = str(config.mail_from), to
    letter["Subject"] = told(sentence("A test letter of %(brand)s", brand=office.centre.brand))
    letter["Date"], letter["Message-ID"] = format_datetime(office.now()), make_msgid(domain="tonval.invalid")
    letter.set_content(told(sentence("You asked for this letter on the settings page. Mail works.")))
    try:
        line.send(mail_server(str(config.smtp_url)), letter)
    except MailFailed as failed:
        return (sentence("test letter"), "fail", str(failed))
    return (sentence("test letter"), "ok", sentence("A letter is on its way to %(address)s.", address=to))


def _smpp(base: Config, *, there: bool) -> Way:
    return Way(
        name=SMPP,
        title=sentence("An operator (SMPP)"),
        intro=sentence("Messages by a line of your own to an operator"),
        trying=sentence("Opens the line and lets go of it again. Nothing is sent."),
        entries=(
            Entry(sentence("Server"), "server", help=sentence("smpp.example.com:2775"), needed=True),
            Entry(sentence("Encryption"), "security", kind=CHOICE, options=_line_security),
            Entry(sentence("System id"), "system_id", help=sentence("Our name at the operator"), needed=True),
            Entry(sentence("Password"), _PASSWORD),
            Entry(
                sentence("Options"),
                "options",
                help=sentence("As the operator asks, with spaces between: bind=pair long=sar. docs/smpp.md lists them"),
            ),
        ),
        secret=frozenset({_PASSWORD}),
        by_environment=_variables(base, SMPP),
        there=there,
        place="server",
        fault=partial(_fault_of_url, smpp_url),
        trial=lambda _mail: _examined(("SMPP", lambda: checks.check_smpp(connected(base).smpp))),
    )


def _line_security(_field: Field) -> Sequence[Option]:
    return (("tls", "TLS"), ("plain", sentence("none")))


def _trunk(base: Config, office: Field, *, there: bool) -> Way:
    return Way(
        name=TRUNK,
        title=sentence("SIP trunk"),
        intro=sentence("Calls to customers by your PBX or carrier. Its address is set under Outgoing calls by SIP"),
        trying=sentence("Asks the trunk, and each telephone system with one address, whether it is there (OPTIONS)."),
        entries=(Entry(sentence("Password"), _PASSWORD, help=sentence("Of the user set there"), needed=True),),
        secret=frozenset({_PASSWORD}),
        by_environment=_variables(base, TRUNK),
        there=there,
        fault=lambda values: {} if values[_PASSWORD] else {_PASSWORD: [sentence("The password is needed.")]},
        trial=lambda _mail: _try_sip(office),
    )


def _sign_on(base: Config, office: Field, *, there: bool) -> Way:
    return Way(
        name=SIGN_ON,
        title=sentence("Single sign-on"),
        intro=sentence(
            "Colleagues sign in with the account they have: Entra ID, Google, Keycloak, Okta (OpenID Connect)"
        ),
        trying=sentence("Reads the service’s document and keys as a sign-in would, and asks whether it knows us."),
        entries=_entries_of_sign_on(),
        secret=frozenset({"client_secret"}),
        by_environment=_variables(base, SIGN_ON),
        there=there,
        fault=lambda values: {key: [said] for key, said in faults_of_sign_on(values).items()},
        trial=lambda _mail: _try_sign_on(base),
        place="issuer",
        to_copy=((sentence("Redirect address, to be registered there"), base.public_url + BACK),),
        beside=("/admin/settings/sign-in", sentence("Which group may do what")),
        needed=lambda: "" if office.centre.sign_on.passwords else _NO_OTHER_WAY,
        loss=sentence("What was typed in is forgotten. Whoever has no password needs a link from an admin to come in."),
        carries=False,
    )


def _entries_of_sign_on() -> tuple[Entry, ...]:
    return (
        Entry(
            sentence("Issuer"),
            "issuer",
            help=sentence("The service’s address, letter by letter as it calls itself: https://login.example.com/care"),
            needed=True,
        ),
        Entry(sentence("Client id"), "client_id", help=sentence("What Tonval is called there"), needed=True),
        Entry(sentence("Client secret"), "client_secret", help=sentence("Empty where the service gave you none")),
        Entry(sentence("Name on the button"), "name", help=sentence("“Sign in with …”: what your colleagues call it")),
    )


def _try_sign_on(base: Config) -> list[Tried]:
    now = connected(base)
    if now.provider is None:
        return [(sentence("sign-in service"), "warn", sentence("It is not connected yet. Save first."))]
    return list(attempt(now.provider, now.public_url + BACK))


def _try_sip(office: Field) -> list[Tried]:
    """One OPTIONS each, and the answer as it came."""
    sip = office.centre.sip
    asked = [(f"trunk {sip.trunk.address}", _address_of(sip.trunk.address))] if sip.trunk else []
    for peer in sip.peers:
        single = [network.partition("/")[0] for network in peer.allow if network.endswith(("/32", "/128"))]
        asked += [(f"{peer.name} {host}", (host, 5060)) for host in single[:4]]
    if not asked:
        return [("SIP", "warn", sentence("Neither a trunk nor a telephone system with one address is set."))]
    return [_asked(name, address) for name, address in asked[:8]]


def _asked(name: str, address: tuple[str, int] | None) -> Tried:
    said = probes.sip_answer(address) if address else None
    if said is None:
        return (name, "fail", sentence("Nobody answers there. Does a firewall stand between us?"))
    return (name, "ok", sentence("Answers: %(said)s", said=said))


def _address_of(uri: str) -> tuple[str, int] | None:
    found = _SIP.match(uri)
    if found is None:
        return None
    host, port = found[1].strip("[]"), int(found[2] or 5060)
    try:
        return str(socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0][4][0]), port
    except OSError:
        return None


def _fault_of_url(read: Callable[[Values], str], values: Values) -> dict[str, list[str]]:
    try:
        read(values)
    except ValueError as bad:
        return {"server": [str(bad)]}
    return {}


def _examined(*asked: tuple[str, Callable[[], doctor.Finding]]) -> list[Tried]:
    found = doctor.examine(asked)
    return [(name, each.state.value, each.sentence) for (name, _), each in zip(asked, found, strict=True)]
