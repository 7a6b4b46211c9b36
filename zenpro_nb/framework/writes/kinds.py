"""The kinds of writes by their routes: for the question about many, `200 invitations`, and for the verb of one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from zenpro_nb.framework.writes.write import Write
from zenpro_nb.syntax.counts import counted

_INVITATIONS = "/organizations/[^/]+/invitations"
_VERBS = ((re.compile(f"POST {_INVITATIONS}"), "invite"), (re.compile(f"DELETE {_INVITATIONS}/[^/]+"), "withdraw"))
_KINDS = (
    (re.compile(_INVITATIONS), "invitation"),
    (re.compile(r"/teams/[^/]+/members"), "team membership"),
    (re.compile(r"/roles/[^/]+/assignments"), "role assignment"),
)
_OTHER = "other change"


def counted_kinds(writes: Sequence[Write]) -> str:
    """Return the numbers of writes by kind, in the order of their first writes.

    >>> invite = Write("POST", "/organizations/1/invitations", target="ada@example.com as Organization Viewer in acme")
    >>> join = Write("POST", "/teams/1/members", target="ada@example.com in team ops", name="ada@example.com")
    >>> user = Write("PATCH", "/users/1", target="user ada@example.com", name="ada@example.com")
    >>> counted_kinds([invite, join, join, user]), counted_kinds([Write("PUT", "/x", target="x")])
    ('1 invitation, 2 team memberships, 1 user', '1 other change')
    """
    counts = Counter(_kind(write) for write in writes)
    return ", ".join(counted(number, noun) for noun, number in counts.items())


def verb_of(method: str, route: str, usual: Mapping[str, str]) -> str:
    """Return the verb for a request; "" for an unknown method. Invitations have verbs of their own.

    Args:
        usual: by method, the verbs for all other routes.

    >>> verb_of("DELETE", "/organizations/1/invitations/2", {"DELETE": "remove"})
    'withdraw'
    >>> verb_of("DELETE", "/teams/1", {"DELETE": "remove"}), verb_of("PUT", "/teams/1", {})
    ('remove', '')
    """
    special = (verb for request, verb in _VERBS if request.fullmatch(f"{method} {route}"))
    return next(special, usual.get(method, ""))


def _kind(write: Write) -> str:
    """Return the noun for a write: from its route, or the word before the name in its target."""
    known = next((noun for route, noun in _KINDS if route.fullmatch(write.path)), "")
    before = write.target.partition(write.name)[0].strip() if write.name and write.name in write.target else ""
    return known or before.removesuffix(" of") or _OTHER
