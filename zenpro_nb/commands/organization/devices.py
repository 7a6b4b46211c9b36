"""The noun `devices`: list, authorize and delete the devices that sign in as you."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from zenpro_nb import frames, query
from zenpro_nb.client import segment
from zenpro_nb.framework.declare import (
    Arg,
    CommandContext,
    Confirmation,
    NameType,
    Opt,
    Raw,
    Write,
    delete_of,
    name_of,
    noun,
    without_missing,
)
from zenpro_nb.resources.control_plane import DEVICES

if TYPE_CHECKING:
    import pandas as pd

DeviceName = Annotated[str, name_of("devices")]
DeviceOrCode = Annotated[str, Arg(metavar="ID|CODE")]
Code = Annotated[str, Arg(metavar="CODE")]
Trust = Annotated[bool, Opt(help="Trust the device for 30 days instead of one.")]
WorkspaceForDevice = Annotated[
    str | None,
    Opt(
        "--workspace",
        type=NameType("workspaces"),
        help="Sign the device in to this workspace, by name or ID. `zenml login` and `kitaru login` require one.",
    ),
]

devices = noun(DEVICES)


@devices.verb
def get(ctx: CommandContext, device: DeviceOrCode, raw: Raw = False) -> pd.DataFrame:
    """Show a device, by its ID or the code that it displays.

    Examples:
        # Get the newest device
        one = devices --limit 1
        # Show it
        devices get {one.id}
    """
    # Requested as typed: the route also accepts the code that a device displays, which no list contains.
    path = f"/devices/{segment(device)}"
    frame = frames.from_records(DEVICES, [query.record_of(ctx.session.client.get(path))], raw=raw)
    query.note(ctx.session, frame, route=path)
    return frame


@devices.write(past_tense="authorized", asks="Allow the {target} to sign in as you? Confirm only if it is your own.")
def verify(ctx: CommandContext, user_code: Code, workspace: WorkspaceForDevice = None, trust: Trust = False) -> Write:
    """Authorize a device to sign in as you, with the code it displays.

    Never enter a code that someone sent you.

    Examples:
        # Authorize the device that shows this code
        devices verify ABCD-EFGH --workspace ml-prod
    """
    place = query.find(ctx.session, "workspaces", workspace) if workspace else None
    return Write(
        "PUT",
        "/devices/verify",
        target=f"device with the code {user_code}",
        body=without_missing(
            user_code=user_code,
            trusted_device=trust,
            # API facts 11.4: a workspace is called a tenant there, as it once was everywhere.
            device_metadata={"tenant_id": place.id} if place else None,
        ),
        resource=DEVICES,
        confirmation=Confirmation(
            warning=f"It stays signed in for {'30 days' if trust else 'a day'}"
            + (f", in workspace {place.name}." if place else ".")
        ),
        irreversible="the device is already signed in; run `devices delete`",
    )


@devices.write(asks="Delete the {target}? It must be authorized again before its next use.")
def delete(ctx: CommandContext, device: DeviceName) -> Write:
    """Delete a device. It must be authorized again before its next use.

    Examples:
        # Delete the authorization of one device
        devices delete old-laptop
    """
    found = query.find(ctx.session, "devices", device)
    return delete_of(ctx, DEVICES, found, irreversible="only the device itself can request authorization again")
