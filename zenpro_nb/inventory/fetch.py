"""Run many reads concurrently; a failed read becomes a gap."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, partial

from msgspec import Struct, field

from zenpro_nb import frames, limits, query
from zenpro_nb.access import Gap, GapReason
from zenpro_nb.access.model.lists import reading_of
from zenpro_nb.client import Listing, PagePart
from zenpro_nb.errors import (
    ApiError,
    AuthenticationError,
    ConnectionFailedError,
    CredentialError,
    DeviceTokenError,
    NotFoundError,
    PermissionDeniedError,
    PlanLimitError,
    UnexpectedAnswerError,
    UsageError,
    ZenProError,
)
from zenpro_nb.query import Ids, Params, Progress
from zenpro_nb.resources import Paging
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.counts import name_list
from zenpro_nb.workspaces import targets

# From specific to general.
_REASONS: tuple[tuple[type[ZenProError], GapReason], ...] = (
    (PermissionDeniedError, "forbidden"),
    (PlanLimitError, "plan"),
    (AuthenticationError, "token"),
    (NotFoundError, "missing"),
    (CredentialError, "token"),
    (ConnectionFailedError, "unreachable"),
    (UsageError, "unreachable"),  # a workspace whose server is not running
    (ZenProError, "failed"),
)


class Source(Struct, frozen=True, dict=True):
    """A list of an inventory, as read from the server."""

    name: str

    @cached_property
    def decoder(self) -> frames.Decoder:
        """Return the decoder of all reads of the list, which tracks the fields that the server sent."""
        return frames.Decoder(reading_of(self.name), track=True)


class Request(Struct, frozen=True):
    """One read of a list, or of a part of it.

    Attributes:
        source: the list.
        ids: the values of the placeholders in its route.
        params: query parameters.
        route: the route of a single object, instead of that of the list.
        part: the id of the team, role, service account or workspace of the part.
        target: the workspace to read from; None for the control plane.
    """

    source: Source
    ids: Ids = field(default_factory=dict)
    params: Params = field(default_factory=dict)
    route: str = ""
    part: str = ""
    target: targets.Target | None = None

    def read(self, session: Session) -> Answer:
        """Return the response, or the error.

        Raises:
            AuthenticationError, CredentialError: the credential is missing, or is rejected everywhere.
            InterruptedReadError: Ctrl-C.
        """
        started = datetime.now(UTC)
        try:
            listing = self._listing(session)
        except (ApiError, ConnectionFailedError, UnexpectedAnswerError, CredentialError, UsageError) as error:
            if self.target is None and _ends_all(error):
                raise
            return Answer(self, None, error, started, datetime.now(UTC))
        return Answer(self, listing, None, started, datetime.now(UTC))

    def _listing(self, session: Session) -> Listing[frames.DecodedPage]:
        client = session.client if self.target is None else self.target.client(session)
        decoder = self.source.decoder
        if self.route:
            reply = client.request("GET", query.fill(self.route, self.ids), params=dict(self.params))
            return Listing([PagePart(decoder(reply.content))], requests=1)
        resource = reading_of(self.source.name)
        paged = resource.paging is Paging.PAGE
        list_query = query.Query(
            resource, self.ids, self.params, hydrate=paged, size=limits.WORKSPACE_PAGE if paged else None
        )
        return query.read_listing(client, list_query, decoder=decoder, urgent=True)


def _ends_all(error: ZenProError) -> bool:
    """Return whether the credential is invalid for the control plane; a single route can refuse a type of token."""
    return isinstance(error, AuthenticationError | CredentialError | UsageError) and not isinstance(
        error, DeviceTokenError
    )


class Answer(Struct, frozen=True):
    """The result of a read: its pages, or the error."""

    request: Request
    listing: Listing[frames.DecodedPage] | None
    error: ZenProError | None
    started: datetime
    finished: datetime

    @property
    def requests(self) -> int:
        """Return the number of requests; a failed read counts once, regardless of retries."""
        return 1 if self.listing is None else self.listing.requests


Read = Callable[["Request"], "Answer"]
Further = Callable[["Answer"], Sequence["Request"]]
# A read that keeps its result itself, and returns the reads that need it.
Also = Callable[[], Sequence[Callable[[], None]] | None]


def ask(
    session: Session,
    requests: Sequence[Request],
    progress: Progress | None = None,
    *,
    also: Sequence[Also] = (),
    read: Read | None = None,
    further: Further | None = None,
) -> list[Answer]:
    """Send all requests concurrently, and return their results in order.

    Args:
        progress: called with the number of results.
        also: further reads, which begin after the first result and keep their results themselves.
        read: sends a request; by default `Request.read`.
        further: called with each result as soon as it arrives; returns requests that depend on it.

    Raises:
        ConnectionFailedError: the server responded to none of them.
        InterruptedReadError: Ctrl-C.
    """
    reads = read or (lambda request: request.read(session))
    answers: list[Answer] = []  # in the order of their arrival

    def then(result: object) -> list[Callable[[], object]]:
        if not isinstance(result, Answer):
            return [*result] if isinstance(result, Sequence) else []
        answers.append(result)
        more: list[Callable[[], object]] = [*also] if len(answers) == 1 else []
        return more + [partial(reads, request) for request in (() if further is None else further(result))]

    calls: list[Callable[[], object]] = [partial(reads, request) for request in requests]
    counted = None if progress is None else lambda _: progress(len(answers))
    results = session.client.fan_out(calls, progress=counted, then=then)
    ordered = [result for result in results if isinstance(result, Answer)]
    errors = [answer.error for answer in ordered if answer.request.target is None]
    first = next(iter(errors), None)
    if isinstance(first, ConnectionFailedError) and all(isinstance(error, ConnectionFailedError) for error in errors):
        raise first
    return ordered


def gap_of(answers: Sequence[Answer], *, parts: bool) -> Gap | None:
    """Return the gap of these results; None if all succeeded.

    Args:
        answers: the results of one list.
        parts: each result is a part of the list, so the list is known except for the failed parts.
    """
    errors: Mapping[str, ZenProError] = {
        answer.request.part: answer.error for answer in answers if answer.error is not None
    }
    if not errors:
        return None
    # A workspace without a ZenML server is not an error that can be fixed: it is named, but is not the reason.
    serverless = {
        answer.request.part: answer.request.target.name
        for answer in answers
        if answer.error is not None and answer.request.target is not None and answer.request.target.is_serverless
    }
    first = next((error for part, error in errors.items() if part not in serverless), next(iter(errors.values())))
    reason = next(reason for kind, reason in _REASONS if isinstance(first, kind))
    if not parts or len(errors) == len(answers):
        return Gap(reason, str(first))
    targets = [answer.request.target for answer in answers if answer.error is not None]
    names = [target.name for target in targets if target is not None and not target.is_serverless]
    failed = len(errors) - len(serverless)
    which = f" ({name_list(names, limits.NAMES_IN_MESSAGE)})" if len(names) == failed else ""
    what = "workspaces" if which else "parts"
    texts = [f"{failed} of {len(answers)} {what} could not be read{which}"] if failed else []
    if serverless:
        texts.append(f"{frames.SERVERLESS}: {name_list([*serverless.values()], limits.NAMES_IN_MESSAGE)}")
    text = f"{'; '.join(texts)}. {first}"
    return Gap(reason, text, {part: str(error) for part, error in errors.items()})
