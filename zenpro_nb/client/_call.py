"""One request, as data."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from zenpro_nb.client._urls import Params, check_path
from zenpro_nb.security.secret import Secret

Form = Mapping[str, str | Secret]

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


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

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
