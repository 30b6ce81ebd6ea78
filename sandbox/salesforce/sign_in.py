"""Salesforce's token endpoint: client credentials and JWT bearer, and how it refuses them.

A token says nothing of its end and comes without a refresh token, as at the vendor.
"""

import time
from base64 import b64decode
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import load_pem_x509_certificate
from starlette.requests import Request

from sandbox.salesforce import credentials

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")
# The vendor takes assertions that end within five minutes; clocks may differ a little.
LONGEST_VALIDITY = 5 * 60 + 60


class SignInRefused(Exception):
    """A refused sign-in.

    Args:
        error: OAuth error code.
        description: the vendor's text.
    """

    def __init__(self, error: str, description: str) -> None:
        self.error = error
        self.description = description
        super().__init__(description)


async def check(request: Request, certificate: str) -> None:
    """Check a token request.

    Args:
        certificate: PEM public key or certificate for JWT bearer; empty accepts none.

    Raises:
        SignInRefused: the vendor would give no token.
    """
    form = {key: values[-1] for key, values in parse_qs((await request.body()).decode()).items()}
    grant = form.get("grant_type")
    if grant == "client_credentials":
        _check_client(*_client(request, form))
    elif grant == JWT_BEARER:
        _check_assertion(form.get("assertion", ""), certificate)
    else:
        raise SignInRefused("unsupported_grant_type", "grant type not supported")


def _client(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """Id and secret, from the form or from a Basic header."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        client_id, _, secret = b64decode(encoded).decode().partition(":")
    except ValueError as problem:
        raise SignInRefused("invalid_client", "invalid client credentials") from problem
    return client_id, secret


def _check_client(client_id: str, secret: str) -> None:
    if client_id != credentials.CLIENT_ID:
        raise SignInRefused("invalid_client_id", "client identifier invalid")
    if not compare_digest(secret.encode(), credentials.CLIENT_SECRET.encode()):
        raise SignInRefused("invalid_client", "invalid client credentials")


def _check_assertion(assertion: str, certificate: str) -> None:
    try:
        claims = jwt.decode(
            assertion,
            _public_key(certificate),
            algorithms=["RS256"],
            # Checked below: the vendor also takes `exp` as a text, and clients send it so.
            options={"verify_exp": False, "verify_aud": False, "verify_sub": False},
        )
    except (jwt.PyJWTError, ValueError) as problem:
        raise SignInRefused("invalid_grant", "invalid assertion") from problem
    if claims.get("iss") != credentials.CLIENT_ID:
        raise SignInRefused("invalid_client_id", "client identifier invalid")
    if claims.get("aud") not in AUDIENCES:
        raise SignInRefused("invalid_grant", "audience is invalid")
    # Real time, not the sandbox's clock: clients sign with theirs.
    remaining = _number(claims.get("exp")) - time.time()
    if not 0 < remaining <= LONGEST_VALIDITY:
        raise SignInRefused("invalid_grant", "expired authorization code")
    if claims.get("sub") != credentials.USERNAME:
        raise SignInRefused("invalid_grant", "user hasn't approved this consumer")


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def _public_key(certificate: str) -> Any:
    pem = certificate.encode()
    if b"BEGIN CERTIFICATE" in pem:
        return load_pem_x509_certificate(pem).public_key()
    return serialization.load_pem_public_key(pem)
