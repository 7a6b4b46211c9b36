"""Declare the lists of an inventory: their columns, which of them are computed, and their keys."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb.resources.columns import USER_COLUMNS
from zenpro_nb.resources.control_plane import (
    ASSIGNMENTS,
    INVITATIONS,
    ME,
    MEMBERS,
    ORGANIZATIONS,
    ROLES,
    SERVICE_ACCOUNT_API_KEYS,
    SERVICE_ACCOUNTS,
    TEAM_MEMBERS,
    TEAMS,
    WORKSPACES,
)
from zenpro_nb.resources.model import Column, DataType, Paging, Resource
from zenpro_nb.resources.usage import DAILY_COLUMNS
from zenpro_nb.resources.workspace.people import PROJECTS, WORKSPACE_SERVICE_ACCOUNTS, WORKSPACE_USERS

_PRINCIPAL = ("user_id", "team_id", "invitation_id")


class ListType(Struct, frozen=True):
    """One list of an inventory.

    Attributes:
        name: its name, which is an attribute of the inventory.
        resource: the API resource that is read; None if the list is joined from other lists.
        columns: its columns, with stable names and types; `computed` columns are not fields of the API.
        key: the columns that together identify a row.
        part: the column that identifies the response of a row, if there is one per team, service account or workspace.
    """

    name: str
    resource: Resource | None
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("id",)
    part: str = ""

    @property
    def sent(self) -> tuple[Column, ...]:
        """Return the columns that come from the server's responses."""
        return tuple(column for column in self.columns if not column.computed)


def _computed_column(name: str, kind: DataType, help: str) -> Column:  # noqa: A002 - the word that the table of the API uses too
    return Column(name, kind, help=help, computed=True)


# The owner of a workspace is possibly in no other list.
_OWNER = tuple(
    replace(column, name=f"owner_{column.name}", path=f"owner.{column.name}", help=f"of the owner: {column.help}")
    for column in USER_COLUMNS
    if column.name in ("username", "is_active", "is_service_account")
)
_KIND = next(column for column in MEMBERS.columns if column.name == "kind")


def _inside(name: str, resource: Resource) -> ListType:
    """Return the type of a list that workspaces store themselves; its key is the workspace and the id."""
    marks = (
        _computed_column("workspace", DataType.CATEGORY, "name of the workspace"),
        _computed_column("workspace_id", DataType.ID, "id of the workspace"),
    )
    columns = (*marks, *(column for column in resource.columns if column.name != "workspace"))
    return ListType(name, resource, columns, ("workspace_id", "id"), "workspace_id")


def _of_organization() -> Iterable[ListType]:
    yield ListType("organization", ORGANIZATIONS, ORGANIZATIONS.columns)
    yield ListType("me", ME, ME.columns)
    # `GET /users` does not belong to one organization: these are the accounts in the other lists.
    yield ListType("users", None, USER_COLUMNS)
    yield ListType("members", MEMBERS, MEMBERS.columns, _PRINCIPAL)
    yield ListType("teams", TEAMS, TEAMS.columns)
    yield ListType(
        "team_members",
        TEAM_MEMBERS,
        (
            _computed_column("team", DataType.TEXT, "name of the team"),
            _KIND,
            *TEAM_MEMBERS.columns,
            _computed_column("team_id", DataType.ID, "the team"),
        ),
        ("team_id", "user_id", "invitation_id"),
        "team_id",
    )
    # Lists of roles usually lack permissions (API facts 3.6); if the server sends them, they are kept.
    permissions = Column("permissions", DataType.JSON, help="permissions of the role, in the server's format")
    yield ListType("roles", ROLES, (*ROLES.columns, permissions))
    yield ListType(
        "assignments",
        ASSIGNMENTS,
        ASSIGNMENTS.columns,
        (*_PRINCIPAL, "role_id", "workspace_id", "project_id"),
        "role_id",
    )
    yield ListType("workspaces", WORKSPACES, (*WORKSPACES.columns, *_OWNER))
    yield ListType("invitations", INVITATIONS, INVITATIONS.columns)
    yield ListType("service_accounts", SERVICE_ACCOUNTS, SERVICE_ACCOUNTS.columns)
    yield ListType(
        "api_keys",
        SERVICE_ACCOUNT_API_KEYS,
        (
            _computed_column("service_account", DataType.TEXT, "name of the bot whose key it is"),
            *SERVICE_ACCOUNT_API_KEYS.columns,
            _computed_column("service_account_id", DataType.ID, "the bot whose key it is"),
        ),
        ("service_account_id", "id"),
        "service_account_id",
    )
    yield ListType(
        "permissions",
        None,
        (
            _computed_column("action", DataType.CATEGORY, "action of the query"),
            _computed_column("resource", DataType.CATEGORY, "type of resource of the query"),
            _computed_column("known", DataType.BOOL, "whether the server supports the filter"),
            _computed_column("role", DataType.TEXT, "name of a role that allows it; empty if none does"),
            _computed_column("role_id", DataType.ID, "the role"),
        ),
        ("action", "resource", "role_id"),
    )


def _of_workspaces() -> Iterable[ListType]:
    yield _inside("workspace_users", WORKSPACE_USERS)
    yield _inside("workspace_service_accounts", WORKSPACE_SERVICE_ACCOUNTS)
    yield _inside("workspace_projects", PROJECTS)
    yield ListType(
        "usage",
        None,
        tuple(replace(column, computed=True) for column in DAILY_COLUMNS),
        ("workspace_id", "project_id", "pipeline_id", "user_id", "user", "day"),
        "workspace_id",
    )


LISTS: dict[str, ListType] = {type_.name: type_ for type_ in (*_of_organization(), *_of_workspaces())}

# Members, team members and assignments contain the whole account (API facts 4.7).
NESTED = "user."
NESTED_USER = tuple(
    replace(column, name=f"{NESTED}{column.name}", path=f"{NESTED}{column.path or column.name}")
    for column in USER_COLUMNS
)


ZENML_URL = "zenml_server_url"  # the column `server_url` can also be that of a Kitaru server, which has another API
_SIDES = (Column("team", path="team.name"), Column("invited_email", path="invitation.email"))


@cache
def reading_of(name: str) -> Resource:
    """Return the resource that is read for a list, with the fields of its columns and those it is joined from."""
    list_ = LISTS[name]
    if list_.resource is None:
        raise ValueError(f"{name} is joined from other lists")
    columns = list(list_.sent)
    if any(column.path.startswith(NESTED) for column in columns):
        columns += NESTED_USER
        columns += [column for column in _SIDES if column.name not in {column.name for column in columns}]
    if name == "workspaces":
        columns.append(Column(ZENML_URL, path="zenml_service.status.server_url"))
    # The organization is read by the route of a single organization.
    paging = Paging.NONE if name == "organization" else list_.resource.paging
    return replace(list_.resource, columns=tuple(columns), schemaless=False, paging=paging)
