"""Read a list of several workspaces and projects at the same time into one DataFrame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from zenpro_nb import frames
from zenpro_nb.client import across_servers
from zenpro_nb.errors import ZenProError
from zenpro_nb.query import Piece, Query, facts_of, note, pieces
from zenpro_nb.resources import Resource
from zenpro_nb.resources.workspace import needs_hydration
from zenpro_nb.resources.workspace.columns import PROJECT, WORKSPACE
from zenpro_nb.session.session import Session
from zenpro_nb.workspaces.targets import Target

if TYPE_CHECKING:
    import pandas as pd

Advance = Callable[[int], None]


class Failure(Struct, frozen=True):
    """A workspace that returned no rows, and the error."""

    workspace: str
    error: ZenProError

    @property
    def row(self) -> dict[str, str]:
        """Return the failure's row in a DataFrame."""
        return {"workspace": self.workspace, "error": type(self.error).__name__, "message": str(self.error)}


class GatherResult(Struct):
    """The results of all workspaces."""

    pieces: list[Piece] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def default_columns(resource: Resource, *, hydrate: bool) -> list[str]:
    """Return the columns of a DataFrame if the user selected none.

    Without `hydrate`, columns that need it are left out.
    """
    return [column.name for column in resource.columns if hydrate or not needs_hydration(column)]


def hydration_wanted(resource: Resource, names: Sequence[str] | None) -> bool:
    """Return whether one of the selected columns is filled only with `hydrate`."""
    return any(needs_hydration(column) for column in resource.columns if column.name in (names or ()))


def gather(
    session: Session, targets: Sequence[Target], ask: Query, projects: Sequence[str], advance: Advance | None = None
) -> GatherResult:
    """Read from these projects of all targets at the same time; a failed target does not affect the rows of others.

    Raises:
        ZenProError: none of the targets could be read.
        InterruptedReadError: Ctrl-C.
    """
    if len(targets) == 1:
        return GatherResult(pieces(session, ask, targets[0].where(session, projects), advance))
    results = each(targets, lambda target: pieces(session, ask, target.where(session, projects)), advance)
    gather_result = GatherResult()
    for target, result in zip(targets, results, strict=True):
        if isinstance(result, ZenProError):
            gather_result.failures.append(Failure(target.name, result))
        else:
            gather_result.pieces.extend(result)
    return gather_result


def each(targets: Sequence[Target], call: Callable[[Target], Any], advance: Advance | None = None) -> list[Any]:
    """Call a function for each target at the same time; return its results, with a ZenProError for each failed target.

    Raises:
        ZenProError: all failed; the error of the first one.
    """
    results = across_servers([partial(call, target) for target in targets], advance)
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, ZenProError):
            raise result
    failed = [result for result in results if isinstance(result, ZenProError)]
    if targets and len(failed) == len(targets):
        if len(failed) > 1:
            failed[0].message = f"All {len(failed)} workspaces failed. {targets[0].name}: {failed[0].message}"
        raise failed[0]
    return results


def frame_of(
    ask: Query, result: GatherResult, labels: Mapping[str, list[str | None]] = MappingProxyType({})
) -> pd.DataFrame:
    """Return one DataFrame of all rows, in the order of the pieces, with columns for their workspace and project."""
    parts = [(part.page, part.keep) for piece in result.pieces for part in piece.listing.parts]
    frame = frames.assemble(ask.resource, parts, ask.columns, raw=ask.raw)
    sizes = [piece.listing.rows for piece in result.pieces]
    names: dict[str, list[str | None]] = {WORKSPACE.name: [piece.workspace for piece in result.pieces]}
    if ask.resource.scoped:
        names[PROJECT.name] = [piece.project for piece in result.pieces]
    names.update(labels)
    for position, (column, values) in enumerate(names.items()):
        frames.label_rows(frame, column, values, sizes, insert_at=position if ask.raw else None)
    return frame


def describe(
    session: Session, frame: pd.DataFrame, ask: Query, result: GatherResult, skipped: Mapping[str, str]
) -> None:
    """Write into `attrs` the query, the workspaces that were read, and those that failed."""
    facts = facts_of([piece.listing for piece in result.pieces])
    note(
        session,
        frame,
        route=ask.resource.path,
        filters={name: value for name, value in ask.params.items() if value is not None},
        **facts,
        hydrated=ask.hydrate,
        workspaces=list(dict.fromkeys(piece.workspace for piece in result.pieces)),
        failed=[failure.row for failure in result.failures],
        skipped=dict(skipped),
    )
