"""The noun `invitations`: invite people, withdraw invitations, and accept your own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from msgspec.structs import replace

from zenpro_nb import query
from zenpro_nb.commands.organization import invitation_assignments
from zenpro_nb.commands.organization.invitation_assignments import Holdings
from zenpro_nb.commands.organization.invitation_lists import InvitationLists
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.framework.declare import (
    ABSENT,
    HERE,
    AnyCheck,
    Arg,
    Blocker,
    CommandContext,
    Created,
    EmailType,
    ListOptions,
    NameType,
    Observation,
    Obstacle,
    Opt,
    Org,
    Outcome,
    Record,
    StatefulCheck,
    Undo,
    Verifier,
    Write,
    is_listed,
    name_of,
    noun,
    own_values,
    principals,
    reading,
    role_scope,
)
from zenpro_nb.resources.control_plane import INVITATIONS, MEMBERS
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    from zenpro_nb.frames import Table

MY_INVITATIONS = replace(
    INVITATIONS,
    noun="my-invitations",
    path="/invitations",
    filters=(),
    help="List the invitations you have received.",
    # API facts 3.5.
)

MEMBER = "Organization Member"  # the predefined role without permissions in workspaces (API facts 7.7)

Emails = Annotated[
    tuple[str, ...],
    Arg(
        EmailType(reads=("role",), instead="users onboard"),
        option=("--email", "--emails"),
        help="Invite this email address. Can be repeated, or passed as a column: --emails {df.email}, or as a file "
        "with a column `email`: people.csv.",
    ),
]
FirstRole = Annotated[
    str | None,
    Opt(
        "--role",
        type=NameType("roles"),
        help=f"Assign this organization role when the invitation is accepted, by name or ID. Default: {MEMBER}.",
    ),
]
InvitationNames = Annotated[tuple[str, ...], name_of("invitations")]
OwnInvitation = Annotated[str | None, Arg(metavar="[ID|ORGANIZATION]")]

invitations = noun(
    INVITATIONS,
    examples=(
        "# List the newest invitations first",
        "invitations --sort -created",
        "# Find the invitation of one person",
        "invitations --email new.hire1@example.com",
    ),
)


def after_invitation(ctx: CommandContext, outcome: Outcome, arguments: dict[str, Any]) -> Outcome:
    """Return the outcome, with a note if the account joined without accepting: API facts 11.9, on single sign-on."""
    record = outcome.record or {}
    # The response for this case is unknown; it is assumed to be an accepted invitation, or the member.
    is_member = record.get("accepted") is True or isinstance(record.get("user"), dict)
    if outcome.state == "done" and is_member:
        return replace(outcome, detail="already has an account and is now a member")
    return outcome


@invitations.write(after=after_invitation, past_tense="invited", many=True)
def create(ctx: CommandContext, emails: Emails, role: FirstRole = None, org: Org = None) -> list[Write]:
    """Invite people to the organization. With single sign-on, known accounts can join immediately.

    List email addresses, or name a file with a column `email`: .csv, .xlsx, .parquet, or .json. A column `role`, if
    there is one, sets the role of each person; --role replaces it. For teams and workspace roles, use `users onboard`.

    Examples:
        # Show the request without sending it
        invitations create new.colleague@example.com --role "Organization Member" --dry-run
        # Send an invitation
        invitations create new.colleague@example.com --role "Organization Member"
    """
    organization = query.organization(ctx.session, org)
    names = {email: next(iter(own_values(email, "role")), role or MEMBER) for email in emails}
    roles = {name: first_role(ctx, organization, name) for name in dict.fromkeys(names.values())}
    lists = InvitationLists(ctx, organization.id, emails[0] if len(emails) == 1 else "")
    unchanged = _is_unchanged(lists)
    return [
        replace(
            invitation(ctx, organization, str(email), roles[name], lists),
            noop=unchanged(email, roles[name].id),
        )
        for email, name in names.items()
    ]


def _is_unchanged(lists: InvitationLists) -> Callable[[str, str], str]:
    """Return why an invitation of an email with a role would change nothing, or "". Sends one request per list.

    People who have a role other than that of the invitation are left to the server, which refuses.
    """
    try:
        waiting, people = lists.read()
    except ZenProError:
        return lambda email, role_id: ""

    def reason(email: str, role_id: str) -> str:
        if _have_role(waiting.get(email.casefold(), ()), role_id):
            return "is already invited"
        return "is already a member" if _have_role(people.get(email.casefold(), ()), role_id) else ""

    return reason


def _have_role(records: Sequence[Record], role_id: str) -> bool:
    return any(role_id in _role_ids(record) for record in records)


def _user_id(record: Record) -> object:
    return record["user"].get("id")


def first_role(ctx: CommandContext, organization: query.Found, role: str) -> query.Found:
    """Return the role of an invitation.

    Raises:
        UsageError: it is not an organization role.
    """
    found = role_scope.role_of(ctx, organization, role)
    name, level = found.name, found.record.get("level")
    if level not in (None, "organization"):
        # API facts 3.5: the role of an invitation is an organization role.
        raise UsageError(
            f"The role of an invitation must be an organization role, but {name} is a {level} role",
            hint=f"Use `users onboard EMAIL --grant {quoted(f'{name}@WORKSPACE')}`; in a file, write it in a column "
            "`grant`.",
        )
    return found


def invitation(
    ctx: CommandContext, organization: query.Found, email: str, role: query.Found, lists: InvitationLists | None = None
) -> Write:
    """Return the write that invites a person.

    Args:
        lists: the lists that all invitations of a command share; read separately for a single invitation.
    """
    lists = lists or InvitationLists(ctx, organization.id, email)
    return Write(
        "POST",
        f"/organizations/{organization.id}/invitations",
        target=f"{email} as {role.name} in {organization.name}",
        name=email,
        body={"email": email, "role_id": role.id},
        resource=INVITATIONS,
        verify=_is_invited(lists, email, role.id),
        obstacle=partial(_in_the_way, lists, email, role.id),
        before=ABSENT,
        inverse=(_withdrawal(organization.id, email),),
    )


def _withdrawal(organization_id: str, email: str) -> Undo:
    """Return the undo that withdraws a sent invitation, as long as it is not accepted."""
    ids = {"organization_id": organization_id}
    return Undo(
        "DELETE",
        f"/organizations/{organization_id}/invitations/{HERE}",
        Observation(noun=INVITATIONS.noun, ids=ids, match={"id": HERE}),
        expected_now={"email": email},
        restores=None,
        blockers=(_already_member(organization_id, email),),
        partly="an invitation email cannot be recalled",
        by_name=_waiting(organization_id, email),
        by_hand=f"invitations revoke {quoted(email)}",
    )


def _waiting(organization_id: str, email: str) -> Observation:
    """Return where a pending invitation is found by its email."""
    params = {"email": email, "only_pending": True}
    return Observation(
        noun=INVITATIONS.noun, ids={"organization_id": organization_id}, params=params, match={"email": email}
    )


def _already_member(organization_id: str, email: str) -> Blocker:
    ids = {"organization_id": organization_id}
    return Blocker(Observation(noun=MEMBERS.noun, ids=ids, match={"user.email": email}), f"{email} is a member")


def _is_invited(lists: InvitationLists, email: str, role_id: str) -> StatefulCheck:
    """Return a check for the new invitation, or for a member who joined by single sign-on (API facts 3.5)."""

    def fits(record: Record) -> bool:
        role_ids = _role_ids(record)
        return str(record.get("email")).casefold() == email.casefold() and (not role_ids or role_id in role_ids)

    def is_accepted(record: Record) -> bool:
        return _is(record, email) and role_id in _role_ids(record)

    return AnyCheck(
        Created(partial(lists.waiting, email), fits, {}, cached_read=partial(lists.known_waiting, email)),
        Created(
            partial(lists.people, email), is_accepted, {}, _user_id, cached_read=partial(lists.known_people, email)
        ),
    )


def _in_the_way(lists: InvitationLists, email: str, role_id: str) -> Obstacle | None:
    """Return the cause of a conflict with its roles: a pending invitation or a membership."""
    record = lists.latest(email)
    if record is None or role_id in _role_ids(
        record
    ):  # it is newer, or it matches so well that its existence must be confirmed
        record = next(iter((*lists.waiting(email), *lists.people(email))), None)
    if record is None:
        return None
    role_ids, names = _role_ids(record), lists.role_names()
    what = "is already a member" if isinstance(record.get("user"), Mapping) else "is already invited"
    roles = ", ".join(names.get(key, key) for key in role_ids)
    return Obstacle(f"{what}, as {roles}" if roles else what, role_id in role_ids)


def _is(record: Record, email: str) -> bool:
    user = record.get("user")
    return isinstance(user, dict) and str(user.get("email")).casefold() == email.casefold()


def _role_ids(record: Record) -> list[str]:
    """Return the roles of a record, from any of the fields that servers use (API facts 4.10)."""
    role = record.get("role")
    several = [record for record in record.get("roles") or () if isinstance(record, dict)]
    values = [record.get("role_id"), role.get("id") if isinstance(role, dict) else None]
    values += [record.get("role_id") or record.get("id") for record in several]
    return [text for text in values if isinstance(text, str)]


@invitations.write(asks="Withdraw the {target}, with the roles assigned to it?", several=True)
def revoke(ctx: CommandContext, invitations: InvitationNames, org: Org = None) -> list[Write]:
    """Withdraw pending invitations, by email or ID.

    Examples:
        # Withdraw an invitation
        invitations revoke new.hire2@example.com
    """
    organization = query.organization(ctx.session, org)
    open_invitations = principals.pending(ctx, organization.id, invitations, expired=True)
    holdings = invitation_assignments.read(ctx, organization.id, open_invitations)
    return [
        revocation(
            ctx,
            organization.id,
            pending.id,
            pending.name,
            invitation_assignments.first_role(pending.record),
            holdings.get(pending.id),
        )
        for pending in open_invitations
    ]


def revocation(
    ctx: CommandContext,
    organization_id: str,
    invitation_id: str,
    email: str,
    role_id: str,
    holdings: Holdings | None = None,
) -> Write:
    """Return the write that withdraws an invitation.

    Args:
        role_id: its role, required to send it again; empty if it is unknown.
        holdings: its other roles and its teams; None if they are unknown.
    """
    holdings = holdings or invitation_assignments.UNKNOWN
    again = _invite_again(organization_id, invitation_id, email, role_id, holdings.unreadable)
    return Write(
        "DELETE",
        f"/organizations/{organization_id}/invitations/{invitation_id}",
        target=f"invitation of {email}",
        name=email,
        verify=_is_withdrawn(ctx, {"organization_id": organization_id}, invitation_id),
        before={"email": email, "role_id": role_id} if role_id else None,
        inverse=(again, *holdings.inverses) if role_id else (),
        irreversible="" if role_id else "its role could not be read",
    )


def _invite_again(organization_id: str, invitation_id: str, email: str, role_id: str, unreadable: str) -> Undo:
    """Return the undo that sends a withdrawn invitation again.

    Args:
        unreadable: the parts of the old invitation that are unknown.
    """
    return Undo(
        "POST",
        f"/organizations/{organization_id}/invitations",
        _waiting(organization_id, email),
        expected_now=None,
        restores={},
        body={"email": email, "role_id": role_id},
        blockers=(_already_member(organization_id, email),),
        partly="a new invitation email is sent"
        + (f", without {unreadable} of the old invitation" if unreadable else ""),
        recreates=invitation_id,
        back=_withdrawal(organization_id, email),
    )


def _is_withdrawn(ctx: CommandContext, ids: dict[str, str], key: str) -> Verifier:
    return is_listed(ctx.session, INVITATIONS, ids, lambda record: record.get("id") == key, expected=False)


@invitations.write()
def accept(ctx: CommandContext, invitation: OwnInvitation = None) -> Write:
    """Accept an invitation that you have received.

    Identify it by its ID or its organization. If you have only one invitation, omit the argument.

    Examples:
        # Join an organization
        invitations accept acme-labs
    """
    waiting = query.records(ctx.session, MY_INVITATIONS)
    matches = [record for record in waiting if invitation is None or invitation in _names(record)]
    if len(matches) != 1:
        waiting_names = (
            ", ".join(f"{' / '.join(_names(record)[1:])} ({record.get('id')})" for record in waiting) or "none"
        )
        problem = f"You have no invitation {invitation!r}" if invitation else "ID or ORGANIZATION is required"
        raise UsageError(f"{problem}; your invitations: {waiting_names}", hint="Run `invitations mine` to list them.")
    key = query.id_of(MY_INVITATIONS, matches[0])
    path = f"/invitations/{key}"
    # Read the invitation once more: only an unchanged invitation is accepted.
    record = query.record_of(ctx.session.client.get(path), INVITATIONS)
    words = " / ".join(_names(record)[1:]) or key
    # Inferred: POST on the invitation accepts it (API facts 3.5).
    accepted = is_listed(ctx.session, MY_INVITATIONS, {}, lambda record: record.get("id") == key, expected=False)
    return Write(
        "POST",
        path,
        target=f"invitation to {words}",
        resource=INVITATIONS,
        verify=accepted,
        irreversible="you are a member after accepting; `members remove` ends the membership",
    )


@invitations.listing(MY_INVITATIONS)
def mine(ctx: CommandContext, options: ListOptions) -> Table:
    """Read the invitations that the caller has received.

    Examples:
        # List your invitations
        invitations mine
    """
    return reading.read_list(ctx, MY_INVITATIONS, options)


def _names(record: Any) -> list[str]:
    """Return the ID and the organization's name, from either field that servers use (API facts 4.10)."""
    organization = record.get("organization")
    nested = organization.get("name") if isinstance(organization, dict) else None
    names = (record.get("id"), nested, record.get("organization_name"))
    return list(dict.fromkeys(text for text in names if isinstance(text, str)))
