"""One request, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from zenpro_nb.client._urls import Params, check_path
from zenpro_nb.security.secret import Secret

Form = Mapping[str, str | Secret]

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# POSTs that change nothing: logins, checks and statistics, of the control plane and of workspaces (fact sheet,
# sections 2, 3, 9 and 12). A count that can also delete is one only as long as it is not told to.
_READING_POSTS = re.compile(
    r"(/api/v1)?/(auth/(login|device_authorization|(workspace|tenant)_authorization/[^/]+)"
    r"|login|device_authorization|rbac/check_permissions|runs/statistics)"
)
_COUNTS = re.compile(r"(/api/v1)?/pipeline_snapshots/prune")


class Call(Struct, frozen=True):
    """One request below the server's URL. Every request is one of these, whatever sends it.

    Raises:
        UsageError: a segment of the path is empty, so the request would reach another route or none.

    Attributes:
        safe: repeating it does no harm.
        once: a write that is never sent twice, whatever the server asks for: what it makes is shown only once.
    """

    method: str
    path: str
    params: Params = None
    json: object = None
    form: Form | None = None
    safe: bool = False
    once: bool = False

    def __post_init__(self) -> None:
        """Refuse a path with an empty segment before anything is sent."""
        check_path(self.path)

    @classmethod
    def of(
        cls,
        method: str,
        path: str,
        params: Params = None,
        json: object = None,
        form: Form | None = None,
        once: bool = False,
    ) -> Call:
        """Return the call with this method in capitals; reads are safe."""
        method = method.upper()
        return cls(method, path, params, json, form, safe=method in _SAFE_METHODS, once=once)

    @property
    def writes(self) -> bool:
        """Return whether it may change something on the server.

        >>> Call.of("POST", "/teams").writes, Call.of("post", "/api/v1/runs/statistics").writes
        (True, False)
        """
        if self.method in _SAFE_METHODS:
            return False
        if self.method != "POST":
            return True
        path = self.path.partition("?")[0]
        if _COUNTS.fullmatch(path):
            return not (isinstance(self.json, Mapping) and self.json.get("apply", False) is False)
        return not _READING_POSTS.fullmatch(path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
