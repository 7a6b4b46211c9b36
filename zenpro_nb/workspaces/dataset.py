"""Write a list of many workspaces into a folder of Parquet files that DuckDB, Dask, Spark or pandas can read.

    runs/_zenpro.json                              the query
    runs/workspace=ml-prod/default-00000.parquet   rows of the project `default`, oldest first

The rows are read from the oldest to the newest in slices, and each slice is written before the next is requested. This
bounds the memory, and a later run resumes at the time of the newest row in the files. Unlike page numbers, that time
stays valid when rows are added or deleted on the server.
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
from zenpro_nb.files.atomic import replace_file
from zenpro_nb.files.paths import expand_home
from zenpro_nb.query import WHOLE, Progress, ProjectScope, Query, Where, read_listing, scopes, within
from zenpro_nb.resources.workspace.columns import PROJECT, WORKSPACE
from zenpro_nb.session.session import Session

FACTS = "_zenpro.json"  # dataset readers skip names that begin with `_` or `.`

_PART = re.compile(r"(.*)-(\d{5})\.parquet")
_REQUIRED_COLUMNS = ("id", "created")
_OLDEST_FIRST = "asc:created"
_TIME = "%Y-%m-%d %H:%M:%S"  # as precise as the server's filters on times (API facts 6.4)


class Written(Struct, frozen=True):
    """The result of writing one project of one workspace."""

    workspace: str
    project: str | None
    rows: int
    new: int

    @property
    def row(self) -> dict[str, Any]:
        """Return the result's row in a DataFrame."""
        return {"workspace": self.workspace, "project": self.project, "rows": self.rows, "new": self.new}


class Dataset:
    """A dataset folder.

    Args:
        path: the folder, which may not exist yet.
        ask: the query for each project of each workspace.
        filters: the filters as typed: relative times change from run to run.
        server: the URL of the control plane, or of the plain server.

    Raises:
        SaveError: it cannot be written, or is not empty and not a dataset.
        UsageError: it contains a different list, or the same with other filters or options or from another server.
    """

    def __init__(self, path: str, ask: Query, filters: Mapping[str, Any], server: str) -> None:
        if ask.raw:
            raise UsageError(
                "`--raw` cannot be combined with a dataset: a dataset needs fixed columns", hint="Omit --raw."
            )
        if (ask.params.get("logical_operator") or "and") != "and":
            raise UsageError(
                "`--logical-operator or` cannot be combined with a dataset: zenpro reads it in order of time",
                hint="Omit --logical-operator.",
            )
        self._columns = list(dict.fromkeys([*(ask.columns or ()), *_REQUIRED_COLUMNS]))
        self._where = ask.where if ask.where is not None and ask.where.conditions else None
        # Columns used only to filter rows are read, but not written.
        columns = list(dict.fromkeys([*self._columns, *(self._where.names if self._where is not None else ())]))
        self.folder = expand_home(path, SaveError)
        self.ask = replace(ask, columns=columns, params={**ask.params, "sort_by": _OLDEST_FIRST}, where=None)
        self._filters = filters
        self._server = server
        self._claim()

    def write(self, session: Session, at: Where, advance: Progress | None = None) -> list[Written]:
        """Write the rows of one workspace that the files do not contain yet; safe to call in parallel."""
        client = at.client_of(session)
        project_scopes = scopes(session, client, at.projects) if self.ask.resource.scoped else [WHOLE]
        return [self._project(client, at.workspace, scope, advance) for scope in project_scopes]

    def _claim(self) -> None:
        """Claim the folder for this query, or check that it is claimed already."""
        facts = self._facts()
        file = self.folder / FACTS
        try:
            if file.exists():
                settings = json.loads(file.read_text(encoding="utf-8"))
            else:
                self.folder.mkdir(parents=True, exist_ok=True)
                settings = None if any(self.folder.iterdir()) else facts
                if settings is not None:
                    with replace_file(file) as temporary:
                        temporary.write_text(json.dumps(facts, indent=2), encoding="utf-8")
        except (OSError, ValueError, RecursionError) as error:
            reason = getattr(error, "strerror", None) or "its _zenpro.json cannot be read"
            raise SaveError(f"{str(self.folder)!r} cannot be written: {reason}", hint="Name another folder.") from None
        if settings is None:
            raise SaveError(f"{str(self.folder)!r} is not empty", hint="Name a new folder.")
        if settings != facts:
            raise UsageError(
                f"{str(self.folder)!r} {_difference(settings, facts)}",
                hint="Name a new folder, or repeat the original query.",
            )

    def _facts(self) -> dict[str, Any]:
        """Return the facts that must be the same to continue a dataset, in the form that JSON returns."""
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
        rows_before = files.rows
        for table in self._slices(client, workspace, scope, files):
            files.add(table)
            if advance is not None:
                advance(files.rows)
        return Written(workspace, scope.name, files.rows, files.rows - rows_before)

    def _slices(self, client: Client, workspace: str, scope: ProjectScope, files: _Files) -> Iterator[Any]:
        """Yield the matching rows that the files do not contain yet, slice by slice."""
        size = limits.SLICE_HYDRATED if self.ask.hydrate else limits.SLICE
        since, ids = files.end()
        while True:
            query = replace(self.ask, params=_since(self.ask.params, since), limit=size)
            listing = read_listing(client, within(query, scope))
            table = _table(listing, workspace, scope)
            new_rows = _without(table, ids)
            rows = self._select(new_rows)
            if rows.num_rows:
                yield rows
            if listing.complete:
                return
            # Rows that do not match are in no file, so the rows that were read determine where to continue.
            since, ids = _end_of(table, since, ids) if self._where is not None else files.end()
            # A single second has more rows than a slice: increase the limit.
            size = size * 2 if not new_rows.num_rows else size

    def _select(self, table: Any) -> Any:
        """Return the matching rows with the columns to write; the name of the folder contains their workspace."""
        if self._where is not None and table.num_rows:
            table = table.filter(pa.array(self._where.mask_of(table)))
        return table.select([name for name in self._columns if name in table.column_names and name != WORKSPACE.name])


