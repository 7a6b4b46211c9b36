"""Users, members, invitations, teams, devices.

Routes and fields are in API facts 3.4 to 3.11, and 4.2 to 4.11.
"""

from __future__ import annotations

import re

from zenpro_nb.resources.columns import (
    CREATED,
    DESCRIPTION,
    ID,
    NAME,
    PRINCIPAL_SECRETS,
    UPDATED,
    USER_COLUMNS,
    USER_SECRETS,
    flag,
    principal_columns,
)
from zenpro_nb.resources.model import Column, DataType, Display, Filter, Paging, Resource

# API facts 11.12: a user of the control plane has no time of the last login.
_CHECKS = "audit --check no-login"
_UNRECORDED = "The control plane does not record when a user last signed in; workspaces do"
LAST_LOGIN = (
    f"{_UNRECORDED}. To list accounts that have not signed in to any workspace for 90 days, or ever, run `{_CHECKS}`; "
    "for accounts that started no runs, run `users --idle 90d`."
)
NO_LOGIN = f"{_UNRECORDED}, and `{_CHECKS}` reads them."


def last_login(period: str) -> str:
    """Return the sentence for a period: a number of days, or `30d`.

    >>> last_login("30").endswith("`users --idle 30d`."), last_login("a while") == LAST_LOGIN
    (True, True)
    >>> last_login("30").partition("to any workspace ")[2].partition(";")[0]
    'for 30 days, or ever, run `audit --check no-login --dormant-after 30d`'
    """
    text = f"{period}d" if period.isdigit() else period
    if not re.fullmatch(r"\d+[dwh]", text) or text == "90d":
        return LAST_LOGIN
    days = f"{text[:-1]} days" if text.endswith("d") else "as long"
    longer = LAST_LOGIN.replace(_CHECKS, f"{_CHECKS} --dormant-after {text}").replace("for 90 days", f"for {days}")
    return longer.replace("--idle 90d", f"--idle {text}")


_NO_LOGIN = dict.fromkeys(("last_login", "last_seen", "last_active", "last_activity", "last_sign_in"), LAST_LOGIN)

USERS = Resource(
    absent=_NO_LOGIN,
    noun="users",
    sample="ada@example.com",
    next_command="access {}",
    path="/users",
    paging=Paging.OFFSET,
    help="List yourself and the users of your organizations. Superusers see all users.",
    columns=USER_COLUMNS,
    # Only `email` is observed; API facts 3.9 infers username.
    filters=(Filter("email", "filter by email"), Filter("username", "filter by exact username")),
    secrets=USER_SECRETS,
    label="email",
    deciding=("email", "is_active", "name", "is_superuser"),
    lookup="email",
    aliases=("username", "name"),
    detail="/users/{id}",
    # API facts 3.9 and 4.2.
    ignored_fields=("name",),  # a filter that has not been observed in use
)

ME = Resource(
    noun="me",
    path="/users/me",
    paging=Paging.NONE,
    help="Show the user or service account that the credential belongs to.",
    columns=USER_COLUMNS,
    secrets=USER_SECRETS,
    label="email",
    # API facts 3.9 and 4.2.
)

MEMBERS = Resource(
    absent=_NO_LOGIN,
    noun="members",
    path="/organizations/{organization_id}/members",
    paging=Paging.NONE,
    help="List the members of the organization. Members are users, service accounts, teams, and pending invitations.",
    columns=(
        Column("kind", DataType.CATEGORY, help="user, service-account, team, or invitation", computed=True),
        *principal_columns(roles=True)[:-2],
        Column("roles", DataType.LIST, "roles[].name", "names of the member's organization roles", computed=True),
        *principal_columns(roles=True)[-2:],
    ),
    filters=(
        Filter("role_id", "filter by role", DataType.ID, refers_to="roles"),
        flag("include_users", "include users (default: yes)"),
        flag("include_service_accounts", "include service accounts (default: yes)"),
        flag("include_teams", "include teams (default: yes)"),
    ),
    secrets=PRINCIPAL_SECRETS,
    key=("user.id", "team.id", "invitation.id"),
    label="username",
    deciding=("principal", "roles", "kind", "name", "is_active"),
    # API facts 3.4 and 4.7.
    ignored_fields=("include_invitations",),  # inferred: API facts 3.4
)

