"""Options of `access` that cannot be combined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zenpro_nb.commands.access import verdicts
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import ListOptions
from zenpro_nb.resources.rights import OF_PROJECTS


def check_options(selection: Mapping[str, Any], options: ListOptions, *, matrix: bool) -> None:
    """Refuse options that contradict each other or would silently do nothing."""
    can, project = selection["can"], selection["project"]
    if can is not None and matrix:
        raise UsageError("--can cannot be combined with --matrix", hint="Run them as two commands.")
    if can is not None and selection["role"] is not None:
        raise UsageError("--can cannot be combined with --role", hint="--can checks all roles. Omit --role.")
    if selection["admins"] and (other := next((name for name in ("can", "role") if selection[name]), None)):
        raise UsageError(f"--admins cannot be combined with --{other}", hint="Run them as two commands.")
    _, resource = verdicts.action_and_type(can or "")
    if can is not None and project is not None and resource not in OF_PROJECTS:
        raise UsageError(
            f"--project cannot be combined with --can {can}: {resource} does not belong to a project",
            hint="Omit --project.",
        )
    if matrix and options.grouping is not None:
        raise UsageError("--matrix cannot be combined with --by", hint="Omit one of them.")
    if matrix and options.sort:
        raise UsageError(
            "--matrix cannot be combined with --sort",
            hint="A matrix is ordered by principal. Omit --sort, or sort the DataFrame in pandas.",
        )


def check_usage(*, can: str | None, matrix: bool, after: object, at: str | None) -> None:
    """Refuse options that cannot be combined with --unused."""
    options = {"--can": can is not None, "--matrix": matrix, "--after": after is not None, "--at": at is not None}
    if other := next((name for name, is_given in options.items() if is_given), None):
        raise UsageError(
            f"--unused cannot be combined with {other}",
            hint=f"--unused counts the runs of the current roles. Omit {other}.",
        )
