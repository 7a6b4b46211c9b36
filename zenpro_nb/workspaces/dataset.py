"""A list of many workspaces as a folder of Parquet files, for DuckDB, Dask, Spark or pandas to read.

    runs/_zenpro.json                              what was asked
    runs/workspace=ml-prod/default-00000.parquet   rows of the project `default`, the oldest first

The rows are read from the oldest to the newest, a slice at a time, and a slice is in its file before the next is asked
for. So the memory is bounded, and the files themselves say where to go on: at the time of the newest row in them. That
holds whatever was added or deleted on the server meanwhile, which page numbers would not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb import frames, limits
from zenpro_nb.client import Client, Listing
from zenpro_nb.errors import SaveError, UsageError
from zenpro_nb.files.atomic import replacing
from zenpro_nb.files.paths import expanded
from zenpro_nb.query import WHOLE, Progress, ProjectScope, Query, Where, read_listing, scopes, within
from zenpro_nb.resources.workspace.columns import PROJECT, WORKSPACE
from zenpro_nb.session.session import Session

FACTS = "_zenpro.json"  # readers of datasets pass over names that begin with `_` or `.`

_PART = re.compile(r"(.*)-(\d{5})\.parquet")
_NEEDED = ("id", "created")
_OLDEST_FIRST = "asc:created"
_TIME = "%Y-%m-%d %H:%M:%S"  # as fine as the server's filters on times are (API facts 6.4)


class Written(Struct, frozen=True):
    """What became of one project of one workspace."""

    workspace: str
    project: str | None
    rows: int
    new: int

    @property
    def row(self) -> dict[str, Any]:
        """Return the row that tells about it in a frame."""
        return {"workspace": self.workspace, "project": self.project, "rows": self.rows, "new": self.new}


class Dataset:
    """The folder.

    Args:
        path: where it is, or is to be made.
        ask: what is read from each project of each workspace.
        filters: the filters as they were typed: a time that counts from now is another one at every run.
        server: the URL of the control plane, or of the plain server.

    Raises:
        SaveError: it cannot be written, or holds what is no dataset.
        UsageError: it holds another list, or the same with other filters or options or from another server.
    """

    def __init__(self, path: str, ask: Query, filters: Mapping[str, Any], server: str) -> None:
        if ask.raw:
            raise UsageError("--raw has no fixed columns, and a dataset needs them", hint="Leave one of them out.")
        if (ask.params.get("logical_operator") or "and") != "and":
            raise UsageError("A dataset is read by time, which needs all filters to fit", hint="Leave `or` out.")
        self._columns = list(dict.fromkeys([*(ask.columns or ()), *_NEEDED]))
        self._where = ask.where
        # Those that only choose the rows are read, and not written.
        columns = list(dict.fromkeys([*self._columns, *(ask.where.names if ask.where else ())]))
        self.folder = expanded(path, SaveError)
        self.ask = replace(ask, columns=columns, params={**ask.params, "sort_by": _OLDEST_FIRST}, where=None)
        self._filters = filters
        self._server = server
        self._claim()

    def write(self, session: Session, at: Where, advance: Progress | None = None) -> list[Written]:
        """Write what one workspace has, and is not in the files yet; safe for several workspaces at once."""
        client = at.client_of(session)
        wanted = scopes(session, client, at.projects) if self.ask.resource.scoped else [WHOLE]
        return [self._project(client, at.workspace, scope, advance) for scope in wanted]

    def _claim(self) -> None:
        """Make the folder ours, or see that it is."""
        facts = self._facts()
        file = self.folder / FACTS
        try:
            if file.exists():
                held = json.loads(file.read_text(encoding="utf-8"))
            else:
                self.folder.mkdir(parents=True, exist_ok=True)
                held = None if any(self.folder.iterdir()) else facts
                if held is not None:
                    with replacing(file) as temporary:
                        temporary.write_text(json.dumps(facts, indent=2), encoding="utf-8")
        except (OSError, ValueError, RecursionError) as error:
            reason = getattr(error, "strerror", None) or "its _zenpro.json cannot be read"
            raise SaveError(f"{str(self.folder)!r} cannot be written: {reason}", hint="Name another folder.") from None
        if held is None:
            raise SaveError(f"{str(self.folder)!r} is not empty", hint="Name a new folder.")
        if held != facts:
            raise UsageError(
                f"{str(self.folder)!r} {_difference(held, facts)}",
                hint="Name a new folder, or ask for the same as before.",
            )

    def _facts(self) -> dict[str, Any]:
        """Return what must be the same for a dataset to be continued, as JSON gives it back."""
        facts = {
            "list": self.ask.resource.noun,
            "server": self._server,
            "columns": self._columns,
            "hydrated": self.ask.hydrate,
            "filters": {name: value for name, value in self._filters.items() if value not in (None, (), [])},
        }
        plain: dict[str, Any] = json.loads(json.dumps(facts, default=str))
        return plain

    def _project(self, client: Client, workspace: str, scope: ProjectScope, advance: Progress | None) -> Written:
        folder = self.folder / f"{WORKSPACE.name}={quote(workspace, safe='')}"
        files = _Files(folder, quote(scope.name or "all", safe=""))
        before = files.rows
        for table in self._slices(client, workspace, scope, files):
            files.add(table)
            if advance is not None:
                advance(files.rows)
        return Written(workspace, scope.name, files.rows, files.rows - before)

    def _slices(self, client: Client, workspace: str, scope: ProjectScope, files: _Files) -> Iterator[Any]:
        """Yield the rows that fit and are not in the files yet, slice by slice."""
        size = limits.SLICE_HYDRATED if self.ask.hydrate else limits.SLICE
        since, known = files.end()
        while True:
            query = replace(self.ask, params=_since(self.ask.params, since), limit=size)
            listing = read_listing(client, within(query, scope))
            table = _table(listing, workspace, scope)
            fresh = _without(table, known)
            chosen = self._chosen(fresh)
            if chosen.num_rows:
                yield chosen
            if listing.complete:
                return
            # Rows that do not fit are in no file: where to go on is known from what was read.
            since, known = _end_of(table, since, known) if self._where else files.end()
            # More rows than a slice holds were made within one second: take more at once.
            size = size * 2 if not fresh.num_rows else size

    def _chosen(self, table: Any) -> Any:
        """Return the rows that fit, with the columns that are written; their workspace is the folder's name."""
        if self._where and table.num_rows:
            table = table.filter(pa.array(self._where.mask_of(table)))
        return table.select([name for name in self._columns if name in table.column_names and name != WORKSPACE.name])


