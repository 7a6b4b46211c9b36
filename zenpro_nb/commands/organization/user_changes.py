"""The verbs of `users` that change accounts."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from msgspec.structs import replace

from zenpro_nb import query
from zenpro_nb.commands.organization.residual_access import left_behind, remaining
from zenpro_nb.commands.organization.users import users
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    CommandContext,
    Destroys,
    Opt,
    SecretPrompt,
    UserName,
    UserNames,
    Write,
    delete_of,
    is_created,
    new_name,
    rename_of,
    update_of,
    without_missing,
)
from zenpro_nb.resources.control_plane import USERS

PASSWORD_VARIABLE = "ZENPRO_NEW_PASSWORD"  # noqa: S105 - the name of a variable, not a secret

NewUsername = Annotated[str, new_name("users")]
Superuser = Annotated[bool, Opt(help="Create a superuser, who can do everything on the whole control plane.")]
FullName = Annotated[str | None, Opt("--name", help="Set the full name.")]
Renamed = Annotated[str | None, rename_of("users", "--username", help="Set a new sign-in name.")]
Active = Annotated[bool | None, Opt("--active/--inactive", help="Activate or deactivate the account.")]
MaySuper = Annotated[
    bool | None,
    Opt("--superuser/--no-superuser", help="Grant or revoke superuser status on the whole control plane."),
]
NewPassword = Annotated[bool, Opt(help=f"Set a new password: prompts for it, or reads it from {PASSWORD_VARIABLE}.")]


@users.write()
def create(ctx: CommandContext, username: NewUsername, superuser: Superuser = False) -> Write:
    """Create a local account on a self-hosted control plane.

    Prompts for the password, or reads it from ZENPRO_NEW_PASSWORD. On other control planes, invite people with
    `invitations create`.

    Examples:
        # Create an account
        users create new.colleague@example.com
    """
    # API facts 3.9: the parameters go into the query, there is no body.
    return Write(
        "POST",
        USERS.path,
        target=f"user {username}",
        name=username,
        params={
            "username": username,
            "password": SecretPrompt(f"Password for {username}", PASSWORD_VARIABLE),
            **without_missing(is_superuser=True if superuser else None),
        },
        resource=USERS,
        verify=is_created(ctx.session, USERS, {}, username, {"username": username, "is_superuser": superuser}),
        irreversible="the API does not show whether the account was used; run `users deactivate` or `users delete`",
    )


_DEACTIVATE = "Deactivate the {target}? The account can no longer sign in."


def _ask_deactivation(write: Write) -> str:
    return _DEACTIVATE.format(target=write.target) if (write.body or {}).get("is_active") is False else ""


@users.write(asks=_ask_deactivation, guarded=True)
def update(
    ctx: CommandContext,
    user: UserName,
    name: FullName = None,
    username: Renamed = None,
    active: Active = None,
    superuser: MaySuper = None,
    new_password: NewPassword = False,
) -> Write:
    """Update an account. Fields that you do not specify stay unchanged.

    Examples:
        # Change a name
        users update linus@example.com --name "Linus C. Pauling"
    """
    found = query.find(ctx.session, "users", user)
    fields = {
        "name": name,
        "username": username,
        "is_active": active,
        "is_superuser": superuser,
        "password": SecretPrompt(f"New password for {found.name}", PASSWORD_VARIABLE) if new_password else None,
    }
    return update_of(ctx, USERS, found, fields)


@users.write(several=True)
def activate(ctx: CommandContext, users: UserNames) -> list[Write]:
    """Reactivate accounts so they can sign in again.

    Examples:
        # Let a user sign in again
        users activate left.us@example.com
    """
    organization = _organization(ctx)
    found = query.find_all(ctx.session, "users", users, member_of=organization.id if organization else "")
    return [update_of(ctx, USERS, user, {"is_active": True}) for user in found]


@users.write(asks=_DEACTIVATE, several=True, guarded=True)
def deactivate(ctx: CommandContext, users: UserNames) -> list[Write]:
    """Deactivate accounts so they can no longer sign in.

    The users keep their roles, teams, and work. To remove them from teams and revoke their roles too, run `users
    offboard`.

    Examples:
        # Stop a user from signing in
        users deactivate orphan@example.com
    """
    # Accounts belong to no organization. Remaining roles are shown for the one in use.
    organization = _organization(ctx)
    member_of = organization.id if organization else ""
    find = partial(query.find_all, ctx.session, "users", users, member_of=member_of)
    if organization is None:
        return [update_of(ctx, USERS, user, {"is_active": False}) for user in find()]
    found, notes = remaining(ctx, organization.id, find, several=len(users), all_levels=True)
    writes = [(user, update_of(ctx, USERS, user, {"is_active": False})) for user in found]
    return [replace(write, keeps_note=notes.get(user.id, "")) for user, write in writes]


@users.write(asks=Destroys("Delete the {target}? Everything it has created stays."), guarded=True)
def delete(ctx: CommandContext, user: UserName) -> Write:
    """Delete an account.

    Everything that the account created is kept, and so are invitations sent to it; `users offboard` withdraws these.

    Examples:
        # Delete one account
        users delete orphan@example.com
    """
    # API facts 3.9: resources of the user are not deleted.
    found = query.find(ctx.session, "users", user)
    organization = _organization(ctx)
    stays = left_behind(ctx, organization.id, found) if organization is not None else ""
    write = delete_of(ctx, USERS, found, irreversible="a new account would have no roles or teams")
    return replace(write, keeps_note=stays)


def _organization(ctx: CommandContext) -> query.Found | None:
    try:
        return query.organization(ctx.session)
    except UsageError:
        return None
