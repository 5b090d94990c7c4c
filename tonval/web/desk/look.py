"""One request of the desk: who looks, what she may see, what she asked for, and how the page is put around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork.colleagues.people import Person
from tonval.fieldwork.colleagues.roles import Permission
from tonval.fieldwork.field import Field
from tonval.stats.places import queue_names, sees_survey, unit_names
from tonval.stats.queries import Filter, version
from tonval.stats.scope import Scope
from tonval.surveys.sentences import sentence
from tonval.web.desk.filters import Choice, Offers, Wanted, choices, read_wanted
from tonval.web.desk.scopes import scope_of
from tonval.web.language import language
from tonval.web.signin import reader

MOST_FRAGMENTS: Final = 64


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation; ``filtered`` places keep the filter bar's choice, ``also`` are paths of its own."""

    path: str
    name: str
    icon: str
    filtered: bool = False
    door: Permission = Permission.SEE_SCORES
    also: tuple[str, ...] = ()


PLACES: Final = (
    Place("/desk", sentence("Today"), "home", filtered=True),
    Place("/desk/agents", sentence("Agents"), "users", filtered=True),
    Place("/desk/answers", sentence("Answers"), "chart-bar", filtered=True),
    Place("/desk/comments", sentence("Comments"), "message", filtered=True, door=Permission.READ_ANSWERS),
    Place(
        "/desk/conversations",
        sentence("Conversations"),
        "messages",
        filtered=True,
        door=Permission.READ_CONVERSATIONS,
        also=("/desk/thread", "/desk/readings", "/desk/calls"),
    ),
    Place(
        "/desk/asked",
        sentence("Asked"),
        "list-check",
        filtered=True,
        door=Permission.READ_CONVERSATIONS,
        also=("/desk/customers", "/desk/configs"),
    ),
    Place("/desk/alerts", sentence("Alerts"), "alert-triangle", filtered=True, door=Permission.SEE_ALERTS),
    Place("/desk/call-backs", sentence("Call-backs"), "phone", door=Permission.CALL_BACK),
    Place("/desk/surveys", sentence("Surveys"), "clipboard", door=Permission.SEE_SURVEYS),
    Place("/desk/prompts", sentence("Prompts"), "volume", door=Permission.SEE_PROMPTS),
    Place("/simulator", sentence("Simulator"), "device-mobile", door=Permission.TRY_OUT),
    Place("/desk/waves", sentence("Waves"), "send", door=Permission.SEE_WAVES),
    Place("/desk/blocklist", sentence("Blocklist"), "phone-off", door=Permission.SEE_REFUSALS),
    Place("/desk/replay", sentence("Replay"), "clock", door=Permission.REPLAY),
    Place("/desk/imports", sentence("Imports"), "upload", door=Permission.IMPORT),
    Place("/admin", sentence("Admin"), "settings", door=Permission.SET_UP),
)


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks at what."""

    field: Field
    person: Person
    scope: Scope
    wanted: Wanted

    @property
    def filter(self) -> Filter:
        """What the queries get."""
        return self.wanted.filter

    @property
    def units(self) -> dict[str, str]:
        """The places she may see, by name."""
        return unit_names(self.field.unit, self.scope)

    @property
    def enough(self) -> int:
        """From how many answers on a score is shown as one."""
        return self.field.centre.enough


def look(field: Field) -> Look:
    """The present request; 404 where it asks for a queue of another place. Only for routes behind sign-in."""
    person, wanted = reader(), read_wanted(request.args, field.now().date())
    scope = scope_of(field, person)
    if wanted.filter.queue and not scope.sees_queue(wanted.filter.queue):
        abort(404)
    return Look(field, person, scope, wanted)


def surroundings(person: Person) -> dict[str, Any]:
    """What the frame of every page needs: the navigation for this reader, and where she is."""
    places = [place for place in PLACES if person.may(place.door)]
    paths = {path: place.path for place in places for path in (place.path, *place.also)}
    longest = sorted(paths, key=len, reverse=True)
    here = next((paths[path] for path in longest if f"{request.path}/".startswith(f"{path}/")), "")
    return {"places": places, "here": here, "person": person}


def show(template: str, seen: Look, bar: Sequence[Choice] | None = None, **context: Any) -> str:
    """A page of the desk with its filter bar, or a ``bar`` of its own."""
    units = seen.units
    bar = bar_of(seen, units) if bar is None else bar
    return render_template(
        template,
        **surroundings(seen.person),
        choices=bar,
        filtered=seen.wanted.narrowed,
        kept=seen.wanted.query(),
        wanted=seen.wanted,
        enough=seen.enough,
        unit_names=units,
        frame="bare.html" if "X-Tonval-Live" in request.headers else "layout.html",
        live=request.full_path.rstrip("?"),
        **context,
    )


def bar_of(seen: Look, units: Mapping[str, str]) -> list[Choice]:
    """The drop-downs of the filter bar, with what she may see."""
    centre, scope = seen.field.centre, seen.scope
    surveys = [name for name in centre.forms if sees_survey(centre, scope, name)]
    return choices(seen.wanted, Offers(units, queue_names(centre, scope), surveys))


def show_live(seen: Look, now: str, page: Callable[[str], str]) -> ResponseReturnValue:
    """A page that follows the answers: 204 when the browser has the state ``now`` already, else ``page(now)``.

    Fragments are kept, so that many open dashboards with the same view cost one rendering for each new state.
    """
    if "X-Tonval-Live" not in request.headers:
        return make_response(page(now))
    if request.headers.get("If-None-Match") == now:
        return Response(status=204)
    kept: dict[object, str] = current_app.extensions.setdefault("tonval_fragments", {})
    view = (seen.scope, seen.field.centre.config, seen.person.role, language(), request.full_path, now)
    if view not in kept:
        if len(kept) >= MOST_FRAGMENTS:
            kept.clear()
        kept[view] = page(now)
    return make_response(kept[view])


def state_of(seen: Look) -> str:
    """A name for the present state of every number, cheap to ask for."""
    return f"{version(seen.field.unit)}-{seen.filter.end:%Y%m%d}"


def framed(template: str, **context: Any) -> str:
    """A page of another room within the desk's frame, without a filter bar."""
    return render_template(template, **surroundings(reader()), kept="", **context)
