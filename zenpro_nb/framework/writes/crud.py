"""The writes that are the same for many nouns: change the fields of one thing, delete one thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zenpro_nb import query
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.checks import changed, gone
from zenpro_nb.framework.writes.observe import undo_update
from zenpro_nb.framework.writes.write import Write, require_change, without_missing
from zenpro_nb.resources import Resource
from zenpro_nb.resources.nouns import singular


def update_of(
    ctx: CommandContext,
    resource: Resource,
    found: query.Found,
    fields: Mapping[str, Any],
    ids: query.Ids = query.NOTHING,
) -> Write:
    """Return the PATCH of one thing, at the route of a single one of its resource.

    Args:
        fields: what it should be; None leaves a field as it is.
        ids: what fills the further braces of that route.

    Raises:
        UsageError: there is nothing to change.
    """
    path, body = _route(resource, found, ids), require_change(without_missing(**fields))
    happened = changed(ctx.session, path, body)
    words = _words(resource, found)
    back = undo_update(ctx, path, found.record, body)
    return Write("PATCH", path, target=words, name=found.name, body=body, resource=resource, happened=happened, **back)


def delete_of(
    ctx: CommandContext,
    resource: Resource,
    found: query.Found,
    ids: query.Ids = query.NOTHING,
    irreversible: str = "a new one would have another id",
) -> Write:
    """Return the DELETE of one thing, at the route of a single one of its resource.

    Args:
        irreversible: why nothing takes it back.
    """
    path = _route(resource, found, ids)
    happened = gone(ctx.session, path)
    words = _words(resource, found)
    return Write("DELETE", path, target=words, name=found.name, happened=happened, irreversible=irreversible)


def _route(resource: Resource, found: query.Found, ids: query.Ids) -> str:
    return query.fill(resource.detail, {**ids, "id": found.id})


def _words(resource: Resource, found: query.Found) -> str:
    return f"{singular(resource.noun)} {found.name}"
