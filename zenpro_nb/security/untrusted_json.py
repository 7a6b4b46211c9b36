"""JSON from a server: limited in depth, and without lone surrogates.

The depth at which a parser gives up differs between interpreters, and some of them crash first. Here the depth is
limited (`limits.JSON_DEPTH`), and it is counted before anything is parsed.
"""

from __future__ import annotations

import json
import re

from zenpro_nb import limits

_BRACES_TO_BRACKETS = bytes.maketrans(b"{}", b"[]")
_OTHER_BYTES = bytes(set(range(256)) - set(b"[]{}"))
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def loads(content: bytes) -> object:
    r"""Return the data in `content`; a lone surrogate becomes a question mark.

    Bytes that are not UTF-8 become U+FFFD; a byte order mark, NaN and Infinity are accepted.

    Raises:
        ValueError: it is not JSON, or it is nested deeper than `limits.JSON_DEPTH`.

    Example:
        >>> loads(b'{"name": "a\\ud800"}')
        {'name': 'a?'}
    """
    if too_deep(content):
        raise ValueError(f"nested deeper than {limits.JSON_DEPTH} levels")
    data: object = json.loads(content.decode("utf-8-sig", "replace"))
    return without_surrogates(data) if _SURROGATE.search(content) else data


def too_deep(content: bytes) -> bool:
    """Return whether the objects and lists of a JSON text are nested deeper than `limits.JSON_DEPTH`.

    >>> too_deep(b"[" * 5000 + b"]" * 5000), too_deep(b"[[]]" * 5000)
    (True, False)
    """
    max_depth = limits.JSON_DEPTH
    if content.count(b"[") + content.count(b"{") <= max_depth:
        return False
    if b"\\" in content:  # a quote that does not end a string
        content = content.replace(b"\\\\", b"").replace(b'\\"', b"")
    outside_strings = b"".join(content.split(b'"')[::2])
    brackets = outside_strings.translate(_BRACES_TO_BRACKETS, _OTHER_BYTES)
    for _ in range(max_depth):  # each round removes the innermost level
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


def holds_too_deep(data: object) -> bool:
    """Return whether parsed data is nested deeper than `limits.JSON_DEPTH`.

    >>> holds_too_deep({"a": [1, [2]]})
    False
    """
    level = [data] if isinstance(data, dict | list) else []
    for _ in range(limits.JSON_DEPTH):
        if not level:
            return False
        level = [
            inner
            for item in level
            for inner in (item.values() if isinstance(item, dict) else item)
            if isinstance(inner, dict | list)
        ]
    return bool(level)


def without_surrogates(data: object) -> object:
    r"""Return JSON-like data without lone surrogates, which terminals, tables and files cannot show.

    >>> without_surrogates(["a\ud800", {"\udfff": 1}])
    ['a?', {'?': 1}]
    """
    if isinstance(data, str):
        return data.encode("utf-8", "replace").decode("utf-8")
    if isinstance(data, list):
        return [without_surrogates(item) for item in data]
    if isinstance(data, dict):
        return {without_surrogates(name): without_surrogates(value) for name, value in data.items()}
    return data
