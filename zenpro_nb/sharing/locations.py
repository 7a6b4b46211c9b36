"""Absolute paths: places that only the author's machine has."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PART = r"[^\s\"'`<>|:*?,;()\[\]{}\\/]+"
_BEFORE = r"(?<![\w./:}~$%\\-])"
_HOME = re.compile(
    rf"(?:(?<=file://)|{_BEFORE})(?:/home/|/Users/|/root/)(?:{_PART}/?)+|(?<![\w])[A-Za-z]:\\\\?Users\\\\?(?:{_PART}\\{{0,2}}/?)+"
)
_HOME_OF = re.compile(
    rf"(?:(?<=file://)|{_BEFORE})/(?:home|Users)/{_PART}|{_BEFORE}/root(?=/)|(?<!\w)[A-Za-z]:\\\\?Users\\\\?{_PART}"
)
_OTHER = re.compile(
    rf"{_BEFORE}/(?:mnt|media|Volumes|tmp|var|opt|private|srv|dbfs|content|kaggle|scratch|workspaces?)/(?:{_PART}/?)+"
    rf"|(?<![\w])[A-Za-z]:\\\\?(?!Users\b)\w(?:{_PART}\\{{0,2}}/?)*"
    rf"|(?<=[\"'])/(?:{_PART}/)+{_PART}\.\w{{1,8}}(?=[\"'])"
)


def homes_in(text: str) -> Iterator[str]:
    r"""Yield paths in somebody's home directory, which name that person.

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


def without_homes(text: str) -> str:
    r"""Return a text in which home directories are `~`.

    >>> without_homes("/home/ada/x.csv and file:///Users/ada/y")
    '~/x.csv and file://~/y'
    """
    return _HOME_OF.sub("~", text)
