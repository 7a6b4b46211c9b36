"""Authorized devices and the start of the device flow (API facts 2.4 and 3.18)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.database.access_tables import Device
from zenpro_nb.sandbox.errors import MissingError
from zenpro_nb.sandbox.http.dependencies import AuthenticatedCall, ContextDep, PersonCall
from zenpro_nb.sandbox.http.routing import router
from zenpro_nb.sandbox.operations import device_flow
from zenpro_nb.sandbox.permissions import queries
from zenpro_nb.sandbox.responses.serializers import reply
from zenpro_nb.sandbox.schemas import auth as schemas
from zenpro_nb.sandbox.schemas.common import Id

routes = router("devices")

PAGE = "/device"


@routes.post("/auth/device_authorization", response_model=schemas.DeviceAuthorization)
def authorize_device(
    request: Request,
    context: ContextDep,
    client_id: Annotated[Id, Form()],
    device_id: Annotated[Id | None, Form()] = None,
) -> Response:
    """Return a code for the device, a code for the user, and the page on which the user enters it."""
    address = request.client.host if request.client is not None else None
    facts = device_flow.describe(request.headers.get("User-Agent", ""), address)
    with context.writing() as session:
        device, code = device_flow.start(session, client_id, device_id, facts, context.now())
    page = f"{str(request.base_url).rstrip('/')}{PAGE}"
    return reply(
        {
            "device_code": code,
            "user_code": device.user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={device.user_code}",
            "expires_in": int(limits.DEVICE_CODE_LIFE.total_seconds()),
            "interval": device.interval,
        }
    )


@routes.get("/devices", response_model=list[schemas.Device])
def list_devices(call: PersonCall) -> Response:
    """List the caller's own devices."""
    with call.reading() as (serializer, _):
        query = select(Device).where(Device.user_id == call.caller.id).order_by(Device.seq)
        return reply(serializer.devices(serializer.session.scalars(query)))


@routes.put("/devices/verify", response_model=schemas.Device)
def verify_device(call: PersonCall, body: schemas.DeviceVerify) -> Response:
    """Approve the device that shows this code; ``device_metadata.tenant_id`` is the chosen workspace."""
    # kitaru reads only strings there.
    metadata = {name: value for name, value in (body.device_metadata or {}).items() if value is not None}
    with call.writing() as (session, rights):
        device = device_flow.pending_device(session, body.user_code, call.now())
        if device_flow.CHOSEN_WORKSPACE in metadata:
            queries.enterable_workspace(session, rights, metadata[device_flow.CHOSEN_WORKSPACE])
        device_flow.decide(
            device,
            call.caller.id,
            approved=True,
            trusted=body.trusted_device,
            metadata=metadata,
            now=call.now(),
        )
    return _show(call, device.id)


def _show(call: AuthenticatedCall, device_id: str) -> Response:
    with call.reading() as (serializer, _):
        return reply(serializer.devices([queries.by_id(serializer.session, Device, device_id)])[0])


def _own(session: Session, call: AuthenticatedCall, id_or_user_code: str) -> Device:
    device = session.scalar(
        select(Device)
        .where(or_(Device.id == id_or_user_code, Device.user_code == id_or_user_code.upper()))
        .order_by(Device.seq.desc())
    )
    # A device that waits for approval has no owner: anyone who has its code can read it.
    if device is None or device.user_id not in (None, call.caller.id):
        raise MissingError(f"Unable to find device {id_or_user_code}.")
    return device


@routes.get("/devices/{device_id_or_user_code}", response_model=schemas.Device)
def get_device(call: PersonCall, device_id_or_user_code: str) -> Response:
    """Return a device of the caller, or one that waits for approval."""
    with call.reading() as (serializer, _):
        return reply(serializer.devices([_own(serializer.session, call, device_id_or_user_code)])[0])


@routes.put("/devices/{device_id}", response_model=schemas.Device)
def update_device(call: PersonCall, device_id: Id, body: schemas.DeviceUpdate) -> Response:
    """Rename, lock or unlock a device. Locking invalidates its token immediately. The body is inferred."""
    with call.writing() as (session, _):
        device = _own(session, call, device_id)
        if body.name is not None:
            device.name = body.name
        if body.locked is not None and device.status in (device_flow.ACTIVE, device_flow.LOCKED):
            device.status = device_flow.LOCKED if body.locked else device_flow.ACTIVE
        device.updated = call.now()
    return _show(call, device_id)


@routes.delete("/devices/{device_id}", response_model=None)
def delete_device(call: PersonCall, device_id: Id) -> Response:
    """Delete a device. Its token becomes invalid immediately."""
    with call.writing() as (session, _):
        session.delete(_own(session, call, device_id))
    return reply(None)
