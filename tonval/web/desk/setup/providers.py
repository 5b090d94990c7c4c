"""``/admin/providers``: connecting the providers, and trying each connection while one looks.

What opens them is never shown again. Where the environment sets a provider up, the page says so and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tonval.fieldwork.field import Field
from tonval.fieldwork.settings.providers import (
    Outdated,
    Provider,
    connect,
    disconnect,
    providers,
    seen_of,
)
from tonval.surveys.sentences import sentence
from tonval.web.desk.look import framed
from tonval.web.desk.looks import actor
from tonval.web.desk.setup.ways import Tried, Way, Ways
from tonval.web.signin import reader

LONGEST = 500
SEEN = "seen"
FORGET = "@forget"
"""Where it is said why a provider cannot be disconnected."""


@dataclass(frozen=True, slots=True)
class State:
    """What was typed into a form, what is wrong with it, and what came of a trial.

    ``late``: somebody else has changed it since the form was opened.
    """

    typed: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tried: Sequence[Tried] | None = None
    late: bool = False


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
        return _forget(office, _way(ways, way))

    return pages


def _way(ways: Ways, name: str) -> Way:
    return ways.get(name) or abort(404)


def _kept(office: Field) -> dict[str, Provider]:
    with office.unit.read() as tx:
        return providers(tx)


def _page(office: Field, way: Way, state: State) -> str:
    kept = _kept(office).get(way.name)
    stands = {entry.key: "" if entry.key in way.secret else _value(kept, entry.key) for entry in way.entries}
    values = {**stands, **state.typed}
    return framed(
        "desk/setup/provider.html",
        way=way,
        mine=kept,
        values=values,
        options={entry.key: entry.options(office) for entry in way.entries},
        faults=state.faults,
        first=next((entry.key for entry in way.entries if entry.key in state.faults), ""),
        tried=state.tried,
        late=state.late,
        others=[(each, stands[each.key]) for each in way.entries if values[each.key] != stands[each.key]],
        seen=seen_of(office, kept),
    )


def _save(office: Field, way: Way) -> ResponseReturnValue:
    """An empty secret stays as it was: it is not shown, so it cannot be typed again."""
    if way.by_environment:
        abort(409)
    kept = _kept(office).get(way.name)
    typed = {entry.key: request.form.get(entry.key, "").strip()[:LONGEST] for entry in way.entries}
    values = {key: _value(kept, key) if key in way.secret and not text else text for key, text in typed.items()}
    shown = {key: text for key, text in typed.items() if key not in way.secret}
    faults = way.fault(values) or _sent_elsewhere(way, kept, typed)
    if faults:
        return _page(office, way, State(shown, faults)), 400
    try:
        connect(office, way.name, values, actor(), request.form.get(SEEN))
    except Outdated:
        return _page(office, way, State(shown, late=True)), 409
    flash(
        sentence("%(name)s is connected. Every part of Tonval takes it up within seconds; try it now.", name=way.title)
    )
    return redirect(url_for("providers.one", way=way.name), 303)


def _forget(office: Field, way: Way) -> ResponseReturnValue:
    why = way.needed()
    if why:
        return _page(office, way, State(faults={FORGET: [why]})), 409
    try:
        disconnect(office, way.name, actor(), request.form.get(SEEN))
    except Outdated:
        return _page(office, way, State(late=True)), 409
    flash(sentence("%(name)s is no longer connected.", name=way.title))
    return redirect(url_for("providers.listing"), 303)


def _sent_elsewhere(way: Way, kept: Provider | None, typed: Mapping[str, str]) -> dict[str, list[str]]:
    """A secret that nobody can read here could else be sent to anybody, by whoever may type where to."""
    if not way.place or _value(kept, way.place) in ("", typed[way.place]):
        return {}
    again = [key for key in way.secret if _value(kept, key) and not typed[key]]
    return {key: [sentence("Type it again: the one that is kept was for another address.")] for key in again}


def _value(kept: Provider | None, key: str) -> str:
    return kept.values.get(key, "") if kept else ""