def _end_of(table: Any, since: str | None, seen_ids: set[str]) -> tuple[str | None, set[str]]:
    """Return the second of the newest row that was read, and the ids of all rows of that second."""
    times = table.column("created")
    newest = pc.max(times).as_py()
    if newest is None:
        return since, seen_ids | set(table.column("id").to_pylist())
    start = newest.replace(microsecond=0)
    # Rows without a time can occur in any slice: treat them as known too.
    newest_rows = pc.fill_null(pc.greater_equal(times, pa.scalar(start)), True)
    ids = set(table.filter(newest_rows).column("id").to_pylist())
    end = start.strftime(_TIME)
    return end, seen_ids | ids if end == since else ids


class _Files:
    """The files of one project of one workspace, in the order in which they were written."""

    def __init__(self, folder: Path, stem: str) -> None:
        self._folder = folder
        self._stem = stem
        self._paths = sorted(path for path in folder.glob("*.parquet") if _stem(path) == stem)
        self.rows = sum(pq.read_metadata(path).num_rows for path in self._paths)

    def end(self) -> tuple[str | None, set[str]]:
        """Return the second in which the newest row was created, and the ids of all rows of that second."""
        if not self._paths:
            return None, set()
        since: datetime | None = None
        ids: set[str] = set()
        # The rows of one second can begin in an earlier file, and all rows of a file can be without a time.
        for path in reversed(self._paths):
            table = pq.read_table(path, columns=list(_REQUIRED_COLUMNS), partitioning=None)
            times = table.column("created")
            newest = pc.max(times).as_py()
            if since is None and newest is not None:
                since = newest.replace(microsecond=0)
            if since is None:
                ids.update(table.column("id").to_pylist())
                continue
            # Rows without a time can occur in any slice: treat them as known too.
            newest_rows = pc.fill_null(pc.greater_equal(times, pa.scalar(since)), True)
            ids.update(table.filter(newest_rows).column("id").to_pylist())
            if pc.any(pc.invert(newest_rows)).as_py():
                break
        return None if since is None else since.strftime(_TIME), ids

    def add(self, table: Any) -> None:
        """Write another file, completely or not at all."""
        # Numbered after the last file, not by their count: some may have been removed.
        number = _number(self._paths[-1]) + 1 if self._paths else 0
        path = self._folder / f"{self._stem}-{number:05d}.parquet"
        try:
            with replace_file(path) as temporary:
                pq.write_table(table, temporary)
        except OSError as error:
            raise SaveError(
                f"{str(path)!r} cannot be written: {error.strerror}", hint="Run the command again."
            ) from None
        self._paths.append(path)
        self.rows += table.num_rows


def _stem(path: Path) -> str | None:
    match = _PART.fullmatch(path.name)
    return match.group(1) if match else None


def _number(path: Path) -> int:
    match = _PART.fullmatch(path.name)
    return int(match.group(2)) if match else -1


def _difference(settings: Any, facts: Mapping[str, Any]) -> str:
    """Return how a dataset differs from the current query."""
    if not isinstance(settings, dict) or settings.get("list") != facts["list"]:
        return "contains a different list"
    if settings.get("server") != facts["server"]:
        return f"contains rows from another server: {settings.get('server')}"
    if settings.get("filters") != facts["filters"]:
        return (
            f"was created with other filters: {json.dumps(settings.get('filters'))}, not {json.dumps(facts['filters'])}"
        )
    return "contains the same list with other options: other columns, or --hydrate"


def _since(params: Mapping[str, object], since: str | None) -> dict[str, object]:
    """Return the filters, with the condition that rows are not older than `since`.

    The server needs both in a list if two filters use the same field.
    """
    if since is None:
        return dict(params)
    created_filter = params.get("created")
    since_filter = f"gte:{since}"
    return {**params, "created": since_filter if created_filter is None else [created_filter, since_filter]}


def _table(listing: Listing[frames.DecodedPage], workspace: str, scope: ProjectScope) -> Any:
    """Return the rows as one Arrow table, with their workspace and project if the table has these columns."""
    tables = [
        part.page.table if part.keep is None else part.page.table.take(pa.array(part.keep, pa.int64()))
        for part in listing.parts
    ]
    if not tables:
        return pa.table({"id": pa.array([], pa.string()), "created": pa.array([], pa.timestamp("us", "UTC"))})
    table = pa.concat_tables(tables).unify_dictionaries()
    for column, name in ((PROJECT.name, scope.name), (WORKSPACE.name, workspace)):
        if column in table.column_names:
            at = table.column_names.index(column)
            table = table.set_column(at, column, pa.array([name] * table.num_rows, pa.string()))
    return table


def _without(table: Any, ids: set[str]) -> Any:
    if not ids:
        return table
    return table.filter(pc.invert(pc.is_in(table.column("id"), pa.array(sorted(ids), pa.string()))))
