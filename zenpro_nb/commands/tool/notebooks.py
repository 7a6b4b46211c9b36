"""notebooks: recipes to begin with, and what to look at before one is given away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click

from zenpro_nb import frames
from zenpro_nb.commands.tool.line_check import checker
from zenpro_nb.errors import FindingsError, UnknownNameError, UsageError
from zenpro_nb.files.paths import expanded
from zenpro_nb.framework.cli.command import Root
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Arg, Opt
from zenpro_nb.framework.lists import at_capture
from zenpro_nb.framework.lists.noun import listing, noun
from zenpro_nb.framework.lists.options import ListOptions
from zenpro_nb.resources import Column, DataType, Display, Paging, Resource
from zenpro_nb.servers import demo_folder
from zenpro_nb.sharing import cleaning, launch_lines, notebook_file, parameters_cell
from zenpro_nb.sharing.checks import CHECKS, SEVERITIES, Finding, look_at, look_through
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.suggestions import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

_WORST_FIRST = SEVERITIES[::-1]
_NEVER = "never"
# What may not be left in a copy: nobody would look for it there any more.
_NOT_LEFT = {False: ("secret",), True: ("secret", "person")}

NOTEBOOKS = Resource(
    noun="notebooks",
    path="",
    paging=Paging.NONE,
    help="The notebooks that come with zenpro_nb, to begin with: `notebooks new NAME` makes a copy of one. "
    "`notebooks check` looks through one of yours before it is given away.",
    columns=(
        Column("name", help="what `notebooks new` takes"),
        Column("title", help="what it is about"),
        Column("parameters", DataType.LIST, help="what can be filled in"),
        Column("text", help="its first paragraph", display=Display.PROSE),
        Column("file", help="where it is"),
    ),
    label="name",
    # No route: files of the package.
)
FINDINGS = Resource(
    noun="findings",
    path="",
    paging=Paging.NONE,
    help="What should be looked at before a notebook is given away: secrets, people in outputs, paths of your machine, "
    "cells that wait for an answer, lines that this version does not take. Nothing is run.",
    columns=(
        Column("severity", DataType.CATEGORY, help="high, medium, low or info", display=Display.STATE),
        Column("check", DataType.CATEGORY, help="what was looked for: " + ", ".join(CHECKS)),
        Column("cell", DataType.COUNT, help="which cell, counted from 1; missing where it is the notebook itself"),
        Column("place", DataType.CATEGORY, help="source, output, widget state or metadata"),
        Column("found", help="what it is; never a secret itself", display=Display.PROSE),
        Column("do", help="what to do about it", display=Display.PROSE),
        Column("file", help="the notebook"),
    ),
    label="found",
    parent="notebooks",
)

Files = Annotated[tuple[str, ...], Arg(click.Path(), metavar="FILE…")]
File = Annotated[str, Arg(click.Path(), metavar="FILE")]
Recipe = Annotated[str, Arg(metavar="NAME")]
FailOn = Annotated[
    str,
    Opt(
        "--fail-on",
        type=click.Choice([*_WORST_FIRST, _NEVER]),
        help="Fail where anything is found that is at least as severe. Default: low.",
    ),
]
Allow = Annotated[
    tuple[str, ...],
    Opt("--allow", metavar="ADDRESS", help="An address or domain that may stand there; may be repeated."),
]
Copy = Annotated[str | None, Opt("--out", type=click.Path(), metavar="COPY", help="The copy to write.")]
InPlace = Annotated[bool, Opt("--in-place", help="Write the file itself.")]
MakeUp = Annotated[bool, Opt("--pseudonyms", help="Keep the outputs, with made-up people and ids in them.")]
Pictures = Annotated[bool, Opt("--keep-pictures", help="With --pseudonyms: keep pictures, as they are.")]
OutFile = Annotated[str | None, Opt("--out", type=click.Path(), metavar="FILE", help="The file. Default: NAME.ipynb.")]
Organization = Annotated[str | None, Opt("--organization", "--org", help="Fills in the parameter organization.")]
WorkspaceValue = Annotated[str | None, Opt("--workspace", help="Fills in the parameter workspace.")]
Values = Annotated[
    tuple[str, ...], Opt("--set", "-p", metavar="NAME=VALUE", help="Fills in another parameter; may be repeated.")
]


def _list(ctx: CommandContext, options: ListOptions) -> pd.DataFrame:
    """Return the notebooks that come with the package.

    Examples:
        notebooks
    """
    rows = []
    for name, path in parameters_cell.by_name(demo_folder.notebooks()).items():
        notebook = notebook_file.read(path)
        title, text = parameters_cell.title(notebook)
        given = list(parameters_cell.parameters(notebook))
        rows.append({"name": name, "title": title, "parameters": given, "text": text, "file": str(path)})
    return at_capture.computed_frame(NOTEBOOKS, frames.from_records(NOTEBOOKS, rows), options)


notebooks = noun(NOTEBOOKS, read=_list)
# Whoever types the word that other tools have for it gets the list.
_same = listing(NOTEBOOKS, name="list")(_list)
_same.hidden = True
notebooks.add_command(_same)


def _judge(ctx: CommandContext, result: Any, frame: pd.DataFrame, given: Mapping[str, Any]) -> None:
    """Fail where something is found that is as severe as `--fail-on` says; the result is shown before.

    Raises:
        FindingsError: there is.
    """
    if given["fail_on"] == _NEVER:
        return
    failing = frame[frame["severity"].isin(SEVERITIES[SEVERITIES.index(given["fail_on"]) :])]
    if len(failing):
        ctx.ui.show(result)
        raise FindingsError(
            f"{counted(len(failing), 'thing')} to look at before this is given away",
            hint="The table says what to do about each; --fail-on high fails for the worst only.",
            findings=frame,
        )


@listing(FINDINGS, name="check", after_read=_judge)
def check(
    ctx: CommandContext, options: ListOptions, files: Files, fail_on: FailOn = "low", allow: Allow = ()
) -> pd.DataFrame:
    """Look through notebooks before they are given away; nothing is run, and nothing is asked of a server.

    Examples:
        notebooks new quickstart
        notebooks check quickstart.ipynb
        notebooks check quickstart.ipynb --allow example.com --fail-on high
    """
    line_check = checker(_root())
    rows: list[tuple[str, Finding]] = []
    for name in files:
        path = expanded(name)
        found = look_through(path, allow, line_check)
        rows += [(name, finding) for finding in found]
        if not found:
            _say_how_to_run(ctx, path)
    frame = _frame_of(rows)
    return at_capture.computed_frame(FINDINGS, frame, options, noun="findings", summary=_summary(rows, len(files)))


notebooks.add_command(check)


@notebooks.verb
def clean(
    ctx: CommandContext,
    file: File,
    out: Copy = None,
    in_place: InPlace = False,
    pseudonyms: MakeUp = False,
    keep_pictures: Pictures = False,
) -> pd.DataFrame:
    """Write a copy that can be given away: without outputs, or with made-up people in them. It is checked before.

    Secrets are masked wherever they stand, and what runs have left in the metadata is gone. With --pseudonyms every
    person is made up, the same everywhere, and so are ids; counts stay.

    Examples:
        notebooks new quickstart
        notebooks clean quickstart.ipynb --out to-share.ipynb
        notebooks clean quickstart.ipynb --out to-share.ipynb --pseudonyms
    """
    path = expanded(file)
    target = _target(path, out, in_place=in_place)
    if keep_pictures and not pseudonyms:
        raise UsageError("--keep-pictures keeps pictures of outputs, and there are none", hint="Add --pseudonyms.")
    notebook = notebook_file.read(path)
    if pseudonyms:
        made = cleaning.with_pseudonyms(notebook, pictures=keep_pictures)
    else:
        made = cleaning.without_outputs(notebook)
    found = look_at(made, line_check=checker(_root()))
    left = [finding for finding in found if finding.check in _NOT_LEFT[pseudonyms]]
    if left:
        raise FindingsError(
            f"Nothing was written: {left[0].found} is still there ({left[0].place} of {_cell(left[0])})",
            hint="Take it out by hand first.",
            findings=_frame_of([(file, finding) for finding in left]),
        )
    notebook_file.write(made, target)
    kept = "with made-up people" if pseudonyms else "without outputs"
    ctx.ui.say(f"wrote {target}, {kept}; {_summary([(file, finding) for finding in found], 1)}")
    frame = _frame_of([(str(target), finding) for finding in found])
    frames.declare(frame, FINDINGS)
    frames.describe(frame, server="", route="", time=datetime.now(UTC), noun="findings")
    return frame


@notebooks.verb
def new(
    ctx: CommandContext,
    name: Recipe,
    out: OutFile = None,
    organization: Organization = None,
    workspace: WorkspaceValue = None,
    values: Values = (),
) -> None:
    """Make a copy of a notebook that comes with the package, with its parameters filled in.

    Examples:
        notebooks new who-may-do-what --organization acme --workspace ml-prod
        notebooks new workspaces --out failed-runs.ipynb --set since=-30d
    """
    there = parameters_cell.by_name(demo_folder.notebooks())
    path = there.get(name) or {path.name: path for path in there.values()}.get(f"{name.removesuffix('.ipynb')}.ipynb")
    if path is None:
        raise UnknownNameError(
            f"No notebook {name!r} comes with zenpro_nb",
            hint=did_you_mean(name, there, f"There are {', '.join(there)}."),
        )
    target = expanded(out or f"{path.stem.lstrip('0123456789-')}.ipynb")
    if target.exists():
        raise UsageError(f"There is a file {target} already", hint="Name another one with --out FILE.")
    given = {"organization": organization, "workspace": workspace}
    wanted = {text: value for text, value in given.items() if value is not None} | _pairs(values)
    made = parameters_cell.with_parameters(notebook_file.read(path), wanted)
    notebook_file.write(made, target)
    filled = ", ".join(
        f"{parameter} = {value}" for parameter, value in parameters_cell.parameters(made).items() if value != ""
    )
    ctx.ui.say(f"wrote {target}{f' ({filled})' if filled else ''}")


def _root() -> Root:
    root = click.get_current_context().find_root().command
    if not isinstance(root, Root):
        raise TypeError("a line is checked against the tree that it was typed in")
    return root


def _pairs(values: Sequence[str]) -> dict[str, str]:
    found = {}
    for text in values:
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            raise UsageError(f"--set {text} names no parameter and value", hint="Write it as NAME=VALUE.")
        found[name.strip()] = value
    return found


def _target(path: Path, out: str | None, *, in_place: bool) -> Path:
    if in_place == (out is not None):
        raise UsageError("Say where the copy goes", hint="--out COPY, or --in-place for the file itself.")
    target = path if out is None else expanded(out)
    if out is not None and target.exists() and path.exists() and target.samefile(path):
        raise UsageError(f"{target} is the file itself", hint="Say --in-place, if that is meant.")
    return target


def _say_how_to_run(ctx: CommandContext, path: Path) -> None:
    """Say how others run a notebook in which nothing was found."""
    address, note = launch_lines.binder_line(path)
    ctx.ui.say(f"nothing found in {path}")
    ctx.ui.say(f"  papermill  {launch_lines.papermill_line(path, notebook_file.read(path))}")
    ctx.ui.say(f"  Binder     {address}{f'  ({note})' if note else ''}")


def _frame_of(rows: Sequence[tuple[str, Finding]]) -> pd.DataFrame:
    names = ("severity", "check", "cell", "place", "found", "do")
    return frames.from_records(
        FINDINGS, [{**{name: getattr(row, name) or None for name in names}, "file": file} for file, row in rows]
    )


def _cell(finding: Finding) -> str:
    return f"cell {finding.cell}" if finding.cell else "the notebook"


def _summary(rows: Sequence[tuple[str, Finding]], files: int) -> str:
    counts = Counter(row.severity for _, row in rows)
    found = ", ".join(f"{counts[text]} {text}" for text in _WORST_FIRST if counts[text])
    return f"{found or 'nothing found'} in {counted(files, 'notebook')}"
