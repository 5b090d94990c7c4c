"""Who may open which route: one table, looked at before every request. A route without a row keeps the house closed.

What lies outside the reader's place within a route she may open is hidden by the queries' scope: it does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from flask import Flask, abort, current_app, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork.colleagues.roles import Permission
from tonval.web.errors import wants_problem
from tonval.web.signin import is_signed_in, reader


class Open(Enum):
    """Doors that no permission opens."""

    ANYBODY = "to anybody"
    SIGNED_IN = "to whoever is signed in"
    KEY = "to API keys; the route says which scope"
    SIGNATURE = "to a provider; the route checks its signature"


class MissingDoor(RuntimeError):
    """A route nobody has said who may open; the message names it."""


Door = Permission | Open
_P = Permission

DOORS: Final[Mapping[str, Door]] = MappingProxyType(
    {
        "front_door": Open.ANYBODY,
        "static_asset": Open.ANYBODY,
        "health.alive": Open.ANYBODY,
        "health.can_work": Open.ANYBODY,
        "openapi.description": Open.ANYBODY,
        "signin.sign_in": Open.ANYBODY,
        "signin.check": Open.ANYBODY,
        "signin.ask_code": Open.ANYBODY,
        "signin.check_code": Open.ANYBODY,
        "sign_on.leave": Open.ANYBODY,
        "sign_on.come_back": Open.ANYBODY,
        "signin.sign_out": Open.SIGNED_IN,
        "welcome.look": Open.ANYBODY,  # the one-time link alone speaks for her
        "welcome.choose": Open.ANYBODY,
        "welcome.forgotten": Open.ANYBODY,
        "welcome.wish": Open.ANYBODY,
        "account.page": Open.SIGNED_IN,
        "account.change_password": Open.SIGNED_IN,
        "account.end_others": Open.SIGNED_IN,
        "account.choose_language": Open.SIGNED_IN,
        "account.set_up": Open.SIGNED_IN,
        "account.confirm": Open.SIGNED_IN,
        "account.new_codes": Open.SIGNED_IN,
        "account.turn_off": Open.SIGNED_IN,
        # customers: the address alone speaks for them
        "survey.look": Open.ANYBODY,
        "survey.send": Open.ANYBODY,
        "survey.embed": Open.ANYBODY,
        "survey.picture": Open.ANYBODY,
        "unsubscribe.look": Open.ANYBODY,
        "unsubscribe.wish": Open.ANYBODY,
        # providers
        "twilio_messages.receive": Open.SIGNATURE,
        "twilio_messages.status": Open.SIGNATURE,
        "twilio_voice.arrive": Open.SIGNATURE,
        "twilio_voice.go_on": Open.SIGNATURE,
        "twilio_voice.status": Open.SIGNATURE,
        "twilio_voice.sound": Open.SIGNATURE,
        "twilio_queueing.wait": Open.SIGNATURE,
        "twilio_queueing.take": Open.SIGNATURE,
        "twilio_queueing.taken": Open.SIGNATURE,
        "twilio_queueing.answered": Open.SIGNATURE,
        "twilio_voice.spoken": Open.ANYBODY,  # Twilio fetches it unsigned; its address is sealed, and the call lasts
        "twilio_voice.audio": Open.ANYBODY,  # Twilio fetches it unsigned; its name is the digest of what is heard
        # programs
        "interactions.report": Open.KEY,
        "bulk.report_bulk": Open.KEY,
        "ledger.listing": Open.KEY,
        "ledger.show": Open.KEY,
        "ledger.dispositions": Open.KEY,
        "invitations.invite": Open.KEY,
        "invitations.show": Open.KEY,
        "contacts.show": Open.KEY,
        "contacts.put": Open.KEY,
        "contacts.all_lists": Open.KEY,
        "refusals.list_blocklist": Open.KEY,
        "refusals.add_blocklist": Open.KEY,
        "refusals.remove_blocklist": Open.KEY,
        "refusals.list_optouts": Open.KEY,
        "refusals.add_optouts": Open.KEY,
        "refusals.remove_optouts": Open.KEY,
        "statistics.agents": Open.KEY,
        "statistics.queues": Open.KEY,
        "statistics.survey": Open.KEY,
        "statistics.saved": Open.KEY,
        "statistics.recording": Open.KEY,
        "call_backs.listing": Open.KEY,
        "call_backs.note": Open.KEY,
        "bounces.report": Open.KEY,
        # numbers and answers
        "desk.today": _P.SEE_SCORES,
        "desk.agents": _P.SEE_SCORES,
        "desk.agent": _P.SEE_SCORES,
        "desk.answers": _P.SEE_SCORES,
        "desk.survey_answers": _P.READ_ANSWERS,
        "desk.said": _P.READ_ANSWERS,
        "desk.recording": _P.READ_ANSWERS,
        "desk.alerts": _P.SEE_ALERTS,
        # customers and what passed between us
        "desk.talks": _P.READ_CONVERSATIONS,
        "desk.response": _P.READ_CONVERSATIONS,
        "desk.talk": _P.READ_CONVERSATIONS,
        "desk.readings": _P.READ_CONVERSATIONS,
        "desk.calls": _P.READ_CONVERSATIONS,
        "desk.correct": _P.CORRECT_ANSWERS,
        "desk.put_right": _P.CORRECT_ANSWERS,
        "desk.asked": _P.READ_CONVERSATIONS,
        "desk.why": _P.READ_CONVERSATIONS,
        "desk.messages": _P.SEE_CUSTOMERS,
        "desk.customer": _P.SEE_CUSTOMERS,
        "desk.config": _P.SEE_CUSTOMERS,
        "desk.call_backs": _P.CALL_BACK,
        "desk.mark_call_back": _P.CALL_BACK,
        # surveys and prompts
        "desk.surveys": _P.SEE_SURVEYS,
        "desk.survey": _P.SEE_SURVEYS,
        "desk.export_survey": _P.SEE_SURVEYS,
        "desk.survey_logo": _P.MAKE_SURVEYS,
        "desk.survey_preview": _P.SEE_SURVEYS,
        "desk.survey_preview_letter": _P.SEE_SURVEYS,
        "desk.survey_preview_page": _P.SEE_SURVEYS,
        "desk.survey_use": _P.SEE_SURVEYS,
        "desk.survey_versions": _P.SEE_SURVEYS,
        "desk.survey_version": _P.SEE_SURVEYS,
        "desk.translations": _P.MAKE_SURVEYS,
        "desk.start_survey": _P.MAKE_SURVEYS,
        "desk.import_survey": _P.MAKE_SURVEYS,
        "desk.save_survey": _P.MAKE_SURVEYS,
        "desk.copy_survey": _P.MAKE_SURVEYS,
        "desk.archive_survey": _P.MAKE_SURVEYS,
        "desk.discard_draft": _P.MAKE_SURVEYS,
        "desk.send_logo": _P.MAKE_SURVEYS,
        "desk.send_test_letter": _P.MAKE_SURVEYS,
        "desk.save_translations": _P.MAKE_SURVEYS,
        "desk.look_at_publishing": _P.MAKE_SURVEYS,
        "desk.publish_survey": _P.MAKE_SURVEYS,
        "desk.assign_survey": _P.MAKE_SURVEYS,
        "desk.use_version": _P.MAKE_SURVEYS,
        "desk.library": _P.SEE_PROMPTS,
        "desk.prompt": _P.SEE_PROMPTS,
        "desk.sound": _P.SEE_PROMPTS,
        "desk.send_prompt": _P.CHANGE_PROMPTS,
        "desk.use_prompt": _P.CHANGE_PROMPTS,
        "desk.phone_prompt": _P.CHANGE_PROMPTS,
        # trying out
        "simulator.page": _P.TRY_OUT,
        "simulator.begin": _P.TRY_OUT,
        "simulator.press": _P.TRY_OUT,
        "simulator.act": _P.TRY_OUT,
        "simulator.spoken": _P.TRY_OUT,
        "simulator.hang_up": _P.TRY_OUT,
        "simulator.report": _P.TRY_OUT,
        "simulator.text_in": _P.TRY_OUT,
        # the whole centre
        "desk.waves": _P.SEE_WAVES,
        "desk.blocklist": _P.SEE_REFUSALS,
        "desk.blocklist_file": _P.SEE_REFUSALS,
        "desk.block": _P.CHANGE_REFUSALS,
        "desk.unblock": _P.CHANGE_REFUSALS,
        "desk.upload": _P.CHANGE_REFUSALS,
        "desk.restore": _P.CHANGE_REFUSALS,
        "desk.replay": _P.REPLAY,
        "desk.replay_run": _P.REPLAY,
        "desk.start_replay": _P.START_REPLAY,
        "desk.imports": _P.IMPORT,
        "desk.send_file": _P.IMPORT,
        "desk.import_run": _P.IMPORT,
        "desk.refused_rows": _P.IMPORT,
        "desk.look_at_file": _P.IMPORT,
        "desk.take_file": _P.IMPORT,
        "desk.admin": _P.SET_UP,
        "desk.organisation": _P.SET_UP,
        "desk.send_organisation": _P.SET_UP,
        "desk.add_to_organisation": _P.SET_UP,
        "desk.import_organisation": _P.SET_UP,
        "desk.take_organisation_back": _P.SET_UP,
        "desk.organisation_before": _P.SET_UP,
        "desk.unit": _P.SET_UP,
        "desk.rename_unit": _P.SET_UP,
        "desk.move_unit": _P.SET_UP,
        "desk.remove_unit": _P.SET_UP,
        "people.listing": _P.SET_UP,
        "people.invite": _P.SET_UP,
        "people.show": _P.SET_UP,
        "people.change": _P.SET_UP,
        "people.send_link": _P.SET_UP,
        "people.reset_second_factor": _P.SET_UP,
        "people.end": _P.SET_UP,
        "setup.show": _P.SET_UP,
        "setup.one": _P.SET_UP,
        "setup.export": _P.SET_UP,
        "setup.save": _P.SET_UP,
        "setup.save_one": _P.SET_UP,
        "setup.remove": _P.SET_UP,
        "setup.send_logo": _P.SET_UP,
        "admin_keys.listing": _P.SET_UP,
        "admin_keys.make": _P.SET_UP,
        "admin_keys.renew": _P.SET_UP,
        "admin_keys.revoke": _P.SET_UP,
        "providers.listing": _P.SET_UP,
        "providers.one": _P.SET_UP,
        "providers.save": _P.SET_UP,
        "providers.test": _P.SET_UP,
        "providers.forget": _P.SET_UP,
        "privacy.search": _P.ERASE_CUSTOMERS,
        "privacy.find": _P.ERASE_CUSTOMERS,
        "privacy.export": _P.ERASE_CUSTOMERS,
        "privacy.erase_person": _P.ERASE_CUSTOMERS,
        "privacy.receipt": _P.ERASE_CUSTOMERS,
        "privacy.receipt_file": _P.ERASE_CUSTOMERS,
        "self_test.offer": _P.SET_UP,
        "self_test.run": _P.SET_UP,
        "desk.audit_log": _P.READ_AUDIT,
        "desk.audit_file": _P.READ_AUDIT,
        "desk.audit_whole": _P.READ_AUDIT,
    }
)


def hang(app: Flask) -> None:
    """Put a door before every route there is. Raises ``MissingDoor`` for one that has no row."""
    missing = sorted({rule.endpoint for rule in app.url_map.iter_rules()} - DOORS.keys())
    if missing:
        raise MissingDoor(f"say in web/doors.py who may open {', '.join(missing)}")
    app.before_request(_stop_strangers)


def _stop_strangers() -> ResponseReturnValue | None:
    """Flask goes on with the request only where this gives nothing."""
    door = DOORS.get(request.endpoint) if request.endpoint else Open.ANYBODY
    if isinstance(door, Permission) or door is Open.SIGNED_IN:
        if not is_signed_in():
            return _ask_who()
        if isinstance(door, Permission) and not reader().may(door):
            abort(403)
    return None


def _ask_who() -> ResponseReturnValue:
    """A person is led to the sign-in; a script is told that it was signed out."""
    if wants_problem():
        abort(401)
    asked: ResponseReturnValue = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    return asked
