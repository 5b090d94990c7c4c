"""The part of Flask-Login 0.6 that the pages use; the package has no types of its own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

from flask import Flask
from flask.typing import ResponseReturnValue

P = ParamSpec("P")
R = TypeVar("R")
LoadUser = TypeVar("LoadUser", bound=Callable[[str], Any])

current_user: Any

class UserMixin:
    @property
    def is_active(self) -> bool: ...
    @property
    def is_authenticated(self) -> bool: ...
    @property
    def is_anonymous(self) -> bool: ...
    def get_id(self) -> str: ...

class AnonymousUserMixin:
    @property
    def is_authenticated(self) -> bool: ...

class LoginManager:
    login_view: str | None
    login_message: str | None
    session_protection: str | None
    anonymous_user: Callable[[], Any]
    def __init__(self, app: Flask | None = ..., add_context_processor: bool = ...) -> None: ...
    def init_app(self, app: Flask, add_context_processor: bool = ...) -> None: ...
    def user_loader(self, callback: LoadUser) -> LoadUser: ...
    def unauthorized_handler(
        self, callback: Callable[[], ResponseReturnValue]
    ) -> Callable[[], ResponseReturnValue]: ...

def login_required(func: Callable[P, R]) -> Callable[P, R]: ...
def login_user(
    user: object, remember: bool = ..., duration: timedelta | None = ..., force: bool = ..., fresh: bool = ...
) -> bool: ...
def logout_user() -> bool: ...
