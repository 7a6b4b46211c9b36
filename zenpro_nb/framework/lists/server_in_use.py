"""Lists stored on this machine, of any server: by default, only the rows of the server in use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists.options import ListOptions
from zenpro_nb.resources.columns import EVERY_SERVER, SERVER
from zenpro_nb.syntax.counts import counted

T = TypeVar("T")


def of_server(
    ctx: CommandContext, options: ListOptions, rows: Sequence[T], server_of: Callable[[T], str | None]
) -> list[T]:
    """Return the rows of the server that `--server` selects; without it, those of the server in use.

    All rows remain if a condition is about the server, or if no one is signed in.
    """
    chosen, settings = options.filters.get(SERVER.name), ctx.session.settings
    is_conditional = any(condition.column == SERVER.name for condition in options.where.conditions)
    if chosen == EVERY_SERVER or (chosen is None and (is_conditional or settings.credential is None)):
        return list(rows)
    url = (chosen or settings.url).rstrip("/")
    own = [row for row in rows if url in _names(server_of(row))]
    others = {server_of(row) for row in rows} - {server_of(row) for row in own}
    if others and chosen is None:
        command = f"{options.resource.noun} --server {EVERY_SERVER}"
        ctx.ui.say(
            f"note: not shown: {counted(len(rows) - len(own), 'row')} of {counted(len(others), 'other server')}. "
            f"To list all rows, run `{command}`."
        )
    return own


def _names(server: str | None) -> tuple[str, str]:
    """Return the address of a server, and its form in the lines of zenpro."""
    return (server or "").rstrip("/"), urlsplit(server or "").netloc
