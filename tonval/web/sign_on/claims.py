"""What a provider's verified claims say of somebody (OpenID Connect Core 1.0, section 5.1). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tonval.fieldwork.addresses import BadAddress, email_address
from tonval.fieldwork.colleagues.identities import Account
from tonval.fieldwork.colleagues.sign_on import SignOn

Claims = Mapping[str, Any]


def account_from(claims: Claims, issuer: str, terms: SignOn) -> Account:
    """The account that the claims describe; ``sub`` is there, all else may be missing or anything at all."""
    return Account(
        issuer=issuer,
        subject=str(claims["sub"]),
        name=next(filter(None, (_text(claims.get(key)) for key in ("name", "preferred_username", "email", "sub")))),
        email=_email(claims.get("email")),
        verified=claims.get("email_verified") is True,
        groups=_texts(claim(claims, terms.groups_claim)),
        agent=_text(claim(claims, terms.agents_claim)) or None if terms.agents_claim else None,
    )


def claim(claims: Claims, name: str) -> Any:
    """The claim of this name; where there is none, each dot leads into what a claim holds: ``realm_access.roles``."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for step in name.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    """A list of texts; one text counts as a list of one."""
    return tuple(each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str))


def _email(value: Any) -> str | None:
    try:
        return email_address(_text(value))
    except BadAddress:
        return None
