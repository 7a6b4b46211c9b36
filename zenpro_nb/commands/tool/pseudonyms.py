"""pseudonyms: show made-up names in place of people, for screens that others see."""

from __future__ import annotations

from typing import Annotated

import click

from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import Arg, CommandContext, command

_ON, _OFF = "on", "off"

Switch = Annotated[str | None, Arg(click.Choice([_ON, _OFF]), metavar="[on|off]")]


@command()
def pseudonyms(ctx: CommandContext, switch: Switch = None) -> None:
    """Show pseudonyms in place of real names, for screens that others see.

    In DataFrames, cards, trees, forms, and messages, each person always gets the same made-up name and email.
    The underlying values do not change. Open forms are closed, and Tab does not complete names. The output of
    print(), a Series, or a plot does not change. Without an argument, shows whether pseudonyms are on.

    Works in notebooks and IPython sessions only. In a shell, no names are replaced; `notebooks clean --pseudonyms`
    replaces people in a saved notebook.

    Examples:
        # Show whether pseudonyms are on
        pseudonyms
        # Hide names and emails
        pseudonyms on
        # Show them again
        pseudonyms off
    """
    if ctx.ui.pseudonyms is None:
        raise UsageError(
            "Pseudonyms are available in notebooks and in IPython only: `%zenpro pseudonyms on`",
            hint=f"To replace people in a saved notebook: `{ctx.ui.name} notebooks clean FILE.ipynb --out COPY.ipynb "
            "--pseudonyms`.",
        )
    if switch is not None:
        ctx.ui.set_pseudonyms(on=switch == _ON)
    ctx.ui.say(status_line(ctx))


def status_line(ctx: CommandContext) -> str:
    """Return whether pseudonyms are on, and the command that changes it."""
    if ctx.ui.pseudonyms:
        return f"pseudonyms are on: displays show made-up people; `{ctx.ui.name} pseudonyms off` shows the real ones"
    return f"pseudonyms are off: displays show real people; `{ctx.ui.name} pseudonyms on` replaces them"
