"""Sending over the line: a batch at once as far as the window has room, each message handed over once.

Source: SMPP 3.4 sections 4.4 (submit_sm), 5.2.17 (registered_delivery) and 7.1.1 (relative times).
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import smpp34

from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging import messages, parts
from tonval.fieldwork.messaging.delivery import State
from tonval.fieldwork.messaging.messages import Outgoing
from tonval.sms.errors import Fault, SendError
from tonval.sms.providers import Accepted, Found, Heard, Outcome
from tonval.sms.smpp import words
from tonval.sms.smpp.account import Account
from tonval.sms.smpp.line import Line, NotBound, Unanswered
from tonval.sms.smpp.listening import PROVIDER, Listener
from tonval.sms.smpp.long import Part, as_tlvs, parts_of
from tonval.sms.smpp.numbers import address_of
from tonval.sms.smpp.pdus import Pdu
from tonval.sms.smpp.receipts import answer_ref
from tonval.sms.smpp.wire import Lost

log = logging.getLogger(__name__)

TRIES: Final = 5
"""How often a later part of a long message is offered to a centre that asks us to slow down."""

PAUSE: Final = 1.0
"""Seconds between two such tries."""

ON_RECEIPT: Final = timedelta(days=3)
"""How long a doubtful message may be settled by its receipt: centres keep messages for a phone that is off so long."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of a message, and the ids under which its parts were taken."""

    outcome: Outcome
    refs: tuple[str, ...] = ()


