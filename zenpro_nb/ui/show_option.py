"""The option `--show` of lists in notebooks."""

from __future__ import annotations

from collections.abc import Callable

import click

TABLE = "table"


def show_option(is_allowed: Callable[[str], object]) -> click.Option:
    """Return the option. It calls `is_allowed` with its value, or with "" if it is not given."""

    def callback(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        is_allowed(value or "")
        return value

    return click.Option(
        ["--show"],
        type=click.Choice([TABLE]),
        expose_value=False,
        callback=callback,
        help="Show the DataFrame as a table with search, sorting, and pages. Its value is the same.",
    )
