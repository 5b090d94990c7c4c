"""Surveys as the file describes them: what is read, and the line of everything that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tonval.fieldwork.routing import load_centre, read_centre
from tonval.surveys.document import BrokenDocument

GOOD = """
numbers: {"+46701740605": {}}
queues:
  sales: {survey: nps, channel: sms, from: "+46701740605"}
surveys:
  nps: {questions: [{id: q, scale: nps, text: {sv: "Hur"}}]}
"""

BROKEN = [
    ("a: [", 1, "expected the node content"),
    ("", 1, "must be a mapping"),
    ("brand: Nordlys", 1, "name at least one queue"),
    (GOOD + "extra: 1\n", 7, "nothing is called “extra”"),
    (GOOD.replace("survey: nps", "survey: nsp"), 4, "there is no survey called “nsp”; known: nps"),
    (GOOD.replace("channel: sms", "channel: fax"), 4, "“fax” is not one of keypad, sms, link"),
    (GOOD.replace("channel: sms", "delay: soon, channel: sms"), 4, "“soon” is not a length of time"),
    (GOOD.replace(', from: "+46701740605"', ""), 4, "needs the number it asks from"),
    (GOOD.replace("{}", "{provider: pigeon}"), 2, "“pigeon” is not one of"),
    (GOOD.replace('"+46701740605": {}', '"12": {}'), 2, "“12” is not a telephone number"),
    (GOOD.replace("scale: nps", "scale: npz"), 6, "“npz” is not one of nki, nps, labelled"),
    (GOOD.replace('sv: "Hur"', 'sv: "Hur {x}"'), 6, "nothing fills {x}"),
    (GOOD.replace("{id: q,", "{id: q, id: r,"), 6, "“id” stands here twice"),
    (GOOD.replace("scale: nps", "scale: text").replace("channel: sms", "channel: keypad"), 4, "on a keypad"),
    (GOOD + "alerts: {low: {scale: nps}}\n", 7, "say the highest answer that raises the alert"),
    (GOOD + "defaults: {languages: [sv, xx]}\n", 7, "defaults.languages: “xx” is not the code of a language"),
    (GOOD.replace("{questions", "{languages: [SV], questions"), 6, "languages: “SV” is not the code of a language"),
    (GOOD + "country: Sweden\n", 7, "is not a country code"),
    (GOOD + "country: XX\n", 7, "is not a country code"),
    ("a: &x [*x]", 1, "nested too deeply"),
    ("a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]\n" for n in range(1, 9)), 1, "without end"),
    (GOOD + "alerts: !!bool low\n", 7, "“low” cannot be read"),
    (GOOD + 'brand: !!int ""\n', 7, "cannot be read"),
    (GOOD + f"brand: 0x{'f' * 5000}\n", 7, "cannot be read"),
    (GOOD + "defaults: {internal: [*@example.com]}\n", 7, "put a text with * ? @ or & in quotes"),
    (GOOD + "defaults: {internal: [20??]}\n", 7, "put a text with * ? @ or & in quotes"),
    (GOOD.replace("{questions", "{off: 3, questions"), 6, "surveys.nps.off: must be true or false"),
]

PAGES = [
    ('address: "https://www.example.com/a#b"', "without # and blanks"),
    ('address: "https://www.example.com/a b"', "without # and blanks"),
    ('address: "https://www.example.com/\\r\\nX: y"', "without # and blanks"),
    ('address: "http://www.example.com/"', "begins with https://"),
    ('logo: "https://例え.example/l.png"', "write its host as xn--"),
    ('logo: "https://www.example.com;script-src/l.png"', "write its host as xn--"),
    ('logo: "https://www.example.com/l.png\\r\\nX: y"', "without # and blanks"),
    ('frames: ["https://www.example.com; script-src *"]', "is not the address of a site"),
    ('frames: ["https://例え.example"]', "is not the address of a site"),
    ('variables: {gap: "calc(1px"}', "cannot be the value"),
    ('variables: {gap: "\'"}', "cannot be the value"),
    ('variables: {gap: "1px)"}', "cannot be the value"),
]


@pytest.mark.parametrize(("line", "reason"), PAGES, ids=[line for line, _ in PAGES])
def test_nothing_of_a_page_can_break_its_headers_or_its_style(line: str, reason: str) -> None:
    with pytest.raises(BrokenDocument) as broken:
        read_centre(GOOD.replace("{questions", f"{{page: {{{line}}}, questions"), "queues.yaml")
    assert [reason in fault.sentence for fault in broken.value.faults] == [True]


def test_addresses_and_variables_that_are_sound_are_taken() -> None:
    page = """page: {address: "https://räksmörgås.example/a?b=c", logo: "https://xn--fsq.example:8443/l.png?v=1",
    variables: {gap: "calc((3px - 2px) - 1px)", font: "'Nordlys Sans', serif"}}"""
    form = read_centre(GOOD.replace("{questions", f"{{{page}, questions")).forms["nps"]
    assert form.page.address == "https://räksmörgås.example/a?b=c"
    assert form.page.logo == "https://xn--fsq.example:8443/l.png?v=1"
    assert set(form.page.variables) == {"gap", "font"}


@pytest.mark.parametrize(("text", "line", "reason"), BROKEN, ids=[reason for *_, reason in BROKEN])
def test_a_fault_names_its_line_and_reason(text: str, line: int, reason: str) -> None:
    with pytest.raises(BrokenDocument) as broken:
        read_centre(text, "queues.yaml")
    found = [fault for fault in broken.value.faults if reason in fault.sentence]
    assert found and found[0].line == line
    assert f"queues.yaml:{line}: " in str(broken.value)


def test_a_fault_of_the_defaults_is_told_once_however_many_queues_take_them() -> None:
    more = GOOD.replace("surveys:", '  more: {survey: nps, channel: sms, from: "+46701740605"}\nsurveys:')
    with pytest.raises(BrokenDocument) as broken:
        read_centre(more + "defaults: {delay: soon}\n")
    assert [fault.line for fault in broken.value.faults] == [8]


def test_all_faults_are_told_at_once() -> None:
    text = GOOD.replace("channel: sms", "channel: fax, delay: soon").replace("scale: nps", "scale: npz")
    with pytest.raises(BrokenDocument) as broken:
        read_centre(text)
    assert {fault.line for fault in broken.value.faults} == {4, 6}
    assert len(broken.value.faults) >= 3


def test_a_good_file_is_read_with_its_defaults() -> None:
    centre = read_centre(GOOD)
    queue = centre.queues["sales"]
    assert (queue.min_talk.total_seconds(), queue.caps.person.days, queue.delay.total_seconds()) == (15, 30, 0)
    assert centre.forms["nps"].languages == ("sv",)
    assert [rule.id for rule in centre.alerts] == ["low-nps", "low-nki"]


def test_a_file_that_is_not_there_is_a_fault_and_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(BrokenDocument, match="there is no such file"):
        load_centre(tmp_path / "queues.yaml")


def test_a_file_that_is_no_text_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "queues.yaml"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(BrokenDocument, match="UTF-8"):
        load_centre(path)


def is_read_or_explained(text: str) -> bool:
    """Whether the reader takes the text, or names a fault in it."""
    try:
        read_centre(text)
    except BrokenDocument as broken:
        return bool(broken.faults)
    return True


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader_itself(text: str) -> None:
    assert is_read_or_explained(text)


NAMES = st.sampled_from(
    ["queues", "surveys", "numbers", "questions", "text", "sv", "id", "alerts", "defaults", "prompts"]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
SHAPES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=20
)


@given(SHAPES)
def test_no_shape_breaks_the_reader_itself(shape: object) -> None:
    assert is_read_or_explained(yaml.safe_dump(shape, allow_unicode=True))
