"""The stage of the mail tests, and a certificate that the sender trusts."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import pytest

from tests.mail.stage import Stage
from tonval.store.unit import Unit


@pytest.fixture
def stage(unit: Unit) -> Stage:
    """A field office, once on each kind of database."""
    return Stage(unit)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key and certificate of a server on loopback, signed by itself."""
    folder = tmp_path_factory.mktemp("tls")
    key, signed = folder / "key.pem", folder / "both.pem"
    subject = ["-subj", "/CN=loopback", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-nodes"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-keyout", str(key), "-out", str(signed), *subject]
    subprocess.run(command, check=True, capture_output=True)
    signed.write_text(key.read_text() + signed.read_text())
    return signed


@pytest.fixture
def tls(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The server's side of TLS; clients of this test trust it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
