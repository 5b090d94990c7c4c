"""R9: what customers wrote while nobody listened is taken in from the provider's list, and obeyed before we speak."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.drivers.twilio_api import ACCOUNT, TwilioApi
from tests.fieldwork.office import Office
from tests.sms.conftest import OUTSIDE, TOKEN
from tonval.fieldwork import asking, conduct, invitations
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.messaging import listening
from tonval.fieldwork.messaging.outgoing import queue_message
from tonval.fieldwork.respondents import Customer
from tonval.fieldwork.routing import read_centre
from tonval.sms import inbound
from tonval.sms.backfill import Listener, catch_up
from tonval.sms.errors import SendError
from tonval.sms.sender import send_batch
from tonval.sms.twilio import provider
from tonval.sms.twilio.provider import TwilioMessages
from tonval.store.tables import events, interviews, messages
from tonval.store.unit import Unit

OURS, OTHER, SMPP = "+46701740605", "+46701740604", "+46701740603"
CENTRE = f"""
brand: Nordlys
numbers: {{"{OURS}": {{provider: twilio}}, "{OTHER}": {{provider: twilio}}, "{SMPP}": {{provider: console}}}}
defaults: {{languages: [sv, en]}}
queues:
  sales: {{survey: sales-nps, channel: sms, from: "{OURS}"}}
surveys:
  sales-nps:
    window: 3d
    questions: [{{id: recommend, scale: nps, text: {{sv: "Hur troligt? 0-10", en: "How likely? 0-10"}}}}]
"""
TWILIO = frozenset({"twilio"})


class Installation:
    """An office that asks by Twilio, may be away for a while, and has a clock."""

    def __init__(self, unit: Unit, api: TwilioApi) -> None:
        self.office = Office(unit, read_centre(CENTRE))
        self.api = api
        self.ways = {"twilio": TwilioMessages(ACCOUNT, TOKEN, OUTSIDE, api.url, patience=5)}
        api.now = lambda: self.office.time

    def ask(self, *numbers: str) -> None:
        """Everybody is asked, and the clock has listened until now."""
        for number in numbers:
            customer, talk = Customer(phone=number, language="sv"), timedelta(minutes=3)
            call = Interaction(f"call-{number}", "call", "sales", "anna", customer, self.office.time, talk, {})
            invitations.report(self.office.field, call)
        asking.ask_due(self.office.field, 1000)
        while send_batch(self.office.field, self.ways, 100):
            pass
        catch_up(self.office.field, self.ways)

    def write(self, number: str, body: str, minutes_ago: float = 0, to: str = OURS) -> None:
        """A customer's message is in the list; its webhook found nobody at home."""
        self.api.receive(number, to, body, at=self.office.time - timedelta(minutes=minutes_ago))

    def start(self) -> None:
        """What `tonval up` does before any part starts."""
        listening.start(self.office.field, TWILIO)

    def expire(self) -> int:
        """The clock's chore."""
        field = self.office.field
        return conduct.expire_due(field, 200, listening.heard_until(field))

    def queue(self, number: str) -> None:
        """One more message is due to go out."""
        with self.office.field.unit.begin() as tx:
            queue_message(tx, self.office.field, OURS, number, "En sak till", "question", None)

    def taken_in(self) -> list[tuple[str, str]]:
        """Senders and words of what has come in, as it was taken in."""
        wanted = select(messages.c.sender, messages.c.body).where(messages.c.direction == "in").order_by(messages.c.id)
        with self.office.field.unit.read() as tx:
            return [(row.sender, row.body) for row in tx.execute(wanted)]

    def answers(self) -> list[int]:
        """Every answer given, in order."""
        wanted = select(events.c.data).where(events.c.kind == "AnswerGiven").order_by(events.c.at, events.c.interview)
        with self.office.field.unit.read() as tx:
            return [data["value"] for data in tx.execute(wanted).scalars()]

    def dispositions(self) -> dict[str, str | None]:
        """How each customer's interview has ended."""
        with self.office.field.unit.read() as tx:
            rows = tx.execute(select(interviews.c.thread, interviews.c.disposition))
            return {(row.thread or "").partition(">")[0]: row.disposition for row in rows}

    def told(self, number: str) -> list[str]:
        """The words that a customer was sent."""
        return [taken.body for taken in self.api.ledger if taken.to == number]


@pytest.fixture
def house(unit: Unit, api: TwilioApi) -> Installation:
    """The installation on both databases."""
    return Installation(unit, api)


@pytest.fixture
def small(sqlite_url: str, api: TwilioApi) -> Iterator[Installation]:
    """The same on SQLite alone."""
    from tonval.store.unit import open_unit

    unit = open_unit(sqlite_url)
    yield Installation(unit, api)
    unit.engine.dispose()


