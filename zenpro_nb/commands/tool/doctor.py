"""doctor: check the connection, and compare the server's API description with what zenpro expects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import click

from zenpro_nb import frames
from zenpro_nb.framework.declare import CommandContext, Opt, Out, command
from zenpro_nb.resources import Column, DataType, Display, Table

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.doctor import Check
    from zenpro_nb.ui.command_names import CommandNames

CHECKS = Table(
    noun="checks",
    help="Checks and their results.",
    columns=(
        Column("check", help="name of the check"),
        Column("status", DataType.CATEGORY, help="ok, warning, failed, or skipped", display=Display.STATE),
        Column("detail", help="result of the check", display=Display.PROSE),
        Column("fix", help="how to fix the problem", display=Display.PROSE),
    ),
    key=("check",),
    deciding=("check", "status", "fix", "detail"),
)


Save = Annotated[
    str | None,
    Opt(
        type=click.Path(),
        metavar="FILE",
        help="Save a report without private data, safe to share: .json .csv .xlsx .parquet.",
    ),
]


@command(
    short_help="Check that zenpro can reach and use the server.",
    epilog="The DataFrame shows the result of each check. If a check fails, the others still run; in a "
    "shell, the exit code is then 1.",
)
def doctor(ctx: CommandContext, save: Save = None, out: Out = None) -> pd.DataFrame:
    """Check that zenpro can reach and use the server. Returns a DataFrame of checks.

    The checks cover the server, the credential, the organization, and this machine. They also compare the API
    description of the server with the API that zenpro expects.

    Examples:
        # Check the connection, the credential, and the extras
        doctor
        # Save the checks as CSV
        doctor --save checks.csv
    """
    from zenpro_nb.doctor import FAILED, examine  # imports httpx, which help does not need

    checks = list(examine(ctx.session, ctx.ui))
    frame = _frame([_record(check, ctx.ui.command_names) for check in checks])
    if save:
        path = frames.save(_frame([_shared_row(check) for check in checks]), save)
        ctx.ui.say(f"saved to {path}, without names, addresses, paths, or secrets: safe to share")
    if out:
        ctx.ui.assign(out, frame)
    if any(check.status == FAILED for check in checks):
        ctx.ui.mark_failed()
    return frame


def _frame(records: Sequence[dict[str, Any]]) -> pd.DataFrame:
    frame = frames.from_records(CHECKS, records)
    # No server address in the attrs, because parquet files keep them.
    frames.describe(frame, server="", route="", time=datetime.now(UTC))
    return frame


def _record(check: Check, names: CommandNames) -> dict[str, Any]:
    return {"check": check.name, "status": check.status, "detail": check.detail, "fix": names.text(check.fix) or None}


def _shared_row(check: Check) -> dict[str, Any]:
    return {"check": check.name, "status": check.status, "detail": check.shared or None, "fix": None}
