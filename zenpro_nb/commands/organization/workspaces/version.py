"""The version of ZenML that a workspace runs: its option, its part of a request, and what a record shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from zenpro_nb.framework.declare import AVAILABLE, Opt, RareOption, value_at
from zenpro_nb.resources.control_plane import WORKSPACES

_HELP = "Run this version of ZenML; `releases` lists the available versions."
Version = Annotated[str | None, Opt(metavar="VERSION", help=_HELP)]
FirstVersion = Annotated[str | None, Opt(metavar="VERSION", help=_HELP, option=RareOption)]


def requested_service(version: str | None) -> dict[str, Any] | None:
    """Return the part of a request that selects a version; None leaves the choice to the server."""
    return {"configuration": {"version": version}} if version else None


def is_running(record: Mapping[str, Any], version: str) -> bool:
    """Return whether a workspace is available with this version of ZenML."""
    (column,) = (column for column in WORKSPACES.columns if column.name == "version")
    versions = [value_at(record, ".".join(place)) for place in column.paths]
    states = {record.get("status"), record.get("desired_state")}
    return next((value for value in versions if value), None) == version and states == {AVAILABLE}
