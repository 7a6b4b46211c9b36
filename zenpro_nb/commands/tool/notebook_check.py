"""notebooks check: find what a notebook must not contain before you share it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click

from zenpro_nb import frames, query, sharing
from zenpro_nb.commands.tool.line_check import checker
from zenpro_nb.commands.tool.notebooks import notebooks
from zenpro_nb.errors import FindingsError, UsageError
from zenpro_nb.files.paths import expand_home
from zenpro_nb.framework.declare import Arg, CommandContext, ListOptions, Opt, Root, listing, reading
from zenpro_nb.resources import Column, DataType, Display, Table
from zenpro_nb.resources.control_plane import MEMBERS
from zenpro_nb.sharing import launch_lines, notebook_file
from zenpro_nb.sharing.checks import CHECKS, SEVERITIES, NotebookFinding, scan_file
from zenpro_nb.syntax.counts import counted

if TYPE_CHECKING:
    import pandas as pd

_WORST_FIRST = SEVERITIES[::-1]
_NEVER = "never"

FINDINGS = Table(
    noun="findings",
    help="Check notebooks for secrets and private data before you share them.\n\nFinds secrets, people in outputs, "
    "paths on your machine, cells that wait for input, and commands that this version does not accept. Runs nothing.",
    columns=(
        Column("severity", DataType.CATEGORY, help="high, medium, low, or info", display=Display.STATE),
        Column("check", DataType.CATEGORY, help="name of the check: " + ", ".join(CHECKS)),
        Column(
            "cell", DataType.COUNT, help="number of the cell, from 1; empty if the finding concerns the whole notebook"
        ),
        Column("location", DataType.CATEGORY, help="source, output, widget state, or metadata"),
        Column("problem", help="description of the finding, without any secret", display=Display.PROSE),
        Column("fix", help="how to fix it", display=Display.PROSE),
        Column("file", help="path of the notebook that was checked"),
    ),
    label="problem",
    deciding=("problem", "fix", "severity", "cell"),
    parent="notebooks",
)

Files = Annotated[tuple[str, ...], Arg(click.Path(), metavar="FILE|FOLDER…")]
FailOn = Annotated[
    str,
    Opt(
        "--fail-on",
        type=click.Choice([*_WORST_FIRST, _NEVER]),
        help="Fail if a finding is at least this severe. Default: low.",
    ),
]
Allow = Annotated[
    tuple[str, ...],
    Opt("--allow", metavar="ADDRESS", help="Allow this email address or domain. Can be repeated."),
]
PeopleOf = Annotated[
    str | None,
    Opt(
        "--people-of",
        metavar="ORGANIZATION",
        help="Recognize the members of this organization by their full names.",
    ),
]


def _fail_on_findings(ctx: CommandContext, result: Any, frame: pd.DataFrame, arguments: Mapping[str, Any]) -> None:
    """Show the result, then fail if a finding is at least as severe as `--fail-on`.

    Raises:
        FindingsError: there is such a finding.
    """
    if arguments["fail_on"] == _NEVER:
        return
    failing = frame[frame["severity"].isin(SEVERITIES[SEVERITIES.index(arguments["fail_on"]) :])]
    if len(failing):
        ctx.ui.show(result)
        raise FindingsError(
            f"{counted(len(failing), 'issue')} to fix before you share this notebook",
            hint="The table shows how to fix each issue. Add --fail-on high to fail only on the most severe.",
            findings=frame,
        )


@listing(FINDINGS, name="check", after_read=_fail_on_findings)
def check(
    ctx: CommandContext,
    options: ListOptions,
    files: Files,
    fail_on: FailOn = "low",
    allow: Allow = (),
    people_of: PeopleOf = None,
) -> pd.DataFrame:
    """Check notebooks for secrets and private data before you share them. Runs nothing.

    For a folder, zenpro checks all notebooks in it and in its subfolders. It recognizes people as `notebooks clean`
    does: by email addresses, by the names next to them, and by the lists of people in the outputs. It also knows the
    names in the DataFrames of this session. Other names appear only with --people-of, which queries the server; without
    it, the command works offline.

    Examples:
        # Copy a notebook to this folder
        notebooks new quickstart
        # List secrets and personal data in a notebook
        notebooks check quickstart.ipynb
        # Allow a domain, and fail only on findings of high severity
        notebooks check quickstart.ipynb --allow example.com --fail-on high
        # Also find the names of members that appear without an address
        notebooks check quickstart.ipynb --people-of acme
    """
    line_check = checker(_root())
    rows: list[tuple[str, NotebookFinding]] = []
    names = [name for argument in files for name in _notebooks_in(argument)]
    known = known_names(ctx, people_of)
    for name in names:
        path = expand_home(name)
        findings = scan_file(path, allow, line_check, known)
        rows += [(name, finding) for finding in findings]
        if all(finding.severity == SEVERITIES[0] for finding in findings):
            _print_launch_commands(ctx, path)
    frame = frame_of(rows)
    summary = _summary(rows, len(names))
    if people_of is None:
        summary += "; names without an email address are found with --people-of ORGANIZATION"
    result = reading.computed_frame(FINDINGS, frame, options, noun="findings", summary=summary)
    return result if len(result) else frames.with_answer(result, summary)


notebooks.add_command(check)


def known_names(ctx: CommandContext, people_of: str | None) -> list[tuple[object, object]]:
    """Return the addresses and names in the DataFrames of this session, and those of an organization's members."""
    pairs: list[tuple[object, object]] = []
    for value in ctx.variables.values():
        if hasattr(value, "columns") and hasattr(value, "attrs"):
            for addresses, names in sharing.column_pairs([str(name) for name in value.columns]):
                pairs += zip(value[addresses], value[names], strict=True)
    if people_of is not None:
        organization = query.organization(ctx.session, people_of)
        members = query.records(ctx.session, MEMBERS, {"organization_id": organization.id})
        users = (member.get("user") or {} for member in members)
        pairs += ((user.get("email"), user.get("name")) for user in users)
    return pairs


