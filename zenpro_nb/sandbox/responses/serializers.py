"""Convert rows to JSON responses. A serializer belongs to one request, with one session and one time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from fastapi import Response
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox.clock import stamp
from zenpro_nb.sandbox.database.access_tables import ApiKey, Assignment, Device, Invitation, Role, Team, TeamMember
from zenpro_nb.sandbox.database.tables import Organization, User, Workspace
from zenpro_nb.sandbox.responses.snapshot import Snapshot
from zenpro_nb.sandbox.schemas import access, auth, control_plane, people, workspaces
from zenpro_nb.sandbox.workspaces import lifecycle, services

JsonObject = dict[str, object]

_ENCODER = msgspec.json.Encoder()


def reply(data: object) -> Response:
    """Return data as a JSON response. The response models document it, and contract tests compare both."""
    return Response(_ENCODER.encode(data), media_type="application/json")


def shape(schema: type[BaseModel], row: object, **source: object) -> JsonObject:
    """Return the fields of the schema, from the given values or else from the row's attributes of the same names."""
    fields = {}
    for name in schema.model_fields:
        value = source[name] if name in source else getattr(row, name)
        fields[name] = stamp(value) if isinstance(value, datetime) else value
    return fields


class Serializer:
    """Convert the rows of one session. Related rows of a list are read together, not one by one."""

    def __init__(
        self, session: Session, snapshot: Snapshot, now: datetime, lifecycle_time: timedelta, base: str
    ) -> None:
        self.session = session
        self.snapshot = snapshot
        self.now = now
        self._lifecycle = lifecycle_time
        self._base = base

    def users(self, ids: Iterable[str | None]) -> dict[str, msgspec.Raw]:
        """Return the encoded users with these ids."""
        return self.snapshot.people.users(self.session, (key for key in ids if key is not None))

    def user(self, user_id: str | None) -> msgspec.Raw | None:
        """Return one encoded user, or None if the id is unknown."""
        return self.users([user_id]).get(user_id or "")

    def service_accounts(self, rows: Iterable[User]) -> list[JsonObject]:
        """Return service accounts as the API shows them."""
        return [shape(people.ServiceAccount, row, metadata=row.extra) for row in rows]

    def organizations(self, rows: Sequence[Organization]) -> list[JsonObject]:
        """Return organizations as the API shows them."""
        owners = self.users(row.owner_id for row in rows)
        return [self._organization(row, owners) for row in rows]

    def _organization(self, row: Organization, owners: dict[str, msgspec.Raw]) -> JsonObject:
        left = None if row.trial_ends is None else max(0, int((row.trial_ends - self.now).total_seconds()))
        return shape(
            control_plane.Organization,
            row,
            owner=owners.get(row.owner_id or ""),
            has_active_subscription=row.plan != "free" or bool(left),
            trial_expiry=left or None,
        )

    def status(self, row: Workspace) -> str:
        """Return the status of a workspace at the time of the request."""
        return lifecycle.status_of(row, self.now, self._lifecycle)

    def workspaces(self, rows: Sequence[Workspace], enrollment_key: str | None = None) -> list[JsonObject]:
        """Return workspaces as the API shows them. Only the response that creates an enrollment key contains it."""
        owners = self.users(row.owner_id for row in rows)
        organization_ids = {row.organization_id for row in rows}
        found = self.session.scalars(select(Organization).where(Organization.id.in_(organization_ids))).all()
        organizations = dict(zip((organization.id for organization in found), self.organizations(found), strict=True))
        return [
            shape(
                workspaces.Workspace,
                row,
                organization=organizations[row.organization_id],
                owner=owners.get(row.owner_id or ""),
                enrollment_key=enrollment_key,
                desired_state=lifecycle.desired_state(row),
                status=self.status(row),
                state_reason=row.target_reason,
                status_updated=row.target_since,
                **services.services_of(row, self._base, runs=self.status(row) == lifecycle.AVAILABLE),
            )
            for row in rows
        ]

    def teams(self, rows: Sequence[Team]) -> list[JsonObject]:
        """Return teams as the API shows them."""
        if not rows:
            return []
        members = (
            select(TeamMember.team_id, func.count())
            .where(TeamMember.team_id.in_([row.id for row in rows]), TeamMember.user_id.is_not(None))
            .group_by(TeamMember.team_id)
        )
        counts = {row[0]: row[1] for row in self.session.execute(members)}
        return [shape(access.Team, row, member_count=counts.get(row.id, 0)) for row in rows]

    def teams_by_id(self, ids: Iterable[str | None]) -> dict[str, JsonObject]:
        """Return the teams with these ids."""
        team_ids = {key for key in ids if key is not None}
        rows = self.session.scalars(select(Team).where(Team.id.in_(team_ids))).all() if team_ids else []
        return dict(zip((row.id for row in rows), self.teams(rows), strict=True))

    def invitations_by_id(self, ids: Iterable[str | None]) -> dict[str, JsonObject]:
        """Return the invitations with these ids."""
        invitation_ids = {key for key in ids if key is not None}
        rows = (
            self.session.scalars(select(Invitation).where(Invitation.id.in_(invitation_ids))).all()
            if invitation_ids
            else []
        )
        return dict(zip((row.id for row in rows), self.invitations(rows), strict=True))

    def roles(self, rows: Iterable[Role]) -> list[JsonObject]:
        """Return roles as lists show them, without permissions."""
        return [shape(access.Role, row) for row in rows]

    def role(self, row: Role) -> JsonObject:
        """Return one role with its permissions."""
        return shape(access.RoleDetail, row)

    def invitations(self, rows: Sequence[Invitation]) -> list[JsonObject]:
        """Return invitations as the API shows them."""
        if not rows:
            return []
        inviters = self.users(row.inviter_id for row in rows)
        organization_ids = {row.organization_id for row in rows}
        names_query = select(Organization.id, Organization.name).where(Organization.id.in_(organization_ids))
        names = {row[0]: row[1] for row in self.session.execute(names_query)}
        roles_by_invitation = self._roles_of_invitations(rows)
        return [
            shape(
                access.Invitation,
                row,
                organization_name=names[row.organization_id],
                inviter=inviters.get(row.inviter_id or ""),
                roles=roles_by_invitation.get(row.id, []),
            )
            for row in rows
        ]

    def _roles_of_invitations(self, rows: Sequence[Invitation]) -> dict[str, list[JsonObject]]:
        found = self.session.execute(
            # Without the permissions of the roles, which take long to decode.
            select(
                Assignment.invitation_id, Assignment.workspace_id, Assignment.project_id, Role.id, Role.name, Role.level
            )
            .join(Role, Role.id == Assignment.role_id)
            .where(Assignment.invitation_id.in_([row.id for row in rows]))
        )
        roles_by_invitation: dict[str, list[JsonObject]] = {}
        for row in found:
            item: JsonObject = {
                "role_id": row.id,
                "name": row.name,
                "level": row.level,
                "workspace_id": row.workspace_id,
                "project_id": row.project_id,
            }
            roles_by_invitation.setdefault(str(row.invitation_id), []).append(item)
        return roles_by_invitation

    def keys(self, rows: Iterable[ApiKey]) -> list[JsonObject]:
        """Return keys as the API shows them, without secrets."""
        return [shape(auth.ApiKey, row) for row in rows]

    def key(self, row: ApiKey, secret: str | None = None) -> JsonObject:
        """Return one key. Only the response that creates a secret contains it."""
        return shape(auth.ApiKey, row) | ({} if secret is None else {"key": secret})

    def devices(self, rows: Iterable[Device]) -> list[JsonObject]:
        """Return devices as the API shows them."""
        return [shape(auth.Device, row) for row in rows]
