from __future__ import annotations

from pathlib import Path

from tonval.ivr.sip.spool import Spool, SpooledDial, SpooledEnd, SpooledReply, SpooledSpeech
from tonval.surveys.turns import Digits, TimedOut

FIRST, SECOND, END = SpooledReply("leg_1", 1, "5"), SpooledReply("leg_1", 2, None), SpooledEnd("leg_1", "finished")
SPEECH, DIAL = SpooledSpeech("leg_2", 3, "/tmp/å.wav", 1234.5), SpooledDial("dial_1", "failed", "Busy.")


def test_what_is_spooled_is_there_after_a_crash(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    for entry in (FIRST, SECOND, SPEECH, DIAL, END):
        spool.add(entry)
    again = Spool(tmp_path / "spool.jsonl")
    assert len(again) == 5
    assert again.legs() == {"leg_1", "leg_2", "dial_1"}
    assert again.first() == FIRST


def test_entries_leave_in_the_order_they_came_and_the_file_with_the_last(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    for entry in (FIRST, SECOND, SPEECH, DIAL, END):
        spool.add(entry)
    seen = []
    while (entry := spool.first()) is not None:
        seen.append(entry)
        spool.drop_first()
    assert seen == [FIRST, SECOND, SPEECH, DIAL, END]
    assert list(tmp_path.iterdir()) == []


def test_a_line_that_was_cut_off_is_passed_over(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    spool.add(FIRST)
    with (tmp_path / "spool.jsonl").open("ab") as file:
        file.write(b'["SpooledReply", {"leg": "leg_')
    assert len(Spool(tmp_path / "spool.jsonl")) == 1


def test_what_fieldwork_refuses_is_put_aside_and_not_thrown_away(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool.jsonl")
    spool.add(FIRST)
    spool.refuse_first()
    assert len(spool) == 0
    assert "leg_1" in (tmp_path / "spool.refused.jsonl").read_text()


def test_a_spooled_reply_is_a_reply() -> None:
    assert FIRST.reply == Digits("5")
    assert SECOND.reply == TimedOut()
