"""Compute responses to permission queries, in the terms of API facts 7.8 and 7.9."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox.authentication import caller as kinds
from zenpro_nb.sandbox.database.access_tables import Share, TeamMember
from zenpro_nb.sandbox.database.tables import User, Workspace
from zenpro_nb.sandbox.errors import ForbiddenError
from zenpro_nb.sandbox.permissions import predefined, queries
from zenpro_nb.sandbox.permissions.access import Grant, Rights, grants_of

Row = dict[str, str | None]

# API facts 11.10 (0.13.14): read permission on a shared secret or connector includes its value or its client.
_IMPLIED_BY_READ = {("secret", "read_secret_value"), ("service_connector", "client")}


def of_superuser(organization_ids: Iterable[str]) -> list[Row]:
    """Return every permission in these organizations."""
    return [
        _row(resource, action, predefined.ORGANIZATION, organization_id)
        for organization_id in organization_ids
        for resource in predefined.ALL_TYPES
        for action in predefined.ACTIONS
    ]


def of_grants(grants: Iterable[Grant]) -> list[Row]:
    """Return the permissions of these roles, without duplicates."""
    rows = {
        (grant.organization_id, grant.workspace_id, grant.project_id, resource, action): grant.level
        for grant in grants
        for resource, actions in grant.actions.items()
        for action in actions
    }
    return [
        _row(resource, action, level, organization_id, workspace_id, project_id)
        for (organization_id, workspace_id, project_id, resource, action), level in sorted(
            rows.items(), key=lambda row: tuple(part or "" for part in row[0])
        )
    ]


def _row(
    resource: str,
    action: str,
    level: str,
    organization_id: str,
    workspace_id: str | None = None,
    project_id: str | None = None,
) -> Row:
    return {
        "resource": resource,
        "action": action,
        "level": level,
        "organization_id": organization_id,
        "workspace_id": workspace_id,
        "project_id": project_id,
    }


def asking_workspace(session: Session, rights: Rights, user_id: str) -> Workspace | None:
    """Return the workspace that sends the query, or None for users, who can query their own permissions (inferred).

    API facts 3.14: only workspaces can query.
    """
    if rights.caller.kind == kinds.WORKSPACE:
        return queries.by_id(session, Workspace, rights.caller.id)
    if user_id != rights.caller.id and not rights.caller.is_superuser:
        raise ForbiddenError("Only workspaces may ask about the permissions of others.")
    return None


class Holdings(Struct, frozen=True):
    """What a user may do anywhere."""

    is_superuser: bool
    grants: tuple[Grant, ...]

    @classmethod
    def read(cls, session: Session, user_id: str) -> Holdings:
        """Read them from the database."""
        return cls(queries.by_id(session, User, user_id).is_superuser, grants_of(session, user_id))


class PermissionCheck:
    """The permissions of one user in one workspace, or anywhere if no workspace is given."""

    def __init__(self, session: Session, user_id: str, holdings: Holdings, workspace: Workspace | None) -> None:
        self._session = session
        self._user_id = user_id
        self._workspace = workspace
        self._everything = holdings.is_superuser or (workspace is not None and workspace.owner_id == user_id)
        self._grants = holdings.grants

    def allows(self, action: str, resource: str) -> bool:
        """Return whether the action is allowed on a resource, which is ``[<project_id>:]<type>[/<id>]``."""
        if self._everything:
            return True
        project_id, kind, resource_id = split(resource)
        if kind == predefined.PROJECT and project_id is None:
            # The string of a project has no prefix (API facts 7.9), but the project is the scope of its roles.
            project_id = resource_id
        return any(
            self._applies(grant, project_id) and action in grant.actions.get(kind, ()) for grant in self._grants
        ) or any(share.resource == resource and _allows(share, action) for share in self._shares())

    def _applies(self, grant: Grant, project_id: str | None) -> bool:
        if self._workspace is None:
            return project_id is None or grant.project_id in (None, project_id)
        if grant.organization_id != self._workspace.organization_id:
            return False
        return grant.covers(self._workspace.id, project_id)

    def _shares(self) -> Iterable[Share]:
        teams = select(TeamMember.team_id).where(TeamMember.user_id == self._user_id)
        query = select(Share).where(or_(Share.user_id == self._user_id, Share.team_id.in_(teams)))
        if self._workspace is not None:
            query = query.where(Share.workspace_id == self._workspace.id)
        return self._session.scalars(query)

    def allowed_ids(self, action: str, resource: str) -> list[str]:
        """Return the individually allowed resources of a type: shared ones, and projects with a role of the user."""
        resource_parts = split(resource)[:2]
        shared = (split(share.resource) for share in self._shares() if _allows(share, action))
        ids = {found[2] for found in shared if found[:2] == resource_parts and found[2] is not None}
        if resource_parts == (None, predefined.PROJECT):
            ids |= {
                grant.project_id
                for grant in self._grants
                if grant.project_id is not None
                and self._applies(grant, grant.project_id)
                and action in grant.actions.get(predefined.PROJECT, ())
            }
        return sorted(ids)


def _allows(share: Share, action: str) -> bool:
    """Return whether a share allows the action, directly or through its read permission."""
    implied = (split(share.resource)[1], action) in _IMPLIED_BY_READ and "read" in share.actions
    return implied or action in share.actions


def split(resource: str) -> tuple[str | None, str, str | None]:
    """Split a resource string into the project id, the type and the resource id."""
    project_id, separator, rest = resource.rpartition(":")
    kind, _, resource_id = rest.partition("/")
    return (project_id if separator else None), kind, resource_id or None
