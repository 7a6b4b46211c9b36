"""The tree of all commands: what `%zenpro`, `zenpro`, Tab and the forms are derived from."""

from __future__ import annotations

from typing import Any

import click

from zenpro_nb.commands.access import review_application as _review_application  # noqa: F401 - makes a verb of `reviews`
from zenpro_nb.commands.access import review_decisions as _review_decisions  # noqa: F401 - as above
from zenpro_nb.commands.access.access import access
from zenpro_nb.commands.access.apply import apply
from zenpro_nb.commands.access.audit import audit
from zenpro_nb.commands.access.captures import captures
from zenpro_nb.commands.access.changes import diff, history
from zenpro_nb.commands.access.export import export
from zenpro_nb.commands.access.plan import plan
from zenpro_nb.commands.access.require import require
from zenpro_nb.commands.access.review_by_keyboard import review
from zenpro_nb.commands.access.reviews import reviews
from zenpro_nb.commands.access.sql import sql
from zenpro_nb.commands.access.undo import undo
from zenpro_nb.commands.core.command import ALL, Root
from zenpro_nb.commands.core.noun import noun
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.commands.organization import offboarding as _offboarding  # noqa: F401 - makes a verb of `users`
from zenpro_nb.commands.organization import onboarding as _onboarding  # noqa: F401 - as above
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
from zenpro_nb.commands.synonyms import SYNONYMS
from zenpro_nb.commands.tool.api import api
from zenpro_nb.commands.tool.demo import demo
from zenpro_nb.commands.tool.doctor import doctor
from zenpro_nb.commands.tool.form import form_group
from zenpro_nb.commands.tool.journal import journal
from zenpro_nb.commands.tool.login import login, logout
from zenpro_nb.commands.tool.notebooks import notebooks
from zenpro_nb.commands.tool.profiles import profiles
from zenpro_nb.commands.tool.sandbox import sandbox
from zenpro_nb.commands.tool.status import status_card
from zenpro_nb.commands.tool.use import use
from zenpro_nb.commands.workspaces import accounts, info, run_views, runs
from zenpro_nb.commands.workspaces.inside_noun import inside_noun
from zenpro_nb.errors import UsageError
from zenpro_nb.resources import CONTROL_PLANE, WORKSPACE_LISTS
from zenpro_nb.terminal import console
from zenpro_nb.version import __version__

ALIASES = {"orgs": "organizations"}


@click.pass_context
@pass_runtime
def _status(runtime: Runtime, ctx: click.Context, **given: Any) -> Any:
    """Return the status card, where no noun was typed."""
    if given[ALL]:
        raise UsageError("--all belongs to --help", hint=f"`{runtime.face.name} --help --all` shows every command.")
    if ctx.invoked_subcommand is not None:
        return None
    return status_card(runtime)


tree = Root(
    name="zenpro",
    invoke_without_command=True,
    callback=_status,
    aliases=ALIASES,
    synonyms=SYNONYMS,
    help="Run a ZenML Pro organization: lists are DataFrames, and any write can be shown before it is sent.",
    epilog="`users --help` explains one, `--help --all` shows every verb.",
    params=[
        click.Option(["--all", ALL], is_flag=True, is_eager=True, help="With --help: every command with its verbs."),
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=lambda ctx, _, on: _say_version(ctx) if on and not ctx.resilient_parsing else None,
            help="Show the version.",
        ),
    ],
)


def _say_version(ctx: click.Context) -> None:
    console.show(f"zenpro {__version__}")
    ctx.exit()


@tree.command(name="help", hidden=True)
@click.argument("words", nargs=-1)
@click.pass_context
def _help(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Show the help of a command, as `--help` behind it does; nothing is carried out."""
    here: click.Context = ctx.find_root()
    for word in words:
        group = here.command
        if not isinstance(group, click.Group):
            break
        name, command, _ = group.resolve_command(here, [word])
        here = click.Context(command or group, info_name=name, parent=here, terminal_width=ctx.terminal_width)
    console.show(here.get_help())


# A resource that needs nothing of its own is a noun as it stands in the table.
_OWN = (
    users,
    members,
    workspaces,
    teams,
    roles,
    assignments,
    invitations,
    service_accounts,
    api_keys,
    organizations,
    me,
    permissions,
    devices,
    releases,
)
_PLAIN = (
    noun(resource, get=bool(resource.detail))
    for resource in CONTROL_PLANE
    if resource.noun not in {one.name for one in _OWN} and not resource.within
)
tree.add_section(
    "Lists",
    (*_OWN, *_PLAIN),
    first=("users",),
    hint=" (a noun alone lists; `get NAME` shows one)",
    changes="Changes (--dry-run shows what would be sent; `form …` asks for what is needed)",
)
tree.add_section(
    "Whole organization",
    (access, audit, plan, apply, undo, export, diff, history, captures, reviews, sql, require),
    first=("access", "audit", "plan"),
)
# The nouns of a workspace: those that have writes of their own, and for each other list one that only reads.
_WITH_WRITES = {
    one.name: one
    for one in (runs.runs, runs.snapshots, runs.run_templates, accounts.service_accounts, accounts.api_keys)
}
tree.add_section(
    "Inside workspaces",
    (
        *(_WITH_WRITES.get(resource.noun) or inside_noun(resource) for resource in WORKSPACE_LISTS),
        info.info,
        info.statistics,
        run_views.logs,
        run_views.dag,
    ),
    first=("runs",),
)
tree.add_section(
    "Tools",
    # The forms are the last, since there is one for each command that is there by now.
    (use, login, logout, profiles, doctor, journal, notebooks, api, sandbox, demo, form_group(tree, [review])),
    first=("use", "login", "form"),
)
