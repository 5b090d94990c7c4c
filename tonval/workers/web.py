"""`tonval web`: gunicorn with settings that suit one SQLite file (STACK.md: sync workers, two of them)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

from tonval.workers.tether import tie_to_parent


class _House(BaseApplication):
    """gunicorn, told what to serve by arguments instead of a file."""

    def __init__(self, load: Callable[[], Any], settings: dict[str, object]) -> None:
        self._load, self._settings = load, settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._load()


def serve(load: Callable[[], Any], address: str, *, workers: int = 2) -> None:
    """Serve the WSGI application that ``load`` makes, once in each worker, on ``host:port``; ends the process."""
    _House(load, _settings(address, workers)).run()


def _settings(address: str, workers: int) -> dict[str, object]:
    return {
        "bind": address,
        "workers": workers,
        "worker_class": "sync",
        "timeout": 60,
        "graceful_timeout": 10,
        "keepalive": 5,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "proc_name": "tonval-web",
        "control_socket_disable": True,
        "post_fork": _tie_worker,
    }


def _tie_worker(arbiter: Any, worker: Any) -> None:
    """A worker whose master was killed would go on holding the port."""
    tie_to_parent(worker.ppid)
