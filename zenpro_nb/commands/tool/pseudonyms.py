"""pseudonyms: show made-up names in place of people, for screens that others see."""

from __future__ import annotations

from typing import Annotated

import click

from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import Arg, CommandContext, command

_ON, _OFF = "on", "off"
_IPYTHON = "ipython --ext zenpro_nb -i -c '%zenpro pseudonyms on'"  # starts IPython with pseudonyms
_COLUMNS = "users --columns email,name,is_active"
_VALUES = 'sql "SELECT * FROM users"'  # the command whose result contains pseudonyms

Switch = Annotated[str | None, Arg(click.Choice([_ON, _OFF]), metavar="[on|off]")]


@command()
def pseudonyms(ctx: CommandContext, switch: Switch = None) -> None:
    """Show pseudonyms in place of real names, for screens that others see.

    Until the kernel restarts, each person has the same made-up name and email, in every value that is displayed
    (DataFrames, Series, lists, texts), in cards, trees, forms, and messages, in the errors of cells, and in printed
    text. The values themselves do not change. Open forms are closed, and Tab does not complete names. Plots, pictures,
    widgets of other packages, and saved files are not covered, nor is anything that was displayed earlier. Job titles,
    companies, and the names of teams stay, and can identify people.

    `sql` returns pseudonyms as values: `df = %zenpro sql "SELECT * FROM users"`. Without an argument, shows whether
    pseudonyms are on.

    Works in notebooks and IPython only. In a terminal, `ipython --ext zenpro_nb -i -c '%zenpro pseudonyms on'` starts
    IPython with pseudonyms. `notebooks share` replaces people in a saved notebook.

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
            "A shell shows real names; pseudonyms are available in notebooks and in IPython",
            hint=f"In a terminal, run `{_IPYTHON}`, and then commands such as `%zenpro users`. To replace people in a "
            f"saved notebook: `{ctx.ui.name} notebooks share FILE.ipynb`.",
        )
    if switch is not None:
        ctx.ui.set_pseudonyms(on=switch == _ON)
    ctx.ui.say(status_line(ctx))


def status_line(ctx: CommandContext) -> str:
    """Return whether pseudonyms are on, and the command that changes it."""
    if ctx.ui.pseudonyms:
        return (
            "pseudonyms are on: everything displayed or printed from now on shows made-up people, except plots, "
            "pictures, widgets of other packages, and saved files. Job titles, companies, and the names of teams stay, "
            f"and can identify people. To leave them out, select columns: `{ctx.ui.name} {_COLUMNS}`. For made-up "
            "values, read with SQL: "
            f"`df = {ctx.ui.name} {_VALUES}`. `{ctx.ui.name} pseudonyms off` shows real people"
        )
    return f"pseudonyms are off: displays show real people; `{ctx.ui.name} pseudonyms on` replaces them"
