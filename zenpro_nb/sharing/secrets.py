"""What looks like a secret in a text of a notebook, told without showing it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any

from zenpro_nb.security.masking import MASK
from zenpro_nb.security.secret import holds_living, looking_like_secrets, without_living

# Fields whose values are secrets wherever they stand. Shorter than `masking.SECRET_NAMES`: a notebook may call a column
# `key`, and a cell `token`.
_FIELDS = (
    "password", "passwd", "enrollment_key", "api_key", "apikey", "access_token", "refresh_token", "auth_token",
    "client_secret", "secret_key", "secret_access_key", "private_key", "auth_key", "activation_token", "api_token",
)  # fmt: skip
_NAMED = re.compile(
    rf"(?i)(?<![a-z])(\w*(?:{'|'.join(one.replace('_', '[_-]?') for one in _FIELDS)}))[\"']?\s*"
    r"(?:=|:|=>)\s*(?:[rbuf]{0,2}\"([^\"\n]+)\"|[rbuf]{0,2}'([^'\n]+)')"
)
_SAFE = re.compile(r"(?i)^(?:\*+|\.{3}|…|<.*>|\$\{?\w+\}?|\{.*\}|(?:env|file):.*|keyring|x{3,}|your[_ -].*|none|null)$")
# Of other services, whose keys stand in notebooks as well.
_OTHERS = {
    "AWS key": re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{40,})"),
    "Slack token": re.compile(r"\bxox[abposr]-[\w-]{10,}"),
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "Hugging Face token": re.compile(r"\bhf_[A-Za-z0-9]{30,}"),
}
_PREFIX = re.compile(r"^(?:ZENPROKEY|ZENKEY|KITKEY)_")
_LEAST = 6  # letters and digits of a value; less is an ellipsis or an example


def secrets_in(text: str) -> Iterator[str]:
    """Yield of everything that looks like a secret what it is, masked.

    >>> list(secrets_in('password = "hunter2!"')), list(secrets_in('key = "ZENPROKEY_..."'))
    (['password = ***'], [])
    """
    for kind, value in looking_like_secrets(text):
        if _is_real(kind, value):
            prefix = _PREFIX.match(value)
            yield f"{kind} {prefix.group() if prefix else ''}{MASK}"
    for match in _NAMED.finditer(text):
        value = (match.group(2) or match.group(3)).strip()
        if not _SAFE.match(value) and MASK not in value:
            yield f"{match.group(1)} = {MASK}"
    for name, shape in _OTHERS.items():
        if shape.search(text):
            yield f"{name} {MASK}"
    if holds_living(text):
        yield f"a secret of this session {MASK}"


def masked(text: str) -> str:
    """Return a text in which what looks like a secret is masked, and nothing else.

    >>> masked("password = 'hunter2!'; bearer of news")
    "password = '***'; bearer of news"
    """
    for kind, value in set(looking_like_secrets(text)):
        if _is_real(kind, value):
            text = text.replace(value, MASK)
    text = _NAMED.sub(_masked_value, text)
    for shape in _OTHERS.values():
        text = shape.sub(MASK, text)
    return without_living(text)


def masked_fields(record: MutableMapping[str, Any]) -> None:
    """Mask the fields of an object that `secret_fields` tells, in place; a field for passwords is emptied."""
    if record.get("_model_name") == "PasswordModel" and record.get("value"):
        record["value"] = ""
    for name in [name for name in record if _is_secret_field(name, record[name])]:
        record[name] = MASK


def _masked_value(match: re.Match[str]) -> str:
    value = match.group(2) or match.group(3)
    return match.group() if _SAFE.match(value.strip()) else match.group().replace(value, MASK)


def secret_fields(records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the fields of objects that hold a secret by their names: also what a widget for passwords still holds."""
    for record in records:
        if record.get("_model_name") == "PasswordModel" and record.get("value"):
            yield f"a password field = {MASK}"
        for name, value in record.items():
            if _is_secret_field(name, value):
                yield f"{name} = {MASK}"


def _is_secret_field(name: object, value: object) -> bool:
    plain = str(name).lower().replace("-", "_")
    return plain in _FIELDS and isinstance(value, str) and bool(value) and not _SAFE.match(value)


def _is_real(kind: str, value: str) -> bool:
    """Tell a secret from the words that explain one."""
    if kind == "user and password in an address":
        _, colon, password = value.partition(":")
        return bool(colon and password) and not _SAFE.match(password) and password.lower() not in ("password", "pw")
    rest = _PREFIX.sub("", value)
    if kind == "bearer credential":
        return len(rest) >= 12 and any(char.isdigit() for char in rest)
    return sum(char.isalnum() for char in rest) >= _LEAST
