"""An OpenID Connect provider on loopback: discovery, code flow with PKCE, RS256 keys; it can be told to do wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, abort, jsonify, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "tonval", "only the provider and we know"

Claims = dict[str, Any]


@dataclass
class Provider:
    """Who it is, whom it signs in next (``person``), and how the next ID token is spoilt."""

    issuer: str = ""
    back: str = "http://localhost/login/oidc/back"  # where it may lead back to
    person: Claims = field(default_factory=dict)
    told_apart: Claims = field(default_factory=dict)  # what it tells of her only at the userinfo endpoint
    keys: list[RSAKey] = field(default_factory=lambda: [new_key("first")])
    spoil: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[[Claims], str] | None = None
    algorithms: tuple[str, ...] = ("RS256", "none", "HS256")  # real providers offer all of them
    away: set[str] = field(default_factory=set)  # paths that answer 503
    lacks: set[str] = field(default_factory=set)  # fields that its document leaves out
    asked: list[str] = field(default_factory=list)

    def signed(self, claims: Claims) -> str:
        """The ID token with the newest key, unless a test signs it."""
        if self.sign is not None:
            return self.sign(claims)
        return jwt.encode({"alg": "RS256", "kid": self.keys[-1].kid}, claims, self.keys[-1])


def new_key(kid: str) -> RSAKey:
    """A key to sign with."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@contextmanager
def provider() -> Iterator[Provider]:
    """The provider while it listens."""
    found = Provider()
    server = make_server("127.0.0.1", 0, _site(found), threaded=True)
    found.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class _Client(ClientMixin):
    back: str

    def get_client_id(self) -> str:
        return CLIENT

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.back

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class _Code:
    code: str
    redirect_uri: str
    nonce: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return "openid email profile"


def _server(found: Provider, site: Flask) -> AuthorizationServer:
    codes: dict[str, _Code] = {}

    class Grant(AuthorizationCodeGrant):
        def save_authorization_code(self, code: str, request: Any) -> None:
            wanted = request.payload.data
            codes[code] = _Code(
                code,
                request.payload.redirect_uri,
                wanted["nonce"],
                wanted["code_challenge"],
                wanted["code_challenge_method"],
            )

        def query_authorization_code(self, code: str, client: _Client) -> _Code | None:
            return codes.get(code)

        def delete_authorization_code(self, authorization_code: _Code) -> None:
            del codes[authorization_code.code]

        def authenticate_user(self, authorization_code: _Code) -> Claims:
            return found.person

    class Token(OpenIDCode):
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.nonce == nonce for code in codes.values())

        def encode_id_token(self, token: Claims, request: Any) -> str:
            now = int(time.time())
            claims = {"iss": found.issuer, "aud": CLIENT, "iat": now, "exp": now + 300}
            claims |= {"nonce": request.authorization_code.nonce, **found.person}
            return found.signed(found.spoil(claims))

    server = AuthorizationServer(site, lambda client_id: _Client(found.back), lambda token, request: None)
    server.register_grant(Grant, [CodeChallenge(required=True), Token(require_nonce=True)])
    return server


def _site(found: Provider) -> Flask:
    site = Flask("provider")

    server = _server(found, site)

    @site.before_request
    def count() -> None:
        found.asked.append(request.path)
        if request.path in found.away:
            abort(503)

    _publish(found, site)

    @site.get("/authorize")
    def authorize() -> Any:
        grant = server.get_consent_grant(end_user=found.person)
        return server.create_authorization_response(grant=grant, grant_user=found.person)

    @site.post("/token")
    def token() -> Any:
        return server.create_token_response()

    @site.get("/userinfo")
    def userinfo() -> Any:
        return {**found.person, **found.told_apart}

    return site


def _publish(found: Provider, site: Flask) -> None:
    @site.get("/.well-known/openid-configuration")
    def discovery() -> Any:
        places = {"authorization": "/authorize", "token": "/token", "userinfo": "/userinfo"}
        said = {
            "issuer": found.issuer,
            **{f"{name}_endpoint": found.issuer + path for name, path in places.items()},
            "jwks_uri": found.issuer + "/keys",
            "id_token_signing_alg_values_supported": found.algorithms,
        }
        return {name: value for name, value in said.items() if name not in found.lacks}

    @site.get("/keys")
    def keys() -> Any:
        return jsonify(KeySet(found.keys).as_dict(private=False))
