"""api: any other route of the server, authenticated, paged where the answer is a list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from zenpro_nb.commands.core.command import Command
from zenpro_nb.commands.core.options import Asked, shape_options
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.errors import UsageError
from zenpro_nb.resources import Paging, Resource

_ORGANIZATION = "{organization_id}"
_ANSWER = Resource(
    noun="api",
    path="",
    paging=Paging.OFFSET,
    columns=(),
    help="The answer of any route.",
    open=True,
)


@pass_runtime
def _call(runtime: Runtime, method: str, path: str, query: tuple[str, ...], as_json: bool, **shape: Any) -> Any:
    from zenpro_nb.commands.core import reading
    from zenpro_nb.query import record_of
    from zenpro_nb.security import masking

    if not path.startswith("/"):
        raise UsageError(f"{path!r} is no path", hint="Begin it with a slash: /users/me. The server is in the session.")
    path = _with_organization(runtime, path)
    asked = Asked(org=None, filters={}, **shape)
    if as_json and (idle := [name for name, value in shape.items() if value and value != "pandas"]):
        raise UsageError(
            f"--{idle[0].rstrip('_')} shapes a DataFrame, and --json returns none", hint="Leave one of them out."
        )
    params = _pairs(query)
    answer, facts = _answer(runtime, path, params)
    if as_json:
        return masking.mask(answer)
    rows = answer if isinstance(answer, list) else [answer]
    frame = reading.made(runtime, _ANSWER, [record_of(row) for row in rows], asked, route=path, filters=params, **facts)
    return reading.deliver(runtime, frame, asked)


def _answer(runtime: Runtime, path: str, params: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The JSON of the route, and the facts of its reading; a list that may go on is read to its end."""
    from zenpro_nb import limits, query

    client = runtime.session.client
    answer = client.get(path, **params)
    if not isinstance(answer, list) or len(answer) < limits.PAGE_SIZE or {"offset", "limit"} & set(params):
        return answer, {}
    return query.read_records(runtime.session, replace(_ANSWER, path=_literal(path)), params=params)


def _with_organization(runtime: Runtime, path: str) -> str:
    """The path with the organization in use in the place of `{organization_id}`."""
    from zenpro_nb import query

    if _ORGANIZATION not in path:
        return path
    return path.replace(_ORGANIZATION, query.organization(runtime.session).id)


def _literal(path: str) -> str:
    return path.replace("{", "{{").replace("}", "}}")


def _pairs(query: tuple[str, ...]) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for text in query:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"{text!r} is no parameter", hint="Write it as -q name=value.")
        pairs[name] = [*_as_list(pairs[name]), value] if name in pairs else value
    return pairs


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


api = Command(
    name="api",
    callback=_call,
    help="Ask any route: `api GET /users/me`. A list is read to its end and becomes a DataFrame.\n\n"
    "{organization_id} in the path stands for the organization in use; in a notebook, where single braces hold "
    "Python, write {{organization_id}}.",
    params=[
        click.Argument(["method"], type=click.Choice(["GET"], case_sensitive=False), metavar="GET"),
        click.Argument(["path"]),
        click.Option(
            ["-q", "--query"], multiple=True, metavar="NAME=VALUE", help="A query parameter; may be repeated."
        ),
        click.Option(["--json", "as_json"], is_flag=True, help="Return the JSON as Python data, secrets masked."),
        *shape_options(_ANSWER),
    ],
)
