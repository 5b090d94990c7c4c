"""The examples for telephone systems: well-formed, and of the headers that Tonval reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tonval.ivr.sip.headers import read_invite
from tonval.ivr.sip.targets import RECEPTION

DEPLOY = Path(__file__).parents[3] / "deploy"
EXTENSIONS = DEPLOY / "asterisk" / "extensions.conf"
XML = sorted((DEPLOY / "freeswitch").glob("*.xml"))
FILES = [*sorted((DEPLOY / "asterisk").iterdir()), *sorted((DEPLOY / "freeswitch").iterdir())]
READ = {
    "X-Tonval-Queue": "queue",
    "X-Tonval-Agent": "agent",
    "X-Tonval-Interaction": "interaction",
    "X-Tonval-Language": "language",
    RECEPTION: "reception",
    "X-Queue": "queue",
    "X-Agent-Id": "agent",
}
"""The headers of ours and the fact each becomes."""

NAMES = [
    ("tonval-dialplan.xml", "action", "application", {"answer", "set", "bridge", "transfer", "callcenter", "hangup"}),
    ("tonval-dialplan.xml", "anti-action", "application", {"hangup"}),
    ("tonval-public.xml", "action", "application", {"transfer"}),
    ("tonval-gateway.xml", "param", "name", {"proxy", "register", "caller-id-in-from", "ping"}),
    ("tonval-gateway.xml", "variable", "name", {"sip_cid_type"}),
    ("tonval-acl.xml", "list", "name", {"tonval"}),
]
"""As mod_dptools, mod_callcenter and parse_gateways in mod_sofia's sofia.c know them."""

_STEP = re.compile(r"(?:exten =>|same =>) *(?P<steps>.+)")
_APP = re.compile(r"(?P<app>[A-Z][A-Za-z]+)\((?P<data>.*)\)$")


def sections(text: str) -> dict[str, list[str]]:
    """The lines of each section, comments taken out."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        code = re.split(r"(?<!\\);", line)[0].strip()
        if name := re.fullmatch(r"\[([\w-]+)\](?:\([\w!,+-]+\))?", code):
            lines = found.setdefault(name[1], [])
        elif code:
            lines.append(code)
    return found


def steps(lines: list[str]) -> Iterator[tuple[str, str, str, str]]:
    """Extension, label, application and its argument of each priority."""
    extension = ""
    for line in lines:
        found = _STEP.fullmatch(line)
        assert found, line
        fields = found["steps"].split(",", 2 if line.startswith("exten") else 1)
        if line.startswith("exten"):
            extension = fields.pop(0)
        priority, call = fields
        assert re.fullmatch(r"(?:1|n)(?:\(\w+\))?", priority), line
        app = _APP.fullmatch(call)
        assert app, line
        yield extension, priority, app["app"], app["data"]


@pytest.fixture
def dialplan() -> dict[str, list[tuple[str, str, str, str]]]:
    """Each context's steps."""
    read = sections(EXTENSIONS.read_text())
    return {name: list(steps(lines)) for name, lines in read.items() if name != "globals"}


@pytest.mark.parametrize("name", [EXTENSIONS.name, "pjsip.conf", "queues.conf"])
def test_brackets_and_braces_are_balanced(name: str) -> None:
    for line in (DEPLOY / "asterisk" / name).read_text().splitlines():
        code = re.split(r"(?<!\\);", line)[0]
        for one, other in ("()", "{}", "[]"):
            assert code.count(one) == code.count(other), line


def test_each_way_of_the_dialplan_leads_somewhere(dialplan: dict[str, list[tuple[str, str, str, str]]]) -> None:
    for context, lines in dialplan.items():
        assert lines[0][1] == "1", context
        labels = {label[1] for _, priority, _, _ in lines if (label := re.search(r"\((\w+)\)", priority))}
        for _, _, app, data in lines:
            if app == "Goto":
                there, extension, _ = data.split(",")
                assert extension in {each for each, _, _, _ in dialplan[there]}
            if app == "GotoIf":
                assert data.rpartition("?")[2] in labels
            if handler := re.search(r"b\(([\w-]+)\^(\w+)\^1\)", data):
                assert handler[2] in {each for each, _, _, _ in dialplan[handler[1]]}


