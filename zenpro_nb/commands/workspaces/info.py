"""info and statistics: what the servers of workspaces say of themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from zenpro_nb.commands.core import reading
from zenpro_nb.commands.core.noun import listing
from zenpro_nb.commands.core.options import Asked
from zenpro_nb.commands.core.parameters import Org
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.workspaces import many_workspaces
from zenpro_nb.commands.workspaces.parameters import Workspaces
from zenpro_nb.errors import ZenProError
from zenpro_nb.resources import Resource
from zenpro_nb.resources.workspace.facts import INFO, STATISTICS
from zenpro_nb.session.session import Session
from zenpro_nb.workspaces.info import info_rows, statistics_rows
from zenpro_nb.workspaces.many import Failure, each
from zenpro_nb.workspaces.targets import Target, resolve

if TYPE_CHECKING:
    import pandas as pd

Rows = Callable[[Session, Target], list[dict[str, Any]]]


@listing(INFO)
def info(run: Runtime, asked: Asked, workspace: Workspaces = (), org: Org = None) -> pd.DataFrame:
    """Read what each server says of itself."""
    return _frame(run, INFO, info_rows, workspace, asked)


@listing(STATISTICS)
def statistics(run: Runtime, asked: Asked, workspace: Workspaces = (), org: Org = None) -> pd.DataFrame:
    """Read what each server counts."""
    return _frame(run, STATISTICS, statistics_rows, workspace, asked)


def _frame(run: Runtime, resource: Resource, rows_of: Rows, workspaces: Sequence[str], asked: Asked) -> pd.DataFrame:
    """Return the rows that each workspace gives, in one frame; those that fail are told."""
    session = run.session
    targets = resolve(session, workspaces, asked.org)
    results = each(session, targets.found, lambda target: rows_of(session, target))
    rows: list[dict[str, Any]] = []
    failures = []
    for target, result in zip(targets.found, results, strict=True):
        if isinstance(result, ZenProError):
            failures.append(Failure(target.name, result))
        else:
            rows += result
    frame: pd.DataFrame = reading.made(run, resource, rows, asked, route=resource.path)
    facts = {"failed": [failure.row for failure in failures], "skipped": dict(targets.skipped)}
    frame.attrs["zenpro"].update(facts, complete=not failures)
    many_workspaces.warn(run, failures)
    return frame
