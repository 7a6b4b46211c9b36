"""What the writes inside workspaces share: where they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import click

from zenpro_nb import query
from zenpro_nb.commands.core.options import NameType
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.write import Write
from zenpro_nb.commands.workspaces.options import ThingType
from zenpro_nb.session.session import Session

WORKSPACE = click.Option(
    ["--workspace"],
    type=NameType("workspaces"),
    help="Workspace, by name or id. Default: the one in use, or the only one.",
)
PROJECT = click.Option(
    ["--project"], type=ThingType("projects"), help="Project, by name or id. Default: whichever has it."
)


@dataclass(frozen=True)
class WriteTarget:
    """The one workspace that writes go to."""

    session: Session
    at: query.Where

    def find(self, noun: str, text: str, projects: Sequence[str] = ()) -> query.Found:
        """Return the thing of this noun that bears this name or id, of whichever project. Raises what `find` raises."""
        at = replace(self.at, projects=tuple(projects) or (query.ALL,))
        return query.find(self.session, noun, text, at=at, remembered=False)

    def write(self, method: str, path: str, target: str, **more: Any) -> Write:
        """Return a write to this workspace."""
        name = self.at.workspace
        return Write(method, path, f"{target} in {name}", client=self.at.client, marks={"workspace": name}, **more)


def write_target(runtime: Runtime, workspace: str | None, org: str | None) -> WriteTarget:
    """Return the workspace that was named or is in use.

    Raises:
        UsageError: there is none such, or `all` was said.
    """
    from zenpro_nb.workspaces.targets import resolve_one

    target = resolve_one(runtime.session, (workspace,) if workspace else (), org)
    return WriteTarget(runtime.session, target.where(runtime.session))
