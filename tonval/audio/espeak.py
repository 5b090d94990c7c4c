"""espeak-ng through ctypes: text in, samples out. Functions and constants are those of its ``speak_lib.h``.

The library is loaded for each text and unloaded after it, 5 ms. What it keeps between texts, it keeps for the whole
process and until it is unloaded: the last voice, the phase of the last wave (the same text came out as other bytes)
and a thread that a forked child would wait for in vain.
"""

from __future__ import annotations

import _ctypes
import ctypes
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import espeakng_loader

from tonval.audio.faults import AudioError, NoVoice

SYNCHRONOUS = 2
DO_NOT_EXIT = 0x8000
UTF8 = 1
RATE_PARAMETER, PITCH_PARAMETER, GAP_PARAMETER = 1, 3, 7
LONGEST_PATH = 140
"""espeak-ng keeps the place of its data in 160 bytes and needs some of them for file names."""

_Listener = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
_turn = threading.Lock()
# Forking waits for the voice to finish: a child must not inherit a library in mid-sentence, nor a lock nobody frees.
os.register_at_fork(before=_turn.acquire, after_in_parent=_turn.release, after_in_child=_turn.release)


def synthesise(text: str, voice: str, pace: int, pitch: int) -> tuple[bytes, int]:
    """``text`` spoken by ``voice`` at ``pace`` words a minute: 16-bit mono samples, and how many make a second.

    The same text gives the same samples. Raises NoVoice, or AudioError when espeak-ng is missing or fails.
    """
    spoken = text.encode() + b"\0"
    heard = bytearray()
    listener = _Listener(_listening(heard))
    with _turn, _started() as (library, rate):
        library.espeak_SetSynthCallback(listener)
        # An unknown name leaves the last voice in place, so the answer must be looked at.
        if library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise NoVoice(f"There is no synthetic voice for {voice!r}")
        for parameter, value in ((RATE_PARAMETER, pace), (PITCH_PARAMETER, pitch), (GAP_PARAMETER, 1)):
            library.espeak_SetParameter(parameter, value, 0)
        if library.espeak_Synth(spoken, ctypes.c_size_t(len(spoken)), 0, 0, 0, UTF8, None, None) != 0:
            raise AudioError("espeak-ng could not speak the text")
    return bytes(heard), rate


def _listening(heard: bytearray) -> Callable[[int | None, int, int | None], int]:
    def listen(samples: int | None, count: int, _events: int | None) -> int:
        if samples and count > 0:
            heard.extend(ctypes.string_at(samples, 2 * count))
        return 0

    return listen


@contextmanager
def _started() -> Iterator[tuple[ctypes.CDLL, int]]:
    """The library as new, and its samples a second."""
    try:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
    except OSError as fault:
        raise AudioError("espeak-ng is missing; reinstall Tonval's Python packages") from fault
    with _data() as data:
        try:
            rate = int(library.espeak_Initialize(SYNCHRONOUS, 0, data, DO_NOT_EXIT))
            if rate <= 0:
                raise AudioError("espeak-ng does not start; reinstall Tonval's Python packages")
            yield library, rate
        finally:
            library.espeak_Terminate()
            _ctypes.dlclose(library._handle)


@contextmanager
def _data() -> Iterator[bytes]:
    """Where espeak-ng's data are, by a short way."""
    place = str(espeakng_loader.get_data_path())
    if len(os.fsencode(place)) <= LONGEST_PATH:
        yield os.fsencode(place)
        return
    with tempfile.TemporaryDirectory(prefix="tonval-voice-") as shelf:
        link = Path(shelf) / "data"
        link.symlink_to(place)
        yield os.fsencode(link)
