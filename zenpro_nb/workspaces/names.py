"""Resolve ids of accounts and projects to names, which only the servers of the workspaces know."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from zenpro_nb import limits, query
from zenpro_nb.client import across_servers
from zenpro_nb.errors import ApiError, ZenProError
from zenpro_nb.resources import Resource
from zenpro_nb.resources.workspace.people import PROJECTS, WORKSPACE_SERVICE_ACCOUNTS, WORKSPACE_USERS
from zenpro_nb.session.session import Session
from zenpro_nb.workspaces.targets import AVAILABLE, Target

if TYPE_CHECKING:
    from zenpro_nb.client import Client

_TRIED = "project names"


class WorkspaceAccount(Struct, frozen=True):
    """A user or service account of a workspace.

    Attributes:
        name: the name that the workspace gives it.
        external_id: the id of the same account in the control plane, if it has one.
        is_bot: it is a service account.
    """

    name: str
    external_id: str | None
    is_bot: bool = False


def accounts_of(session: Session, client: Client, ids: Collection[str]) -> dict[str, WorkspaceAccount]:
    """Return the accounts with these ids. Accounts that were deleted, or that you cannot read, are missing.

    Raises:
        ConnectionFailedError: the server could not be reached.
        InterruptedReadError: Ctrl-C.
    """
    accounts: dict[str, WorkspaceAccount] = {}
    for resource in (WORKSPACE_USERS, WORKSPACE_SERVICE_ACCOUNTS):
        missing = sorted(set(ids) - accounts.keys())
        if missing:
            accounts |= _accounts_by_id(session, client, resource, missing)
    return accounts


def _accounts_by_id(
    session: Session, client: Client, resource: Resource, ids: list[str]
) -> dict[str, WorkspaceAccount]:
    accounts: dict[str, WorkspaceAccount] = {}
    for start in range(0, len(ids), limits.IDS_PER_REQUEST):
        condition = f"oneof:{json.dumps(ids[start : start + limits.IDS_PER_REQUEST])}"
        try:
            records = query.records(
                session, resource, params={"id": condition, "hydrate": True}, at=query.Where(client)
            )
        except ApiError:
            return accounts  # the caller may read runs, but not this list of accounts: their ids stay without a name
        for record in records:
            fields = {**(record.get("body") or {}), **(record.get("metadata") or {})}
            external = fields.get("external_user_id")
            is_bot = resource is WORKSPACE_SERVICE_ACCOUNTS or bool(fields.get("is_service_account"))
            name = str(record.get("name"))
            accounts[str(record["id"])] = WorkspaceAccount(name, str(external) if external else None, is_bot)
    return accounts


def read_project_names(session: Session, ids: Iterable[tuple[str, Target]]) -> None:
    """Read names of projects from their running workspaces into the names of the session.

    A server can be unreachable from here, so each one is tried once per session, without retries.

    Args:
        ids: ids of projects, with their workspaces.

    Raises:
        InterruptedReadError: Ctrl-C.
    """
    names_by_id = session.names.by_id(PROJECTS.noun)
    unknown = {target.url: target for key, target in ids if key not in names_by_id}
    untried = [
        target
        for url, target in unknown.items()
        if url and target.status == AVAILABLE and session.names.value(_TRIED, url) is None
    ]
    for target in untried:
        session.names.keep(_TRIED, target.url, True)
    across_servers([partial(_read_names, session, target) for target in untried], patience=0)


def _read_names(session: Session, target: Target) -> None:
    """Read the names of the projects of a workspace. Without them, roles are shown with the ids of their projects."""
    try:
        records = query.records(session, PROJECTS, at=target.where(session))
    except ZenProError:
        return
    session.names.remember(PROJECTS.noun, [(record.get("name"), record.get("id")) for record in records])
