"""When something is wrong: a friendly page for people, a problem document for machines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from tonval.surveys.sentences import sentence
from tonval.web.api.problems import problem


@dataclass(frozen=True, slots=True)
class Sorry:
    """What an error page says: what happened, and what to do about it."""

    title: str
    what: str


SORRY: Final = {
    400: Sorry(
        sentence("That did not work"), sentence("The page sent something we could not read. Go back and try again.")
    ),
    401: Sorry(sentence("Sign in first"), sentence("You were signed out, or never signed in. Nothing was changed.")),
    403: Sorry(
        sentence("Not for this account"), sentence("Your account may not do this. Ask an admin if you need it.")
    ),
    404: Sorry(sentence("Nothing here"), sentence("The page does not exist, or it belongs to a team you do not see.")),
    405: Sorry(sentence("Not that way"), sentence("This address cannot be used like that. Start from the first page.")),
    413: Sorry(sentence("Too large"), sentence("What was sent is larger than we take. Nothing was kept.")),
    429: Sorry(sentence("Too many tries"), sentence("Wait a while and try again. Nothing is lost.")),
    500: Sorry(
        sentence("Something broke"),
        sentence("It was our fault, not yours, and it has been noted. Nothing you saved is lost."),
    ),
    503: Sorry(sentence("Just a moment"), sentence("A part we need is away. It will be back; try again in a minute.")),
}
STALE_FORM: Final = Sorry(
    sentence("This page was open too long"), sentence("Go back, reload it, and send it again. Nothing was changed.")
)


def register(app: Flask) -> None:
    """Answer every HTTP error of ``app`` in words, machines with a problem document."""
    app.register_error_handler(HTTPException, _explain)
    app.log_exception = partial(_note, app)  # type: ignore[method-assign]


def _note(app: Flask, error: Any) -> None:
    """As Flask notes it, but by the route: the address of a respondent's page is the key to it."""
    app.logger.error("Exception on %s [%s]", request.url_rule, request.method, exc_info=error)


def _explain(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None and not isinstance(error, InternalServerError):
        return error.response
    status = error.code or 500
    sorry = STALE_FORM if isinstance(error, CSRFError) else SORRY.get(status, Sorry(error.name, SORRY[500].what))
    if wants_problem():
        return problem(status, sorry.title, sorry.what)
    return render_template("error.html", status=status, sorry=sorry), status


def wants_problem() -> bool:
    """Whether a machine is asking: the API, or a script of ours that reads JSON."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"
