"""The option `--show` of lists in notebooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    # Generic only for the type checker: older releases of click do not support subscripting it.
    _Choice = click.Choice[str]
else:
    _Choice = click.Choice

TABLE = "table"


class _Way(_Choice):
    def __init__(self, choose: Callable[[str], object]) -> None:
        super().__init__([TABLE])
        self._choose = choose

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        way = super().convert(value, param, ctx)
        self._choose(way)
        return way


def show_option(choose: Callable[[str], object]) -> click.Option:
    """Return the option. It calls `choose` with its value, if it is given."""
    return click.Option(
        ["--show"],
        type=_Way(choose),
        expose_value=False,
        help="Show the DataFrame as a table with search, sorting, and pages. Its value is the same.",
    )
