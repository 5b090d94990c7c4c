"""Carrying facts to fieldwork and turns back to the cells; while the database is away, going on without it.

A reply that could not be committed goes to the spool, fsynced, before the caller hears the next prompt. From then on
all replies go there, in order, until the database has taken them: no answer overtakes another of its call.
"""

from __future__ import annotations

import secrets
import threading
from typing import Final

import structlog

from tonval.fieldwork.addresses import BadAddress, phone_number
from tonval.fieldwork.arrivals import Call
from tonval.ivr.sip.caller import Cause
from tonval.ivr.sip.carrier import Carrier, Conducted, DatabaseAway, SipSettings
from tonval.ivr.sip.messages import Answer, Clip, Gathered, HangUp, Invited, LegEnded, Play, Refuse
from tonval.ivr.sip.prompt_files import PromptFiles
from tonval.ivr.sip.shadow import Shadow
from tonval.ivr.sip.spool import Spool, SpooledEnd, SpooledReply
from tonval.ivr.sip.talk import Talk, TalkFact
from tonval.surveys.turns import Utterance

_UNAVAILABLE: Final = 503
_SERVER_ERROR: Final = 500

log = structlog.get_logger()


class Carriage:
    """What is done with each fact of a call. Called from several threads, for one call from one at a time."""

    def __init__(self, settings: SipSettings, carrier: Carrier) -> None:
        self._settings = settings
        self._carrier = carrier
        self._files = PromptFiles(settings.home / "cache" / "prompts", carrier.audio_for)
        self._spool = Spool(settings.home / f"sip-spool-{_file_name(settings.node)}.jsonl")
        self._flushing = threading.Lock()

    def work(self, talk: Talk, fact: TalkFact) -> None:
        """Deal with one fact; whatever goes wrong, the caller is not left in silence."""
        try:
            match fact:
                case Invited():
                    self._begin(talk, fact)
                case Gathered():
                    self._resume(talk, fact)
                case LegEnded():
                    self._end(talk, fact)
        except Exception:
            log.exception("call failed", cell=talk.hand.index, call=talk.call, leg=talk.leg, fact=type(fact).__name__)
            talk.order(Refuse(talk.call, _SERVER_ERROR) if talk.leg is None else HangUp(talk.call, Cause.FAILED))

    @property
    def waiting(self) -> int:
        """How many replies and ends the database has still to take."""
        return len(self._spool)

    def flush(self) -> None:
        """Have the database take what is spooled, oldest first, until it is all taken or the database is away again."""
        if not self._flushing.acquire(blocking=False):
            return
        try:
            while (entry := self._spool.first()) is not None:
                self._take(entry)
        except DatabaseAway:
            return
        finally:
            self._flushing.release()

    def _take(self, entry: SpooledReply | SpooledEnd) -> None:
        try:
            match entry:
                case SpooledReply(leg, turn_no):
                    self._carrier.resume(leg, entry.reply, turn_no)
                case SpooledEnd(leg, cause):
                    self._carrier.end_leg(leg, cause)
        except DatabaseAway:
            raise
        except Exception:
            log.exception("spooled entry was refused", leg=entry.leg)
            self._spool.refuse_first()
        else:
            self._spool.drop_first()

    def _begin(self, talk: Talk, invited: Invited) -> None:
        try:
            first = self._carrier.begin_call(self._call(invited))
        except DatabaseAway:
            log.warning("call refused: the database is away", call=talk.call)
            talk.order(Refuse(talk.call, _UNAVAILABLE))
            return
        talk.leg = first.leg
        talk.order(Answer(talk.call))
        self._say(talk, first)
        self._prepare(talk, first)

    def _prepare(self, talk: Talk, first: Conducted) -> None:
        """Take the interview into our own hands and its prompts onto our own disk, while there is a database."""
        if first.interview is None or first.wait is None:
            return
        try:
            form, interview = self._carrier.interview_of(first.interview)
            shadow = Shadow(first.leg, first.turn_no, form, interview)
            for utterance in shadow.may_say():
                self._clip(talk, form.id, utterance)
        except DatabaseAway:
            return
        talk.shadow = shadow

    def _resume(self, talk: Talk, gathered: Gathered) -> None:
        if talk.leg is None:
            return
        shadow = talk.shadow
        if shadow is None:
            self._say(talk, self._carrier.resume(talk.leg, gathered.reply, gathered.turn_no))
            return
        stored = self._commit(talk.leg, gathered)
        following = shadow.go_on(gathered.reply)
        self._say(talk, stored or following)

    def _commit(self, leg: str, gathered: Gathered) -> Conducted | None:
        """The stored next turn; ``None`` when the reply had to be spooled."""
        if not self._spool:
            try:
                return self._carrier.resume(leg, gathered.reply, gathered.turn_no)
            except DatabaseAway:
                log.warning("the database is away: going on from the spool", leg=leg)
        self._spool.add(SpooledReply(leg, gathered.turn_no, gathered.digits))
        return None

    def _end(self, talk: Talk, ended: LegEnded) -> None:
        if talk.leg is None:
            return
        if not self._end_now(talk.leg, ended.cause):
            self._spool.add(SpooledEnd(talk.leg, ended.cause))
        log.info("call ended", leg=talk.leg, cause=ended.cause)

    def _end_now(self, leg: str, cause: str) -> bool:
        """Whether the leg's end could be written; not while replies are spooled, which come first."""
        if self._spool:
            return False
        try:
            self._carrier.end_leg(leg, cause)
        except DatabaseAway:
            return False
        return True

    def _say(self, talk: Talk, turn: Conducted) -> None:
        clips = tuple(self._clip(talk, turn.survey, utterance) for utterance in turn.says)
        talk.order(Play(talk.call, turn.turn_no, clips, turn.wait))

    def _clip(self, talk: Talk, survey: str, utterance: Utterance) -> Clip:
        if utterance not in talk.clips:
            talk.clips[utterance] = self._files.clip(survey, utterance)
        return talk.clips[utterance]

    def _call(self, invited: Invited) -> Call:
        return Call(
            provider="sip",
            # A Call-ID may come again: some telephones count theirs from the start of the program. The cell reports
            # each call once, so every report is a call of its own.
            ref=f"{invited.ref} {secrets.token_hex(6)}",
            dialled=_dialled(invited),
            queue=invited.queue,
            agent=invited.agent,
            interaction=invited.interaction,
            language=invited.language,
            caller=_e164(invited.caller, self._settings.country),
            node=self._settings.node,
        )


def _dialled(invited: Invited) -> str:
    """The name in the request, unless that is a mere number and the PBX names the one that was dialled before."""
    if invited.diverted and not any(letter.isalpha() for letter in invited.dialled):
        return invited.diverted
    return invited.dialled


def _e164(number: str | None, country: str) -> str | None:
    try:
        return phone_number(number, country) if number else None
    except BadAddress:
        return None  # an extension, or withheld


def _file_name(node: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in node)
