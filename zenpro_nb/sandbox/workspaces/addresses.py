"""Addresses of the workspaces' own servers, which are either below the sandbox's address or real servers elsewhere.

Addresses below the sandbox are stored as relative paths, because its base address differs between requests: the port
changes at every start, and the host of a container uses another name.
"""

from __future__ import annotations

from urllib.parse import urljoin

from starlette.requests import HTTPConnection

from zenpro_nb.sandbox.workspaces import releases

WORKSPACES = "/workspace"


def of_workspace(name: str, service: str = releases.ZENML) -> str:
    """Return the stored address of a workspace. The sandbox serves the API of ZenML workspaces, but not of Kitaru."""
    # `.invalid` never resolves (RFC 2606).
    return f"{WORKSPACES}/{name}" if service == releases.ZENML else f"https://{name}-{service}.sandbox.invalid"


def base_of(request: HTTPConnection) -> str:
    """Return the sandbox's address as the caller knows it."""
    return f"{request.url.scheme}://{request.url.netloc}"


def absolute(base: str, path: str) -> str:
    """Return the full address of a stored one. The address of a real server is already complete."""
    return urljoin(base, path)


def relative(base: str, address: str) -> str:
    """Return the form in which an address is stored."""
    return address.removeprefix(base) if address.startswith(f"{base}{WORKSPACES}/") else address.rstrip("/")
