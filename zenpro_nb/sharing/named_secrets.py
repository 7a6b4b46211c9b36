"""Secrets recognizable by their name: `password = "x"`, `password: x`, `export DB_PASSWORD=x`, `--password x`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zenpro_nb.security.masking import MASK

# Fields whose values are always secrets. Fewer than `masking.SECRET_NAMES`: a notebook may call a column `key`, or a
# cell `token`.
FIELDS = (
    "password", "passwd", "passphrase", "enrollment_key", "api_key", "access_token", "refresh_token", "auth_token",
    "client_secret", "secret_key", "secret_access_key", "private_key", "auth_key", "activation_token", "api_token",
    "account_key", "session_token", "bot_token", "webhook_secret", "signing_secret", "encryption_key",
    "access_key", "storage_key",
)  # fmt: skip
# Words that often do not name a secret: only a value with letters and digits counts.
_WEAK = ("secret", "token", "pwd", "pass", "credentials", "credential", "apikey", "key")
_STRONG = re.compile("|".join(name.replace("_", "[_-]?") for name in FIELDS), re.IGNORECASE)
_ENVIRONMENT = re.compile(rf"(?:[_-](?:{'|'.join(_WEAK)})|\b(?:secret|token|pwd|apikey))(?![\w])", re.IGNORECASE)
_SEPARATOR = re.compile(
    r"\d{0,3}[*_`]{0,3}(\\*[\"'])?\]?(?:\s?:\s?str)?[ \t]{0,4}"
    r"(?:=>|:=|==?|:|%3A|%3D)(?!\*\*\*)[*_`]{0,2}[ \t]{0,4}|(?<=[\w])[ \t=]{1,2}"
)
_QUOTED = re.compile(r"[rRbBuUfF]{0,2}(\\{0,8}(?:\"\"\"|'''|[\"']|&quot;|&#39;|&#x27;))([^\n]{1,2000}?)\1")
_BARE = re.compile(r"[^\s\"'`,;<>(){}\[\]\\&|]{3,500}")
_SAFE = re.compile(
    r"(?i)^(?:[*·•●.…_-]+|<.*>|\$\{?\w+\}?|%\w+%|\{.*\}|(?:env|file):.*|keyring|x{3,}|your[_ -].*|null|none|nan|"
    r"true|false|yes|no|"
    r"str|string|text|bytes|int|bool|object|required|optional|secret|password|passwd|hidden|masked|redacted|missing|empty|unset|"
    r"not|the|a|an|is|are|was|see|for|of|to|and|or|in|on|use|set|expired|changed|must|should|can|https?://\S*|"
    r"os\.\S*|self\.\S*|getpass\S*|zenpro\S*)$"
)
_PYTHON = re.compile(r"^(?:[A-Za-z_][\w.]*|-?\d+(?:\.\d+)?)$")
_SHELL = re.compile(r"^\s*(?:!|%|export\b|set\b|setx\b|env\b|ENV\b|ARG\b|\$env:|-e\b|--env\b)|\bexport\s+\w+=?\Z")
_SHELL_CELL = re.compile(r"^\s*%%(?!zenpro|time|capture|html|latex|markdown)")
_BEFORE = 40  # characters of a name before its last word


def find_named_secrets(text: str, *, code: bool) -> Iterator[tuple[int, int, str]]:
    """Yield the start and end of each secret's value, and its name.

    Args:
        text: any text.
        code: whether it is the source of a code cell, in which a value without quotes is a variable.

    >>> text = 'password: hunter2'
    >>> [(name, text[start:end]) for start, end, name in find_named_secrets(text, code=False)]
    [('password', 'hunter2')]
    >>> list(find_named_secrets("login(password=typed)", code=True))
    []
    >>> list(find_named_secrets("token: word", code=False))
    []
    """
    lowered = text.lower()
    done = 0
    shapes = [(shape, weak) for shape, weak, words in _SHAPES if any(word in lowered for word in words)]
    hits = sorted((match.start(), match.end(), weak) for shape, weak in shapes for match in shape.finditer(text))
    for start, end, weak in hits:
        if end < done:
            continue
        found = _value(text, start, end, code=code)
        if found is None:
            continue
        first, last = found
        value = text[first:last]
        if not _is_real(value) or (weak and not _is_random(value)):
            continue
        done = last
        yield first, last, _name(text, start, end)


def is_secret_field(field: object, value: object) -> bool:
    """Return whether the name of a field marks its value as a secret."""
    if not isinstance(value, str) or not _is_real(value):
        return False
    plain = str(field)
    strong = _STRONG.search(plain)
    if strong and not re.search(r"[\w]", plain[strong.end() :]):
        return True
    return bool(re.search(r"(?i)[_-](?:token|secret|pwd|pass)$", plain)) and _is_random(value)


def _value(text: str, start: int, end: int, *, code: bool) -> tuple[int, int] | None:
    """Return the position of the value after a name; None if there is none."""
    separator = _SEPARATOR.match(text, end)
    if separator is None:
        return None
    if not re.search(r"[=:]|%3", separator.group()) and not text[max(start - _BEFORE, 0) : start].rpartition(" ")[
        2
    ].startswith("--"):
        return None  # only a command-line option has its value after a blank
    quoted = _QUOTED.match(text, separator.end())
    if quoted is not None:
        return quoted.start(2), quoted.end(2)
    bare = _BARE.match(text, separator.end())
    if bare is None:
        return None
    value = bare.group().rstrip(".:*")
    if len(value) < 3 or (code and not _is_text(text, start, value)):
        return None
    return bare.start(), bare.start() + len(value)


def _is_text(code: str, at: int, value: str) -> bool:
    """Return whether a position in code is in a shell line or a string; anywhere else a bare value is Python code."""
    line_start = code.rfind("\n", 0, at) + 1
    line = code[line_start:at]
    if _SHELL.search(line) or _SHELL_CELL.match(code):
        return True
    if not _PYTHON.match(value) and re.match(r"^[\w-]*[A-Za-z][\w-]*$", value) is None:
        return not re.search(r"[.(]|^[-+*/]", value)
    before = code[:at]
    inside = before.count('"""') % 2 == 1 or before.count("'''") % 2 == 1
    return inside or line.replace('\\"', "").count('"') % 2 == 1 or line.replace("\\'", "").count("'") % 2 == 1


def _is_real(value: str) -> bool:
    stripped = value.strip().strip("\\\"'")
    return bool(stripped) and not _SAFE.match(stripped) and MASK not in value and "…" not in value


def _is_random(value: str) -> bool:
    return (
        len(value) >= 8
        and any(char.isdigit() for char in value)
        and any(char.isalpha() for char in value)
        and " " not in value
    )


def _name(text: str, start: int, end: int) -> str:
    beginning = re.search(r"[\w.-]*\Z", text[max(start - _BEFORE, 0) : start])
    return f"{beginning.group() if beginning else ''}{text[start:end]}".lstrip("-.")


_SHAPES = (
    (_STRONG, False, tuple({name.split("_")[-1] for name in FIELDS})),
    (_ENVIRONMENT, True, _WEAK),
)
