"""`export`: an organization's teams and roles as the file that `plan` and `apply` read."""

from __future__ import annotations

from typing import Annotated, Any

import click

from zenpro_nb import access as pure
from zenpro_nb import frames
from zenpro_nb.commands.plans.parameters import YAML
from zenpro_nb.errors import ConfirmationError, SaveError, UsageError
from zenpro_nb.files.paths import expanded
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Arg, Opt
from zenpro_nb.framework.lists.inventory import read_inventory
from zenpro_nb.framework.lists.noun import command
from zenpro_nb.framework.parameters.aliases import At, Org
from zenpro_nb.framework.parameters.types import NameType
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.unparse import quoted
from zenpro_nb.ui.cells import Text

STANDARD_OUTPUT = "-"

File = Annotated[str | None, Arg(click.Path(), metavar="[FILE]")]
Exact = Annotated[bool, Opt(help="What the file leaves out of its teams and places is to be taken away.")]
OnlyTeams = Annotated[bool, Opt("--teams", help="The teams and their members; with --roles both.")]
OnlyRoles = Annotated[bool, Opt("--roles", help="The roles; with --teams both.")]
Workspaces = Annotated[
    tuple[str, ...],
    Opt("--workspace", type=NameType("workspaces"), help="Only roles in this workspace. May be repeated."),
]
Yes = Annotated[bool, Opt("--yes", "-y", help="Write over a file that is there, without asking.")]


@command()
def export(
    ctx: CommandContext,
    file: File = None,
    exact: Exact = False,
    teams: OnlyTeams = False,
    roles: OnlyRoles = False,
    workspaces: Workspaces = (),
    yes: Yes = False,
    at: At = None,
    org: Org = None,
) -> Any:
    """Write teams and roles as YAML, for `plan` and `apply`.

    Without a file it is shown. It is additive: who applies it takes nothing away, unless it is written with --exact.
    Refused while pseudonyms are on: the file is for `plan` and `apply`, which need the real people.

    Examples:
        export
        export access.yaml
        export access.yaml --exact --workspace ml-prod --yes
        export teams.yaml --teams
    """
    if ctx.pseudonyms is not None:
        raise UsageError(
            "`export` writes real people for `plan` and `apply`, and pseudonyms are on",
            hint="Switch them off first: `%config ZenProMagics.pseudonyms = False`.",
        )
    if file not in (None, STANDARD_OUTPUT):
        _check(ctx, file, yes=yes)
    found = read_inventory(ctx, org, at)
    both = teams == roles
    made = pure.export(found, exact=exact, teams=both or teams, roles=both or roles, workspaces=workspaces)
    if file in (None, STANDARD_OUTPUT):
        return Text(made)
    path = frames.save_text(made, file)
    ctx.ui.say(f"wrote {counted(made.count(chr(10)), 'line')} to {path}; next: `plan {quoted(str(file))}`")
    return None


def _check(ctx: CommandContext, file: str, *, yes: bool) -> None:
    """Refuse a file that could not be read back, and ask before one is written over: before anything is read.

    Raises:
        UsageError: its name does not say that it is YAML.
        ConfirmationError: it is there, and may not be written over.
    """
    if not file.lower().endswith(YAML):
        raise UsageError(f"{file!r} would not be read back as YAML", hint=f"End the name with {' or '.join(YAML)}.")
    path = expanded(file, SaveError)
    if path.exists() and not yes and not ctx.ui.confirm(f"{path} is there already. Write over it?"):
        raise ConfirmationError("Nothing was written.")
