"""`users offboard`: revoke everything that a user has in an organization, in one plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Annotated

from msgspec.structs import replace

from zenpro_nb import access, limits, usage
from zenpro_nb.access.plans.guards import AFFECTED, affects_too_many
from zenpro_nb.commands.organization import members, role_assignments, teams
from zenpro_nb.commands.organization.invitations import assignments as invitation_assignments
from zenpro_nb.commands.organization.invitations import writes as invitation_writes
from zenpro_nb.commands.organization.users import users
from zenpro_nb.commands.people import memberships as people
from zenpro_nb.commands.people import offboarding_work
from zenpro_nb.commands.people.memberships import Person, Place
from zenpro_nb.commands.people.offboarding_places import places_to_leave
from zenpro_nb.commands.people.other_organizations import names_by_account
from zenpro_nb.commands.people.successor import STAYS, Successor, handed_over, successor_named
from zenpro_nb.framework.declare import (
    THERE,
    Allowed,
    AllowSelf,
    CheckUsage,
    CommandContext,
    Hold,
    JudgedWrites,
    MaxAffected,
    MinOrgAdmins,
    Opt,
    Org,
    Principal,
    Scope,
    UserNames,
    Write,
    blocked,
    judged_by,
    read_activity,
    require_window,
    steps_of_writes,
    update_of,
)
from zenpro_nb.journal.journal import Journal
from zenpro_nb.resources.control_plane import USERS
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.counts import name_list as listed
from zenpro_nb.syntax.unparse import quoted, spell_options
from zenpro_nb.usage.permissions import USAGE_PAIRS

AllOrgs = Annotated[bool, Opt(help="Offboard from every organization that you can see.")]


@users.write(
    asks=lambda write: write.confirmation.question,
    several=True,
    plan=True,
    past_tense="",
    nothing="no roles, teams, or open invitations are left here, and no account is active",
)
def offboard(
    ctx: CommandContext,
    users: UserNames,
    org: Org = None,
    all_orgs: AllOrgs = False,
    min_org_admins: MinOrgAdmins = None,
    allow_self: AllowSelf = False,
    check_usage: CheckUsage = None,
    max_affected: MaxAffected = None,
    successor: Successor = None,
) -> JudgedWrites:
    """Offboard users: revoke all their access.

    Shows the plan, asks for confirmation, and runs it step by step in this order: deactivate the account, withdraw open
    invitations, remove from teams, revoke roles in workspaces and projects, revoke organization roles. If a user is
    also a member of another organization that you can see, their account stays active. With --all-orgs, zenpro
    offboards them from all these organizations. Steps that are already done are skipped, so the command is safe to run
    again.

    The last rows of the plan, with the action `stays`, list what offboarding does not change: what keeps running under
    the name of the user, and the workspaces that they own. The messages contain the command for each. `users impact`
    also lists them, with questions about what no API shows: private secrets, API keys, personal access tokens,
    workspaces that are not running. With --successor, zenpro first hands over to a colleague what the API can transfer:
    owned workspaces, and roles in workspaces and projects.
    With --check-usage, the column `usage` shows the runs that the user started, including through schedules.

    Examples:
        # Show everything that would be revoked
        users offboard katherine@example.com --dry-run
        # Also show the runs that the person started in the last 90 days
        users offboard katherine@example.com --check-usage 90d --dry-run
        # Revoke all access of one person
        users offboard left.us@example.com
        # Hand over workspaces and roles to a colleague first
        users offboard grace@example.com --successor mary@example.com --dry-run
    """
    require_window(check_usage, max_affected)
    pairs = USAGE_PAIRS if check_usage is not None else ()
    places, hidden, others = places_to_leave(ctx, users, org, all_orgs, pairs)
    leaving = people.people_named(ctx, users, places, partial(_was_offboarded, ctx))
    elsewhere = names_by_account(others, places[0].organization.id)
    heir = successor_named(ctx, successor, places, leaving)
    work = offboarding_work.work_of(ctx.session, places, leaving)
    writes = [write for person in leaving for write in handed_over(ctx, heir, person, places, work)] if heir else []
    handed = {write.path.rpartition("/")[2] for write in writes if write.method == "PATCH"}
    typed = {
        "--successor": successor,
        "--allow-self": "" if allow_self else None,
        "--min-org-admins": min_org_admins,
        "--check-usage": check_usage,
        "--max-affected": max_affected,
    }
    others_of = {
        person.id: access.of_others(elsewhere.get(person.id, []), person.email, spell_options(typed))
        for person in leaving
    }
    remains = _still_open(leaving, elsewhere, spell_options(typed))
    writes += [write for person in leaving for write in _steps(ctx, person, places, others_of[person.id], remains)]
    left = [
        step for person in leaving for step in offboarding_work.left_running(ctx, person, places, work, heir, handed)
    ]
    writes += left
    nothing = Write("", "", target="")
    writes += [
        blocked(replace(nothing, target=place.organization.name), "incomplete", place.hidden, "omit --all-orgs")
        for place in hidden
    ]

    states = {place.organization.id: access.State.of(place.inventory) for place in places}
    successors = (heir.email,) if heir else ()
    allowed = Allowed(allow_self=allow_self, min_org_admins=min_org_admins, successors=successors)
    guarded_writes = judged_by(states, places[0].me, writes, allowed)
    if check_usage is not None:
        guarded_writes = _with_usage(ctx, guarded_writes, places, check_usage, max_affected)
    unseen = offboarding_work.unseen(leaving, work, heir, hands_over=bool(handed or left))
    return _with_question(guarded_writes, leaving, places, unseen, heir)


def _was_offboarded(ctx: CommandContext, email: str) -> bool:
    """Return whether the journal contains an offboarding of this email here; such a user can be gone from all lists."""
    return any(
        str(entry.get("command")).startswith("users offboard")
        and entry.get("server") == ctx.session.settings.url
        and email.casefold() in f"{entry.get('name')} {entry.get('target')}".casefold().split()
        for entry in Journal().entries()
    )


def _still_open(leaving: Sequence[Person], elsewhere: Mapping[str, Sequence[str]], options: str) -> str:
    """Return in a sentence which accounts stay active in other organizations, and the command for all of them."""
    staying = [person for person in leaving if elsewhere.get(person.id) and person.active is not False]
    emails = [person.email for person in staying]
    where = sorted({name for person in staying for name in elsewhere[person.id]})
    verb = "stays" if len(emails) == 1 else "stay"
    active = f"{listed(emails, limits.FAILED_NAMED)} {verb} active in {listed(where, limits.NAMES_IN_REASON)}"
    line = " ".join(filter(None, ["users offboard", *map(quoted, emails), "--all-orgs", options]))
    command = f"`{line}`" if len(line) <= limits.HELP_WIDTH else "the same command with --all-orgs"
    return f"{active}; {command} completes the offboarding" if emails else ""


def _steps(ctx: CommandContext, person: Person, places: Sequence[Place], stays: str, remains: str) -> Iterator[Write]:
    """Yield the writes that revoke everything from one person, in the order of sending.

    Args:
        stays: why the account is not deactivated; empty if it is.
        remains: what is then open after the command.
    """
    steps = list(_revocations(ctx, person, places))
    if person.id and person.active is not False:
        off = update_of(ctx, USERS, person.found, {"is_active": False})
        off = off.with_confirmation(past_tense="deactivated").with_position(action=STAYS if stays else "deactivate")
        off = off.with_hold(skipped=stays, remains=remains if stays else "")
        steps.insert(0, off)
    if not person.id and not steps:
        place_names = ", ".join(where.organization.name for where in places)
        nobody = f"already offboarded: no account or invitation has this email in {place_names}"
        steps = [Write("", "", target=person.email, name=person.email, hold=Hold(skipped=nobody))]
    yield from steps


def _withdrawal(ctx: CommandContext, where: Place, invitation_id: str, email: str, names: Sequence[str]) -> Write:
    """Return the write that withdraws an invitation; its undo assigns the same roles and teams to the new one."""
    principal = Principal(invitation_id, email, "invitation_id")
    of_organization = where.roles_of(principal)
    brings = next(iter(of_organization), "") or where.role_named(next(iter(names), ""))
    further = [Scope(key, name, {}) for key, name in of_organization.items() if key != brings]
    team_ids = [team_id for team_id, _ in where.teams_of(principal)]
    undo_steps = invitation_assignments.inverses(
        invitation_id, email, [*further, *where.scopes_of(principal)], team_ids
    )
    holdings = invitation_assignments.Holdings(undo_steps)
    return invitation_writes.revocation(ctx, where.organization.id, invitation_id, email, brings, holdings)


def _revocations(ctx: CommandContext, person: Person, places: Sequence[Place]) -> Iterator[Write]:
    for where in places:
        for invitation in where.invitations:
            if person.is_named(invitation["email"]):
                write = _withdrawal(
                    ctx, where, str(invitation["id"]), str(invitation["email"]), invitation["roles"] or ()
                )
                yield write.with_confirmation(past_tense="withdrawn").with_position(action="withdraw")
    if not person.id:
        return
    principal = person.principal
    for where in places:
        for team_id, team in where.teams_of(principal):
            yield replace(
                teams.removal(ctx, team_id, team, principal)
                .with_confirmation(past_tense="removed")
                .with_position(action="remove"),
                before=THERE,
            )
    for where in places:
        for scope in where.scopes_of(principal):
            yield replace(
                role_assignments.revocation(ctx, scope, principal)
                .with_confirmation(past_tense="revoked")
                .with_position(action="revoke"),
                before=THERE,
            )
    for where in places:
        if where.is_member(person):
            person_roles = where.roles_of(principal)
            write = members.removal(ctx, where.organization, person.id, person.email, list(person_roles))
            words = ", ".join(person_roles.values())
            target = f"{person.email} as {words} in {where.organization.name}" if person_roles else write.target
            yield replace(write.with_confirmation(past_tense="removed").with_position(action="leave"), target=target)


def _with_question(
    writes: JudgedWrites, leaving: Sequence[Person], places: Sequence[Place], warning: str, heir: Person | None
) -> JudgedWrites:
    """Return the steps; the first carries the question for all, and a note about what zenpro cannot see."""
    sent = [at for at, write in enumerate(writes) if not write.hold_text]
    if not sent:
        return writes
    who = listed([person.email for person in leaving], limits.FAILED_NAMED)
    where = listed([place.organization.name for place in places], limits.FAILED_NAMED)
    first = sent[0]
    left = len(writes) - len(sent)
    show = "shows" if left == 1 else "show"
    others = f" {counted(left, 'more row')} {show} what stays unchanged." if left else ""
    question = f"Offboard {who} from {where}: {counted(len(sent), 'change')}, in this order?{others}"
    sentences = [sentence for place in places for sentence in _effects(writes, place, heir, only=len(places) == 1)]
    losses = " ".join(filter(None, sentences))
    writes[first] = writes[first].with_confirmation(question=question, warning=warning, losses=losses)
    return writes


def _effects(writes: JudgedWrites, place: Place, heir: Person | None, *, only: bool) -> Iterator[str]:
    """Yield the sentences about the admin roles that are lost, and about those that the successor gets."""
    state = access.State.of(place.inventory)
    steps = [step for _, step in steps_of_writes(writes, state, place.me, place.organization.id)]
    yield access.losses(steps, state, "the organization" if only else place.organization.name)
    yield access.lost_workspace_admins(steps, state)
    if heir is not None:
        yield access.gains(steps, state, name=heir.email)


def _with_usage(
    ctx: CommandContext, writes: JudgedWrites, places: Sequence[Place], window: str, max_affected: int | None
) -> JudgedWrites:
    """Return the writes with the runs that they make impossible, blocked if they affect too many accounts."""
    texts: dict[int, tuple[int, str]] = {}
    affected: dict[int, set[str]] = {}
    for place in places:
        state = access.State.of(place.inventory)
        pairs = steps_of_writes(writes, state, place.me, place.organization.id)
        indexes = {step.number: at for at, step in pairs}
        activity = read_activity(ctx, place.inventory, window, "marks")
        usages = usage.usage_of_removals(place.inventory, [step for _, step in pairs], activity)
        for step in (step for _, step in pairs if step.number in usages):
            removal_usage, at = usages[step.number], indexes[step.number]
            # A write that revokes several roles shows the one with most runs.
            texts[at] = max(
                texts.get(at, (-1, "")), (removal_usage.runs + removal_usage.scheduled, removal_usage.text(state, step))
            )
            affected.setdefault(at, set()).update(removal_usage.affected_runs)
    for at, (_, text) in texts.items():
        writes[at] = writes[at].with_position(usage=text)
    accounts = set().union(*affected.values())
    if max_affected is not None and len(accounts) > max_affected:
        why, override = affects_too_many(len(accounts), max_affected)
        for at in affected:
            writes[at] = blocked(writes[at], AFFECTED, why, override)
    return writes
