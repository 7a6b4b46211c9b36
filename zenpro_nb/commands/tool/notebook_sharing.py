"""notebooks check and notebooks clean: find what a notebook must not contain before you share it, and remove it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click

from zenpro_nb import frames, query, sharing
from zenpro_nb.commands.tool.line_check import checker
from zenpro_nb.commands.tool.notebooks import notebooks
from zenpro_nb.errors import FindingsError, UsageError
from zenpro_nb.files.paths import expand_home, path_to_share
from zenpro_nb.framework.declare import Arg, CommandContext, ListOptions, Opt, Root, listing, reading
from zenpro_nb.resources import Column, DataType, Display, Table
from zenpro_nb.resources.control_plane import MEMBERS
from zenpro_nb.sharing import cleaning, launch_lines, names_in_cells, notebook_file
from zenpro_nb.sharing.checks import CHECKS, SEVERITIES, NotebookFinding, scan_file, scan_notebook
from zenpro_nb.sharing.notebook_scan import NotebookScan
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.unparse import quoted, spell_context

if TYPE_CHECKING:
    import pandas as pd

_WORST_FIRST = SEVERITIES[::-1]
_NEVER = "never"
# Findings that stop the copy from being written, by whether pseudonyms are on: a copy called clean is not checked
# again.
_BLOCKING_CHECKS = {False: ("secret",), True: ("secret", "person")}

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
File = Annotated[str, Arg(click.Path(), metavar="FILE")]
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
Copy = Annotated[
    str | None,
    Opt("--out", type=click.Path(), metavar="COPY", help="Write the copy to this file (default: FILE-to-share.ipynb)."),
]
InPlace = Annotated[bool, Opt("--in-place", help="Overwrite the file itself.")]
MakeUp = Annotated[bool, Opt("--pseudonyms", help="Keep the outputs, and replace people and IDs with made-up ones.")]
PeopleOf = Annotated[
    str | None,
    Opt(
        "--people-of",
        metavar="ORGANIZATION",
        help="Recognize the members of this organization by their full names.",
    ),
]
Pictures = Annotated[bool, Opt("--keep-pictures", help="With --pseudonyms: keep pictures unchanged.")]


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
    known = _known_names(ctx, people_of)
    for name in names:
        path = expand_home(name)
        findings = scan_file(path, allow, line_check, known)
        rows += [(name, finding) for finding in findings]
        if all(finding.severity == SEVERITIES[0] for finding in findings):
            _print_launch_commands(ctx, path)
    frame = _frame_of(rows)
    summary = _summary(rows, len(names))
    if people_of is None:
        summary += "; names without an email address are found with --people-of ORGANIZATION"
    result = reading.computed_frame(FINDINGS, frame, options, noun="findings", summary=summary)
    return result if len(result) else frames.with_answer(result, summary)


notebooks.add_command(check)


@notebooks.verb
def clean(
    ctx: CommandContext,
    file: File,
    out: Copy = None,
    in_place: InPlace = False,
    pseudonyms: MakeUp = False,
    keep_pictures: Pictures = False,
    people_of: PeopleOf = None,
) -> pd.DataFrame:
    """Write a copy of a notebook for sharing, without outputs or with pseudonyms.

    zenpro removes outputs and run metadata, and masks secrets wherever they appear. People who are named in the cells
    themselves stay, and zenpro lists them. With --pseudonyms, zenpro keeps the outputs and replaces each person and ID
    with the same made-up one in outputs and cells; counts are unchanged. It recognizes people by email addresses, by
    the names next to them, and by the lists of people in the outputs. It also knows the names in the DataFrames of this
    session and, with --people-of, those of an organization's members. Look through the copy for other names. zenpro
    checks the copy before it writes it.

    Examples:
        # Copy a notebook to this folder
        notebooks new quickstart
        # Write a copy without secrets to quickstart-to-share.ipynb
        notebooks clean quickstart.ipynb
        # Also replace people's names and emails with pseudonyms
        notebooks clean quickstart.ipynb --out to-share.ipynb --pseudonyms
        # Also replace the names of members that appear without an address
        notebooks clean quickstart.ipynb --out to-share.ipynb --pseudonyms --people-of acme
    """
    path = expand_home(file)
    line = f"{ctx.ui.name} {spell_context(click.get_current_context())}"
    if not path.is_file():
        raise UsageError(f"There is no file {str(path)!r}", hint="Check the name and the current folder.")
    target = _target(path, out, in_place=in_place)
    if keep_pictures and not pseudonyms:
        raise UsageError(
            "--keep-pictures requires --pseudonyms: without it, all outputs are removed", hint="Add --pseudonyms."
        )
    notebook = notebook_file.read(path)
    known = _known_names(ctx, people_of)
    if pseudonyms:
        cleaned = cleaning.with_pseudonyms(notebook, pictures=keep_pictures, known=known)
    else:
        cleaned = cleaning.without_outputs(notebook)
    original = NotebookScan(notebook, known=known)
    names = {} if pseudonyms else names_in_cells.names_in_cells(original, cleaned)
    replacing_line = f"{line} --pseudonyms" + ("" if out or in_place else f" --out {quoted(str(target))}")
    findings = [finding for finding in scan_notebook(cleaned) if not CHECKS[finding.check].is_about_running]
    findings = names_in_cells.with_names(findings, names, original, replacing_line)
    blocking = [finding for finding in findings if finding.check in _BLOCKING_CHECKS[pseudonyms]]
    if blocking:
        first = blocking[0]
        raise FindingsError(
            f"Nothing was written: {first.problem} is still in the {first.location} of {_cell(first)}",
            hint="Remove it manually, and run the command again.",
            findings=_frame_of([(file, finding) for finding in blocking]),
        )
    notebook_file.write(cleaned, target)
    if names:
        left = names_in_cells.names_left(names, original)
        ctx.ui.say(f"{target} still names {left}. Before you share it, replace them: `{replacing_line}`")
    masked = len(list(CHECKS["secret"].find(original)))
    secrets = f"{counted(masked, 'secret')} masked: revoke what {path} contains" if masked else "no secrets found"
    ctx.ui.say(f"wrote {target}, {'with made-up people' if pseudonyms else 'without outputs'}; {secrets}")
    if not names:
        ctx.ui.say(f"send {target}" + ("" if in_place else f", not {path}"))
    frame = _frame_of([(str(target), finding) for finding in findings])
    frames.declare(frame, FINDINGS)
    frames.describe(frame, server="", route="", time=datetime.now(UTC), noun="findings")
    return frame if len(frame) else frames.with_answer(frame, f"nothing is left to fix in {target}")


def _known_names(ctx: CommandContext, people_of: str | None) -> list[tuple[object, object]]:
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


def _target(path: Path, out: str | None, *, in_place: bool) -> Path:
    """Return the file to write."""
    if in_place and out is not None:
        raise UsageError("--in-place cannot be combined with --out", hint="Omit one of the two.")
    if in_place:
        return path
    target = path_to_share(path) if out is None else expand_home(out)
    if target.exists() and target.samefile(path):
        raise UsageError(f"--out {target} is the notebook itself", hint="Use --in-place to overwrite it.")
    return target


def _print_launch_commands(ctx: CommandContext, path: Path) -> None:
    """Print how others can run a notebook without findings to fix."""
    address, note = launch_lines.binder_address(path)
    ctx.ui.say(f"nothing to fix in {path}")
    line = launch_lines.papermill_command(path, notebook_file.read(path), sandbox=ctx.session.has_sandbox)
    ctx.ui.say(f"  papermill  {line}")
    ctx.ui.say(f"  Binder     {address}{f'  ({note})' if note else ''}")


def _frame_of(rows: Sequence[tuple[str, NotebookFinding]]) -> pd.DataFrame:
    names = ("severity", "check", "cell", "location", "problem", "fix")
    return frames.from_records(
        FINDINGS, [{**{name: getattr(row, name) or None for name in names}, "file": file} for file, row in rows]
    )


def _cell(finding: NotebookFinding) -> str:
    return f"cell {finding.cell}" if finding.cell else "the notebook"


def _summary(rows: Sequence[tuple[str, NotebookFinding]], files: int) -> str:
    counts = Counter(row.severity for _, row in rows)
    found = ", ".join(f"{counts[severity]} {severity}" for severity in _WORST_FIRST if counts[severity])
    return f"{found or 'nothing found'} in {counted(files, 'notebook')}"
