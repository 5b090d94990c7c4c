"""A private IMAP server for the tests: Dovecot with its own configuration, one user, and a Maildir to look into."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.waiting import wait_until

CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{certificate}
disable_plaintext_auth = no
default_internal_user = {account}
default_login_user = {account}
default_internal_group = {group}
mail_location = maildir:{folder}/mail
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
passdb {{
  driver = static
  args = password=hush
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {secure}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True, slots=True)
class Imap:
    """A running server: its ports and the user's Maildir."""

    plain: int
    secure: int
    maildir: Path

    def deliver(self, name: str, raw: bytes) -> None:
        """A mail comes in."""
        path = self.maildir / "tmp" / name
        path.write_bytes(raw)
        path.chmod(0o666)
        path.rename(self.maildir / "new" / name)

    def flags(self) -> dict[str, str]:
        """Each mail's name to its flags: ``S`` is read, a small letter a keyword; empty while nobody has looked."""
        names = [path.name for box in ("new", "cur") for path in (self.maildir / box).iterdir()]
        return {name.partition(":")[0].partition(",")[0]: name.partition(":2,")[2] for name in names}


@contextmanager
def private_imap(certificate: Path) -> Iterator[Imap]:
    """Start a server, and end it with the block. As root it runs as Debian's account for it, else as ourselves."""
    account = pwd.getpwnam("dovecot") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    folder = Path(tempfile.mkdtemp(prefix="tonval-imap-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        imap = Imap(_free_port(), _free_port(), folder / "mail")
        for box in ("new", "cur", "tmp"):
            (imap.maildir / box).mkdir(parents=True)
        (folder / "both.pem").write_text(certificate.read_text())
        (folder / "conf").write_text(_configuration(folder, imap, account))
        for path in (imap.maildir, *imap.maildir.iterdir()):
            shutil.chown(path, account.pw_uid, account.pw_gid)
        with _running(folder) as process:
            wait_until(lambda: process.poll() is not None or _answers(imap.plain), 30)
            if process.poll() is not None:
                raise RuntimeError("Dovecot did not start:\n" + (folder / "log").read_text())
            yield imap
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _configuration(folder: Path, imap: Imap, account: pwd.struct_passwd) -> str:
    values = {"folder": folder, "plain": imap.plain, "secure": imap.secure, "certificate": folder / "both.pem"}
    values |= {"account": account.pw_name, "uid": account.pw_uid, "gid": account.pw_gid}
    return CONFIGURATION.format(group=grp.getgrgid(account.pw_gid).gr_name, **values)


@contextmanager
def _running(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    program = shutil.which("dovecot") or "/usr/sbin/dovecot"
    with (folder / "out").open("w") as out:
        process = subprocess.Popen([program, "-F", "-c", str(folder / "conf")], stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as talking:
        return talking.recv(100).startswith(b"* OK")
    return False
