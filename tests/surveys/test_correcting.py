"""When a message puts an earlier number right, and when it does not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.script import centre
from tonval.sms.keywords import tells_stop
from tonval.sms.segments import measure
from tonval.surveys.answers.correcting import LONGEST, Correction, Sign, explain, read_bare, read_correction
from tonval.surveys.answers.lexicon import LANGUAGES
from tonval.surveys.dispositions import Disposition
from tonval.surveys.events import AnswerReplaced, AnswerWithdrawn, CommentLeft, CommentWithdrawn, QuestionAsked
from tonval.surveys.heard import Taken
from tonval.surveys.interview import Interview, ReplyRejected, Stage, Turn, begin, resume
from tonval.surveys.phrases import SMS_PHRASES, built_in
from tonval.surveys.questionnaire import Channel, Option, Question
from tonval.surveys.turns import Corrected, HungUp, OptedOut, Text

FORMS = centre().forms
NPS = Question("recommend", "nps", {"en": "?"})
YES = Question("solved", "yes_no", {"en": "?"})
OPTIONS = (Option("wait", {"en": "The wait"}, 1), Option("price", {"en": "The price"}, 2))
PICK = Question("wrong", "choice", {"en": "?"}, options=OPTIONS)
CORPUS: dict[str, Any] = yaml.load(
    (Path(__file__).parent / "corpus" / "corrections.yaml").read_text("utf-8"), Loader=yaml.BaseLoader
)
WAYS = [sign.value for sign in (Sign.MEANT, Sign.SLIP, Sign.STAR, Sign.PAIR)]


@dataclass(frozen=True)
class Row:
    """One message after a 9."""

    language: str
    sign: str
    text: str
    value: int | None

    def __str__(self) -> str:
        return f"{self.language} {self.text!r}"


def _rows() -> list[Row]:
    found = []
    for language, ways in CORPUS.items():
        for sign, replies in ways.items() if language != "sources" else ():
            told = replies.items() if isinstance(replies, dict) else ((text, "none") for text in replies)
            found += [Row(language, sign, text, None if value == "none" else int(value)) for text, value in told]
    return found


ROWS = _rows()


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_message_of_the_corpus_corrects_what_it_says_and_no_other(row: Row) -> None:
    found = read_correction(NPS, row.text, row.language)
    assert (found.value if found else None) == row.value
    if found:
        assert found.sign == row.sign and found.before in (None, 9)


def test_every_way_of_the_corpus_has_its_source_and_every_language_its_rows() -> None:
    assert sorted(CORPUS["sources"]) == sorted(WAYS) and all(explain(Sign(sign)) for sign in Sign)
    assert {row.language for row in ROWS} == set(LANGUAGES)
    for language in LANGUAGES:
        signs = {row.sign for row in ROWS if row.language == language and row.value is not None}
        assert signs >= {Sign.MEANT.value, Sign.SLIP.value, Sign.PAIR.value}


@pytest.mark.parametrize("row", [row for row in ROWS if row.value is not None and " a " not in row.text], ids=str)
def test_the_words_of_every_language_are_understood_in_every_other(row: Row) -> None:
    digits = row.text.isascii() and any(sign.isdigit() for sign in row.text)
    others = LANGUAGES if digits else (row.language,)
    assert {(read_correction(NPS, row.text, other) or Correction(-1, Sign.AGAIN)).value for other in others} == {
        row.value
    }


@pytest.mark.parametrize("text", ["sorry, no", "oops yes", "no, no", "*no", "actually yes", "sorry the price"])
def test_what_is_answered_in_words_takes_more_than_an_apology(text: str) -> None:
    assert read_correction(YES, text, "en") is None
    assert read_correction(PICK, text, "en") is None


@pytest.mark.parametrize(("question", "text", "value"), [(YES, "I meant no", 0), (PICK, "I meant the price", 2)])
def test_what_was_meant_may_be_words(question: Question, text: str, value: int) -> None:
    assert read_correction(question, text, "en") == Correction(value, Sign.MEANT)


BARE = [
    *[("3", 3), (" 3! ", 3), ("three", 3), ("3/10", 3), ("3 of 10", 3), ("٣", 3), ("10", 10), ("0", 0)],
    *[("3 because", None), ("1 0", None), ("11", None), ("-3", None), ("one", None), ("en", None), ("", None)],
    *[("it is 3", None), ("thanks", None), ("3 stars", None), ("3 and 4", None)],
]


@pytest.mark.parametrize(("text", "value"), BARE)
def test_a_bare_number_is_the_whole_message_and_nothing_else(text: str, value: int | None) -> None:
    assert read_bare(NPS, text, "sv" if text == "en" else "en") == value


@pytest.mark.parametrize(("text", "value"), [("2", 2), ("2.", 2), ("the price", None), ("price", None), ("3", None)])
def test_an_option_is_put_right_by_its_place_alone(text: str, value: int | None) -> None:
    assert read_bare(PICK, text, "en") == value


LEADS = ["i meant", "sorry,", "correction:", "not", "no,", "*", "oops", "instead of", "should be", "jag menade", "nej"]
TALK = ["I waited", "for 3 hours", "and 9 people", "were on the line", ",", ".", "!", "4 times", "2 of them"]


@given(st.lists(st.sampled_from([*LEADS, "it", "was", "great", ".", ","]), max_size=10))
def test_without_a_number_nothing_is_ever_put_right(words: list[str]) -> None:
    assert read_correction(NPS, " ".join(words), "en") is None


@given(st.lists(st.sampled_from(TALK), max_size=12))
def test_numbers_in_a_comment_put_nothing_right_without_the_words_for_it(words: list[str]) -> None:
    assert read_correction(NPS, " ".join(words), "en") is None


@given(st.text(max_size=LONGEST + 20), st.sampled_from(LANGUAGES))
def test_any_text_is_read(text: str, language: str) -> None:
    found = read_correction(NPS, text, language)
    assert found is None or (0 <= found.value <= 10 and len(text) <= LONGEST)
    bare = read_bare(NPS, text, language)
    assert bare is None or 0 <= bare <= 10


@pytest.mark.parametrize("sign", [" ", ".", "-", "*", "no ", "sorry ", "not 9 ", "3 not "])
def test_a_long_message_of_one_sign_is_read_as_soon_as_a_short_one(sign: str) -> None:
    assert read_correction(NPS, (sign * LONGEST)[:LONGEST], "en") is None


# The machine.


def play(survey: str, *texts: str, language: str = "en") -> Turn:
    """The turn after these messages."""
    form = FORMS[survey]
    turn = begin(form, channel=Channel.SMS, language=language)
    for text in texts:
        turn = resume(form, turn.interview, Text(text))
    return turn


def test_the_confirmation_says_both_numbers_in_the_customers_language() -> None:
    said = [play("sales-nps", "9", "3", language=language).says for language in ("en", "sv")]
    assert [says[0].text for says in said] == [
        "Thank you, we have noted 3 instead of 9.",
        "Tack, vi har noterat 3 i stället för 9.",
    ]


def test_there_are_words_of_confirmation_in_every_language_that_is_read() -> None:
    assert {*LANGUAGES, "ar"} <= set(SMS_PHRASES["corrected"])
    assert all("{value}" in text and "{before}" in text for text in SMS_PHRASES["corrected"].values())


@pytest.mark.parametrize("slot", ["closing", "unclear", "stopped", "started", "help"])
def test_whatever_an_sms_says_it_says_shortly_in_every_language_that_is_read(slot: str) -> None:
    for language in (*LANGUAGES, "ar"):
        words = built_in(slot, language)
        most = 2 if language in ("es", "et", "ar") else 1
        assert language == "en" or words != built_in(slot, "en")
        assert measure(words.format(lowest=0, highest=10)).segments <= most, words
        assert ("{lowest}" in words and "{highest}" in words) is (slot == "unclear")
        assert (tells_stop(words), "START" in words) == (slot in ("started", "help"), slot == "stopped")


@pytest.mark.parametrize("body", ["", "  ", "\N{VARIATION SELECTOR-16}"])
def test_a_picture_without_a_word_is_no_number_that_somebody_got_wrong(body: str) -> None:
    turn = play("depth", "9", body)
    assert [words.text for words in turn.says] == ["Why?"]


def test_a_finnish_customer_is_thanked_in_finnish_though_the_survey_has_no_words_for_it() -> None:
    form = replace(FORMS["sales-nps"], languages=("sv", "fi"), phrases={"closing": {"sv": "Tack!"}})
    turn = resume(form, begin(form, channel=Channel.SMS, language="fi").interview, Text("9"))
    assert [words.text for words in turn.says] == ["Kiitos vastauksestasi! Hyvää päivänjatkoa."]


def test_a_survey_may_have_words_of_its_own_for_it() -> None:
    form = replace(FORMS["sales-nps"], phrases={**FORMS["sales-nps"].phrases, "corrected": {"en": "{value} it is."}})
    turn = resume(form, begin(form, channel=Channel.SMS, language="en").interview, Text("9"))
    assert [words.text for words in resume(form, turn.interview, Text("oops 3")).says] == ["3 it is."]


def test_options_and_yes_and_no_are_confirmed_by_their_words() -> None:
    turn = play("talk", "3", "1", "I meant 2")
    assert turn.says[0].text == "Thank you, we have noted “The answer” instead of “The wait”."
    form = replace(FORMS["depth"], questions=(YES, FORMS["depth"].questions[1]))
    turn = begin(form, channel=Channel.SMS, language="en")
    for text in ("yes", "I meant no"):
        turn = resume(form, turn.interview, Text(text))
    assert turn.says[0].text == "Thank you, we have noted no instead of yes."


def test_a_correction_after_the_end_leaves_the_end_as_it_was() -> None:
    ended = play("sales-nps", "9")
    turn = resume(FORMS["sales-nps"], ended.interview, Text("sorry, 3"))
    assert turn.events == (AnswerReplaced("recommend", "nps", 9, 3, "sorry, 3"),)
    assert turn.interview.disposition is Disposition.COMPLETE and turn.interview.stage is Stage.ENDED and not turn.wait


def test_what_is_said_with_what_was_meant_is_kept_as_a_comment() -> None:
    turn = play("sales-nps", "9", "I meant 3, nobody called back")
    assert CommentLeft("recommend", "I meant 3, nobody called back") in turn.events


def test_a_correction_takes_back_what_is_not_asked_any_more() -> None:
    turn = play("talk", "3", "1", "slow", "I meant 9")  # the latest number is the option
    assert turn.interview.values("recommend") == (3,) and turn.heard and turn.heard.taken is Taken.LATE
    turn = resume(FORMS["talk"], turn.interview, Corrected("recommend", 9))
    assert turn.events == (AnswerReplaced("recommend", "nps", 3, 9, "9"), AnswerWithdrawn("wrong", "choice", 1))
    assert (turn.says, turn.wait) == ((), None)


def test_a_correction_that_takes_back_words_says_so() -> None:
    form = FORMS["depth"]
    form = replace(form, questions=(form.questions[0], replace(form.questions[1], when="recommend <= 6")))
    turn = begin(form, channel=Channel.SMS, language="en")
    for text in ("3", "slow", "sorry, 9"):
        turn = resume(form, turn.interview, Text(text))
    assert turn.events == (AnswerReplaced("recommend", "nps", 3, 9, "sorry, 9"), CommentWithdrawn("why", "slow"))
    assert [words.slot for words in turn.says] == ["corrected"] and turn.interview.disposition is Disposition.COMPLETE


def test_a_correction_that_leaves_nothing_to_ask_ends_with_thanks_for_the_score_that_stands() -> None:
    form = FORMS["sales-nps"]
    why = Question("why", "text", {"en": "Why?", "sv": "Varför?"}, when="recommend >= 9")
    form = replace(form, questions=(*form.questions, why))
    turn = begin(form, channel=Channel.SMS, language="en")
    for text in ("9", "oops 3"):
        turn = resume(form, turn.interview, Text(text))
    assert [words.slot for words in turn.says] == ["corrected", "thanks.detractor"]
    assert turn.interview.disposition is Disposition.COMPLETE


def test_a_question_that_was_answered_is_not_asked_again_after_a_correction() -> None:
    turn = play("talk", "3", "2", "I meant 1")
    assert [event.question for event in turn.events if isinstance(event, QuestionAsked)] == ["why"]
    assert turn.interview.values("wrong") == (1,)


HEARD = [
    (("9",), "answer", "recommend", 9, None),
    (("9", "9"), "answer", "recommend", 9, 9),
    (("9", "3"), "correction", "recommend", 3, 9),
    (("9", "so slow"), "comment", "why", None, None),
    (("hmm",), "unclear", "recommend", None, None),
    (("hmm", "well"), "comment", "recommend", None, None),
    (("9", "so slow", "thanks"), "late", "why", None, None),
]


@pytest.mark.parametrize(("texts", "taken", "question", "value", "before"), HEARD)
def test_the_turn_says_what_the_message_was_taken_for(
    texts: tuple[str, ...], taken: str, question: str, value: int | None, before: int | None
) -> None:
    heard = play("depth", *texts).heard
    assert heard is not None and heard.why.endswith(".")
    assert (heard.taken, heard.question, heard.value, heard.before) == (taken, question, value, before)


# What staff put right.


def ended(channel: Channel = Channel.SMS) -> Interview:
    """An interview that was answered with 9 and is over."""
    if channel is not Channel.SMS:
        return resume(FORMS["mixed"], begin(FORMS["mixed"], channel=channel).interview, HungUp()).interview
    return resume(FORMS["depth"], play("depth", "9").interview, OptedOut()).interview


REFUSED = [
    (Corrected("nothing", 3), "There is no question nothing in this interview."),
    (Corrected("why", 3), "why is not answered with a number."),
    (Corrected("recommend", 11), "11 is not on the scale 0–10."),
    (Corrected("recommend", 9), "recommend is 9 already."),
]


@pytest.mark.parametrize(("reply", "sentence"), REFUSED)
def test_what_cannot_be_put_right_is_refused_with_a_sentence(reply: Corrected, sentence: str) -> None:
    with pytest.raises(ReplyRejected) as refused:
        resume(FORMS["depth"], ended(), reply)
    assert str(refused.value) == sentence


def test_staff_take_an_answer_back_and_make_one_of_a_comment() -> None:
    gone = resume(FORMS["depth"], ended(), Corrected("recommend", None))
    assert gone.events == (AnswerWithdrawn("recommend", "nps", 9),) and not gone.interview.answers
    back = resume(FORMS["depth"], gone.interview, Corrected("recommend", 2))
    assert [type(event).__name__ for event in back.events] == ["AnswerGiven"]
    phone = resume(FORMS["mixed"], ended(Channel.KEYPAD), Corrected("helped", 4))
    assert phone.interview.values("helped") == (4,) and phone.interview.disposition is Disposition.BREAK_OFF
