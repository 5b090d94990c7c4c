"""Tonval asks customers how a contact went and sees to it that something comes of the answer."""

__version__ = "0.1.0"
