"""What another queues.yaml, or another setting of one queue, would have changed: tried on the past, and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Thread
from typing import Any, Final

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tonval.fieldwork.centre import Centre, Queue
from tonval.fieldwork.colleagues.roles import Permission
from tonval.fieldwork.deciding.caps import length
from tonval.fieldwork.field import Field
from tonval.fieldwork.reading import Faulty
from tonval.fieldwork.renewal import with_surveys
from tonval.fieldwork.replaying import replays
from tonval.fieldwork.replaying.replay import moment_of
from tonval.fieldwork.replaying.replayed import INVITED
from tonval.fieldwork.replaying.replays import Busy, Run
from tonval.fieldwork.replaying.trial import TERMS, change_queue
from tonval.fieldwork.routing import read_centre
from tonval.surveys.document import BrokenDocument, Fault
from tonval.surveys.sentences import sentence
from tonval.web.desk.look import framed, look, show_live
from tonval.web.desk.moments import on_day, zoned
from tonval.web.desk.why import RULES
from tonval.web.language import together
from tonval.web.numerals import number, signed
from tonval.web.signin import reader

LARGEST: Final = 256 * 1024
"""Bytes of a queues.yaml that may be tried here."""

USUAL: Final = "30d"
WORDS: Final = {
    **RULES,
    INVITED: sentence("invited"),
    "unknown_queue": sentence("the queue is no longer there"),
    "unreadable": sentence("would not be taken"),
}
TERM_NAMES: Final = {
    "min_talk": sentence("Shortest talk"),
    "sample": sentence("Ask one in"),
    "cap": sentence("Leave a person alone for"),
    "agent_quota": sentence("Most invitations for an agent and day"),
    "quiet_hours": sentence("Quiet hours"),
}


@dataclass(frozen=True, slots=True)
class State:
    """The forms as they were filled in, and what is wrong: by field, and in the file by line."""

    typed: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict)
    file_faults: tuple[Fault, ...] = ()
    document: str | None = None


def add_routes(pages: Blueprint, office: Field) -> None:
    """``/desk/replay``: admins start one, whoever may see everything looks."""

    @pages.get("/desk/replay")
    def replay() -> ResponseReturnValue:
        return _page(office, State(request.args))

    @pages.post("/desk/replay")
    def start_replay() -> ResponseReturnValue:
        return _start(office)

    @pages.get("/desk/replay/<run_id>")
    def replay_run(run_id: str) -> ResponseReturnValue:
        run = replays.find_run(office, run_id) or abort(404)
        return show_live(look(office), f"{run.state}-{run.share:.3f}", lambda state: _show(run, state))


def _page(office: Field, state: State) -> str:
    queue = office.centre.queues.get(state.typed.get("queue", "")) or next(iter(office.centre.queues.values()), None)
    return framed(
        "desk/replay.html",
        state=state,
        queue=queue,
        queues=list(office.centre.queues),
        terms=TERM_NAMES,
        now=_terms_of(queue) if queue else {},
        document=office.centre.document if state.document is None else state.document,
        since=state.typed.get("since", USUAL),
        runs=replays.recent_runs(office),
        starts=reader().may(Permission.START_REPLAY),
    )


def _start(office: Field) -> ResponseReturnValue:
    typed = request.form
    try:
        since, until = _period(office, typed)
    except Faulty as fault:
        return _page(office, State(typed, {str(fault.field): fault.detail}, document=typed.get("document"))), 400
    found = _read_file(office) if typed.get("by") == "file" else _read_terms(office, typed)
    if isinstance(found, State):
        return _page(office, found), 400
    centre, words = found
    try:
        run = replays.start(
            office,
            sentence("%(words)s, %(since)s to %(until)s", words=words, since=_days(since), until=_days(until)),
            reader().name,
        )
    except Busy as busy:
        return redirect(url_for("desk.replay_run", run_id=busy.run))
    Thread(target=replays.carry_out, args=(office, run, centre, since, until), name=run, daemon=True).start()
    return redirect(url_for("desk.replay_run", run_id=run))


def _period(office: Field, typed: Mapping[str, str]) -> tuple[datetime, datetime]:
    """Raises ``Faulty``."""
    now, zone = office.now(), office.centre.zone
    moments = {"since": now, "until": now}
    for name in moments:
        if typed.get(name, "").strip():
            try:
                moments[name] = moment_of(typed[name], now, zone)
            except Faulty as fault:
                raise Faulty(fault.detail, name) from None
    if moments["since"] >= moments["until"]:
        raise Faulty(sentence("The period must begin before it ends."), "since")
    return moments["since"], moments["until"]


def _read_terms(office: Field, typed: Mapping[str, str]) -> tuple[Centre, str] | State:
    queue = typed.get("queue", "")
    if queue not in office.centre.queues:
        return State(typed, {"queue": sentence("Choose a queue.")})
    if not any(typed.get(name, "").strip() for name in TERMS):
        return State(typed, {"queue": sentence("Fill in at least one setting.")})
    trial = change_queue(office.centre, queue, typed)
    return (
        State(typed, trial.faults)
        if trial.faults
        else (trial.centre, sentence("The present file with %(words)s", words=trial.words))
    )


def _read_file(office: Field) -> tuple[Centre, str] | State:
    """What was sent, else what was typed. It is read and forgotten."""
    sent = request.files.get("file")
    raw = sent.read(LARGEST + 1) if sent and sent.filename else request.form.get("document", "").encode()
    name = sentence("The file sent") if sent and sent.filename else sentence("The file typed")
    if len(raw) > LARGEST:
        return State(
            request.form,
            {"document": sentence("The file is larger than %(size)s kB.", size=LARGEST // 1024)},
            document="",
        )
    try:
        text = raw.decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        return State(request.form, {"document": sentence("The file is not UTF-8 text.")}, document="")
    try:
        centre = with_surveys(office.unit, _read(office, text))
    except BrokenDocument as broken:
        return State(request.form, file_faults=tuple(broken.faults), document=text)
    if centre.config == office.centre.config:
        return centre, sentence("%(name)s, version %(config)s (the same as now)", name=name, config=centre.config)
    return centre, sentence("%(name)s, version %(config)s", name=name, config=centre.config)


def _read(office: Field, text: str) -> Centre:
    """Another file, over the settings of today where it does not say itself what lay beneath it."""
    return read_centre(text, made_here=office.centre.made_here, page=office.centre.beneath)


def _show(run: Run, state: str) -> str:
    frame = "bare.html" if "X-Tonval-Live" in request.headers else "layout.html"
    result = run.result
    found = {"n": number, "words": WORDS, "signed": _signed, "decision": _decision, "bars": _bars}
    changes = [{**each, "at": datetime.fromisoformat(each["at"])} for each in result["changes"]] if result else []
    path = request.full_path.rstrip("?")
    return framed("desk/replay_run.html", run=run, state=state, frame=frame, live=path, changes=changes, **found)


def _bars(before: int, after: int, most: int) -> tuple[float, float]:
    """How long the two bars are, of 100."""
    return round(100 * before / max(most, 1), 1), round(100 * after / max(most, 1), 1)


def _decision(told: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """A decision in a few words; of two who are both to be asked, by what they differ."""
    if told["outcome"] != INVITED:
        return WORDS.get(str(told["rule"]), str(told["rule"]))
    words: list[str] = [WORDS[INVITED]]
    if other["outcome"] == INVITED:
        words += [sentence("by %(channel)s", channel=told["channel"])] if told["channel"] != other["channel"] else []
        words += [sentence("to %(survey)s", survey=told["survey"])] if told["survey"] != other["survey"] else []
        words += (
            [sentence("at %(due_at)s", due_at=zoned(datetime.fromisoformat(told["due_at"])))]
            if told["due_at"] != other["due_at"]
            else []
        )
    return together(words, " ")


def _terms_of(queue: Queue) -> dict[str, str]:
    """The queue's present settings in words."""
    quiet = queue.quiet
    hours = f"{quiet.begins:%H:%M}-{quiet.ends:%H:%M}" if quiet.begins != quiet.ends else sentence("off")
    quota = sentence("no limit") if queue.agent_quota is None else str(queue.agent_quota)
    cap = length(queue.caps.person) if queue.caps.person else sentence("no cap")
    talk = length(queue.min_talk)
    return dict(zip(TERM_NAMES, (talk, str(queue.sample), cap, quota, hours), strict=True))


def _days(moment: datetime) -> str:
    return on_day(moment)


def _signed(n: int) -> str:
    return signed(n, 0) if n else "±0"
