"""Read an inventory from a server: the lists of the organization, and the lists of each of its objects."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from msgspec.structs import replace

from zenpro_nb import query
from zenpro_nb.access import LISTS, Gap, Inventory, InventoryList, list_of
from zenpro_nb.access.model.lists import ZENML_URL
from zenpro_nb.errors import (
    ApiError,
    ConnectionFailedError,
    CredentialError,
    UnexpectedAnswerError,
    UnknownNameError,
)
from zenpro_nb.inventory.fetch import Also, Answer, Request, Source, ask
from zenpro_nb.inventory.join import Read, join_lists, read_of
from zenpro_nb.inventory.permissions import ActionOnType, permission_requests, permissions_list
from zenpro_nb.query import Found, Progress
from zenpro_nb.resources.control_plane import ME, ORGANIZATIONS
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.syntax.timespec import parse_time
from zenpro_nb.usage.assemble import assemble_table
from zenpro_nb.usage.table import DAILY, DAILY_SINCE
from zenpro_nb.workspaces import targets
from zenpro_nb.workspaces.counting import CountScope, read_usage
from zenpro_nb.workspaces.usage import places, window_of

WITH = ("workspaces", "usage")  # parts that are read only on request
_FIRST = ("members", "workspaces", "roles", "teams", "service_accounts", "invitations", "organization", "me")
_OF_ROWS = {"assignments": "roles", "team_members": "teams", "api_keys": "service_accounts"}
_USAGE = "usage"
_INSIDE = dict.fromkeys(("workspace_users", "workspace_service_accounts", "workspace_projects"), "workspaces")
# The placeholders in the routes of lists that belong to one object.
_BRACES = {"roles": "role_id", "teams": "team_id", "service_accounts": "service_account_id"}


def fill(
    session: Session,
    organization: str | None = None,
    *,
    with_: Collection[str] = (),
    without: Collection[str] = (),
    pairs: Collection[ActionOnType] = (),
    progress: Progress | None = None,
) -> Inventory:
    """Read the inventory of an organization; a list that cannot be read has a gap.

    Args:
        session: with the server in use.
        organization: name or id; by default the one in use.
        with_: parts in `WITH`; `workspaces` reads the data of each running workspace itself, `usage` counts its runs.
        without: lists that are read for each object of another list and are not needed, such as `api_keys`.
        pairs: query which roles allow each (action, type of resource).
        progress: called with the number of finished reads.

    Raises:
        UnknownNameError: the organization or a part in `with_` does not exist.
        AuthenticationError: the credential is not accepted.
        ConnectionFailedError: the server is not reached.
        InterruptedReadError: Ctrl-C.

    Example:
        >>> found = fill(session, "acme", pairs=[("delete", "stack")])
        >>> found.organization_name, found.gaps, found.roles_allowing("delete", "stack") is None
        ('acme', {}, False)
    """
    for name in with_:
        if name not in WITH:
            raise UnknownNameError(f"Unknown part {name!r} of an inventory", hint=did_you_mean(name, WITH))
    found = query.organization(session, organization)
    return OrganizationReader(session, found, with_=with_, without=without, pairs=pairs).read(progress)


class OrganizationReader:
    """Reads the lists of an organization, each once: all for the inventory, or single ones that are needed earlier.

    The members of a team, or the assignments of a role, are requested as soon as the teams or roles arrive.

    Args:
        session, with_, without, pairs: see `fill`.
        organization: the organization.
    """

    def __init__(
        self,
        session: Session,
        organization: Found,
        *,
        with_: Collection[str] = (),
        without: Collection[str] = (),
        pairs: Collection[ActionOnType] = (),
    ) -> None:
        self._session = session
        self._organization = organization
        self._with_usage = "usage" in with_
        self._pairs = pairs
        self._started = datetime.now(UTC)
        of_rows = {**_OF_ROWS, **(_INSIDE if "workspaces" in with_ else {})}
        self._parents = {name: parent for name, parent in of_rows.items() if name not in without}
        # The lists that other reads wait for come first, because a server gets few requests at the same time at the
        # beginning. The rest begins when the first of these lists arrives.
        self._awaited = {"members", "workspaces", *self._parents.values()}
        self._requests = list(_organization_requests(organization.id))
        self._first = {request.source.name: query.Once(partial(request.read, session)) for request in self._requests}
        self._lists: dict[str, query.Once[Read]] = {name: query.Once(partial(self._list, name)) for name in _FIRST}

    def read_list(self, name: str) -> Read:
        """Return one of the lists that need no other list; it is read now, unless it was read before."""
        return self._lists[name]()

    def read(self, progress: Progress | None = None, also: Sequence[Also] = ()) -> Inventory:
        """Read all lists, and return the inventory. The errors are those of `fill`.

        Args:
            progress: called with the number of finished reads.
            also: further reads, which begin when the first list arrives and keep their results themselves.
        """
        pair_requests = permission_requests(self._organization.id, self._pairs)
        later = [request for request in self._requests if request.source.name not in self._awaited] + pair_requests

        def further(answer: Answer) -> list[Request]:
            begins, later[:] = [*later], []
            return begins + self._of_rows(answer)

        awaited = [request for request in self._requests if request.source.name in self._awaited]
        also = [*also, partial(query.prefetch_kind, self._session)]
        answers = ask(self._session, awaited, progress, also=also, read=self._answer, further=further)
        of_pairs = [answer for answer in answers if any(answer.request is request for request in pair_requests)]
        of_rows = [answer for answer in answers if answer.request.part]
        reads = {name: self.read_list(name) for name in _FIRST}
        for name, parent in self._parents.items():
            reads[name] = read_of(name, [answer for answer in of_rows if _list_name(answer) == name], reads[parent])
        for name in ("roles", "teams", "service_accounts", "workspaces"):
            query.remember(self._session, _resource(name), reads[name].frame)
        lists = join_lists(reads)
        if self._pairs:
            lists.append(permissions_list(self._pairs, of_pairs))
        if self._with_usage:
            lists.append(_usage_list(self._session, self._organization.id))
        return Inventory(
            organization_id=self._organization.id,
            organization_name=next(iter(reads["organization"].frame["name"].dropna()), self._organization.name),
            server=self._session.settings.url,
            sandbox=self._session.is_sandbox(),
            started=self._started,
            finished=datetime.now(UTC),
            requests=sum(answer.requests for answer in answers),
            **{listing.name: listing for listing in lists},
        )

    def _answer(self, request: Request) -> Answer:
        is_first = any(request is other for other in self._requests)
        return self._first[request.source.name]() if is_first else request.read(self._session)

    def _list(self, name: str) -> Read:
        return read_of(name, [self._first[name]()])

    def _of_rows(self, answer: Answer) -> list[Request]:
        """Return the reads for the rows of a list."""
        parent = _list_name(answer)
        if not any(answer.request is request for request in self._requests):
            return []
        return [
            request
            for name in self._parents
            if self._parents[name] == parent
            for request in _row_requests(self._session, name, parent, self.read_list(parent), self._organization.id)
        ]


def _list_name(answer: Answer) -> str:
    return answer.request.source.name


def _organization_requests(organization_id: str) -> Iterator[Request]:
    ids = {"organization_id": organization_id}
    alone = {"organization": (ORGANIZATIONS.detail, {"id": organization_id}), "me": (ME.path, {})}
    for name in _FIRST:
        if name in alone:
            route, own = alone[name]
            yield Request(Source(name), own, route=route)
        else:
            yield Request(Source(name), ids, params=ids if name == "workspaces" else {})


def _row_requests(session: Session, name: str, parent: str, rows: Read, organization_id: str) -> Iterator[Request]:
    """Yield the reads of a list that is read per row of another list: the members of each team."""
    source, ids = Source(name), {"organization_id": organization_id}
    if parent == "workspaces":
        yield from (Request(source, part=target.id, target=target) for target, _ in targets_in(session, rows))
    else:
        for row in rows.rows("id"):
            yield Request(source, {**ids, _BRACES[parent]: row["id"]}, part=row["id"])


def targets_in(session: Session, workspaces: Read) -> Iterator[tuple[targets.Target, Mapping[str, Any]]]:
    """Yield the workspaces in a list, each with its status, the state that it should have, and the id of its owner."""
    for row in workspaces.rows("id", "name", "status", "desired_state", "owner_id", ZENML_URL):
        place = row["name"] or row["id"], row[ZENML_URL] or "", row["status"] or targets.AVAILABLE
        yield replace(targets.target_at(session, *place), id=row["id"]), row


def _resource(name: str) -> Any:
    return LISTS[name].resource


def _usage_list(session: Session, org: str | None) -> InventoryList:
    """Return the runs by project, pipeline, user and day; a workspace that could not be counted is a gap.

    Raises:
        InterruptedReadError: Ctrl-C.
    """
    started = datetime.now(UTC)
    window = window_of(parse_time(DAILY_SINCE, started).start, started)
    workspaces = places(session, org)
    try:
        usage = read_usage(session, workspaces, CountScope(DAILY, window))
    except (ApiError, ConnectionFailedError, CredentialError, UnexpectedAnswerError) as error:
        return list_of(_USAGE, complete=False, gap=Gap("unreachable", str(error)), started=started)
    ids = {place.name: place.id for place in workspaces}
    parts: dict[str, str] = {}
    for gap in usage.gaps:
        where = f"{gap.project}: " if gap.project else ""
        parts[ids[gap.workspace]] = f"{where}{gap.reason}"
    names = ", ".join(gap.workspace for gap in usage.gaps)
    return list_of(
        _USAGE,
        assemble_table(DAILY, usage.projects, {}).rows,
        complete=not parts,
        gap=Gap("unreachable", f"Not counted: {names}.", parts) if parts else None,
        started=started,
        finished=datetime.now(UTC),
    )