INVITATIONS = Resource(
    noun="invitations",
    path="/organizations/{organization_id}/invitations",
    paging=Paging.NONE,
    help="List the organization's invitations.",
    # Only id and email are observed (API facts 4.10); the rest is inferred, so other fields become columns.
    columns=(
        Column("email", help="email address of the invited person"),
        Column("roles", DataType.LIST, "roles[].name", "names of the roles that it includes"),
        Column("accepted", DataType.BOOL, help="whether it has been accepted"),
        CREATED,
        UPDATED,
        Column("expires", DataType.TIME, help="expiry (UTC)"),
        Column("inviter", path="inviter.email", help="email of the sender"),
        ID,
        Column("organization_id", DataType.ID, help="the organization"),
    ),
    filters=(
        Filter("email", "filter by email"),
        # Inferred: that expired ones are not pending (API facts 3.5).
        flag("only_pending", "list only pending invitations, which are neither accepted nor expired"),
    ),
    deciding=("email", "roles", "expires", "accepted"),
    secrets=("token", *(f"inviter.{name}" for name in USER_SECRETS)),
    label="email",
    schemaless=True,
    # API facts 3.5 and 4.10.
    ignored_fields=("organization_name",),  # inferred: API facts 4.10
)

TEAMS = Resource(
    noun="teams",
    sample="Platform",
    next_command="access team:{}",
    path="/organizations/{organization_id}/teams",
    paging=Paging.OFFSET,  # inferred (API facts 3.11); a server without paging sends the same list once
    help="List the organization's teams.",
    columns=(
        NAME,
        DESCRIPTION,
        Column("member_count", DataType.COUNT, help="number of members, without pending invitations"),
        CREATED,
        UPDATED,
        ID,
    ),
    detail="/teams/{id}",
    members="team-members",
    deciding=("name", "member_count", "description"),
    # API facts 3.11 and 4.6.
)

TEAM_MEMBERS = Resource(
    noun="team-members",
    path="/teams/{team_id}/members",
    paging=Paging.NONE,
    help="List the members of one team.",
    columns=tuple(column for column in principal_columns(roles=False) if not column.name.startswith("team")),
    secrets=PRINCIPAL_SECRETS,
    key=("user.id", "invitation.id"),
    label="username",
    deciding=("principal", "name", "is_active"),
    parent="teams members",
    # API facts 3.11 and 4.7.
    ignored_fields=("roles", "team"),  # always empty for members of a team
)

DEVICES = Resource(
    noun="devices",
    path="/devices",
    paging=Paging.NONE,
    help="List the devices that you have authorized.",
    # The schema is only partly known (API facts 4.11): other fields become columns.
    columns=(
        Column("hostname", help="name of the machine (inferred from the workspace API)"),
        Column("os", DataType.CATEGORY, help="operating system (also inferred)"),
        Column("status", DataType.CATEGORY, help="verified, pending … (also inferred)", display=Display.STATE),
        Column("trusted_device", DataType.BOOL, help="whether the device stays signed in longer (also inferred)"),
        Column("expires", DataType.TIME, help="when its sign-in expires (UTC; also inferred)"),
        CREATED,
        UPDATED,
        NAME,
        ID,
        Column("user_id", DataType.ID, help="the user of the device"),
    ),
    secrets=("user_code", "device_code"),
    schemaless=True,
    aliases=("hostname",),
    detail="/devices/{id}",
    # API facts 3.18 and 4.11.
    ignored_fields=(
        "client_id",
        "device_metadata",
        "failed_auth_attempts",
        "ip_address",
        "last_login",
        "python_version",
        "zenml_version",
    ),  # by analogy with the workspace's devices; API facts 4.11
)
