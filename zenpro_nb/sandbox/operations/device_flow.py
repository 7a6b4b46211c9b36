"""The device flow (API facts 2.4, RFC 8628): request a code, approve it in a browser, poll for the token."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.authentication import caller as kinds
from zenpro_nb.sandbox.authentication import credentials
from zenpro_nb.sandbox.context import Context
from zenpro_nb.sandbox.database.access_tables import Device
from zenpro_nb.sandbox.errors import BadValueError, MissingError, OAuthError
from zenpro_nb.sandbox.permissions import queries

PENDING = "pending"
ACTIVE = "active"
LOCKED = "locked"
DENIED = "denied"
# API facts 11.4: the id of the workspace chosen in the browser, under its old name.
CHOSEN_WORKSPACE = "tenant_id"

# No vowels, so a code never spells a word, and no letters that look alike (RFC 8628, 6.1).
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


def start(
    session: Session, client_id: str, device_id: str | None, facts: Mapping[str, str], now: datetime
) -> tuple[Device, str]:
    """Return a device that waits for approval, and the code with which it polls."""
    code = credentials.new_secret()
    letters = "".join(secrets.choice(_LETTERS) for _ in range(limits.USER_CODE_LENGTH))
    half = limits.USER_CODE_LENGTH // 2
    device = session.scalar(select(Device).where(Device.id == device_id, Device.client_id == client_id))
    if device is None:
        device = Device(id=queries.new_id(), client_id=client_id, user_id=None, name=None, created=now)
        device.last_login = device.expires = device.device_metadata = None
        session.add(device)
    device.status = PENDING
    device.user_code = f"{letters[:half]}-{letters[half:]}"
    device.device_code_hash = credentials.digest(code)
    device.code_expires = now + limits.DEVICE_CODE_LIFE
    device.interval = limits.DEVICE_POLL_INTERVAL
    device.last_poll = None
    device.failed_auth_attempts = 0
    device.trusted_device = False
    device.updated = now
    for name in ("hostname", "os", "ip_address", "python_version", "zenml_version"):
        setattr(device, name, facts.get(name))
    return device, code


def describe(user_agent: str, address: str | None) -> dict[str, str]:
    """Return the facts about a device in the header `Host/<hostname> ZenML/<v> Python/<v> OS/<system>`."""
    found = dict(re.findall(r"(\w+)/(\S+)", user_agent))
    names = {"Host": "hostname", "OS": "os", "Python": "python_version", "ZenML": "zenml_version"}
    facts = {field: found[word] for word, field in names.items() if word in found}
    return facts | ({"ip_address": address} if address else {})


def pending_device(session: Session, user_code: str, now: datetime) -> Device:
    """Return the device that waits for approval of this code, typed in any case and with or without the dash."""
    letters = user_code.upper().replace("-", "").replace(" ", "")
    half = limits.USER_CODE_LENGTH // 2
    device = session.scalar(
        select(Device).where(Device.user_code == f"{letters[:half]}-{letters[half:]}").order_by(Device.seq.desc())
    )
    if device is None or device.status != PENDING:
        raise MissingError(f"Unable to find a device that waits with the code {user_code}.")
    if device.code_expires <= now:
        raise BadValueError("The code has expired. Start again on the device.")
    return device


def decide(
    device: Device,
    user_id: str,
    *,
    approved: bool,
    trusted: bool,
    metadata: Mapping[str, str],
    now: datetime,
) -> None:
    """Record the user's decision. ``metadata`` is returned with the token, :data:`CHOSEN_WORKSPACE` among it."""
    device.user_id = user_id
    device.status = ACTIVE if approved else DENIED
    device.trusted_device = approved and trusted
    device.device_metadata = dict(metadata) or None
    device.updated = now


def poll(context: Context, client_id: str, device_code: str) -> dict[str, object]:
    """Return the token response, or raise the OAuth error that tells the client to continue or to stop."""
    now = context.now()
    refusal: OAuthError | None = None
    with context.writing() as session:
        device = session.scalar(select(Device).where(Device.device_code_hash == credentials.digest(device_code)))
        if device is None or device.client_id != client_id:
            raise OAuthError("invalid_client", "The device code does not belong to this client.")
        refusal = _refusal(device, now)
        device.last_poll = now
        if refusal is None:
            # A code is valid for one token only.
            device.code_expires = now
            device.last_login = now
            device.expires = now + _life(context, device)
    if refusal is not None:
        raise refusal
    token, expires_in = context.issue(str(device.user_id), kinds.DEVICE, _life(context, device), device_id=device.id)
    return {
        "access_token": token,
        "token_type": "bearer",
        "expires_in": expires_in,
        "device_id": device.id,
        "device_metadata": device.device_metadata,
    }


def _life(context: Context, device: Device) -> timedelta:
    usual = limits.TRUSTED_DEVICE_TOKEN_LIFE if device.trusted_device else limits.DEVICE_TOKEN_LIFE
    return context.options.token_life or usual


def _refusal(device: Device, now: datetime) -> OAuthError | None:
    if device.status == DENIED:
        return OAuthError("access_denied", "The user denied the request.")
    if device.code_expires <= now:
        return OAuthError("expired_token", "The device code has expired.")
    if device.status != PENDING:
        return None
    if device.last_poll is not None and now - device.last_poll < timedelta(seconds=device.interval):
        device.interval += limits.DEVICE_SLOW_DOWN
        return OAuthError("slow_down", "Polling too fast; wait five seconds longer between two tries.")
    return OAuthError("authorization_pending", "The user has not answered yet.")
