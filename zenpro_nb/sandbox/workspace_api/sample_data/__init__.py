"""Generate the contents of a workspace: thirty days of work, identical for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.database.access_tables import Assignment, Role, TeamMember
from zenpro_nb.sandbox.database.tables import Meta, User, Workspace
from zenpro_nb.sandbox.permissions import predefined
from zenpro_nb.sandbox.workspace_api.items.accounts import Account, ApiKey, Person, ServiceAccount
from zenpro_nb.sandbox.workspace_api.items.base import Document
from zenpro_nb.sandbox.workspace_api.items.serving import POOLS
from zenpro_nb.sandbox.workspace_api.items.stacks import PROJECT
from zenpro_nb.sandbox.workspace_api.sample_data import catalog
from zenpro_nb.sandbox.workspace_api.sample_data.builder import Builder
from zenpro_nb.sandbox.workspace_api.sample_data.project import ProjectBuilder
from zenpro_nb.sandbox.workspace_api.sample_data.stacks import secrets, stacks
from zenpro_nb.sandbox.workspace_api.sign_in import account_id, person_of
from zenpro_nb.sandbox.workspace_api.world import World
from zenpro_nb.sandbox.workspaces import projects

# Workspaces old enough to have a service account that belongs to the workspace alone.
WITH_LEGACY_ACCOUNT = ("ml-staging", "forecasting")
LEGACY_ACCOUNT = Person(
    "", "legacy-ci", "", None, None, is_superuser=False, is_bot=True, description="Jenkins, until 2024"
)
WITH_POOLS = ("ml-prod", "recommender")


def build_world(session: Session, workspace: Workspace, seed: int, now: datetime) -> World:
    """Generate the contents of a workspace at this time."""
    world = World()
    builder = Builder(world, now, f"{seed}/{workspace.name}")
    accounts = _people(session, workspace, builder.fork("people"))
    owner = world.account_of(workspace.owner_id or "")
    workspace_stacks = stacks(builder.fork("stacks"), owner)
    secrets(builder.fork("secrets"), owner)
    if workspace.name in WITH_LEGACY_ACCOUNT:
        _add_legacy_service_account(builder.fork("legacy"))
    if workspace.name in WITH_POOLS:
        world.features.add(POOLS)
    for facts in projects.of_workspace(workspace.name):
        project_builder = builder.fork(facts.name)
        project = Document(
            PROJECT, projects.project_id(workspace.id, facts.name), facts.name, builder.ago(*limits.PROJECT_AGE),
            body={"display_name": facts.name.title()},
            metadata={"description": facts.description, "project_metadata": {}},
        )  # fmt: skip
        world.add(project)
        plans = catalog.pipelines(workspace.name, facts)
        if plans and any(not account.person.is_bot for account in accounts):
            ProjectBuilder(
                project_builder, workspace.name, facts, project, accounts, workspace_stacks, workspace.version or ""
            ).build(plans)
    world.advance(now)
    return world


def _people(session: Session, workspace: Workspace, builder: Builder) -> list[Account]:
    """Add an account for users with a role who have signed in, and return the active ones."""
    accounts = []
    for number, user in enumerate(_with_roles(session, workspace), start=1):
        last_seen, has_signed_in = builder.ago(*limits.LAST_SEEN), builder.random.random() < limits.ENTERED
        always_present = user.id == workspace.owner_id or user.is_superuser
        if number % limits.DORMANT_EVERY == 0 and not always_present:
            last_seen -= limits.DORMANT_FOR
        if has_signed_in or always_present:
            first_seen = last_seen - timedelta(days=builder.random.uniform(*limits.FIRST_SEEN))
            account = Account(account_id(workspace.id, user.id), person_of(user), first_seen, last_seen)
            builder.world.admit(account)
            accounts += [account] if user.is_active else []
    return accounts


def _with_roles(session: Session, workspace: Workspace) -> Sequence[User]:
    """Return the seeded users with a role in the workspace, and the admins of its organization."""
    here = or_(
        Assignment.workspace_id == workspace.id,
        (Role.name == predefined.ADMIN_ROLE) & (Role.organization_id == workspace.organization_id),
    )
    role_holders = (
        select(Assignment.user_id, Assignment.team_id).join(Role, Role.id == Assignment.role_id).where(here).cte()
    )
    members = select(TeamMember.user_id).join(role_holders, role_holders.c.team_id == TeamMember.team_id)
    condition = or_(User.id.in_(select(role_holders.c.user_id)), User.id.in_(members), User.id == workspace.owner_id)
    last = session.get(Meta, Meta.LAST_SEEDED_USER)
    invented = User.seq <= int(last.value) if last is not None else User.seq.is_not(None)
    return session.scalars(select(User).where(condition, invented).order_by(User.seq)).all()


def _add_legacy_service_account(builder: Builder) -> None:
    """Add a service account with keys from before the organization had service accounts."""
    account = Account(builder.id(), LEGACY_ACCOUNT, builder.ago(*limits.LEGACY_AGE), builder.ago(*limits.IN_USE))
    builder.world.admit(account)
    bot = ServiceAccount(account)
    for name, last_used in (("jenkins", builder.ago(*limits.IN_USE)), ("old", builder.ago(*limits.OUT_OF_USE))):
        builder.add(ApiKey(builder.id(), name, bot, account.created, last_used))
