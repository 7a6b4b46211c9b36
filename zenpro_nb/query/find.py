"""From the name, e-mail or id that somebody typed to the one thing that is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from zenpro_nb import limits
from zenpro_nb.errors import AmbiguousNameError, NotFoundError, UnknownNameError, UsageError
from zenpro_nb.resources import RESOURCES, Resource
from zenpro_nb.resources.nouns import singular
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.ids import is_id
from zenpro_nb.syntax.suggestions import did_you_mean


@dataclass(frozen=True)
class Found:
    """One thing: its id, its name for people, and its record where it was fetched."""

    id: str
    name: str
    record: Mapping[str, object]


def find(session: Session, noun: str, text: str, **ids: str) -> Found:
    """The one thing of this noun that bears this name, e-mail or id.

    Args:
        ids: what fills the braces of the resource's route, such as `organization_id`.

    Raises:
        UnknownNameError: nothing has that name; the message suggests similar ones.
        AmbiguousNameError: several things have it; the message lists them with their ids.

    Example:
        >>> find(session, "roles", "Workspace Developer", organization_id=org.id).id
    """
    resource = RESOURCES[noun]
    if is_id(text):
        return _by_id(session, resource, text, ids)
    candidates = _search(session, resource, text, ids)
    matches = _matching(resource, candidates, text)
    if not matches and resource.lookup:
        candidates = records(session, resource, ids)
    return pick(noun, text, candidates)


def find_all(session: Session, noun: str, texts: Sequence[str], **ids: str) -> list[Found]:
    """As `find`, for several names at once; each thing once, in the order of the names.

    Raises:
        UnknownNameError: some are not there, or bear no unique name; all of them are told at once.
    """
    resource = RESOURCES[noun]
    wanted = list(dict.fromkeys(texts))
    # What the server can search for is asked for one by one, and at once; the rest is picked from one list.
    listed = [text for text in wanted if not is_id(text) and not _searchable(resource, text)]
    candidates = records(session, resource, ids) if listed else []
    calls = [
        partial(pick, noun, text, candidates) if text in listed else partial(find, session, noun, text, **ids)
        for text in wanted
    ]
    results = session.client.fan_out(calls, errors="return")
    failed = {text: one for text, one in zip(wanted, results, strict=True) if isinstance(one, Exception)}
    misspelt = [text for text, error in failed.items() if isinstance(error, UnknownNameError | AmbiguousNameError)]
    for error in failed.values():
        if len(failed) == 1 or len(misspelt) < len(failed):
            raise error
    if failed:
        named = ", ".join(repr(text) for text in misspelt[: limits.LISTED]) + (
            " …" if len(misspelt) > limits.LISTED else ""
        )
        raise UnknownNameError(
            f"{len(misspelt)} of {len(wanted)} {noun.replace('-', ' ')} are not there or not unique: {named}",
            hint=f"List them with `{noun}`.",
        )
    found = [one for one in results if isinstance(one, Found)]
    return list({one.id: one for one in found}.values())


def pick(noun: str, text: str, candidates: Sequence[dict[str, object]]) -> Found:
    """The one of these records that bears this name. Raises what `find` raises."""
    resource = RESOURCES[noun]
    matches = _matching(resource, candidates, text)
    if not matches:
        raise unknown(noun, text, [name for record in candidates for name in _names(resource, record)])
    if len(matches) > 1:
        raise ambiguous(noun, text, matches, resource)
    return _found(resource, matches[0])


def organization(session: Session, text: str | None = None) -> Found:
    """The organization that is meant: the one named, the one in use, or the only one there is.

    Raises:
        UsageError: several organizations are visible, and none was named.
    """
    name = text or session.settings.organization
    if name:
        return find(session, "organizations", name)
    visible = records(session, RESOURCES["organizations"], {})
    if len(visible) == 1:
        return _found(RESOURCES["organizations"], visible[0])
    if not visible:
        raise UsageError(
            "You are not a member of any organization here", hint="Ask for an invitation, or check the address."
        )
    names = ", ".join(_label(RESOURCES["organizations"], record) for record in visible[: limits.LISTED])
    raise UsageError(
        f"You can see {len(visible)} organizations: {names}",
        hint="Add --org NAME, or choose one with `use organization NAME`.",
    )


def records(session: Session, resource: Resource, ids: Mapping[str, str], **params: object) -> list[dict[str, object]]:
    """The whole records of a list, as the server sent them."""
    return read_records(session, resource, ids, **params)[0]


def read_records(
    session: Session, resource: Resource, ids: Mapping[str, str], **params: object
) -> tuple[list[dict[str, object]], dict[str, Any]]:
    """The whole records of a list, and the facts of their reading that belong into a frame's `attrs`."""
    from zenpro_nb.query.read import Query, facts_of, read_listing

    query = Query(resource, ids, params, raw=True)
    listing = read_listing(session.client, query)
    found: list[dict[str, object]] = []
    for part in listing.parts:
        rows = part.page.records or []
        found.extend(rows if part.keep is None else [rows[index] for index in part.keep])
    session.names.remember(resource.noun, [(_label(resource, record), str(record.get("id", ""))) for record in found])
    return found, facts_of(listing)


