"""notebooks clean and notebooks share: write a copy of a notebook for other people."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click

from zenpro_nb import frames
from zenpro_nb.commands.tool.notebook_check import FINDINGS, PeopleOf, frame_of, known_names
from zenpro_nb.commands.tool.notebooks import notebooks
from zenpro_nb.errors import FindingsError, UsageError
from zenpro_nb.files.paths import expand_home, path_to_share
from zenpro_nb.framework.declare import Arg, CommandContext, Opt
from zenpro_nb.sharing import cleaning, names_in_cells, notebook_file
from zenpro_nb.sharing.checks import CHECKS, NotebookFinding, scan_notebook
from zenpro_nb.sharing.notebook_scan import NotebookScan
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.unparse import quoted, spell_context

if TYPE_CHECKING:
    import pandas as pd

# Findings that stop the copy from being written, by whether pseudonyms are on: a copy called clean is not checked
# again.
_BLOCKING_CHECKS = {False: ("secret",), True: ("secret", "person")}

File = Annotated[str, Arg(click.Path(), metavar="FILE")]
Copy = Annotated[
    str | None,
    Opt("--out", type=click.Path(), metavar="COPY", help="Write the copy to this file (default: FILE-to-share.ipynb)."),
]
InPlace = Annotated[bool, Opt("--in-place", help="Overwrite the file itself.")]
MakeUp = Annotated[bool, Opt("--pseudonyms", help="Keep the outputs, and replace people and IDs with made-up ones.")]
Pictures = Annotated[bool, Opt("--keep-pictures", help="Keep pictures unchanged, with any names in them.")]


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
    return _write_copy(
        ctx, file, out, in_place=in_place, pseudonyms=pseudonyms, pictures=keep_pictures, people_of=people_of
    )


@notebooks.verb
def share(
    ctx: CommandContext, file: File, out: Copy = None, keep_pictures: Pictures = False, people_of: PeopleOf = None
) -> pd.DataFrame:
    """Write a copy of a notebook in which made-up people replace the real ones.

    It is `notebooks clean --pseudonyms`, whose help says how zenpro recognizes people.

    Examples:
        # Copy a notebook to this folder
        notebooks new quickstart
        # Write a copy without names to quickstart-to-share.ipynb
        notebooks share quickstart.ipynb
    """
    return _write_copy(ctx, file, out, in_place=False, pseudonyms=True, pictures=keep_pictures, people_of=people_of)


def _write_copy(
    ctx: CommandContext,
    file: str,
    out: str | None,
    *,
    in_place: bool,
    pseudonyms: bool,
    pictures: bool,
    people_of: str | None,
) -> pd.DataFrame:
    """Write the copy, and return what is left to fix in it."""
    path = expand_home(file)
    if not path.is_file():
        raise UsageError(f"There is no file {str(path)!r}", hint="Check the name and the current folder.")
    target = _target(path, out, in_place=in_place)
    if pictures and not pseudonyms:
        raise UsageError(
            "--keep-pictures requires --pseudonyms: without it, all outputs are removed", hint="Add --pseudonyms."
        )
    notebook = notebook_file.read(path)
    known = known_names(ctx, people_of)
    if pseudonyms:
        cleaned = cleaning.with_pseudonyms(notebook, pictures=pictures, known=known)
    else:
        cleaned = cleaning.without_outputs(notebook)
    original = NotebookScan(notebook, known=known)
    names = {} if pseudonyms else names_in_cells.names_in_cells(original, cleaned)
    replacing_line = f"{ctx.ui.name} {spell_context(click.get_current_context())} --pseudonyms"
    replacing_line += "" if out or in_place else f" --out {quoted(str(target))}"
    findings = [finding for finding in scan_notebook(cleaned) if not CHECKS[finding.check].is_about_running]
    findings = names_in_cells.with_names(findings, names, original, replacing_line)
    blocking = [finding for finding in findings if finding.check in _BLOCKING_CHECKS[pseudonyms]]
    if blocking:
        first = blocking[0]
        raise FindingsError(
            f"Nothing was written: {first.problem} is still in the {first.location} of {_cell(first)}",
            hint="Remove it manually, and run the command again.",
            findings=frame_of([(file, finding) for finding in blocking]),
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
    frame = frame_of([(str(target), finding) for finding in findings])
    frames.declare(frame, FINDINGS)
    frames.describe(frame, server="", route="", time=datetime.now(UTC), noun="findings")
    return frame if len(frame) else frames.with_answer(frame, f"nothing is left to fix in {target}")


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


def _cell(finding: NotebookFinding) -> str:
    return f"cell {finding.cell}" if finding.cell else "the notebook"
