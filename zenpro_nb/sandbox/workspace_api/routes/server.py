"""What a workspace's server says of itself, and who one is there (API facts 9.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import select

from zenpro_nb.sandbox import addresses
from zenpro_nb.sandbox.tables import Organization
from zenpro_nb.sandbox.workspace_api.entrance import Form
from zenpro_nb.sandbox.workspace_api.items.base import DataType, Item
from zenpro_nb.sandbox.workspace_api.items.pipelines import PIPELINE
from zenpro_nb.sandbox.workspace_api.items.runs import RUN
from zenpro_nb.sandbox.workspace_api.items.stacks import COMPONENT, PROJECT, STACK
from zenpro_nb.sandbox.workspace_api.rights import READ
from zenpro_nb.sandbox.workspace_api.visit import Door, Visit


def log_in(door: Door) -> object:
    """Return a token of the workspace for a credential of the control plane."""
    form = {name: values[0] for name, values in parse_qs(door.payload.decode("utf-8", "replace")).items()}
    known = {name: form[name] for name in Form.__struct_fields__ if name in form}
    return door.entrance().log_in(Form(**known), door.bearer(), f"{door.base}/auth/authorize")


def info(door: Door) -> object:
    """Return the ServerModel, as a server of ZenML Pro fills it; everybody may read it."""
    workspace = door.workspace
    organization = door.session.scalars(
        select(Organization).where(Organization.id == workspace.organization_id)
    ).one()  # fmt: skip
    return {
        "id": workspace.id,
        "name": workspace.name,
        "version": workspace.version,
        "active": True,
        "debug": False,
        "deployment_type": "cloud",
        "database_type": "mysql",
        "secrets_store_type": "sql",
        "auth_scheme": "EXTERNAL",
        "server_url": addresses.shown(door.base, workspace.server_url),
        "dashboard_url": f"{door.base}/workspaces/{workspace.name}",
        "analytics_enabled": True,
        "metadata": {},
        "last_user_activity": max((account.updated(door.now) for account in door.world.accounts), default=None),
        "pro_dashboard_url": door.base,
        "pro_api_url": door.base,
        "pro_organization_id": organization.id,
        "pro_organization_name": organization.name,
        "pro_workspace_id": workspace.id,
        "pro_workspace_name": workspace.name,
    }


def version(door: Door) -> object:
    """Return the server's version."""
    return door.workspace.version


def health(door: Door) -> object:
    """Say that the server lives."""
    return "ok"


def current_user(visit: Visit) -> object:
    """Return the visitor."""
    return visit.envelope.shown(visit.account, hydrate=True)


def statistics(visit: Visit) -> object:
    """Return how many stacks, components and projects the visitor sees."""
    return {"stacks": _count(visit, STACK), "components": _count(visit, COMPONENT), "projects": _count(visit, PROJECT)}


def project_statistics(visit: Visit) -> object:
    """Return how many pipelines and runs of a project the visitor sees."""
    project = visit.world.named(PROJECT, visit.path["item_id"], visit.now)
    visit.rights.require(READ, project)
    of_project: Callable[[Item], bool] = lambda item: item.project is project  # noqa: E731 - said twice below
    return {"pipelines": _count(visit, PIPELINE, of_project), "runs": _count(visit, RUN, of_project)}


def _count(visit: Visit, kind: DataType[Any], belongs: Callable[[Item], bool] = lambda item: True) -> int:
    items = visit.world.all(kind, visit.now)
    return sum(belongs(item) and visit.rights.may_read(item) for item in items)