def _end_of(table: Any, since: str | None, known: set[str]) -> tuple[str | None, set[str]]:
    """Return the second of the newest row that was read, and the ids of all rows of that second."""
    times = table.column("created")
    newest = pc.max(times).as_py()
    if newest is None:
        return since, known | set(table.column("id").to_pylist())
    start = newest.replace(microsecond=0)
    # Rows without a time may come at any time again: they are known as well.
    recent = pc.fill_null(pc.greater_equal(times, pa.scalar(start)), True)
    ids = set(table.filter(recent).column("id").to_pylist())
    end = start.strftime(_TIME)
    return end, known | ids if end == since else ids


class _Files:
    """The files of one project of one workspace, in the order in which they were written."""

    def __init__(self, folder: Path, stem: str) -> None:
        self._folder = folder
        self._stem = stem
        self._paths = sorted(path for path in folder.glob("*.parquet") if _stem(path) == stem)
        self.rows = sum(pq.read_metadata(path).num_rows for path in self._paths)

    def end(self) -> tuple[str | None, set[str]]:
        """Return the second in which the newest row was made, and the ids of all rows of that second."""
        if not self._paths:
            return None, set()
        since: datetime | None = None
        known: set[str] = set()
        # A second may begin in an earlier file, and a file may have no time at all.
        for path in reversed(self._paths):
            table = pq.read_table(path, columns=list(_NEEDED), partitioning=None)
            times = table.column("created")
            newest = pc.max(times).as_py()
            if since is None and newest is not None:
                since = newest.replace(microsecond=0)
            if since is None:
                known.update(table.column("id").to_pylist())
                continue
            # Rows without a time may come at any time again: they are known as well.
            recent = pc.fill_null(pc.greater_equal(times, pa.scalar(since)), True)
            known.update(table.filter(recent).column("id").to_pylist())
            if pc.any(pc.invert(recent)).as_py():
                break
        return None if since is None else since.strftime(_TIME), known

    def add(self, table: Any) -> None:
        """Write one more file; it is there whole or not at all."""
        # Behind the last, not after how many there are: somebody may have removed one from among them.
        number = _number(self._paths[-1]) + 1 if self._paths else 0
        path = self._folder / f"{self._stem}-{number:05d}.parquet"
        try:
            with replacing(path) as temporary:
                pq.write_table(table, temporary)
        except OSError as error:
            raise SaveError(f"{str(path)!r} cannot be written: {error.strerror}", hint="Run it again.") from None
        self._paths.append(path)
        self.rows += table.num_rows


def _stem(path: Path) -> str | None:
    match = _PART.fullmatch(path.name)
    return match.group(1) if match else None


def _number(path: Path) -> int:
    match = _PART.fullmatch(path.name)
    return int(match.group(2)) if match else -1


def _difference(held: Any, facts: Mapping[str, Any]) -> str:
    """Return what a dataset holds that is not what is asked for now."""
    if not isinstance(held, dict) or held.get("list") != facts["list"]:
        return "holds another list"
    if held.get("server") != facts["server"]:
        return f"holds rows of another server: {held.get('server')}"
    if held.get("filters") != facts["filters"]:
        return f"was begun with other filters: {json.dumps(held.get('filters'))}, not {json.dumps(facts['filters'])}"
    return "holds the same list with other options: other columns, or --hydrate"


def _since(params: Mapping[str, object], since: str | None) -> dict[str, object]:
    """Return the filters, and that rows are not older than `since`.

    The server wants both where two are about one field.
    """
    if since is None:
        return dict(params)
    own = params.get("created")
    mine = f"gte:{since}"
    return {**params, "created": mine if own is None else [own, mine]}


def _table(listing: Listing[frames.Page], workspace: str, scope: ProjectScope) -> Any:
    """Return the rows as one Arrow table, with their workspace and their project where they have columns."""
    tables = [
        part.page.table if part.keep is None else part.page.table.take(pa.array(part.keep, pa.int64()))
        for part in listing.parts
    ]
    if not tables:
        return pa.table({"id": pa.array([], pa.string()), "created": pa.array([], pa.timestamp("us", "UTC"))})
    whole = pa.concat_tables(tables).unify_dictionaries()
    for column, name in ((PROJECT.name, scope.name), (WORKSPACE.name, workspace)):
        if column in whole.column_names:
            at = whole.column_names.index(column)
            whole = whole.set_column(at, column, pa.array([name] * whole.num_rows, pa.string()))
    return whole


def _without(table: Any, known: set[str]) -> Any:
    if not known:
        return table
    return table.filter(pc.invert(pc.is_in(table.column("id"), pa.array(sorted(known), pa.string()))))
