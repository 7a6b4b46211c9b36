"""invitations: create, revoke, accept, mine; members: remove."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from zenpro_nb.commands.core import principals, role_scope
from zenpro_nb.commands.core.command import Group
from zenpro_nb.commands.core.listing import listing_command
from zenpro_nb.commands.core.options import ORG, NameType
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.types import EmailType
from zenpro_nb.commands.core.verification import listed, named
from zenpro_nb.commands.core.write import Record, Write
from zenpro_nb.commands.core.write_command import WriteCommand
from zenpro_nb.errors import UsageError
from zenpro_nb.resources.control_plane import INVITATIONS, MEMBERS

MY_INVITATIONS = replace(
    INVITATIONS,
    noun="my-invitations",
    path="/invitations",
    filters=(),
    help="The invitations that are waiting for you.",
    source="3 Auth, devices, misc",
)


def plan_create(runtime: Runtime, emails: tuple[str, ...], role: str, org: str | None) -> list[Write]:
    """An invitation for each address."""
    from zenpro_nb import query

    organization = query.organization(runtime.session, org)
    found = role_scope.role_record(runtime, organization, role)
    name, level = found["name"], found.get("level")
    if level not in (None, "organization"):
        # Fact sheet, section 3: the role of an invitation is one of the organization.
        raise UsageError(
            f"An invitation brings a role of the organization, and {name} is one of a {level}",
            hint="Invite with a role such as Organization Member, and then `roles assign` with --invitation.",
        )
    ids = {"organization_id": organization.id}
    return [
        Write(
            "POST",
            f"/organizations/{organization.id}/invitations",
            target=f"{email} as {name} in {organization.name}",
            body={"email": email, "role_id": found["id"]},
            resource=INVITATIONS,
            happened=_invited(runtime, ids, email),
            already="is invited already, or a member",
        )
        for email in dict.fromkeys(emails)
    ]


def _invited(runtime: Runtime, ids: dict[str, str], email: str) -> Any:
    """Looks for the invitation; with single sign-on an account may have become a member at once (section 3)."""
    # An old one that was accepted once says nothing about this one.
    invited = named(runtime.session, INVITATIONS, ids, email, {"email": email, "only_pending": True})

    def member(record: Record) -> bool:
        user = record.get("user")
        return isinstance(user, dict) and str(user.get("email")).casefold() == email.casefold()

    joined = listed(runtime.session, MEMBERS, ids, member, {"include_teams": False, "include_service_accounts": False})
    return lambda: invited() or joined()


def plan_revoke(runtime: Runtime, invitations: tuple[str, ...], org: str | None) -> list[Write]:
    """The invitations withdrawn."""
    from zenpro_nb import query

    organization = query.organization(runtime.session, org)
    ids = {"organization_id": organization.id}
    return [
        Write(
            "DELETE",
            f"/organizations/{organization.id}/invitations/{one.id}",
            target=f"invitation of {one.name}",
            happened=_withdrawn(runtime, ids, one.id),
            absent="is gone already",
            question=f"Withdraw the invitation of {one.name}, and the roles that wait for it?",
        )
        for one in principals.pending(runtime, organization.id, invitations)
    ]


def _withdrawn(runtime: Runtime, ids: dict[str, str], key: str) -> Any:
    return listed(runtime.session, INVITATIONS, ids, lambda record: record.get("id") == key, expected=False)


def plan_accept(runtime: Runtime, invitation: str | None) -> Write:
    """The caller's own invitation accepted."""
    from zenpro_nb import query
    from zenpro_nb.query import record_of

    waiting = query.records(runtime.session, MY_INVITATIONS)
    chosen = [one for one in waiting if invitation is None or invitation in _names(one)]
    if len(chosen) != 1:
        known = ", ".join(f"{' / '.join(_names(one)[1:])} ({one.get('id')})" for one in waiting) or "none"
        which = "No invitation is meant by that" if invitation else "Say which invitation"
        raise UsageError(f"{which}; yours are: {known}", hint="List them with `invitations mine`.")
    path = f"/invitations/{chosen[0]['id']}"
    # Read once more by itself: what is accepted should be what was shown.
    record = record_of(runtime.session.client.get(path))
    words = " / ".join(_names(record)[1:]) or str(chosen[0]["id"])
    # Inferred: POST on the invitation accepts it (fact sheet, section 3).
    return Write("POST", path, target=f"invitation to {words}", resource=INVITATIONS)


def _names(record: Any) -> list[str]:
    """The id, and the organization's name under either field that a server may use (fact sheet, section 4)."""
    organization = record.get("organization")
    nested = organization.get("name") if isinstance(organization, dict) else None
    found = (record.get("id"), nested, record.get("organization_name"))
    return list(dict.fromkeys(one for one in found if isinstance(one, str)))


def plan_remove(runtime: Runtime, members: tuple[str, ...], org: str | None) -> list[Write]:
    """Users out of the organization."""
    from zenpro_nb import query

    organization = query.organization(runtime.session, org)
    ids = {"organization_id": organization.id}
    return [
        Write(
            "DELETE",
            f"/organizations/{organization.id}/members",
            target=f"{user.name} in {organization.name}",
            params={"user_id": user.id},
            happened=_left(runtime, ids, user.id),
            absent="is no member",
            question=f"Remove {user.name} from {organization.name}? All roles at the organization's level go.",
        )
        for user in query.find_all(runtime.session, "users", members)
    ]


def _left(runtime: Runtime, ids: dict[str, str], user_id: str) -> Any:
    def fits(record: Record) -> bool:
        user = record.get("user")
        return isinstance(user, dict) and user.get("id") == user_id

    return listed(runtime.session, MEMBERS, ids, fits, {"include_teams": False}, expected=False)


def add_to(invitations: Group, members: Group) -> None:
    """Attach the verbs to the nouns."""
    invitations.add_command(
        WriteCommand(
            "create",
            plan=plan_create,
            params=[
                click.Option(
                    ["--email", "--emails", "emails"],
                    type=EmailType(),
                    multiple=True,
                    required=True,
                    help="Who is invited. May be repeated, or be a column: --emails {df.email}.",
                ),
                click.Option(
                    ["--role"],
                    type=NameType("roles"),
                    required=True,
                    help="The role of the organization that the invitation brings, by name or id.",
                ),
                ORG,
            ],
            help="Invite people into the organization. With single sign-on, known accounts may join at once.",
        )
    )
    invitations.add_command(
        WriteCommand(
            "revoke",
            plan=plan_revoke,
            params=[
                click.Argument(["invitations"], nargs=-1, required=True, type=NameType("invitations")),
                ORG,
            ],
            several=True,
            destructive=True,
            help="Withdraw pending invitations, by e-mail or id.",
        )
    )
    invitations.add_command(
        WriteCommand(
            "accept",
            plan=plan_accept,
            params=[click.Argument(["invitation"], required=False, metavar="[ID|ORGANIZATION]")],
            help="Accept an invitation of your own, by its id or its organization; the only one needs no name.",
        )
    )
    invitations.add_command(listing_command(MY_INVITATIONS, name="mine", reader=_read))
    members.add_command(
        WriteCommand(
            "remove",
            plan=plan_remove,
            params=[click.Argument(["members"], nargs=-1, required=True, type=NameType("users")), ORG],
            several=True,
            destructive=True,
            help="Remove users from the organization: all their roles at its level go, roles in workspaces stay.",
        )
    )


def _read(runtime: Runtime, resource: Any, asked: Any) -> Any:
    from zenpro_nb.commands.core import reading

    return reading.plain(runtime, resource, asked)
