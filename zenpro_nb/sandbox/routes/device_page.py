"""The page on which a user approves or denies a device. The real page is part of the dashboard.

Anyone who can reach a sandbox can act as its administrator here. A sandbox has no real users to protect, and someone
who tries the device flow has no browser session to sign in with.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Form, Query, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.authentication import caller
from zenpro_nb.sandbox.authentication.caller import Caller
from zenpro_nb.sandbox.context import Context
from zenpro_nb.sandbox.database.access_tables import Device
from zenpro_nb.sandbox.database.tables import Organization, User, Workspace
from zenpro_nb.sandbox.errors import ApiError, BadValueError, MissingError, NotSignedInError
from zenpro_nb.sandbox.http import pages
from zenpro_nb.sandbox.http.dependencies import ContextDep
from zenpro_nb.sandbox.http.routing import router
from zenpro_nb.sandbox.operations import device_flow
from zenpro_nb.sandbox.permissions import queries
from zenpro_nb.sandbox.permissions.access import Rights
from zenpro_nb.sandbox.routes.devices import PAGE
from zenpro_nb.sandbox.workspaces import lifecycle

routes = router("devices")

Field = Annotated[str, Form(max_length=limits.URL_MAX)]
# API facts 11.4: zenml adds the requested workspace, by name or id. kitaru adds its product.
RequestedWorkspace = Annotated[str, Query(alias="workspace", max_length=limits.URL_MAX)]
Product = Annotated[str, Query(max_length=limits.NAME_MAX)]


@routes.get(PAGE, include_in_schema=False)
def show_device_page(
    context: ContextDep, user_code: str = "", requested: RequestedWorkspace = "", product: Product = "zenml"
) -> Response:
    """Show the form in which a user approves or denies a device."""
    with context.store.reading() as session:
        try:
            device = device_flow.pending_device(session, user_code, context.now()) if user_code else None
            _require_offered(session, product, requested)
        except (MissingError, BadValueError) as error:
            return _form(session, user_code, None, product, requested, error.message)
        return _form(session, user_code, device, product, requested)


@routes.post(PAGE, include_in_schema=False)
def decide_device(
    request: Request,
    context: ContextDep,
    decision: Annotated[Literal["approve", "deny"], Form()],
    who: Annotated[Literal["admin", "key"], Form()] = "admin",
    user_code: Field = "",
    key: Field = "",
    trusted: Field = "",
    workspace: Field = "",
    product: Product = "zenml",
) -> Response:
    """Process the user's decision."""
    if not _from_here(request):
        return pages.message("Refused", "The form was sent from another site.", 403)
    approved = decision == "approve"
    try:
        with context.writing() as session:
            device = device_flow.pending_device(session, user_code, context.now())
            person = _administrator(session) if who == "admin" else _owner(context, session, key)
            metadata = _choice(session, person, workspace) if approved else {}
            device_flow.decide(
                device, person.id, approved=approved, trusted=trusted == "yes", metadata=metadata, now=context.now()
            )
    except ApiError as error:
        with context.store.reading() as session:
            return _form(session, user_code, None, product, workspace, error.message)
    if approved:
        return pages.message("Device approved", "The device is signed in. You can close this page.")
    return pages.message("Device denied", "The device was refused. You can close this page.")


def _from_here(request: Request) -> bool:
    """Return whether the form comes from this site: no other site can approve a device in a user's browser."""
    origin = request.headers.get("Origin")
    return origin is None or origin == str(request.base_url).rstrip("/")


def _admin(session: Session) -> User:
    admin = session.scalar(select(User).where(User.is_superuser, User.is_active).order_by(User.seq))
    if admin is None:
        raise NotSignedInError("The sandbox has no administrator anymore.")
    return admin


def _administrator(session: Session) -> Caller:
    return caller.person(session, _admin(session).id, caller.SESSION, None)


def _owner(context: Context, session: Session, key: str) -> Caller:
    return caller.identify(session, key.strip(), context.store.jwt_secret, context.now())


def _choice(session: Session, person: Caller, workspace_id: str) -> dict[str, str]:
    """Return the metadata with the chosen workspace, if the user can connect to it."""
    if not workspace_id:
        return {}
    return {
        device_flow.CHOSEN_WORKSPACE: queries.enterable_workspace(session, Rights(session, person), workspace_id).id
    }


def _workspaces_of_product(session: Session, product: str) -> list[tuple[Workspace, str]]:
    """Return the product's workspaces that the administrator can enter, with organizations, running ones first."""
    rights = Rights(session, _administrator(session))
    rows = session.execute(
        select(Workspace, Organization.name)
        .join(Organization, Organization.id == Workspace.organization_id)
        .where(Workspace.workspace_type == product)
        .order_by(Workspace.target_state != lifecycle.AVAILABLE, Workspace.seq)
    )
    return [(row, organization) for row, organization in rows if rights.may_enter(row)]


def _require_offered(session: Session, product: str, requested: str) -> None:
    if requested and not any(requested in (row.id, row.name) for row, _ in _workspaces_of_product(session, product)):
        raise MissingError(f"Unable to find workspace {requested}.")


def _form(
    session: Session, user_code: str, device: Device | None, product: str, requested: str, error: str | None = None
) -> Response:
    description = "Enter the code that your terminal or notebook shows."
    if device is not None:
        description = (
            f"A device wants to act for you: {device.hostname or 'unknown host'}, {device.os or 'unknown system'}."
        )
    workspaces = _workspaces_of_product(session, product)
    # The real page always has a workspace selected: the first one, if none was requested.
    selected = next((row.id for row, _ in workspaces if not requested or requested in (row.id, row.name)), "")
    return pages.device_form(
        pages.DeviceForm(
            user_code=user_code,
            device=description,
            admin=_admin(session).name or "Administrator",
            workspaces=[(row.id, f"{row.name} ({organization})") for row, organization in workspaces],
            selected=selected,
        ),
        error,
    )