def test_the_agent_has_no_key_to_send_the_caller_elsewhere(
    dialplan: dict[str, list[tuple[str, str, str, str]]],
) -> None:
    (queue,) = [data for _, _, app, data in dialplan["served"] if app == "Queue"]
    assert queue.split(",")[1] == "c"
    assert "allow_transfer=no" in sections((DEPLOY / "asterisk" / "pjsip.conf").read_text())["agent"]
    assert "setinterfacevar=yes" in sections((DEPLOY / "asterisk" / "queues.conf").read_text())["support"]


@pytest.mark.parametrize("path", XML, ids=lambda path: path.name)
def test_an_example_of_xml_is_well_formed(path: Path) -> None:
    """FreeSWITCH drops the whole line on which it finds the include."""
    text = path.read_text()
    assert ElementTree.fromstring(text).tag == "include"
    assert {"<include>", "</include>"} <= set(text.splitlines())


def test_no_context_of_ours_bears_the_name_of_one_that_is_there_before() -> None:
    """Of two contexts with the same name FreeSWITCH takes the first: ours would be passed over in silence."""
    names = [
        context.get("name") for path in XML for context in ElementTree.fromstring(path.read_text()).iter("context")
    ]
    assert sorted(names) == ["agents", "customers", "from-tonval", "tonval"]


def test_only_tonval_may_call_out_by_the_carrier() -> None:
    root = ElementTree.fromstring((DEPLOY / "freeswitch" / "tonval-public.xml").read_text())
    (extension,) = root.iter("extension")
    asked = [(each.get("field"), each.get("expression"), len(each)) for each in extension.findall("condition")]
    assert asked[0] == ("${acl(${network_addr} tonval)}", "^true$", 0)
    assert len(asked) == 2


def test_each_transfer_in_the_xml_leads_somewhere() -> None:
    dialplan, public = (
        ElementTree.fromstring((DEPLOY / "freeswitch" / f"tonval-{name}.xml").read_text())
        for name in ("dialplan", "public")
    )
    there = {
        (context.get("name"), (condition.get("expression") or "").strip("^$"))
        for context in dialplan.iter("context")
        for condition in context.iter("condition")
    }
    for condition in (*dialplan.iter("condition"), *public.iter("condition")):
        for action in condition.findall("action[@application='transfer']"):
            extension, kind, context = (action.get("data") or "").split()
            matched = (condition.get("expression") or "").strip("^$")
            assert (kind, (context, extension.replace("$1", matched)) in there) == ("XML", True)


@pytest.mark.parametrize(("file", "tag", "name", "known"), NAMES)
def test_each_name_in_the_xml_is_one_of_freeswitchs(file: str, tag: str, name: str, known: set[str]) -> None:
    root = ElementTree.fromstring((DEPLOY / "freeswitch" / file).read_text())
    assert {each.get(name) for each in root.iter(tag)} <= known
    assert set(root.iter(tag)), "there is one"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_header_of_ours_that_is_named_is_read(path: Path) -> None:
    for name in set(re.findall(r"X-[A-Z][A-Za-z]+(?:-[A-Z][A-Za-z]+)*", path.read_text())):
        assert name in READ, name


@pytest.mark.parametrize(("header", "fact"), READ.items())
def test_a_header_becomes_a_fact(header: str, fact: str) -> None:
    invite = f"INVITE sip:support@192.0.2.20 SIP/2.0\r\nCall-ID: a\r\n{header}: leg_1\r\n\r\n"
    assert getattr(read_invite(1, invite), fact) == "leg_1"
