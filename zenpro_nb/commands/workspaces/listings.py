"""The nouns of a workspace: runs, pipelines, stacks, models … Each lists when it is called alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb import query
from zenpro_nb.commands.core.command import Group
from zenpro_nb.commands.core.get import get_command
from zenpro_nb.commands.core.listing import listing
from zenpro_nb.commands.core.options import Asked
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.workspaces import account_writes, run_writes
from zenpro_nb.commands.workspaces.info import FACTS
from zenpro_nb.commands.workspaces.options import ThingType, operators_epilog, place_of, place_options, where_options
from zenpro_nb.commands.workspaces.run_views import RUN_COMMANDS
from zenpro_nb.errors import UsageError
from zenpro_nb.resources import Resource
from zenpro_nb.resources.workspace import WORKSPACE_LISTS
from zenpro_nb.resources.workspace.people import WORKSPACE_API_KEYS, WORKSPACE_SERVICE_ACCOUNTS

if TYPE_CHECKING:
    import pandas as pd


def read(runtime: Runtime, resource: Resource, asked: Asked) -> pd.DataFrame:
    """The list, from every workspace that is meant."""
    from zenpro_nb.commands.workspaces import many_workspaces

    return many_workspaces.read(runtime, resource, asked)


def stream(runtime: Runtime, resource: Resource, asked: Asked) -> pd.DataFrame:
    """The list, into a folder of Parquet files."""
    from zenpro_nb.commands.workspaces import dataset

    return dataset.save(runtime, resource, asked)


def read_api_keys(runtime: Runtime, resource: Resource, asked: Asked) -> pd.DataFrame:
    """The keys of one service account of one workspace."""
    from zenpro_nb.commands.workspaces import many_workspaces
    from zenpro_nb.workspaces.targets import Targets, resolve_one

    if not asked.filters["service_account"]:
        raise UsageError("Keys belong to a service account, and none was named", hint="Add --service-account NAME.")
    target = resolve_one(runtime.session, asked.filters["workspace"], asked.org)
    account = query.find(
        runtime.session,
        WORKSPACE_SERVICE_ACCOUNTS.noun,
        asked.filters["service_account"],
        at=target.where(runtime.session),
    )
    ask = many_workspaces.ask_of(resource, asked, service_account_id=account.id)
    return many_workspaces.read_from(runtime, Targets([target]), ask, asked)


def locate(runtime: Runtime, asked: Asked) -> query.Where:
    """Return the workspace and the projects in which one thing is looked for."""
    from zenpro_nb.workspaces.targets import resolve_one

    workspaces, projects, _ = place_of(asked)
    return resolve_one(runtime.session, workspaces, asked.org).where(runtime.session, projects)


def inside_listing(resource: Resource) -> Group:
    """The group of a noun, with its bare list and `get`."""
    keys = resource is WORKSPACE_API_KEYS
    extra: list[click.Parameter] = place_options(resource)
    if keys:
        extra.insert(
            0,
            click.Option(
                ["--service-account"],
                type=ThingType("workspace-service-accounts"),
                help="Whose keys, by name or id.",
            ),
        )
    reader: Callable[..., Any] = read_api_keys if keys else read
    group = listing(resource, reader=reader, extra=extra, streamer=None if keys else stream)
    group.epilog = operators_epilog(resource)
    if not keys:
        name_type = ThingType(resource.noun)
        group.add_command(get_command(resource, name_type=name_type, place=where_options(resource), locate=locate))
    return group


GROUPS: dict[str, Group] = {resource.noun: inside_listing(resource) for resource in WORKSPACE_LISTS}
account_writes.add_to(GROUPS["workspace-service-accounts"], GROUPS["workspace-api-keys"])
run_writes.add_to(GROUPS["runs"], GROUPS["snapshots"], GROUPS["run-templates"])
INSIDE: tuple[click.Command, ...] = (*GROUPS.values(), *FACTS, *RUN_COMMANDS)
