"""Lint: what would make a survey fail its customers, or only look careless, found while it is being written.

Law: what the reader of surveys refuses is a fault; what a channel, a language or an eye may stumble over is a warning
beside the place where it stands. Nothing here knows a channel's inside: that is handed in as ``Gauges``.
"""

from tonval.surveys.lint.gauges import NO_GAUGES, Gauges
from tonval.surveys.lint.lengths import Length, Price, Terms, length, terms
from tonval.surveys.lint.survey import Setting, check_survey, lint_survey

__all__ = [
    "NO_GAUGES",
    "Gauges",
    "Length",
    "Price",
    "Setting",
    "Terms",
    "check_survey",
    "length",
    "lint_survey",
    "terms",
]
