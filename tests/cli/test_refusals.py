"""`tonval block` and `tonval optout`, as a person and as a program runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_commands import home, run

__all__ = ["home"]

EVA = "+46701740606"


@pytest.mark.parametrize(("group", "key"), [("block", "pattern"), ("optout", "address")])
def test_an_entry_is_added_found_and_removed(home: Path, group: str, key: str) -> None:
    assert run(group, "add", "0701740606", "--channel", "sms").output == f"{EVA} (sms) is added\n"
    again = json.loads(run(group, "add", EVA, "--channel", "sms", "--json").output)
    assert (again["added"], again[key]) == (False, EVA)
    assert run(group, "list").output.startswith(f"{EVA}             sms")
    (row,) = [json.loads(line) for line in run(group, "list", "--about", "070-174 06 06", "--json").output.splitlines()]
    assert (row[key], row["author"]) == (EVA, "command line")
    assert run(group, "list", "--about", "0701740607").output == ""
    gone = [run(group, "remove", EVA, "--channel", "sms") for _ in range(2)]
    assert [(done.exit_code, done.output) for done in gone] == [
        (0, f"{EVA} is removed\n"),
        (1, f"{EVA} is not there\n"),
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("block", "add", "+46*"), "too broad"),
        (("block", "add", EVA, "--channel", "fax"), "channel must be one of"),
        (("optout", "add", "+4670*"), "one telephone number or e-mail address"),
        (("block", "import", "nowhere.csv"), "There is no such file."),
        (("block", "list", "--about", "x"), "not a telephone number"),
    ],
)
def test_what_cannot_be_done_is_one_line(home: Path, words: tuple[str, ...], sentence: str) -> None:
    done = run(*words)
    assert done.exit_code == 1
    assert sentence in done.output.splitlines()[-1] and "Traceback" not in done.output


def test_a_list_goes_out_and_comes_back_with_refused_rows_by_number(home: Path) -> None:
    run("block", "add", "+4670*", "--reason", "=1+1")
    run("block", "add", "*@example.com")
    out = run("block", "export", str(home / "x.csv"))
    assert out.exit_code == 0
    with (home / "x.csv").open("a") as file:
        file.write("nobody,,,,\n")
    run("block", "remove", "+4670*")
    done = run("block", "import", str(home / "x.csv"))
    assert done.exit_code == 1
    assert "1 added, 1 stood there already, 1 refused" in done.output
    assert "row 4: pattern: “nobody” is not a telephone number" in done.output
    assert "=1+1" in run("block", "list").output
    told = run("block", "import", str(home / "x.csv"), "--json").stdout.splitlines()[-1]
    assert json.loads(told)["faults"][0]["row"] == 4
