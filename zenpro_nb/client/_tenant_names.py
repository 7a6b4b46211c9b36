"""Old self-hosted control planes use the word tenant for workspace (API facts 3.1)."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from zenpro_nb.client._reply import Reply
from zenpro_nb.client._request import Call
from zenpro_nb.errors import RouteNotFoundError

_SEGMENTS = {"workspaces": "tenants", "workspace": "tenant"}
_PARAMETERS = {"workspace_id": "tenant_id", "workspace_name": "tenant_name"}


class TenantFallback:
    """Finds out from the 404 of a route which word the server knows, and keeps using it."""

    def __init__(self) -> None:
        self._uses_tenants: bool | None = None  # None until the first route with a workspace

    def path(self, path: str) -> str:
        """Return the path in the terms that the server is known to use."""
        return old_path(path) if self._uses_tenants else path

    def perform(self, call: Call, send: Callable[[Call], Reply]) -> Reply:
        """Send the call in the server's terms. Raises the errors of `send`."""
        old = _old_call(call)
        if self._uses_tenants:
            # The parameters of other routes change too: servers renamed both together (inferred).
            return send(old)
        if self._uses_tenants is False or old.path == call.path:
            return send(call)
        try:
            reply = send(call)
            self._uses_tenants = False
            return reply
        except RouteNotFoundError as error:
            first_error = error
        try:
            reply = send(old)
        except RouteNotFoundError:
            raise first_error from None  # neither path exists: the error names the requested route
        self._uses_tenants = True
        return reply


def old_path(path: str) -> str:
    """Return the path in the terms of older servers.

    >>> old_path("/workspaces/1b4e28ba/members")
    '/tenants/1b4e28ba/members'
    """
    return "/".join(_SEGMENTS.get(part, part) for part in path.split("/"))


def _old_call(call: Call) -> Call:
    params = call.params
    if params:
        params = {_PARAMETERS.get(name, name): value for name, value in params.items()}
    return replace(call, path=old_path(call.path), params=params)
