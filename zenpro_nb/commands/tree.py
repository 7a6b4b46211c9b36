"""The command tree, from which `%zenpro`, `zenpro`, completion and the forms are derived."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import click

from zenpro_nb.commands.first_screen import CHANGES, SUMMARIES
from zenpro_nb.framework.declare import ALL, ActingFlag, CommandContext, Factory, FirstScreen, Root
from zenpro_nb.resources import CONTROL_PLANE, WORKSPACE_LISTS, Resource, Table
from zenpro_nb.ui import console
from zenpro_nb.version import __version__

if TYPE_CHECKING:
    from zenpro_nb.framework.declare import Noun, Synonyms

ALIASES = {"orgs": "organizations"}


def _status(ctx: CommandContext) -> Any:
    return _module("tool.status").status_card(ctx)


def _synonyms() -> Synonyms:
    return cast("Synonyms", _module("synonyms").SYNONYMS)


tree = Root(
    name="zenpro",
    alone=_status,
    aliases=ALIASES,
    synonyms=_synonyms,
    first_screen=FirstScreen(SUMMARIES, CHANGES),
    help="Manage a ZenML Pro organization: lists as DataFrames, changes with preview.",
    epilog="`COMMAND --help` for details, `--help --all` for all commands.",
    params=[
        click.Option(
            ["--all", ALL], is_flag=True, is_eager=True, help="With --help: show every command with its verbs."
        ),
        ActingFlag(
            ["--read-only"],
            callback=lambda ctx, *_: _lock(ctx),
            help="Block every change that this command would make, before anything is sent.",
        ),
        ActingFlag(
            ["--version"],
            is_eager=True,
            callback=lambda ctx, *_: _say_version(ctx),
            help="Show the version.",
        ),
    ],
)


def _lock(ctx: click.Context) -> None:
    """Lock the session until the command has ended."""
    ctx.with_resource(ctx.ensure_object(CommandContext).session.lock("--read-only"))


def _say_version(ctx: click.Context) -> None:
    console.show(f"zenpro {__version__}")
    ctx.exit()


@tree.command(name="help", hidden=True)
@click.argument("words", nargs=-1)
@click.pass_context
def _help(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Show the help of a command, like `--help` after it; nothing is run."""
    here: click.Context = ctx.find_root()
    for word in words:
        group = here.command
        if not isinstance(group, click.Group):
            break
        name, command, _ = group.resolve_command(here, [word])
        here = click.Context(command or group, info_name=name, parent=here)
    console.show(here.get_help())


# Each command by name, and the module that declares it, with the attribute after a colon if its name differs.
_LISTS = {
    "users": "organization.users",
    "members": "organization.members",
    "workspaces": "organization.workspaces.workspaces",
    "teams": "organization.teams",
    "roles": "organization.roles",
    "assignments": "organization.assignments",
    "invitations": "organization.invitations.invitations",
    "service-accounts": "organization.service_accounts",
    "api-keys": "organization.api_keys.api_keys",
    "organizations": "organization.organizations",
    "me": "organization.me",
    "permissions": "organization.permissions",
    "devices": "organization.devices",
}
_WHOLE_ORGANIZATION = {
    "access": "access.access",
    "audit": "access.audit",
    "usage": "usage.usage",
    "plan": "plans.plan",
    "apply": "plans.apply",
    "undo": "plans.undo",
    "export": "plans.export",
    "diff": "captures.diff",
    "history": "captures.diff",
    "captures": "captures.captures",
    "reviews": "reviews.reviews",
    "sql": "sql.sql",
    "require": "access.require",
}
# The nouns of a workspace that have writes of their own; each other list of one only reads.
_INSIDE_WITH_WRITES = {
    "runs": "workspaces.runs",
    "snapshots": "workspaces.snapshots",
    "projects": "workspaces.projects",
    "schedules": "workspaces.schedules",
    "triggers": "workspaces.triggers",
    "webhooks": "workspaces.webhooks",
}
_INSIDE = {
    "info": "workspaces.info",
    "statistics": "workspaces.info",
    "logs": "workspaces.run_views",
    "dag": "workspaces.run_views",
}
_TOOLS = {
    "use": "tool.use",
    "login": "tool.login",
    "logout": "tool.login",
    "profiles": "tool.profiles",
    "doctor": "tool.doctor",
    "docs": "tool.docs",
    "journal": "tool.journal",
    "notebooks": "tool.notebooks",
    "pseudonyms": "tool.pseudonyms",
    "api": "tool.api",
    "sandbox": "tool.sandbox",
    "demo": "tool.demo",
    "completion": "tool.completion",
}
# Verbs of a noun that other modules declare. A list imports none of them.
_FURTHER_VERBS = {
    "audit": {"checks": "access.audit_checks"},
    "notebooks": {"check": "tool.notebook_check", "clean": "tool.notebook_copies", "share": "tool.notebook_copies"},
    "users": {
        **dict.fromkeys(("create", "update", "activate", "deactivate", "delete"), "organization.user_changes"),
        "impact": "people.impact",
        "offboard": "people.offboarding",
        "onboard": "people.onboarding",
    },
    "reviews": {"apply": "reviews.apply", "decide": "reviews.decisions"},
    "snapshots": {"prune": "workspaces.prune"},
}


