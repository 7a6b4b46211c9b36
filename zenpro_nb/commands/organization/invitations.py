"""The noun `invitations`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from zenpro_nb import query
from zenpro_nb.commands.core import principals, reading, role_scope
from zenpro_nb.commands.core.noun import noun
from zenpro_nb.commands.core.options import Asked, NameType
from zenpro_nb.commands.core.parameters import Org, name_of
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.signature import Arg, Opt
from zenpro_nb.commands.core.types import EmailType
from zenpro_nb.commands.core.verification import listed, named
from zenpro_nb.commands.core.write import Look, Record, Write
from zenpro_nb.errors import UsageError
from zenpro_nb.resources.control_plane import INVITATIONS, MEMBERS

if TYPE_CHECKING:
    import pandas as pd

MY_INVITATIONS = replace(
    INVITATIONS,
    noun="my-invitations",
    path="/invitations",
    filters=(),
    help="The invitations that are waiting for you.",
    source="3 Auth, devices, misc",
)

Emails = Annotated[
    tuple[str, ...],
    Opt(
        "--email",
        "--emails",
        type=EmailType(),
        help="Who is invited. May be repeated, or be a column: --emails {df.email}.",
    ),
]
FirstRole = Annotated[
    str,
    Opt(
        "--role",
        type=NameType("roles"),
        help="The role of the organization that the invitation brings, by name or id.",
    ),
]
InvitationNames = Annotated[tuple[str, ...], name_of("invitations")]
OwnInvitation = Annotated[str | None, Arg(metavar="[ID|ORGANIZATION]")]

invitations = noun(INVITATIONS)


@invitations.write()
def create(run: Runtime, emails: Emails, role: FirstRole, org: Org = None) -> list[Write]:
    """Invite people into the organization. With single sign-on, known accounts may join at once."""
    organization = query.organization(run.session, org)
    found = role_scope.role_record(run, organization, role)
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
            happened=_invited(run, ids, email),
            already="is invited already, or a member",
        )
        for email in dict.fromkeys(emails)
    ]


def _invited(run: Runtime, ids: dict[str, str], email: str) -> Look:
    """Return a look for the invitation; with single sign-on an account may be a member at once (section 3)."""
    # An old one that was accepted once says nothing about this one.
    invited = named(run.session, INVITATIONS, ids, email, {"email": email, "only_pending": True})

    def member(record: Record) -> bool:
        user = record.get("user")
        return isinstance(user, dict) and str(user.get("email")).casefold() == email.casefold()

    joined = listed(run.session, MEMBERS, ids, member, {"include_teams": False, "include_service_accounts": False})
    return lambda: invited() or joined()


@invitations.write(asks="Withdraw the {target}, and the roles that wait for it?", several=True)
def revoke(run: Runtime, invitations: InvitationNames, org: Org = None) -> list[Write]:
    """Withdraw pending invitations, by e-mail or id."""
    organization = query.organization(run.session, org)
    ids = {"organization_id": organization.id}
    return [
        Write(
            "DELETE",
            f"/organizations/{organization.id}/invitations/{one.id}",
            target=f"invitation of {one.name}",
            happened=_withdrawn(run, ids, one.id),
            absent="is gone already",
        )
        for one in principals.pending(run, organization.id, invitations)
    ]


def _withdrawn(run: Runtime, ids: dict[str, str], key: str) -> Look:
    return listed(run.session, INVITATIONS, ids, lambda record: record.get("id") == key, expected=False)


@invitations.write()
def accept(run: Runtime, invitation: OwnInvitation = None) -> Write:
    """Accept an invitation of your own, by its id or its organization; the only one needs no name."""
    waiting = query.records(run.session, MY_INVITATIONS)
    chosen = [one for one in waiting if invitation is None or invitation in _names(one)]
    if len(chosen) != 1:
        known = ", ".join(f"{' / '.join(_names(one)[1:])} ({one.get('id')})" for one in waiting) or "none"
        which = "No invitation is meant by that" if invitation else "Say which invitation"
        raise UsageError(f"{which}; yours are: {known}", hint="List them with `invitations mine`.")
    path = f"/invitations/{chosen[0]['id']}"
    # Read once more by itself: what is accepted should be what was shown.
    record = query.record_of(run.session.client.get(path))
    words = " / ".join(_names(record)[1:]) or str(chosen[0]["id"])
    # Inferred: POST on the invitation accepts it (fact sheet, section 3).
    return Write("POST", path, target=f"invitation to {words}", resource=INVITATIONS)


@invitations.listing(MY_INVITATIONS)
def mine(run: Runtime, asked: Asked) -> pd.DataFrame:
    """Read the invitations that are waiting for the caller."""
    return reading.plain(run, MY_INVITATIONS, asked)


def _names(record: Any) -> list[str]:
    """Return the id, and the organization's name under either field that a server may use (fact sheet, section 4)."""
    organization = record.get("organization")
    nested = organization.get("name") if isinstance(organization, dict) else None
    found = (record.get("id"), nested, record.get("organization_name"))
    return list(dict.fromkeys(one for one in found if isinstance(one, str)))
