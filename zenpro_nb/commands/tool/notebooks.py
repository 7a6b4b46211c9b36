"""notebooks: list the notebooks that come with zenpro, and copy them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import click

from zenpro_nb import frames
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.files.paths import expand_home, free_path
from zenpro_nb.framework.declare import Arg, CommandContext, ListOptions, Opt, listing, noun, reading
from zenpro_nb.resources import Column, DataType, Display, Table
from zenpro_nb.servers import demo_folder
from zenpro_nb.sharing import launch_lines, notebook_file, parameters_cell
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.syntax.unparse import quoted, spell_context

if TYPE_CHECKING:
    import pandas as pd

NOTEBOOKS = Table(
    noun="notebooks",
    help="List the notebooks that come with zenpro.\n\n`notebooks new NAME` copies one of them. `notebooks check`, "
    "`notebooks clean`, and `notebooks share` prepare your own notebook for others. To run a notebook again for "
    "another organization, use papermill: `papermill quickstart.ipynb done.ipynb -p organization acme-labs`.",
    columns=(
        Column("name", help="name for `notebooks new`"),
        Column("title", help="title of the notebook"),
        Column("parameters", DataType.LIST, help="parameters that you can fill in"),
        Column("description", help="first paragraph of the notebook", display=Display.PROSE),
        Column("file", help="path of the notebook"),
    ),
    label="name",
    deciding=("name", "title"),
    # No route: files of the package.
)
_OTHER = "OTHER"  # the placeholder for a value to fill in

NotebookName = Annotated[str, Arg(metavar="NAME")]
OutFile = Annotated[
    str | None, Opt("--out", type=click.Path(), metavar="FILE", help="Write to this file. Default: NAME.ipynb.")
]
Organization = Annotated[str | None, Opt("--organization", "--org", help="Fill in the parameter `organization`.")]
WorkspaceValue = Annotated[str | None, Opt("--workspace", help="Fill in the parameter `workspace`.")]
Values = Annotated[
    tuple[str, ...], Opt("--set", "-p", metavar="NAME=VALUE", help="Fill in another parameter. Can be repeated.")
]


def _list(ctx: CommandContext, options: ListOptions) -> pd.DataFrame:
    """Return the notebooks that come with the package.

    Examples:
        # List the notebooks that come with zenpro
        notebooks
    """
    rows = []
    for name, path in parameters_cell.by_name(demo_folder.notebooks()).items():
        notebook = notebook_file.read(path)
        title, text = parameters_cell.title(notebook)
        parameters = list(parameters_cell.parameters(notebook))
        rows.append({"name": name, "title": title, "parameters": parameters, "description": text, "file": str(path)})
    return reading.computed_frame(NOTEBOOKS, frames.from_records(NOTEBOOKS, rows), options)


notebooks = noun(NOTEBOOKS, read=_list)
# `notebooks list`, as in other tools, returns the list too.
_list_alias = listing(NOTEBOOKS, name="list")(_list)
_list_alias.hidden = True
notebooks.add_command(_list_alias)


@notebooks.verb
def new(
    ctx: CommandContext,
    name: NotebookName,
    out: OutFile = None,
    organization: Organization = None,
    workspace: WorkspaceValue = None,
    values: Values = (),
) -> None:
    """Copy a notebook that comes with zenpro, with its parameters filled in.

    The parameters are in the first cell. To run the copy with other values, for example for another organization, use
    papermill in a shell: `papermill who-may-do-what.ipynb done.ipynb -p organization acme-labs`.

    Examples:
        # Fill in the organization and workspace
        notebooks new who-may-do-what --organization acme --workspace ml-prod
        # Name the copy, and set a parameter
        notebooks new workspaces --out failed-runs.ipynb --set since=-30d
    """
    included = parameters_cell.by_name(demo_folder.notebooks())
    by_file = {path.name: path for path in included.values()}
    path = included.get(name) or by_file.get(f"{name.removesuffix('.ipynb')}.ipynb")
    if path is None:
        raise UnknownNameError(
            f"zenpro does not come with a notebook {name!r}",
            hint=did_you_mean(name, included, f"Available: {', '.join(included)}."),
        )
    target = expand_home(out or f"{path.stem.lstrip('0123456789-')}.ipynb")
    if target.exists():
        line = f"{ctx.ui.name} {spell_context(click.get_current_context(), leave_out=('out',))}"
        raise UsageError(
            f"{target} already exists", hint=f"Write another file: `{line} --out {quoted(str(free_path(target)))}`."
        )
    names = {"organization": organization, "workspace": workspace}
    parameters = {parameter: value for parameter, value in names.items() if value is not None} | _pairs(values)
    notebook = parameters_cell.with_parameters(notebook_file.read(path), parameters)
    notebook_file.write(notebook, target)
    parameters_text = ", ".join(
        f"{parameter} = {value}" for parameter, value in parameters_cell.parameters(notebook).items() if value != ""
    )
    ctx.ui.say(f"wrote {target}{f' ({parameters_text})' if parameters_text else ''}")
    if parameters_text:
        line = launch_lines.papermill_command(target, notebook, other=_OTHER, sandbox=ctx.session.has_sandbox)
        ctx.ui.say(f"run it with other values in a shell: `{line}`")


def _pairs(values: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for text in values:
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            raise UsageError(
                f"--set {text} does not have the form NAME=VALUE", hint="For example: --set workspace=ml-prod."
            )
        pairs[name.strip()] = value
    return pairs
