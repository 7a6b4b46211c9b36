"""`--save FOLDER/`: a list that is larger than memory, streamed into a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from zenpro_nb import frames, workspaces
from zenpro_nb.commands.workspaces import across_workspaces
from zenpro_nb.commands.workspaces.across_workspaces import Reach
from zenpro_nb.errors import InterruptedReadError, UsageError, ZenProError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists.options import ListOptions
from zenpro_nb.query import note
from zenpro_nb.resources import Column, DataType, Resource, Table
from zenpro_nb.resources.workspace.columns import PROJECT, WORKSPACE
from zenpro_nb.syntax.counts import counted
from zenpro_nb.workspaces.many import Failure, each
from zenpro_nb.workspaces.targets import resolve

if TYPE_CHECKING:
    import pandas as pd

WRITTEN = Table(
    noun="written",
    help="What was written into a dataset.",
    columns=(
        WORKSPACE,
        PROJECT,
        Column("rows", DataType.COUNT, help="rows in the files now"),
        Column("new", DataType.COUNT, help="rows that this command has added"),
    ),
)


def save(ctx: CommandContext, resource: Resource, options: ListOptions, reach: Reach) -> pd.DataFrame:
    """Write the list into a folder, and say how many rows of which workspace are there now.

    Raises:
        UsageError: an option was given that makes no sense for a stream, or the folder holds what others asked for.
        SaveError: the folder cannot be written, or holds what is no dataset.
        InterruptedReadError: Ctrl-C; the same line goes on where it stopped.
    """
    session = ctx.session
    (folder,) = options.save
    if options.sort or options.limit or options.plot:
        raise UsageError("A dataset holds every row, the oldest first", hint="Leave --sort, --limit and --plot out.")
    targets = resolve(session, reach.workspaces, reach.org)
    typed = {**{filter_.name: options.filters.get(filter_.name) for filter_ in resource.filters}, **options.typed}
    ask = across_workspaces.ask_of(resource, options, hydrate=reach.hydrate)
    if options.columns:
        # Columns that only choose the rows are not written.
        ask = replace(ask, columns=frames.choose_columns(resource, options.columns))
    dataset = workspaces.dataset.Dataset(folder, ask, typed, session.settings.url)
    with ctx.ui.progress("workspaces") as advance:
        try:
            results = each(
                targets.found,
                lambda target: dataset.write(session, target.where(session, reach.projects)),
                advance,
            )
        except InterruptedReadError as error:
            error.hint = f"What was read is in {folder}; the same line goes on from there."
            raise
    failures = [
        Failure(target.name, result)
        for target, result in zip(targets.found, results, strict=True)
        if isinstance(result, ZenProError)
    ]
    written = [item for result in results if not isinstance(result, ZenProError) for item in result]
    frame = frames.from_records(WRITTEN, [item.row for item in written])
    facts: dict[str, Any] = {"failed": [failure.row for failure in failures], "skipped": dict(targets.skipped)}
    note(session, frame, route=resource.path, complete=not failures, dataset=str(dataset.folder), **facts)
    frames.mark(frame, [str(condition) for condition in options.where.conditions])
    across_workspaces.warn(ctx, failures, targets)
    rows, new = sum(item.rows for item in written), sum(item.new for item in written)
    ctx.ui.say(f"{counted(rows, 'row')} in {dataset.folder}, {new:,} of them new")
    return frame
