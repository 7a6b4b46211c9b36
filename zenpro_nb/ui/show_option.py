"""The option `--show` of lists in notebooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb.errors import UsageError

if TYPE_CHECKING:
    # Generic only for the type checker: older releases of click do not support subscripting it.
    _Choice = click.Choice[str]
else:
    _Choice = click.Choice

TABLE = "table"
_CHARTS = ("chart", "plot", "graph", "bars", "picture")


class _Way(_Choice):
    def __init__(self, choose: Callable[[str], object]) -> None:
        super().__init__([TABLE])
        self._choose = choose

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if ctx is not None and value in _CHARTS and any("--plot" in option.opts for option in ctx.command.params):
            raise UsageError(
                f"`--show {value}` is not available: `--show` shows a table",
                hint=f"For a chart, use `{ctx.command_path} --plot`, and to save it "
                f"`{ctx.command_path} --plot --save chart.png`.",
            )
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
