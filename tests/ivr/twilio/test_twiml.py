from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.drivers.twilio_voice import parse
from tonval.ivr.twilio.twiml import Addresses, goodbye, silence, take, twiml, waiting
from tonval.surveys.turns import AskDigits, AskRecording, Dial, Hearing, Line, Utterance

WELCOME = Utterance("welcome", "sv", "Välkommen")
HELPED = Utterance("question.helped", "sv", "Hur bra hjälp fick du?")
HERE = "https://survey.example.com/twilio/voice/leg_1/1"
RETRY = "#rc=2&amp;rp=5xx,ct,rt"
ACTION = HERE + RETRY
WAITING = "https://survey.example.com/twilio/voice/waiting?queue=support&language=sv"
AT = Addresses(HERE, WAITING, "+46701740606")
ANNA, BO, SWITCHBOARD = (
    Line("+46701740610", "anna"),
    Line("sip:bo@pbx.example;transport=tls", "bo"),
    Line("client:desk"),
)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


@dataclass(frozen=True)
class Said:
    says: tuple[Utterance, ...]
    wait: Hearing | None


CASES = [
    (
        "one key",
        Said((WELCOME, HELPED), AskDigits(max_digits=1)),
        (
            f'<Response><Gather action="{ACTION}" actionOnEmptyResult="true" finishOnKey="#" input="dtmf" '
            'method="POST" numDigits="1" timeout="5"><Play>/welcome</Play>'
            "<Play>/question.helped</Play></Gather></Response>"
        ),
    ),
    (
        "two keys, ended by the hash key",
        Said((HELPED,), AskDigits(max_digits=2)),
        (
            f'<Response><Gather action="{ACTION}" actionOnEmptyResult="true" finishOnKey="#" input="dtmf" '
            'method="POST" numDigits="2" timeout="5"><Play>/question.helped</Play></Gather></Response>'
        ),
    ),
    (
        "no finishing key, and a time-out that is no whole number of seconds",
        Said((), AskDigits(max_digits=1, finish_on="", timeout=timedelta(seconds=2.5))),
        (
            f'<Response><Gather action="{ACTION}" actionOnEmptyResult="true" finishOnKey="" input="dtmf" method="POST" '
            'numDigits="1" timeout="3" /></Response>'
        ),
    ),
    (
        "the last words",
        Said((WELCOME,), None),
        "<Response><Play>/welcome</Play><Hangup /></Response>",
    ),
    ("nothing more to say", Said((), None), "<Response><Hangup /></Response>"),
    (
        "something spoken: any key ends it, and an empty one comes to the same address",
        Said((HELPED,), AskRecording(timedelta(seconds=60), timedelta(seconds=3.5))),
        (
            f'<Response><Play>/question.helped</Play><Record action="{ACTION}" finishOnKey="1234567890*#" '
            f'maxLength="60" method="POST" playBeep="true" recordingStatusCallback="{HERE}/sound{RETRY}" '
            'recordingStatusCallbackEvent="completed" recordingStatusCallbackMethod="POST" timeout="4" '
            f'trim="trim-silence" /><Redirect method="POST">{ACTION}</Redirect></Response>'
        ),
    ),
    (
        "one agent, who is named where the call goes on",
        Said((WELCOME,), Dial((ANNA,), ring=timedelta(seconds=25))),
        (
            f'<Response><Play>/welcome</Play><Dial action="{HERE}?agent=anna{RETRY}" answerOnBridge="true" '
            'callerId="+46701740606" method="POST" record="do-not-record" timeout="25">'
            f'<Number statusCallback="{HERE}/answered?agent=anna{RETRY}" statusCallbackEvent="answered" '
            'statusCallbackMethod="POST">+46701740610</Number></Dial></Response>'
        ),
    ),
    (
        "several lines in their order, each telling who has answered",
        Said((), Dial((ANNA, BO, SWITCHBOARD))),
        (
            f'<Response><Dial action="{ACTION}" answerOnBridge="true" callerId="+46701740606" method="POST" '
            f'record="do-not-record" timeout="30"><Number statusCallback="{HERE}/answered?agent=anna{RETRY}" '
            'statusCallbackEvent="answered" statusCallbackMethod="POST">+46701740610</Number>'
            f'<Sip statusCallback="{HERE}/answered?agent=bo{RETRY}" statusCallbackEvent="answered" '
            'statusCallbackMethod="POST">sip:bo@pbx.example;transport=tls</Sip><Client>desk</Client></Dial></Response>'
        ),
    ),
    (
        "a queue, whose lines only take from it",
        Said((WELCOME,), Dial((ANNA,), queue="Support & sales")),
        (
            f'<Response><Play>/welcome</Play><Enqueue action="{ACTION}" method="POST" '
            f'waitUrl="{WAITING.replace("&", "&amp;")}" waitUrlMethod="POST">Support &amp; sales</Enqueue></Response>'
        ),
    ),
]


@pytest.mark.parametrize(("turn", "document"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_turn_becomes_this_twiml(turn: Said, document: str) -> None:
    made = twiml(turn, AT, lambda said: f"/{said.slot}")
    assert parse(made.encode()) == parse((HEAD + document).encode())
    assert sorted(made) == sorted(HEAD + document)  # the same but for the order of attributes


def test_the_star_key_is_never_the_finishing_key() -> None:
    made = parse(twiml(CASES[1][1], AT, lambda said: said.slot).encode())
    assert made.gather is not None
    assert made.gather.finish_on == "#"


def test_an_address_cannot_break_out_of_its_element() -> None:
    made = twiml(CASES[3][1], AT, lambda _: '</Play><Dial>+46701740699</Dial><Play a="')
    assert parse(made.encode()).plays == ('</Play><Dial>+46701740699</Dial><Play a="',)


def test_nothing_to_ask_is_a_plain_hang_up() -> None:
    assert goodbye() == HEAD + "<Response><Hangup /></Response>"


def test_an_agents_name_cannot_break_out_of_its_address() -> None:
    made = parse(twiml(Said((), Dial((Line("+46701740610", 'a"&x=<1>'),))), AT, lambda said: said.slot).encode())
    assert made.dial is not None
    assert made.dial.action == f"{HERE}?agent=a%22%26x%3D%3C1%3E#rc=2&rp=5xx,ct,rt"


def test_who_has_no_number_to_show_leaves_the_choice_to_twilio() -> None:
    made = parse(twiml(Said((), Dial((ANNA,))), Addresses(HERE), lambda said: said.slot).encode())
    assert made.dial is not None
    assert made.dial.caller_id is None


def test_a_waiting_caller_is_spoken_to_and_then_left_in_peace_for_a_while() -> None:
    assert waiting(("/a", "/b")) == HEAD + '<Response><Play>/a</Play><Play>/b</Play><Pause length="20" /></Response>'


def test_an_agent_takes_the_first_of_a_queue() -> None:
    made = parse(take("support", "https://survey.example.com/taken?agent=anna#rc=2").encode())
    assert made.dial is not None
    assert (made.dial.queue, made.dial.timeout) == ("support", 600)
    assert made.dial.queue_told == "https://survey.example.com/taken?agent=anna#rc=2"


def test_nothing_at_all_is_a_document_too() -> None:
    assert silence() == HEAD + "<Response />"
