"""workspaces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zenpro_nb.commands.getting import get_command
from zenpro_nb.commands.listing import listing
from zenpro_nb.commands.options import Asked
from zenpro_nb.commands.runtime import Runtime
from zenpro_nb.resources import Resource
from zenpro_nb.resources.control_plane import WORKSPACES

if TYPE_CHECKING:
    import pandas as pd


def read_workspaces(runtime: Runtime, resource: Resource, asked: Asked) -> pd.DataFrame:
    """The workspaces of the organization that was named or is in use; of all where none is."""
    from zenpro_nb import lookup
    from zenpro_nb.commands import reading

    query = reading.query_of(runtime, resource, asked)
    if asked.org or runtime.session.settings.organization:
        organization = lookup.organization(runtime.session, asked.org)
        query = replace(query, params={**query.params, "organization_id": organization.id})
    return reading.read_query(runtime, query, asked)


workspaces = listing(WORKSPACES, reader=read_workspaces, org=True)
workspaces.add_command(get_command(WORKSPACES))
