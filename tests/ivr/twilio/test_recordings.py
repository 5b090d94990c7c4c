"""Recordings are fetched from the one address that is set up, within bounds, and deleted there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.drivers.twilio_api import ACCOUNT, TwilioApi
from tonval.audio.wav import silence
from tonval.fieldwork.calls.sounds import SoundAway
from tonval.ivr.twilio import recordings
from tonval.ivr.twilio.recordings import TwilioRecordings

SID, SOUND = "RE" + "1" * 32, silence(1.0)


@pytest.fixture
def api() -> Iterator[TwilioApi]:
    with TwilioApi() as api:
        yield api


def test_a_sound_is_fetched_and_deleted_and_may_be_gone_already(api: TwilioApi) -> None:
    api.recordings.sounds[SID] = SOUND
    holder = TwilioRecordings(ACCOUNT, "secret", api.url)
    assert holder.fetch(SID) == SOUND
    holder.delete(SID)
    holder.delete(SID)
    assert (api.recordings.sounds, api.recordings.deleted) == ({}, [SID, SID])


def test_who_is_eager_asks_again_for_what_is_not_there_yet(api: TwilioApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "BETWEEN", 0.01)
    api.recordings.sounds[SID], api.recordings.unready = SOUND, 3
    assert TwilioRecordings(ACCOUNT, "secret", api.url, eager=30).fetch(SID) == SOUND


def test_who_is_not_eager_leaves_it_for_later(api: TwilioApi) -> None:
    with pytest.raises(SoundAway, match="answered 404"):
        TwilioRecordings(ACCOUNT, "secret", api.url).fetch(SID)
    assert api.recordings.fetched == [SID]


def test_what_is_too_large_or_no_sound_is_not_taken(api: TwilioApi) -> None:
    holder = TwilioRecordings(ACCOUNT, "secret", api.url)
    api.recordings.sounds[SID] = b"RIFF" + bytes(recordings.LARGEST)
    with pytest.raises(SoundAway, match="too large"):
        holder.fetch(SID)
    api.recordings.sounds[SID] = b"<html>no</html>"
    with pytest.raises(SoundAway, match="cannot be read"):
        holder.fetch(SID)


@pytest.mark.parametrize("ref", ["", "RE1", "../../evil", "https://evil.example/RE" + "1" * 32, SID + "/x", SID + "\n"])
def test_only_a_name_of_twilios_is_asked_for(api: TwilioApi, ref: str) -> None:
    holder = TwilioRecordings(ACCOUNT, "secret", api.url)
    for ask in (holder.fetch, holder.delete):
        with pytest.raises(SoundAway, match="no recording"):
            ask(ref)
    assert (api.recordings.fetched, api.recordings.deleted) == ([], [])


def test_nobody_there_is_told_as_such_and_secrets_are_not_shown() -> None:
    holder = TwilioRecordings(ACCOUNT, "a-secret", "http://127.0.0.1:9", patience=1)
    with pytest.raises(SoundAway, match="could not be reached"):
        holder.fetch(SID)
    assert "a-secret" not in repr(holder)
