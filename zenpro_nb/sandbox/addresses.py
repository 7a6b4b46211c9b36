"""Where the workspaces' own servers are: below the sandbox's own address, or wherever a real one is.

Their places are kept relative to the sandbox, whose address is whichever it was reached by: its port changes from start
to start, and a container's host knows it under another name.
"""

from __future__ import annotations

from urllib.parse import urljoin

from starlette.requests import HTTPConnection

from zenpro_nb.sandbox import releases

WORKSPACES = "/workspace"


def of_workspace(name: str, service: str = releases.ZENML) -> str:
    """Return the place of a workspace: the sandbox answers for ZenML, and knows nothing of what Kitaru answers."""
    # `.invalid` never resolves (RFC 2606).
    return f"{WORKSPACES}/{name}" if service == releases.ZENML else f"https://{name}-{service}.sandbox.invalid"


def base_of(request: HTTPConnection) -> str:
    """Return the sandbox's address, as whoever asks knows it."""
    return f"{request.url.scheme}://{request.url.netloc}"


def shown(base: str, place: str) -> str:
    """Return the address of a place; that of a real server is complete already."""
    return urljoin(base, place)


def kept(base: str, address: str) -> str:
    """Return the place that has this address."""
    return address.removeprefix(base) if address.startswith(f"{base}{WORKSPACES}/") else address.rstrip("/")
