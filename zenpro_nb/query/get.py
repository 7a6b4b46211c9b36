"""One thing, by name, e-mail or id, as a described one-row frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zenpro_nb import frames
from zenpro_nb.query.find import find
from zenpro_nb.query.projects import project_of
from zenpro_nb.query.read import NOTHING, Ids, fill, note, record_of
from zenpro_nb.query.where import CONTROL_PLANE, Where
from zenpro_nb.resources import RESOURCES
from zenpro_nb.resources.workspace.parts import PROJECT, WORKSPACE
from zenpro_nb.session.session import Session

if TYPE_CHECKING:
    import pandas as pd


def get(
    session: Session, noun: str, text: str, ids: Ids = NOTHING, *, raw: bool = False, at: Where = CONTROL_PLANE
) -> pd.DataFrame:
    """Return one thing with every column that its resource declares.

    Args:
        ids: what fills the braces of the resource's route.
        raw: the fields as the server sends them; never secrets.
        at: which server is asked.

    Raises:
        UnknownNameError: nothing has that name or id.
        AmbiguousNameError: several things have it.
    """
    resource = RESOURCES[noun]
    found = find(session, noun, text, ids, at=at, remembered=True)
    client = at.client_of(session)
    path = fill(resource.detail, {**ids, "id": found.id})
    record = found.record if found.whole else record_of(client.get(path), resource)
    frame = frames.from_records(resource, [record], raw=raw)
    marks: dict[str, str | None] = {}  # what the server does not say, since it knows of no other workspace
    if at.workspace:
        marks[WORKSPACE.name] = at.workspace
        if resource.scoped:
            marks[PROJECT.name] = found.project or project_of(session, client, record)
    for position, (column, name) in enumerate(marks.items()):
        frames.label_rows(frame, column, [name], [len(frame)], insert_at=position if raw else None)
    facts: dict[str, Any] = {"workspaces": [at.workspace]} if at.workspace else {}
    note(session, frame, route=path, **facts)
    return frame
