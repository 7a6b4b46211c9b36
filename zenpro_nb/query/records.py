"""Read the complete records of a list, as the server sent them: of the control plane, or of a workspace's projects."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb import frames
from zenpro_nb.errors import NotFoundError
from zenpro_nb.query.concurrent import gather_all
from zenpro_nb.query.matching import label_of
from zenpro_nb.query.projects import ProjectScope, guess, remembered_projects, scopes
from zenpro_nb.query.read import NOTHING, Ids, Params, Progress, Query, Record, facts_of, read_listing
from zenpro_nb.query.where import CONTROL_PLANE, Where
from zenpro_nb.resources import Resource
from zenpro_nb.session.session import Session

if TYPE_CHECKING:
    from zenpro_nb.client import Client, Listing


class Piece(Struct, frozen=True):
    """The rows of one project of one workspace, or of the control plane, which has neither name."""

    workspace: str
    project: str | None
    listing: Listing[frames.DecodedPage]
    path: str = ""  # the route of the list, where a caller reads several into one frame

    @property
    def records(self) -> list[Record]:
        """Return the records, if they were read raw."""
        return records_in(self.listing)


def records_in(listing: Listing[frames.DecodedPage]) -> list[Record]:
    """Return the records of a list that was read raw, without duplicates."""
    records_: list[Record] = []
    for part in listing.parts:
        rows = part.page.records or []
        records_.extend(rows if part.keep is None else [rows[index] for index in part.keep])
    return records_


def pieces(session: Session, query: Query, at: Where = CONTROL_PLANE, progress: Progress | None = None) -> list[Piece]:
    """Read a list, project by project if it belongs to projects, all projects at the same time.

    Raises:
        UnknownNameError: the workspace has no such project.
        UsageError: the workspace has several projects, and none was named.
        ZenProError: the list of one of them could not be read.
    """
    client = at.client_of(session)
    if not query.resource.scoped:
        return [Piece(at.workspace, None, read_listing(client, query, progress, urgent=True))]
    if known_scopes := remembered_projects(session, client, at.projects):
        with contextlib.suppress(NotFoundError):  # a project is gone or was renamed
            return _read_scopes(client, query, at, known_scopes, progress)
    guessed = guess(session, client, at.projects)
    calls: list[Callable[[], Any]] = [partial(scopes, session, client, at.projects)]
    calls += [partial(read_listing, client, within(query, scope)) for scope in guessed]
    selected_scopes, *early_listings = client.fan_out(calls, errors="return") if guessed else [calls[0]()]
    if isinstance(selected_scopes, Exception):
        raise selected_scopes
    listing_of = {
        scope.param: item
        for scope, item in zip(guessed, early_listings, strict=True)
        if not isinstance(item, Exception)
    }
    missing = [scope for scope in selected_scopes if scope.param not in listing_of and scope.name not in listing_of]
    if len(missing) == 1:
        listing_of[missing[0].param] = read_listing(client, within(query, missing[0]), progress)
    else:
        late_listings = client.fan_out([partial(read_listing, client, within(query, scope)) for scope in missing])
        listing_of.update(zip([scope.param for scope in missing], late_listings, strict=True))
    listings = [
        listing_of[scope.param] if scope.param in listing_of else listing_of[scope.name] for scope in selected_scopes
    ]
    return [Piece(at.workspace, scope.name, listing) for scope, listing in zip(selected_scopes, listings, strict=True)]


def _read_scopes(
    client: Client, query: Query, at: Where, scopes: Sequence[ProjectScope], progress: Progress | None
) -> list[Piece]:
    """Read a list in each of these projects at the same time."""
    if len(scopes) == 1:
        return [Piece(at.workspace, scopes[0].name, read_listing(client, within(query, scopes[0]), progress))]
    listings = client.fan_out([partial(read_listing, client, within(query, scope)) for scope in scopes])
    return [Piece(at.workspace, scope.name, listing) for scope, listing in zip(scopes, listings, strict=True)]


def within(query: Query, scope: ProjectScope) -> Query:
    """Return the query for one project; unchanged if it is not about projects."""
    return replace(query, params={**query.params, "project": scope.param}) if query.resource.scoped else query


def records(
    session: Session, resource: Resource, ids: Ids = NOTHING, params: Params = NOTHING, *, at: Where = CONTROL_PLANE
) -> list[Record]:
    """Return the complete records of a list, as the server sent them and the API's table declares them.

    Args:
        ids: the values for the braces of the resource's route.
        params: query parameters under the API's names.
        at: the server to read from.

    Raises:
        UnexpectedAnswerError: an entry of the list is not a record.
        ZenProError: the list could not be read.
    """
    return read_records(session, resource, ids, params, at=at)[0]


def read_records(
    session: Session,
    resource: Resource,
    ids: Ids = NOTHING,
    params: Params = NOTHING,
    *,
    at: Where = CONTROL_PLANE,
    raw: bool = False,
) -> tuple[list[Record], dict[str, Any]]:
    """Return the same as `records`, and the facts about the reading for a DataFrame's `attrs`.

    With `raw`, return exactly what the server sent, even if it is not records: for display only.
    """
    read = pieces(session, Query(resource, ids, params, raw=True, checked=not raw), at)
    records_ = [record for piece in read for record in piece.records]
    if not raw:
        remember_records(session, resource, records_)
    return records_, facts_of([piece.listing for piece in read])


def read_lists(
    session: Session, *lists: tuple[Resource, Ids] | tuple[Resource, Ids, Params]
) -> tuple[list[list[Record]], dict[str, Any]]:
    """Read several lists at the same time; return the records of each, and the facts about all of them together.

    Args:
        lists: each list, the values for the braces of its route, and if necessary filters under the API's names.

    Raises:
        ZenProError: one of them could not be read.
    """
    calls: list[Callable[[], Any]] = [
        partial(pieces, session, replace(Query(*listed), raw=True, checked=True)) for listed in lists
    ]
    read: list[list[Piece]] = gather_all(session, calls)
    records_ = [[record for piece in several for record in piece.records] for several in read]
    for (resource, *_), rows in zip(lists, records_, strict=True):
        remember_records(session, resource, rows)
    return records_, facts_of([piece.listing for several in read for piece in several])


def shared_records(
    session: Session, resource: Resource, ids: Ids = NOTHING, params: Params = NOTHING, *, at: Where = CONTROL_PLANE
) -> Sequence[Record]:
    """Return the same as `records`; callers that need the same list at the same time share one read of it.

    The read begins after the call, as a check after a lost response needs it. Do not change the records.
    """
    sent = repr((sorted(ids.items()), sorted(params.items()), at.projects))
    key = (at.client_of(session).url, resource.noun, sent)
    return session.shared_reads.fetch(key, partial(records, session, resource, ids, params, at=at))


def names_by_id(
    session: Session, resource: Resource, ids: Ids = NOTHING, params: Params = NOTHING, *, at: Where = CONTROL_PLANE
) -> dict[str, str]:
    """Return the names of the objects in a list, by id. Raises the errors of `records`."""
    records_ = records(session, resource, ids, params, at=at)
    return {str(record["id"]): name for record in records_ if record.get("id") and (name := label_of(resource, record))}


def remember_records(session: Session, resource: Resource, records_: list[Record]) -> None:
    """Cache the names of records, for Tab and for queries by name."""
    session.names.remember(resource.noun, [(label_of(resource, record), record.get("id")) for record in records_])
