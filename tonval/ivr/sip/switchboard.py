"""The telephones as a call sees them, so that a call can be told without a telephone."""

from __future__ import annotations

from typing import Protocol

from tonval.ivr.sip.messages import Clip, Place


class Switchboard(Protocol):
    """The telephones, by call number; every method returns at once, also for a call that is gone."""

    def place(self, order: Place) -> bool:
        """Call somebody; ``False`` when there is no place for the call or no way to it."""

    def answer(self, call: int) -> None:
        """Send 200."""

    def hang_up(self, call: int, code: int) -> None:
        """End the call: BYE when it was answered, CANCEL when it rings, else the final ``code``."""

    def say(self, call: int, clip: Clip) -> bool:
        """Begin a clip in place of the one being played; ``False`` when it cannot be played."""

    def hush(self, call: int) -> None:
        """Stop playing."""

    def packets(self, call: int) -> int:
        """How many packets of media have come from the caller."""

    def record(self, call: int, path: str) -> bool:
        """Begin to write what the caller says to a file; ``False`` when that cannot be."""

    def loudness(self, call: int) -> int:
        """How loud the caller is at this moment, on the library's scale from 0; only while recorded."""

    def stop_recording(self, call: int) -> None:
        """Write no more."""

    def recorded(self, path: str) -> bool:
        """Whether a recording's file is whole."""

    def transfer(self, call: int, target: str) -> bool:
        """Refer the caller to a SIP URI; ``False`` when that cannot be."""
