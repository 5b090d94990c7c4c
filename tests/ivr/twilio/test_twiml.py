from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.drivers.twilio_voice import parse
from tonval.ivr.twilio.twiml import goodbye, twiml
from tonval.surveys.turns import AskDigits, Utterance

WELCOME = Utterance("welcome", "sv", "Välkommen")
HELPED = Utterance("question.helped", "sv", "Hur bra hjälp fick du?")
ACTION = "https://survey.example.com/twilio/voice/leg_1/1"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


@dataclass(frozen=True)
class Said:
    says: tuple[Utterance, ...]
    wait: AskDigits | None


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
]


@pytest.mark.parametrize(("turn", "document"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_turn_becomes_this_twiml(turn: Said, document: str) -> None:
    made = twiml(turn, ACTION, lambda said: f"/{said.slot}")
    assert parse(made.encode()) == parse((HEAD + document).encode())
    assert sorted(made) == sorted(HEAD + document)  # the same but for the order of attributes


def test_the_star_key_is_never_the_finishing_key() -> None:
    made = parse(twiml(CASES[1][1], ACTION, lambda said: said.slot).encode())
    assert made.gather is not None
    assert made.gather.finish_on == "#"


def test_an_address_cannot_break_out_of_its_element() -> None:
    made = twiml(CASES[3][1], ACTION, lambda _: '</Play><Dial>+46701740699</Dial><Play a="')
    assert parse(made.encode()).plays == ('</Play><Dial>+46701740699</Dial><Play a="',)


def test_nothing_to_ask_is_a_plain_hang_up() -> None:
    assert goodbye() == HEAD + "<Response><Hangup /></Response>"
