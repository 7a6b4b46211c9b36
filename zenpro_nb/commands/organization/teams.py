"""The noun `teams`: list and manage teams and their members."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from zenpro_nb import query
from zenpro_nb.framework.declare import (
    HERE,
    Blocker,
    CommandContext,
    Description,
    Destroys,
    ListOptions,
    Observation,
    Opt,
    Org,
    Principal,
    Record,
    TeamName,
    Undo,
    Verifier,
    Write,
    delete_of,
    is_created,
    is_listed,
    new_name,
    noun,
    principals,
    reading,
    rename_of,
    undo_create,
    update_of,
    with_gains,
    without_missing,
)
from zenpro_nb.resources.control_plane import TEAM_MEMBERS, TEAMS
from zenpro_nb.syntax.ids import is_id
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    from zenpro_nb.frames import Table

NewTeamName = Annotated[str, new_name("teams")]
NewName = Annotated[str | None, rename_of("teams")]
Empty = Annotated[bool, Opt("--empty", rows="member_count=0", help="Show only teams without members.")]

teams = noun(TEAMS, get=True, row_options={"empty": Empty})


@teams.write()
def create(ctx: CommandContext, name: NewTeamName, org: Org = None, description: Description = None) -> Write:
    """Create a team.

    Examples:
        # Create a team with a description
        teams create Compliance --description "Looks at what the others do"
    """
    return creation(ctx, query.organization(ctx.session, org), name, description)


def creation(ctx: CommandContext, organization: query.Found, name: str, description: str | None) -> Write:
    """Return the write that creates a team."""
    body = without_missing(name=name, description=description, organization_id=organization.id)
    return Write(
        "POST",
        "/teams",
        target=f"team {name} in {organization.name}",
        name=name,
        body=body,
        resource=TEAMS,
        verify=is_created(ctx.session, TEAMS, {"organization_id": organization.id}, name, body),
        **undo_of_create(organization.id, name, description),
    )


def undo_of_create(organization_id: str, name: str, description: str | None) -> dict[str, Any]:
    """Return the fields of a `Write` that undo the creation of a team."""
    ids = {"organization_id": organization_id}
    members = Blocker(Observation(noun="team-members", ids={"team_id": HERE}), "it has members")
    role_lookup = Observation(noun="roles", ids=ids, params={"team_id": HERE})
    return undo_create(
        "/teams",
        {"name": name, "description": description},
        by_name=Observation(noun=TEAMS.noun, ids=ids, match={"name": name}),
        by_hand=f"teams delete {quoted(name)}",
        blockers=(members, Blocker(role_lookup, "it has roles")),
    )


@teams.write()
def update(
    ctx: CommandContext, team: TeamName, org: Org = None, name: NewName = None, description: Description = None
) -> Write:
    """Update a team. Fields that you do not specify stay unchanged.

    Examples:
        # Change the description
        teams update Interns --description "Here for the summer"
    """
    _, found = _find(ctx, team, org)
    return update_of(ctx, TEAMS, found, {"name": name, "description": description})


@teams.write(asks=Destroys("Delete the {target}? Its members lose the roles of the team."), guarded=True)
def delete(ctx: CommandContext, team: TeamName, org: Org = None) -> Write:
    """Delete a team. Its members lose the roles of the team.

    Examples:
        # Delete a team; its members lose the roles that it gave them
        teams delete Interns
    """
    _, found = _find(ctx, team, org)
    return delete_of(ctx, TEAMS, found, irreversible="a new team would have a different ID, no members, and no roles")


@teams.write(several=True)
def add(
    ctx: CommandContext,
    team: TeamName,
    names: principals.MemberNames,
    org: Org = None,
) -> list[Write]:
    """Add users, service accounts, or invitations to a team. Existing members are unchanged.

    Examples:
        # Add two people
        teams add Platform --user grace@example.com --user alan@example.com
    """
    organization, found, members = _members(ctx, team, org, names, invite=True)
    return with_gains(ctx, [addition(ctx, found.id, found.name, member) for member in members], organization)


@teams.write(asks="Remove {target}, and with it the roles of the team?", several=True, guarded=True)
def remove(
    ctx: CommandContext,
    team: TeamName,
    names: principals.MemberNames,
    org: Org = None,
) -> list[Write]:
    """Remove users, service accounts, or invitations from a team. They lose the roles of the team.

    Examples:
        # Remove one person
        teams remove Platform --user grace@example.com
    """
    _, found, members = _members(ctx, team, org, names)
    return [removal(ctx, found.id, found.name, member) for member in members]


@teams.listing(TEAM_MEMBERS)
def members(ctx: CommandContext, options: ListOptions, team: TeamName, org: Org = None) -> Table:
    """Read the members of a team.

    Examples:
        # List the members of a team
        teams members Platform
    """
    if is_id(team) and org is None:
        found = query.find(ctx.session, "teams", team, remembered=True)
    else:
        _, found = _find(ctx, team, org, remembered=True)
    return reading.read_query(ctx, reading.query_of(ctx, TEAM_MEMBERS, options, team_id=found.id), options)


def addition(ctx: CommandContext, team_id: str, team: str, member: Principal) -> Write:
    """Return the write that adds a principal to a team."""
    return Write(
        "POST",
        f"/teams/{team_id}/members",
        target=f"{member.name} in team {team}",
        name=member.name,
        sentence=("added ", f" to team {team}"),
        # Query parameters, no body (API facts 3.11).
        params={member.field: member.id},
        verify=_holds(ctx, team_id, member, expected=True),
        on_409="is already in the team",
        inverse=(membership("DELETE", team_id, member, expected_now={}, restores=None),),
    )


def removal(ctx: CommandContext, team_id: str, team: str, member: Principal) -> Write:
    """Return the write that removes a principal from a team."""
    return Write(
        "DELETE",
        f"/teams/{team_id}/members",
        target=f"{member.name} in team {team}",
        name=member.name,
        sentence=("removed ", f" from team {team}"),
        params={member.field: member.id},
        verify=_holds(ctx, team_id, member, expected=False),
        # Inferred: team and member have just been found, so a 404 can only concern the membership.
        on_404="is not in the team",
        inverse=(membership("POST", team_id, member, expected_now=None, restores={}),),
    )


def membership(method: str, team_id: str, member: Principal, **response_fields: Any) -> Undo:
    """Return the undo that adds a principal to a team again, or removes it."""
    match = {f"{member.field.removesuffix('_id')}.id": member.id}
    observation = Observation(noun=TEAM_MEMBERS.noun, ids={"team_id": team_id}, match=match)
    return Undo(method, f"/teams/{team_id}/members", observation, params={member.field: member.id}, **response_fields)


def _find(
    ctx: CommandContext, team: str, org: str | None, *, remembered: bool = False
) -> tuple[query.Found, query.Found]:
    """Return the organization and the team in it.

    Raises:
        UnknownNameError: no such team exists, or it belongs to another organization.
    """
    organization = query.organization(ctx.session, org)
    ids = {"organization_id": organization.id}
    if org is not None and is_id(team):
        # A team does not name its organization (API facts 4.6), but the organization's list contains its teams.
        return organization, query.NameIndex(TEAMS, query.records(ctx.session, TEAMS, ids)).pick(team)
    return organization, query.find(ctx.session, "teams", team, ids, remembered=remembered)


def _members(
    ctx: CommandContext,
    team: str,
    org: str | None,
    names: principals.MemberNames,
    *,
    invite: bool = False,
) -> tuple[query.Found, query.Found, list[Principal]]:
    principals.require_some(names)
    organization = query.organization(ctx.session, org)
    (_, found), members = query.gather(
        ctx.session,
        partial(_find, ctx, team, org),
        partial(principals.resolve, ctx, organization.id, names, invite=invite),
    )
    return organization, found, members


def _holds(ctx: CommandContext, team_id: str, member: Principal, *, expected: bool) -> Verifier:
    def fits(record: Record) -> bool:
        holder = record.get(member.field.removesuffix("_id"))
        return isinstance(holder, Mapping) and holder.get("id") == member.id

    return is_listed(ctx.session, TEAM_MEMBERS, {"team_id": team_id}, fits, expected=expected)
