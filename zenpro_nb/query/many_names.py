"""Resolve many names, emails and ids to objects, with a limited number of requests.

Up to `limits.NAMES_LOOKED_UP` names are looked up one by one, all at the same time. For more, a list is read instead:
the members of the organization (one request), then the first pages of the list itself. The names that are not there
are looked up one by one, and the whole list is read once if some of them are still unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from zenpro_nb import limits
from zenpro_nb.errors import AmbiguousNameError, UnknownNameError, ZenProError
from zenpro_nb.query.find import candidates, find, index_of
from zenpro_nb.query.matching import Found, NameIndex, command_of, search
from zenpro_nb.query.read import NOTHING, Ids, Query, Record
from zenpro_nb.query.records import Piece, pieces, records, remember_records
from zenpro_nb.query.where import CONTROL_PLANE, Where
from zenpro_nb.resources import RESOURCES, Paging, Resource
from zenpro_nb.resources.control_plane import MEMBERS
from zenpro_nb.resources.nouns import singular
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.counts import counted, name_list
from zenpro_nb.syntax.ids import is_id
from zenpro_nb.syntax.origins import origin_of

Answer: TypeAlias = "Found | Exception"
Members: TypeAlias = Callable[[], Sequence[Record]]


def find_all(
    session: Session,
    noun: str,
    texts: Sequence[str],
    ids: Ids = NOTHING,
    *,
    at: Where = CONTROL_PLANE,
    remembered: bool = False,
    member_of: str = "",
    members: Members | None = None,
) -> list[Found]:
    """Return the objects that `find` returns for several names, without duplicates, in the order of the names.

    Args:
        member_of: the id of the organization that these users are probably members of.
        members: reads its members, if the command needs them anyway.

    Raises:
        UnknownNameError: some do not exist or are not unique; the error names all of them.
    """
    answers = find_each(session, noun, texts, ids, at=at, remembered=remembered, member_of=member_of, members=members)
    failed = {text: answer for text, answer in answers.items() if isinstance(answer, Exception)}
    if failed:
        raise missing_names(noun, failed, len(answers))
    return list({found.id: found for found in answers.values() if isinstance(found, Found)}.values())


def find_each(
    session: Session,
    noun: str,
    texts: Sequence[str],
    ids: Ids = NOTHING,
    *,
    at: Where = CONTROL_PLANE,
    remembered: bool = False,
    member_of: str = "",
    members: Members | None = None,
) -> dict[str, Answer]:
    """Return, by name, the object that `find` returns, or the error that it raises."""
    if members is None:
        members = partial(members_of, session, member_of)
    cached = members if member_of and noun == "users" else None
    return _Lookup(session, RESOURCES[noun], ids, at, remembered).of(list(dict.fromkeys(texts)), cached)


def members_of(session: Session, organization_id: str) -> Sequence[Record]:
    """Return the members of an organization that are people, a list in one response."""
    flags = {"include_teams": False, "include_service_accounts": False}
    return records(session, MEMBERS, {"organization_id": organization_id}, flags)


class _Lookup:
    """Resolves the names of one command."""

    def __init__(self, session: Session, resource: Resource, ids: Ids, at: Where, remembered: bool) -> None:
        self._session = session
        self._resource = resource
        self._ids = ids
        self._at = at
        self._remembered = remembered
        self._found: dict[str, Answer] = {}

    def of(self, texts: Sequence[str], members: Members | None) -> dict[str, Answer]:
        if self._resource.paging is Paging.PAGE:
            self._note(texts, [partial(self._find, text) for text in texts])
        elif any(not is_id(text) and not search(self._resource, text) for text in texts):
            self._from_whole_list(texts)
        else:
            rest = self._from_members(texts, members)
            rest = self._from_first_pages(rest)
            self._by_filters(rest)
        return {text: self._found[text] for text in texts}

    def _find(self, text: str) -> Found:
        noun = self._resource.noun
        return find(self._session, noun, text, self._ids, at=self._at, remembered=self._remembered)

    def _from_whole_list(self, texts: Sequence[str]) -> None:
        """Pick the names from the whole list; ids that are not in it are looked up."""
        index = NameIndex(self._resource, records(self._session, self._resource, self._ids, at=self._at))
        self._note(
            texts,
            [partial(self._find if is_id(text) and not index.has(text) else index.pick, text) for text in texts],
        )

    def _from_members(self, texts: Sequence[str], members: Members | None) -> Sequence[str]:
        """Note the users among the members of the organization; return the other names."""
        if len(texts) <= limits.NAMES_LOOKED_UP or members is None:
            return texts
        try:
            records_ = members()
        except ZenProError:
            return texts  # a caller who cannot see the members may still be able to see the users
        return self._pick(texts, [user for member in records_ if isinstance(user := member.get("user"), dict)])

    def _from_first_pages(self, texts: Sequence[str]) -> Sequence[str]:
        """Note the names in as many pages as the look-ups would take requests; return the other names."""
        if len(texts) <= limits.NAMES_LOOKED_UP:
            return texts
        pages = max(limits.NAMES_LOOKED_UP, len(texts) // limits.NAMES_PER_PAGE)
        query = Query(self._resource, self._ids, limit=pages * limits.PAGE_SIZE, raw=True, checked=True)
        read = pieces(self._session, query, self._at)
        rest = self._pick(texts, [record for piece in read for record in piece.records])
        if rest and all(piece.listing.complete for piece in read):
            self._from_list(rest, read)
            return ()
        return rest

    def _pick(self, texts: Sequence[str], records_: list[dict[str, object]]) -> list[str]:
        """Note the names that exactly one of the records has; return the others."""
        remember_records(self._session, self._resource, records_)
        index = NameIndex(self._resource, records_)
        for text in texts:
            if index.has(text) or len(index.bearing(text)) == 1:
                self._found[text] = index.pick(text)
        return [text for text in texts if text not in self._found]

    def _by_filters(self, texts: Sequence[str]) -> None:
        """Look up each name, all at the same time; the whole list is read once for the unknown ones."""
        named_ones = [text for text in texts if not is_id(text)]
        by_id = [text for text in texts if is_id(text)]
        calls = [partial(self._filter, text) for text in named_ones] + [partial(self._find, text) for text in by_id]
        answers = self._at.client_of(self._session).fan_out(calls, errors="return")
        unknown = []
        for text, answer in zip([*named_ones, *by_id], answers, strict=True):
            if answer is None:
                unknown.append(text)
            else:
                self._found[text] = answer
        if unknown:
            self._from_list(unknown, candidates(self._session, self._resource, {}, self._at, self._ids))

    def _filter(self, text: str) -> Found | None:
        """Return the object with this name; None if the filter finds none."""
        filters = search(self._resource, text)
        index = index_of(self._resource, candidates(self._session, self._resource, filters, self._at, self._ids))
        return index.pick(text) if index.bearing(text) else None

    def _from_list(self, texts: Sequence[str], read: Sequence[Piece]) -> None:
        """Note the results for these names from the whole list: mostly errors with similar names."""
        index = index_of(self._resource, read)
        self._note(texts, [partial(self._find if is_id(text) else index.pick, text) for text in texts])

    def _note(self, texts: Sequence[str], calls: Sequence[Callable[[], Found]]) -> None:
        answers = self._at.client_of(self._session).fan_out(calls, errors="return")
        self._found.update(zip(texts, answers, strict=True))


def missing_names(noun: str, failed: Mapping[str, Exception], total: int) -> Exception:
    """Return the error for several names; a single error, or an error of another kind, takes precedence.

    Names from a file are shown with their line.
    """
    unresolved = [text for text, error in failed.items() if isinstance(error, UnknownNameError | AmbiguousNameError)]
    if len(failed) == 1 or len(unresolved) < len(failed):
        text, error = next(item for item in failed.items() if len(failed) == 1 or item[0] not in unresolved)
        origin = origin_of(text)
        if origin and isinstance(error, ZenProError):
            error.message = f"{origin}: {error.message}"
        return error
    things = counted(total, singular(noun))
    origins = {text: f" ({origin})" if (origin := origin_of(text)) else "" for text in unresolved}
    names = name_list([f"{text!r}{origins[text]}" for text in unresolved], limits.MISSING_NAMED)
    unknown_errors = [error for error in failed.values() if isinstance(error, UnknownNameError)]
    hints = [error.hint for error in unknown_errors if not error.strangers]
    missing = UnknownNameError(
        f"{len(unresolved):,} of {things} do not exist or are not unique: {names}",
        hint=" ".join(hints[: limits.SUGGESTIONS]) or f"List them with `{command_of(noun)}`.",
        strangers=[name for error in unknown_errors for name in error.strangers],
        names=unresolved,
    )
    missing.parts = unknown_errors if len(unknown_errors) == len(unresolved) else ()
    return missing
