"""Interviews and answers put into a database as fieldwork writes them: state, event and delta in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from tonval.fieldwork.field import Recorded
from tonval.fieldwork.links import digest_of
from tonval.stats.record import record_answer
from tonval.stats.tally import TALLIED
from tonval.store.tables import agents, events, interactions, interviews, links
from tonval.store.unit import Unit
from tonval.surveys.dispositions import Disposition
from tonval.surveys.events import (
    AnswerGiven,
    AnswerReplaced,
    AnswerWithdrawn,
    CommentLeft,
    CommentWithdrawn,
    Event,
    InterviewEnded,
)
from tonval.surveys.interview import Answer, Comment, Interview, Stage
from tonval.surveys.questionnaire import Channel
from tonval.surveys.record import plain

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class Giver:
    """Gives answers; each call of ``interview`` begins a new one, a minute after the last."""

    unit: Unit
    begun: int = 0

    def agent(self, agent: str, name: str | None = None, unit: str = "", demo: bool = False) -> None:
        with self.unit.begin() as tx:
            tx.execute(insert(agents).values(id=agent, name=name or agent.title(), unit=unit, demo=demo))

    def interview(self, **place: Any) -> Talk:
        self.begun += 1
        at = place.pop("at", NOON + timedelta(minutes=self.begun))
        talk = Talk(self.unit, f"itv_{self.begun:06}", at, place)
        talk.begin()
        return talk

    def answers(self, *values: int, scale: str = "nki", **place: Any) -> None:
        for value in values:
            self.interview(**place).answer(value, scale=scale)


class Talk:
    """One interview."""

    def __init__(self, unit: Unit, interview: str, at: datetime, place: dict[str, Any]) -> None:
        self.unit, self.id, self.at, self.seq = unit, interview, at, 0
        channel = place.get("channel", "keypad")
        self.place = {"survey": "care", "version": 3, "channel": channel, "queue": "support", "agent": "anna"}
        self.place |= {"unit": "se/sthlm", "language": "sv", **{k: v for k, v in place.items() if k != "interaction"}}
        self.interaction = place.get("interaction")
        self.state = Interview(self.place["survey"], 3, Channel(channel), "sv", Stage.AWAITING_DIGITS)

    def begin(self) -> None:
        with self.unit.begin() as tx:
            row = {**self.place, "id": self.id, "state": plain(self.state), "seq": 0, "answered": 0}
            if self.interaction:
                kind, ref = self.interaction
                about = {"kind": kind, "ref": ref, "queue": self.place["queue"], "agent": self.place["agent"]}
                came = {"created_at": self.at, "contact": self.place.get("contact"), "disposition": "pending"}
                made = tx.execute(insert(interactions).values(**about, **came))
                assert made.inserted_primary_key is not None
                row["interaction"] = made.inserted_primary_key[0]
            tx.execute(insert(interviews).values(**row, started_at=self.at))
            if Channel(self.place["channel"]).on_page:
                self._link(tx)

    def _link(self, tx: Connection) -> None:
        for purpose in ("survey", "stop"):
            row = {"digest": digest_of(f"{purpose} {self.id}"), "purpose": purpose, "created_at": self.at}
            tx.execute(insert(links).values(**row, interview=self.id))

    def answer(self, value: int, *, question: str = "helped", scale: str = "nki", at: datetime | None = None) -> None:
        answers = (*self.state.answers, Answer(question, scale, value))
        self._write(AnswerGiven(question, scale, value, str(value)), at, answers=answers)

    def correct(self, value: int, *, question: str = "helped", at: datetime | None = None) -> None:
        before = next(answer for answer in self.state.answers if answer.question == question)
        rest = tuple(answer for answer in self.state.answers if answer.question != question)
        answers = (*rest, Answer(question, before.scale, value))
        self._write(AnswerReplaced(question, before.scale, before.value, value, str(value)), at, answers=answers)

    def take_back(self, *, question: str = "helped", value: int | None = None, at: datetime | None = None) -> None:
        mine = [a for a in self.state.answers if a.question == question and value in (None, a.value)]
        rest = tuple(answer for answer in self.state.answers if answer not in mine)
        for gone in mine:
            self._write(AnswerWithdrawn(question, gone.scale, gone.value), at, answers=rest)

    def uncomment(self, *, question: str = "why", at: datetime | None = None) -> None:
        rest = tuple(comment for comment in self.state.comments if comment.question != question)
        self._write(CommentWithdrawn(question, self.state.words(question)), at, comments=rest)

    def comment(self, text: str, *, question: str = "why", at: datetime | None = None) -> None:
        comments = (*self.state.comments, Comment(question, text))
        self._write(CommentLeft(question, text), at, comments=comments)

    def end(self, disposition: Disposition = Disposition.COMPLETE, at: datetime | None = None) -> None:
        self._write(InterviewEnded(disposition), at, disposition=disposition, stage=Stage.ENDED)

    def _write(self, event: Event, at: datetime | None, **news: Any) -> None:
        moment = at or self.at
        self.seq += 1
        self.state = replace(self.state, **news)
        moving: dict[str, Any] = {"state": plain(self.state), "answered": len(self.state.answers), "seq": self.seq}
        if self.state.disposition:
            moving |= {"disposition": self.state.disposition, "ended_at": moment}
        with self.unit.begin() as tx:
            tx.execute(update(interviews).where(interviews.c.id == self.id).values(moving))
            if self.state.disposition:
                mine = select(interviews.c.interaction).where(interviews.c.id == self.id).scalar_subquery()
                settled = update(interactions).where(interactions.c.id == mine)
                tx.execute(settled.values(disposition=self.state.disposition))
            row = {"interview": self.id, "seq": self.seq, "at": moment, "kind": type(event).__name__}
            tx.execute(insert(events).values(**row, data=plain(event, Event)))
            if isinstance(event, TALLIED):
                record_answer(tx, Recorded(event, moment, self.id, **self.place))
