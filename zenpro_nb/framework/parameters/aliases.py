"""Declare each parameter that commands share once: its type, its help and its completion."""

from __future__ import annotations

from typing import Annotated

import click

from zenpro_nb import limits
from zenpro_nb.framework.cli.command import VariableOption
from zenpro_nb.framework.cli.parsing import RareOption
from zenpro_nb.framework.cli.signature import Arg, Opt
from zenpro_nb.framework.parameters.types import (
    AT_HELP,
    CaptureType,
    DestinationType,
    DurationType,
    NameType,
    NewNameType,
    ProjectType,
    VariableType,
)
from zenpro_nb.security import secret_destinations


def name_of(noun: str) -> Arg:
    """Return the argument that names an existing object."""
    return Arg(NameType(noun))


def new_name(noun: str) -> Arg:
    """Return the argument that names an object to be created."""
    return Arg(NewNameType(noun))


def rename_of(noun: str, *names: str, help: str = "Set a new name.") -> Opt:  # noqa: A002 - click's name for it
    """Return the option that renames an object."""
    return Opt(*names, type=NewNameType(noun), help=help)


def _principals(noun: str, what: str, column: str, *names: str, option: type[click.Option] = click.Option) -> Opt:
    text = f"{what} Can be repeated, or passed as a column: {names[-1]} {{df.{column}}}."
    return Opt(*names, type=NameType(noun), help=text, option=option)


# --- where ----------------------------------------------------------------------------------------------------------
Org = Annotated[
    str | None,
    Opt(type=NameType("organizations"), help="Use this organization, by name or ID. Default: the one in use."),
]
At = Annotated[str | None, Opt(type=CaptureType(), help=AT_HELP)]
RoleWorkspace = Annotated[
    str | None,
    Opt(
        "--workspace",
        type=NameType("workspaces"),
        help="Set the workspace, by name or ID. Required for workspace and project roles.",
    ),
]
RoleProject = Annotated[
    str | None, Opt("--project", type=ProjectType(), help="Set the project, by ID. Required for project roles.")
]

# --- guards ---------------------------------------------------------------------------------------------------------
AllowSelf = Annotated[
    bool, Opt(help="Allow this command to remove your own admin access or account.", option=RareOption)
]
MinOrgAdmins = Annotated[
    int | None,
    Opt(
        type=click.IntRange(min=0),
        metavar="N",
        help=f"Require that this many active people keep Organization Admin. Default: {limits.MIN_ORG_ADMINS}.",
        option=RareOption,
    ),
]
SkipBlocked = Annotated[
    bool,
    Opt(
        help="Skip rows that a guard blocks, and apply the others. The command still fails and reports them.",
        option=RareOption,
    ),
]

# --- which object ---------------------------------------------------------------------------------------------------
OrganizationName = Annotated[str, name_of("organizations")]
WorkspaceName = Annotated[str, name_of("workspaces")]
TeamName = Annotated[str, name_of("teams")]
RoleName = Annotated[str, name_of("roles")]
UserName = Annotated[str, name_of("users")]
UserNames = Annotated[tuple[str, ...], name_of("users")]
ServiceAccountName = Annotated[str, name_of("service-accounts")]
NewOrganizationName = Annotated[str, new_name("organizations")]
NewWorkspaceName = Annotated[str, new_name("workspaces")]
NewServiceAccountName = Annotated[str, new_name("service-accounts")]

# --- which principals -----------------------------------------------------------------------------------------------
Users = Annotated[
    tuple[str, ...], _principals("users", "Select a user, by email, name, or ID.", "email", "--user", "--users")
]
ServiceAccounts = Annotated[
    tuple[str, ...],
    _principals(
        "service-accounts",
        "Select a service account, by name or ID.",
        "username",
        "--service-account",
        "--service-accounts",
        option=RareOption,
    ),
]
Teams = Annotated[tuple[str, ...], _principals("teams", "Select a team, by name or ID.", "team", "--team", "--teams")]
Invitations = Annotated[
    tuple[str, ...],
    _principals(
        "invitations",
        "Select an invitation, by email or ID.",
        "email",
        "--invitation",
        "--invitations",
        option=RareOption,
    ),
]

# --- properties -----------------------------------------------------------------------------------------------------
Description = Annotated[str | None, Opt(help="Describe its purpose in a few words.")]
LogoUrl = Annotated[str | None, Opt(metavar="URL", help="Set the address of a logo image.", option=RareOption)]
Raw = Annotated[bool, Opt(help="Return the fields as the server sends them, without secrets.")]
Out = Annotated[
    str | None, Opt(type=VariableType(), option=VariableOption, help="Also assign the result to this variable.")
]

# --- one-time secrets -----------------------------------------------------------------------------------------------
SecretTo = Annotated[
    str | None,
    Opt(
        "--to",
        type=DestinationType(),
        help=f"Write the secret to {secret_destinations.FORMS}, without showing it. The file must not exist yet.",
    ),
]
Reveal = Annotated[bool, Opt(help="Show the secret once, in the output. The notebook then contains it.")]
Retain = Annotated[
    int | None,
    Opt(type=DurationType(), help="Keep the old value valid for this long: minutes, or 12h, 2d. Default: 0."),
]

# --- waiting --------------------------------------------------------------------------------------------------------
Wait = Annotated[bool, Opt(help="Wait until the change has taken effect; implied by --timeout.")]
Timeout = Annotated[
    float,
    Opt(
        type=click.FloatRange(min=0),
        metavar="SECONDS",
        help=f"Wait at most this long. Default: {limits.LIFECYCLE_TIMEOUT:.0f}.",
    ),
]
# --- audits and reviews ---------------------------------------------------------------------------------------------
Domains = Annotated[
    tuple[str, ...],
    Opt("--domain", "--domains", metavar="DOMAIN", help="Treat this email domain as your own. Can be repeated."),
]

# --- files of this machine, which no write of the gate concerns -----------------------------------------------------
Yes = Annotated[bool, Opt("--yes", "-y", help="Skip confirmation.")]
