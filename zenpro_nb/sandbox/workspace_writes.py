"""Creating and changing a workspace: the rules, apart from the routes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import credentials, lifecycle, plans, queries, releases, schemas
from zenpro_nb.sandbox.access import Rights
from zenpro_nb.sandbox.errors import AlreadyThereError, BadValueError, ForbiddenError
from zenpro_nb.sandbox.schemas.workspaces import Configuration
from zenpro_nb.sandbox.tables import User, Workspace


def wish_from_query(rights: Rights, name: str | None, organization_id: str | None) -> schemas.WorkspaceCreate:
    """The wish of a request without a body; inferred: the organization is the caller's only one."""
    if organization_id is None and len(rights.organization_ids) == 1:
        (organization_id,) = rights.organization_ids
    if name is None or organization_id is None:
        raise BadValueError("A name and an organization_id are needed.")
    return schemas.WorkspaceCreate.model_validate({"name": name, "organization_id": organization_id})


def create(
    session: Session, rights: Rights, wish: schemas.WorkspaceCreate, *, enroll: bool, now: datetime
) -> tuple[Workspace, str | None]:
    """The new workspace, and the enrollment key if there is one: the only moment at which it can be seen."""
    organization = rights.organization(wish.organization_id)
    rights.require("create", "workspace", organization.id)
    _require_free(session, wish.name)
    plans.require_room(session, organization, "workspace")
    if wish.owner_id is not None:
        queries.by_id(session, User, wish.owner_id)
    key = credentials.new_secret() if enroll else None
    configuration = wish.zenml_service.configuration if wish.zenml_service else None
    version = (configuration.version if configuration else None) or releases.latest()
    releases.require_deployable(version, None, force=False)
    row = Workspace(
        id=wish.id or queries.new_id(), name=wish.name, display_name=wish.display_name or wish.name,
        description=wish.description, logo_url=wish.logo_url, organization_id=organization.id,
        owner_id=wish.owner_id or rights.caller.id, is_managed=wish.is_managed and not enroll,
        enrollment_hash=None if key is None else credentials.digest(key), workspace_type="zenml", version=version,
        admin=_admin(rights, configuration), server_url=server_url(wish.name), mlflow=None, usage_counts={},
        created=now,
    )  # fmt: skip
    lifecycle.set_goal(row, lifecycle.ENROLLING if enroll else lifecycle.AVAILABLE, now, is_new=not enroll)
    session.add(row)
    return row, key


def server_url(name: str) -> str:
    """Where the workspace's own server would be; `.invalid` never resolves, because there is none."""
    return f"https://{name}-zenml.sandbox.invalid"


def _require_free(session: Session, name: str) -> None:
    if session.scalar(select(Workspace.seq).where(Workspace.name == name, Workspace.goal != "deleted")) is not None:
        # Section 4: globally unique, so also those of other organizations count.
        raise AlreadyThereError(f"A workspace with the name '{name}' already exists.")


def _admin(rights: Rights, configuration: Configuration | None) -> dict[str, object] | None:
    if configuration is None or configuration.admin is None:
        return None
    # Section 8: `admin` needs privileges (inferred there).
    rights.require_superuser()
    shown: dict[str, object] = configuration.admin.model_dump(exclude_none=True)
    return shown


def own(session: Session, rights: Rights, workspace_id: str, action: str) -> Workspace:
    """A workspace that the caller may change."""
    row = queries.workspace(session, rights, workspace_id)
    rights.require(action, "workspace", row.organization_id, row)
    if row.goal == lifecycle.DELETED:
        raise ForbiddenError("The workspace has been deleted.")
    return row


def update(
    session: Session, rights: Rights, row: Workspace, body: schemas.WorkspaceUpdate, *, force: bool, now: datetime
) -> None:
    if body.name is not None and body.name != row.name:
        _require_free(session, body.name)
    if body.owner_id is not None:
        queries.by_id(session, User, body.owner_id)
    for name in ("name", "display_name", "description", "logo_url", "owner_id"):
        if getattr(body, name) is not None:
            setattr(row, name, getattr(body, name))
    row.updated = now
    configuration = body.zenml_service.configuration if body.zenml_service else None
    goal = body.desired_state
    if configuration is not None and configuration.admin is not None:
        row.admin = _admin(rights, configuration)
    if configuration is not None and configuration.version is not None:
        releases.require_deployable(configuration.version, row.version, force=force)
        if configuration.version != row.version:
            row.version = configuration.version
            # Section 8, "Upgrade": a new version is rolled out, which takes the time of a deployment.
            goal = goal or (lifecycle.AVAILABLE if row.goal == lifecycle.FAILED else row.goal)  # type: ignore[assignment]
    if goal is not None:
        lifecycle.set_goal(row, goal, now)
    if body.state_reason is not None:
        row.goal_reason = body.state_reason
