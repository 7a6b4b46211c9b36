"""The writes that invite a person and withdraw an invitation, with their checks and undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from msgspec.structs import replace

from zenpro_nb import query
from zenpro_nb.commands.organization.invitations import assignments as invitation_assignments
from zenpro_nb.commands.organization.invitations.assignments import Holdings
from zenpro_nb.commands.organization.invitations.lists import InvitationLists
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.framework.declare import (
    ABSENT,
    HERE,
    AnyCheck,
    Blocker,
    CommandContext,
    Created,
    Observation,
    Obstacle,
    Outcome,
    Record,
    StatefulCheck,
    Undo,
    Verifier,
    Write,
    is_listed,
    role_scope,
)
from zenpro_nb.resources.control_plane import INVITATIONS, MEMBERS
from zenpro_nb.syntax.unparse import quoted

MEMBER = "Organization Member"  # the predefined role without permissions in workspaces (API facts 7.7)


def after_invitation(ctx: CommandContext, outcome: Outcome, arguments: dict[str, Any]) -> Outcome:
    """Return the outcome, with a note if the account joined without accepting: API facts 11.9, on single sign-on."""
    record = outcome.record or {}
    # The response for this case is unknown; it is assumed to be an accepted invitation, or the member.
    is_member = record.get("accepted") is True or isinstance(record.get("user"), dict)
    if outcome.state == "done" and is_member:
        return replace(outcome, detail="already has an account and is now a member")
    return outcome


def settled(lists: InvitationLists) -> Callable[[str, str], Obstacle | None]:
    """Return why an invitation of an email with a role is not sent, or None. Sends one request per list.

    The obstacle is as good as the invitation if the person has its role.
    """
    try:
        waiting, people = lists.read()
    except ZenProError:
        return lambda email, role_id: None

    def obstacle(email: str, role_id: str) -> Obstacle | None:
        records = [record for found in (waiting, people) for record in found.get(email.casefold(), ())]
        record = next((record for record in records if role_id in _role_ids(record)), next(iter(records), None))
        return None if record is None else _obstacle(lists, record, role_id)

    return obstacle


def _obstacle(lists: InvitationLists, record: Record, role_id: str) -> Obstacle:
    """Return the obstacle that a pending invitation or a membership is, with its roles if these are others."""
    what = "is already a member" if isinstance(record.get("user"), Mapping) else "is already invited"
    role_ids = _role_ids(record)
    if role_id in role_ids:
        return Obstacle(what, as_good=True)
    names = lists.role_names() if role_ids else {}
    roles = ", ".join(names.get(key, key) for key in role_ids)
    return Obstacle(f"{what}, as {roles}" if roles else what, as_good=False)


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
        target=_words_for(email),
    )


def _words_for(email: str) -> str:
    return f"invitation of {email}"


def _waiting(organization_id: str, email: str) -> Observation:
    """Return where a pending invitation is found by its email."""
    params = {"email": email, "only_pending": True}
    return Observation(
        noun=INVITATIONS.noun, ids={"organization_id": organization_id}, params=params, match={"email": email}
    )


def _already_member(organization_id: str, email: str) -> Blocker:
    ids = {"organization_id": organization_id}
    return Blocker(Observation(noun=MEMBERS.noun, ids=ids, match={"user.email": email}), f"{email} is a member by now")


def _is_invited(lists: InvitationLists, email: str, role_id: str) -> StatefulCheck:
    """Return a check for the new invitation, or for a member who joined by single sign-on (API facts 3.5)."""

    def fits(record: Record) -> bool:
        role_ids = _role_ids(record)
        return str(record.get("email")).casefold() == email.casefold() and (not role_ids or role_id in role_ids)

    def is_accepted(record: Record) -> bool:
        return _is_account_of(record, email) and role_id in _role_ids(record)

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
    return _obstacle(lists, record, role_id)


def _is_account_of(record: Record, email: str) -> bool:
    user = record.get("user")
    return isinstance(user, dict) and str(user.get("email")).casefold() == email.casefold()


def _role_ids(record: Record) -> list[str]:
    """Return the roles of a record, from any of the fields that servers use (API facts 4.10)."""
    role = record.get("role")
    several = [record for record in record.get("roles") or () if isinstance(record, dict)]
    values = [record.get("role_id"), role.get("id") if isinstance(role, dict) else None]
    values += [record.get("role_id") or record.get("id") for record in several]
    return [text for text in values if isinstance(text, str)]


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
        target=_words_for(email),
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
