"""The octets on the wire, beside those of another library: ``smpplib`` reads what we write, and we what it writes."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest
import smpplib.client
import smpplib.exceptions
import smpplib.gsm
import smpplib.pdu
import smpplib.smpp

from tests.drivers.smsc import Smsc
from tests.sms.smpp.conftest import Connect
from tests.sms.stage import CUSTOMER, OURS, Stage
from tests.waiting import wait_until
from tonval.fieldwork.messaging.messages import Outgoing
from tonval.sms import sender
from tonval.sms.smpp import probe
from tonval.sms.smpp.account import Account, Alphabet, read_account
from tonval.sms.smpp.long import parts_of
from tonval.sms.smpp.provider import SmppMessages, submit_packet

TEXTS = [
    ("Hur troligt? 0-10", 0, 0),
    ("åäö {€} [~]", 0, 0),
    ("Tack – 👍", 8, 0),
    ("a" * 160, 0, 0),
    ("a" * 400, 0, 64),
    ("õ" * 150, 8, 64),
]
LATIN1 = "Nöjd? Ja!"


@pytest.mark.parametrize(("text", "coding", "esm_class"), TEXTS)
def test_the_other_library_reads_our_messages(text: str, coding: int, esm_class: int) -> None:
    octets = b""
    for sequence, packet in enumerate(packets(text), 7):
        pdu = read(packet)
        assert (pdu.command, pdu.sequence, pdu.status) == ("submit_sm", sequence, 0)
        assert (pdu.source_addr, pdu.source_addr_ton, pdu.source_addr_npi) == (OURS[1:].encode(), 1, 1)
        assert (pdu.destination_addr, pdu.dest_addr_ton, pdu.dest_addr_npi) == (CUSTOMER[1:].encode(), 1, 1)
        assert (pdu.data_coding, pdu.esm_class, pdu.registered_delivery) == (coding, esm_class, 1)
        octets += pdu.short_message[6 if esm_class else 0 :]
    assert octets == (text.encode("utf-16-be") if coding else smpplib.gsm.gsm_encode(text))


@pytest.mark.parametrize(("text", "coding", "esm_class"), TEXTS)
def test_both_libraries_write_the_same_octets(text: str, coding: int, esm_class: int) -> None:
    for sequence, (packet, part) in enumerate(
        zip(packets(text), parts_of(text, Alphabet.GSM, account().long, 1), strict=True), 7
    ):
        theirs = smpplib.smpp.make_pdu(
            "submit_sm",
            client=Numbered(sequence),
            source_addr_ton=1,
            source_addr_npi=1,
            source_addr=OURS[1:],
            dest_addr_ton=1,
            dest_addr_npi=1,
            destination_addr=CUSTOMER[1:],
            short_message=part.octets,
            data_coding=coding,
            esm_class=esm_class,
            registered_delivery=True,
        ).generate()
        assert packet == theirs


def test_latin_1_is_written_as_such_for_those_who_want_it() -> None:
    (packet,) = packets(LATIN1, "alphabet=latin1")
    assert read(packet).short_message == LATIN1.encode("latin-1")


def test_fields_of_long_messages_are_read_by_the_other_library() -> None:
    (packet,) = packets("a" * 400, "long=payload")
    assert read(packet).message_payload == b"a" * 400
    parts = [read(packet) for packet in packets("a" * 400, "long=sar")]
    assert [(pdu.sar_msg_ref_num, pdu.sar_total_segments, pdu.sar_segment_seqnum) for pdu in parts] == [
        (1, 3, place) for place in (1, 2, 3)
    ]


def test_our_line_is_understood_by_the_other_library(stage: Stage) -> None:
    with other_smsc() as (port, heard):
        line = SmppMessages(read_account(f"smpp://tonval:hush@127.0.0.1:{port}/?system_type=SURVEY"), stage.office)
        stage.queue("Hur troligt? 0-10")
        sender.send_batch(stage.office, {"smpp": line}, 10)
        wait_until(lambda: stage.rows("in"))
        line.close()
    answers = ["deliver_sm_resp"] * 2
    assert [pdu.command for pdu in heard] == ["bind_transceiver", "submit_sm", *answers, "unbind"]
    bind, submit, early, answer, _ = heard
    assert (bind.system_id, bind.password, bind.system_type) == (b"tonval", b"hush", b"SURVEY")
    assert (bind.interface_version, submit.short_message) == (0x34, b"Hur troligt? 0-10")
    assert (early.status, early.sequence, answer.status, answer.sequence) == (0, 40, 0, 41)
    assert [row.body for row in stage.rows("in")] == ["9 tack"]
    assert stage.states() == ["delivered"]


def test_the_other_library_s_client_speaks_with_the_same_centre(smsc: Smsc, stage: Stage, connect: Connect) -> None:
    client = smpplib.client.Client("127.0.0.1", smsc.port, allow_unknown_opt_params=True)
    client.connect()
    client.bind_transceiver(system_id="tonval", password="secret")
    theirs = {
        "source_addr_ton": 1,
        "source_addr_npi": 1,
        "dest_addr_ton": 1,
        "dest_addr_npi": 1,
        "registered_delivery": True,
    }
    client.send_message(source_addr=OURS[1:], destination_addr=CUSTOMER[1:], short_message=b"Hej", **theirs)
    client.read_once()
    with suppress(smpplib.exceptions.ConnectionError):  # the centre ends the line without a word
        client.unbind()
    client.disconnect()
    stage.queue("Hej")
    sender.send_batch(stage.office, {"smpp": connect()}, 10)
    one, other = smsc.to_us.of(4)
    assert without_sequence(one) == without_sequence(other)
    assert [taken.octets for taken in smsc.ledger] == [b"Hej", b"Hej"]


def test_the_doctor_s_bind_is_let_go_again(smsc: Smsc) -> None:
    for options, commands in (("", [9]), ("bind=pair", [2, 1]), ("bind=receiver", [1])):
        smsc.to_us.seen.clear()
        probe.bind_once(read_account(smsc.url(options)))
        kinds = [int.from_bytes(octets[4:8], "big") for octets in smsc.to_us.seen]
        assert [kind for kind in kinds if kind != 6] == commands
        assert kinds.count(6) == len(commands)


class Numbered:
    """What ``smpplib`` takes a packet's sequence number from."""

    def __init__(self, sequence: int) -> None:
        self.sequence = sequence

    def next_sequence(self) -> int:
        return self.sequence


