"""pseudonyms: show made-up names in place of people, for screens that others see."""

from __future__ import annotations

import os
from typing import Annotated

import click

from zenpro_nb.files.paths import PSEUDONYMS_VARIABLE
from zenpro_nb.framework.declare import Arg, CommandContext, command

_ON, _OFF = "on", "off"
_COLUMNS = "users --columns email,name,is_active"
_VALUES = 'sql "SELECT * FROM users"'  # the command whose result contains pseudonyms

Switch = Annotated[str | None, Arg(click.Choice([_ON, _OFF]), metavar="[on|off]")]


@command()
def pseudonyms(ctx: CommandContext, switch: Switch = None) -> None:
    """Show pseudonyms in place of real names, for screens that others see.

    In a notebook, until the kernel restarts, each person has the same made-up name and email, in every value that is
    displayed (DataFrames, Series, lists, texts), in cards, trees, forms, and messages, in the errors of cells, and in
    printed text. The values themselves do not change. Open forms are closed, and Tab does not complete names. Plots,
    pictures, widgets of other packages, and saved files are not covered, nor is anything that was displayed earlier.
    Job titles, companies, and the names of teams stay, and can identify people.

    `sql` returns pseudonyms as values: `df = %zenpro sql "SELECT * FROM users"`. Without an argument, shows whether
    pseudonyms are on.

    In a shell, the switch applies to all commands in all your terminals until `off`, which also forgets who had which
    name. It does not change notebooks. `ZENPRO_PSEUDONYMS=1` or `0` takes precedence, for one terminal. Everything on
    the screen shows made-up people, and so do tables in a pipe. In `--format json` and `--format csv` for a pipe or a
    file, people are real, and a message says so. `notebooks share` replaces people in a saved notebook.

    Examples:
        # Show whether pseudonyms are on
        pseudonyms
        # Hide names and emails
        pseudonyms on
        # Show them again
        pseudonyms off
    """
    if switch is not None or ctx.ui.pseudonyms is None:
        ctx.ui.set_pseudonyms(on=switch == _ON)
    ctx.ui.say(_in_notebook(ctx) if ctx.ui.has_variables else _in_shell(ctx))


def _in_shell(ctx: CommandContext) -> str:
    """Return whether shells show pseudonyms, and the command that changes it."""
    if value := os.environ.get(PSEUDONYMS_VARIABLE):
        return (
            f"pseudonyms are {'on' if ctx.ui.pseudonyms else 'off'} in this terminal, because {PSEUDONYMS_VARIABLE}="
            f"{value} is set; `unset {PSEUDONYMS_VARIABLE}` removes it"
        )
    if ctx.ui.pseudonyms:
        return (
            "pseudonyms are on: commands in all your terminals show made-up people. Saved files contain real people, "
            "and so do JSON and CSV for a file or a pipe. Job titles, companies, and the names of teams stay, and can "
            f"identify people. To leave them out, select columns: `{ctx.ui.name} {_COLUMNS}`. "
            f"`{ctx.ui.name} pseudonyms off` shows real people"
        )
    return f"pseudonyms are off: commands show real people; `{ctx.ui.name} pseudonyms on` replaces them"


def _in_notebook(ctx: CommandContext) -> str:
    """Return whether the notebook shows pseudonyms, and the command that changes it."""
    if ctx.ui.pseudonyms:
        return (
            "pseudonyms are on: everything displayed or printed from now on shows made-up people, except plots, "
            "pictures, widgets of other packages, and saved files. Job titles, companies, and the names of teams stay, "
            f"and can identify people. To leave them out, select columns: `{ctx.ui.name} {_COLUMNS}`. For made-up "
            "values, read with SQL: "
            f"`df = {ctx.ui.name} {_VALUES}`. `{ctx.ui.name} pseudonyms off` shows real people"
        )
    return f"pseudonyms are off: displays show real people; `{ctx.ui.name} pseudonyms on` replaces them"
