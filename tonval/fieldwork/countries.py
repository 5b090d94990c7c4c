"""Countries as queues.yaml names them: by ISO 3166's two letters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import phonenumbers

from tonval.fieldwork.messaging.texting import PARTS
from tonval.surveys.sentences import sentence

_MEANT: Final[Mapping[str, str]] = {"UK": "GB", "EL": "GR"}
"""Codes that many write and that ISO 3166 does not know."""


def country_code(written: Any) -> str:
    """The country that a value of the file names; a bare ``NO`` is false to YAML, and Norway here.

    Raises ``ValueError`` with a sentence that says what would be right.
    """
    code = "NO" if written is False else str(written)
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(
            sentence("“%(code)s” is not a country code such as SE%(code2)s", code=code, code2=_advice(code))
        )
    return code


def network_code(written: Any) -> str:
    """The same for where SMS go: a territory that has no mobile networks of its own is named by those it has.

    Raises ``ValueError`` as ``country_code`` does.
    """
    code = country_code(written)
    if code in PARTS:
        raise ValueError(
            sentence(
                "numbers of %(code)s belong to the networks of %(code2)s; write %(code2)s", code=code, code2=PARTS[code]
            )
        )
    return code


def _advice(code: str) -> str:
    meant = _MEANT.get(code.strip().upper(), code.strip().upper())
    return sentence("; write %(meant)s", meant=meant) if meant in phonenumbers.SUPPORTED_REGIONS else ""
