"""The server's own description, statistics and the current user (API facts 9.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import select

from zenpro_nb.sandbox.database.tables import Organization
from zenpro_nb.sandbox.workspace_api.calls import RequestContext, WorkspaceCall
from zenpro_nb.sandbox.workspace_api.items.base import DataType, Item
from zenpro_nb.sandbox.workspace_api.items.pipelines import PIPELINE
from zenpro_nb.sandbox.workspace_api.items.runs import RUN
from zenpro_nb.sandbox.workspace_api.items.stacks import COMPONENT, PROJECT, STACK
from zenpro_nb.sandbox.workspace_api.rights import READ
from zenpro_nb.sandbox.workspace_api.sign_in import WorkspaceLoginForm
from zenpro_nb.sandbox.workspaces import addresses


def log_in(ctx: RequestContext) -> object:
    """Exchange a credential of the control plane for a token of the workspace."""
    form = {name: values[0] for name, values in parse_qs(ctx.payload.decode("utf-8", "replace")).items()}
    form_fields = {name: form[name] for name in WorkspaceLoginForm.__struct_fields__ if name in form}
    return ctx.sign_in().log_in(WorkspaceLoginForm(**form_fields), ctx.bearer(), f"{ctx.base}/auth/authorize")


def info(ctx: RequestContext) -> object:
    """Return the ServerModel as a server of ZenML Pro fills it. This route is public."""
    workspace = ctx.workspace
    organization = ctx.session.scalars(
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
        "server_url": addresses.absolute(ctx.base, workspace.server_url),
        "dashboard_url": f"{ctx.base}/workspaces/{workspace.name}",
        "analytics_enabled": True,
        "metadata": {},
        "last_user_activity": max((account.updated(ctx.now) for account in ctx.world.accounts), default=None),
        "pro_dashboard_url": ctx.base,
        "pro_api_url": ctx.base,
        "pro_organization_id": organization.id,
        "pro_organization_name": organization.name,
        "pro_workspace_id": workspace.id,
        "pro_workspace_name": workspace.name,
    }


def version(ctx: RequestContext) -> object:
    """Return the server's version."""
    return ctx.workspace.version


def health(ctx: RequestContext) -> object:
    """Report that the server is running."""
    return "ok"


def current_user(call: WorkspaceCall) -> object:
    """Return the caller's account."""
    return call.envelope.item_body(call.account, hydrate=True)


def statistics(call: WorkspaceCall) -> object:
    """Return the number of stacks, components and projects visible to the caller."""
    return {"stacks": _count(call, STACK), "components": _count(call, COMPONENT), "projects": _count(call, PROJECT)}


def project_statistics(call: WorkspaceCall) -> object:
    """Return the number of a project's pipelines and runs visible to the caller."""
    project = call.world.find_by_name(PROJECT, call.path["item_id"], call.now)
    call.rights.require(READ, project)
    of_project: Callable[[Item], bool] = lambda item: item.project is project  # noqa: E731 - used twice below
    return {"pipelines": _count(call, PIPELINE, of_project), "runs": _count(call, RUN, of_project)}


def _count(call: WorkspaceCall, kind: DataType[Any], belongs: Callable[[Item], bool] = lambda item: True) -> int:
    items = call.world.all(kind, call.now)
    return sum(belongs(item) and call.rights.may_read(item) for item in items)
