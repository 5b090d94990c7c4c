"""``/admin/providers``: connecting the providers, and trying each connection while one looks.

What opens them is never shown again. Where the environment sets a provider up, the page says so and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tonval.fieldwork.field import Field
from tonval.fieldwork.settings.providers import Provider, connect, disconnect, providers
from tonval.surveys.sentences import sentence
from tonval.web.desk.look import framed
from tonval.web.desk.looks import actor
from tonval.web.desk.setup.ways import Tried, Way, Ways
from tonval.web.signin import reader

LONGEST = 500


@dataclass(frozen=True, slots=True)
class State:
    """What was typed into a form, what is wrong with it, and what came of a trial."""

    typed: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tried: Sequence[Tried] | None = None


def blueprint(office: Field, ways: Ways) -> Blueprint:
    """The list of providers, and a page for each; for admins."""
    pages = Blueprint("providers", __name__, url_prefix="/admin/providers")

    @pages.get("")
    def listing() -> ResponseReturnValue:
        return framed("desk/setup/providers.html", ways=ways.values(), found=_kept(office))

    @pages.get("/<way>")
    def one(way: str) -> ResponseReturnValue:
        return _page(office, _way(ways, way), State())

    @pages.post("/<way>")
    def save(way: str) -> ResponseReturnValue:
        return _save(office, _way(ways, way))

    @pages.post("/<way>/try")
    def test(way: str) -> ResponseReturnValue:
        found = _way(ways, way)
        return _page(office, found, State(tried=found.trial(reader().email or "")))

    @pages.post("/<way>/forget")
    def forget(way: str) -> ResponseReturnValue:
        found = _way(ways, way)
        disconnect(office, found.name, actor())
        flash(sentence("%(name)s is no longer connected.", name=found.title))
        return redirect(url_for("providers.listing"), 303)

    return pages


def _way(ways: Ways, name: str) -> Way:
    return ways.get(name) or abort(404)


def _kept(office: Field) -> dict[str, Provider]:
    with office.unit.read() as tx:
        return providers(tx)


def _page(office: Field, way: Way, state: State) -> str:
    kept = _kept(office).get(way.name)
    values = {entry.key: "" if entry.key in way.secret else _value(kept, entry.key) for entry in way.entries}
    return framed(
        "desk/setup/provider.html",
        way=way,
        mine=kept,
        values={**values, **state.typed},
        options={entry.key: entry.options(office) for entry in way.entries},
        faults=state.faults,
        first=next((entry.key for entry in way.entries if entry.key in state.faults), ""),
        tried=state.tried,
    )


def _save(office: Field, way: Way) -> ResponseReturnValue:
    """An empty secret stays as it was: it is not shown, so it cannot be typed again."""
    if way.by_environment:
        abort(409)
    kept = _kept(office).get(way.name)
    typed = {entry.key: request.form.get(entry.key, "").strip()[:LONGEST] for entry in way.entries}
    values = {key: _value(kept, key) if key in way.secret and not text else text for key, text in typed.items()}
    faults = way.fault(values)
    if faults:
        shown = {key: text for key, text in typed.items() if key not in way.secret}
        return _page(office, way, State(shown, faults)), 400
    connect(office, way.name, values, actor())
    flash(
        sentence("%(name)s is connected. Every part of Tonval takes it up within seconds; try it now.", name=way.title)
    )
    return redirect(url_for("providers.one", way=way.name), 303)


def _value(kept: Provider | None, key: str) -> str:
    return kept.values.get(key, "") if kept else ""
