"""Makes ``.venv`` hold exactly what a lock file names, and Tonval itself; a second call finds nothing to do.

Runs on the standard library of Python 3.11 or 3.12 alone: pip comes from ``scripts/vendor``.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "setup.json"
LOG = VENV / "setup.log"
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
# A user's pip settings may name a mirror or a proxy, which is welcome; these would put packages elsewhere.
UNWANTED = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_NO_BINARY", "PIP_REQUIREMENT", "PIP_QUIET", "PIP_DRY_RUN")


class SetupError(Exception):
    """The environment could not be made; the text is one line for the person who waits."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    kind = "dev" if parser.parse_args().dev else "run"
    with Path(__file__).open() as turnstile:
        fcntl.flock(turnstile, fcntl.LOCK_EX)  # two calls at once: the second waits, then finds all done
        try:
            prepare(kind)
        except SetupError as failure:
            print(f"Setup failed: {failure}", file=sys.stderr)
            return 1
    return 0


def prepare(kind: str) -> None:
    """Bring ``.venv`` up to the lock of ``kind``; "dev" holds all of "run"."""
    if not usable():
        create()
    version = python_version()
    wanted, had = {key: digest(version, key) for key in (*LOCKS, "self")}, stamp()
    if had.get(kind) != wanted[kind]:
        install(kind)
        had = {**had, **{key: wanted[key] for key in ({"run"} if kind == "run" else set(LOCKS))}}
        had.pop("self", None)
    if had.get("self") != wanted["self"]:
        link_tonval()
        STAMP.write_text(json.dumps({**had, "self": wanted["self"], "root": str(ROOT)}))


def usable() -> bool:
    """Whether ``.venv`` was made in this folder and its Python still runs."""
    return PYTHON.exists() and python_version() in ("3.11", "3.12") and stamp().get("root", str(ROOT)) == str(ROOT)


def python_version() -> str:
    """The environment's Python as major.minor; empty when it does not run."""
    command = [str(PYTHON), "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def stamp() -> dict[str, str]:
    """What the last call made here; empty when it did not finish."""
    try:
        found = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return dict(found)


def digest(version: str, kind: str) -> str:
    source = ROOT / "pyproject.toml" if kind == "self" else LOCKS[kind]
    return hashlib.sha256(version.encode() + source.read_bytes()).hexdigest()


def create() -> None:
    print(f"Making a virtual environment with Python {sys.version_info.major}.{sys.version_info.minor} in .venv…")
    if VENV.is_symlink() or VENV.is_file():
        raise SetupError(".venv is in the way: move it aside and run make again")
    try:
        shutil.rmtree(VENV, ignore_errors=True)
        venv.EnvBuilder(symlinks=True, with_pip=False).create(VENV)
    except (OSError, subprocess.SubprocessError) as failure:
        raise SetupError(f"could not make .venv ({failure})") from failure


def install(kind: str) -> None:
    """Fetch and install what the lock names, by its hashes, wheels only."""
    lock = LOCKS[kind].read_text()
    pins = [line for line in lock.splitlines() if "==" in line and not line.startswith((" ", "#"))]
    total = sum("win32" not in pin and "python_full_version" not in pin for pin in pins)
    print(f"Installing {total} packages…", flush=True)
    started = time.monotonic()
    # Without --no-compile, pip would spend a third of the time on bytecode that is mostly never read.
    pip("--require-hashes", "--only-binary=:all:", "--no-compile", f"--requirement={LOCKS[kind]}", total=total)
    print(f"Installed in {time.monotonic() - started:.0f} s.", flush=True)


def link_tonval() -> None:
    """Put this very folder on the environment's path, with the ``tonval`` command."""
    pip("--no-index", "--no-build-isolation", f"--editable={ROOT}")


def pip(*arguments: str, total: int = 0) -> None:
    """Run the vendored pip quietly, its words kept in ``.venv/setup.log``."""
    command = [str(PYTHON), "-I", str(vendored_pip() / "pip"), "install", "--no-deps", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar=off", "--root-user-action=ignore", *arguments]
    environment = {key: value for key, value in os.environ.items() if key not in UNWANTED} | {"PIP_USER": "0"}
    with (
        LOG.open("w") as log,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process,
    ):
        fetched = 0
        for line in process.stdout or ():
            log.write(line)
            if line.startswith("Collecting "):
                fetched += 1
                show_progress(min(fetched, total), total)
    if process.returncode:
        raise SetupError(f"{complaint()} (all of pip's words are in {LOG.relative_to(ROOT)})")


def vendored_pip() -> Path:
    """The pip wheel of ``scripts/vendor``, once its SHA-256 is seen to be right."""
    folder = ROOT / "scripts" / "vendor"
    expected, name = (folder / "SHA256SUMS").read_text().split()
    if hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected:
        raise SetupError(f"scripts/vendor/{name} is not the file that SHA256SUMS names: fetch the repository again")
    return folder / name


def show_progress(done: int, total: int) -> None:
    if total and sys.stdout.isatty():
        print(f"  {done} of {total}", end="\n" if done == total else "\r", flush=True)


def complaint() -> str:
    """Pip's first complaint: the later ones only repeat it in other words."""
    lines = [line.strip() for line in LOG.read_text().splitlines()]
    if any("connection broken by" in line for line in lines):
        return "the package index cannot be reached from here"
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    return (errors or lines[-1:] or ["pip said nothing"])[0]


if __name__ == "__main__":
    sys.exit(main())
