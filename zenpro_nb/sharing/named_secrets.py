"""Secrets recognizable by their name: `password = "x"`, `password: x`, `export DB_PASSWORD=x`, `--password x`."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from zenpro_nb.security.masking import MASK

# Fields whose values are always secrets. Fewer than `masking.SECRET_NAMES`: a notebook may call a column `key`, or a
# cell `token`.
FIELDS = (
    "password", "passwd", "passphrase", "enrollment_key", "api_key", "access_token", "refresh_token", "auth_token",
    "client_secret", "secret_key", "secret_access_key", "private_key", "auth_key", "activation_token", "api_token",
    "account_key", "session_token", "bot_token", "webhook_secret", "signing_secret", "encryption_key",
    "access_key", "storage_key", "passwort", "kennwort", "contraseña", "mot de passe",
)  # fmt: skip
# Words that often do not name a secret: only a value with letters and digits counts.
_WEAK = ("secret", "token", "pwd", "pw", "pass", "credentials", "credential", "apikey", "key")
_STRONG = re.compile("|".join(name.replace("_", "[_-]?") for name in FIELDS), re.IGNORECASE)
_ENVIRONMENT = re.compile(rf"(?:[_-](?:{'|'.join(_WEAK)})|\b(?:secret|token|pwd|pw|apikey))(?![\w])", re.IGNORECASE)
_SEPARATOR = re.compile(
    r"\d{0,3}[*_`]{0,3}(\\*[\"'])?\]?(?:\s?:\s?str)?[ \t]{0,4}"
    r"(?:=>|->|:=|==?|:|%3A|%3D)(?!\*\*\*)[*_`]{0,2}[ \t]{0,4}`?|(?<=[\w])[ \t=]{1,2}"
)
# Brackets before a value in quotes: `password=(\n"x")`, `"password": ["x"]`.
_OPENED = re.compile(r"(?:[ \t]{0,4}[(\[][\s(\[]{0,200})?")
_CONCATENATED = re.compile(r"\s{0,50}\+?\s{0,50}(?:\\\n\s{0,50})?")
_LIST_SEPARATOR = re.compile(r"\s{0,50},\s{0,50}")
_SEVERAL_TARGETS = re.compile(r"[\w\])]\s?,\s?[\w.]{0,40}\Z")
# Tags around a name and its value: `<password>x</password>`, `<th>password</th><td>x</td>`, colored code.
_TAGS = re.compile(r">?(?:\s{0,40}(?:</?[A-Za-z][^<>]{0,300}>|[:=])){0,8}\s{0,40}")
_BETWEEN_TAGS = re.compile(r"[^<>\n]{3,500}?(?=\s{0,40}<)")
# Separators that also appear between other words: only a value with letters and digits counts.
_LOOSE = (
    re.compile(r"\\{0,4}[\"']\s{0,4},\s{0,40}(?=[rRbBuU]{0,2}\\{0,4}[\"'])"),  # `putenv("X_PASSWORD", "x")`
    re.compile(r"[*_`]{0,3}[ \t]{0,4}[|–—][ \t]{0,4}[*_`]{0,3}"),  # a table in Markdown, a dash
    re.compile(
        r"s?[ \t]?:[ \t]{0,4}\r?\n[ \t]{1,40}(?:-[ \t]{1,4})?(?=[^\s:]{3,500}[ \t]{0,40}(?:\r?\n|\Z))"
    ),  # the next line
)
_COLUMN = re.compile(r"[ \t]{2,40}")  # between the columns of a table; not after weak names
# Code whose result is a value in it: `x or "value"`, `str("value")`.
_ELSE = re.compile(r"[ \t]?=[^\n#]{1,200}?\b(?:or|else)[ \t]{1,4}")
_CALL = re.compile(r"[\"']?\]?[ \t]?[=:][ \t]?(?:str|bytes|Secret(?:Str)?|(?:[\w.]{1,40}\.)?quote(?:_plus)?)\(")
_BLOCK = re.compile(r"[ \t]?:[ \t]{0,4}[|>][+-]?\d?[ \t]{0,4}\r?\n[ \t]{1,40}")  # of YAML
_SETTING = re.compile(r"(?:(?:\bsetenv|%env|%set_env|\bsetx|\bSetEnv)[ \t]+\w{0,60}|\blogin[ \t]+\S{1,60}\s+)\Z")
_QUOTED = re.compile(
    r"[rRbBuUfF]{0,2}(\\{0,8}(?:\"\"\"|'''|[\"']|&quot;|&#39;|&#x27;))(?:\r?\n)?([^\n]{1,2000}?)(?:\r?\n)?\1"
)
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
_ELEMENT = re.compile(r"<[\w.:-]{0,40}\Z")
_MOST_VALUES = 100  # that are concatenated or listed
_LEAST_NUMBER = 1_000  # a smaller number after a name is a count


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
    position = 0
    shapes = [(shape, weak) for shape, weak, words in _SHAPES if any(word in lowered for word in words)]
    hits = sorted((match.start(), match.end(), weak) for shape, weak in shapes for match in shape.finditer(text))
    for start, end, weak in hits:
        if end < position:
            continue
        for first, last in _values(text, start, end, code=code, weak=weak):
            if first >= position:
                position = last
                yield first, last, _name(text, start, end)


def is_secret_field(field: object, value: object) -> bool:
    """Return whether the name of a field marks its value as a secret."""
    values = value if isinstance(value, list) else [value]
    real = [item for item in values if isinstance(item, str) and _is_real(item)]
    plain = str(field)
    strong = _STRONG.search(plain)
    if strong and not re.search(r"[\w]", plain[strong.end() :]):
        return bool(real) or (type(value) is int and value >= _LEAST_NUMBER)
    return bool(re.search(r"(?i)[_-](?:token|secret|pwd|pass)$", plain)) and any(map(_is_random, real))


def _values(text: str, start: int, end: int, *, code: bool, weak: bool) -> list[tuple[int, int]]:
    """Return the positions of the values after a name that are secrets; usually none or one."""
    for expression in (_ELSE, _CALL):
        if (match := expression.match(text, end)) and (quoted := _QUOTED.match(text, match.end())):
            return [quoted.span(2)] if _is_real(quoted[2]) and _is_random(quoted[2]) else []
    values = [(span, text[slice(*span)]) for span in _after_separator(text, start, end, code=code)]
    spans = [span for span, value in values if _is_real(value) and (not weak or _is_random(value))]
    if spans:
        return spans
    tags = _TAGS.match(text, end)
    if tags is not None and ">" in tags.group() and (value := _BETWEEN_TAGS.match(text, tags.end())) is not None:
        is_element = tags.group().strip() == ">" and _ELEMENT.search(text, max(start - _BEFORE, 0), start) is not None
        inner = html.unescape(value.group()).strip("\"'")
        if _is_real(inner) and (_is_random(inner) or (is_element and not weak)):
            return [value.span()]
    for separator in _LOOSE if weak else (*_LOOSE, _COLUMN):
        if (match := separator.match(text, end)) is not None:
            span = _one_value(text, match.end())
            return [span] if span and _is_real(text[slice(*span)]) and _is_random(text[slice(*span)]) else []
    return []


def _after_separator(text: str, start: int, end: int, *, code: bool) -> list[tuple[int, int]]:
    """Return the positions of the values after a sign such as `=`, or after the name of an option."""
    if (block := _BLOCK.match(text, end)) is not None and (bare := _BARE.match(text, block.end())) is not None:
        return [bare.span()]
    separator = _SEPARATOR.match(text, end)
    if separator is None:
        return []
    before = text[max(start - _BEFORE, 0) : start]
    if not re.search(r"[=:>]|%3", separator.group()) and not (
        before.rpartition(" ")[2].startswith("--") or _SETTING.search(before)
    ):
        return []  # only a command-line option, or a variable that is set, has its value after a blank
    opened = _OPENED.match(text, separator.end())
    at = opened.end() if opened is not None else separator.end()
    quoted = _QUOTED.match(text, at)
    if quoted is not None:
        several = at > separator.end() or _SEVERAL_TARGETS.search(before) is not None
        return _quoted_values(text, quoted, several=several)
    bare = _BARE.match(text, separator.end())
    if bare is None:
        return []
    value = bare.group().rstrip(".:*")
    if len(value) < 3 or (code and not _is_text(text, start, value, separator.group())):
        return []
    return [(bare.start(), bare.start() + len(value))]


def _quoted_values(text: str, first: re.Match[str], *, several: bool) -> list[tuple[int, int]]:
    """Return a value in quotes, and those that are concatenated with it; all of a list, if there are several."""
    spans = [first.span(2)]
    last: re.Match[str] | None = first
    while last is not None and len(spans) < _MOST_VALUES:
        joint = (several and _LIST_SEPARATOR.match(text, last.end())) or _CONCATENATED.match(text, last.end())
        last = _QUOTED.match(text, joint.end()) if joint else None
        if last is not None:
            spans.append(last.span(2))
    return spans


def _one_value(text: str, at: int) -> tuple[int, int] | None:
    if (quoted := _QUOTED.match(text, at)) is not None:
        return quoted.span(2)
    bare = _BARE.match(text, at)
    return bare.span() if bare is not None else None


def _is_text(code: str, at: int, value: str, separator: str) -> bool:
    """Return whether a position in code is in a shell line, a comment or a string; elsewhere, bare values are code."""
    line_start = code.rfind("\n", 0, at) + 1
    line = code[line_start:at]
    comment = line.find("#")
    if comment >= 0 and line[:comment].count("'") % 2 == 0 and line[:comment].count('"') % 2 == 0:
        return ":" in separator or not _PYTHON.match(value) or _is_random(value)
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
