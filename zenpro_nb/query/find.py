"""Find the object that a name, email or id refers to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.errors import NotFoundError, UnknownNameError, UsageError
from zenpro_nb.profiles import ORGANIZATION_VARIABLE
from zenpro_nb.query.matching import Found, NameIndex, found_in, label_of, search, unknown
from zenpro_nb.query.read import NOTHING, Ids, Query, fill, record_of
from zenpro_nb.query.records import Piece, pieces, records, remember_records
from zenpro_nb.query.where import CONTROL_PLANE, Where
from zenpro_nb.resources import RESOURCES, Paging, Resource
from zenpro_nb.resources.nouns import singular
from zenpro_nb.security.masking import drop
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.ids import is_id
from zenpro_nb.syntax.unparse import quoted


def find(
    session: Session, noun: str, text: str, ids: Ids = NOTHING, *, at: Where = CONTROL_PLANE, remembered: bool = False
) -> Found:
    """Return the object of this noun with this name, email or id.

    Args:
        ids: the values for the braces of the resource's route, such as `organization_id`.
        at: the server to read from.
        remembered: trust an id that was seen before, without a request and without its record. Reads can do this, since
            they fail if the object is gone; writes check the object itself.

    Raises:
        UnknownNameError: no object has that name; the message suggests similar ones.
        AmbiguousNameError: several objects have it; the message lists them with their ids.

    Example:
        >>> find(session, "roles", "workspace developer", {"organization_id": org.id}).name
        'Workspace Developer'
    """
    resource = RESOURCES[noun]
    if is_id(text):
        return _by_id(session, resource, text, at, remembered, ids)
    return _by_name(session, resource, text, at, ids)


def organization(session: Session, text: str | None = None, *, remembered: bool = True) -> Found:
    """Return the organization: the named one, the one in use, or the only visible one.

    It is requested once, and cached as long as the session uses this server and the server does not refuse it.

    Args:
        remembered: return the cached one.

    Raises:
        UsageError: several organizations are visible, and none was named.
    """
    name = text or session.settings.organization or ""
    cached = session.names.value("organization", name) if remembered else None
    if isinstance(cached, Found):
        return cached
    found = _organization(session, name)
    session.names.keep("organization", name, found)
    return found


def _organization(session: Session, name: str) -> Found:
    if name:
        return find(session, "organizations", name, remembered=True)
    resource = RESOURCES["organizations"]
    visible = records(session, resource)
    if len(visible) == 1:
        return found_in(resource, visible[0])
    if not visible:
        raise UsageError(
            "You are not a member of any organization on this server", hint="Ask for an invitation, or check the URL."
        )
    names = ", ".join(label_of(resource, record) for record in visible[: limits.NAMES_IN_MESSAGE])
    raise UsageError(
        f"You can see {len(visible)} organizations: {names}",
        hint=session.how_to_choose("organization", "--org NAME", ORGANIZATION_VARIABLE),
    ).completed_by(f"--org {quoted(label_of(resource, visible[0]))}")


def _by_id(session: Session, resource: Resource, key: str, at: Where, remembered: bool, ids: Ids) -> Found:
    names_by_id = session.names.by_id(resource.noun)
    # Names are cached by noun alone, without the workspace of the object.
    if remembered and at.client is None and key in names_by_id:
        return Found(key, names_by_id[key], {})
    if not resource.detail:
        return Found(key, key, {})
    try:
        response = at.client_of(session).get(fill(resource.detail, {**ids, "id": key}))
    except NotFoundError:
        place = f" in {at.workspace}" if at.workspace else ""
        raise UnknownNameError(
            f"The {singular(resource.noun)} with the ID {key}{place} does not exist, or you cannot see it",
            hint=f"List them with `{resource.parent or resource.noun}`.",
            strangers=[key],
        ) from None
    record = drop(record_of(response, resource), resource.secrets)
    return Found(key, label_of(resource, record) or key, record, whole=True)


def _by_name(session: Session, resource: Resource, text: str, at: Where, ids: Ids) -> Found:
    if resource.label == "id":
        raise unknown(resource.noun, text, [])  # it has no name, and the text is not an id
    # A workspace's list may be too long to be read completely just for a suggestion.
    long = resource.paging is Paging.PAGE
    filters = search(resource, text)
    found = candidates(session, resource, filters, at, ids)
    index = index_of(resource, found)
    if filters and not long and not index.bearing(text):
        filters, found = {}, candidates(session, resource, {}, at, ids)
        index = index_of(resource, found)
    match = index.pick(text, names=session.names.of(resource.noun) if filters else None)
    project = next((piece.project for piece in found if any(match.record is record for record in piece.records)), None)
    return replace(match, whole=long, project=project)


def candidates(session: Session, resource: Resource, filters: Mapping[str, str], at: Where, ids: Ids) -> list[Piece]:
    """Return the records of a list that match the server's filters, project by project."""
    query = Query(resource, ids, filters, raw=True, checked=True, hydrate=resource.paging is Paging.PAGE)
    parts = pieces(session, query, at)
    for piece in parts:
        remember_records(session, resource, piece.records)
    return parts


def index_of(resource: Resource, pieces_: Sequence[Piece]) -> NameIndex:
    """Return an index of the names of all these records."""
    return NameIndex(resource, [record for piece in pieces_ for record in piece.records])
