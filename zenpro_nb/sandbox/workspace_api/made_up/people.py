"""Who has ever come into a workspace: those who may, but for some who never did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import limits, predefined
from zenpro_nb.sandbox.access_tables import Assignment, Role, TeamMember
from zenpro_nb.sandbox.tables import Meta, User, Workspace
from zenpro_nb.sandbox.workspace_api.entrance import account_id, person_of
from zenpro_nb.sandbox.workspace_api.items.accounts import Account, ApiKey, Person, ServiceAccount
from zenpro_nb.sandbox.workspace_api.made_up.maker import Maker

LEGACY = Person("", "legacy-ci", "", None, None, is_superuser=False, is_bot=True, description="Jenkins, until 2024")


def people(session: Session, workspace: Workspace, maker: Maker) -> list[Account]:
    """Take in those with a role who have come, and return those of them who still may."""
    accounts = []
    for number, user in enumerate(_with_roles(session, workspace), start=1):
        seen, comes = maker.ago(*limits.LAST_SEEN), maker.random.random() < limits.ENTERED
        needed = user.id == workspace.owner_id or user.is_superuser
        if number % limits.DORMANT_EVERY == 0 and not needed:
            seen -= limits.DORMANT_FOR
        if comes or needed:
            joined = seen - timedelta(days=maker.random.uniform(*limits.FIRST_SEEN))
            account = Account(account_id(workspace.id, user.id), person_of(user), joined, seen)
            maker.world.admit(account)
            accounts += [account] if user.is_active else []
    return accounts


def _with_roles(session: Session, workspace: Workspace) -> Sequence[User]:
    """Return the invented people who hold a role in the workspace, or administer its organization."""
    here = or_(
        Assignment.workspace_id == workspace.id,
        (Role.name == predefined.ADMIN_ROLE) & (Role.organization_id == workspace.organization_id),
    )
    held = select(Assignment.user_id, Assignment.team_id).join(Role, Role.id == Assignment.role_id).where(here).cte()
    members = select(TeamMember.user_id).join(held, held.c.team_id == TeamMember.team_id)
    chosen = or_(User.id.in_(select(held.c.user_id)), User.id.in_(members), User.id == workspace.owner_id)
    last = session.get(Meta, Meta.LAST_INVENTED)
    invented = User.seq <= int(last.value) if last is not None else User.seq.is_not(None)
    return session.scalars(select(User).where(chosen, invented).order_by(User.seq)).all()


def legacy_bot(maker: Maker) -> None:
    """Take in a service account of the workspace's own, from before the organization had any, and its keys."""
    account = Account(maker.id(), LEGACY, maker.ago(*limits.LEGACY_AGE), maker.ago(*limits.IN_USE))
    maker.world.admit(account)
    bot = ServiceAccount(account)
    for name, used in (("jenkins", maker.ago(*limits.IN_USE)), ("old", maker.ago(*limits.OUT_OF_USE))):
        maker.add(ApiKey(maker.id(), name, bot, account.created, used))