def unknown(noun: str, text: str, known: Sequence[str]) -> UnknownNameError:
    """The error for a name that nothing bears, with the most similar names."""
    hint = did_you_mean(text, known, f"List them with `{noun}`.")
    return UnknownNameError(f"There is no {singular(noun)} {text!r} that you can see", hint=hint)


def ambiguous(noun: str, text: str, matches: Sequence[Mapping[str, object]], resource: Resource) -> AmbiguousNameError:
    """The error for a name that several things bear."""
    listed = ", ".join(f"{record.get('id')} ({_told_apart(record)})" for record in matches[: limits.LISTED])
    return AmbiguousNameError(f"{len(matches)} {noun} are called {text!r}: {listed}", hint="Give the id instead.")


def _told_apart(record: Mapping[str, object]) -> str:
    """What people tell two things of the same name apart by."""
    facts = [
        str(record[name]) for name in ("email", "username", "display_name", "level", "description") if record.get(name)
    ]
    if record.get("member_count") is not None:
        facts.append(f"{record['member_count']} members")
    return ", ".join(facts) or str(record.get("name", ""))


def _by_id(session: Session, resource: Resource, key: str, ids: Mapping[str, str]) -> Found:
    from zenpro_nb.query.read import fill, record_of

    known = session.names.by_id(resource.noun)
    if key in known:
        return Found(key, known[key], {})
    if not resource.detail:
        return Found(key, key, {})
    try:
        record = record_of(session.client.get(fill(resource.detail, {**ids, "id": key})))
    except NotFoundError:
        raise UnknownNameError(
            f"There is no {singular(resource.noun)} with the id {key} that you can see",
            hint=f"List them with `{resource.noun}`.",
        ) from None
    return Found(key, _label(resource, record) or key, record)


def _search(session: Session, resource: Resource, text: str, ids: Mapping[str, str]) -> list[dict[str, object]]:
    if not _searchable(resource, text):
        return records(session, resource, ids)
    return records(session, resource, ids, **{resource.lookup: text})


def _searchable(resource: Resource, text: str) -> bool:
    """Whether a filter of the API can find this text."""
    return bool(resource.lookup) and (resource.lookup != "email" or "@" in text)


def _names(resource: Resource, record: Mapping[str, object]) -> list[str]:
    values = (record.get(column) for column in (resource.label, *resource.aliases))
    return [value for value in values if isinstance(value, str) and value]


def _label(resource: Resource, record: Mapping[str, object]) -> str:
    return next(iter(_names(resource, record)), "")


def _matching(resource: Resource, candidates: Sequence[dict[str, object]], text: str) -> list[dict[str, object]]:
    """Those with exactly this name; where none has it, those with it in other letters (e-mails ignore case)."""
    exact = [record for record in candidates if text in _names(resource, record)]
    if exact:
        return exact
    folded = text.casefold()
    return [record for record in candidates if folded in (name.casefold() for name in _names(resource, record))]


def _found(resource: Resource, record: Mapping[str, object]) -> Found:
    key = str(record.get("id", ""))
    return Found(key, _label(resource, record) or key, record)
