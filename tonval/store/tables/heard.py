"""What was said: interviews with their events, calls and messages."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from tonval.store.sealed import Sealed, SealedJSON
from tonval.store.tables.columns import Moment, metadata, serial, where

interviews = Table(
    "interviews",
    metadata,
    Column("id", String, primary_key=True),  # itv_…; the same id with res_ names the response
    Column("survey", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("channel", String, nullable=False),
    Column("queue", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("language", String, nullable=False),
    Column("interaction", ForeignKey("interactions.id"), index=True),
    Column("contact", ForeignKey("contacts.id"), index=True),
    Column("invitation", ForeignKey("invitations.id"), unique=True),
    Column("thread", Sealed("thread")),  # "customer>virtual number" of an SMS interview
    Column("state", SealedJSON(("call_back", "attributes")), nullable=False),  # surveys.record: Interview
    Column("seq", Integer, nullable=False),  # events written so far
    Column("answered", Integer, nullable=False),
    Column("disposition", String),  # null while it is open
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("expires_at", Moment),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
    Index("ix_interviews_agent_started_at", "agent", "started_at"),
    Index("ix_interviews_started_at", "started_at"),
    Index("ix_interviews_survey_version", "survey", "version"),
    Index("ix_interviews_thread_started_at", "thread", "started_at"),
    Index("uq_interviews_open_thread", "thread", unique=True, **where("disposition IS NULL")),
    Index("ix_interviews_open_expires_at", "expires_at", **where("disposition IS NULL")),
)


legs = Table(
    "legs",
    metadata,
    Column("id", String, primary_key=True),
    Column("provider", String, nullable=False),  # sip, twilio, simulator
    Column("ref", String, nullable=False),  # the provider's call id
    Column("interview", ForeignKey("interviews.id"), index=True),  # null: heard a goodbye, was not asked
    Column("node", String),  # the SIP node that holds the call
    Column("turn_no", Integer, nullable=False),
    Column("caller", Sealed()),
    Column("cause", String),
    Column("reception", JSON(none_as_null=True)),  # fieldwork.receptions: what came before the survey; null: nothing
    Column("dictation", JSON(none_as_null=True)),  # fieldwork.dictating: a prompt is spoken in this call; null: none is
    Column("started_at", Moment, nullable=False),
    Column("touched_at", Moment, nullable=False),
    Column("ended_at", Moment),
    UniqueConstraint("provider", "ref"),
    Index("ix_legs_open", "touched_at", **where("ended_at IS NULL")),
    Index("ix_legs_caller_started_at", "caller", "started_at", **where("caller IS NOT NULL")),
)


turns = Table(
    "turns",
    metadata,
    Column("leg", ForeignKey("legs.id"), primary_key=True),
    Column("turn_no", Integer, primary_key=True),
    Column("turn", JSON, nullable=False),
    Column("at", Moment, nullable=False),
)


events = Table(
    "events",
    metadata,
    serial(),
    Column("interview", ForeignKey("interviews.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", String, nullable=False),
    Column("data", SealedJSON(("phone",)), nullable=False),
    UniqueConstraint("interview", "seq"),
    Index("ix_events_at", "at"),
    Index("ix_events_comments_at", "at", **where("kind = 'CommentLeft'")),
    Index("ix_events_spoken_at", "at", **where("kind = 'CommentSpoken'")),
)


messages = Table(
    "messages",
    metadata,
    Column("id", String, primary_key=True),
    Column("direction", String, nullable=False),  # in, out
    Column("channel", String, nullable=False, server_default="sms"),  # sms, email
    Column("purpose", String, nullable=False),  # question, reminder, thanks, confirmation, inbound
    Column("provider", String, nullable=False),
    Column("ref", String),  # the provider's message id
    Column("sender", Sealed(), nullable=False),
    Column("recipient", Sealed(), nullable=False),
    Column("subject", Text),
    Column("body", Text, nullable=False),  # with {link} where the customer's own link goes: it is stored nowhere
    Column("segments", Integer, nullable=False),
    Column("interview", ForeignKey("interviews.id"), index=True),
    Column("state", String, nullable=False),  # sms.states: queued, sending, accepted, sent, delivered, …; received
    Column("attempt", String),  # the attempt that holds it, set before the provider is called
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("claimed_at", Moment),
    Column("due_at", Moment, nullable=False),
    Column("open_from", Moment),  # the allowed hours it may go out in; null: at any hour
    Column("open_until", Moment),
    Column("error", Text),
    Column("cost", Integer),  # what it is reckoned to cost, in 1/10,000 of the centre's currency
    Column("reading", JSON),  # what a customer's message was taken for: fieldwork.readings
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("provider", "ref"),
    Index("ix_messages_due", "channel", "state", "due_at", **where("state IN ('queued', 'sending', 'unknown')")),
    Index("ix_messages_sender_due", "sender", "due_at", **where("state = 'queued' AND channel = 'sms'")),
    Index("ix_messages_created_at", "created_at"),
    Index("ix_messages_confirmations", "recipient", "created_at", **where("purpose = 'confirmation'")),
    Index("ix_messages_customer_in", "sender", **where("direction = 'in'")),
    Index("ix_messages_customer_out", "recipient", **where("direction = 'out'")),
)


links = Table(
    "links",
    metadata,
    Column("digest", String, primary_key=True),  # SHA-256 of the token, in hexadecimal
    Column("purpose", String, nullable=False),  # survey, stop
    Column("interview", ForeignKey("interviews.id"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),  # null: a customer may say stop at any time
)
