from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.drivers.sip_node import FORM
from tonval.ivr.sip.shadow import Shadow
from tonval.surveys import interview
from tonval.surveys.questionnaire import Channel, Form, Question
from tonval.surveys.state import Stage
from tonval.surveys.turns import PLAYED, Digits, Recording, TimedOut, Utterance

THANKS = {f"thanks.{group}": {"en": group} for group in ("promoter", "passive", "detractor")}
MIXED = Form(
    "mixed",
    1,
    ("en",),
    (Question("helped", "nki", {"en": "Helped?"}), Question("recommend", "nps", {"en": "Recommend?"})),
    {**FORM.phrases, **THANKS},
)
SPOKEN = Form("spoken", 1, ("en",), (Question("why", "spoken", {"en": "Why?"}), *FORM.questions), FORM.phrases)
SAID = Recording("rec_1_1", timedelta(seconds=3))
replies = st.lists(st.one_of(st.just(TimedOut()), st.sampled_from(["1", "5", "10", "0", "*", "77"]).map(Digits)))


@given(st.sampled_from([FORM, MIXED, SPOKEN]), replies)
def test_everything_that_is_ever_said_was_foreseen(form: Form, said: list[Digits | TimedOut]) -> None:
    first = interview.begin(form, channel=Channel.KEYPAD)
    foreseen = Shadow("leg_1", 1, form, first.interview).may_say()
    shadow = Shadow("leg_1", 1, form, first.interview)
    for reply in said:
        if shadow.interview.stage is Stage.AWAITING_SPEECH and isinstance(reply, Digits):
            assert prompts(shadow.go_on(SAID).says) <= foreseen
        elif shadow.interview.disposition is None:
            assert prompts(shadow.go_on(reply).says) <= foreseen


def prompts(says: tuple[Utterance, ...]) -> set[Utterance]:
    """What is said, but for what the caller has spoken."""
    return {said for said in says if not said.slot.startswith(PLAYED)}


def test_the_shadow_counts_turns_as_fieldwork_does() -> None:
    first = interview.begin(FORM, channel=Channel.KEYPAD)
    shadow = Shadow("leg_1", 1, FORM, first.interview)
    assert shadow.go_on(Digits("4")).turn_no == 2
    last = shadow.go_on(Digits("5"))
    assert (last.turn_no, last.wait) == (3, None)
