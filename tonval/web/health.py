"""For machines: whether the process runs, and whether it can do its work."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from tonval.web.settings import Readiness


def blueprint(ready: Readiness) -> Blueprint:
    """``/healthz`` (the process answers) and ``/readyz`` (each part by name, 503 while one is unwell)."""
    pages = Blueprint("health", __name__)

    @pages.get("/healthz")
    def alive() -> ResponseReturnValue:
        return jsonify(status="ok")

    @pages.get("/readyz")
    def can_work() -> ResponseReturnValue:
        parts = {name: fault or "ok" for name, fault in ready().items()}
        well = all(state == "ok" for state in parts.values())
        return jsonify(status="ok" if well else "unwell", parts=parts), 200 if well else 503

    return pages
