"""The noun `devices`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from zenpro_nb import frames, query
from zenpro_nb.client import segment
from zenpro_nb.framework.declare import (
    Arg,
    CommandContext,
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
Trust = Annotated[bool, Opt(help="For 30 days instead of one.")]
Chosen = Annotated[
    str | None,
    Opt(
        "--workspace",
        type=NameType("workspaces"),
        help="The workspace that the device goes on to, by name or id; `zenml login` and `kitaru login` need one.",
    ),
]

devices = noun(DEVICES)


@devices.verb
def get(ctx: CommandContext, device: DeviceOrCode, raw: Raw = False) -> pd.DataFrame:
    """Show a device, by its id or the code that it shows, as a one-row frame.

    Examples:
        one = devices --limit 1
        devices get {one.id}
    """
    # Asked for as it was typed: the route takes the code that a device shows, too, which no list holds.
    path = f"/devices/{segment(device)}"
    frame = frames.from_records(DEVICES, [query.record_of(ctx.session.client.get(path))], raw=raw)
    query.note(ctx.session, frame, route=path)
    return frame


@devices.write(past_tense="let in", asks="Let the {target} sign in as you? Say yes only if it is your own.")
def verify(ctx: CommandContext, user_code: Code, workspace: Chosen = None, trust: Trust = False) -> Write:
    """Let a device sign in as you: type the code that it shows. Never one that somebody sent you.

    Examples:
        devices verify ABCD-EFGH --workspace ml-prod
    """
    chosen = query.find(ctx.session, "workspaces", workspace) if workspace else None
    return Write(
        "PUT",
        "/devices/verify",
        target=f"device with the code {user_code}",
        body=without_missing(
            user_code=user_code,
            trusted_device=trust,
            # API facts 11.4: a workspace is called a tenant there, as it once was everywhere.
            device_metadata={"tenant_id": chosen.id} if chosen else None,
        ),
        resource=DEVICES,
        warning=f"It may do so for {'30 days' if trust else 'a day'}"
        + (f", and goes on to the workspace {chosen.name}." if chosen else "."),
        irreversible="the device is signed in by then; `devices delete` forgets it",
    )


@devices.write(past_tense="forgot", asks="Forget the {target}? It has to be authorized again.")
def delete(ctx: CommandContext, device: DeviceName) -> Write:
    """Forget a device: it has to be authorized again.

    Examples:
        devices delete old-laptop
    """
    found = query.find(ctx.session, "devices", device)
    return delete_of(ctx, DEVICES, found, irreversible="only the device itself can ask again")
