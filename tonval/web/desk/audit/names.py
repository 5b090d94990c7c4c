"""What each kind of entry is called in lists and in the choice of deeds."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tonval.surveys.sentences import sentence as phrase

DEEDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "answer.corrected": phrase("corrected an answer"),
        "customer.seen": phrase("looked at a customer"),
        "comment.heard": phrase("heard a customer's voice"),
        "user.signed_in": phrase("signed in"),
        "user.refused": phrase("was refused at the door"),
        "user.code_refused": phrase("was refused at the second door"),
        "user.added": phrase("let somebody sign in"),
        "user.invited": phrase("invited somebody"),
        "user.accepted": phrase("took up an invitation"),
        "user.link": phrase("sent a one-time link"),
        "user.moved": phrase("changed somebody's role or place"),
        "user.ended": phrase("ended somebody's access"),
        "user.readmitted": phrase("let somebody in again"),
        "user.sign_ins_ended": phrase("ended other sign-ins"),
        "user.second_factor": phrase("set up a second factor"),
        "user.second_factor_reset": phrase("took away a second factor"),
        "user.recovery_codes": phrase("made new recovery codes"),
        "user.recovery_code_used": phrase("used a recovery code"),
        "user.password": phrase("set a password"),
        "user.sign_on_refused": phrase("was refused at single sign-on"),
        "user.linked": phrase("knew somebody by single sign-on"),
        "user.unlinked": phrase("forgot somebody's single sign-on"),
        "user.language": phrase("chose a language"),
        "key.added": phrase("made an API key"),
        "key.rotated": phrase("renewed an API key"),
        "key.revoked": phrase("took an API key back"),
        "blocklist.added": phrase("blocked somebody"),
        "blocklist.removed": phrase("unblocked somebody"),
        "optouts.added": phrase("noted an opt-out"),
        "optouts.removed": phrase("took back an opt-out"),
        "units.imported": phrase("named units"),
        "agents.imported": phrase("placed agents"),
        "units.taken_back": phrase("took back an import of units"),
        "agents.taken_back": phrase("took back an import of agents"),
        "unit.renamed": phrase("renamed a unit"),
        "unit.moved": phrase("moved a unit"),
        "unit.removed": phrase("removed a unit"),
        "survey.published": phrase("published a survey"),
        "survey.used": phrase("went back to a version"),
        "survey.archived": phrase("put a survey away"),
        "survey.restored": phrase("took a survey out again"),
        "survey.assigned": phrase("gave a queue a survey"),
        "survey.unassigned": phrase("took a survey from a queue"),
        "prompt.added": phrase("added a recording"),
        "prompt.restored": phrase("used an older recording again"),
        "prompt.pin": phrase("took a PIN to record by phone"),
        "prompt.drafted": phrase("went back to the draft voice"),
        "settings.added": phrase("set something up"),
        "settings.changed": phrase("changed a setting"),
        "settings.removed": phrase("took a setting away"),
        "provider.connected": phrase("connected a provider"),
        "provider.disconnected": phrase("disconnected a provider"),
        "call_back.marked": phrase("noted a call-back"),
        "call_back.planned": phrase("planned a call-back anew"),
        "import.started": phrase("started an import"),
        "audit.exported": phrase("saved the audit log as a file"),
        "person.found": phrase("looked up what is kept of a customer"),
        "person.exported": phrase("exported what is kept of a customer"),
        "person.erased": phrase("erased a customer"),
    }
)
"""Every deed in a few words, as the filter names it."""
