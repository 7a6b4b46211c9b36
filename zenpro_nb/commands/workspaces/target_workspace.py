"""The workspace that a command targets, and the writes to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb import query
from zenpro_nb.commands.workspaces.parameters import EVERY, Projects, Workspaces
from zenpro_nb.framework.declare import CommandContext, Org, Write, is_changed, is_gone, undo_update
from zenpro_nb.resources import Resource
from zenpro_nb.session.session import Session
from zenpro_nb.workspaces.targets import resolve_one


def locate(ctx: CommandContext, workspace: Workspaces = (), project: Projects = (), org: Org = None) -> query.Where:
    """Return the workspace and the projects in which an object is looked up. Raises the errors of `resolve_one`."""
    return resolve_one(ctx.session, workspace, org).where(ctx.session, project or EVERY)


class WriteTarget(Struct, frozen=True):
    """The workspace that a command writes to."""

    ctx: CommandContext
    at: query.Where

    @property
    def session(self) -> Session:
        """Return the session."""
        return self.ctx.session

    def find(self, noun: str, text: str, projects: Sequence[str] = ()) -> query.Found:
        """Return the object of this noun with this name or ID, in any project. Raises the errors of `query.find`."""
        at = replace(self.at, projects=tuple(projects) or EVERY)
        return query.find(self.session, noun, text, at=at)

    def write(self, method: str, path: str, target: str, **more: Any) -> Write:
        """Return a write to this workspace."""
        name = self.at.workspace
        return Write(
            method,
            path,
            f"{target} in workspace {name}",
            at=self.at,
            extra_columns={"workspace": name},
            **more,
        )

    def delete(self, path: str, target: str, **more: Any) -> Write:
        """Return the DELETE of one object.

        Args:
            more: further fields of the write; `verify` replaces the check that the object is gone.
        """
        return self.write("DELETE", path, target, **{"verify": is_gone(self.session, path, at=self.at), **more})

    def update(
        self, resource: Resource, record: Mapping[str, Any], target: str, body: Mapping[str, Any], **more: Any
    ) -> Write:
        """Return the PUT that changes fields of one object, and the undo that restores them.

        Args:
            record: the current record of the object.
            body: the new values.
            more: further fields of the write; they replace those of the undo.
        """
        path = query.fill(resource.detail, {"id": query.id_of(resource, record)})
        undo = undo_update(self.ctx, path, record, body, method="PUT", at=self.at)
        verify = is_changed(self.session, path, body, at=self.at)
        return self.write("PUT", path, target, body=body, resource=resource, **{"verify": verify, **undo, **more})


def write_target(ctx: CommandContext, workspace: str | None, org: str | None) -> WriteTarget:
    """Return the workspace that was named or is in use.

    Raises:
        UsageError: no such workspace exists, or `all` was given.
    """
    target = resolve_one(ctx.session, (workspace,) if workspace else (), org)
    return WriteTarget(ctx, target.where(ctx.session))
