"""`--save FOLDER/`: a list that is larger than memory, streamed into a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from zenpro_nb import frames, workspaces
from zenpro_nb.commands.workspaces import across_workspaces
from zenpro_nb.commands.workspaces.across_workspaces import Reach
from zenpro_nb.errors import InterruptedReadError, UsageError, ZenProError
from zenpro_nb.framework.cli.context import Runtime
from zenpro_nb.framework.lists.options import Asked
from zenpro_nb.query import note
from zenpro_nb.resources import Column, Kind, Paging, Resource
from zenpro_nb.resources.workspace.columns import PROJECT, WORKSPACE
from zenpro_nb.syntax.counts import counted
from zenpro_nb.workspaces.many import Failure, each
from zenpro_nb.workspaces.targets import resolve

if TYPE_CHECKING:
    import pandas as pd

WRITTEN = Resource(
    noun="written",
    path="",
    paging=Paging.NONE,
    help="What was written into a dataset.",
    columns=(
        WORKSPACE,
        PROJECT,
        Column("rows", Kind.COUNT, help="rows in the files now"),
        Column("new", Kind.COUNT, help="rows that this command has added"),
    ),
)


def save(run: Runtime, resource: Resource, asked: Asked, reach: Reach) -> pd.DataFrame:
    """Write the list into a folder, and say how many rows of which workspace are there now.

    Raises:
        UsageError: an option was given that makes no sense for a stream, or the folder holds what others asked for.
        SaveError: the folder cannot be written, or holds what is no dataset.
        InterruptedReadError: Ctrl-C; the same line goes on where it stopped.
    """
    session = run.session
    (folder,) = asked.save
    if asked.sort or asked.limit or asked.plot:
        raise UsageError("A dataset holds every row, the oldest first", hint="Leave --sort, --limit and --plot out.")
    targets = resolve(session, reach.workspaces, reach.org)
    typed = {**{one.name: asked.filters.get(one.name) for one in resource.filters}, **asked.typed}
    ask = across_workspaces.ask_of(resource, asked, hydrate=reach.hydrate)
    if asked.columns:
        # Columns that only choose the rows are not written.
        ask = replace(ask, columns=frames.choose_columns(resource, asked.columns))
    dataset = workspaces.dataset.Dataset(folder, ask, typed, session.settings.url)
    with run.face.progress("workspaces") as advance:
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
    written = [one for result in results if not isinstance(result, ZenProError) for one in result]
    frame = frames.from_records(WRITTEN, [one.row for one in written])
    facts: dict[str, Any] = {"failed": [one.row for one in failures], "skipped": dict(targets.skipped)}
    note(session, frame, route=resource.path, complete=not failures, dataset=str(dataset.folder), **facts)
    frames.mark(frame, [str(one) for one in asked.where.conditions])
    across_workspaces.warn(run, failures, targets)
    rows, new = sum(one.rows for one in written), sum(one.new for one in written)
    run.face.say(f"{counted(rows, 'row')} in {dataset.folder}, {new:,} of them new")
    return frame
