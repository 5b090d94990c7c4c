"""What an admin sees of messages that did not arrive."""

from __future__ import annotations

from datetime import timedelta

from tests.sms.stage import OURS, Stage
from tonval.fieldwork import messages
from tonval.fieldwork.delivery import State
from tonval.fieldwork.messages import Ended
from tonval.fieldwork.troubles import Trouble, troubles
from tonval.store.unit import Unit

GONE = "The number is not in use."


def test_what_went_wrong_is_counted_by_number_and_reason_with_what_is_in_doubt_first(unit: Unit) -> None:
    stage = Stage(unit)
    stage.queue("ett", "två", "tre", "fyra", "fem")
    first, second, third, fourth, _ = messages.claim_due(stage.office, 10)
    ends = [Ended(each, State.FAILED, sentence=GONE) for each in (first, second)]
    ends += [Ended(third, State.UNKNOWN, sentence="No answer."), Ended(fourth, State.DELIVERED, "SM1")]
    messages.turn_over(stage.office, 0, ends)
    assert troubles(stage.office, stage.time - timedelta(days=1)) == (
        Trouble(OURS, State.UNKNOWN, "No answer.", 1, stage.time),
        Trouble(OURS, State.FAILED, GONE, 2, stage.time),
    )
    assert troubles(stage.office, stage.time + timedelta(seconds=1)) == ()
