"""Whatever stands in a form: it is read as something, and nothing but names and numbers of seconds is taken from it."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tonval.ivr.twilio import forms
from tonval.surveys.turns import Digits, HungUp, TimedOut

NAMES = (
    *("CallSid", "CallStatus", "Digits", "RecordingSid", "RecordingUrl", "RecordingDuration", "DialCallStatus"),
    *("DialCallDuration", "DialBridged", "QueueResult", "From", "To", "Direction"),
)
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["completed", "bridged", "hangup", "true", "false", "30", "RE" + "a" * 32, "+46701740606"]),
)


@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_any_form_is_read_without_a_fault(form: dict[str, str]) -> None:
    assert isinstance(forms.reply(form), Digits | HungUp | TimedOut)
    if spoken := forms.spoken(form):
        assert forms.RECORDING.fullmatch(spoken.ref)
        assert timedelta(0) <= spoken.length < timedelta(days=20_000)
    if parted := forms.parted(form):
        assert parted.talk is None or parted.talk >= timedelta(0)
    shown = forms.shown_to_agents(form)
    assert shown is None or forms.E164.fullmatch(shown)


@given(st.integers(0, 10**9 - 1))
def test_seconds_are_read_as_they_are_told(count: int) -> None:
    parted = forms.parted({"DialCallStatus": "completed", "DialCallDuration": str(count)})
    assert parted
    assert parted.talk == timedelta(seconds=count)