def _customers(count: int) -> list[str]:
    return [f"+467017406{number:02d}" for number in range(6, 6 + count)]


def test_a_hundred_replies_of_ten_minutes_are_taken_in_once_and_in_order(house: Installation) -> None:
    everybody = _customers(90)
    house.ask(*everybody)
    house.office.pass_time(days=2, hours=23, minutes=55)  # the window of three days ends while we are away
    catch_up(house.office.field, house.ways)
    house.office.pass_time(minutes=10)
    for place, number in enumerate(everybody[:85]):
        house.write(number, str(place % 11), minutes_ago=9.5 - place * 0.05)  # before the window ends
    house.write(everybody[85], "STOPP", minutes_ago=8)
    for number in everybody[:10]:
        house.write(number, "tack för hjälpen", minutes_ago=4)
    for place in range(4):
        house.write(everybody[86 + place], "9", minutes_ago=1)  # the window has ended
    assert len(house.api.received) == 100
    house.start()
    house.queue(everybody[85])
    assert send_batch(house.office.field, house.ways) == 0
    assert catch_up(house.office.field, house.ways) == 100
    house.expire()
    house.office.pass_time(minutes=2)
    catch_up(house.office.field, house.ways)
    house.expire()
    written = sorted(house.api.received, key=lambda each: each.at)
    assert sorted(house.taken_in()) == sorted((each.sender, each.body) for each in written)
    assert house.taken_in() == [(each.sender, each.body) for each in written]
    assert house.answers() == [place % 11 for place in range(85)]
    ended = house.dispositions()
    assert {ended[number] for number in everybody[:85]} == {"complete"}
    assert ended[everybody[85]] == "refused"
    assert {ended[number] for number in everybody[86:]} == {"expired"}
    while send_batch(house.office.field, house.ways, 100):
        pass
    assert "En sak till" not in house.api.bodies()
    assert len(house.told(everybody[85])) == 2  # the question, and that nothing more comes


def test_a_message_that_comes_by_webhook_and_by_list_is_one(house: Installation) -> None:
    number = "+46701740606"
    house.ask(number)
    listed = house.api.receive(number, OURS, "9")
    for _ in range(2):
        house.office.pass_time(minutes=1)
        catch_up(house.office.field, house.ways)
        inbound.receive(
            house.office.field,
            provider="twilio",
            ref=listed.sid,
            sender=number,
            recipient=OURS,
            body="9",
            at=house.office.time,
        )
    assert house.taken_in() == [(number, "9")]
    assert house.answers() == [9]


def test_at_a_start_nothing_is_sent_before_it_is_known_who_has_said_stop(house: Installation) -> None:
    one, two = _customers(2)
    house.ask()
    house.office.pass_time(minutes=10)
    house.write(one, "STOPP", minutes_ago=5, to=OTHER)
    house.start()
    house.queue(one)
    house.queue(two)
    assert send_batch(house.office.field, house.ways) == 0
    catch_up(house.office.field, house.ways)
    while send_batch(house.office.field, house.ways):
        pass
    assert house.told(two) == ["En sak till"]
    assert len(house.told(one)) == 1 and "En sak till" not in house.told(one)


def test_a_list_out_of_reach_holds_sending_for_a_minute_and_the_end_of_surveys_for_a_day(house: Installation) -> None:
    number = "+46701740606"
    house.ask(number)
    house.office.pass_time(days=2, hours=23, minutes=58)
    catch_up(house.office.field, house.ways)
    house.api.list_status = 503
    house.start()
    house.queue("+46701740607")
    for seconds in (0, 20, 35):
        house.office.pass_time(seconds=seconds)
        with pytest.raises(SendError):
            catch_up(house.office.field, house.ways)
        assert send_batch(house.office.field, house.ways) == 0
    house.office.pass_time(seconds=5)
    assert send_batch(house.office.field, house.ways) == 1
    house.office.pass_time(hours=23, minutes=50)
    assert house.expire() == 0
    house.office.pass_time(minutes=20)
    assert house.expire() == 1
    assert house.dispositions()[number] == "expired"


def test_a_reply_in_time_counts_when_the_list_can_be_read_again(house: Installation) -> None:
    number = "+46701740606"
    house.ask(number)
    house.office.pass_time(days=2, hours=23, minutes=59)
    catch_up(house.office.field, house.ways)
    house.api.list_status = 503
    house.write(number, "8")
    house.office.pass_time(hours=5)
    with pytest.raises(SendError):
        catch_up(house.office.field, house.ways)
    assert house.expire() == 0
    house.api.list_status = 200
    house.office.pass_time(minutes=1)
    catch_up(house.office.field, house.ways)
    house.expire()
    assert house.answers() == [8]
    assert house.dispositions()[number] == "complete"


