from __future__ import annotations

from datetime import timedelta

import pytest

from tonval.ivr.sip import messages as m
from tonval.surveys.turns import AskDigits, AskRecording, Digits, TimedOut

TRUNK = m.Account("sip:192.0.2.9", "tonval", "secret")
FACTS = [
    m.Opened(5060),
    m.Failed("port 5060 is taken"),
    m.Capacity(4),
    m.Heartbeat(2),
    m.Invited(1, "abc@pbx", "support", queue="support", agent="anna", language="sv"),
    m.Ready(1),
    m.Gathered(1, 2, "10"),
    m.Gathered(1, 2, None),
    m.LegEnded(1, "finished"),
    m.Invited(2, "a", "b", reception="leg_1", peer="192.0.2.9:5062"),
    m.Recorded(1, 2, 1234.5),
    m.Untaken(1, 2),
    m.Ringing(-1),
    m.Answered(-1),
    m.LegEnded(-1, "not taken", 486),
]
ORDERS = [
    m.Answer(1),
    m.Refuse(1, 503),
    m.Play(1, 1, (m.Clip("/tmp/å.wav", 1234.5),), AskDigits(2, "#", timedelta(seconds=5), timedelta(seconds=2), True)),
    m.Play(1, 3, (), None),
    m.Record(1, 2, (m.Clip("a.wav", 1.0),), AskRecording(), "/tmp/b.wav"),
    m.Transfer(1, 2, (m.Clip("a.wav", 1.0),), ("<sip:a@b>", "<sip:c@d>"), 30_000.0),
    m.Place(-1, "sip:+46701740606@trunk.example", TRUNK, "+46701740605", 30_000.0),
    m.Allow(("192.0.2.0/24", "127.0.0.0/8")),
    m.HangUp(1, "stopped"),
    m.Drain(),
    m.Stop("stopped"),
]


@pytest.mark.parametrize("fact", FACTS, ids=repr)
def test_a_fact_arrives_as_it_was_sent(fact: m.Fact) -> None:
    assert m.decode_fact(m.encode(fact).rstrip(b"\n")) == fact


@pytest.mark.parametrize("order", ORDERS, ids=repr)
def test_an_order_arrives_as_it_was_given(order: m.Order) -> None:
    assert m.decode_order(m.encode(order).rstrip(b"\n")) == order


@pytest.mark.parametrize("message", [*FACTS, *ORDERS], ids=repr)
def test_a_message_is_one_line(message: m.Fact | m.Order) -> None:
    assert m.encode(message).count(b"\n") == 1


@pytest.mark.parametrize("line", [b"", b"{}", b'["Nonsense", {}]', b'["Ready", {"cell": 1}]', b'["Play", {}]'])
def test_anything_else_is_refused(line: bytes) -> None:
    for decode in (m.decode_fact, m.decode_order):
        with pytest.raises(ValueError, match=r".+"):
            decode(line)


def test_gathered_digits_are_a_reply() -> None:
    assert m.Gathered(1, 1, "5").reply == Digits("5")
    assert m.Gathered(1, 1, None).reply == TimedOut()
