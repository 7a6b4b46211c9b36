"""Read resources into described DataFrames: the one place where the client and frames meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from zenpro_nb import frames, limits
from zenpro_nb.client import PagePart, WithTotal, segment
from zenpro_nb.resources import Paging, Resource
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    from zenpro_nb.client import Client, Listing
    from zenpro_nb.profiles import Settings

Ids = Mapping[str, str]  # the values for the braces of a route
Record = dict[str, Any]
Params = Mapping[str, object]  # query parameters under the API's names
NOTHING: Mapping[str, Any] = MappingProxyType({})  # no ids, no parameters
Progress = Callable[[int], None]  # called with the number of rows read so far
OnPage = Callable[["frames.DecodedPage"], None]
AnyDecoder: TypeAlias = "frames.Decoder | frames.RecordDecoder | frames.RowDecoder"


class Query(Struct, frozen=True):
    """A query for one resource."""

    resource: Resource
    ids: Ids = field(default_factory=dict)
    params: Params = field(default_factory=dict)
    limit: int | None = None
    columns: Sequence[str] | None = None  # None: all declared ones
    raw: bool = False
    checked: bool = False  # the records are checked and used as data; no DataFrame is built from them
    hydrate: bool = False  # a workspace sends some fields only on demand
    size: int | None = None  # rows per page of a workspace; None: the size that suits such rows
    printed: bool = False  # the rows are only printed: a short list then needs no DataFrame
    labeled: bool = True  # its description says whether the server is a sandbox, which takes a request
    everywhere: bool = False  # the list covers all organizations, which its description says
    # the rows counted by the limit match this predicate; all rows that were read are returned
    where: frames.Predicate | None = None

    @property
    def path(self) -> str:
        """Return the route with its braces replaced by the ids."""
        return fill(self.resource.path, self.ids)

    @property
    def sent(self) -> dict[str, object]:
        """Return the query parameters that have a value."""
        set_params = {name: value for name, value in self.params.items() if value is not None}
        return {**self.resource.defaults, **set_params, **({"hydrate": True} if self.hydrate else {})}


def fill(route: str, ids: Ids) -> str:
    """Return the route with its braces filled, each value quoted to remain a single segment.

    Raises:
        UsageError: a value is empty or consists of dots, so the path would lead to another route.
    """
    return route.format(
        **{name: segment(value).replace("%40", "@") for name, value in ids.items() if f"{{{name}}}" in route}
    )


def record_of(answer: object, resource: Resource | None = None) -> Record:
    """Return a response about one object as a record; both APIs answer with an object.

    Raises:
        UnexpectedAnswerError: the response is not an object.
    """
    return frames.as_record(answer, resource)


def read(session: Session, query: Query, progress: Progress | None = None) -> frames.Table:
    """Read a list of the control plane into a DataFrame with the resource's declared columns, described in `attrs`.

    A short list that is only printed becomes `Rows`.

    Raises:
        ApiError: the server refused.
        ConnectionFailedError: the server was not reached.
        InterruptedReadError: Ctrl-C.
    """
    settings = session.settings
    listing = read_listing(session.client_of(settings), query, progress)
    facts = {
        "filters": query.sent,
        "everywhere": query.everywhere,
        "labeled": query.labeled,
        **facts_of([listing]),
    }
    parts = [(part.page, part.keep) for part in listing.parts]
    listing.parts.clear()  # releases the memory of the pages while the DataFrame is built from them
    rows = frames.rows_of_pages(query.resource, parts, query.columns) if is_printed(query) else None
    if rows is not None:
        remember(session, query.resource, rows)
        note(session, rows, route=listing.path, settings=settings, **facts)
        return rows
    frame = frames.assemble(
        query.resource,
        parts,
        columns=query.columns,
        raw=query.raw,
        release=True,
        on_names=session.names.remember_columns,
    )
    if query.raw or query.resource.schemaless:
        remember(session, query.resource, frame)
    note(session, frame, route=listing.path, settings=settings, **facts)
    return frame


def read_listing(
    client: Client,
    query: Query,
    progress: Progress | None = None,
    decoder: AnyDecoder | None = None,
    *,
    urgent: bool = False,
    on_page: OnPage | None = None,
) -> Listing[frames.DecodedPage]:
    """Read the pages of a list, each decoded in the worker that fetched it.

    With a limit, reading stops once enough rows match; the result also contains the rows that do not match.

    Args:
        client: the client of the server.
        query: the query.
        progress: called with the number of rows read so far.
        decoder: decodes the pages of several reads of one resource; by default a new one.
        urgent: other requests wait for the list: an additional request is better than an additional round trip.
        on_page: called with each page as soon as it arrives, in the worker that fetched it; rows can come twice.
    """
    if query.limit is None or query.where is None or not query.where.conditions:
        return _read_first(client, query, progress, decoder, urgent=urgent, on_page=on_page)
    decoder = decoder or decoder_of(query)
    rows = max(query.limit, limits.WHERE_FIRST)
    while True:
        listing = _read_first(client, replace(query, limit=rows), progress, decoder)
        if listing.complete or _fitting(query.where, query, listing) >= query.limit:
            return listing
        rows *= limits.WHERE_GROWTH


def decoder_of(query: Query) -> AnyDecoder:
    """Return the decoder for the pages of a list."""
    if query.checked:
        return frames.RecordDecoder(query.resource)
    if is_printed(query):
        return frames.RowDecoder(query.resource, query.columns)
    return frames.Decoder(query.resource, query.columns, raw=query.raw)


def is_printed(query: Query) -> bool:
    """Return whether the list is decoded to rows; a list without declared columns always becomes a DataFrame."""
    return query.printed and not query.raw and not query.resource.schemaless


def _fitting(where: frames.Predicate, query: Query, listing: Listing[frames.DecodedPage]) -> int:
    """Return how many rows of a list match."""
    parts = [(part.page, part.keep) for part in listing.parts]
    columns = None if query.resource.schemaless else where.names
    return int(where.mask(frames.assemble(query.resource, parts, columns)).sum())


def _read_first(
    client: Client,
    query: Query,
    progress: Progress | None,
    decoder: AnyDecoder | None,
    *,
    urgent: bool = False,
    on_page: OnPage | None = None,
) -> Listing[frames.DecodedPage]:
    path, params = query.path, query.sent
    decoder = decoder or decoder_of(query)
    decode = decoder if on_page is None else partial(_decode_and_report, decoder, on_page)
    if query.resource.paging is Paging.NONE:
        return client.read_once(path, params=params, decode=decode)
    if query.resource.paging is Paging.PAGE:
        return client.read_pages(
            path,
            params=params,
            limit=query.limit,
            size=query.size or (limits.HYDRATED_PAGE if query.hydrate else limits.WORKSPACE_PAGE),
            decode=lambda content: _with_total(decode(content)),
            progress=progress,
        )
    listing = client.read_list(
        path,
        params=params,
        limit=_one_more(query.limit),
        decode=decode,
        progress=progress,
        urgent=urgent,
        merge=partial(merge, decoder),
    )
    return listing if query.limit is None else listing.head(query.limit)


def _one_more(limit: int | None) -> int | None:
    """Return a limit that is one row higher, which shows whether the list has more rows than were requested.

    It stays the same if the row would be on a page of its own; pages overlap by one row.

    >>> _one_more(17), _one_more(100), _one_more(199), _one_more(0), _one_more(None)
    (18, 100, 199, 0, None)
    """
    if not limit or (limit > 1 and (limit - 1) % (limits.PAGE_SIZE - 1) == 0):
        return limit
    return limit + 1


def _decode_and_report(decoder: AnyDecoder, on_page: OnPage, content: bytes) -> frames.DecodedPage:
    page = decoder(content)
    on_page(page)
    return page


def merge(decoder: AnyDecoder, parts: Sequence[PagePart[frames.DecodedPage]]) -> frames.DecodedPage | None:
    """Return one page of many parts; None if they stay separate."""
    return decoder.merge([(part.page, part.keep) for part in parts])


def _with_total(page: frames.DecodedPage) -> WithTotal[frames.DecodedPage]:
    return WithTotal(page, len(page) if page.total is None else page.total)


def facts_of(listings: Sequence[Listing[frames.DecodedPage]]) -> dict[str, Any]:
    """Return the facts about the reading of these lists, for the `attrs` of a DataFrame."""
    pages = [part.page for listing in listings for part in listing.parts]
    unknown: Counter[str] = Counter()  # how often each field occurred that the table does not declare
    for page in pages:
        unknown.update(page.unknown)
    return {
        "complete": all(listing.complete for listing in listings),
        "changed": any(listing.changed for listing in listings),
        "lenient": sum(page.lenient for page in pages),
        "unknown": unknown,
    }


def note(
    session: Session,
    frame: frames.Table,
    *,
    route: str,
    filters: Params | None = None,
    settings: Settings | None = None,
    everywhere: bool = False,
    labeled: bool = True,
    **more: Any,
) -> None:
    """Describe a DataFrame in `attrs["zenpro"]`; `more` are further facts of `frames.describe`.

    Args:
        settings: those that its rows were read with; by default those in force.
        labeled: it is marked if the server is a sandbox. Without it, no request is sent.
        everywhere: the list covers all organizations; the description names the option for a single one.
    """
    settings = settings or session.settings
    if filter_names := session.names.of_ids(filters or {}):
        more["filter_names"] = filter_names
    organizations, sandbox = session.names.by_id("organizations"), labeled and session.is_sandbox()
    if everywhere:
        in_use = organizations.get(settings.organization or "", settings.organization)
        how = f", not only {in_use}; --org {quoted(in_use)} for this one" if in_use else "; --org NAME for one"
        more["scope"] = f"all organizations that you can see{how}"
    if organizations:
        texts = [route, *map(str, (filters or {}).values())]
        # The name of the organization whose id occurs in one of these texts, if it has been seen.
        name = next((name for key, name in organizations.items() if any(key in text for text in texts)), None)
        more |= {"organization": name} if name is not None else {}
    frames.describe(
        frame,
        server=settings.url,
        sandbox=sandbox,
        route=route,
        time=datetime.now(UTC),
        filters=filters,
        **more,
    )


def remember(session: Session, resource: Resource, frame: frames.Table) -> None:
    """Cache the names in a DataFrame, for Tab and for queries by name."""
    if "id" in frame.columns and resource.label in frame.columns:
        names, ids = (
            frame.values(name) if isinstance(frame, frames.Rows) else frame[name].array
            for name in (resource.label, "id")
        )
        session.names.remember_columns(resource.noun, names, ids)
