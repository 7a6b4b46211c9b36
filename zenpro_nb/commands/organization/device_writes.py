"""devices: get, verify, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from zenpro_nb.client import segment
from zenpro_nb.commands.core.command import Command, Group
from zenpro_nb.commands.core.options import NameType
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.commands.core.verification import gone
from zenpro_nb.commands.core.write import Write
from zenpro_nb.commands.core.write_command import WriteCommand
from zenpro_nb.resources.control_plane import DEVICES

if TYPE_CHECKING:
    import pandas as pd


def plan_verify(runtime: Runtime, user_code: str, trust: bool) -> Write:
    """The device that shows this code may sign in as the caller."""
    longer = ", for 30 days" if trust else ", for a day"
    return Write(
        "PUT",
        "/devices/verify",
        target=f"device with the code {user_code}",
        body={"user_code": user_code, "trusted_device": trust},
        resource=DEVICES,
        question=f"Let the device that shows {user_code} sign in as you{longer}? Say yes only if it is your own.",
    )


def plan_delete(runtime: Runtime, device: str) -> Write:
    """The device may sign in no more."""
    from zenpro_nb import query

    found = query.find(runtime.session, "devices", device)
    path = f"/devices/{segment(found.id)}"
    return Write(
        "DELETE",
        path,
        target=f"device {found.name}",
        happened=gone(runtime.session, path),
        question=f"Forget the device {found.name}? It has to be authorized again.",
    )


@pass_runtime
def _get(runtime: Runtime, device: str, raw: bool) -> pd.DataFrame:
    from zenpro_nb import frames
    from zenpro_nb.query import note, record_of

    # Asked for as it was typed: the route takes the code that a device shows, too, which no list holds.
    path = f"/devices/{segment(device)}"
    frame = frames.from_records(DEVICES, [record_of(runtime.session.client.get(path))], raw=raw)
    note(runtime.session, frame, route=path)
    return frame


def add_to(group: Group) -> None:
    """Attach the verbs to the noun."""
    for command in (
        Command(
            name="get",
            callback=_get,
            params=[
                click.Argument(["device"], metavar="ID|CODE"),
                click.Option(["--raw"], is_flag=True, help="The fields as the server sends them; never secrets."),
            ],
            help="Show a device, by its id or the code that it shows, as a one-row frame.",
        ),
        WriteCommand(
            "verify",
            plan=plan_verify,
            params=[
                click.Argument(["user_code"], metavar="CODE"),
                click.Option(["--trust"], is_flag=True, help="For 30 days instead of one."),
            ],
            destructive=True,
            help="Let a device sign in as you: type the code that it shows. Never one that somebody sent you.",
        ),
        WriteCommand(
            "delete",
            plan=plan_delete,
            params=[click.Argument(["device"], type=NameType("devices"))],
            destructive=True,
            help="Forget a device: it has to be authorized again.",
        ),
    ):
        group.add_command(command)
