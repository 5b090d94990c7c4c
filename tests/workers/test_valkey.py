"""Finding and starting the Redis server."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import redis as redis_client

from tests.waiting import wait_until
from tests.workers.conftest import Redis
from tonval.workers import valkey


def test_a_given_address_is_used_as_it_is(tmp_path: Path) -> None:
    assert valkey.find_server(tmp_path, "redis://redis.example:6379/2") == valkey.RedisServer(
        url="redis://redis.example:6379/2"
    )
    assert not (tmp_path / "redis").exists()


def test_our_own_server_listens_on_a_socket_file_and_on_no_port(redis: Redis) -> None:
    with redis_client.Redis.from_url(redis.url) as client:
        assert client.config_get("port") == {"port": "0"} or client.config_get("port") == {b"port": b"0"}
        assert client.ping()


def test_a_server_killed_in_the_middle_starts_again_on_the_socket_it_left_behind(redis: Redis) -> None:
    with redis_client.Redis.from_url(redis.url) as client:
        client.rpush("jobs", "one")
        wait_until(lambda: client.info("persistence")["aof_pending_bio_fsync"] == 0)
    redis.kill()
    assert not valkey.answers(redis.url)
    redis.start()
    with redis_client.Redis.from_url(redis.url) as client:
        assert client.lrange("jobs", 0, -1) == [b"one"]


def test_a_deep_home_gets_a_short_private_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    socket = valkey.socket_path(deep)
    assert len(os.fsencode(socket)) <= valkey.LONGEST_SOCKET_PATH
    assert valkey.find_server(deep, None).url == f"unix://{socket}"
    assert socket.parent.stat().st_mode & 0o077 == 0
    socket.parent.rmdir()


def test_a_socket_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    folder = valkey.socket_path(deep).parent
    folder.symlink_to(tmp_path)
    try:
        with pytest.raises(valkey.NoRedisServer, match="somebody else"):
            valkey.find_server(deep, None)
    finally:
        folder.unlink()


def test_the_server_inside_the_wheel_is_found_when_none_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert Path(valkey.find_binary()).name == "valkey-server"
