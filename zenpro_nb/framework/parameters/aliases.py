"""The parameters that commands share, each declared once: its type, its help, what completes it."""

from __future__ import annotations

from typing import Annotated

import click

from zenpro_nb import limits
from zenpro_nb.framework.cli.command import VariableOption
from zenpro_nb.framework.cli.parsing import RareOption
from zenpro_nb.framework.cli.signature import Arg, Opt
from zenpro_nb.framework.parameters.types import (
    AS_KEPT,
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
    """Return the word that names one thing which is there."""
    return Arg(NameType(noun))


def new_name(noun: str) -> Arg:
    """Return the word that names a thing which is about to be made."""
    return Arg(NewNameType(noun))


def renamed(noun: str, *names: str, help: str = "Its new name.") -> Opt:  # noqa: A002 - as click calls it
    """Return the option that gives a thing another name."""
    return Opt(*names, type=NewNameType(noun), help=help)


def _principals(noun: str, what: str, column: str, *names: str, option: type[click.Option] = click.Option) -> Opt:
    text = f"{what} May be repeated, or be a column: {names[-1]} {{df.{column}}}."
    return Opt(*names, type=NameType(noun), help=text, option=option)


# --- where ----------------------------------------------------------------------------------------------------------
Org = Annotated[
    str | None, Opt(type=NameType("organizations"), help="Organization, by name or id. Default: the one in use.")
]
At = Annotated[str | None, Opt(type=CaptureType(), help=AS_KEPT)]
RoleWorkspace = Annotated[
    str | None,
    Opt(
        "--workspace",
        type=NameType("workspaces"),
        help="The workspace, by name or id; roles of a workspace and of a project need it.",
    ),
]
RoleProject = Annotated[
    str | None, Opt("--project", type=ProjectType(), help="The project, by id; roles of a project need it.")
]

# --- guards ---------------------------------------------------------------------------------------------------------
AllowSelf = Annotated[
    bool, Opt(help="Allow this command to take away your own administration or account.", option=RareOption)
]
MinOrgAdmins = Annotated[
    int | None,
    Opt(
        type=click.IntRange(min=0),
        metavar="N",
        help=f"How many active people must remain Organization Admin. Default: {limits.MIN_ORG_ADMINS}.",
        option=RareOption,
    ),
]
SkipBlocked = Annotated[
    bool,
    Opt(
        help="Apply the other rows although guards block some. The command still fails, and reports the blocked rows.",
        option=RareOption,
    ),
]

# --- which one ------------------------------------------------------------------------------------------------------
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

# --- who ------------------------------------------------------------------------------------------------------------
Users = Annotated[tuple[str, ...], _principals("users", "A user, by e-mail, name or id.", "email", "--user", "--users")]
ServiceAccounts = Annotated[
    tuple[str, ...],
    _principals(
        "service-accounts",
        "A service account, by name or id.",
        "username",
        "--service-account",
        "--service-accounts",
        option=RareOption,
    ),
]
Teams = Annotated[tuple[str, ...], _principals("teams", "A team, by name or id.", "team", "--team", "--teams")]
Invitations = Annotated[
    tuple[str, ...],
    _principals(
        "invitations",
        "Somebody invited, by e-mail or the invitation's id.",
        "email",
        "--invitation",
        "--invitations",
        option=RareOption,
    ),
]

# --- what it is like ------------------------------------------------------------------------------------------------
Description = Annotated[str | None, Opt(help="What it is for, in a few words.")]
LogoUrl = Annotated[str | None, Opt(metavar="URL", help="Address of a picture.", option=RareOption)]
Raw = Annotated[bool, Opt(help="The fields as the server sends them; never secrets.")]
Out = Annotated[
    str | None, Opt(type=VariableType(), option=VariableOption, help="Also put the result into this variable.")
]

# --- one-time secrets -----------------------------------------------------------------------------------------------
SecretTo = Annotated[
    str | None,
    Opt(
        "--to",
        type=DestinationType(),
        help=f"Where the secret goes, unseen: {secret_destinations.FORMS}; a file must be new.",
    ),
]
Reveal = Annotated[bool, Opt(help="Show the secret once, in the output. The notebook then holds it.")]
Retain = Annotated[
    int | None,
    Opt(type=DurationType(), help="How long the present value works on: minutes, or 12h, 2d. Default: not at all."),
]

# --- waiting --------------------------------------------------------------------------------------------------------
Wait = Annotated[bool, Opt(help="Wait until it has happened; --timeout says so too.")]
Timeout = Annotated[
    float,
    Opt(
        type=click.FloatRange(min=0),
        metavar="SECONDS",
        help=f"How long to wait at most. Default: {limits.LIFECYCLE_TIMEOUT:.0f}.",
    ),
]
