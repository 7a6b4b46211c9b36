"""Create and check secrets: keys, passwords and session tokens. Only hashes are stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta
from uuid import uuid4

import jwt
from msgspec import Struct

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.errors import NotSignedInError

KEY_PREFIX = "ZENPROKEY_"
PASSWORD_SCHEME = "scrypt"  # noqa: S105 - the scheme's name, not a password


class Claims(Struct, frozen=True):
    """The claims of a session token. ``kind`` is session, api, device_code or workspace."""

    subject: str
    kind: str
    token_id: str
    expires: datetime
    key_id: str | None = None
    device_id: str | None = None


def new_key(key_id: str) -> str:
    """Return a new random key."""
    return _key(key_id, secrets.token_hex(limits.SECRET_BYTES))


def derived_key(key_id: str, secret: str) -> str:
    """Return the key derived from a secret. It is the same each time, and is not stored."""
    return _key(key_id, hmac.new(secret.encode(), f"key {key_id}".encode(), hashlib.sha256).hexdigest())


def _key(key_id: str, secret: str) -> str:
    """Return a key in the format of API facts 2.1: the prefix and base64url JSON that starts with the id."""
    body = json.dumps({"id": key_id, "key": secret})
    return KEY_PREFIX + base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def new_secret() -> str:
    """Return a new random secret."""
    return secrets.token_urlsafe(limits.SECRET_BYTES)


def digest(secret: str) -> str:
    """Return the hash by which a secret is stored and found."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_password(password: str) -> str:
    """Return the salted hash of a password, prefixed with the name of the scheme."""
    salt = secrets.token_bytes(limits.SALT_BYTES)
    return f"${PASSWORD_SCHEME}${salt.hex()}${_scrypt(password, salt).hex()}"


def password_fits(password: str, password_hash: str | None) -> bool:
    """Return whether a password matches a stored hash."""
    parts = (password_hash or "").split("$")
    if len(parts) != 4 or parts[1] != PASSWORD_SCHEME:
        return False
    return hmac.compare_digest(_scrypt(password, bytes.fromhex(parts[2])).hex(), parts[3])


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        password.encode(), salt=salt, n=limits.SCRYPT_N, r=limits.SCRYPT_R, p=limits.SCRYPT_P, dklen=limits.SCRYPT_BYTES
    )


def sign(secret: str, claims: Claims) -> str:
    """Return a signed session token with these claims."""
    body = {
        "sub": claims.subject,
        "kind": claims.kind,
        "jti": claims.token_id,
        "exp": int(claims.expires.timestamp()),
        "key": claims.key_id,
        "device": claims.device_id,
    }
    return jwt.encode(body, secret, algorithm="HS256")


def read(secret: str, token: str, now: datetime) -> Claims:
    """Return the claims of a token, after checking its signature and expiry."""
    try:
        # The expiry is checked below, against the sandbox's clock instead of the system clock.
        body = jwt.decode(token, secret, algorithms=["HS256"], options={"verify_exp": False})
    except jwt.InvalidTokenError as error:
        raise NotSignedInError(f"Invalid JWT token: {error}.") from error
    expires = datetime.fromtimestamp(body["exp"], now.tzinfo)
    if expires <= now:
        raise NotSignedInError("Invalid JWT token: Signature has expired.")
    return Claims(body["sub"], body["kind"], body["jti"], expires, body["key"], body["device"])


def claims_for(subject: str, kind: str, now: datetime, life: timedelta, **more: str | None) -> Claims:
    """Return the claims for a new token."""
    return Claims(subject, kind, str(uuid4()), now + life, more.get("key_id"), more.get("device_id"))
