"""Reading a list of several workspaces and projects at once into one frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from zenpro_nb.client import Client, Listing
from zenpro_nb.errors import ZenProError
from zenpro_nb.frames import Page, assemble
from zenpro_nb.query import Params, Query, note, read_listing, unknown_fields
from zenpro_nb.resources import Resource
from zenpro_nb.resources.workspace import needs_hydration
from zenpro_nb.session.session import Session
from zenpro_nb.workspaces.projects import ProjectScope, scopes
from zenpro_nb.workspaces.targets import Target

if TYPE_CHECKING:
    import pandas as pd

WORKSPACE = "workspace"
PROJECT = "project"

Advance = Callable[[int], None]


@dataclass(frozen=True)
class WorkspaceQuery:
    """What is asked of each workspace."""

    resource: Resource
    params: Params = field(default_factory=dict)
    projects: Sequence[str] = ()
    limit: int | None = None
    columns: Sequence[str] | None = None
    raw: bool = False
    hydrate: bool = False
    ids: Mapping[str, str] = field(default_factory=dict)

    def query(self, scope: ProjectScope) -> Query:
        """The query for one project."""
        params = {**self.params, "project": scope.param, "hydrate": True if self.hydrate else None}
        if not self.resource.scoped:
            params["project"] = self.params.get("project")
        return Query(self.resource, self.ids, params, self.limit, self.columns, self.raw)


@dataclass(frozen=True)
class Piece:
    """The rows of one project of one workspace."""

    workspace: str
    project: str | None
    listing: Listing[Page]


@dataclass(frozen=True)
class Failure:
    """A workspace that gave no rows, and why."""

    workspace: str
    error: ZenProError

    @property
    def row(self) -> dict[str, str]:
        return {"workspace": self.workspace, "error": type(self.error).__name__, "message": str(self.error)}


@dataclass
class Gathered:
    """What all workspaces gave."""

    pieces: list[Piece] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def default_columns(resource: Resource, *, hydrate: bool) -> list[str]:
    """The columns of a frame for which nobody chose any: without `hydrate`, those that it alone would fill are left
    out."""
    return [column.name for column in resource.columns if hydrate or not needs_hydration(column)]


def hydration_wanted(resource: Resource, names: Sequence[str] | None) -> bool:
    """Whether one of the chosen columns is filled only with `hydrate`."""
    return any(needs_hydration(column) for column in resource.columns if column.name in (names or ()))


def gather(
    session: Session, targets: Sequence[Target], ask: WorkspaceQuery, advance: Advance | None = None
) -> Gathered:
    """Read from all targets at once; one that fails costs no other its rows.

    Raises:
        ZenProError: what went wrong, where nothing could be read from any of them.
        InterruptedReadError: Ctrl-C.
    """
    if len(targets) == 1:
        return Gathered(read_target(session, targets[0], ask, advance))
    results = each(session, targets, lambda target: read_target(session, target, ask), advance)
    gathered = Gathered()
    for target, result in zip(targets, results, strict=True):
        if isinstance(result, ZenProError):
            gathered.failures.append(Failure(target.name, result))
        else:
            gathered.pieces.extend(result)
    return gathered


def each(
    session: Session, targets: Sequence[Target], call: Callable[[Target], Any], advance: Advance | None = None
) -> list[Any]:
    """What the call gives for each target, made at once; a ZenProError in the place of one that failed.

    Raises:
        ZenProError: all failed; that of the first.
    """
    results = session.server.fan_out([partial(call, target) for target in targets], errors="return", progress=advance)
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, ZenProError):
            raise result
    failed = [result for result in results if isinstance(result, ZenProError)]
    if targets and len(failed) == len(targets):
        if len(failed) > 1:
            failed[0].message = f"None of the {len(failed)} workspaces answered. {targets[0].name}: {failed[0].message}"
        raise failed[0]
    return results


def read_target(session: Session, target: Target, ask: WorkspaceQuery, advance: Advance | None = None) -> list[Piece]:
    """The rows of one workspace, project by project."""
    client = target.client(session)
    wanted = scopes(session, client, ask.projects) if ask.resource.scoped else [ProjectScope(None, None)]
    read = partial(_read, client, ask)
    if len(wanted) == 1:
        listings = [read(wanted[0], advance)]
    else:
        listings = client.fan_out([partial(read, scope) for scope in wanted])
    return [Piece(target.name, scope.name, listing) for scope, listing in zip(wanted, listings, strict=True)]


def _read(client: Client, ask: WorkspaceQuery, scope: ProjectScope, advance: Advance | None = None) -> Listing[Page]:
    return read_listing(client, ask.query(scope), advance)


def frame_of(ask: WorkspaceQuery, pieces: Sequence[Piece]) -> pd.DataFrame:
    """One frame of all rows, in the order of the pieces, which says of each where it comes from."""
    parts = [(part.page, part.keep) for piece in pieces for part in piece.listing.parts]
    frame = assemble(ask.resource, parts, ask.columns, raw=ask.raw)
    sizes = [piece.listing.rows for piece in pieces]
    fill(frame, WORKSPACE, [piece.workspace for piece in pieces], sizes, insert=ask.raw)
    if ask.resource.scoped:
        fill(frame, PROJECT, [piece.project for piece in pieces], sizes, insert=ask.raw)
    return frame


def fill(frame: pd.DataFrame, column: str, names: Sequence[str | None], sizes: Sequence[int], *, insert: bool) -> None:
    """Put the names, each as often as its size says, into a column; a column that is not there is not made, unless
    `insert` says so."""
    import numpy as np
    import pandas as pd

    from zenpro_nb.frames.kinds import TEXT

    if column not in frame.columns and not insert:
        return
    words = sorted({name for name in names if name is not None})
    codes = [-1 if name is None else words.index(name) for name in names]
    values = pd.Categorical.from_codes(
        np.repeat(np.array(codes, dtype=np.int32), sizes), categories=pd.Index(words, dtype=TEXT)
    )
    if column in frame.columns:
        frame[column] = values
    else:
        frame.insert(0 if column == WORKSPACE else 1, column, pd.Series(values, index=frame.index))


def describe(
    session: Session, frame: pd.DataFrame, ask: WorkspaceQuery, gathered: Gathered, skipped: Mapping[str, str]
) -> None:
    """Write into `attrs` what was asked, of which workspaces, and which of them gave nothing."""
    listings = [piece.listing for piece in gathered.pieces]
    unknown: Counter[str] = Counter()
    for listing in listings:
        unknown.update(unknown_fields(listing))
    note(
        session,
        frame,
        route=ask.resource.path,
        filters={name: value for name, value in ask.params.items() if value is not None},
        complete=all(listing.complete for listing in listings) and not gathered.failures,
        changed=any(listing.changed for listing in listings),
        lenient=sum(part.page.lenient for listing in listings for part in listing.parts),
        unknown=unknown,
        hydrated=ask.hydrate,
        workspaces=list(dict.fromkeys(piece.workspace for piece in gathered.pieces)),
        failed=[failure.row for failure in gathered.failures],
        skipped=dict(skipped),
    )
