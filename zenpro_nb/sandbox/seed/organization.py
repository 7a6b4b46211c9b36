"""Inventing an organization: roles, teams, workspaces, and who has which role."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, field

from zenpro_nb.sandbox import addresses, lifecycle, limits, plans, predefined, projects, releases
from zenpro_nb.sandbox.access_tables import Assignment, Invitation, Role, Team, TeamMember
from zenpro_nb.sandbox.seed.draft import Draft
from zenpro_nb.sandbox.tables import Organization, Workspace
from zenpro_nb.sandbox.workspace_api.made_up import catalog


class Made(Struct):
    """What has been invented of one organization, by name."""

    draft: Draft
    id: str
    roles: dict[str, str] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    workspaces: dict[str, str] = field(default_factory=dict)

    def role(self, name: str, level: str, description: str, permissions: predefined.Permissions) -> str:
        """Invent a custom role and return its id."""
        return self.draft.add_with_id(
            Role, organization_id=self.id, name=name, description=description, level=level, system_managed=False,
            type="normal", permissions=predefined.stored(permissions),
        )  # fmt: skip

    def assign(self, role: str, *, workspace: str | None = None, project: str | None = None, **subject: str) -> None:
        """Give a role, by name or id, to a user, team or invitation; ``workspace`` is a name."""
        self.draft.add(
            Assignment,
            role_id=self.roles.get(role, role),
            workspace_id=None if workspace is None else self.workspaces[workspace],
            project_id=project,
            **subject,
        )

    def team(self, name: str, description: str, members: Iterable[str]) -> str:
        """Invent a team and return its id."""
        created = self.draft.ago(*limits.TEAM_AGE)
        team_id = self.draft.add_with_id(
            Team, organization_id=self.id, name=name, description=description, created=created, updated=created
        )
        self.teams[name] = team_id
        for user_id in members:
            self.draft.add(TeamMember, team_id=team_id, user_id=user_id)
        return team_id

    def workspace(self, name: str, owner_id: str, *, created: datetime | None = None, **special: Any) -> str:
        """Invent a workspace and return its id; ``special`` are columns that differ from an ordinary one's."""
        created = created or self.draft.ago(*limits.WORKSPACE_AGE)
        service = special.get("workspace_type", releases.ZENML)
        version = special.get("version", releases.latest(service))
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
            "goal": lifecycle.AVAILABLE,
            "goal_reason": lifecycle.USER_ACTION,
            "goal_set": deployed,
            "is_new": False,
            "created": created,
            "updated": deployed,
        }
        self.workspaces[name] = self.draft.add_with_id(Workspace, **(columns | special))
        return self.workspaces[name]

    def _deployed(self, service: str, version: str) -> datetime:
        """Return when somebody deployed a version: soon after it came out."""
        wait = timedelta(days=self.draft.random.uniform(*limits.UPGRADE_DAYS))
        return releases.released(service, version, self.draft.now) + wait

    def invite(
        self, email: str, inviter_id: str, sent: datetime, roles: Sequence[str], *, accepted: bool = False
    ) -> str:
        """Invent an invitation and return its id."""
        invitation_id = self.draft.add_with_id(
            Invitation, organization_id=self.id, email=email, inviter_id=inviter_id, accepted=accepted,
            created=sent, updated=sent, expires=sent + limits.INVITATION_LIFE,
        )  # fmt: skip
        for role in roles:
            self.assign(role, invitation_id=invitation_id)
        return invitation_id


def _counts(workspace: str) -> dict[str, int]:
    """Return how much there is in a workspace, as its own server would count."""
    rooms = projects.of_workspace(workspace)
    return {"projects": len(rooms), "pipelines": sum(len(catalog.pipelines(workspace, room)) for room in rooms)}


def organization(draft: Draft, name: str, description: str, owner_id: str, plan: str, **special: Any) -> Made:
    """Invent an organization with its copies of the predefined roles."""
    columns: dict[str, Any] = {
        "name": name, "description": description, "created": draft.ago(*limits.ORGANIZATION_AGE),
        "updated": draft.ago(*limits.ORGANIZATION_CHANGED),
        "owner_id": owner_id, "plan": plan, "trusted_domains": [], "usage": {},
    }  # fmt: skip
    made = Made(draft, draft.add_with_id(Organization, **(columns | special)))
    for role in predefined.PREDEFINED:
        made.roles[role.name] = draft.add_with_id(
            Role, organization_id=made.id, name=role.name, description=role.description, level=role.level,
            system_managed=True, type="normal", permissions=predefined.stored(role.permissions),
        )  # fmt: skip
    return made


def metered(draft: Draft, plan: str) -> dict[str, int]:
    """Return what has been used of each metered feature, below the plan's limit except for pipelines."""
    limited = plans.LIMITS[plan]
    return {
        feature: limited[feature] if feature == "pipeline" and feature in limited
        else draft.random.randint(0, max(0, limited.get(feature, limits.UNLIMITED_USAGE) - 1))
        for feature in plans.METERED
    }  # fmt: skip
