"""`--save FOLDER/`: stream a list that does not fit into memory into a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from zenpro_nb import frames, workspaces
from zenpro_nb.commands.workspaces import across_workspaces
from zenpro_nb.commands.workspaces.parameters import Reach
from zenpro_nb.errors import InterruptedReadError, UsageError, ZenProError
from zenpro_nb.framework.declare import CommandContext, ListOptions
from zenpro_nb.query import note
from zenpro_nb.resources import Column, DataType, Resource, Table
from zenpro_nb.resources.workspace.columns import PROJECT, WORKSPACE
from zenpro_nb.syntax.counts import counted
from zenpro_nb.workspaces.many import Failure, each
from zenpro_nb.workspaces.targets import resolve

if TYPE_CHECKING:
    import pandas as pd

DATASET_PARTS = Table(
    noun="written",
    help="Rows written into a dataset, by workspace and project.",
    columns=(
        WORKSPACE,
        PROJECT,
        Column("rows", DataType.COUNT, help="number of rows in the files now"),
        Column("new", DataType.COUNT, help="number of rows that this command added"),
    ),
)


def save(ctx: CommandContext, resource: Resource, options: ListOptions, reach: Reach) -> pd.DataFrame:
    """Write the list into a folder, and report how many rows of each workspace it now contains.

    Raises:
        UsageError: an option cannot be used with a stream, or the folder was written with other options.
        SaveError: the folder cannot be written, or contains something other than a dataset.
        InterruptedReadError: Ctrl-C; the same command resumes where it stopped.
    """
    session = ctx.session
    (folder,) = options.save
    conflicting = {"--sort": options.sort, "--limit": options.limit, "--plot": options.plot}
    for option, value in conflicting.items():
        if value:
            raise UsageError(
                f"{option} cannot be combined with --save {folder}",
                hint=f"A dataset folder contains every row, oldest first. Omit {option}, or save to a file.",
            )
    targets = resolve(session, reach.workspaces, reach.org)
    filters = {
        **{filter_.name: options.filters.get(filter_.name) for filter_ in resource.filters},
        **options.typed_values,
    }
    ask = across_workspaces.ask_of(resource, options, hydrate=reach.hydrate)
    if options.columns:
        # Columns that are only needed for conditions are not written.
        ask = replace(ask, columns=frames.choose_columns(resource, options.columns))
    dataset = workspaces.dataset.Dataset(folder, ask, filters, session.settings.url)
    with ctx.ui.progress("workspaces", "workspace") as advance:
        try:
            results = each(
                targets.found,
                lambda target: dataset.write(session, target.where(session, reach.projects)),
                advance,
            )
        except InterruptedReadError as error:
            error.hint = f"The rows read so far are in {folder}. Run the same command again to resume."
            raise
    failures = [
        Failure(target.name, result)
        for target, result in zip(targets.found, results, strict=True)
        if isinstance(result, ZenProError)
    ]
    parts = [part for result in results if not isinstance(result, ZenProError) for part in result]
    frame = frames.from_records(DATASET_PARTS, [part.row for part in parts])
    facts: dict[str, Any] = {"failed": [failure.row for failure in failures], "skipped": dict(targets.skipped)}
    note(session, frame, route=resource.path, dataset=str(dataset.folder), **facts)
    frames.mark(frame, [str(condition) for condition in options.where.conditions])
    across_workspaces.warn(ctx, failures, targets)
    rows, new = sum(part.rows for part in parts), sum(part.new for part in parts)
    ctx.ui.say(f"{dataset.folder} now contains {counted(rows, 'row')}, {new:,} of them new")
    return frame