class SmppMessages:
    """A ``Provider``. ``listen`` also takes in what customers write, and the receipts, until ``close``."""

    def __init__(self, account: Account, office: Field) -> None:
        self._account, self._office = account, office
        self._listener = Listener(account, office)
        self._line = Line(account, self._listener.deliver)
        self._references = itertools.count(random.getrandbits(16))  # so that workers do not number alike

    def listen(self) -> None:
        """Bind now, and stay bound."""
        self._line.start()

    def close(self) -> None:
        """Unbind, after the last answers."""
        self._line.close()
        self._listener.close()

    def send(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        """Hand the messages over. Those to one customer go one after the other, so that they keep their order."""
        handed = self._line.run(self._send_all(batch))
        for message in batch:
            self._keep_parts(message, handed[message.id])
        return [handed[message.id].outcome for message in batch]

    def find(self, message: Outgoing, since: datetime) -> tuple[Found, ...]:
        """Centres keep no list to be read: a doubtful message waits for its receipt, and in the end is given up."""
        del since
        if message.claimed_at > self._office.now() - ON_RECEIPT:
            raise SendError(Fault.UNREACHABLE_PROVIDER, "SMPP has no list of messages")
        return ()

    def heard(self, number: str, since: datetime) -> Iterable[Heard]:
        """Nothing: the centre itself brings again what we have not answered."""
        del number, since
        return ()

    def _keep_parts(self, message: Outgoing, handed: Handed) -> None:
        failed = isinstance(handed.outcome, SendError)
        if len(handed.refs) > 1 or (handed.refs and failed):
            try:
                parts.keep(self._office, PROVIDER, message.id, handed.refs, doubtful=failed)
            except Exception:  # what became of the others must still be told
                log.exception("the parts of a message could not be kept message=%s", message.id)

    async def _send_all(self, batch: Sequence[Outgoing]) -> dict[str, Handed]:
        chains: dict[str, list[Outgoing]] = {}
        for message in batch:
            chains.setdefault(message.recipient, []).append(message)
        done = await asyncio.gather(*(self._send_chain(chain) for chain in chains.values()))
        return {name: handed for chain in done for name, handed in chain}

    async def _send_chain(self, chain: Sequence[Outgoing]) -> list[tuple[str, Handed]]:
        return [(message.id, await self._send(message)) for message in chain]

    async def _send(self, message: Outgoing) -> Handed:
        """Part after part. Half a message is neither sent again nor taken for refused in a way that may be mended."""
        account, refs = self._account, list[str]()
        pieces = parts_of(message.body, account.alphabet, account.long, next(self._references) & 0xFFFF)
        for number, part in enumerate(pieces, 1):
            try:
                refs.append(await self._hand_over(message, part, TRIES if refs else 1, alone=len(pieces) == 1))
            except SendError as error:
                return Handed(_partly(error, number, len(pieces)) if refs else error, tuple(refs))
        return Handed(Accepted(_whole_ref(refs)), tuple(refs))

    async def _hand_over(self, message: Outgoing, part: Part, tries: int, *, alone: bool) -> str:
        """The centre's id of the part. Raises ``SendError``."""
        while True:
            tries -= 1
            pdu = await self._ask(message, part, alone=alone)
            if not pdu.status:
                return answer_ref(pdu.text, self._account.ids)
            refusal = words.refusal(pdu.status, self._account.opted_out)
            if not (tries and refusal.fault.retryable):
                raise refusal
            await asyncio.sleep(PAUSE)

    async def _ask(self, message: Outgoing, part: Part, *, alone: bool) -> Pdu:
        try:
            return await self._line.request(partial(submit_packet, self._account, message, part))
        except NotBound as away:
            raise SendError(Fault.UNREACHABLE_PROVIDER, str(away)) from away
        except Lost as lost:
            raise SendError(Fault.NO_ANSWER, "the line was lost") from lost
        except Unanswered as silence:
            if alone:
                silence.answer.add_done_callback(partial(self._answered_late, message))
            raise SendError(Fault.NO_ANSWER, "no answer in time") from silence

    def _answered_late(self, message: Outgoing, answer: asyncio.Future[Pdu]) -> None:
        """The answer to a message that was given up as doubtful settles it after all."""
        if answer.cancelled() or answer.exception():
            return
        pdu = answer.result()
        ref, state, error = answer_ref(pdu.text, self._account.ids), State.ACCEPTED, None
        if pdu.status:
            ref, state, error = "", State.FAILED, words.refusal(pdu.status, ()).sentence
        told = partial(messages.status_changed, self._office, PROVIDER, ref or None, message.id, state, error)
        asyncio.get_running_loop().run_in_executor(None, told)


def submit_packet(account: Account, message: Outgoing, part: Part, sequence: int) -> bytes:
    """The submit_sm of one part; the centre is asked for a receipt of the end, good or bad."""
    source = address_of(message.sender, account.source_ton, account.source_npi)
    to = address_of(message.recipient, account.dest_ton, account.dest_npi)
    return smpp34.SubmitSm(
        source.digits,
        to.digits,
        part.octets,
        service_type=account.service_type,
        source_addr_ton=source.ton,
        source_addr_npi=source.npi,
        dest_addr_ton=to.ton,
        dest_addr_npi=to.npi,
        esm_class=part.esm_class,
        validity_period=_relative(account.validity),
        registered_delivery=1,
        data_coding=part.coding,
        tlvs=as_tlvs(part.fields),
        sequence_number=sequence,
    ).encode()


def _relative(length: timedelta | None) -> str:
    """``YYMMDDhhmmss000R``: so long from now."""
    if length is None:
        return ""
    minutes = int(length.total_seconds()) // 60
    return f"0000{minutes // 1440:02d}{minutes // 60 % 24:02d}{minutes % 60:02d}00000R"


def _whole_ref(refs: Sequence[str]) -> str:
    """The id of the one part; a long message's is none that a receipt names: its parts are known by theirs."""
    return refs[0] if len(refs) == 1 else f"{refs[0]}+{len(refs) - 1}"


def _partly(error: SendError, number: int, of: int) -> SendError:
    """What became of a message whose first parts were taken: not to be sent again, whatever the fault."""
    fault = error.fault if error.fault.doubtful or error.fault.opted_out else Fault.OTHER
    return SendError(fault, f"part {number} of {of}: {error.detail}")
