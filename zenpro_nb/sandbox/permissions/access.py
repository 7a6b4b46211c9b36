"""Compute the permissions of a caller from direct roles and from teams (API facts 7.4)."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from msgspec import Struct
from sqlalchemy import BindParameter, ColumnElement, bindparam, or_, select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox.authentication.caller import Caller
from zenpro_nb.sandbox.database.access_tables import Assignment, Role, Share, TeamMember
from zenpro_nb.sandbox.database.tables import Organization, Workspace
from zenpro_nb.sandbox.errors import ForbiddenError, MissingError
from zenpro_nb.sandbox.permissions import predefined
from zenpro_nb.sandbox.workspaces import lifecycle

# The permissions as a role stores them: resource types, each with its actions.
StoredPermissions = list[dict[str, Any]]
# Nearly every request needs its organization.
_ORGANIZATION = select(Organization).where(
    or_(Organization.id == bindparam("wanted"), Organization.name == bindparam("wanted"))
)


class Grant(Struct, frozen=True):
    """A role that a caller has at one scope."""

    organization_id: str
    level: str
    workspace_id: str | None
    project_id: str | None
    actions: dict[str, frozenset[str]]

    def covers(self, workspace_id: str | None, project_id: str | None) -> bool:
        """Return whether the role applies there: an organization role everywhere, a workspace role in its projects."""
        if self.level == predefined.ORGANIZATION:
            return True
        if self.workspace_id is None or self.workspace_id != workspace_id:
            return False
        return self.level == predefined.WORKSPACE or self.project_id == project_id


def actions_of(permissions: StoredPermissions) -> dict[str, frozenset[str]]:
    """Return the actions for each resource type. If a role lists a type twice, the actions are combined."""
    actions: dict[str, frozenset[str]] = {}
    for permission in permissions:
        actions[permission["resource"]] = actions.get(permission["resource"], frozenset()) | frozenset(
            permission["actions"]
        )
    return actions


def allows(permissions: StoredPermissions, resource: str | None, action: str | None) -> bool:
    """Return whether these permissions allow the action on the resource type. None means any."""
    actions = actions_of(permissions)
    actions_by_resource = actions if resource is None else {resource: actions.get(resource, frozenset())}
    return any(
        action in held_actions if action is not None else held_actions for held_actions in actions_by_resource.values()
    )


def held_by(user_id: str | BindParameter[str]) -> ColumnElement[bool]:
    """Return the condition for a user's assignments, direct or through a team."""
    teams = select(TeamMember.team_id).where(TeamMember.user_id == user_id)
    return or_(Assignment.user_id == user_id, Assignment.team_id.in_(teams))


_GRANTS = (
    select(Role.organization_id, Role.level, Role.permissions, Assignment.workspace_id, Assignment.project_id)
    .join(Role, Role.id == Assignment.role_id)
    .where(held_by(bindparam("user_id")))
)


def grants_of(session: Session, user_id: str) -> tuple[Grant, ...]:
    """Read the roles of a user, direct or through a team, each with its scope and permissions."""
    rows = session.execute(_GRANTS, {"user_id": user_id})
    return tuple(
        Grant(organization_id, level, workspace_id, project_id, actions_of(allowed))
        for organization_id, level, allowed, workspace_id, project_id in rows
    )


class Rights:
    """The permissions of one caller, read once per request in the session of that request."""

    def __init__(self, session: Session, caller: Caller) -> None:
        self._session = session
        self.caller = caller

    @cached_property
    def grants(self) -> tuple[Grant, ...]:
        """The caller's own grants and those of their teams."""
        return grants_of(self._session, self.caller.id)

    def may(
        self,
        action: str,
        resource: str,
        organization_id: str,
        workspace: Workspace | None = None,
        project_id: str | None = None,
    ) -> bool:
        """Return whether the caller can perform an action on a resource type at a scope."""
        # API facts 7.5 and 7.6: a superuser bypasses RBAC, and the creator of a workspace has full permissions on it.
        if self.caller.is_superuser or (workspace is not None and workspace.owner_id == self.caller.id):
            return True
        workspace_id = workspace.id if workspace is not None else None
        return any(
            grant.organization_id == organization_id
            and grant.covers(workspace_id, project_id)
            and action in grant.actions.get(resource, ())
            for grant in self.grants
        )

    def require(
        self,
        action: str,
        resource: str,
        organization_id: str,
        workspace: Workspace | None = None,
        project_id: str | None = None,
    ) -> None:
        """Raise ForbiddenError unless the caller has the permission."""
        if not self.may(action, resource, organization_id, workspace, project_id):
            raise ForbiddenError(f"Insufficient permissions to {action} resource of type '{resource}'.")

    def require_superuser(self) -> None:
        """Raise ForbiddenError unless the caller is a superuser."""
        if not self.caller.is_superuser:
            raise ForbiddenError("Only superusers may do this.")

    @cached_property
    def organization_ids(self) -> frozenset[str]:
        """The organizations of the caller. Every role makes its holder a member (API facts 7.3)."""
        own = {self.caller.organization_id} if self.caller.organization_id else set()
        return frozenset(own | {grant.organization_id for grant in self.grants})

    def organization(self, id_or_name: str) -> Organization:
        """Return the organization, or raise MissingError or ForbiddenError."""
        found = self._session.scalar(_ORGANIZATION, {"wanted": id_or_name})
        if found is None:
            raise MissingError(f"Unable to find organization {id_or_name}.")
        if not self.caller.is_superuser and found.id not in self.organization_ids:
            # API facts 5.3: non-members also get 403.
            raise ForbiddenError("You are not a member of this organization.")
        return found

    @cached_property
    def shared_workspace_ids(self) -> frozenset[str]:
        """The workspaces with a resource shared with the caller, who can therefore see them (API facts 7.5)."""
        teams = select(TeamMember.team_id).where(TeamMember.user_id == self.caller.id)
        shares = select(Share.workspace_id).where(or_(Share.user_id == self.caller.id, Share.team_id.in_(teams)))
        return frozenset(self._session.scalars(shares))

    def sees(self, workspace: Workspace) -> bool:
        """Return whether the workspace is visible to the caller."""
        return self.is_inside(workspace) or self.may("read", "workspace", workspace.organization_id, workspace)

    def may_enter(self, workspace: Workspace) -> bool:
        """Return whether the caller can connect to the workspace's own server.

        API facts 11.3: organization admins and superusers connect without being members. Any caller who can see a
        workspace can therefore connect to it, until it is deleted.
        """
        return workspace.target_state != lifecycle.DELETED and self.sees(workspace)

    def is_inside(self, workspace: Workspace) -> bool:
        """Return whether the caller has access in this particular workspace."""
        return (
            workspace.owner_id == self.caller.id
            or workspace.id in self.shared_workspace_ids
            or any(grant.workspace_id == workspace.id for grant in self.grants)
        )
