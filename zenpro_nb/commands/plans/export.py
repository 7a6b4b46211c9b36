"""`export`: write the teams and roles of an organization as the file that `plan` and `apply` read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import click

from zenpro_nb import access as pure
from zenpro_nb import frames
from zenpro_nb.commands.plans.desired_file import text_of
from zenpro_nb.commands.plans.parameters import YAML
from zenpro_nb.errors import ConfirmationError, SaveError, UsageError
from zenpro_nb.files.paths import expand_home
from zenpro_nb.framework.declare import Arg, At, CommandContext, NameType, Opt, Org, command, read_inventory
from zenpro_nb.resources import RESOURCES
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.unparse import quoted
from zenpro_nb.ui.cells import Text

STANDARD_OUTPUT = "-"
_TABLES = (".csv", ".xlsx", ".parquet", ".json")  # the formats of a list

File = Annotated[str | None, Arg(click.Path(), metavar="[FILE]")]
Exact = Annotated[
    bool,
    Opt(help="Write an exact file: applying it removes all unlisted members and roles in its teams and scopes."),
]
OnlyTeams = Annotated[bool, Opt("--teams", help="Export only teams and their members; with --roles, both.")]
OnlyRoles = Annotated[bool, Opt("--roles", help="Export only roles; with --teams, both.")]
Workspaces = Annotated[
    tuple[str, ...],
    Opt(
        "--workspace",
        type=NameType("workspaces"),
        help="Export only roles in this workspace; with --teams, also teams, but never as exact. Can be repeated.",
    ),
]
Yes = Annotated[bool, Opt("--yes", "-y", help="Overwrite an existing file without asking.")]


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
    """Export teams and roles as YAML, for `plan` and `apply`.

    To change access, export with --exact, edit the file, and check it with `plan`: what you delete is removed, and a
    person whom you move to another role loses the old one. Without --exact, the file is additive: applying it removes
    nothing. Without FILE, the YAML is shown.

    Not available while pseudonyms are on, because `plan` and `apply` need real accounts.

    Examples:
        # Write the current teams and roles to a file, to be edited
        export access.yaml --exact
        # Export one workspace, and overwrite the file
        export access.yaml --exact --workspace ml-prod --yes
        # Write a file that only adds, such as a list of minimum roles
        export minimum.yaml
        # Print the teams and roles as YAML
        export
        # Export teams and their members only
        export teams.yaml --teams
    """
    if ctx.pseudonyms is not None:
        raise UsageError(
            "`export` is not available while pseudonyms are on: its file needs real accounts",
            hint="Turn them off first: `pseudonyms off`.",
        )
    if file not in (None, STANDARD_OUTPUT):
        _check(ctx, file, yes=yes)
    inventory = read_inventory(ctx, org, at)
    both = teams == roles
    text = pure.export(
        inventory,
        exact=exact,
        teams=teams or (both and not workspaces),
        roles=both or roles,
        workspaces=workspaces,
    )
    if file in (None, STANDARD_OUTPUT):
        return Text(text)
    path = frames.save_text(text, file)
    ctx.ui.say(f"wrote {counted(text.count(chr(10)), 'line')} to {path}; next: `plan {quoted(str(file))}`")
    if not exact:
        again = f"export {quoted(str(file))} --exact"
        ctx.ui.say(
            f"note: applying this file only adds. To move people, or to remove the entries you delete, use `{again}`."
        )
    return None


def _check(ctx: CommandContext, file: str, *, yes: bool) -> None:
    """Check the name of the file, and ask before an existing file is overwritten. Runs before anything is read.

    Raises:
        UsageError: the name has no YAML extension, so `plan` could not read the file.
        ConfirmationError: the file exists, and overwriting it was declined.
    """
    if not file.lower().endswith(YAML):
        stem = Path(file).stem
        line = f"{stem if stem in RESOURCES else 'users'} --save {quoted(file)}"
        is_table = file.lower().endswith(_TABLES)
        raise UsageError(
            f"{file!r} needs a {' or '.join(YAML)} extension",
            hint=f"To save a list: `{line}`." if is_table else "For example: `export access.yaml --exact`.",
        )
    path = expand_home(file, SaveError)
    if not path.exists():
        return
    deadlines = _deadlines(file)
    words = f"It contains {counted(deadlines, 'deadline')}; the export has none, and the roles in it are permanent."
    if yes and deadlines:
        ctx.ui.warn(f"{file} is overwritten. {words}")
    elif not yes and not ctx.ui.confirm(f"{path} already exists.{f' {words}' if deadlines else ''} Overwrite it?"):
        raise ConfirmationError("Nothing was written.")


def _deadlines(file: str) -> int:
    """Return how many entries of an existing file have a deadline; 0 if it is not a valid file of this kind."""
    try:
        return sum(row.until is not None for row in pure.desired_state(text_of(file), file).rows())
    except UsageError:
        return 0  # any file can be overwritten
