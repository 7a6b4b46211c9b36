"""The tree of all commands: what `%zenpro`, `zenpro`, Tab and the forms are derived from."""

from __future__ import annotations

from typing import Any

import click

from zenpro_nb.commands.core.command import Root
from zenpro_nb.commands.core.noun import noun
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.commands.organization.api_keys import api_keys
from zenpro_nb.commands.organization.assignments import assignments
from zenpro_nb.commands.organization.devices import devices
from zenpro_nb.commands.organization.invitations import invitations
from zenpro_nb.commands.organization.members import members
from zenpro_nb.commands.organization.organizations import organizations
from zenpro_nb.commands.organization.releases import releases
from zenpro_nb.commands.organization.roles import permissions, roles
from zenpro_nb.commands.organization.service_accounts import service_accounts
from zenpro_nb.commands.organization.teams import teams
from zenpro_nb.commands.organization.users import me, users
from zenpro_nb.commands.organization.workspaces import workspaces
from zenpro_nb.commands.tool.api import api
from zenpro_nb.commands.tool.demo import demo
from zenpro_nb.commands.tool.doctor import doctor
from zenpro_nb.commands.tool.form import form_group
from zenpro_nb.commands.tool.journal import journal
from zenpro_nb.commands.tool.login import login, logout
from zenpro_nb.commands.tool.profiles import profiles
from zenpro_nb.commands.tool.sandbox import sandbox
from zenpro_nb.commands.tool.status import status_card
from zenpro_nb.commands.tool.use import use
from zenpro_nb.commands.workspaces import accounts, info, run_views, runs
from zenpro_nb.commands.workspaces.inside_noun import inside_noun
from zenpro_nb.resources import CONTROL_PLANE, WORKSPACE_LISTS
from zenpro_nb.terminal import console
from zenpro_nb.version import __version__

ALIASES = {"orgs": "organizations"}


@click.pass_context
@pass_runtime
def _status(runtime: Runtime, ctx: click.Context) -> Any:
    """Return the status card, where no noun was typed."""
    if ctx.invoked_subcommand is not None:
        return None
    return status_card(runtime)


tree = Root(
    name="zenpro",
    invoke_without_command=True,
    callback=_status,
    aliases=ALIASES,
    help="Run a ZenML Pro organization: lists are DataFrames, and any write can be shown before it is sent.",
    epilog="A noun alone lists: `users`. Each command explains itself: `users --help`.",
    params=[
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=lambda ctx, _, on: _say_version(ctx) if on and not ctx.resilient_parsing else None,
            help="Show the version.",
        )
    ],
)


def _say_version(ctx: click.Context) -> None:
    console.show(f"zenpro {__version__}")
    ctx.exit()


tree.add_section(
    "Organization",
    (
        organizations,
        workspaces,
        users,
        me,
        members,
        invitations,
        teams,
        roles,
        assignments,
        permissions,
        service_accounts,
        api_keys,
        devices,
        releases,
        journal,
        api,
    ),
)
# A resource that needs nothing of its own is a noun as it stands in the table.
tree.add_section(
    "Organization",
    (
        noun(resource, get=bool(resource.detail))
        for resource in CONTROL_PLANE
        if resource.noun not in tree.commands and not resource.within
    ),
)
# The nouns of a workspace: those that have writes of their own, and for each other list one that only reads.
_WITH_WRITES = {
    one.name: one
    for one in (runs.runs, runs.snapshots, runs.run_templates, accounts.service_accounts, accounts.api_keys)
}
tree.add_section(
    "Inside a workspace",
    (
        *(_WITH_WRITES.get(resource.noun) or inside_noun(resource) for resource in WORKSPACE_LISTS),
        info.info,
        info.statistics,
        run_views.logs,
        run_views.dag,
    ),
)
tree.add_section("Session", (login, logout, use, profiles, doctor))
tree.add_section("Trying it out", (sandbox, demo))
# The last, since it has a form for each command that is there by now.
tree.add_section("Session", [form_group(tree)])
