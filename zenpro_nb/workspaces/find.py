"""From the name or id that somebody typed to the one thing in a workspace that is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zenpro_nb import query
from zenpro_nb.errors import NotFoundError, UnknownNameError
from zenpro_nb.query import fill, record_of
from zenpro_nb.resources import RESOURCES, Resource
from zenpro_nb.resources.nouns import singular
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.ids import is_id
from zenpro_nb.workspaces.many import Piece, WorkspaceQuery, read_target
from zenpro_nb.workspaces.targets import Target


@dataclass(frozen=True)
class Thing:
    """One thing of a workspace: its id, its name, the project it belongs to, and its record."""

    id: str
    name: str
    project: str | None
    record: Mapping[str, Any]


def find(session: Session, target: Target, noun: str, text: str, projects: Sequence[str] = ()) -> Thing:
    """The one thing of this noun that bears this name or id.

    Args:
        projects: where it is looked for, for what belongs to projects.

    Raises:
        UnknownNameError: nothing has that name.
        AmbiguousNameError: several things have it; the message lists them with their ids.
    """
    resource = RESOURCES[noun]
    if is_id(text):
        return _by_id(session, target, resource, text)
    pieces = read_target(
        session, target, WorkspaceQuery(resource, {"name": f"equals:{text}"}, projects, raw=True, hydrate=True)
    )
    found = [_thing(resource, record, piece.project) for piece in pieces for record in records_of(piece)]
    if not found:
        raise query.unknown(noun, text, session.names.of(noun))
    if len(found) > 1:
        raise query.ambiguous(noun, text, [{"name": one.name, "id": one.id} for one in found], resource)
    return found[0]


def records_of(piece: Piece) -> list[dict[str, Any]]:
    """The records of a piece that was read raw."""
    found: list[dict[str, Any]] = []
    for part in piece.listing.parts:
        rows = part.page.records or []
        found.extend(rows if part.keep is None else [rows[at] for at in part.keep])
    return found


def _by_id(session: Session, target: Target, resource: Resource, key: str) -> Thing:
    try:
        record = record_of(target.client(session).get(fill(resource.detail, {"id": key})))
    except NotFoundError as error:
        raise UnknownNameError(
            f"There is no {singular(resource.noun)} with the id {key} in {target.name} that you can see",
            hint=error.hint,
        ) from None
    return _thing(resource, record, None)


def _thing(resource: Resource, record: Mapping[str, Any], project: str | None) -> Thing:
    from zenpro_nb.security.masking import drop

    key = str(record.get("id") or "")
    return Thing(key, str(record.get("name") or key), project, drop(record, resource.secrets))
