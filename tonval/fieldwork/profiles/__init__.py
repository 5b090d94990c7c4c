"""Surveys that are made in the browser: drafts, published versions, and which queue asks with which.

Law: a published version is never changed, whoever changes a draft must have seen the last one, and the file wins.
"""

from tonval.fieldwork.profiles.assigning import Assignment, assign, unassign
from tonval.fieldwork.profiles.assigning import assignments_of as assignments
from tonval.fieldwork.profiles.drafts import copy, discard_draft, save, start
from tonval.fieldwork.profiles.faults import HasFaults, Outdated, ProfileError, UnknownSurvey
from tonval.fieldwork.profiles.linting import lint, read_draft, terms_of
from tonval.fieldwork.profiles.publishing import Version, publish, use_version, version, versions
from tonval.fieldwork.profiles.shelf import Profile, archive, profile, profiles, restore

__all__ = [
    "Assignment",
    "HasFaults",
    "Outdated",
    "Profile",
    "ProfileError",
    "UnknownSurvey",
    "Version",
    "archive",
    "assign",
    "assignments",
    "copy",
    "discard_draft",
    "lint",
    "profile",
    "profiles",
    "publish",
    "read_draft",
    "restore",
    "save",
    "start",
    "terms_of",
    "unassign",
    "use_version",
    "version",
    "versions",
]
