"""The checks of a notebook before it is shared, each declared once, and their findings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.errors import UsageError
from zenpro_nb.sharing import cleaning, locations, media, notebook_file
from zenpro_nb.sharing.notebook_file import METADATA, OUTPUT, SOURCE
from zenpro_nb.sharing.notebook_scan import LineCheck, NotebookScan
from zenpro_nb.sharing.secrets import secret_fields, secrets_in

SEVERITIES = ("info", "low", "medium", "high")  # in ascending order
PARAMETERS = "parameters"  # the tag of papermill's parameters cell
_CLEAN = "`notebooks clean` creates a copy without outputs, and `notebooks share` one with pseudonyms."


class NotebookFinding(Struct, frozen=True):
    """An issue to fix before a notebook is shared.

    Attributes:
        cell: the number of the cell, counted from 1; None if it is about the notebook.
        location: the part of the cell.
        check: the check that found it.
        problem: a short description, which contains no secret.
        fix: the next step.
    """

    check: str
    problem: str
    fix: str
    cell: int | None = None
    location: str = ""

    @property
    def severity(self) -> str:
        """Return its severity."""
        return CHECKS[self.check].severity


class NotebookCheck(Struct, frozen=True):
    """One check.

    Attributes:
        is_about_running: it finds what stops the notebook when others run it, and reveals nothing.
    """

    name: str
    severity: str
    text: str
    find: Callable[[NotebookScan], Iterator[NotebookFinding]]
    is_about_running: bool = False


def scan_file(
    path: Path,
    allowed: Collection[str] = (),
    line_check: LineCheck | None = None,
    known: cleaning.KnownNames = (),
) -> list[NotebookFinding]:
    """Return the findings in a notebook, the most severe first; a file that is not a notebook is one finding.

    Raises:
        UsageError: the file does not exist.
    """
    if not path.is_file():
        raise UsageError(f"{path} does not exist")
    try:
        notebook = notebook_file.read(path)
    except UsageError as error:
        return [NotebookFinding("file", error.message, "Open it in JupyterLab, or get a new copy of it.")]
    return scan_notebook(notebook, allowed, line_check, known)


def scan_notebook(
    notebook: Any,
    allowed: Collection[str] = (),
    line_check: LineCheck | None = None,
    known: cleaning.KnownNames = (),
) -> list[NotebookFinding]:
    """Return the findings in a notebook that has been read, the most severe first."""
    scan = NotebookScan(notebook, frozenset(text.casefold().removeprefix("@") for text in allowed), known=known)
    if line_check is not None:
        scan.line_check = line_check
    findings = list(dict.fromkeys(finding for check in CHECKS.values() for finding in check.find(scan)))
    return sorted(findings, key=lambda finding: (-SEVERITIES.index(finding.severity), finding.cell or 0))


def _secrets(scan: NotebookScan) -> Iterator[NotebookFinding]:
    do = "Revoke it, because it was saved in the file, and remove it: use an environment variable or `login` instead."
    for text in scan.texts:
        for inner in text.inner:
            for spelling in {inner.text, inner.words}:
                for found in secrets_in(spelling, code=inner.code):
                    yield NotebookFinding("secret", found, do, text.cell, text.place)
    for number, cell in notebook_file.cells(scan.notebook):
        for place, data in ((OUTPUT, cell.get("outputs", [])), (METADATA, cell.metadata)):
            for found in secret_fields(notebook_file.records_of(data)):
                yield NotebookFinding("secret", found, do, number, place)
    for found in secret_fields(notebook_file.records_of(scan.notebook.metadata)):
        yield NotebookFinding("secret", found, do, None, METADATA)


def _people(scan: NotebookScan) -> Iterator[NotebookFinding]:
    """Find people in everything that a run has left: outputs, widget states, metadata."""
    if not scan.people:
        return
    by_place: dict[tuple[int | None, str], dict[str, None]] = {}
    for text in scan.texts:
        if text.place == SOURCE:
            continue
        names = by_place.setdefault((text.cell, text.place), {})
        for spelling in {spelling for inner in text.inner for spelling in (inner.text, inner.words)}:
            names.update((name, None) for _, _, name, _ in scan.matcher.find(spelling))
    for (cell, place), names in by_place.items():
        if names:
            yield NotebookFinding("person", _name_list(list(names)), _CLEAN, cell, place)


def _people_in_sources(scan: NotebookScan) -> Iterator[NotebookFinding]:
    do = "Make it a parameter. If it should stay, pass --allow with the address or its domain."
    for cell, names in scan.names_in_sources.items():
        if people := [name for name in names if not scan.is_example(name)]:
            yield NotebookFinding("person-in-source", _name_list(people), do, cell, SOURCE)


def _example_people(scan: NotebookScan) -> Iterator[NotebookFinding]:
    do = "It refers to a person only in a sandbox. `notebooks share` replaces it."
    for cell, names in scan.names_in_sources.items():
        if examples := [name for name in names if scan.is_example(name)]:
            yield NotebookFinding("example-person", _name_list(examples), do, cell, SOURCE)


def _homes(scan: NotebookScan) -> Iterator[NotebookFinding]:
    return _paths(scan, "home-path", locations.homes_in, "It reveals the owner of the machine. " + _CLEAN)


def _other_paths(scan: NotebookScan) -> Iterator[NotebookFinding]:
    return _paths(
        scan,
        "path",
        locations.paths_in,
        "It does not exist on other machines: use a relative path or a parameter.",
    )


def _paths(scan: NotebookScan, check: str, find: Callable[[str], Iterator[str]], do: str) -> Iterator[NotebookFinding]:
    for text in scan.texts:
        paths = list(dict.fromkeys(path for inner in text.inner for path in find(inner.words)))
        if paths:
            yield NotebookFinding(check, _name_list(paths), do, text.cell, text.place)


def _asks(scan: NotebookScan) -> Iterator[NotebookFinding]:
    for number, code in scan.code:
        for name in code.asks:
            yield NotebookFinding(
                "interactive", f"{name}() waits for keyboard input", "Make it a parameter.", number, SOURCE
            )


def _lines(scan: NotebookScan) -> Iterator[NotebookFinding]:
    """Find problems with lines, including lines that ask for input."""
    for number, code in scan.code:
        if code.error:
            yield NotebookFinding(
                "command",
                f"the cell is not valid Python: {code.error}",
                "Fix the code, or turn the cell into a Markdown cell.",
                number,
                SOURCE,
            )
        for line, body in code.lines:
            for problem in scan.line_check(line, body):
                yield NotebookFinding(problem.check, problem.problem, problem.fix, number, SOURCE)


def _parameters(scan: NotebookScan) -> Iterator[NotebookFinding]:
    if not scan.code or any(is_parameters(cell) for cell in scan.notebook.cells):
        return
    do = "Put the values that others will change into one cell near the top, and give it the tag `parameters`."
    yield NotebookFinding("parameters", "no cell has the tag `parameters`", do)


def _order(scan: NotebookScan) -> Iterator[NotebookFinding]:
    last = 0
    for number, cell in notebook_file.cells(scan.notebook):
        count = cell.get("execution_count")
        if not isinstance(count, int):
            continue
        if count <= last:
            found = f"was run as number {count}, after a later cell ran as number {last}"
            yield NotebookFinding("order", found, "Restart the kernel, run all cells, and save.", number, OUTPUT)
            return
        last = count


def _pictures(scan: NotebookScan) -> Iterator[NotebookFinding]:
    for number, cell in notebook_file.cells(scan.notebook):
        outputs = [output.get("data", {}) for output in cell.get("outputs", ())]
        searched = [outputs, cell.get("attachments", {}), cell.source if cell.cell_type != "code" else ""]
        hashes = sorted(
            {
                *notebook_file.pictures_in(searched),
                *(media.plain(mime) for data in outputs for mime in data if not media.is_text(mime)),
            }
        )
        if hashes:
            do = "Check the picture yourself: zenpro cannot read pictures."
            yield NotebookFinding("picture", f"a picture ({', '.join(hashes)})", do, number, OUTPUT)


def is_parameters(cell: Any) -> bool:
    """Return whether papermill replaces the values of this cell."""
    tags = cell.metadata.get("tags", ())
    return cell.cell_type == "code" and isinstance(tags, list) and PARAMETERS in tags


def _name_list(names: list[str]) -> str:
    more = len(names) - limits.NAMES_IN_REASON
    return ", ".join(names[: limits.NAMES_IN_REASON]) + (f" and {more:,} more" if more > 0 else "")


def _find_nothing(_: NotebookScan) -> Iterator[NotebookFinding]:
    yield from ()


_ALL_CHECKS = (
    NotebookCheck("file", "high", "The file is a valid notebook.", _find_nothing),
    NotebookCheck(
        "secret", "high", "Keys, tokens, and passwords in sources, outputs, widgets, and metadata.", _secrets
    ),
    NotebookCheck(
        "person",
        "medium",
        "Email addresses, names next to them, and names in lists of people, in the results of a run.",
        _people,
    ),
    NotebookCheck("home-path", "medium", "Paths in a user's home directory.", _homes),
    NotebookCheck(
        "interactive",
        "medium",
        "Cells that wait for input: login, confirmations, input().",
        _asks,
        is_about_running=True,
    ),
    NotebookCheck(
        "command",
        "medium",
        "Invalid %zenpro lines, and cells that are not valid Python.",
        _lines,
        is_about_running=True,
    ),
    NotebookCheck(
        "person-in-source",
        "low",
        "People in cells, by email address or full name, except examples.",
        _people_in_sources,
    ),
    NotebookCheck("path", "low", "Other absolute paths.", _other_paths),
    NotebookCheck("parameters", "low", "A cell with the tag `parameters`.", _parameters, is_about_running=True),
    NotebookCheck("order", "low", "Cells that were run from top to bottom.", _order, is_about_running=True),
    NotebookCheck(
        "example-person",
        "info",
        "Addresses in cells whose domain is reserved for examples, such as example.com, and the names next to them.",
        _example_people,
    ),
    NotebookCheck("picture", "info", "Pictures, which zenpro cannot read.", _pictures),
)
CHECKS = {check.name: check for check in _ALL_CHECKS}
