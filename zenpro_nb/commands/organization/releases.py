"""releases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from zenpro_nb.client import segment
from zenpro_nb.commands.core.listing import listing
from zenpro_nb.commands.core.options import Asked
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.resources import Resource
from zenpro_nb.resources.control_plane import RELEASES

if TYPE_CHECKING:
    import pandas as pd


def read_releases(runtime: Runtime, resource: Resource, asked: Asked) -> pd.DataFrame:
    """All releases, or those of one service."""
    from zenpro_nb.commands.core import reading

    service = asked.filters.get("service")
    if service:
        resource = replace(resource, path=f"{resource.path}/{segment(service)}")
    return reading.read_query(runtime, reading.query_of(runtime, resource, asked), asked)


releases = listing(
    RELEASES,
    reader=read_releases,
    extra=[click.Option(["--service"], help="Only those of this service, such as zenml.")],
)
