"""Teams, members, roles, assignments, invitations, permissions."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.predefined import Level
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
    """What may be changed of a team."""

    name: Name | None = None
    description: Description | None = None


class TeamCreate(BaseModel):
    """A team that is wished for."""

    name: Name
    description: Description | None = None
    organization_id: Id


class Permission(BaseModel):
    """Inferred: a role's permissions have no published notation; /roles filters by resource and action."""

    resource: Name
    actions: Annotated[list[Name], Field(max_length=limits.LOOKUP_MAX)]


class Role(BaseModel):
    """A role as lists show it: without its permissions (API facts 4.8)."""

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
    """What may be changed of a custom role."""

    name: Name | None = None
    description: Description | None = None
    permissions: Annotated[list[Permission], Field(max_length=limits.LOOKUP_MAX)] | None = None


class RoleCreate(RoleUpdate):
    """A custom role that is wished for. Inferred: API facts 3.12 knows the route and guesses these fields."""

    name: Name
    organization_id: Id
    level: Level


class InvitationRole(BaseModel):
    """A role of an invitation. Inferred: an invitation holds roles; how they are shown is unknown."""

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
    """An invitation that is wished for."""

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
    """A role that somebody has somewhere. API facts 4.9: no id of its own."""

    user: User | None = None
    team: Team | None = None
    # Inferred: roles can be assigned to invitations, so a listing is taken to show them.
    invitation: Invitation | None = None
    role: Role
    organization_id: str
    workspace_id: str | None = None
    project_id: str | None = None


class CheckedPermission(BaseModel):
    """Something that the caller may do. Inferred: what GET /permissions takes and answers is not visible anywhere."""

    resource: str
    action: str
    level: str
    organization_id: str
    workspace_id: str | None = None
    project_id: str | None = None


class ResourceIds(BaseModel):
    """Which resources of a type are allowed: all, or those with these ids."""

    full_access: bool
    ids: list[str]


class ResourceMember(BaseModel):
    """Somebody with whom a resource is shared. Inferred: the reply is unknown."""

    resource: str
    user_id: str | None = None
    team_id: str | None = None
    actions: list[str]


class ShareCreate(BaseModel):
    """A share of one resource; without actions it ends."""

    user_id: Id | None = None
    team_id: Id | None = None
    sharing_user_id: Id
    resource: Annotated[str, Field(min_length=1, max_length=limits.DESCRIPTION_MAX)]
    actions: Annotated[list[Name], Field(max_length=limits.LOOKUP_MAX)]
