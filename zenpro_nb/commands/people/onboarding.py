"""`users onboard`: assign roles and teams to new users, and invite people without an account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from functools import partial
from typing import Annotated, Any

import click
from msgspec.structs import replace

from zenpro_nb import access, limits, query
from zenpro_nb.commands.organization import role_assignments
from zenpro_nb.commands.organization import teams as team_writes
from zenpro_nb.commands.organization.invitations import writes as invitation_writes
from zenpro_nb.commands.organization.invitations.lists import InvitationLists
from zenpro_nb.commands.organization.users import users
from zenpro_nb.commands.people import memberships
from zenpro_nb.commands.people.memberships import Person, Place
from zenpro_nb.commands.people.onboarding_profiles import OnboardingProfile, ProfilesByPerson
from zenpro_nb.commands.people.pending_invitation import Make, Newcomer
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    ABSENT,
    Arg,
    CommandContext,
    EmailType,
    NameType,
    Opt,
    Org,
    Outcome,
    Principal,
    RoleAtScopeType,
    Scope,
    Write,
    with_gains,
)
from zenpro_nb.syntax.counts import name_list
from zenpro_nb.syntax.unparse import quoted, spell

FirstRole = Annotated[
    str | None,
    Opt(
        "--role",
        type=NameType("roles"),
        help=f"Assign this organization role to everyone, by name or ID. Default: the role of --like, or "
        f"{invitation_writes.MEMBER} for people without an organization role.",
    ),
]
People = Annotated[tuple[str, ...], Arg(NameType("users", reads=("role", "team", "grant"), emails=True))]
NewTeams = Annotated[
    tuple[str, ...],
    Opt("--team", "--teams", type=NameType("teams"), help="Add everyone to this team, by name or ID. Can be repeated."),
]
Grants = Annotated[
    tuple[str, ...],
    Opt(
        "--grant",
        "--grants",
        type=RoleAtScopeType(),
        help="Assign a role at a scope to everyone: 'Workspace Developer@ml-prod', 'Project Viewer@ml-prod/ID'. "
        "Can be repeated.",
    ),
]
Like = Annotated[
    str | None,
    Opt(
        type=NameType("users"),
        help="Copy the teams and directly assigned roles of this user, except Organization Admin.",
    ),
]


_ORGANIZATION_LEVEL = "Organization "
_SHORT_NAMES = ("admin", "developer", "contributor", "viewer")


class _WorkspaceOfRole(click.Option):
    """An option that makes the role of the line a workspace role: with it, `--role R` means `--grant R@W`.

    Attributes:
        argument: the parameter that gets the value.
        needs: words that must be in the line as well.
    """

    argument = "grants"
    needs = ("--role", "Workspace Viewer")

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """Replace the role by a grant, before click processes both.

        Raises:
            UsageError: no role is given, or one of the whole organization; the hint shows the line with a grant.
        """
        workspace = opts.get(self.name or "")
        if not isinstance(workspace, str) or not isinstance(opts, MutableMapping):
            return None, args
        role, grants = opts.get("role"), opts.get("grants")
        name = role if isinstance(role, str) else ""
        in_workspace = f"Workspace {name.title()}" if name.lower() in _SHORT_NAMES else name
        is_clear = bool(name) and not name.startswith(_ORGANIZATION_LEVEL)
        opts["grants"] = (
            *(grants if isinstance(grants, list | tuple) else ()),
            f"{in_workspace if is_clear else 'Workspace Viewer'}@{workspace}",
        )
        if not is_clear and not ctx.resilient_parsing:
            command_ctx = ctx.find_object(CommandContext)
            given = {key: value for key, value in opts.items() if value is not None and key != self.name}
            line = spell(
                ctx.command, [command_ctx.ui.name if command_ctx else "", *ctx.command_path.split()[1:]], given
            )
            problem = f"{name} is not a workspace role" if name else "`--role` is required with `--workspace`"
            raise UsageError(problem, hint=f"A workspace role has its own option: `{line}`.")
        opts.pop("role", None)
        # Before a missing argument is reported: the form that then opens has the grant.
        option = next(param for param in ctx.command.params if param.name == self.argument)
        option.handle_parse_result(ctx, opts, args)
        return None, args


def _after(ctx: CommandContext, outcome: Outcome, arguments: dict[str, Any]) -> Outcome:
    return (
        invitation_writes.after_invitation(ctx, outcome, arguments)
        if outcome.write.position.action == "invite"
        else outcome
    )


@users.write(after=_after, several=True, plan=True, past_tense="", nothing="they already have these roles and teams")
def onboard(
    ctx: CommandContext,
    users: People,
    role: FirstRole = None,
    teams: NewTeams = (),
    grants: Grants = (),
    like: Like = None,
    org: Org = None,
) -> list[Write]:
    """Onboard users: assign an organization role, teams, and workspace roles.

    Anyone without an account is invited. With single sign-on, an invited person can become a member immediately: zenpro
    checks this before it assigns teams and roles, and assigns them to the account or to the invitation. Roles and teams
    that a user already has are skipped, so the command is safe to run again.

    For several people, name a file (.csv, .xlsx, .parquet, .json) or, in a notebook, a DataFrame: $people. Its column
    `email` names them. The columns `role`, `team`, and `grant`, if there are any, apply to the person in the row; an
    option replaces the column of the same name. Write several teams or grants as "Research; Platform", or as one row
    each. An empty role means the default.

    Examples:
        # Show the invitation, team membership, and role assignment that would be created
        users onboard new.colleague@example.com --team Research --grant 'Workspace Viewer@ml-dev' --dry-run
        # Give a user the same access as a colleague
        users onboard orphan@example.com --like katherine@example.com
    """
    here = memberships.place(ctx, org)
    profiles = ProfilesByPerson(ctx, here, role, teams, grants, like)
    profiles.read(users)
    people = [
        (_with_folded_email(person), text)
        for person, text in memberships.people_named_by(ctx, users, [here], lambda email: True)
    ]
    new = [person.email for person, _ in people if not person.id]
    lists = InvitationLists(ctx, here.organization.id, new[0] if len(new) == 1 else "")
    writes = [write for person, text in people for write in _steps(ctx, here, person, profiles.of(text), lists)]
    held = [label for person, text in people for label in _held(here, person, profiles.of(text))]
    if held and writes and not ctx.ui.is_quiet:
        ctx.ui.say(f"unchanged: {name_list(held, limits.FAILED_NAMED)}")
    return with_gains(ctx, writes, here.organization, state=access.State.of(here.inventory))


_params = users.commands["onboard"].params
_params.insert(
    [param.name for param in _params].index("like"),
    _WorkspaceOfRole(
        ["--workspace"],
        type=NameType("workspaces"),
        expose_value=False,
        is_eager=True,
        help="Assign --role in this workspace: the same as --grant ROLE@WORKSPACE.",
    ),
)


def _with_folded_email(person: Person) -> Person:
    """Return the person. Without an account, the email must be valid for an invitation."""
    return person if person.id else replace(person, email=str(EmailType().convert(person.email, None, None)))


def _steps(
    ctx: CommandContext, here: Place, person: Person, profile: OnboardingProfile, lists: InvitationLists
) -> Iterator[Write]:
    """Yield the writes for all missing roles and teams of a person, in the order of sending."""
    if person.id:
        steps = [make(person.principal) for make in _missing(ctx, here, person.principal, profile)]
        if steps and person.active is False:
            line = f"{person.email} is deactivated and cannot sign in. Run `users activate {quoted(person.email)}`."
            steps[0] = steps[0].with_confirmation(warning=line)
        yield from steps
        return
    pending = next(
        (
            invitation
            for invitation in here.invitations
            if person.is_named(invitation["email"]) and query.is_pending(ctx.session, invitation)
        ),
        None,
    )
    if pending is not None:
        principal = Principal(str(pending["id"]), person.email, "invitation_id")
        invited_roles = pending["roles"] or ()
        has_role = profile.first.name in invited_roles or (profile.is_default and invited_roles)
        implied_roles = {profile.first.id} if has_role else set[str]()
        yield from (make(principal) for make in _missing(ctx, here, principal, profile, implied_roles))
        return
    invite = invitation_writes.invitation(ctx, here.organization, person.email, profile.first, lists)
    newcomer = Newcomer(ctx, here.organization.id, person.email)
    yield invite.with_confirmation(past_tense="invited").with_position(action="invite", learn=newcomer.learn)
    for make in _missing(ctx, here, newcomer.expected, profile, {profile.first.id}):
        yield make(newcomer.expected).with_position(build_later=newcomer.later(make))


def _held(here: Place, person: Person, profile: OnboardingProfile) -> Iterator[str]:
    """Yield the teams and the roles in workspaces and projects that a user already has."""
    if not person.id:
        return
    inside = {team_id for team_id, _ in here.teams_of(person.principal)}
    yield from (f"{person.email} in team {name}" for team_id, name in profile.teams.items() if team_id in inside)
    places = [(scope.role_id, dict(scope.params)) for scope in here.scopes_of(person.principal)]
    for scope in profile.scopes:
        if (scope.role_id, dict(scope.params)) in places:
            yield f"{person.email} as {scope.label}"


def _missing(
    ctx: CommandContext,
    here: Place,
    principal: Principal,
    profile: OnboardingProfile,
    implied_roles: set[str] | None = None,
) -> Iterator[Make]:
    """Yield functions that build the missing writes for a principal; `implied_roles` are roles that it already gets."""
    role_ids = {*here.roles_of(principal), *(implied_roles or ())}
    wanted = {} if profile.is_default and role_ids else {profile.first.id: profile.first.name}
    for role_id, name in {**wanted, **profile.roles}.items():
        if role_id not in role_ids:
            yield partial(_assignment, ctx, Scope(role_id, f"{name} in {here.organization.name}", {}))
    inside = {team_id for team_id, _ in here.teams_of(principal)}
    for team_id, name in profile.teams.items():
        if team_id not in inside:
            yield partial(_addition, ctx, team_id, name)
    places = [(scope.role_id, dict(scope.params)) for scope in here.scopes_of(principal)]
    for scope in profile.scopes:
        if (scope.role_id, dict(scope.params)) not in places:
            yield partial(_assignment, ctx, scope)


def _assignment(ctx: CommandContext, scope: Scope, principal: Principal) -> Write:
    return replace(role_assignments.assignment(ctx, scope, principal).with_position(action="assign"), before=ABSENT)


def _addition(ctx: CommandContext, team_id: str, team: str, principal: Principal) -> Write:
    return replace(team_writes.addition(ctx, team_id, team, principal).with_position(action="add"), before=ABSENT)