def test_the_list_is_asked_for_once_a_minute_and_by_one_clock(small: Installation) -> None:
    small.ask()
    asked = small.api.listings
    for _ in range(30):
        small.office.pass_time(seconds=2)
        for _two_clocks in range(2):
            catch_up(small.office.field, small.ways)
    assert small.api.listings - asked == 2  # each of our two numbers at Twilio once


def test_a_list_out_of_reach_is_told_of_once_and_once_when_it_is_back(
    small: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    small.ask()
    listener = Listener(small.office.field, small.ways)
    small.api.list_status = 503
    for _ in range(120):
        small.office.pass_time(seconds=2)
        listener.listen()
    small.api.list_status = 200
    for _ in range(60):
        small.office.pass_time(seconds=2)
        listener.listen()
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == [
        "what customers wrote cannot be listed: The provider did not say whether it took the message. (HTTP 503)",
        "what customers wrote can be listed again",
    ]


def test_a_number_of_another_provider_is_not_listened_to_and_one_that_is_gone_not_waited_for(
    small: Installation,
) -> None:
    small.ask()
    small.office.pass_time(hours=2)
    assert listening.heard_until(small.office.field) < small.office.time - timedelta(hours=1)
    gone = small.office.with_centre(read_centre(CENTRE.replace("provider: twilio", "provider: console")))
    assert listening.heard_until(gone) == small.office.time
    assert catch_up(gone, small.ways) is None
    assert small.api.listings == 2


def test_a_new_number_is_heard_from_now_on_and_a_used_one_a_day_back(small: Installation) -> None:
    field = small.office.field
    small.write("+46701740606", "to whoever had the number before", minutes_ago=120, to=OTHER)
    small.write("+46701740606", "7", minutes_ago=120)
    small.queue("+46701740606")
    assert catch_up(field, small.ways) == 1
    assert small.taken_in() == [("+46701740606", "7")]


def test_what_breaks_while_it_is_taken_in_is_tried_again_and_holds_up_nobody(
    small: Installation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    small.ask(*_customers(3))
    for number in _customers(3):
        small.write(number, "9")
    take_in = conduct.receive_message

    def breaking(field: object, message: conduct.Inbound) -> None:
        if message.sender == "+46701740607":
            raise RuntimeError("a fault of ours")
        take_in(field, message)  # type: ignore[arg-type]

    heard = listening.heard_until(small.office.field)
    small.office.pass_time(minutes=1)
    with monkeypatch.context() as broken:
        broken.setattr(conduct, "receive_message", breaking)
        catch_up(small.office.field, small.ways)
    assert [sender for sender, _ in small.taken_in()] == ["+46701740606", "+46701740608"]
    assert "+46701740607" not in caplog.text
    assert listening.heard_until(small.office.field) == heard
    small.office.pass_time(minutes=1)
    catch_up(small.office.field, small.ways)
    assert len(small.taken_in()) == 3
    assert listening.heard_until(small.office.field) > heard


def test_the_list_is_read_page_by_page_up_to_the_moment_and_across_midnight(
    api: TwilioApi, twilio: TwilioMessages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "PAGE", 7)
    midnight = datetime(2026, 11, 22, tzinfo=UTC)
    for minute in range(-30, 30):
        api.receive("+46701740606", OURS, str(minute), at=midnight + timedelta(minutes=minute))
    api.receive("+46701740606", OTHER, "to another number", at=midnight)
    heard = twilio.heard(OURS, midnight - timedelta(minutes=20))
    assert [each.body for each in heard] == [str(minute) for minute in range(-20, 30)]
    assert heard[0].at == midnight - timedelta(minutes=20)
    assert (heard[0].sender, heard[0].recipient) == ("+46701740606", OURS)
    assert api.listings == 8


def test_no_more_pages_are_read_than_is_good(
    api: TwilioApi, twilio: TwilioMessages, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(provider, "PAGE", 5)
    monkeypatch.setattr(provider, "PAGES", 3)
    now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    for second in range(40):
        api.receive("+46701740606", OURS, str(second), at=now + timedelta(seconds=second))
    assert [each.body for each in twilio.heard(OURS, now)] == [str(second) for second in range(25, 40)]
    assert api.listings == 3
    assert "longer than is read" in caplog.text


@pytest.mark.parametrize("state", ["receiving", "failed"])
def test_a_message_that_has_not_come_in_whole_is_left_for_the_next_time(
    api: TwilioApi, twilio: TwilioMessages, state: str
) -> None:
    api.receive("+46701740606", OURS, "9").status = state
    assert list(twilio.heard(OURS, api.now() - timedelta(minutes=5))) == []


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_a_list_that_cannot_be_read_is_an_error(api: TwilioApi, twilio: TwilioMessages, status: int) -> None:
    api.list_status = status
    with pytest.raises(SendError):
        twilio.heard(OURS, api.now())
