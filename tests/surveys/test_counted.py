"""Numbers that count things, in sentences like those of answers: none of them is taken for a score."""

from __future__ import annotations

import pytest

from tests.surveys.corpus import question
from tonval.surveys.answers import Score, read_text

COUNTED = [
    ("en", "2 probably wrong invoices"), ("en", "3 definitely rude agents"), ("en", "2 buses stop here"),
    ("en", "0 customers stop"), ("en", "3 of them were busy"), ("en", "4 would be too much"), ("en", "5 maybe 6"),
    ("en", "3 again and again"), ("en", "1 who answered"), ("en", "I have 3"), ("en", "2 with problems"),
    ("sv", "3 var upptagna"), ("sv", "4 gången jag ringer"), ("sv", "2 till fick vänta"), ("sv", "3 tror att ni ljög"),
    ("sv", "jag fick 3"), ("sv", "2 kanske trasiga"), ("sv", "3 blev bortkopplade"), ("sv", "vi var 4"),
    ("es", "3 de ellos colgaron"), ("es", "2 es poco"), ("es", "3 quizá equivocados"), ("es", "4 fueron amables"),
    ("et", "3 oli kinni"), ("et", "2 võibolla katki"), ("no", "3 var opptatt"), ("no", "2 ble borte"),
    ("no", "3 ringer hver dag"), ("da", "3 var optaget"), ("da", "2 blev væk"), ("fi", "3 olivat varattuja"),
    ("fi", "2 ehkä rikki"), ("de", "3 waren besetzt"), ("de", "wir sind 4"), ("de", "2 leider defekte Geräte"),
    ("fr", "3 étaient occupés"), ("fr", "2 sûrement cassés"), ("fr", "pour 3"),
    ("en", "there are 8 of us"), ("en", "my son is 7"), ("de", "mein Sohn ist 7"), ("de", "Morgen 9"), ("en", "part 2"),
    ("sv", "morgon 9"), ("sv", "del 2"), ("sv", "sida 9"), ("fr", "vers 9"),
    ("en", "10 minutes waiting"), ("en", "not 10, 2"), ("en", "certainly not, 9"), ("en", "8 is not fair"),
    ("sv", "vi är 5 i familjen"), ("sv", "vi är 5"), ("sv", "5 i familjen"), ("sv", "4 i kö"), ("no", "vi er 5"),
    ("da", "vi er 5"), ("fr", "nous sommes 5"), ("en", "we are 5"), ("fr", "on est 5"), ("fr", "à 9"),
    ("sv", "jag väntade till 9"), ("sv", "ring mig kl 10"), ("de", "um 9 Uhr"), ("es", "a las 9"),
    ("et", "kell on 9"), ("fi", "kello on 9"), ("da", "klokken er 9"), ("en", "2 weeks and no answer"),
    ("sv", "9 är inte rimligt"), ("en", "between 9 and 10"), ("en", "between 0 and 10"), ("en", "2 because 3"),
]  # fmt: skip

SAID = [
    ("en", "STOP 9", 9), ("en", "9 stop", 9), ("en", "9 don't stop", 9), ("sv", "9 sluta aldrig vara så trevliga", 9),
    ("en", "stop changing agents all the time, 3", 3), ("en", "10 minutes waiting, 2", 2),
    ("en", "between 0 and 10 I'd say 7", 7), ("sv", "mellan 0 och 10 säger jag 7", 7), ("en", "0 never again", 0),
    ("sv", "0 aldrig mer", 0), ("de", "Ich würde 9 sagen", 9), ("fr", "8 me semble juste", 8), ("sv", "9 tror jag", 9),
    ("fr", "Je ne vous recommanderais pas, 1", 1), ("en", "Two because I had to call 3 times", 2),
    ("en", "The lady was kind so 8", 8), ("sv", "Tjejen var trevlig så 8", 8), ("de", "ahct", 8), ("es", "ocoh", 8),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), COUNTED)
def test_a_number_that_counts_or_is_doubtful_is_no_score(language: str, text: str) -> None:
    assert not isinstance(read_text(question("nps", language), text, language), Score)


@pytest.mark.parametrize(("language", "text", "value"), SAID)
def test_a_number_that_can_be_nothing_else_is_the_score(language: str, text: str, value: int) -> None:
    reading = read_text(question("nps", language), text, language)
    assert isinstance(reading, Score) and reading.value == value


@pytest.mark.parametrize("name", ["Tina", "Nina", "Sven", "neil", "creo", "frie"])
def test_a_name_or_a_word_near_a_number_is_none(name: str) -> None:
    for language in ("sv", "no", "et", "es", "en"):
        assert not isinstance(read_text(question("nps", language), name, language), Score)
