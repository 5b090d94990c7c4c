"""The language of conditions: when a question is asked, when words are said, when an alert is raised.

Law: a text is read once, into frozen nodes; what is not known makes a comparison false; docs/conditions.md is the
language, and its examples are run.
"""

from tonval.surveys.conditions.checking import check
from tonval.surveys.conditions.facts import Facts, holds
from tonval.surveys.conditions.kinds import Kind, Moment, OneOf, Problem, Range, SomeOf, Words, YesNo
from tonval.surveys.conditions.parsing import BadCondition, parse
from tonval.surveys.conditions.syntax import Condition, names, written

__all__ = [
    "BadCondition",
    "Condition",
    "Facts",
    "Kind",
    "Moment",
    "OneOf",
    "Problem",
    "Range",
    "SomeOf",
    "Words",
    "YesNo",
    "check",
    "holds",
    "names",
    "parse",
    "written",
]
