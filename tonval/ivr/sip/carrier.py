"""What a SIP node needs from the house, and what it must be told: a few verbs and a handful of settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, ip_network
from pathlib import Path
from typing import Final, Protocol

from tonval.fieldwork.arrivals import Call
from tonval.fieldwork.calls.dialling import ToDial
from tonval.fieldwork.calls.outages import Through
from tonval.fieldwork.centre import Sip
from tonval.ivr.outage import DatabaseAway as DatabaseAway
from tonval.ivr.sip.caller import Patience
from tonval.surveys.interview import Interview
from tonval.surveys.questionnaire import Form
from tonval.surveys.reception import Reception
from tonval.surveys.turns import Hearing, Recording, Reply, Utterance

_LOOPBACK: Final = IPv4Network("127.0.0.1/32")


class CannotStart(Exception):
    """The node cannot work with these settings; the message is a sentence for people."""


class Conducted(Protocol):
    """A stored turn of a leg, as ``fieldwork.conduct`` hands it out."""

    @property
    def leg(self) -> str: ...
    @property
    def turn_no(self) -> int: ...
    @property
    def interview(self) -> str | None: ...
    @property
    def survey(self) -> str: ...
    @property
    def says(self) -> Sequence[Utterance]: ...
    @property
    def wait(self) -> Hearing | None: ...
    @property
    def queue(self) -> str: ...


class Spoken(Protocol):
    """An utterance as audio: 8 kHz mono 16-bit WAV, named by the digest of its content."""

    @property
    def digest(self) -> str: ...
    @property
    def wav(self) -> bytes: ...


class Carrier(Protocol):
    """Fieldwork as a SIP node sees it. Called from several threads; each may raise ``DatabaseAway``."""

    def begin_call(self, call: Call) -> Conducted:
        """The first turn of a call; the same call again gives the same turn."""

    def resume(self, leg: str, reply: Reply, turn_no: int) -> Conducted:
        """The turn after the reply to turn ``turn_no``; the answer is committed when this returns."""

    def end_leg(self, leg: str, cause: str) -> None:
        """The call is over. A second time changes nothing."""

    def interview_of(self, interview: str) -> tuple[Form, Interview]:
        """An interview as it stands, with the form it was begun on."""

    def reception_of(self, leg: str) -> Reception | None:
        """The reception of a call as it stands, where there is one."""

    def put_through(self, call: Call) -> Through | None:
        """How this caller reaches an agent without the database: it is never looked at for that."""

    def end_lost_legs(self, node: str) -> int:
        """End what this node held when it last died; gives how many."""

    def audio_for(self, survey: str, utterance: Utterance, queue: str = "") -> Spoken:
        """The utterance as it is heard by callers of the ``queue``."""

    def take_in(self, leg: str, turn_no: int, length: timedelta, wav: bytes) -> Recording:
        """Store what was spoken in this turn, 8 kHz mono 16-bit WAV; a second time changes nothing."""

    def sip(self) -> Sip:
        """Which telephone systems may call, and the trunk of our own calls, as they are set up now."""

    def trunk_password(self) -> str:
        """The trunk's password as it was typed in the browser; empty where none was."""

    def country(self) -> str:
        """Whose national numbers callers may show, as it is set up now."""

    def due_calls(self, limit: int) -> list[ToDial]:
        """Our own calls that are to be placed now; each comes once."""

    def placed(self, dial: str, ref: str) -> None:
        """The customer's telephone rings; the call is ``ref`` with us."""

    def dial_ended(self, dial: str, cause: str, why: str | None) -> None:
        """What became of the call: one of ``dialling.CAUSES``, and a sentence for people."""

    def put_back(self, dial: str, wait: timedelta, why: str) -> None:
        """No call was placed, for sure; it is due again after ``wait``."""


@dataclass(frozen=True, slots=True)
class SipSettings:
    """One SIP node. ``host`` and ``port`` are cell 0's; cell i listens on ``port + i``, UDP and TCP.

    ``allow`` are the networks that may call. ``node`` names this node in the database, ``home`` is where it keeps
    its logs and prompt files. ``trunk_password`` goes before what is typed in the browser.
    """

    host: str
    port: int
    cells: int
    calls_per_cell: int
    allow: tuple[str, ...]
    node: str
    home: Path
    drain_seconds: float = 30.0
    patience: Patience = field(default_factory=Patience)
    trunk_password: str = field(default="", repr=False)

    def networks(self) -> tuple[IPv4Network, ...]:
        """The allowed IPv4 networks, this machine's own address among them: ``tonval up`` asks whether we are there.

        Raises ``CannotStart`` when one cannot be read, or none is left.
        """
        try:
            networks = [ip_network(text.strip(), strict=False) for text in self.allow]
        except ValueError as bad:
            raise CannotStart(f"TONVAL_SIP_ALLOW: {bad}") from None
        wanted = tuple(network for network in networks if isinstance(network, IPv4Network))
        if not wanted:
            raise CannotStart("TONVAL_SIP_ALLOW names no IPv4 network: nobody could call")
        return tuple(dict.fromkeys((*wanted, *_own(self.host))))


def _own(host: str) -> tuple[IPv4Network, ...]:
    """From where a program on this machine reaches a node that listens on ``host``."""
    try:
        here = IPv4Network(host)
    except ValueError:
        return ()  # a name
    return (_LOOPBACK,) if here.is_loopback or here.is_unspecified else (here,)
