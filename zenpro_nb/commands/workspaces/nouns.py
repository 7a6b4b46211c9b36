"""The nouns of a workspace: runs, pipelines, stacks, models … Each lists when it is called alone."""

from __future__ import annotations

import click

from zenpro_nb.commands.workspaces import accounts, info, run_views, runs
from zenpro_nb.commands.workspaces.inside_noun import inside_noun
from zenpro_nb.resources.workspace import WORKSPACE_LISTS

_WITH_WRITES = {
    noun.name: noun
    for noun in (runs.runs, runs.snapshots, runs.run_templates, accounts.service_accounts, accounts.api_keys)
}
INSIDE: tuple[click.Command, ...] = (
    *(_WITH_WRITES.get(resource.noun) or inside_noun(resource) for resource in WORKSPACE_LISTS),
    info.info,
    info.statistics,
    run_views.logs,
    run_views.dag,
)
