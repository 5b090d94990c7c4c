"""The talk with an OpenID Connect provider: authorization code with PKCE, state and nonce, by authlib.

After OpenID Connect Core 1.0, sections 3.1 (code flow) and 3.1.3.7 (what an ID token must say), Discovery 1.0 and
RFC 7636. The browser carries state, nonce and verifier in its signed cookie, and each is good once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client.errors import MismatchingStateError, OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, session
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tonval.fieldwork.colleagues.sign_on import SignOn
from tonval.surveys.sentences import Sentence, sentence
from tonval.web.sign_on.claims import Claims, claim
from tonval.web.sign_on.settings import Provider

NAME: Final = "oidc"
DISCOVERY: Final = "/.well-known/openid-configuration"
FRESH: Final = 3600.0
"""Seconds for which the provider's addresses and keys are kept; a token with an unknown key asks for them at once."""

SKEW: Final = 120
"""Seconds by which the provider's clock may differ from ours."""

PATIENCE: Final = 8.0
"""Seconds that the provider has for each answer."""

SIGNATURES: Final = frozenset({*(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)), "EdDSA"})
"""By a key of the provider's alone: not ``none``, and not HMAC with what both of us know (RFC 8725, section 2.1)."""

_ALGORITHMS: Final = "id_token_signing_alg_values_supported"
_METHODS: Final = "token_endpoint_auth_methods_supported"


_NEEDED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
"""What its document must say for anybody to be signed in (Discovery 1.0, section 3)."""

_NO_CODE: Final = "asked only whether you know us"
"""No code that a provider has ever given anybody."""


class Away(Exception):
    """The provider does not answer, or not with what it should; the message says how."""


class Distrusted(Exception):
    """What came back is not believed; the message is for the log, and for admins who try the connection."""


@dataclass(frozen=True, slots=True)
class Found:
    """What it says of itself: where people sign in, and where we show who we are."""

    authorization: str
    token: str


class BegunElsewhere(Distrusted):
    """It does not belong to a sign-in that this browser has begun and not ended."""


