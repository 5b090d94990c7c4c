from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tonval.ivr.sip.headers import BY_DIGEST, dtmf_key, read_invite
from tonval.ivr.sip.messages import Invited

INVITE = (
    "INVITE sip:support@192.0.2.1:5060;transport=udp SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\n"
    'From: "Anna" <sip:+46701740606@pbx.example>;tag=1\r\n'
    "To: <sip:support@192.0.2.1>\r\n"
    "Call-ID: abc@pbx.example\r\n"
    "CSeq: 1 INVITE\r\n"
    "{extra}"
    "Content-Type: application/sdp\r\n"
    "Content-Length: 4\r\n\r\n"
    "v=0\r\n"
)


def read(*extra: str) -> Invited:
    return read_invite(1, INVITE.replace("{extra}", "".join(f"{line}\r\n" for line in extra)))


def test_a_bare_invite_says_whom_it_is_for_and_nothing_else() -> None:
    assert read() == Invited(1, "abc@pbx.example", "support", caller=None)


def test_our_own_headers_are_read() -> None:
    invited = read(
        "X-Tonval-Queue: sales", "x-tonval-agent: anna", "X-Tonval-Interaction: c-1", "X-Tonval-Language: sv"
    )
    assert (invited.queue, invited.agent, invited.interaction, invited.language) == ("sales", "anna", "c-1", "sv")


def test_the_headers_other_systems_use_are_read() -> None:
    invited = read("X-Queue: billing", "X-Agent-Id: bo")
    assert (invited.queue, invited.agent) == ("billing", "bo")


def test_our_own_headers_come_first() -> None:
    assert read("X-Queue: billing", "X-Tonval-Queue: sales").queue == "sales"


def test_an_empty_header_says_nothing() -> None:
    assert read("X-Tonval-Queue:  ", "X-Queue: billing").queue == "billing"


@pytest.mark.parametrize(
    ("identity", "caller"),
    [
        ("P-Asserted-Identity: <sip:+46701740607@pbx.example>", "+46701740607"),
        ("P-Asserted-Identity: <tel:+46-70-174.06.08>", "+46701740608"),
        ('P-Asserted-Identity: "Eva" <sips:0701740609@pbx.example;user=phone>', "0701740609"),
        ("P-Asserted-Identity: <sip:anonymous@anonymous.invalid>", None),
    ],
)
def test_an_asserted_identity_names_the_caller(identity: str, caller: str | None) -> None:
    assert read(identity).caller == caller


def test_a_diversion_names_the_number_that_was_dialled_before() -> None:
    assert read("Diversion: <sip:+46701740610@pbx.example>;reason=unconditional").diverted == "+46701740610"


def test_a_folded_header_is_one_line() -> None:
    assert read("X-Tonval-Agent:\r\n  anna").agent == "anna"


def test_compact_names_are_known() -> None:
    message = INVITE.replace("{extra}", "").replace("Call-ID:", "i:").replace("From:", "f:")
    invited = read_invite(1, message)
    assert invited.ref == "abc@pbx.example"


def test_from_alone_names_nobody() -> None:
    assert read().caller is None


def test_percent_signs_in_the_dialled_name_are_decoded() -> None:
    message = INVITE.replace("{extra}", "").replace("sip:support@192.0.2.1:5060", "sip:support%2Dnki@192.0.2.1")
    assert read_invite(1, message).dialled == "support-nki"


@given(st.text(max_size=300))
def test_no_header_value_gets_through_unclipped_or_with_control_characters(value: str) -> None:
    agent = read("X-Tonval-Agent: " + value.replace("\r", " ").replace("\n", " ")).agent
    assert agent is None or (len(agent) <= 200 and agent.isprintable())


IDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=150, max_size=260)


@given(st.lists(IDS, min_size=2, max_size=2, unique=True), st.booleans())
@example(["a" * 200, "a" * 201], True)
@example(["a" * 4000 + "1", "a" * 4000 + "2"], False)
def test_two_long_ids_never_become_one_and_the_same_one_stays_the_same(ids: list[str], same_beginning: bool) -> None:
    ids = [("call" * 60 if same_beginning else "") + each for each in ids]
    for header, fact in (("X-Tonval-Interaction", "interaction"), ("X-Tonval-Agent", "agent")):
        one, other = (getattr(read(f"{header}: {each}"), fact) for each in ids)
        assert one != other
        assert len(one) <= 200
        assert getattr(read(f"{header}: {ids[0]}"), fact) == one


def test_an_id_as_long_as_may_be_reported_is_kept_as_it_stands() -> None:
    assert read("X-Tonval-Interaction: " + "c" * 200).interaction == "c" * 200
    assert (read("X-Tonval-Interaction: " + "c" * 201).interaction or "").startswith(BY_DIGEST)


@given(st.text(max_size=500))
def test_any_text_at_all_can_be_read(message: str) -> None:
    invited = read_invite(1, message)
    assert invited.ref and (invited.call, invited.caller) == (1, None)


@pytest.mark.parametrize(
    ("kind", "body", "key"),
    [
        ("application/dtmf", "5", "5"),
        ("application/dtmf", "5\r\n", "5"),
        ("application/dtmf", "10", "*"),
        ("application/dtmf", "#", "#"),
        ("Application/DTMF; charset=utf-8", "7", "7"),
        ("application/dtmf", "55", None),
        ("application/dtmf", "", None),
        ("application/dtmf-relay", "Signal=5", None),
        ("text/plain", "5", None),
    ],
)
def test_the_key_of_an_info_request(kind: str, body: str, key: str | None) -> None:
    assert dtmf_key(f"INFO sip:x@y SIP/2.0\r\nContent-Type: {kind}\r\n\r\n{body}") == key
