"""The page where a person approves or denies a device. The real one is part of the dashboard.

Anybody who reaches a sandbox may choose to be its administrator here: there is nobody to protect in it, and a person
who tries the device flow has no browser session to sign in with.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Form, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import caller, device_flow, limits, pages
from zenpro_nb.sandbox.access_tables import Device
from zenpro_nb.sandbox.context import Context
from zenpro_nb.sandbox.dependencies import ContextDep
from zenpro_nb.sandbox.errors import BadValueError, MissingError, NotSignedInError, PlaneError
from zenpro_nb.sandbox.routes.devices import PAGE
from zenpro_nb.sandbox.routing import router
from zenpro_nb.sandbox.tables import User

routes = router("devices")

Field = Annotated[str, Form(max_length=limits.URL_MAX)]


@routes.get(PAGE, include_in_schema=False)
def show_device_page(context: ContextDep, user_code: str = "") -> Response:
    with context.store.reading() as session:
        try:
            device = device_flow.waiting(session, user_code, context.now()) if user_code else None
        except (MissingError, BadValueError) as error:
            return _form(session, user_code, None, error.message)
        return _form(session, user_code, device)


@routes.post(PAGE, include_in_schema=False)
def decide_device(
    request: Request,
    context: ContextDep,
    decision: Annotated[Literal["approve", "deny"], Form()],
    who: Annotated[Literal["admin", "key"], Form()] = "admin",
    user_code: Field = "",
    key: Field = "",
    trusted: Field = "",
) -> Response:
    if not _from_here(request):
        return pages.message("Refused", "The form was sent from another site.", 403)
    approved = decision == "approve"
    try:
        _decide(context, user_code, key if who == "key" else None, approved=approved, trusted=trusted == "yes")
    except PlaneError as error:
        with context.store.reading() as session:
            return _form(session, user_code, None, error.message)
    if approved:
        return pages.message("Device approved", "The device is signed in. You can close this page.")
    return pages.message("Device denied", "The device was refused. You can close this page.")


def _from_here(request: Request) -> bool:
    """Another site must not be able to approve a device in a person's browser."""
    origin = request.headers.get("Origin")
    return origin is None or origin == str(request.base_url).rstrip("/")


def _decide(context: Context, user_code: str, key: str | None, *, approved: bool, trusted: bool) -> None:
    now = context.now()
    with context.writing() as session:
        device = device_flow.waiting(session, user_code, now)
        if key is None:
            user_id = _admin(session).id
        else:
            user_id = caller.identify(session, key.strip(), context.store.jwt_secret, now).id
        device_flow.decide(device, user_id, approved=approved, trusted=trusted, metadata=None, now=now)


def _admin(session: Session) -> User:
    admin = session.scalar(select(User).where(User.is_superuser, User.is_active).order_by(User.seq))
    if admin is None:
        raise NotSignedInError("The sandbox has no administrator anymore.")
    return admin


def _form(session: Session, user_code: str, device: Device | None, error: str | None = None) -> Response:
    told = "Enter the code that your terminal or notebook shows."
    if device is not None:
        told = f"A device wants to act for you: {device.hostname or 'unknown host'}, {device.os or 'unknown system'}."
    return pages.device_form(user_code, told, _admin(session).name or "Administrator", error)
