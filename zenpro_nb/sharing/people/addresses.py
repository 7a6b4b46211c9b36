"""Email addresses in texts: which ones may belong to a person, and the name that an address contains."""

from __future__ import annotations

import re

_URL_USER = 200  # characters before an address that are examined for the beginning of a URL
PSEUDONYMS = "pseudonym.example"  # the domain of generated addresses, which belong to nobody
# RFC 2606 and 6761: no real address uses these domains, so in a source they are examples.
_RESERVED = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|org|net))?|test|invalid|localhost)$", re.IGNORECASE)
_MACHINES = frozenset({"git", "hg", "svn"})  # git@github.com:… is not a person
_ADDRESS = re.compile(r"(?<![\w.+@-])[^\W_][\w.+'’-]{0,63}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-]|\.\w|:[^\s/])")
_IN_URL = re.compile(r"://[^\s/@]*\Z")  # a username and password before the host of a URL
_PREFIX = re.compile(r"^[bBrRuU]['’]")  # the prefix of a Python string
_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_WIDE = str.maketrans("＠﹫", "@@")  # the same sign in the fonts of East Asia


def addresses(text: str) -> list[str]:
    """Return the email addresses in a text that may belong to a person.

    >>> addresses("Ada <ada@corp.com>, git@github.com:zenml-io/zenml, https://u:pw@host.com, x@pseudonym.example")
    ['ada@corp.com']
    """
    plain = text.translate(_WIDE) if not text.isascii() else text
    if "@" not in plain:
        return []
    plain = _COLOR.sub("", plain)
    return [
        _PREFIX.sub("", match.group())
        for match in _ADDRESS.finditer(plain)
        if not _belongs_to_nobody(match.group())
        and not _IN_URL.search(plain, max(match.start() - _URL_USER, 0), match.start())
    ]


def is_reserved(address: str) -> bool:
    """Return whether the domain of an address is reserved for examples."""
    return bool(_RESERVED.search(address.rpartition("@")[2]))


def _belongs_to_nobody(address: str) -> bool:
    local, _, domain = address.rpartition("@")
    return local.lower() in _MACHINES or domain.lower() == PSEUDONYMS


def name_in_address(address: str) -> str:
    """Return the name that an address contains: `ada.lovelace@…`; "" if it contains none.

    >>> [name_in_address(f"{local}@corp.com") for local in ("ada.lovelace", "ada", "team-42")]
    ['Ada Lovelace', '', '']
    """
    parts = re.split(r"[._-]", address.rpartition("@")[0].partition("+")[0])
    plain = len(parts) in (2, 3) and all(part.isalpha() and len(part) > 1 for part in parts)
    return " ".join(part.capitalize() for part in parts) if plain else ""