def account(options: str = "") -> Account:
    return read_account(f"smpp://tonval:secret@127.0.0.1/?{options}")


def packets(text: str, options: str = "") -> list[bytes]:
    line = account(options)
    message = Outgoing("m", "a", 1, datetime.now(UTC), "smpp", OURS, CUSTOMER, text, 1, None, None)
    parts = parts_of(text, line.alphabet, line.long, 1)
    return [submit_packet(line, message, part, sequence) for sequence, part in enumerate(parts, 7)]


def read(octets: bytes) -> Any:
    return smpplib.smpp.parse_pdu(octets, client=Numbered(0), allow_unknown_opt_params=True)


def without_sequence(octets: bytes) -> bytes:
    return octets[:12] + octets[16:]


@contextmanager
def other_smsc() -> Iterator[tuple[int, list[Any]]]:
    """A message centre of ``smpplib``'s packets: it takes one message, and brings its receipt and a customer's."""
    heard: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=_serve, args=(door, heard))
        thread.start()
        yield door.getsockname()[1], heard
        thread.join()


def _serve(door: socket.socket, heard: list[Any]) -> None:
    connection, _ = door.accept()
    with connection, connection.makefile("rb") as stream:
        while head := stream.read(4):
            heard.append(read(head + stream.read(int.from_bytes(head, "big") - 4)))
            for octets in _answers(heard[-1]):
                connection.sendall(octets)


def _answers(pdu: Any) -> list[bytes]:
    again = {"client": Numbered(pdu.sequence), "sequence": pdu.sequence}
    match pdu.command:
        case "bind_transceiver":
            return [smpplib.smpp.make_pdu("bind_transceiver_resp", system_id="OTHER", **again).generate()]
        case "submit_sm":
            answer = smpplib.smpp.make_pdu("submit_sm_resp", message_id="77", **again).generate()
            return [_brought(40, b"id:77 stat:DELIVRD err:000", 4), answer, _brought(41, b"9 tack", 0)]
        case "unbind":
            return [smpplib.smpp.make_pdu("unbind_resp", **again).generate()]
    return []


def _brought(sequence: int, words: bytes, esm_class: int) -> bytes:
    pdu = smpplib.smpp.make_pdu(
        "deliver_sm",
        client=Numbered(sequence),
        source_addr_ton=1,
        source_addr_npi=1,
        source_addr=CUSTOMER[1:],
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr=OURS[1:],
        short_message=words,
        esm_class=esm_class,
    )
    return bytes(pdu.generate())
