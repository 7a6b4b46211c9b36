"""Detecting secrets in the texts of a notebook, without showing them: `check` and `clean` both use this."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any

from zenpro_nb.security.masking import MASK
from zenpro_nb.security.secret import contains_known_secret, find_credentials, mask_known_secrets
from zenpro_nb.sharing.named_secrets import find_named_secrets, is_secret_field
from zenpro_nb.sharing.secret_rules import rules

_SAFE = re.compile(r"(?i)^(?:\*+|\.{3}|…|<.*>|\$\{?\w+\}?|\{.*\}|(?:env|file):.*|keyring|x{3,}|your[_ -].*|none|null)$")
_BEGIN = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d")
_END = re.compile(r"-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|Private-MAC: ?\w+")
# The end of a private key without its last line: a blank line, or a character that no quoting of its lines contains.
_STOP = re.compile(r"\n[ \t]*\n|[^\w+/=:,.;()\[\]<>#|\s\"'\\-]")
_KEY_LINE = re.compile(r"[\w+/=]{16,}")
_BETWEEN_KEY_LINES = re.compile(r"(?:\\[nr]|[\s\"',;>|#])+")
_KEY_LENGTH = 40_000  # characters of a private key that are searched for its end
_PREFIX = re.compile(r"^(?:ZENPROKEY|ZENKEY|KITKEY)_")
_MIN_LENGTH = 6  # letters and digits of a value; fewer are an ellipsis or an example
# an environment variable as an object, or a widget
_NAME, _VALUE = ("name", "key", "Name", "Key", "description", "label", "placeholder"), ("value", "Value")


def secrets_in(text: str, *, code: bool = False) -> Iterator[str]:
    """Yield a masked description of everything that looks like a secret.

    >>> list(secrets_in('password = "hunter2!"')), list(secrets_in('key = "ZENPROKEY_..."'))
    (['password = ***'], [])
    """
    for kind, value in find_credentials(text):
        if _is_real(kind, value):
            prefix = _PREFIX.match(value)
            yield f"{kind} {prefix.group() if prefix else ''}{MASK}"
    for _ in private_keys(text):
        yield f"private key {MASK}"
    for _, _, name in find_named_secrets(text, code=code):
        yield f"{name} = {MASK}"
    for kind, keyword, shape in rules():
        if keyword in text and any(_hides_nothing(match) for match in shape.finditer(text)):
            yield f"{kind} {MASK}"
    if contains_known_secret(text):
        yield f"a secret of this session {MASK}"


def mask_secrets(text: str, *, code: bool = False) -> str:
    """Return a text in which only the apparent secrets are masked.

    >>> mask_secrets("password = 'hunter2!'; bearer of news")
    "password = '***'; bearer of news"
    """
    for kind, value in set(find_credentials(text)):
        if _is_real(kind, value):
            text = text.replace(value, MASK)
    text = _mask_ranges(text, private_keys(text))
    text = _mask_ranges(text, [(start, end) for start, end, _ in find_named_secrets(text, code=code)])
    for _, keyword, shape in rules():
        if keyword in text:
            text = shape.sub(_mask_match, text)
    return mask_known_secrets(text)


def _hides_nothing(match: re.Match[str]) -> bool:
    """Return whether the secret is still in the text, and not a mask."""
    return "secret" not in match.re.groupindex or match["secret"].strip("\"'") != MASK


def _mask_match(match: re.Match[str]) -> str:
    if "secret" not in match.re.groupindex:
        return MASK
    start, end = (at - match.start() for at in match.span("secret"))
    mask = f'"{MASK}"' if match["secret"][:1] in "\"'" else MASK
    return f"{match.group()[:start]}{mask}{match.group()[end:]}"


def private_keys(text: str) -> Iterator[tuple[int, int]]:
    r"""Yield the start and end of private keys, including their bodies; a truncated one ends with its last line.

    >>> text = "-----BEGIN PRIVATE KEY-----\nMIIEvQ==\n-----END PRIVATE KEY-----!"
    >>> [text[end:] for _, end in private_keys(text)]
    ['!']
    """
    spans: list[tuple[int, int]] = []
    position = 0
    for match in _BEGIN.finditer(text):
        if match.start() < position:
            continue
        end = _END.search(text, match.end(), match.end() + _KEY_LENGTH)
        if end is None:
            last = match.end() + _KEY_LENGTH
            stop = _STOP.search(text, match.end(), last)
            position = stop.start() if stop else min(last, len(text))
        else:
            position = end.end()
        spans.append((match.start(), position))
    with_begin, position = spans[:], 0
    for end in _END.finditer(text):
        while with_begin and with_begin[0][1] < end.end():
            position = with_begin.pop(0)[1]
        first = _first_key_line(text, position, end.start())
        if first < end.start() and not (with_begin and with_begin[0][0] <= end.start()):
            spans.append((first, end.end()))
        position = end.end()
    yield from sorted(spans)


def _first_key_line(text: str, start: int, end: int) -> int:
    """Return where the lines of a private key without its first line begin."""
    for line in reversed(list(_KEY_LINE.finditer(text, max(end - _KEY_LENGTH, start), end))):
        if _BETWEEN_KEY_LINES.fullmatch(text, line.end(), end) is None:
            break
        end = line.start()
    return end


def _mask_ranges(text: str, ranges: Iterable[tuple[int, int]]) -> str:
    parts, last = [], 0
    for start, end in ranges:
        parts += [text[last:start], MASK]
        last = end
    return "".join([*parts, text[last:]])


def mask_fields(record: MutableMapping[str, Any]) -> None:
    """Mask the fields that `secret_fields` finds in an object, in place; the field of a password widget is cleared."""
    if record.get("_model_name") == "PasswordModel" and record.get("value"):
        record["value"] = ""
    for name in [name for name, _ in _fields(record)]:
        record[name] = MASK


def secret_fields(records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the fields that are secrets by name, including the values of password widgets."""
    for record in records:
        if record.get("_model_name") == "PasswordModel" and record.get("value"):
            yield f"a password field = {MASK}"
        for _, value in _fields(record):
            yield f"{value} = {MASK}"


def _fields(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the fields with secrets, and their names: `{"name": "DB_PASSWORD", "value": …}` is also one."""
    for name, value in record.items():
        if is_secret_field(name, value):
            yield name, str(name)
    for name in _NAME:
        for value in _VALUE:
            if value in record and isinstance(record.get(name), str) and is_secret_field(record[name], record[value]):
                yield value, record[name]


def _is_real(kind: str, value: str) -> bool:
    """Return whether a value is a secret rather than a word that describes one."""
    if kind == "user and password in an address":
        _, colon, password = value.partition(":")
        return bool(colon and password) and not _SAFE.match(password) and password.lower() not in ("password", "pw")
    rest = _PREFIX.sub("", value)
    if kind == "bearer credential":
        return len(rest) >= 12 and any(char.isdigit() for char in rest)
    return sum(char.isalnum() for char in rest) >= _MIN_LENGTH
