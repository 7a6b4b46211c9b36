"""Absolute paths, which exist only on the author's machine."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PART = r"[^\s\"'`<>|:*?,;()\[\]{}\\/%]+"
_ANY_PART = r"[^\s\"'`<>|:*?,;()\[\]{}\\/]+"
_PARTS = rf"{_PART}(?: {_PART}){{0,3}}(?=[\\/])|{_PART}"  # of Windows, with blanks
_SLASH = r"(?:/|%2[Ff]|\\/)"
_BACKSLASH = r"(?:/|\\{1,16}/?)"  # of Windows, escaped any number of times
_BEFORE = r"(?<![\w./}~$%\\-])"
# A mounted folder can come before the home directories: `/mnt/c/Users`, `/nfs/home`, `/Volumes/Macintosh HD/Users`.
_MOUNT = rf"(?:{_SLASH}Volumes{_SLASH}[^/\n\"'<>|:*?,;]{{1,40}}|{_SLASH}[\w.$@+-]{{1,60}}){{0,4}}?"
_POSIX = rf"(?:(?<=file://|mote://)[\w.+-]{{0,60}}|{_BEFORE}){_MOUNT}{_SLASH}(?:home|Users){_SLASH}"
_WINDOWS = rf"(?<!\w)[A-Za-z]:{_BACKSLASH}(?:[Uu]sers|USERS|Documents and Settings){_BACKSLASH}"
_SHARE = r"(?<![\w\\:])\\{2,16}[\w.$-]{1,60}(?:\\{1,8}[\w.$ -]{1,60}){0,3}?\\{1,8}(?:homes?|[Uu]sers|USERS)\\{1,8}"
_TILDE = r"(?<![\w/~.:$\\-])~(?=[A-Za-z][\w.-]{2,40}/)"
_HOME = re.compile(
    rf"(?:{_POSIX}|{_BEFORE}/root/|{_TILDE})(?:{_PART}{_SLASH}?)+"
    rf"|(?:{_WINDOWS}|{_SHARE})(?:(?:{_PARTS})(?:{_BACKSLASH})?)+"
)
_HOME_OF = re.compile(rf"{_POSIX}({_PART})|{_BEFORE}/root(?=/)|(?:{_WINDOWS}|{_SHARE})({_PARTS})|{_TILDE}({_PART})")
_OTHER = re.compile(
    rf"{_BEFORE}/(?:mnt|media|Volumes|tmp|var|opt|private|srv|dbfs|content|kaggle|scratch|workspaces?)/(?:{_ANY_PART}/?)+"
    rf"|(?<![\w])[A-Za-z]:\\\\?(?![Uu]sers\b)\w(?:{_ANY_PART}\\{{0,2}}/?)*"
    rf"|(?<=[\"'])/(?:{_ANY_PART}/)+{_ANY_PART}\.\w{{1,8}}(?=[\"'])"
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
        if account := match.group(1) or match.group(2) or match.group(3):
            yield account.rstrip(".")


def without_homes(text: str) -> str:
    r"""Return a text with home directories replaced by `~`.

    >>> without_homes("/home/ada/x.csv and file:///Users/ada/y")
    '~/x.csv and file://~/y'
    """
    return _HOME_OF.sub("~", text)
