"""Reading a list of several workspaces and projects at once into one frame."""

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
    """A workspace that gave no rows, and why."""

    workspace: str
    error: ZenProError

    @property
    def row(self) -> dict[str, str]:
        """Return the row that tells about it in a frame."""
        return {"workspace": self.workspace, "error": type(self.error).__name__, "message": str(self.error)}


class Gathered(Struct):
    """What all workspaces gave."""

    pieces: list[Piece] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def default_columns(resource: Resource, *, hydrate: bool) -> list[str]:
    """Return the columns of a frame for which nobody chose any.

    Without `hydrate`, those that it alone would fill are left out.
    """
    return [column.name for column in resource.columns if hydrate or not needs_hydration(column)]


def hydration_wanted(resource: Resource, names: Sequence[str] | None) -> bool:
    """Return whether one of the chosen columns is filled only with `hydrate`."""
    return any(needs_hydration(column) for column in resource.columns if column.name in (names or ()))


def gather(
    session: Session, targets: Sequence[Target], ask: Query, projects: Sequence[str], advance: Advance | None = None
) -> Gathered:
    """Read from these projects of all targets at once; one that fails costs no other its rows.

    Raises:
        ZenProError: what went wrong, where nothing could be read from any of them.
        InterruptedReadError: Ctrl-C.
    """
    if len(targets) == 1:
        return Gathered(pieces(session, ask, targets[0].where(session, projects), advance))
    results = each(targets, lambda target: pieces(session, ask, target.where(session, projects)), advance)
    gathered = Gathered()
    for target, result in zip(targets, results, strict=True):
        if isinstance(result, ZenProError):
            gathered.failures.append(Failure(target.name, result))
        else:
            gathered.pieces.extend(result)
    return gathered


def each(targets: Sequence[Target], call: Callable[[Target], Any], advance: Advance | None = None) -> list[Any]:
    """Return what the call gives for each target, made at once; a ZenProError in the place of one that failed.

    Raises:
        ZenProError: all failed; that of the first.
    """
    results = across_servers([partial(call, target) for target in targets], advance)
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, ZenProError):
            raise result
    failed = [result for result in results if isinstance(result, ZenProError)]
    if targets and len(failed) == len(targets):
        if len(failed) > 1:
            failed[0].message = f"None of the {len(failed)} workspaces answered. {targets[0].name}: {failed[0].message}"
        raise failed[0]
    return results


def frame_of(
    ask: Query, gathered: Gathered, labels: Mapping[str, list[str | None]] = MappingProxyType({})
) -> pd.DataFrame:
    """Return one frame of all rows, in the order of the pieces, which says of each where it comes from."""
    parts = [(part.page, part.keep) for piece in gathered.pieces for part in piece.listing.parts]
    frame = frames.assemble(ask.resource, parts, ask.columns, raw=ask.raw)
    sizes = [piece.listing.rows for piece in gathered.pieces]
    names: dict[str, list[str | None]] = {WORKSPACE.name: [piece.workspace for piece in gathered.pieces]}
    if ask.resource.scoped:
        names[PROJECT.name] = [piece.project for piece in gathered.pieces]
    names.update(labels)
    for position, (column, values) in enumerate(names.items()):
        frames.label_rows(frame, column, values, sizes, insert_at=position if ask.raw else None)
    return frame


def describe(session: Session, frame: pd.DataFrame, ask: Query, gathered: Gathered, skipped: Mapping[str, str]) -> None:
    """Write into `attrs` what was asked, of which workspaces, and which of them gave nothing."""
    facts = facts_of([piece.listing for piece in gathered.pieces])
    facts["complete"] = facts["complete"] and not gathered.failures
    note(
        session,
        frame,
        route=ask.resource.path,
        filters={name: value for name, value in ask.params.items() if value is not None},
        **facts,
        hydrated=ask.hydrate,
        workspaces=list(dict.fromkeys(piece.workspace for piece in gathered.pieces)),
        failed=[failure.row for failure in gathered.failures],
        skipped=dict(skipped),
    )
