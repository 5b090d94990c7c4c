import re
from datetime import timedelta
from pathlib import Path

import pytest

from tonval.config import BadSetting, load_config
from tonval.sms.smpp.account import Account, Alphabet, BadAccount, Bind, Ids, Long, read_account

GOOD = [
    ("smpp://tonval:secret@smsc.example.net", {}),
    ("smpp://tonval:secret@smsc.example.net:2775/?window=1", {"window": 1}),
    (
        "smpp://tonval:secret@smsc.example.net/?bind=pair&enquire=5s",
        {"bind": Bind.PAIR, "enquire": timedelta(seconds=5)},
    ),
    ("smpp://tonval:secret@smsc.example.net/?system_type=", {}),
    ("smpp://tonval:secret@smsc.example.net/?ids=hex&alphabet=latin1", {"ids": Ids.HEX, "alphabet": Alphabet.LATIN1}),
    (
        "smpp://tonval:secret@smsc.example.net?long=sar&source_ton=5&source_npi=0",
        {"long": Long.SAR, "source_ton": 5, "source_npi": 0},
    ),
    ("smpp://tonval:secret@smsc.example.net/?opted_out=0x00000402,0x45", {"opted_out": frozenset({0x402, 0x45})}),
    (
        "smpp://tonval:secret@smsc.example.net/?validity=2d&repeat=0s",
        {"validity": timedelta(days=2), "repeat": timedelta(0)},
    ),
]


@pytest.mark.parametrize(("url", "options"), GOOD)
def test_a_line_is_read_with_its_options(url: str, options: dict[str, object]) -> None:
    assert read_account(url) == Account("smsc.example.net", 2775, False, "tonval", "secret", **options)  # type: ignore[arg-type]


def test_signs_in_a_password_are_percent_encoded_and_tls_has_a_port_of_its_own(tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    authority.touch()
    account = read_account(f"smpps://a%40b:p%3A%2F@[::1]/?ca={authority}")
    assert (account.system_id, account.password, account.host, account.port) == ("a@b", "p:/", "::1", 3550)
    assert (account.tls, account.ca) == (True, authority)


BAD = [
    ("http://a:b@smsc.example.net/", "it must begin with smpp:// or smpps://"),
    ("smpp://a:b@/", "it names no host"),
    ("smpp://smsc.example.net/", "the system_id is missing: smpp://system_id:password@host:2775/"),
    ("smpp://a:b@smsc.example.net:99999/", "it is not an address (Port out of range 0-65535)"),
    ("smpp://a:b@smsc.example.net/box", "nothing may stand between the port and the “?”, but there is “/box”"),
    ("smpp://a:b@smsc.example.net/?windo=3", "there is no option “windo”; there are bind, system_type, "),
    ("smpp://a:b@smsc.example.net/?window=0", "window: “0” must be a whole number from 1 to 1000"),
    ("smpp://a:b@smsc.example.net/?window=many", "window: “many” must be a whole number from 1 to 1000"),
    ("smpp://a:b@smsc.example.net/?window=1&window=2", "window stands there twice"),
    ("smpp://a:b@smsc.example.net/?enquire=30", "enquire: “30” must be a length of time such as 30s, from 1s to 3600s"),
    ("smpp://a:b@smsc.example.net/?bind=both", "bind: “both” must be transceiver or transmitter or receiver or pair"),
    ("smpp://a:b@smsc.example.net/?ids=oct", "ids: “oct” must be same or hex or decimal"),
    (
        "smpp://a:b@smsc.example.net/?opted_out=x",
        "opted_out: “x” must be codes such as 0x00000402, separated by commas",
    ),
    ("smpp://a:b@smsc.example.net/?opted_out=0", "opted_out: “0” has 0, which means that all went well"),
    ("smpp://a:b@smsc.example.net/?system_type=åäö", "system_type: “åäö” must be at most 12 plain characters"),
    ("smpp://a:b@smsc.example.net/?ca=/etc/hostname", "ca is for smpps:// alone"),
    ("smpps://a:b@smsc.example.net/?ca=/none/there", "ca: “/none/there” is not a file that can be read"),
    (f"smpp://a:{'b' * 64}@smsc.example.net/", "the password must be at most 63 plain characters"),
]


@pytest.mark.parametrize(("url", "says"), BAD)
def test_what_is_wrong_with_a_line_is_said_aloud(url: str, says: str) -> None:
    with pytest.raises(BadAccount) as refusal:
        read_account(url)
    assert str(refusal.value).startswith(says)


def test_the_setting_may_be_in_a_file_and_is_checked_at_the_start(tmp_path: Path) -> None:
    secret = tmp_path / "line"
    secret.write_text("smpp://tonval:hidden@smsc.example.net/?window=8\n")
    found = load_config({"TONVAL_HOME": str(tmp_path), "TONVAL_SMPP_URL_FILE": str(secret)}).smpp
    assert found is not None
    assert found.window == 8
    assert "hidden" not in f"{found!r} {found}"
    with pytest.raises(BadSetting, match="TONVAL_SMPP_URL: it must begin with"):
        load_config({"TONVAL_HOME": str(tmp_path), "TONVAL_SMPP_URL": "smsc.example.net"})


def test_every_option_stands_in_the_manual() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "smpp.md").read_text()
    rows = [
        line.split("|")[1] for line in manual.partition("## Options")[2].partition("##")[0].splitlines() if "|" in line
    ]
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    with pytest.raises(BadAccount) as refusal:
        read_account("smpp://a:b@smsc.example.net/?none=1")
    assert told == set(str(refusal.value).partition("there are ")[2].split(", "))