class OpenId:
    """The provider as an application talks with it."""

    def __init__(self, app: Flask, provider: Provider) -> None:
        self.provider = provider
        self._client: Any = OAuth(app).register(
            NAME,
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            server_metadata_url=provider.issuer.rstrip("/") + DISCOVERY,
            client_kwargs={
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "default_timeout": PATIENCE,
            },
        )
        self._read_at = monotonic()

    def lead_away(self, back: str) -> ResponseReturnValue:
        """The way to the provider, which leads to the address ``back``. Raises ``Away`` and ``Distrusted``."""
        for begun in [key for key in session if key.startswith(f"_state_{NAME}")]:
            session.pop(begun)  # the cookie has no room for many
        with _in_plain_words():
            self._discover()
            found: ResponseReturnValue = self._client.authorize_redirect(back)
            return found

    def claims(self, terms: SignOn) -> Claims:
        """What the provider says of whoever has come back with this request. Raises ``Away`` and ``Distrusted``."""
        with _in_plain_words():
            self._discover()
            expected = {"iss": self.provider.issuer, "aud": self.provider.client_id}
            options = {name: {"essential": True, "value": value} for name, value in expected.items()}
            token = self._client.authorize_access_token(claims_options=options, leeway=SKEW)
            claims = token.get("userinfo")
            if not claims or not isinstance(claims.get("sub"), str) or not claims["sub"]:
                raise Distrusted("there is no ID token that names anybody")
            return self._filled(claims, token, terms)

    def look(self) -> Found:
        """What it says of itself, its keys among it. Raises ``Away`` and ``Distrusted`` in words for an admin."""
        with _in_plain_words():
            self._discover()
            known = self._client.server_metadata
            for name in _NEEDED:
                if not isinstance(known.get(name), str):
                    raise Distrusted(sentence("Its document lacks the field “%(name)s”.", name=name))
            if not known[_ALGORITHMS]:
                raise Distrusted(sentence("It signs in no way that Tonval believes."))
            self._check_keys()
            return Found(known["authorization_endpoint"], known["token_endpoint"])

    def _check_keys(self) -> None:
        published = self._client.fetch_jwk_set(force=True)
        try:
            keys = KeySet.import_key_set(published).keys
        except (JoseError, LookupError, TypeError, ValueError):
            keys = []
        if not keys:
            raise Distrusted(sentence("It shows no keys to know its signature by."))

    def knock(self, back: str) -> str:
        """What it calls our fault when we ask for a token with a code that nobody was given (RFC 6749, section 5.2).

        ``invalid_grant``: it knows us, and not the code. Raises ``Away`` and ``Distrusted``.
        """
        with _in_plain_words():
            self._discover()
            try:
                self._client.fetch_access_token(redirect_uri=back, code=_NO_CODE, code_verifier="0" * 43)
            except OAuthError as refused:
                return str(refused.error)
            return ""

    def _filled(self, claims: Claims, token: Claims, terms: SignOn) -> Claims:
        """The claims with what the provider tells only when it is asked; the token's own win (Core, 5.3.2)."""
        wanted = ("email", terms.groups_claim, *([terms.agents_claim] if terms.agents_claim else []))
        if "userinfo_endpoint" not in self._client.server_metadata or all(claim(claims, name) for name in wanted):
            return claims
        more = self._client.userinfo(token=token)
        if more.get("sub") != claims["sub"]:
            raise Distrusted("what it tells of somebody is about somebody else")
        proof = {"email_verified"} if "email" in claims else set()  # it speaks of the address it came with
        return {**{name: value for name, value in more.items() if name not in proof}, **claims}

    def _discover(self) -> None:
        """Know the provider's addresses, and expect nothing weaker of it than it should offer."""
        known = self._client.server_metadata
        if monotonic() - self._read_at > FRESH:
            known.clear()
        if "_loaded_at" in known:
            return
        metadata = self._client.load_server_metadata()
        try:
            _check_name(metadata, self.provider)
        except Distrusted:
            known.clear()
            raise
        metadata[_ALGORITHMS] = [each for each in metadata.get(_ALGORITHMS) or ["RS256"] if each in SIGNATURES]
        self._client.client_kwargs["token_endpoint_auth_method"] = self._method(metadata.get(_METHODS))
        self._read_at = monotonic()

    def _method(self, offered: list[str] | None) -> str:
        """How we prove who we are; where nothing is said, as RFC 6749, section 2.3.1, has it."""
        if self.provider.client_secret is None:
            return "none"
        basic, post = "client_secret_basic", "client_secret_post"
        return post if offered and basic not in offered and post in offered else basic


def _check_name(metadata: Claims, provider: Provider) -> None:
    """Discovery 1.0, section 4.3: to the letter."""
    if metadata.get("issuer") != provider.issuer:
        name = str(metadata.get("issuer"))[:200]
        raise Distrusted(
            sentence("It calls itself “%(name)s”: the issuer must be just that, letter by letter.", name=name)
        )


@contextmanager
def _in_plain_words() -> Iterator[None]:
    """Whatever a provider does wrong, in the two ways that matter here."""
    try:
        yield
    except MismatchingStateError as error:
        raise BegunElsewhere(str(error)) from error
    except requests.RequestException as error:
        raise Away(_how(error)) from error
    except (AuthlibBaseError, JoseError) as error:
        raise Distrusted(f"{type(error).__name__}: {error}"[:200]) from error
    except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:  # documents of any shape
        raise Distrusted(f"{type(error).__name__} in what it sent") from error


def _how(error: requests.RequestException) -> Sentence:
    """What went wrong on the way, in words for an admin."""
    place = str(error.request.url).partition("?")[0] if error.request is not None else ""
    match error:
        case requests.HTTPError(response=answer) if answer is not None:
            return sentence(
                "%(place)s answers %(status)s. Is the address right?", place=place, status=answer.status_code
            )
        case requests.JSONDecodeError():
            return sentence("What stands at its address is no document of a sign-in service. Is the address right?")
        case requests.Timeout():
            return sentence("%(place)s does not answer in time. Does a firewall stand between us?", place=place)
        case requests.exceptions.SSLError():
            return sentence("The certificate of %(place)s is not one that this machine trusts.", place=place)
        case _:
            return sentence("%(place)s cannot be reached. Is the address right?", place=place)
