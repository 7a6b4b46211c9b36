"""Differences between a server's description of its API and zenpro's own tables. Pure functions over dicts.

The API facts behind the table of resources were collected without access to the server. With an account, this module
shows within a minute which of them are wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.client._request_pipeline import old_path
from zenpro_nb.resources import CONTROL_PLANE, Paging, Resource
from zenpro_nb.resources.openapi import OpenApiDocument, Operation, Schema, shape
from zenpro_nb.resources.routes import ROUTES, Route
from zenpro_nb.security.masking import hides

_OFFSETS = ("offset", "limit")


class Difference(Struct, frozen=True):
    """One difference between the server and zenpro's tables. `serious` means that a feature cannot work there."""

    where: str  # "GET /users"
    words: str
    serious: bool = False


def compare(
    data: Mapping[str, Any],
    *,
    prefix: str = "",
    resources: Sequence[Resource] = CONTROL_PLANE,
    routes: Sequence[Route] = ROUTES,
) -> list[Difference]:
    """Return all differences between an OpenAPI document and zenpro's tables, the serious ones first.

    Args:
        data: the document, as `GET /openapi.json` returns it.
        prefix: the path of the server's URL, which the document's paths may begin with.
        resources: the lists that zenpro reads; those that it computes are left out.
        routes: the routes that zenpro knows and uses.
    """
    document = OpenApiDocument(data, prefix)
    differences = [*_missing_routes(document, routes), *_new_routes(document, routes)]
    for resource in resources:
        if not resource.path:  # zenpro computes it
            continue
        operation = _find(document, "GET", resource.path)
        if operation is not None:
            differences += _list_differences(document, operation, resource)
    return sorted(dict.fromkeys(differences), key=lambda difference: not difference.serious)


def page_sizes(
    data: Mapping[str, Any], *, prefix: str = "", resources: Sequence[Resource] = CONTROL_PLANE
) -> dict[str, int]:
    """Return the maximum page size of each list by its route, if the OpenAPI document contains it."""
    document = OpenApiDocument(data, prefix)
    operations = {
        resource.path: _find(document, "GET", resource.path)
        for resource in resources
        if resource.paging is Paging.OFFSET
    }
    limit = {path: operation.query.get("limit") for path, operation in operations.items() if operation is not None}
    return {
        path: int(parameter.maximum) for path, parameter in limit.items() if parameter is not None and parameter.maximum
    }


def _find(document: OpenApiDocument, method: str, path: str) -> Operation | None:
    """Return the route in the newer or in the older spelling."""
    return document.find(method, path) or document.find(method, old_path(path))


def _missing_routes(document: OpenApiDocument, routes: Sequence[Route]) -> Iterator[Difference]:
    for route in routes:
        if not route.commands or _find(document, route.method, route.path) is not None:
            continue
        guess = " (it was only inferred)" if route.inferred else ""
        command_names = ", ".join(command or "the status card" for command in route.commands)
        yield Difference(
            f"{route.method} {route.path}", f"the server does not have this route{guess}; used by {command_names}", True
        )


def _new_routes(document: OpenApiDocument, routes: Sequence[Route]) -> Iterator[Difference]:
    route_keys = {
        (route.method, shape(path_form)) for route in routes for path_form in (route.path, old_path(route.path))
    }
    for method, path in document.operations:
        # Older servers also use the word in names: `tenant_status`, `auth/tenant_authorization`.
        if (method, path) not in route_keys and (method, path.replace("tenant", "workspace")) not in route_keys:
            yield Difference(f"{method} {path}", "zenpro does not know this route")


def _list_differences(document: OpenApiDocument, operation: Operation, resource: Resource) -> Iterator[Difference]:
    where = f"GET {resource.path}"
    yield from _parameters(operation, resource, where)
    yield from _paging(operation, resource, where)
    if not operation.response:
        return
    model = document.item_model(operation.response)
    if model is None and resource.noun == "me":
        model = operation.response
    if model is None:
        yield Difference(where, "the response is not described as a list", True)
    else:
        yield from _fields(document, model, resource, where)


def _parameters(operation: Operation, resource: Resource, where: str) -> Iterator[Difference]:
    ours = {*(filter_.name for filter_ in resource.filters), *resource.defaults}
    # Older servers also say tenant in names of parameters, which the client translates.
    ours |= {name.replace("workspace", "tenant") for name in ours}
    theirs = set(operation.query)
    filter_names = {filter_.name for filter_ in resource.filters} | set(resource.defaults)
    missing = sorted(
        name for name in filter_names if name not in theirs and name.replace("workspace", "tenant") not in theirs
    )
    if missing:
        yield Difference(where, f"does not accept the filters {', '.join(missing)}, and may ignore them silently", True)
    if new := sorted(theirs - ours - {*_OFFSETS, "organization_id", *resource.ignored_fields}):
        yield Difference(where, f"accepts parameters without an option: {', '.join(new)}")


def _paging(operation: Operation, resource: Resource, where: str) -> Iterator[Difference]:
    paged = set(_OFFSETS) <= set(operation.query)
    if resource.paging is Paging.NONE and paged:
        yield Difference(where, "is paged by offset and limit, but zenpro reads only its first page", True)
    if resource.paging is Paging.OFFSET and not paged:
        yield Difference(where, "is not paged by offset and limit, but zenpro reads it that way")
    limit = operation.query.get("limit")
    if limit is None:
        return
    if limit.maximum is not None and limit.maximum != limits.PAGE_SIZE:
        words = f"pages contain at most {limit.maximum:.0f} rows, but zenpro requests {limits.PAGE_SIZE}"
        yield Difference(where, words, limit.maximum < limits.PAGE_SIZE)
    if isinstance(limit.default, int) and limit.default != limits.PAGE_SIZE:
        yield Difference(where, f"pages contain {limit.default} rows by default, but zenpro expects {limits.PAGE_SIZE}")


def _fields(document: OpenApiDocument, model: Schema, resource: Resource, where: str) -> Iterator[Difference]:
    theirs = document.properties(model)
    if not theirs:
        return
    columns = [column for column in resource.columns if not column.computed]
    missing = sorted(
        ".".join(column.steps)
        for column in columns
        if not document.has(model, column.steps) and not column.fallback_paths
    )
    if missing:
        yield Difference(where, f"does not send {', '.join(missing)}; the columns stay empty", True)
    ours = {step.removesuffix("[]") for column in columns for step in column.steps[:1]}
    new = sorted(
        name for name in set(theirs) - ours - {*resource.ignored_fields} if not hides((name,), resource.secrets)
    )
    if new:
        become = "are unknown and become columns automatically" if resource.schemaless else "have no column"
        yield Difference(where, f"sends fields that {become}: {', '.join(new)}")
