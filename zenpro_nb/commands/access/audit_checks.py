"""`audit checks`: list the checks of an audit, with their limitations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenpro_nb import frames
from zenpro_nb.access.audit.checks import CHECKS
from zenpro_nb.commands.access.audit import audit
from zenpro_nb.framework.declare import CommandContext, ListOptions, reading
from zenpro_nb.resources import Column, DataType, Display, Table

if TYPE_CHECKING:
    import pandas as pd

AUDIT_CHECKS = Table(
    noun="checks",
    help="List the audit checks, with the limitations of each.",
    columns=(
        Column("check", help="name of the check"),
        Column("severity", DataType.CATEGORY, help="high, medium, low, or info", display=Display.STATE),
        Column("description", help="what the check finds", display=Display.PROSE),
        Column("limitations", help="what the API does not show", display=Display.PROSE),
        Column("reads", DataType.LIST, help="lists and fields that the check needs"),
        Column("with_workspaces", DataType.BOOL, help="whether the check needs --with workspaces"),
        Column(
            "with_usage",
            DataType.BOOL,
            help="whether the check counts runs; it runs only with --usage, or if you name it",
        ),
    ),
    parent="audit",
    label="check",
)


@audit.listing(AUDIT_CHECKS)
def checks(ctx: CommandContext, options: ListOptions) -> pd.DataFrame:
    """Return every check.

    Examples:
        # Show what each check looks for
        audit checks
    """
    rows = [
        {
            "check": check.name,
            "severity": check.severity,
            "description": check.text,
            "limitations": check.cannot or None,
            "reads": list(check.reads),
            "with_workspaces": check.with_workspaces,
            "with_usage": check.with_usage,
        }
        for check in CHECKS.values()
    ]
    return reading.computed_frame(AUDIT_CHECKS, frames.from_records(AUDIT_CHECKS, rows), options)
