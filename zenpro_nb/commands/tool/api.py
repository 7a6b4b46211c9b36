"""api: call any other route of the server, authenticated; lists are read page by page."""

from __future__ import annotations

from typing import Annotated, Any

import click
from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb import query as server_query
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import Arg, CommandContext, Opt, command, options_from, reading
from zenpro_nb.resources import Paging, Resource
from zenpro_nb.security import masking

_ORGANIZATION = "{organization_id}"
_RESPONSE = Resource(
    noun="api",
    path="",
    paging=Paging.OFFSET,
    columns=(),
    help="The response of any route.",
    schemaless=True,
)


Method = Annotated[str, Arg(click.Choice(["GET"], case_sensitive=False), metavar="GET")]
Path = Annotated[str, Arg()]
Query = Annotated[
    tuple[str, ...], Opt("-q", "--query", metavar="NAME=VALUE", help="Add a query parameter. Can be repeated.")
]
AsJson = Annotated[bool, Opt("--json", help="Return the JSON as Python data, secrets masked.")]


@command(shape=_RESPONSE)
def api(
    ctx: CommandContext, method: Method, path: Path, query: Query = (), as_json: AsJson = False, **shape: Any
) -> Any:
    """Call any API route, for example `api GET /users/me`.

    A list is read page by page to its end and returned as a DataFrame. {organization_id} in the path is replaced by the
    ID of the organization in use. In a notebook, single braces mark Python expressions: write {{organization_id}}
    there.

    Examples:
        # Show your own account as the server returns it
        api GET /users/me
        # Pass a query parameter
        api GET /users --query limit=5
    """
    if not path.startswith("/"):
        raise UsageError(
            f"{path!r} is not a path", hint="Start it with a slash, without the server: `api GET /users/me`."
        )
    path = _with_organization(ctx, path)
    if as_json and (unused := [name for name, value in shape.items() if value and value != "pandas"]):
        raise UsageError(
            f"--json cannot be combined with --{unused[0].rstrip('_')}",
            hint="--json returns Python data, not a DataFrame. Omit one of the two.",
        )
    options = options_from(dict(shape), _RESPONSE, ctx.session.clock.now())
    params = _pairs(query)
    response, facts = _fetch(ctx, path, params)
    if as_json:
        masked = masking.mask(response)
        return masked if ctx.pseudonyms is None else ctx.pseudonyms.data(masked)
    rows = response if isinstance(response, list) else [response]
    frame = reading.frame_of_records(ctx, _RESPONSE, rows, options, route=path, filters=params, **facts)
    return reading.deliver(ctx, frame, options)


def _fetch(ctx: CommandContext, path: str, params: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return the JSON of the route and the facts about the read; a list that fills a page is read to its end."""
    client = ctx.session.client
    response = client.get(path, **params)
    if not isinstance(response, list) or len(response) < limits.PAGE_SIZE or {"offset", "limit"} & set(params):
        return response, {}
    return server_query.read_records(ctx.session, replace(_RESPONSE, path=_literal(path)), params=params, raw=True)


def _with_organization(ctx: CommandContext, path: str) -> str:
    """Return the path with `{organization_id}` replaced by the ID of the organization in use."""
    if _ORGANIZATION not in path:
        return path
    return path.replace(_ORGANIZATION, server_query.organization(ctx.session).id)


def _literal(path: str) -> str:
    return path.replace("{", "{{").replace("}", "}}")


def _pairs(query: tuple[str, ...]) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for text in query:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"{text!r} is not a query parameter", hint="Write it as `-q NAME=VALUE`.")
        pairs[name] = [*_as_list(pairs[name]), value] if name in pairs else value
    return pairs


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
