import pytest

from tonval.sms.keywords import COURTESIES, WORDS, Keyword, keyword, plain

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
    ("S\u200bTOP", None),
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


def test_every_word_of_the_table_means_what_the_table_says() -> None:
    for command, languages in WORDS.items():
        for words in languages.values():
            assert {keyword(word.upper()) for word in words} == {command}, words


def test_no_word_means_two_things() -> None:
    meanings = [
        (plain(word), command) for command, langs in WORDS.items() for words in langs.values() for word in words
    ]
    assert len({word for word, _ in meanings}) == len(set(meanings))


@pytest.mark.parametrize("courtesy", COURTESIES)
def test_a_courtesy_alone_is_no_command_and_takes_none_away(courtesy: str) -> None:
    assert keyword(courtesy) is None
    assert keyword(f"{courtesy}, STOP {courtesy}!") is Keyword.STOP
