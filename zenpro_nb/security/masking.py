"""Which names mark a secret, and how secrets are removed from data."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar, cast

from zenpro_nb import limits

T = TypeVar("T")

MASK = "***"

# Compared without case, `_` and `-`: apiKey, api-key and api_key are the same name.
SECRET_NAMES = frozenset(
    {
        "accesstoken",
        "activationtoken",
        "apikey",
        "apitoken",
        "authkey",
        "authorization",
        "clientsecret",
        "csrftoken",
        "devicecode",
        "enrollmentkey",
        "idtoken",
        "key",
        "password",
        "privatekey",
        "refreshtoken",
        "secret",
        "secretkey",
        "token",
    }
)

# Secret only if the value is an object: the `values` of a secret in the workspace API, but not any list called values.
SECRET_OBJECTS = frozenset({"values"})


_NESTED = (dict, list, tuple)


def is_secret(name: str, value: object = "") -> bool:
    """Return whether a field with this name and value is a secret.

    >>> is_secret("enrollment_key"), is_secret("apiKey"), is_secret("password_expired")
    (True, True, False)
    """
    plain = _plain(name)
    return plain in SECRET_NAMES or (plain in SECRET_OBJECTS and isinstance(value, dict))


@lru_cache(maxsize=limits.FIELD_NAMES)  # the same few field names occur in every record
def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def hides(path: Sequence[str], secrets: Sequence[str]) -> bool:
    """Return whether the value at this path is removed by `drop(record, secrets)`.

    >>> hides(("owner", "password"), ()), hides(("owner", "metadata", "x"), ("owner.metadata",))
    (True, True)
    """
    steps = [step.removesuffix("[]") for step in path]
    if any(is_secret(step) for step in steps):
        return True
    chains = [secret.replace("[]", "").split(".") for secret in secrets]
    return any(steps[at : at + len(chain)] == chain for chain in chains for at in range(len(steps)))


def mask(data: T) -> T:
    """Return a copy of JSON-like data in which every secret is replaced by `***`.

    A null stays null: it shows that there is no secret.

    >>> mask({"name": "ci", "password": "hunter2"})
    {'name': 'ci', 'password': '***'}
    """
    if isinstance(data, dict):
        return cast(T, {name: _mask(name, value) for name, value in data.items()})
    if isinstance(data, list | tuple):
        return cast(T, [mask(item) for item in data])
    return data


def _mask(name: object, value: object) -> object:
    if value is not None and is_secret(str(name), value):
        return MASK
    return mask(value)


def drop(data: T, paths: Sequence[str] = ()) -> T:
    """Return a copy of JSON-like data without its secrets.

    Removes the fields with secret names, and the dotted `paths`, wherever in the data they begin.

    >>> drop({"user": {"id": "1", "metadata": {}, "password": "hunter2"}}, ["user.metadata"])
    {'user': {'id': '1'}}
    """
    chains = [tuple(path.replace("[]", "").split(".")) for path in paths]
    return cast(T, _drop(data, chains, []))


def _drop(data: object, chains: list[tuple[str, ...]], open_tags: list[tuple[str, ...]]) -> object:
    """Return the data without its secrets; `open_tags` contains the remaining steps of the chains that lead here."""
    if isinstance(data, list | tuple):
        return [_drop(item, chains, open_tags) for item in data]
    if not isinstance(data, dict):
        return data
    live = [*chains, *open_tags]
    return {
        name: _drop(value, chains, [chain[1:] for chain in live if chain[0] == name])
        if isinstance(value, _NESTED)
        else value
        for name, value in data.items()
        # An already masked value is not secret any more, and shows that there was one.
        if (value == MASK or not is_secret(str(name), value)) and (name,) not in live
    }
