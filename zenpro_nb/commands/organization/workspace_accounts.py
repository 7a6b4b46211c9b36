"""Accounts and keys of a workspace's server: `users`, `service-accounts` and `api-keys` with `--workspace`.

In ZenML Pro these accounts belong to the control plane, and a workspace refuses the writes with 403
(API facts 9.2). The workspace in use never counts here: without `--workspace`, the same commands mean the organization.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from zenpro_nb import query, workspaces
from zenpro_nb.commands import workspaces as of_workspaces
from zenpro_nb.commands.workspaces.parameters import Reach, ThingType
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    CommandContext,
    ListOptions,
    NameType,
    Opt,
    Org,
)
from zenpro_nb.resources import Resource
from zenpro_nb.resources.workspace.people import WORKSPACE_API_KEYS, WORKSPACE_SERVICE_ACCOUNTS

if TYPE_CHECKING:
    import pandas as pd

_ACCOUNT = WORKSPACE_SERVICE_ACCOUNTS.noun

# Must be given explicitly: the workspace in use never replaces it.
OfWorkspaces = Annotated[
    tuple[str, ...],
    Opt(
        "--workspace",
        type=ThingType("workspaces", or_all=True),
        help="Read the list from this workspace's own server, by name or ID. Can be repeated; `all` selects every "
        "running workspace.",
    ),
]
OfWorkspace = Annotated[
    str | None,
    Opt(
        "--workspace",
        type=NameType("workspaces"),
        help="Use the account on the server of this workspace (name or ID) instead of the organization's.",
    ),
]


def targets_workspace(ctx: CommandContext, workspace: str | Sequence[str] | None) -> bool:
    """Return whether a command targets accounts of a workspace: one is named, or there is no organization."""
    return bool(workspace) or ctx.session.settings.plain


def locate(ctx: CommandContext, workspace: OfWorkspace = None, org: Org = None) -> query.Where:
    """Return the workspace in which an account is looked up; the control plane when none is named."""
    if not targets_workspace(ctx, workspace):
        return query.CONTROL_PLANE
    return workspaces.targets.resolve_one(ctx.session, (workspace,) if workspace else (), org).where(ctx.session)


def read(ctx: CommandContext, resource: Resource, options: ListOptions, reach: Reach) -> pd.DataFrame:
    """Return the accounts on the servers of these workspaces.

    Raises:
        UsageError: a filter was given that only the control plane's list supports.
    """
    _refuse_filters(options)
    return of_workspaces.across_workspaces.read(ctx, resource, options, reach)


def read_keys(ctx: CommandContext, options: ListOptions, service_account: str | None, reach: Reach) -> pd.DataFrame:
    """Return the keys of one service account of one workspace.

    Raises:
        UsageError: no service account is named, or several workspaces are.
    """
    _refuse_filters(options)
    account_name = require_service_account(service_account)
    target = workspaces.targets.resolve_one(ctx.session, reach.workspaces, reach.org)
    account = query.find(ctx.session, _ACCOUNT, account_name, at=target.where(ctx.session))
    ask = of_workspaces.across_workspaces.ask_of(
        WORKSPACE_API_KEYS, options, hydrate=reach.hydrate, service_account_id=account.id
    )
    return of_workspaces.across_workspaces.read_from(ctx, workspaces.targets.Targets([target]), ask, options)


def missing_workspace() -> UsageError:
    """Return the error for `--hydrate` with a list of the control plane, which sends every field anyway."""
    return UsageError(
        "`--hydrate` requires `--workspace`: the organization's list is always complete.", hint="Omit `--hydrate`."
    )


def require_service_account(service_account: str | None) -> str:
    """Return the name of the service account that owns keys of a workspace. Raises UsageError if none is given."""
    if not service_account:
        raise UsageError(
            "`--service-account` is required: the keys of a workspace belong to its service accounts.",
            hint="`service-accounts --workspace NAME` lists them.",
        )
    return service_account


def _refuse_filters(options: ListOptions) -> None:
    """Refuse the filters of the control plane's list, which the server of a workspace does not support."""
    filter_names = [name for name, value in options.filters.items() if value is not None and value != ()]
    if filter_names:
        raise UsageError(
            f"`--{filter_names[0].replace('_', '-')}` cannot be combined with `--workspace`.",
            hint="Filter by a column instead: `--where COLUMN=VALUE`.",
        )
