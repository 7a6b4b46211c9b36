"""doctor: does everything work from here, and is the server's API what we take it for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import click

from zenpro_nb import frames
from zenpro_nb.doctor import examine
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Opt
from zenpro_nb.framework.lists.noun import command
from zenpro_nb.framework.parameters.aliases import Out
from zenpro_nb.resources import Column, DataType, Display, Paging, Resource

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.doctor import Check

CHECKS = Resource(
    noun="checks",
    path="",
    paging=Paging.NONE,
    help="What was looked at, and what came out.",
    columns=(
        Column("check", help="what was looked at"),
        Column("verdict", DataType.CATEGORY, help="ok, warning, failed or skipped", display=Display.STATE),
        Column("detail", help="what came out", display=Display.PROSE),
        Column("next_step", help="what to do about it", display=Display.PROSE),
    ),
    key=("check",),
)


Save = Annotated[
    str | None,
    Opt(
        type=click.Path(),
        metavar="FILE",
        help="Also write a report that may be shared, without anything private: .json .csv .xlsx .parquet.",
    ),
]


@command(
    short_help="Look whether everything works from here.",
    epilog="The verdicts are in the frame: a check that failed fails neither the others nor the command.",
)
def doctor(ctx: CommandContext, save: Save = None, out: Out = None) -> pd.DataFrame:
    """Look whether everything works from here, and come back with a frame of checks.

    They are about the server, the credential, the organization, this machine; and where the server's own description
    of its API differs from what this tool takes it for.

    Examples:
        doctor
        doctor --save checks.csv
    """
    checks = list(examine(ctx.session, ctx.ui))
    frame = _frame([_record(check) for check in checks])
    if save:
        path = frames.save(_frame([_shared(check) for check in checks]), save)
        ctx.ui.say(f"saved to {path}, without names, addresses, paths and secrets: it may be shared")
    if out:
        ctx.ui.assign(out, frame)
    return frame


def _frame(records: Sequence[dict[str, Any]]) -> pd.DataFrame:
    frame = frames.from_records(CHECKS, records)
    # No address in the attrs: parquet files keep them.
    frames.describe(frame, server="", route="", time=datetime.now(UTC))
    return frame


def _record(check: Check) -> dict[str, Any]:
    return {"check": check.name, "verdict": check.verdict, "detail": check.detail, "next_step": check.next_step or None}


def _shared(check: Check) -> dict[str, Any]:
    return {"check": check.name, "verdict": check.verdict, "detail": check.shared or None, "next_step": None}
