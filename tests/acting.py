"""Whoever does something in a test, as the audit log names her."""

from __future__ import annotations

from tonval.fieldwork.audit import Actor


def acting(name: str) -> Actor:
    """A user of this name."""
    return Actor(f"usr_{name.lower()}", name)
