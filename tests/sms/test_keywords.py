import pytest

from tonval.sms.keywords import Keyword, keyword, phrases, plain, tells_stop
from tonval.surveys.answers.lexicon import LANGUAGES

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
