"""A write as data: planned, shown, and only then sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zenpro_nb.resources import Resource

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Write:
    """One request that changes something, and has not been sent.

    A command that writes is a function that returns one of these, or several. The dry run, the form's preview, the
    question before something is destroyed, and the request itself all come from it.
    """

    method: str
    path: str
    target: str  # what it is about, for people: "ada@example.com as Workspace Developer in ml-prod"
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    resource: Resource | None = None  # what the server answers with; None: nothing of interest
    happened: Callable[[], Record | bool | None] | None = None
    """Looks whether it has happened, after its answer was lost: the record or True if so, None or False if not."""
    already: str = ""  # in words, why a 409 is as good as done: "has the role already"
    question: str = ""  # asked before it is sent, because it destroys or disables something

    @property
    def sent_params(self) -> dict[str, Any]:
        """The query parameters, those that nobody gave left out."""
        return {name: value for name, value in self.params.items() if value is not None}


@dataclass(frozen=True)
class Outcome:
    """What became of a write."""

    write: Write
    state: str  # done, already, refused, not sent, or unknown
    detail: str = ""
    record: Record | None = None
    request_id: str | None = None
    error: Exception | None = None

    @property
    def good(self) -> bool:
        """It is now as it was meant to be."""
        return self.state in ("done", "already")


def without_missing(**fields: Any) -> dict[str, Any]:
    """The fields of a body, those that nobody gave left out."""
    return {name: value for name, value in fields.items() if value is not None}
