"""The lists of an inventory: which columns each has, which of them are put together here, what tells rows apart."""

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
from zenpro_nb.resources.workspace.people import PROJECTS, WORKSPACE_SERVICE_ACCOUNTS, WORKSPACE_USERS

_PRINCIPAL = ("user_id", "team_id", "invitation_id")


class ListType(Struct, frozen=True):
    """One list of an inventory.

    Attributes:
        name: its name, which is the inventory's attribute.
        resource: what is read for it; None where it is put together from other lists.
        columns: its columns, with stable names and types; those that are `made` are no fields of the server's.
        key: the columns that together tell one row from all others.
        part: the column that says which answer a row is from, where there is one for each team, bot or workspace.
    """

    name: str
    resource: Resource | None
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("id",)
    part: str = ""

    @property
    def sent(self) -> tuple[Column, ...]:
        """Return the columns that the server's answers fill."""
        return tuple(column for column in self.columns if not column.computed)


def _made(name: str, kind: DataType, help: str) -> Column:  # noqa: A002 - the word that the table of the API uses too
    return Column(name, kind, help=help, computed=True)


# Who owns a workspace need not stand in any other list.
_OWNER = tuple(
    replace(column, name=f"owner_{column.name}", path=f"owner.{column.name}", help=f"of the owner: {column.help}")
    for column in USER_COLUMNS
    if column.name in ("username", "is_active", "is_service_account")
)
_KIND = next(column for column in MEMBERS.columns if column.name == "kind")


def _inside(name: str, resource: Resource) -> ListType:
    """Return the list of what workspaces themselves know; they are told apart by workspace and id."""
    marks = (
        _made("workspace", DataType.CATEGORY, "name of the workspace that was asked"),
        _made("workspace_id", DataType.ID, "the workspace that was asked"),
    )
    columns = (*marks, *(column for column in resource.columns if column.name != "workspace"))
    return ListType(name, resource, columns, ("workspace_id", "id"), "workspace_id")


def _every() -> Iterable[ListType]:
    yield ListType("organization", ORGANIZATIONS, ORGANIZATIONS.columns)
    yield ListType("me", ME, ME.columns)
    # `GET /users` is not of one organization: these are the accounts that the other lists name.
    yield ListType("users", None, USER_COLUMNS)
    yield ListType("members", MEMBERS, MEMBERS.columns, _PRINCIPAL)
    yield ListType("teams", TEAMS, TEAMS.columns)
    yield ListType(
        "team_members",
        TEAM_MEMBERS,
        (
            _made("team", DataType.TEXT, "name of the team"),
            _KIND,
            *TEAM_MEMBERS.columns,
            _made("team_id", DataType.ID, "the team"),
        ),
        ("team_id", "user_id", "invitation_id"),
        "team_id",
    )
    # Lists of roles are not known to send permissions (API facts 3.6); where one does, they are kept.
    permissions = Column("permissions", DataType.JSON, help="what the role allows, as the server writes it")
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
            _made("service_account", DataType.TEXT, "name of the bot whose key it is"),
            *SERVICE_ACCOUNT_API_KEYS.columns,
            _made("service_account_id", DataType.ID, "the bot whose key it is"),
        ),
        ("service_account_id", "id"),
        "service_account_id",
    )
    yield ListType(
        "permissions",
        None,
        (
            _made("action", DataType.CATEGORY, "what was asked: the action"),
            _made("resource", DataType.CATEGORY, "what was asked: the type of resource"),
            _made("known", DataType.BOOL, "the server's filter can be believed"),
            _made("role", DataType.TEXT, "name of a role that allows it; missing: none does"),
            _made("role_id", DataType.ID, "the role"),
        ),
        ("action", "resource", "role_id"),
    )
    yield _inside("workspace_users", WORKSPACE_USERS)
    yield _inside("workspace_service_accounts", WORKSPACE_SERVICE_ACCOUNTS)
    yield _inside("workspace_projects", PROJECTS)


LISTS: dict[str, ListType] = {type_.name: type_ for type_ in _every()}

# A member, a member of a team and the holder of a role each come with the whole account (API facts 4.7).
NESTED = "user."
NESTED_USER = tuple(
    replace(column, name=f"{NESTED}{column.name}", path=f"{NESTED}{column.path or column.name}")
    for column in USER_COLUMNS
)


ZENML_URL = "zenml_server_url"  # the column `server_url` may also be a Kitaru server's, which has another API
_SIDES = (Column("team", path="team.name"), Column("invited_email", path="invitation.email"))


@cache
def reading_of(name: str) -> Resource:
    """Return the resource as it is read for a list: the fields sent for its columns, and what it is joined from."""
    listed = LISTS[name]
    if listed.resource is None:
        raise ValueError(f"{name} is put together from other lists")
    columns = list(listed.sent)
    if any(column.path.startswith(NESTED) for column in columns):
        columns += NESTED_USER
        columns += [column for column in _SIDES if column.name not in {column.name for column in columns}]
    if name == "workspaces":
        columns.append(Column(ZENML_URL, path="zenml_service.status.server_url"))
    # The organization is read by the route of a single one.
    paging = Paging.NONE if name == "organization" else listed.resource.paging
    return replace(listed.resource, columns=tuple(columns), schemaless=False, paging=paging)
