"""The one workspace that a command is about."""

from __future__ import annotations

from collections.abc import Sequence

from zenpro_nb.commands.core.options import Asked
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.workspaces.options import place_of
from zenpro_nb.errors import UsageError
from zenpro_nb.query import Where
from zenpro_nb.workspaces.targets import Target, resolve


def one_target(runtime: Runtime, workspaces: Sequence[str], org: str | None) -> Target:
    """Return the workspace that was named or is in use.

    Raises:
        UsageError: several were named.
    """
    found = resolve(runtime.session, workspaces, org).found
    if len(found) != 1:
        raise UsageError(f"This is about one workspace, and {len(found)} were named", hint="Add one --workspace NAME.")
    return found[0]


def where_of(runtime: Runtime, asked: Asked) -> Where:
    """Return where to look, as `--workspace` and `--project` say. Raises what `one_target` raises."""
    workspaces, projects, _ = place_of(asked)
    return one_target(runtime, workspaces, asked.org).where(runtime.session, projects)
