"""teams: create, update, delete, add, remove."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from zenpro_nb.commands.core import principals
from zenpro_nb.commands.core.command import Group
from zenpro_nb.commands.core.options import ORG, NameType
from zenpro_nb.commands.core.principals import Principal
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.types import NewNameType
from zenpro_nb.commands.core.verification import changed, gone, listed, named
from zenpro_nb.commands.core.write import Record, Write, require_change, without_missing
from zenpro_nb.commands.core.write_command import WriteCommand
from zenpro_nb.resources.control_plane import TEAM_MEMBERS, TEAMS

_TEAM = click.Argument(["team"], type=NameType("teams"))
_DESCRIPTION = click.Option(["--description"], help="What it is for, in a few words.")
# Fact sheet, section 3, Teams: members are users (service accounts among them) and invitations.
_MEMBERS = ("users", "service_accounts", "invitations")


def plan_create(runtime: Runtime, name: str, org: str | None, description: str | None) -> Write:
    """A new team without members."""
    from zenpro_nb import query

    organization = query.organization(runtime.session, org)
    return Write(
        "POST",
        "/teams",
        target=f"team {name} in {organization.name}",
        body=without_missing(name=name, description=description, organization_id=organization.id),
        resource=TEAMS,
        happened=named(runtime.session, TEAMS, {"organization_id": organization.id}, name),
    )


def plan_update(runtime: Runtime, team: str, org: str | None, name: str | None, description: str | None) -> Write:
    """Changes of what was given; the rest stays."""
    found = _find(runtime, team, org)
    body = without_missing(name=name, description=description)
    path = f"/teams/{found.id}"
    return Write(
        "PATCH",
        path,
        target=f"team {found.name}",
        body=require_change(body),
        resource=TEAMS,
        happened=changed(runtime.session, path, body),
    )


def plan_delete(runtime: Runtime, team: str, org: str | None) -> Write:
    """The team; its members lose what it gave them."""
    found = _find(runtime, team, org)
    path = f"/teams/{found.id}"
    return Write(
        "DELETE",
        path,
        target=f"team {found.name}",
        happened=gone(runtime.session, path),
        question=f"Delete the team {found.name}? Its members lose the roles that it gave them.",
    )


def plan_add(runtime: Runtime, team: str, org: str | None, **given: Any) -> list[Write]:
    """Each of the principals as a member."""
    found, members = _members(runtime, team, org, given)
    return [
        Write(
            "POST",
            f"/teams/{found.id}/members",
            target=f"{member.name} in team {found.name}",
            # Query parameters, no body (fact sheet, section 3).
            params={member.field: member.id},
            happened=_holds(runtime, found.id, member, expected=True),
            already="is in the team already",
        )
        for member in members
    ]


def plan_remove(runtime: Runtime, team: str, org: str | None, **given: Any) -> list[Write]:
    """Each of the principals a member no more."""
    found, members = _members(runtime, team, org, given)
    return [
        Write(
            "DELETE",
            f"/teams/{found.id}/members",
            target=f"{member.name} in team {found.name}",
            params={member.field: member.id},
            happened=_holds(runtime, found.id, member, expected=False),
            # Inferred: team and member were found just now, so that a 404 can only mean the membership.
            absent="is not in the team",
            question=f"Take {member.name} out of the team {found.name}, and the roles that it gives?",
        )
        for member in members
    ]


def _find(runtime: Runtime, team: str, org: str | None) -> Any:
    from zenpro_nb import query

    return query.find(runtime.session, "teams", team, {"organization_id": query.organization(runtime.session, org).id})


def _members(runtime: Runtime, team: str, org: str | None, given: Mapping[str, Any]) -> tuple[Any, list[Principal]]:
    from zenpro_nb import query

    principals.require_some(given)
    organization = query.organization(runtime.session, org)
    found = query.find(runtime.session, "teams", team, {"organization_id": organization.id})
    return found, principals.resolve(runtime, organization.id, given)


def _holds(runtime: Runtime, team_id: str, member: Principal, *, expected: bool) -> Any:
    def fits(record: Record) -> bool:
        holder = record.get(member.field.removesuffix("_id"))
        return isinstance(holder, Mapping) and holder.get("id") == member.id

    return listed(runtime.session, TEAM_MEMBERS, {"team_id": team_id}, fits, expected=expected)


def add_to(group: Group) -> None:
    """Attach the verbs to the noun."""
    for command in (
        WriteCommand(
            "create",
            plan=plan_create,
            params=[click.Argument(["name"], type=NewNameType("teams")), ORG, _DESCRIPTION],
            help="Create a team.",
        ),
        WriteCommand(
            "update",
            plan=plan_update,
            params=[
                _TEAM,
                ORG,
                click.Option(["--name"], type=NewNameType("teams"), help="Its new name."),
                _DESCRIPTION,
            ],
            help="Change a team; what is not given stays as it is.",
        ),
        WriteCommand(
            "delete",
            plan=plan_delete,
            params=[_TEAM, ORG],
            destructive=True,
            help="Delete a team. Its members lose the roles that it gave them.",
        ),
        WriteCommand(
            "add",
            plan=plan_add,
            params=[_TEAM, *principals.options("Who joins", *_MEMBERS), ORG],
            several=True,
            help="Add users, service accounts or invitations to a team. Who is in it already stays.",
        ),
        WriteCommand(
            "remove",
            plan=plan_remove,
            params=[_TEAM, *principals.options("Who leaves", *_MEMBERS), ORG],
            several=True,
            destructive=True,
            help="Take users, service accounts or invitations out of a team, and the roles that it gives.",
        ),
    ):
        group.add_command(command)
