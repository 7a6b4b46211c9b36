"""Create an organization with its roles, teams, workspaces, assignments and invitations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, field

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.database.access_tables import Assignment, Invitation, Role, Team, TeamMember
from zenpro_nb.sandbox.database.tables import Organization, Workspace
from zenpro_nb.sandbox.operations import plans
from zenpro_nb.sandbox.permissions import predefined
from zenpro_nb.sandbox.seed.row_buffer import RowBuffer
from zenpro_nb.sandbox.workspace_api.sample_data import catalog
from zenpro_nb.sandbox.workspaces import addresses, lifecycle, projects, releases


class SeededOrganization(Struct):
    """An organization in the row buffer, with the ids of its roles, teams and workspaces by name."""

    buffer: RowBuffer
    id: str
    roles: dict[str, str] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    workspaces: dict[str, str] = field(default_factory=dict)

    def role(self, name: str, level: str, description: str, permissions: predefined.Permissions) -> str:
        """Add a custom role and return its id."""
        return self.buffer.add_with_id(
            Role, organization_id=self.id, name=name, description=description, level=level, system_managed=False,
            type="normal", permissions=predefined.as_stored(permissions),
        )  # fmt: skip

    def assign(self, role: str, *, workspace: str | None = None, project: str | None = None, **subject: str) -> None:
        """Assign a role, by name or id, to a user, team or invitation. ``workspace`` is a name."""
        self.buffer.add(
            Assignment,
            role_id=self.roles.get(role, role),
            workspace_id=None if workspace is None else self.workspaces[workspace],
            project_id=project,
            **subject,
        )

    def team(self, name: str, description: str, members: Iterable[str]) -> str:
        """Add a team and return its id."""
        created = self.buffer.ago(*limits.TEAM_AGE)
        team_id = self.buffer.add_with_id(
            Team, organization_id=self.id, name=name, description=description, created=created, updated=created
        )
        self.teams[name] = team_id
        for user_id in members:
            self.buffer.add(TeamMember, team_id=team_id, user_id=user_id)
        return team_id

    def workspace(self, name: str, owner_id: str, *, created: datetime | None = None, **overrides: Any) -> str:
        """Add a workspace and return its id. ``overrides`` replace the columns of an ordinary workspace."""
        created = created or self.buffer.ago(*limits.WORKSPACE_AGE)
        service = overrides.get("workspace_type", releases.ZENML)
        version = overrides.get("version", releases.latest(service))
        deployed = max(created + limits.DEPLOYMENT_TIME, self._deployed(service, version))
        columns: dict[str, Any] = {
            "name": name,
            "display_name": name.replace("-", " ").title().replace("Ml ", "ML "),
            "organization_id": self.id,
            "owner_id": owner_id,
            "is_managed": True,
            "workspace_type": service,
            "version": version,
            "server_url": addresses.of_workspace(name, service),
            "usage_counts": _counts(name),
            "target_state": lifecycle.AVAILABLE,
            "target_reason": lifecycle.USER_ACTION,
            "target_since": deployed,
            "is_new": False,
            "created": created,
            "updated": deployed,
        }
        self.workspaces[name] = self.buffer.add_with_id(Workspace, **(columns | overrides))
        return self.workspaces[name]

    def _deployed(self, service: str, version: str) -> datetime:
        """Return when a version was deployed: soon after its release."""
        wait = timedelta(days=self.buffer.random.uniform(*limits.UPGRADE_DAYS))
        return releases.release_time(service, version, self.buffer.now) + wait

    def invite(
        self, email: str, inviter_id: str, sent: datetime, roles: Sequence[str], *, accepted: bool = False
    ) -> str:
        """Add an invitation and return its id."""
        invitation_id = self.buffer.add_with_id(
            Invitation, organization_id=self.id, email=email, inviter_id=inviter_id, accepted=accepted,
            created=sent, updated=sent, expires=sent + limits.INVITATION_LIFE,
        )  # fmt: skip
        for role in roles:
            self.assign(role, invitation_id=invitation_id)
        return invitation_id


def _counts(workspace: str) -> dict[str, int]:
    """Return the usage counts of a workspace, as its own server would report them."""
    found = projects.of_workspace(workspace)
    pipelines = sum(len(catalog.pipelines(workspace, project)) for project in found)
    return {"projects": len(found), "pipelines": pipelines}


def create_organization(
    buffer: RowBuffer, name: str, description: str, owner_id: str, plan: str, **overrides: Any
) -> SeededOrganization:
    """Add an organization with its copies of the predefined roles."""
    columns: dict[str, Any] = {
        "name": name, "description": description, "created": buffer.ago(*limits.ORGANIZATION_AGE),
        "updated": buffer.ago(*limits.ORGANIZATION_CHANGED),
        "owner_id": owner_id, "plan": plan, "trusted_domains": [], "usage": {},
    }  # fmt: skip
    organization = SeededOrganization(buffer, buffer.add_with_id(Organization, **(columns | overrides)))
    for role in predefined.PREDEFINED:
        organization.roles[role.name] = buffer.add_with_id(
            Role, organization_id=organization.id, name=role.name, description=role.description, level=role.level,
            system_managed=True, type="normal", permissions=predefined.as_stored(role.permissions),
        )  # fmt: skip
    return organization


def meter(buffer: RowBuffer, plan: str) -> dict[str, int]:
    """Return the usage of each metered feature, below the plan's limit except for pipelines."""
    limited = plans.LIMITS[plan]
    return {
        feature: limited[feature] if feature == "pipeline" and feature in limited
        else buffer.random.randint(0, max(0, limited.get(feature, limits.UNLIMITED_USAGE) - 1))
        for feature in plans.METERED
    }  # fmt: skip
