"""The noun `releases`: list the versions that workspaces can run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec.structs import replace

from zenpro_nb.client import segment
from zenpro_nb.framework.declare import CommandContext, ListOptions, Opt, noun, reading
from zenpro_nb.resources.control_plane import RELEASES

if TYPE_CHECKING:
    from zenpro_nb.frames import Table

Service = Annotated[str | None, Opt(help="Show only releases of this service, for example zenml.")]


def _read(ctx: CommandContext, options: ListOptions, service: Service = None) -> Table:
    """Read all releases, or those of one service.

    Examples:
        # List the three newest versions
        releases --limit 3
    """
    resource = replace(RELEASES, path=f"{RELEASES.path}/{segment(service)}") if service else RELEASES
    return reading.read_query(ctx, reading.query_of(ctx, resource, options), options)


releases = noun(RELEASES, read=_read)
