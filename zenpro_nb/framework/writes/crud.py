"""Build the writes that many nouns share: change the fields of one object, delete one object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zenpro_nb import query
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.checks import is_changed, is_gone
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
    """Return the PATCH of one object, at its own route.

    Args:
        fields: the new values; None leaves a field unchanged.
        ids: the values for the other braces of that route.

    Raises:
        UsageError: there is nothing to change.
    """
    path, body = _route(resource, found, ids), require_change(without_missing(**fields))
    verify = is_changed(ctx.session, path, body)
    words = _target_of(resource, found)
    undo = undo_update(ctx, path, found.record, body)
    return Write("PATCH", path, target=words, name=found.name, body=body, resource=resource, verify=verify, **undo)


def delete_of(
    ctx: CommandContext,
    resource: Resource,
    found: query.Found,
    ids: query.Ids = query.NOTHING,
    irreversible: str = "a new one would have a different ID",
) -> Write:
    """Return the DELETE of one object, at its own route.

    Args:
        irreversible: why it cannot be undone.
    """
    path = _route(resource, found, ids)
    verify = is_gone(ctx.session, path)
    words = _target_of(resource, found)
    return Write("DELETE", path, target=words, name=found.name, verify=verify, irreversible=irreversible)


def _route(resource: Resource, found: query.Found, ids: query.Ids) -> str:
    return query.fill(resource.detail, {**ids, "id": found.id})


def _target_of(resource: Resource, found: query.Found) -> str:
    return f"{singular(resource.noun)} {found.name}"
