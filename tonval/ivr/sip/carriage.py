"""Carrying facts to fieldwork and turns back to the cells; while the database is away, going on without it.

A reply that could not be committed goes to the spool, fsynced, before the caller hears the next prompt. From then on
all replies go there, in order, until the database has taken them: no answer overtakes another of its call. A reception
goes on likewise, and who calls meanwhile for an agent is put through; a survey that would only begin is not begun.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

import structlog

from tonval.fieldwork.addresses import BadAddress, phone_number
from tonval.fieldwork.arrivals import Call
from tonval.fieldwork.calls.speeches import name_of
from tonval.ivr.sip.caller import Cause
from tonval.ivr.sip.carrier import Carrier, Conducted, DatabaseAway, SipSettings
from tonval.ivr.sip.handing import Handing
from tonval.ivr.sip.headers import BY_DIGEST
from tonval.ivr.sip.messages import (
    Answer,
    Answered,
    Gathered,
    HangUp,
    Invited,
    LegEnded,
    Recorded,
    Refuse,
    Ringing,
    Untaken,
)
from tonval.ivr.sip.outgoing import Outgoing
from tonval.ivr.sip.reception_shadow import ReceptionShadow
from tonval.ivr.sip.shadow import Shadow, ShadowTurn
from tonval.ivr.sip.speech_files import SpeechFiles
from tonval.ivr.sip.spool import Spoken, Spool, SpooledEnd, SpooledReply, SpooledSpeech, SpooledUntaken
from tonval.ivr.sip.talk import Talk, TalkFact
from tonval.ivr.sip.wording import Mouth
from tonval.surveys.interview import ReplyRejected
from tonval.surveys.turns import Recording, Reply, TimedOut

_UNAVAILABLE: Final = 503
_SERVER_ERROR: Final = 500

log = structlog.get_logger()


class Carriage:
    """What is done with each fact of a call. Called from several threads, for one call from one at a time."""

    def __init__(self, settings: SipSettings, carrier: Carrier) -> None:
        self._settings = settings
        self._carrier = carrier
        self._speeches = SpeechFiles(settings.home / "spoken" / file_name(settings.node))
        self._mouth = Mouth(settings, carrier, self._speeches)
        self._spool = Spool(settings.home / f"sip-spool-{file_name(settings.node)}.jsonl")
        self._handing = Handing(carrier, self._spool, self._speeches)
        self.outgoing = Outgoing(carrier, self._spool)

    def work(self, talk: Talk, fact: TalkFact) -> None:
        """Deal with one fact; whatever goes wrong, the caller is not left in silence."""
        try:
            self._work(talk, fact)
        except DatabaseAway:
            log.warning("the database is away: saying goodbye", call=talk.call, leg=talk.leg)
            talk.order(self._mouth.farewell(talk))
        except ReplyRejected as refusal:
            log.info("reply refused: saying goodbye", call=talk.call, leg=talk.leg, why=str(refusal))
            talk.order(self._mouth.farewell(talk))
        except Exception:
            log.exception("call failed", cell=talk.hand.index, call=talk.call, leg=talk.leg, fact=type(fact).__name__)
            talk.order(Refuse(talk.call, _SERVER_ERROR) if talk.leg is None else HangUp(talk.call, Cause.FAILED))

    def _work(self, talk: Talk, fact: TalkFact) -> None:
        match fact:
            case Invited():
                self._begin(talk, fact)
            case Gathered():
                self._go_on(talk, SpooledReply(talk.leg or "", fact.turn_no, fact.digits), fact.reply)
            case Recorded():
                self._take_speech(talk, fact)
            case Untaken(_, turn_no):
                self._be_sorry(talk, turn_no)
            case Ringing():
                self.outgoing.ring(talk)
            case Answered():
                self._begin_ours(talk)
            case LegEnded():
                self._end(talk, fact)

    @property
    def waiting(self) -> int:
        """How many replies and ends the database has still to take."""
        return len(self._spool)

    def flush(self) -> None:
        """Have the database take what is spooled, oldest first, until it is all taken or the database is away again."""
        self._handing.flush()

    def clear_away(self) -> None:
        """Forget what an earlier life recorded and nobody waits for. Before the first call."""
        self._speeches.forget_all_but(self._spool.legs())

    def _begin(self, talk: Talk, invited: Invited) -> None:
        talk.peer = invited.peer
        call = self._call(invited)
        try:
            first = self._carrier.begin_call(call)
        except DatabaseAway:
            self._put_through(talk, call)
            return
        talk.leg = first.leg
        talk.order(Answer(talk.call))
        self._say(talk, first)

    def _put_through(self, talk: Talk, call: Call) -> None:
        """Who calls for an agent reaches one, unasked and unwritten; who comes for the survey is sent on her way."""
        through = self._carrier.put_through(call)
        order = self._mouth.bridge(talk, through) if through else None
        if through is None or order is None or not order.targets:
            log.warning("call refused: the database is away", call=talk.call)
            talk.order(Refuse(talk.call, _UNAVAILABLE))
            return
        log.warning("the database is away: connecting without a survey", call=talk.call, queue=through.queue)
        talk.order(Answer(talk.call))
        talk.order(order)

    def _be_sorry(self, talk: Talk, turn_no: int) -> None:
        """Nobody took her."""
        if talk.leg is None:
            talk.order(self._mouth.farewell(talk))
            return
        untaken = SpooledUntaken(talk.leg, turn_no)
        self._go_on(talk, untaken, untaken.reply)

    def _begin_ours(self, talk: Talk) -> None:
        """Somebody has answered our call, or a machine: the guard is said, and nothing else."""
        assert talk.dial is not None, "we have called"
        first = self._carrier.begin_call(self.outgoing.call(talk.dial, self._settings.node))
        talk.leg = first.leg
        self._say(talk, first)

    def _prepare(self, talk: Talk, turn: Conducted) -> None:
        """Take what comes next into our own hands, and its prompts onto our own disk, while there is a database.

        First the reception with a goodbye, then the whole interview.
        """
        if turn.wait is None or (talk.shadow is not None and not _begins(talk.shadow, turn)):
            return
        try:
            if turn.interview is None:
                self._mouth.prepare_farewell(talk, turn)
            shadow = self._shadow(turn, turn.interview)
            if shadow is not None:
                self._mouth.prepare(talk, turn.survey, turn.queue, shadow.may_say())
        except DatabaseAway:
            return
        talk.shadow = shadow

    def _shadow(self, turn: Conducted, interview: str | None) -> Shadow | ReceptionShadow | None:
        if interview is not None:
            return Shadow(turn.leg, turn.turn_no, *self._carrier.interview_of(interview), turn.queue)
        reception = self._carrier.reception_of(turn.leg)
        return ReceptionShadow(turn.leg, turn.turn_no, turn.survey, turn.queue, reception) if reception else None

    def _take_speech(self, talk: Talk, recorded: Recorded) -> None:
        """Put what was spoken into a file of its own; a hang-up meanwhile comes as the next fact."""
        leg = talk.leg
        if leg is None:
            return
        clip = self._speeches.keep(leg, recorded.turn_no, recorded.length) if recorded.length else None
        if clip is None:
            self._go_on(talk, SpooledReply(leg, recorded.turn_no, None), TimedOut())
            return
        name = name_of(leg, recorded.turn_no)
        talk.spoken[name] = clip
        reply = Recording(name, timedelta(milliseconds=clip.length))
        self._go_on(talk, SpooledSpeech(leg, recorded.turn_no, clip.path, clip.length), reply)

    def _go_on(self, talk: Talk, entry: Spoken, reply: Reply) -> None:
        if talk.leg is None:
            return
        shadow = talk.shadow
        if shadow is None or not shadow.leads_on(reply):
            self._say(talk, self._handing.hand_in(entry))
            return
        stored = self._commit(entry)
        following = shadow.go_on(reply)
        self._say(talk, stored or following)

    def _commit(self, entry: Spoken) -> Conducted | None:
        """The stored next turn; ``None`` when the reply had to be spooled."""
        if not self._spool:
            try:
                return self._handing.hand_in(entry)
            except DatabaseAway:
                log.warning("the database is away: going on from the spool", leg=entry.leg)
        self._spool.add(entry)
        return None

    def _end(self, talk: Talk, ended: LegEnded) -> None:
        if talk.dial is not None:
            self.outgoing.end(talk, ended)
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
            self._handing.end(leg, cause)
        except DatabaseAway:
            return False
        return True

    def _say(self, talk: Talk, turn: Conducted | ShadowTurn) -> None:
        talk.order(self._mouth.order(talk, turn))
        if not isinstance(turn, ShadowTurn):
            self._prepare(talk, turn)

    def _call(self, invited: Invited) -> Call:
        if (invited.interaction or "").startswith(BY_DIGEST):
            log.warning("the id of the interaction is too long and kept by its digest", interaction=invited.interaction)
        return Call(
            provider="sip",
            # A Call-ID may come again: some telephones count theirs from the start of the program. The cell reports
            # each call once, so every report is a call of its own. The address tells which system called last.
            ref=" ".join(filter(None, (invited.ref, secrets.token_hex(6), invited.source))),
            dialled=_dialled(invited),
            queue=invited.queue,
            agent=invited.agent,
            interaction=invited.interaction,
            language=invited.language,
            caller=_e164(invited.caller, self._carrier.country()),
            node=self._settings.node,
            reception=invited.reception,
        )


def _begins(shadow: Shadow | ReceptionShadow, turn: Conducted) -> bool:
    """Whether the reception is over and the interview has begun."""
    return isinstance(shadow, ReceptionShadow) and turn.interview is not None


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


def file_name(node: str) -> str:
    """The node's name as part of a file's."""
    return "".join(letter if letter.isalnum() else "-" for letter in node)
