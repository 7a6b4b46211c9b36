"""Making up what is in a workspace: thirty days of an organization's work, the same for the same seed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from zenpro_nb.sandbox import limits, projects
from zenpro_nb.sandbox.tables import Workspace
from zenpro_nb.sandbox.workspace_api.items.base import Document
from zenpro_nb.sandbox.workspace_api.items.serving import POOLS
from zenpro_nb.sandbox.workspace_api.items.stacks import PROJECT
from zenpro_nb.sandbox.workspace_api.made_up import catalog
from zenpro_nb.sandbox.workspace_api.made_up.maker import Maker
from zenpro_nb.sandbox.workspace_api.made_up.people import legacy_bot, people
from zenpro_nb.sandbox.workspace_api.made_up.project import ProjectMaker
from zenpro_nb.sandbox.workspace_api.made_up.stacks import secrets, stacks
from zenpro_nb.sandbox.workspace_api.world import World

# Workspaces that are old enough to have a service account of their own.
WITH_LEGACY_BOT = ("ml-staging", "forecasting")
WITH_POOLS = ("ml-prod", "recommender")


def world(session: Session, workspace: Workspace, seed: int, now: datetime) -> World:
    """Return what is in a workspace at this moment."""
    made = World()
    maker = Maker(made, now, f"{seed}/{workspace.name}")
    accounts = people(session, workspace, maker.fork("people"))
    owner = made.account_of(workspace.owner_id or "")
    on = stacks(maker.fork("stacks"), owner)
    secrets(maker.fork("secrets"), owner)
    if workspace.name in WITH_LEGACY_BOT:
        legacy_bot(maker.fork("legacy"))
    if workspace.name in WITH_POOLS:
        made.features.add(POOLS)
    for facts in projects.of_workspace(workspace.name):
        forked = maker.fork(facts.name)
        project = Document(
            PROJECT, projects.project_id(workspace.id, facts.name), facts.name, maker.ago(*limits.PROJECT_AGE),
            body={"display_name": facts.name.title()},
            metadata={"description": facts.description, "project_metadata": {}},
        )  # fmt: skip
        made.add(project)
        plans = catalog.pipelines(workspace.name, facts)
        if plans and any(not account.person.is_bot for account in accounts):
            ProjectMaker(forked, workspace.name, facts, project, accounts, on, workspace.version or "").make(plans)
    made.advance(now)
    return made
