"""The kinds of writes by their routes: for the question about many, `200 invitations`, and for the verb of one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from zenpro_nb.framework.writes.write import Write
from zenpro_nb.syntax.counts import counted

_INVITATION = "invitation"
_INVITATIONS = "/organizations/[^/]+/invitations"
_VERBS = ((re.compile(f"POST {_INVITATIONS}"), "invite"), (re.compile(f"DELETE {_INVITATIONS}/[^/]+"), "withdraw"))
_KINDS = (
    (re.compile(_INVITATIONS), _INVITATION),
    (re.compile(r"/teams/[^/]+/members"), "team membership"),
    (re.compile(r"/roles/[^/]+/assignments"), "role assignment"),
)
_OTHER = "other change"


def counted_changes(writes: Sequence[Write], where: str) -> str:
    """Return the number of writes, and their numbers by kind in the order of their first writes.

    Args:
        where: where they are sent, after the number; empty if this is unknown.

    >>> invite = Write("POST", "/organizations/1/invitations", target="ada@example.com as Organization Viewer in acme")
    >>> join = Write("POST", "/teams/1/members", target="ada@example.com in team ops", name="ada@example.com")
    >>> user = Write("PATCH", "/users/1", target="user ada@example.com", name="ada@example.com")
    >>> counted_changes([invite, join, join, user], " to acme"), counted_changes([Write("PUT", "/x", target="x")], "")
    ('4 changes to acme: 1 invitation, 2 team memberships, 1 user', '1 change: 1 other change')
    >>> counted_changes([invite, invite], " to acme")
    '2 invitations to acme'
    """
    counts = Counter(_kind(write) for write in writes)
    if [*counts] == [_INVITATION]:
        return f"{counted(len(writes), _INVITATION)}{where}"
    kinds = ", ".join(counted(number, noun) for noun, number in counts.items())
    return f"{counted(len(writes), 'change')}{where}: {kinds}"


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
