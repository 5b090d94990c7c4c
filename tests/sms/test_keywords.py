"""Commands: whole messages, and sentences that ask for no more messages; answers are never taken for them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.surveys.corpus import rows
from tonval.sms.keywords import Keyword, everywhere, keyword, phrases, plain, tells_stop, wishes_no_more
from tonval.surveys.answers.lexicon import LANGUAGES, lexicon

COMMANDS = [
    ("STOP", Keyword.STOP),
    ("stop!", Keyword.STOP),
    ("  Stop.  ", Keyword.STOP),
    ("Stopp", Keyword.STOP),
    ("STOPP!!!", Keyword.STOP),
    ("stop 🙏", Keyword.STOP),
    ("Please stop", Keyword.STOP),
    ("stop please!", Keyword.STOP),
    ("Snälla sluta", Keyword.STOP),
    ("Avsluta, tack", Keyword.STOP),
    ("don't text me", Keyword.STOP),
    ("BAJA", Keyword.STOP),
    ("no mas", Keyword.STOP),
    ("No más, por favor", Keyword.STOP),
    ("LOPETA", Keyword.STOP),
    ("Lõpeta palun", Keyword.STOP),
    ("opt-out", Keyword.STOP),
    ("S\u200bTOP", Keyword.STOP),
    ("START", Keyword.START),
    ("börja", Keyword.START),
    ("alta", Keyword.START),
    ("alusta", Keyword.START),
    ("help?", Keyword.HELP),
    ("Hjälp", Keyword.HELP),
    ("hjalp", Keyword.HELP),
    ("ayuda", Keyword.HELP),
    ("abi", Keyword.HELP),
]

ANSWERS = [
    "9 stop calling me so late",
    "9",
    "stop 9",
    "0",
    "10, no more messages than this one needed, thanks",
    "The bus stop",
    "he did not help",
    "Tack",
    "nej tack",
    "please",
    "yes",
    "ja",
    "no",
    "",
    "   ",
    "👍",
    "stoppsignal",
    "8 inga fler sms på kvällen",
    "bra info",
]


@pytest.mark.parametrize(("message", "command"), COMMANDS)
def test_a_whole_message_that_is_a_command_is_recognised(message: str, command: Keyword | None) -> None:
    assert keyword(message) is command


@pytest.mark.parametrize("message", ANSWERS)
def test_an_answer_is_never_taken_for_a_command(message: str) -> None:
    assert keyword(message) is None


@pytest.mark.parametrize("command", Keyword)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_of_the_lists_means_what_the_list_says(language: str, command: Keyword) -> None:
    listed = phrases(language, command)
    assert listed
    assert {keyword(phrase.upper()) for phrase in listed} == {command}, listed


def test_no_phrase_means_two_things() -> None:
    meanings = {
        (plain(phrase), command) for code in LANGUAGES for command in Keyword for phrase in phrases(code, command)
    }
    assert len({phrase for phrase, _ in meanings}) == len(meanings)


TWILIO = {
    Keyword.STOP: ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"],
    Keyword.START: ["START", "UNSTOP"],
    Keyword.HELP: ["HELP", "INFO"],
}
"""The words that Twilio obeys by itself unless told otherwise (its support pages on opt-out keywords), but for YES."""


@pytest.mark.parametrize("command", Keyword)
def test_every_word_that_twilio_obeys_means_the_same_here(command: Keyword) -> None:
    assert {keyword(form) for word in TWILIO[command] for form in (word, word.lower(), f" {word}. ")} == {command}


@pytest.mark.parametrize("yes", ["YES", "yes", "Ja", "sí", "jah", "kyllä", "oui", "Yes!"])
def test_a_yes_is_an_answer_and_never_a_start_for_it_may_answer_a_question(yes: str) -> None:
    assert keyword(yes) is None


EVERYWHERE = [
    "STOP ALL", "stopall", "Stop all texts", "unsubscribe me from everything", "no more texts or emails please",
    "remove me from all lists", "stoppa allt", "Alla utskick", "STOPP ALLA", "inga fler sms eller mejl",
    "ta bort mig från alla listor", "baja de todo", "no quiero más mensajes ni correos", "STOP TODO", "lõpetage kõik",
    "lõpeta kõik sõnumid", "stopp alle", "meld meg av alt", "ingen flere sms eller mailer", "stop alt", "afmeld alle",
    "lopeta kaikki", "poistakaa minut kaikilta listoilta", "alles abbestellen", "alle nachrichten abbestellen",
    "arrêtez tout", "stop tout", "arrêtez les SMS et les mails",
]  # fmt: skip


@pytest.mark.parametrize("message", EVERYWHERE)
def test_a_stop_may_be_for_every_way_of_asking(message: str) -> None:
    assert keyword(message) is Keyword.STOP
    assert everywhere(message) and everywhere(message.upper() + "!!")


HERE_ALONE = [
    "STOP", "Stop STOP stop", "stop texting me all the time", "stop texting me all day", "no more texts",
    "sluta skicka sms hela tiden", "sluta sms:a mig", "inga fler sms", "baja", "lopeta", "lõpeta ära", "slutt å sende",
    "afmeld mig", "keine SMS mehr", "arrêtez de m'envoyer des messages", "all good", "Allt bra", "alles gut, 9",
    "tout va bien", "9", "", "everything was fine",
]  # fmt: skip


@pytest.mark.parametrize("message", HERE_ALONE)
def test_a_plain_stop_is_for_the_way_it_came_by_and_other_words_are_for_none(message: str) -> None:
    assert not everywhere(message)


def test_a_score_with_a_wish_for_everything_keeps_both() -> None:
    assert keyword("9 stop all messages") is None
    assert wishes_no_more("9 stop all messages") and everywhere("9 stop all messages")


@pytest.mark.parametrize(
    "message",
    ["unsubscibe", "unsuscribe please", "abmeldne", "lopetaa", "lpoeta", "afmled", "sulta skicka sms", "LÕPEAT"],
)
def test_a_stop_with_one_slip_of_the_finger_is_heard(message: str) -> None:
    assert keyword(message) is Keyword.STOP


@pytest.mark.parametrize(
    "message",
    [
        "remote",
        "cancer",
        "topp",
        "smart",
        "stort",
        "Sven",
        "unsubscribed",
        "ni slutat skicka sms",
        "spot",
        "seis",
        "fin",
    ],
)
def test_a_word_that_is_only_near_a_command_is_none(message: str) -> None:
    assert keyword(message) is None


COMPLAINTS = [
    "Ni hör inte av er", "slutt å sende meg rundt mellom avdelinger", "vous ne m'appelez plus tard jamais",
    "envoyez-moi plus d'infos", "ei tullut viestejä minulle", "borraron mis datos", "ich will keinen Stress",
    "je ne veux pas de problème", "no vuelven a contactarme", "quiero dar de baja mi línea de internet",
    "haluan peruuttaa tilaukseni", "en jaksa odottaa näitä jonoja", "jätke mulle sõnum", "jeg vil ikke det",
    "rohkem ei soovi midagi", "vill inte", "det räcker", "kunne ikke ta kontakt", "vous pouvez faire plus",
    "I want to cancel my order", "stop being so slow", "jag behöver inte ställa fler frågor", "merci de faire plus",
]  # fmt: skip


@pytest.mark.parametrize("message", COMPLAINTS)
def test_a_complaint_or_an_answer_in_words_of_stopping_is_no_stop(message: str) -> None:
    assert keyword(message) is None
    assert not wishes_no_more(message)


COURTESIES = [
    "please",
    "thanks",
    "tack",
    "snälla",
    "por favor",
    "palun",
    "takk",
    "venligst",
    "kiitos",
    "bitte",
    "merci",
]


@pytest.mark.parametrize("courtesy", COURTESIES)
def test_a_courtesy_alone_is_no_command_and_takes_none_away(courtesy: str) -> None:
    assert keyword(courtesy) is None
    assert keyword(f"{courtesy}, STOP {courtesy}!") is Keyword.STOP


@pytest.mark.parametrize(
    ("text", "told"),
    [("Svara STOPP", True), ("Reply stop", True), ("Envía BAJA", True), ("at the end", False), ("", False)],
)
def test_a_text_tells_the_way_out_when_it_names_the_word(text: str, told: bool) -> None:
    assert tells_stop(text) is told


REPLIES = Path(__file__).parent / "replies"
STOPS = {
    code: list(map(str, said)) for code, said in yaml.safe_load((REPLIES / "stop.yaml").read_text("utf-8")).items()
}
HARD = [str(text) for said in yaml.safe_load((REPLIES / "answers.yaml").read_text("utf-8")).values() for text in said]
VALID = [row.text for row in rows() if row.value is not None] + HARD


def test_at_least_98_in_100_ways_to_say_stop_are_recognised_and_no_valid_answer_is_taken_for_one() -> None:
    """S10. Both lists are data, in replies/ beside this file and in the corpus of answers."""
    missed = {code: [text for text in said if keyword(text) is not Keyword.STOP] for code, said in STOPS.items()}
    taken = [text for text in VALID if keyword(text) is not None]
    all_of_them = sum(map(len, STOPS.values()))
    heard = all_of_them - sum(map(len, missed.values()))
    print(f"STOP: {heard} of {all_of_them} recognised ({heard / all_of_them:.1%}), missed: {missed}")
    print(f"answers: {len(taken)} of {len(VALID)} taken for a command")
    assert set(STOPS) == set(LANGUAGES) and all_of_them >= 300 and heard >= 0.98 * all_of_them
    assert len(VALID) >= 500 and taken == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_hears_less_than_95_in_100(language: str) -> None:
    heard = [text for text in STOPS[language] if keyword(text) is Keyword.STOP]
    assert len(heard) >= 0.95 * len(STOPS[language]) and len(STOPS[language]) >= 30


def test_no_command_is_a_number_or_a_yes_or_no_in_any_language() -> None:
    listed = {plain(phrase) for code in LANGUAGES for command in Keyword for phrase in phrases(code, command)}
    for code in LANGUAGES:
        known = lexicon(code)
        assert not listed & {*known.numbers, *known.weak, *known.ordinals, *known.agreeing}, code


def test_a_sentence_with_an_answer_is_no_command_yet_the_wish_in_it_can_be_asked_for() -> None:
    assert keyword("9, please stop texting me") is None
    assert wishes_no_more("9, please stop texting me")
    assert not wishes_no_more("9, please do not stop")


@pytest.mark.parametrize(
    "message",
    [
        "I told you 3 times to stop texting me",
        "stop texting me 24 hours a day",
        "sluta skicka sms flera gånger om dagen",
    ],
)
def test_a_number_that_counts_does_not_hide_a_stop(message: str) -> None:
    assert keyword(message) is Keyword.STOP


@given(st.text(max_size=300))
def test_any_text_is_looked_at_without_fault(message: str) -> None:
    assert keyword(message) in (None, *Keyword)


@given(
    st.sampled_from([text for said in STOPS.values() for text in said]), st.sampled_from(["", "!", " 🙏", "...", "\n"])
)
def test_case_and_decoration_take_no_stop_away(text: str, mark: str) -> None:
    assert keyword(text.upper() + mark) is keyword(f"  {text.lower()} {mark}") is keyword(text)
