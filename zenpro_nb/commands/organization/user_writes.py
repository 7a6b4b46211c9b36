"""users: create, update, activate, deactivate, delete; me: update."""

from __future__ import annotations

from typing import Any

import click

from zenpro_nb.commands.core.command import Group
from zenpro_nb.commands.core.options import NameType
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.types import NewNameType
from zenpro_nb.commands.core.verification import changed, gone, named
from zenpro_nb.commands.core.write import SecretPrompt, Write, require_change, without_missing
from zenpro_nb.commands.core.write_command import WriteCommand
from zenpro_nb.resources.control_plane import ME, USERS

PASSWORD_VARIABLE = "ZENPRO_NEW_PASSWORD"  # noqa: S105 - the name of a variable, not a secret

_USER = click.Argument(["user"], type=NameType("users"))
_SEVERAL = click.Argument(["users"], nargs=-1, required=True, type=NameType("users"))
_NEW_PASSWORD = click.Option(
    ["--new-password"],
    is_flag=True,
    help=f"Ask for a new password, which must not stand on the line; or take it from {PASSWORD_VARIABLE}.",
)


def plan_create(runtime: Runtime, username: str, superuser: bool) -> Write:
    """A local account. Fact sheet, section 3: the parameters go into the query, there is no body."""
    return Write(
        "POST",
        USERS.path,
        target=f"user {username}",
        params={
            "username": username,
            "password": SecretPrompt(f"Password for {username}", PASSWORD_VARIABLE),
            **without_missing(is_superuser=True if superuser else None),
        },
        resource=USERS,
        happened=named(runtime.session, USERS, {}, username, {"email": username} if "@" in username else {}),
    )


def plan_update(
    runtime: Runtime,
    user: str,
    name: str | None,
    username: str | None,
    active: bool | None,
    superuser: bool | None,
    new_password: bool,
) -> Write:
    """Changes of what was given; the rest stays."""
    from zenpro_nb import query

    found = query.find(runtime.session, "users", user)
    body = without_missing(
        name=name,
        username=username,
        is_active=active,
        is_superuser=superuser,
        password=SecretPrompt(f"New password for {found.name}", PASSWORD_VARIABLE) if new_password else None,
    )
    return _patch(runtime, found, body, question=_deactivation(found.name) if active is False else "")


def plan_activate(runtime: Runtime, users: tuple[str, ...]) -> list[Write]:
    """Each of the accounts may sign in again."""
    from zenpro_nb import query

    return [_patch(runtime, one, {"is_active": True}) for one in query.find_all(runtime.session, "users", users)]


def plan_deactivate(runtime: Runtime, users: tuple[str, ...]) -> list[Write]:
    """Each of the accounts may sign in no more."""
    from zenpro_nb import query

    found = query.find_all(runtime.session, "users", users)
    return [_patch(runtime, one, {"is_active": False}, question=_deactivation(one.name)) for one in found]


def _deactivation(name: str) -> str:
    return f"Deactivate {name}? The account can no longer sign in."


def _patch(runtime: Runtime, found: Any, body: dict[str, Any], question: str = "") -> Write:
    path = f"/users/{found.id}"
    return Write(
        "PATCH",
        path,
        target=f"user {found.name}",
        body=require_change(body),
        resource=USERS,
        happened=changed(runtime.session, path, body),
        question=question,
    )


def plan_delete(runtime: Runtime, user: str) -> Write:
    """The account. Fact sheet, section 3: what the user has made stays."""
    from zenpro_nb import query

    found = query.find(runtime.session, "users", user)
    path = f"/users/{found.id}"
    return Write(
        "DELETE",
        path,
        target=f"user {found.name}",
        happened=gone(runtime.session, path),
        question=f"Delete the account {found.name}? What it has made stays.",
    )


def plan_update_me(
    runtime: Runtime,
    name: str | None,
    avatar_url: str | None,
    company: str | None,
    job_title: str | None,
    new_password: bool,
) -> Write:
    """Changes of the caller's own record; which fields can be changed is inferred (fact sheet, section 3)."""
    body = without_missing(
        name=name,
        avatar_url=avatar_url,
        company=company,
        job_title=job_title,
        password=SecretPrompt("Your new password", PASSWORD_VARIABLE) if new_password else None,
    )
    return Write(
        "PATCH",
        ME.path,
        target="yourself",
        body=require_change(body),
        resource=ME,
        happened=changed(runtime.session, ME.path, body),
    )


def add_to(users: Group, me: Group) -> None:
    """Attach the verbs to the nouns."""
    full_name = click.Option(["--name"], help="Full name.")
    for command in (
        WriteCommand(
            "create",
            plan=plan_create,
            params=[
                click.Argument(["username"], type=NewNameType("users")),
                click.Option(["--superuser"], is_flag=True, help="May do everything in the whole instance."),
            ],
            help="Create a local account on a self-hosted control plane. Asks for the password, or takes it "
            f"from {PASSWORD_VARIABLE}. Everywhere else, invite people: `invitations create`.",
        ),
        WriteCommand(
            "update",
            plan=plan_update,
            params=[
                _USER,
                full_name,
                click.Option(["--username"], type=NewNameType("users"), help="New sign-in name."),
                click.Option(["--active/--inactive"], default=None, help="Whether the account may sign in."),
                click.Option(
                    ["--superuser/--no-superuser"], default=None, help="Whether it may do everything everywhere."
                ),
                _NEW_PASSWORD,
            ],
            destructive=True,
            help="Change an account; what is not given stays as it is.",
        ),
        WriteCommand(
            "activate",
            plan=plan_activate,
            params=[_SEVERAL],
            several=True,
            help="Let accounts sign in again.",
        ),
        WriteCommand(
            "deactivate",
            plan=plan_deactivate,
            params=[_SEVERAL],
            several=True,
            destructive=True,
            help="Let accounts sign in no more. Their roles, teams and work stay.",
        ),
        WriteCommand(
            "delete",
            plan=plan_delete,
            params=[_USER],
            destructive=True,
            help="Delete an account. What it has made stays.",
        ),
    ):
        users.add_command(command)
    me.add_command(
        WriteCommand(
            "update",
            plan=plan_update_me,
            params=[
                full_name,
                click.Option(["--avatar-url"], metavar="URL", help="Address of your picture."),
                click.Option(["--company"], help="Where you work."),
                click.Option(["--job-title"], help="What you are there."),
                _NEW_PASSWORD,
            ],
            help="Change your own record; what is not given stays as it is.",
        )
    )