def _root() -> Root:
    root = click.get_current_context().find_root().command
    if not isinstance(root, Root):
        raise TypeError("a command can only be checked inside the command tree that parsed it")
    return root


def _notebooks_in(argument: str) -> list[str]:
    """Return the file itself, or the notebooks in a folder and below it.

    Raises:
        UsageError: the folder contains no notebook.
    """
    folder = expand_home(argument)
    if not folder.is_dir():
        return [argument]
    # Hidden folders contain copies: `.ipynb_checkpoints`.
    inside = sorted(path.relative_to(folder) for path in folder.rglob("*.ipynb") if path.is_file())
    paths = [str(Path(argument, path)) for path in inside if not any(part.startswith(".") for part in path.parts)]
    if not paths:
        raise UsageError(
            f"The folder {argument} contains no notebook", hint="Name a file: `notebooks check FILE.ipynb`."
        )
    return paths


def _print_launch_commands(ctx: CommandContext, path: Path) -> None:
    """Print how others can run a notebook without findings to fix."""
    address, note = launch_lines.binder_address(path)
    ctx.ui.say(f"nothing to fix in {path}")
    line = launch_lines.papermill_command(path, notebook_file.read(path), sandbox=ctx.session.has_sandbox)
    ctx.ui.say(f"  papermill  {line}")
    ctx.ui.say(f"  Binder     {address}{f'  ({note})' if note else ''}")


def frame_of(rows: Sequence[tuple[str, NotebookFinding]]) -> pd.DataFrame:
    """Return findings, each with its file, as a DataFrame."""
    names = ("severity", "check", "cell", "location", "problem", "fix")
    return frames.from_records(
        FINDINGS, [{**{name: getattr(row, name) or None for name in names}, "file": file} for file, row in rows]
    )


def _summary(rows: Sequence[tuple[str, NotebookFinding]], files: int) -> str:
    counts = Counter(row.severity for _, row in rows)
    found = ", ".join(f"{counts[severity]} {severity}" for severity in _WORST_FIRST if counts[severity])
    return f"{found or 'nothing found'} in {counted(files, 'notebook')}"
