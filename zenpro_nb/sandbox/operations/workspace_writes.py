"""The rules for creating and changing a workspace, separate from the routes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox.authentication import credentials
from zenpro_nb.sandbox.database.tables import Organization, User, Workspace
from zenpro_nb.sandbox.errors import AlreadyThereError, BadValueError, ForbiddenError
from zenpro_nb.sandbox.operations import plans
from zenpro_nb.sandbox.permissions import queries
from zenpro_nb.sandbox.permissions.access import Rights
from zenpro_nb.sandbox.schemas import workspaces as schemas
from zenpro_nb.sandbox.schemas.workspaces import Configuration
from zenpro_nb.sandbox.workspaces import addresses, lifecycle, releases


def body_from_query(
    session: Session, rights: Rights, name: str | None, organization_id: str | None
) -> schemas.WorkspaceCreate:
    """Return the body for a request without one, whose documentation also lacks an organization.

    The default organization is inferred: the caller's oldest one.
    """
    if organization_id is None:
        own = select(Organization.id).where(Organization.id.in_(rights.organization_ids))
        organization_id = session.scalar(own.order_by(Organization.seq))
    if name is None or organization_id is None:
        raise BadValueError("A name and an organization_id are needed.")
    return schemas.WorkspaceCreate.model_validate({"name": name, "organization_id": organization_id})


def create(
    session: Session, rights: Rights, body: schemas.WorkspaceCreate, *, enroll: bool, now: datetime
) -> tuple[Workspace, str | None]:
    """Return a new workspace and its enrollment key, if any. The key is shown only this once."""
    organization = rights.organization(body.organization_id)
    rights.require("create", "workspace", organization.id)
    _require_free(session, body.name)
    plans.require_room(session, organization, "workspace")
    if body.owner_id is not None:
        queries.by_id(session, User, body.owner_id)
    key = credentials.new_secret() if enroll else None
    service = body.workspace_type
    configuration = _configuration(service, body)
    version = (configuration.version if configuration else None) or releases.latest(service)
    releases.require_deployable(version, None, force=False, service=service)
    row = Workspace(
        id=body.id or queries.new_id(), name=body.name, display_name=body.display_name or body.name,
        description=body.description, logo_url=body.logo_url, organization_id=organization.id,
        owner_id=body.owner_id or rights.caller.id, is_managed=body.is_managed and not enroll,
        enrollment_hash=None if key is None else credentials.digest(key), workspace_type=service, version=version,
        admin=_admin(rights, organization.id, configuration), mlflow=None, usage_counts={}, created=now,
        # Only the server of an enrolled workspace knows its own address: see report().
        server_url="" if enroll else addresses.of_workspace(body.name, service),
    )  # fmt: skip
    lifecycle.set_target_state(row, lifecycle.ENROLLING if enroll else lifecycle.AVAILABLE, now, is_new=not enroll)
    session.add(row)
    return row, key


def _configuration(service: str, body: schemas.WorkspaceCreate | schemas.WorkspaceUpdate) -> Configuration | None:
    request = body.kitaru_service if service == releases.KITARU else body.zenml_service
    return request.configuration if request else None


def _require_free(session: Session, name: str) -> None:
    if (
        session.scalar(select(Workspace.seq).where(Workspace.name == name, Workspace.target_state != "deleted"))
        is not None
    ):
        # API facts 4.5: names are globally unique, including those in other organizations.
        raise AlreadyThereError(f"A workspace with the name '{name}' already exists.")


def _admin(rights: Rights, organization_id: str, configuration: Configuration | None) -> dict[str, object] | None:
    """Return the given admin settings, which require privileges (API facts 8.4, inferred there).

    API facts 11.7: a service account's key is enough. The inferred permission is therefore to update the organization.
    """
    if configuration is None or configuration.admin is None:
        return None
    rights.require("update", "organization", organization_id)
    admin: dict[str, object] = configuration.admin.model_dump(exclude_none=True)
    return admin


def changeable(session: Session, rights: Rights, workspace_id: str, action: str) -> Workspace:
    """Return a workspace, if the caller has this permission and it is not deleted."""
    row = queries.workspace(session, rights, workspace_id)
    rights.require(action, "workspace", row.organization_id, row)
    if row.target_state == lifecycle.DELETED:
        raise ForbiddenError("The workspace has been deleted.")
    return row


def update(
    session: Session, rights: Rights, row: Workspace, body: schemas.WorkspaceUpdate, *, force: bool, now: datetime
) -> None:
    """Change the given fields of a workspace, and set its target state if the change needs a deployment."""
    if body.name is not None and body.name != row.name:
        _require_free(session, body.name)
        if row.server_url == addresses.of_workspace(row.name, row.workspace_type):
            row.server_url = addresses.of_workspace(body.name, row.workspace_type)
    if body.owner_id is not None:
        queries.by_id(session, User, body.owner_id)
    for name in ("name", "display_name", "description", "logo_url", "owner_id"):
        if getattr(body, name) is not None:
            setattr(row, name, getattr(body, name))
    row.updated = now
    configuration = _configuration(row.workspace_type, body)
    target_state = body.desired_state
    settings = _admin(rights, row.organization_id, configuration)
    if settings is not None:
        row.admin = {**(row.admin or {}), **settings}
    if configuration is not None and configuration.version is not None:
        releases.require_deployable(configuration.version, row.version, force=force, service=row.workspace_type)
        if configuration.version != row.version:
            row.version = configuration.version
            # API facts 8.5: rolling out a new version takes the time of a deployment.
            target_state = target_state or (
                lifecycle.AVAILABLE if row.target_state == lifecycle.FAILED else row.target_state
            )  # type: ignore[assignment]
    if target_state is not None:
        lifecycle.set_target_state(row, target_state, now)
    if body.state_reason is not None:
        row.target_reason = body.state_reason


def report(row: Workspace, version: str | None, url: str | None, now: datetime, lifecycle_time: timedelta) -> None:
    """Record the report of a workspace's own server, which makes an enrolled workspace available."""
    row.version = version or row.version
    row.server_url = url or row.server_url
    row.updated = now
    if row.target_state == lifecycle.ENROLLING:
        # The server is already running, so the workspace skips the pending phase.
        lifecycle.set_target_state(row, lifecycle.AVAILABLE, now - lifecycle_time)
