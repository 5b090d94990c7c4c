"""What an admin sets up in the browser: queues, numbers, terms, peers, each read by the readers of queues.yaml.

A change is tried out on the whole before it is kept, and is in force in every process within two seconds.
"""

from __future__ import annotations

from tonval.fieldwork.settings.changing import Outdated, SettingsError, change
from tonval.fieldwork.settings.exporting import whole
from tonval.fieldwork.settings.kept import Kept, digest_of, kept, kept_under, line_in_file

__all__ = ["Kept", "Outdated", "SettingsError", "change", "digest_of", "kept", "kept_under", "line_in_file", "whole"]
