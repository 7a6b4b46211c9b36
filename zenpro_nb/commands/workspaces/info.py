"""info and statistics: what the servers of workspaces say of themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from zenpro_nb.commands.core.command import Command
from zenpro_nb.commands.core.options import ORG, Asked, columns_epilog, shape_options
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.commands.workspaces.options import workspace_option
from zenpro_nb.resources import Resource
from zenpro_nb.resources.workspace.facts import INFO, STATISTICS

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.session.session import Session
    from zenpro_nb.workspaces.targets import Target

    Rows = Callable[[Session, Target], list[dict[str, Any]]]


def _frame(runtime: Runtime, resource: Resource, rows_of: Rows, workspaces: tuple[str, ...], asked: Asked) -> Any:
    """The rows that each workspace gives, in one frame; those that fail are told."""
    from zenpro_nb.commands.core import reading
    from zenpro_nb.commands.workspaces import many_workspaces
    from zenpro_nb.errors import ZenProError
    from zenpro_nb.workspaces.many import Failure, each
    from zenpro_nb.workspaces.targets import resolve

    session = runtime.session
    targets = resolve(session, workspaces, asked.org)
    results = each(session, targets.found, lambda target: rows_of(session, target))
    rows: list[dict[str, Any]] = []
    failures = []
    for target, result in zip(targets.found, results, strict=True):
        if isinstance(result, ZenProError):
            failures.append(Failure(target.name, result))
        else:
            rows += result
    frame: pd.DataFrame = reading.made(runtime, resource, rows, asked, route=resource.path)
    facts = {"failed": [failure.row for failure in failures], "skipped": dict(targets.skipped)}
    frame.attrs["zenpro"].update(facts, complete=not failures)
    many_workspaces.warn(runtime, failures)
    return reading.deliver(runtime, frame, asked)


def _command(resource: Resource, rows_of: str) -> Command:
    """The command of a resource; `rows_of` names the function of `workspaces.info` that asks one workspace."""

    @pass_runtime
    def callback(runtime: Runtime, workspace: tuple[str, ...], **given: Any) -> Any:
        from zenpro_nb.workspaces import info

        return _frame(runtime, resource, getattr(info, rows_of), workspace, Asked(filters={}, **given))

    return Command(
        name=resource.noun,
        callback=callback,
        params=[workspace_option(), ORG, *shape_options(resource)],
        help=resource.help,
        epilog=columns_epilog(resource),
    )


FACTS = (_command(INFO, "info_rows"), _command(STATISTICS, "statistics_rows"))
