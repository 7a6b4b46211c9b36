"""api: any other route of the server, authenticated, paged where the answer is a list."""

from __future__ import annotations

from typing import Annotated, Any

import click
from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb import query as look
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Arg, Opt
from zenpro_nb.framework.lists import reading
from zenpro_nb.framework.lists.noun import command
from zenpro_nb.framework.lists.options import options_from
from zenpro_nb.resources import Paging, Resource
from zenpro_nb.security import masking

_ORGANIZATION = "{organization_id}"
_ANSWER = Resource(
    noun="api",
    path="",
    paging=Paging.OFFSET,
    columns=(),
    help="The answer of any route.",
    schemaless=True,
)


Method = Annotated[str, Arg(click.Choice(["GET"], case_sensitive=False), metavar="GET")]
Path = Annotated[str, Arg()]
Query = Annotated[
    tuple[str, ...], Opt("-q", "--query", metavar="NAME=VALUE", help="A query parameter; may be repeated.")
]
AsJson = Annotated[bool, Opt("--json", help="Return the JSON as Python data, secrets masked.")]


@command(shape=_ANSWER)
def api(
    ctx: CommandContext, method: Method, path: Path, query: Query = (), as_json: AsJson = False, **shape: Any
) -> Any:
    """Ask any route: `api GET /users/me`. A list is read to its end and becomes a DataFrame.

    {organization_id} in the path stands for the organization in use; in a notebook, where single braces hold Python,
    write {{organization_id}}.

    Examples:
        api GET /users/me
        api GET /users --query limit=5
    """
    if not path.startswith("/"):
        raise UsageError(
            f"{path!r} is not a path", hint="Begin it with a slash: /users/me. The server is in the session."
        )
    path = _with_organization(ctx, path)
    if as_json and (idle := [name for name, value in shape.items() if value and value != "pandas"]):
        raise UsageError(
            f"--{idle[0].rstrip('_')} shapes a DataFrame, and --json returns none", hint="Leave one of them out."
        )
    asked = options_from(dict(shape), _ANSWER, ctx.session.clock.now())
    params = _pairs(query)
    answer, facts = _answer(ctx, path, params)
    if as_json:
        masked = masking.mask(answer)
        return masked if ctx.pseudonyms is None else ctx.pseudonyms.data(masked)
    rows = answer if isinstance(answer, list) else [answer]
    frame = reading.frame_of_records(ctx, _ANSWER, rows, asked, route=path, filters=params, **facts)
    return reading.deliver(ctx, frame, asked)


def _answer(ctx: CommandContext, path: str, params: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return the JSON of the route, and the facts of its reading; read a list that may go on to its end."""
    client = ctx.session.client
    answer = client.get(path, **params)
    if not isinstance(answer, list) or len(answer) < limits.PAGE_SIZE or {"offset", "limit"} & set(params):
        return answer, {}
    return look.read_records(ctx.session, replace(_ANSWER, path=_literal(path)), params=params, raw=True)


def _with_organization(ctx: CommandContext, path: str) -> str:
    """Return the path with the organization in use in the place of `{organization_id}`."""
    if _ORGANIZATION not in path:
        return path
    return path.replace(_ORGANIZATION, look.organization(ctx.session).id)


def _literal(path: str) -> str:
    return path.replace("{", "{{").replace("}", "}}")


def _pairs(query: tuple[str, ...]) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for text in query:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"{text!r} is not a parameter", hint="Write it as -q name=value.")
        pairs[name] = [*_as_list(pairs[name]), value] if name in pairs else value
    return pairs


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
