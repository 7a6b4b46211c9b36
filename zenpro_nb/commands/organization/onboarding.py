"""`users onboard`: who comes gets their role, teams and roles in workspaces, with an account or without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb import query
from zenpro_nb.commands.organization import invitations, memberships, roles
from zenpro_nb.commands.organization import teams as team_writes
from zenpro_nb.commands.organization.invitation_lists import InvitationLists
from zenpro_nb.commands.organization.memberships import Person, Place
from zenpro_nb.commands.organization.pending_invitation import Make, Newcomer
from zenpro_nb.commands.organization.users import users
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    ABSENT,
    CommandContext,
    EmailType,
    NameType,
    Opt,
    Org,
    Outcome,
    Principal,
    RoleAtScopeType,
    Scope,
    Teams,
    UserNames,
    Write,
    grant,
    role_scope,
)
from zenpro_nb.syntax.unparse import quoted

MEMBER = "Organization Member"  # the predefined role that opens nothing by itself (API facts 7.7)

FirstRole = Annotated[
    str | None,
    Opt(
        "--role",
        type=NameType("roles"),
        help=f"The role of the organization, by name or id. Default: {MEMBER}, or what --like has.",
    ),
]
Grants = Annotated[
    tuple[str, ...],
    Opt(
        "--grant",
        "--grants",
        type=RoleAtScopeType(),
        help="A role and where: 'Workspace Developer@ml-prod', 'Project Viewer@ml-prod/ID'. May be repeated.",
    ),
]
Like = Annotated[
    str | None,
    Opt(
        type=NameType("users"),
        help="Also the teams and roles that this user has directly; never Organization Admin.",
    ),
]


class OnboardingProfile(Struct, frozen=True):
    """What everybody who comes is to have."""

    first: query.Found  # the organization's role that an invitation brings
    roles: Mapping[str, str]  # further roles of the organization, by id
    teams: Mapping[str, str]  # the names of the teams, by id
    scopes: Sequence[Scope]


def _after(ctx: CommandContext, outcome: Outcome, given: dict[str, Any]) -> Outcome:
    return invitations.after_invitation(ctx, outcome, given) if outcome.write.action == "invite" else outcome


@users.write(after=_after, several=True, plan=True, past_tense="")
def onboard(
    ctx: CommandContext,
    users: UserNames,
    role: FirstRole = None,
    teams: Teams = (),
    grants: Grants = (),
    like: Like = None,
    org: Org = None,
) -> list[Write]:
    """Give people who come their role, teams and roles in workspaces; who has no account is invited with them.

    With single sign-on, somebody who is invited may be a member at once; this is looked at before teams and roles are
    given, to the account or to the invitation. What they have already is no step: run it again at any time.

    Examples:
        users onboard new.colleague@example.com --team Research --grant 'Workspace Viewer@ml-dev' --dry-run
        users onboard orphan@example.com --like katherine@example.com
    """
    here = memberships.place(ctx, org)
    coming = [_spelled(person) for person in memberships.named(ctx, users, [here], lambda email: True)]
    wanted = _wanted(ctx, here, role, teams, grants, like)
    new = [person.email for person in coming if not person.id]
    lists = InvitationLists(ctx, here.organization.id, new[0] if len(new) == 1 else "")
    return [write for person in coming for write in _steps(ctx, here, person, wanted, lists)]


def _spelled(person: Person) -> Person:
    """Return the person; an e-mail without an account must be one that somebody can be invited by."""
    return person if person.id else replace(person, email=EmailType().convert(person.email, None, None))


def _wanted(
    ctx: CommandContext, here: Place, role: str | None, teams: Sequence[str], grants: Sequence[str], like: str | None
) -> OnboardingProfile:
    organization = here.organization
    ids = {"organization_id": organization.id}
    model = _model(ctx, here, like)
    held = {} if model is None or role is not None else here.roles_of(model)
    held = {key: name for key, name in held.items() if name != memberships.ADMIN}
    first = invitations.first_role(ctx, organization, role or next(iter(held), MEMBER))
    given = {item.id: item.name for item in query.find_all(ctx.session, "teams", teams, ids)} if teams else {}
    scopes = [_scope(ctx, organization, text) for text in grants]
    if model is not None:
        given |= dict(here.teams_of(model))
        scopes += here.scopes_of(model)
    every = {(scope.role_id, tuple(scope.params.items())): scope for scope in scopes}
    further = {key: name for key, name in held.items() if key != first.id}
    return OnboardingProfile(first, further, given, list(every.values()))


def _model(ctx: CommandContext, here: Place, like: str | None) -> Principal | None:
    if like is None:
        return None
    (person,) = memberships.named(ctx, [like], [here], lambda email: False)
    if not person.id:
        raise UsageError(f"{person.email} has no account to be like", hint="Name somebody of `members`.")
    return person.principal


def _scope(ctx: CommandContext, organization: query.Found, text: str) -> Scope:
    role, workspace, project = grant(text)
    return role_scope.of_role(ctx, organization, role, workspace=workspace, project=project or None)


def _steps(
    ctx: CommandContext, here: Place, person: Person, wanted: OnboardingProfile, lists: InvitationLists
) -> Iterator[Write]:
    """Yield what a person still lacks, in the order in which it is sent."""
    if person.id:
        steps = [make(person.principal) for make in _lacking(ctx, here, person.principal, wanted)]
        if steps and person.active is False:
            line = f"{person.email} is deactivated: `users activate {quoted(person.email)}` lets them sign in."
            steps[0] = replace(steps[0], warning=line)
        yield from steps
        return
    waiting = next(
        (
            invitation
            for invitation in here.invitations
            if person.is_named(invitation["email"]) and _is_open(ctx, invitation)
        ),
        None,
    )
    if waiting is not None:
        holder = Principal(str(waiting["id"]), person.email, "invitation_id")
        brought = {wanted.first.id} if wanted.first.name in (waiting["roles"] or ()) else set[str]()
        yield from (make(holder) for make in _lacking(ctx, here, holder, wanted, brought))
        return
    made = invitations.invitation(ctx, here.organization, person.email, wanted.first, lists)
    newcomer = Newcomer(ctx, here.organization.id, person.email)
    yield replace(made, action="invite", past_tense="invited", learn=newcomer.learn)
    for make in _lacking(ctx, here, newcomer.expected, wanted, {wanted.first.id}):
        yield replace(make(newcomer.expected), build_later=newcomer.later(make))


def _is_open(ctx: CommandContext, invitation: Mapping[str, Any]) -> bool:
    expires = invitation["expires"]
    return expires is None or bool(expires > datetime.fromtimestamp(ctx.session.clock.now(), UTC))


def _lacking(
    ctx: CommandContext, here: Place, holder: Principal, wanted: OnboardingProfile, brought: set[str] | None = None
) -> Iterator[Make]:
    """Yield what makes the writes for a holder, whoever that will be; `brought` are roles that need none."""
    held = {*here.roles_of(holder), *(brought or ())}
    for role_id, name in {wanted.first.id: wanted.first.name, **wanted.roles}.items():
        if role_id not in held:
            yield partial(_assigned, ctx, Scope(role_id, f"{name} in {here.organization.name}", {}))
    inside = {team_id for team_id, _ in here.teams_of(holder)}
    for team_id, name in wanted.teams.items():
        if team_id not in inside:
            yield partial(_added, ctx, team_id, name)
    places = [(scope.role_id, dict(scope.params)) for scope in here.scopes_of(holder)]
    for scope in wanted.scopes:
        if (scope.role_id, dict(scope.params)) not in places:
            yield partial(_assigned, ctx, scope)


def _assigned(ctx: CommandContext, scope: Scope, holder: Principal) -> Write:
    return replace(roles.assignment(ctx, scope, holder), action="assign", before=ABSENT)


def _added(ctx: CommandContext, team_id: str, team: str, holder: Principal) -> Write:
    return replace(team_writes.addition(ctx, team_id, team, holder), action="add", before=ABSENT)
