"""One request, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zenpro_nb.client._urls import Params
from zenpro_nb.security.secret import Secret

Form = Mapping[str, str | Secret]

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Call:
    """One request below the server's URL. `safe` says that repeating it does no harm."""

    method: str
    path: str
    params: Params = None
    json: object = None
    form: Form | None = None
    safe: bool = False

    @classmethod
    def of(cls, method: str, path: str, params: Params = None, json: object = None, form: Form | None = None) -> Call:
        """Return the call with this method in capitals; reads are safe."""
        method = method.upper()
        return cls(method, path, params, json, form, safe=method in _SAFE_METHODS)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
