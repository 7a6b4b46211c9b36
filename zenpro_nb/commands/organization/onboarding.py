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
from zenpro_nb.framework.cli.context import Runtime
from zenpro_nb.framework.cli.signature import Opt
from zenpro_nb.framework.parameters import role_scope
from zenpro_nb.framework.parameters.aliases import Org, Teams, UserNames
from zenpro_nb.framework.parameters.principals import Principal
from zenpro_nb.framework.parameters.role_scope import Scope
from zenpro_nb.framework.parameters.types import EmailType, GrantType, NameType, grant
from zenpro_nb.framework.writes.undo import ABSENT
from zenpro_nb.framework.writes.write import Outcome, Write
from zenpro_nb.syntax.unparse import quoted

MEMBER = "Organization Member"  # the predefined role that opens nothing by itself (fact sheet, section 7)

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
        type=GrantType(),
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


class Wanted(Struct, frozen=True):
    """What everybody who comes is to have."""

    first: query.Found  # the organization's role that an invitation brings
    roles: Mapping[str, str]  # further roles of the organization, by id
    teams: Mapping[str, str]  # the names of the teams, by id
    scopes: Sequence[Scope]


def _after(run: Runtime, outcome: Outcome, given: dict[str, Any]) -> Outcome:
    return invitations.after_invitation(run, outcome, given) if outcome.write.action == "invite" else outcome


@users.write(after=_after, several=True, plan=True, done="")
def onboard(
    run: Runtime,
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
    here = memberships.place(run, org)
    coming = [_spelled(one) for one in memberships.named(run, users, [here], lambda email: True)]
    wanted = _wanted(run, here, role, teams, grants, like)
    new = [person.email for person in coming if not person.id]
    lists = InvitationLists(run, here.organization.id, new[0] if len(new) == 1 else "")
    return [write for person in coming for write in _steps(run, here, person, wanted, lists)]


def _spelled(person: Person) -> Person:
    """Return the person; an e-mail without an account must be one that somebody can be invited by."""
    return person if person.id else replace(person, email=EmailType().convert(person.email, None, None))


def _wanted(
    run: Runtime, here: Place, role: str | None, teams: Sequence[str], grants: Sequence[str], like: str | None
) -> Wanted:
    organization = here.organization
    ids = {"organization_id": organization.id}
    model = _model(run, here, like)
    held = {} if model is None or role is not None else here.roles_of(model)
    held = {key: name for key, name in held.items() if name != memberships.ADMIN}
    first = invitations.first_role(run, organization, role or next(iter(held), MEMBER))
    given = {one.id: one.name for one in query.find_all(run.session, "teams", teams, ids)} if teams else {}
    scopes = [_scope(run, organization, text) for text in grants]
    if model is not None:
        given |= dict(here.teams_of(model))
        scopes += here.scopes_of(model)
    every = {(one.role_id, tuple(one.params.items())): one for one in scopes}
    further = {key: name for key, name in held.items() if key != first.id}
    return Wanted(first, further, given, list(every.values()))


def _model(run: Runtime, here: Place, like: str | None) -> Principal | None:
    if like is None:
        return None
    (one,) = memberships.named(run, [like], [here], lambda email: False)
    if not one.id:
        raise UsageError(f"{one.email} has no account to be like", hint="Name somebody of `members`.")
    return one.principal


def _scope(run: Runtime, organization: query.Found, text: str) -> Scope:
    role, workspace, project = grant(text)
    return role_scope.of_role(run, organization, role, workspace=workspace, project=project or None)


def _steps(run: Runtime, here: Place, person: Person, wanted: Wanted, lists: InvitationLists) -> Iterator[Write]:
    """Yield what a person still lacks, in the order in which it is sent."""
    if person.id:
        steps = [make(person.principal) for make in _lacking(run, here, person.principal, wanted)]
        if steps and person.active is False:
            line = f"{person.email} is deactivated: `users activate {quoted(person.email)}` lets them sign in."
            steps[0] = replace(steps[0], warning=line)
        yield from steps
        return
    waiting = next((one for one in here.invitations if person.is_named(one["email"]) and _is_open(run, one)), None)
    if waiting is not None:
        holder = Principal(str(waiting["id"]), person.email, "invitation_id")
        brought = {wanted.first.id} if wanted.first.name in (waiting["roles"] or ()) else set[str]()
        yield from (make(holder) for make in _lacking(run, here, holder, wanted, brought))
        return
    made = invitations.invitation(run, here.organization, person.email, wanted.first, lists)
    yield replace(made, action="invite", done="invited")
    newcomer = Newcomer(run, here.organization.id, person.email)
    for make in _lacking(run, here, newcomer.expected, wanted, {wanted.first.id}):
        yield replace(make(newcomer.expected), late=newcomer.later(make))


def _is_open(run: Runtime, invitation: Mapping[str, Any]) -> bool:
    expires = invitation["expires"]
    return expires is None or bool(expires > datetime.fromtimestamp(run.session.clock.now(), UTC))


def _lacking(
    run: Runtime, here: Place, holder: Principal, wanted: Wanted, brought: set[str] | None = None
) -> Iterator[Make]:
    """Yield what makes the writes for a holder, whoever that will be; `brought` are roles that need none."""
    held = {*here.roles_of(holder), *(brought or ())}
    for role_id, name in {wanted.first.id: wanted.first.name, **wanted.roles}.items():
        if role_id not in held:
            yield partial(_assigned, run, Scope(role_id, f"{name} in {here.organization.name}", {}))
    inside = {team_id for team_id, _ in here.teams_of(holder)}
    for team_id, name in wanted.teams.items():
        if team_id not in inside:
            yield partial(_added, run, team_id, name)
    places = [(one.role_id, dict(one.params)) for one in here.scopes_of(holder)]
    for scope in wanted.scopes:
        if (scope.role_id, dict(scope.params)) not in places:
            yield partial(_assigned, run, scope)


def _assigned(run: Runtime, scope: Scope, holder: Principal) -> Write:
    return replace(roles.assignment(run, scope, holder), action="assign", before=ABSENT)


def _added(run: Runtime, team_id: str, team: str, holder: Principal) -> Write:
    return replace(team_writes.addition(run, team_id, team, holder), action="add", before=ABSENT)