def _factories(table: Mapping[str, str]) -> dict[str, Factory]:
    """Return a factory for each command of a table; it imports the module of the command."""
    return {name: partial(_take, name, place) for name, place in table.items()}


def _take(name: str, place: str) -> click.Command:
    module, _, attribute = place.partition(":")
    attribute = attribute or name.replace("-", "_")
    loaded = _module(module)
    if not hasattr(loaded, attribute):
        raise LookupError(f"{loaded.__name__} defines no `{attribute}`, the command `{name}`.")
    command: click.Command = getattr(loaded, attribute)
    for verb, further in _FURTHER_VERBS.get(name, {}).items():
        verbs = cast("Noun", command).verbs
        if verb not in verbs:  # its module is not imported yet
            verbs.register(verb, partial(_further, verbs, verb, further))
    return command


def _further(verbs: Mapping[str, click.Command], verb: str, place: str) -> click.Command:
    """Return a verb after its module has registered it."""
    loaded = _module(place)
    if not hasattr(loaded, verb.replace("-", "_")):
        raise LookupError(f"{loaded.__name__} defines no `{verb.replace('-', '_')}`, the verb `{verb}`.")
    return verbs[verb]


def _module(name: str) -> ModuleType:
    return import_module(f"{__package__}.{name}")


def _plain(resource: Resource) -> click.Command:
    """Return the noun of a resource: from the module in `organization/` that has its name, or as declared.

    Raises:
        LookupError: zenpro computes the list, but no module has the function that does it.
    """
    word = resource.noun.replace("-", "_")
    module = f"organization.{word}"
    if find_spec(f"{__package__}.{module}") is not None:
        return _take(resource.noun, module)
    if isinstance(resource, Table):
        raise LookupError(
            f"`{resource.noun}` is a Table, so a function must compute its rows: create "
            f"zenpro_nb/commands/organization/{word}.py with `{word} = noun({word.upper()}, read=_read)`."
        )
    from zenpro_nb.framework.declare import noun

    return noun(resource, get=bool(resource.detail))


def _inside(resource: Resource) -> click.Command:
    """Return the noun of a read-only list of workspaces."""
    from zenpro_nb.commands.workspaces.workspace_noun import inside_noun

    return inside_noun(resource)


def _form() -> click.Command:
    from zenpro_nb.commands.tool.form import form_group

    return form_group(tree, _factories({"review": "reviews.form"}))


_OTHERS = (resource for resource in CONTROL_PLANE if resource.noun not in _LISTS and not resource.parent)
_WITH_WRITES = _factories(_INSIDE_WITH_WRITES)
tree.add_section(
    "Lists",
    _factories(_LISTS) | {resource.noun: partial(_plain, resource) for resource in _OTHERS},
    featured=("users",),
    hint=" (a noun alone lists; `get NAME` shows one object)",
    writes_title="Changes (--dry-run previews them; `form …` prompts for the arguments)",
)
tree.add_section("Whole organization", _factories(_WHOLE_ORGANIZATION), featured=("access", "audit", "plan"))
tree.add_section(
    "Inside workspaces",
    {
        listing.noun: _WITH_WRITES.get(listing.noun) or partial(_inside, listing)
        for listing in WORKSPACE_LISTS
        if not listing.parent
    }
    | _factories(_INSIDE),
    featured=("runs",),
)
tree.add_section("Tools", {**_factories(_TOOLS), "form": _form}, featured=("use", "login", "form"))
