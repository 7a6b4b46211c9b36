"""Teams, members, roles, assignments, invitations, permissions."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.permissions.predefined import Level
from zenpro_nb.sandbox.schemas.common import Description, Email, Id, Name
from zenpro_nb.sandbox.schemas.people import User


class Team(BaseModel):
    """A team. API facts 4.6: without the organization's id."""

    id: str
    name: str
    description: str | None = None
    created: str
    updated: str
    member_count: int


class TeamUpdate(BaseModel):
    """The changeable fields of a team."""

    name: Name | None = None
    description: Description | None = None


class TeamCreate(BaseModel):
    """The fields of a new team."""

    name: Name
    description: Description | None = None
    organization_id: Id


class Permission(BaseModel):
    """A permission of a role. Inferred: its format is not published, and /roles filters by resource and action."""

    resource: Name
    actions: Annotated[list[Name], Field(max_length=limits.LOOKUP_MAX)]


class Role(BaseModel):
    """A role as lists show it, without its permissions (API facts 4.8)."""

    id: str
    name: str
    description: str | None = None
    organization_id: str
    level: str
    system_managed: bool
    type: str


class RoleDetail(Role):
    """A role with its permissions."""

    permissions: list[Permission]


class RoleUpdate(BaseModel):
    """The changeable fields of a custom role."""

    name: Name | None = None
    description: Description | None = None
    permissions: Annotated[list[Permission], Field(max_length=limits.LOOKUP_MAX)] | None = None


class RoleCreate(RoleUpdate):
    """The fields of a new custom role. Inferred: API facts 3.12 documents the route and guesses these fields."""

    name: Name
    organization_id: Id
    level: Level


class InvitationRole(BaseModel):
    """A role of an invitation. Inferred: an invitation has roles, but their format is unknown."""

    role_id: str
    name: str
    level: str
    workspace_id: str | None = None
    project_id: str | None = None


class Invitation(BaseModel):
    """An invitation. ``id`` and ``email`` are observed, the rest is inferred (API facts 4.10)."""

    id: str
    email: str
    organization_id: str
    organization_name: str
    roles: list[InvitationRole]
    inviter: User | None = None
    accepted: bool
    created: str
    updated: str
    expires: str


class InvitationCreate(BaseModel):
    """The fields of a new invitation."""

    email: Email
    role_id: Id


class MemberRole(BaseModel):
    """A role of a member."""

    role_id: str
    level: str
    via_team: bool


class TeamMember(BaseModel):
    """A member of a team: exactly one of user and invitation is set."""

    user: User | None = None
    team: Team | None = None
    invitation: Invitation | None = None
    roles: list[MemberRole] = []


class Member(TeamMember):
    """A member of an organization, workspace or project: exactly one of user, team and invitation is set."""


class Assignment(BaseModel):
    """A role assigned to a principal at a scope. It has no id (API facts 4.9)."""

    user: User | None = None
    team: Team | None = None
    # Inferred: roles can be assigned to invitations, so lists are assumed to show them.
    invitation: Invitation | None = None
    role: Role
    organization_id: str
    workspace_id: str | None = None
    project_id: str | None = None


class CheckedPermission(BaseModel):
    """A permission of the caller. Inferred: parameters and response of GET /permissions are not documented anywhere."""

    resource: str
    action: str
    level: str
    organization_id: str
    workspace_id: str | None = None
    project_id: str | None = None


class ResourceIds(BaseModel):
    """The allowed resources of a type: all, or those with these ids."""

    full_access: bool
    ids: list[str]


class ResourceMember(BaseModel):
    """A user or team with access to a shared resource. Inferred: the response is unknown."""

    resource: str
    user_id: str | None = None
    team_id: str | None = None
    actions: list[str]


class ShareCreate(BaseModel):
    """A share of one resource. An empty list of actions ends it."""

    user_id: Id | None = None
    team_id: Id | None = None
    sharing_user_id: Id
    resource: Annotated[str, Field(min_length=1, max_length=limits.DESCRIPTION_MAX)]
    actions: Annotated[list[Name], Field(max_length=limits.LOOKUP_MAX)]
