"""What every command needs: the settings, and faults told as one line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import click

from tonval.config import BadSetting, Config, load_config


def config() -> Config:
    """The settings of this environment; ``BadSetting`` names the one that is wrong."""
    return load_config(os.environ)


class Length(click.ParamType[timedelta]):
    """A length of time, as ``queues.yaml`` writes it: ``24h``, ``90d``."""

    name = "length"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Fails with a sentence."""
        from tonval.surveys.document import read_length

        try:
            return read_length(str(value))
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)


@contextmanager
def plain_errors() -> Iterator[None]:
    """The faults a person can mend are one line and exit 1; any other is a fault of ours, with its traceback."""
    from tonval.audio.faults import AudioError
    from tonval.fieldwork.colleagues.keys import KeyFault
    from tonval.fieldwork.colleagues.people import PeopleError
    from tonval.fieldwork.profiles.faults import ProfileError
    from tonval.fieldwork.reading import Faulty
    from tonval.fieldwork.voice.takes import UnknownPrompt
    from tonval.intake.tables import BadFile
    from tonval.store.ring import WrongSecret
    from tonval.surveys.document import BrokenDocument

    try:
        yield
    except (
        BadSetting,
        BrokenDocument,
        AudioError,
        KeyFault,
        PeopleError,
        ProfileError,
        UnknownPrompt,
        Faulty,
        BadFile,
        WrongSecret,
    ) as fault:
        click.echo(str(fault.args[0] if fault.args else fault), err=True)
        raise SystemExit(1) from None
