"""The names under which a sandbox is reached.

A web page may point a name of its own at this machine (DNS rebinding) and then speak to the sandbox as if it were its
own site. Its requests carry that name in their Host header, so any name but the sandbox's own is refused. Starlette's
TrustedHostMiddleware would do nearly the same; before its version 1 it does not understand IPv6 addresses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address

LOCALHOST = "localhost"
# RFC 9110, section 7.2: a name or an address, brackets around one of IPv6, and perhaps a port.
_HEADER = re.compile(r"(?:\[(?P<address>[^\]]+)\]|(?P<name>[^\[\]:@/]+))(?::\d*)?")


def allowed(host: str) -> Callable[[str | None], bool]:
    """Return the test of a Host header for a sandbox that listens on `host`.

    Loopback names and `host` itself pass. A sandbox on all addresses (0.0.0.0, ::) cannot know them, so any address
    passes there: only names can be pointed elsewhere.
    """
    everywhere = _is(host, "is_unspecified")

    def test(header: str | None) -> bool:
        name = _name_in(header)
        if name is None:
            return False
        is_address = _is(name, "is_loopback") or (everywhere and _is(name))
        return name in (LOCALHOST, host.lower()) or is_address

    return test


def _name_in(header: str | None) -> str | None:
    """Return the name or address without its port, in lower case; none where there is none."""
    found = _HEADER.fullmatch(header or "")
    return found and (found["address"] or found["name"]).lower()


def _is(name: str, kind: str = "version") -> bool:
    """Return whether the name is an address, and of this kind."""
    try:
        return bool(getattr(ip_address(name), kind))
    except ValueError:
        return False
