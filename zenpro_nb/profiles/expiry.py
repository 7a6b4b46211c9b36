"""Report how long a credential is valid, as far as is known without a request."""

from __future__ import annotations

from zenpro_nb.client import BearerToken, Credential, DeviceToken


def expires_at(credential: Credential | None) -> float | None:
    """Return when it expires, in seconds since 1970, UTC; None if it does not expire, or if this is unknown."""
    return credential.token.expires_at if isinstance(credential, BearerToken) else None


def time_left(credential: Credential | None, now: float) -> str:
    """Return how long it is still valid, in words: `59 min, then a new token is needed`. "" without a credential."""
    if credential is None:
        return ""
    if not isinstance(credential, BearerToken):
        return "renewed automatically"
    end = credential.token.expires_at
    if end is None:
        return "unknown"
    if end <= now:
        return "none: it has expired"
    next_action = "then log in again" if isinstance(credential, DeviceToken) else "then a new token is needed"
    return f"{in_words(end - now)}, {next_action}"


def in_words(seconds: float) -> str:
    """Return a duration in words: `59 min`, `23 h`, `12 d`.

    >>> in_words(3_599), in_words(83_000), in_words(90_000), in_words(1_100_000)
    ('59 min', '23 h', '25 h', '12 d')
    """
    if seconds <= 0:
        return "none"
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length or (unit == "min" and seconds >= length):
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds)} s"
