"""The noun `invitations`: invite people, withdraw invitations, and accept your own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from msgspec.structs import replace

from zenpro_nb import query
from zenpro_nb.commands.organization.invitations import assignments as invitation_assignments
from zenpro_nb.commands.organization.invitations.lists import InvitationLists
from zenpro_nb.commands.organization.invitations.writes import (
    MEMBER,
    after_invitation,
    first_role,
    invitation,
    revocation,
    settled,
)
from zenpro_nb.errors import ConflictError, UsageError
from zenpro_nb.framework.declare import (
    Arg,
    CommandContext,
    EmailType,
    ListOptions,
    NameType,
    Opt,
    Org,
    RowErrors,
    Write,
    is_listed,
    name_of,
    noun,
    own_values,
    principals,
    reading,
    with_gains,
)
from zenpro_nb.resources.control_plane import INVITATIONS
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

Emails = Annotated[
    tuple[str, ...],
    Arg(
        EmailType(reads=("role",), instead="users onboard"),
        option=("--email", "--emails"),
        help="Invite this email address. Can be repeated. Also accepts a DataFrame column (--emails {df.email}), or a "
        "file with a column `email` (people.csv).",
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


@invitations.write(after=after_invitation, past_tense="invited", many=True)
def create(ctx: CommandContext, emails: Emails, role: FirstRole = None, org: Org = None) -> list[Write]:
    """Invite people to the organization. With single sign-on, known accounts can join immediately.

    List email addresses, or name a file with a column `email`: .csv, .xlsx, .parquet, or .json. A column `role`, if
    there is one, sets the role of each person; --role replaces it. People who are already members or invited are
    skipped. For teams and workspace roles, use `users onboard`.

    Examples:
        # Show the request without sending it
        invitations create new.colleague@example.com --role "Organization Member" --dry-run
        # Send an invitation
        invitations create new.colleague@example.com --role "Organization Member"
    """
    organization = query.organization(ctx.session, org)
    names = {email: next(iter(own_values(email, "role")), role or MEMBER) for email in emails}
    roles = dict[str, query.Found]()
    errors = RowErrors(emails)
    for name in dict.fromkeys([*names.values(), *errors.texts("role")]):
        errors.look_up("role", name, lambda text: roles.update({text: first_role(ctx, organization, text)}))
    errors.raise_all()
    lists = InvitationLists(ctx, organization.id, emails[0] if len(emails) == 1 else "")
    obstacle_to = settled(lists)
    writes = []
    for email, name in names.items():
        write = invitation(ctx, organization, str(email), roles[name], lists)
        obstacle = obstacle_to(email, roles[name].id)
        if obstacle is not None and obstacle.as_good:
            write = replace(write, noop=obstacle.words)
        elif obstacle is not None:
            write = write.with_hold(skipped=_other_role(email, name, obstacle.words, len(names)))
        writes.append(write)
    return with_gains(ctx, writes, organization, roles=tuple(roles.values()))


def _other_role(email: str, role: str, words: str, total: int) -> str:
    """Return why a person with another role is skipped among several.

    Raises:
        ConflictError: nobody else was named.
    """
    if total == 1:
        line = f"users onboard {quoted(str(email))} --role {quoted(role)}"
        raise ConflictError(f"{email} {words}", hint=f"To assign another role, run `{line}`.", status=409)
    return f"{words}; `users onboard` assigns another role"


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
