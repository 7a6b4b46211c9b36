"""Absolute paths, which exist only on the author's machine."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PART = r"[^\s\"'`<>|:*?,;()\[\]{}\\/]+"
_SLASH = r"(?:/|\\{1,8}/?)"  # of Windows, escaped any number of times
_BEFORE = r"(?<![\w./:}~$%\\-])"
_HOME = re.compile(
    rf"(?:(?<=file://)|{_BEFORE})(?:/(?:var/|export/|mnt/[a-z]/)?(?:home|Users)/|/root/|/[a-z]/Users/)(?:{_PART}/?)+"
    rf"|(?<![\w])[A-Za-z]:{_SLASH}(?:[Uu]sers|USERS|Documents and Settings){_SLASH}(?:{_PART}(?:{_SLASH})?)+"
)
_HOME_OF = re.compile(
    rf"(?:(?<=file://)|{_BEFORE})/(?:var/|export/|mnt/[a-z]/|[a-z]/)?(?:home|Users)/({_PART})|{_BEFORE}/root(?=/)"
    rf"|(?<!\w)[A-Za-z]:{_SLASH}(?:[Uu]sers|USERS|Documents and Settings){_SLASH}({_PART})"
)
_OTHER = re.compile(
    rf"{_BEFORE}/(?:mnt|media|Volumes|tmp|var|opt|private|srv|dbfs|content|kaggle|scratch|workspaces?)/(?:{_PART}/?)+"
    rf"|(?<![\w])[A-Za-z]:\\\\?(?![Uu]sers\b)\w(?:{_PART}\\{{0,2}}/?)*"
    rf"|(?<=[\"'])/(?:{_PART}/)+{_PART}\.\w{{1,8}}(?=[\"'])"
)


def homes_in(text: str) -> Iterator[str]:
    r"""Yield paths in a user's home directory, which reveal that person.

    >>> list(homes_in("open('/home/ada/x.csv'); C:\\Users\\ada\\y; GET /users/me"))
    ['/home/ada/x.csv', 'C:\\Users\\ada\\y']
    """
    for match in _HOME.finditer(text):
        yield match.group()


def paths_in(text: str) -> Iterator[str]:
    """Yield other absolute paths.

    >>> list(paths_in("saved 3 rows to /tmp/abc/x.csv; see https://x.io/tmp/y"))
    ['/tmp/abc/x.csv']
    """
    for match in _OTHER.finditer(text):
        yield match.group()


def accounts_in(text: str) -> Iterator[str]:
    r"""Yield the users whose home directories are named.

    >>> list(accounts_in("C:/Users/ada/x.csv, /home/bob"))
    ['ada', 'bob']
    """
    for match in _HOME_OF.finditer(text):
        if account := match.group(1) or match.group(2):
            yield account.rstrip(".")


def without_homes(text: str) -> str:
    r"""Return a text with home directories replaced by `~`.

    >>> without_homes("/home/ada/x.csv and file:///Users/ada/y")
    '~/x.csv and file://~/y'
    """
    return _HOME_OF.sub("~", text)
