"""Read an inventory from a server in two rounds: the lists of the organization, then the lists of each object."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from msgspec import Struct
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
from zenpro_nb.inventory.fetch import Answer, Request, Source, ask
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
# The largest lists come first, which avoids that one of them is read alone at the end of the round.
_FIRST = ("members", "workspaces", "roles", "teams", "service_accounts", "invitations", "organization", "me")
_SECOND = {"assignments": "roles", "team_members": "teams", "api_keys": "service_accounts"}
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
    first = read_organization(session, query.organization(session, organization), progress)
    return read_details(session, first, with_=with_, without=without, pairs=pairs, progress=progress)


class FirstRound(Struct, frozen=True):
    """The lists of an organization itself; those of each team, role, and so on are read in the second round.

    Attributes:
        organization: the organization.
        reads: the lists by name.
        answers: the responses.
        started: the beginning of the first read.
    """

    organization: Found
    reads: Mapping[str, Read]
    answers: Sequence[Answer]
    started: datetime


def read_organization(session: Session, organization: Found, progress: Progress | None = None) -> FirstRound:
    """Read the first round of an inventory. The errors are those of `fill`."""
    started = datetime.now(UTC)
    answers = ask(session, list(_first_round(organization.id)), progress, [partial(query.prefetch_kind, session)])
    by_name: dict[str, list[Answer]] = {name: [] for name in _FIRST}
    for answer in answers:
        by_name[answer.request.source.name].append(answer)
    return FirstRound(organization, {name: read_of(name, own) for name, own in by_name.items()}, answers, started)


def read_details(
    session: Session,
    first: FirstRound,
    *,
    with_: Collection[str] = (),
    without: Collection[str] = (),
    pairs: Collection[ActionOnType] = (),
    progress: Progress | None = None,
) -> Inventory:
    """Read the second round of an inventory, and return the inventory. Arguments and errors are those of `fill`."""
    found, reads = first.organization, dict(first.reads)
    list_requests = {**_SECOND, **(_INSIDE if "workspaces" in with_ else {})}
    of = {name: parent for name, parent in list_requests.items() if name not in without}
    requests = [
        request for name, parent in of.items() for request in _second_round(session, name, parent, reads, found.id)
    ]
    pair_requests = permission_requests(found.id, pairs)
    second = ask(session, [*requests, *pair_requests], _behind(progress, len(first.answers)))
    answers = second[: len(requests)]
    for name, parent in of.items():
        mine = [answer for answer in answers if answer.request.source.name == name]
        reads[name] = read_of(name, mine, reads.get(parent))
    for name in ("roles", "teams", "service_accounts", "workspaces"):
        query.remember(session, _resource(name), reads[name].frame)
    lists = join_lists(reads)
    if pairs:
        lists.append(permissions_list(pairs, second[len(requests) :]))
    if "usage" in with_:
        lists.append(_usage_list(session, found.id))
    return Inventory(
        organization_id=found.id,
        organization_name=next(iter(reads["organization"].frame["name"].dropna()), found.name),
        server=session.settings.url,
        sandbox=session.is_sandbox(),
        started=first.started,
        finished=datetime.now(UTC),
        requests=sum(answer.requests for answer in [*first.answers, *second]),
        **{listing.name: listing for listing in lists},
    )


def _first_round(organization_id: str) -> Iterator[Request]:
    ids = {"organization_id": organization_id}
    alone = {"organization": (ORGANIZATIONS.detail, {"id": organization_id}), "me": (ME.path, {})}
    for name in _FIRST:
        if name in alone:
            route, own = alone[name]
            yield Request(Source(name), own, route=route)
        else:
            yield Request(Source(name), ids, params=ids if name == "workspaces" else {})


def _second_round(
    session: Session, name: str, parent: str, reads: Mapping[str, Read], organization_id: str
) -> Iterator[Request]:
    """Yield the reads of a list that is read per row of another list: the members of each team."""
    source, ids = Source(name), {"organization_id": organization_id}
    if parent == "workspaces":
        yield from (Request(source, part=target.id, target=target) for target, _ in targets_in(session, reads[parent]))
    else:
        for row in reads[parent].rows("id"):
            yield Request(source, {**ids, _BRACES[parent]: row["id"]}, part=row["id"])


def targets_in(session: Session, workspaces: Read) -> Iterator[tuple[targets.Target, Mapping[str, Any]]]:
    """Yield the workspaces in a list, each with its status, the state that it should have, and the id of its owner."""
    for row in workspaces.rows("id", "name", "status", "desired_state", "owner_id", ZENML_URL):
        place = row["name"] or row["id"], row[ZENML_URL] or "", row["status"] or targets.AVAILABLE
        yield replace(targets.target_at(session, *place), id=row["id"]), row


def _resource(name: str) -> Any:
    return LISTS[name].resource


def _behind(progress: Progress | None, count: int) -> Progress | None:
    return None if progress is None else lambda more: progress(count + more)


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
