"""Read one object, by name, email or id, as a described one-row DataFrame."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from zenpro_nb import frames, limits
from zenpro_nb.query.find import find
from zenpro_nb.query.projects import project_of
from zenpro_nb.query.read import NOTHING, Ids, fill, note, record_of
from zenpro_nb.query.records import records
from zenpro_nb.query.where import CONTROL_PLANE, Where
from zenpro_nb.resources import RESOURCES, Resource
from zenpro_nb.resources.nouns import option_word
from zenpro_nb.resources.workspace.columns import PROJECT, WORKSPACE
from zenpro_nb.session.session import Session


def get(
    session: Session,
    noun: str,
    text: str,
    ids: Ids = NOTHING,
    *,
    raw: bool = False,
    at: Where = CONTROL_PLANE,
    printed: bool = False,
) -> frames.Table:
    """Return one object with every column of its resource; its attrs contain the further facts for its card.

    Args:
        ids: the values for the braces of the resource's route.
        raw: the fields as the server sends them; never secrets.
        at: the server to read from.
        printed: the row is only printed, without a DataFrame.

    Raises:
        UnknownNameError: no object has that name or id.
        AmbiguousNameError: several objects have it.
    """
    resource = RESOURCES[noun]
    match = find(session, noun, text, ids, at=at, remembered=True)
    client = at.client_of(session)
    path = fill(resource.detail, {**ids, "id": match.id})
    calls: list[Callable[[], Any]] = [] if match.whole else [partial(client.get, path)]
    calls += [partial(_members, session, resource, match.id)] if resource.members else []
    responses = client.fan_out(calls, errors="return")
    record = match.record if match.whole else record_of(_value_or_raise(responses[0]), resource)
    frame = _row(resource, record, raw=raw, printed=printed and not at.workspace)
    # The server does not send these columns, since it knows of no other workspace.
    columns_to_add: dict[str, str | None] = {}
    if at.workspace:
        columns_to_add[WORKSPACE.name] = at.workspace
        if resource.scoped:
            columns_to_add[PROJECT.name] = match.project or project_of(session, client, record)
    for position, (column, name) in enumerate(columns_to_add.items()):
        assert not isinstance(frame, frames.Rows)  # noqa: S101 - objects in a workspace always become a DataFrame
        frames.label_rows(frame, column, [name], [len(frame)], insert_at=position if raw else None)
    facts: dict[str, Any] = {"workspaces": [at.workspace]} if at.workspace else {}
    details = {name: record[name] for name in resource.card_fields if record.get(name)}
    if resource.members and not isinstance(responses[-1], Exception):
        details["members"] = responses[-1]
    note(session, frame, route=path, view="card", details=details, **facts)
    return frame


def _members(session: Session, resource: Resource, key: str) -> dict[str, Any]:
    """Return the names of the first members, the number of members, and how many of them are only invited."""
    member_resource = RESOURCES[resource.members]
    records_ = records(session, member_resource, {f"{option_word(resource.noun)}_id": key})
    rows = frames.rows_of_records(member_resource, records_, ("email", "invited_email", "username"))
    assert rows is not None  # noqa: S101 - texts can always be read
    cells = list(zip(*rows.cells, strict=True))
    names = [name for row in cells if (name := _first(row)) is not None]
    invited = sum(email is None and invited_email is not None for email, invited_email, _ in cells)
    return {"names": sorted(names)[: limits.CARD_MEMBERS], "count": len(rows), "invited": invited}


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value is not None), None)


def _row(resource: Resource, record: Mapping[str, Any], *, raw: bool, printed: bool) -> frames.Table:
    rows = frames.rows_of_records(resource, [record]) if printed and not raw else None
    return frames.from_records(resource, [record], raw=raw) if rows is None else rows


def _value_or_raise(response: Any) -> Any:
    """Return a response; raise it if it is an error."""
    if isinstance(response, Exception):
        raise response
    return response
