"""What may go wrong with sound: one family, each fault a sentence that can be shown to people as it is."""

from __future__ import annotations


class AudioError(Exception):
    """Sound that cannot be used; the message says which, why and what to do."""


class NoVoice(AudioError):
    """No synthetic voice speaks this language."""
