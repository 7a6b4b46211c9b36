"""The people who are still named in the cells of a copy without outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zenpro_nb import limits
from zenpro_nb.sharing import cleaning, notebook_file
from zenpro_nb.sharing.checks import SEVERITIES, NotebookFinding
from zenpro_nb.sharing.notebook_file import SOURCE
from zenpro_nb.sharing.people.names_in_sources import names_in_sources
from zenpro_nb.syntax.counts import counted

_CHECK, _EXAMPLES = "person-in-source", "example-person"


def names_in_cells(notebook: Any, copy: Any, known: cleaning.KnownNames = ()) -> dict[int | None, list[str]]:
    """Return the names and addresses of people in the cells of a copy, by the number of the cell.

    Addresses at `example.com` are included: in a sandbox, they are those of its people.

    Args:
        notebook: the original, whose outputs may show whose name is next to which address.
        copy: the copy without outputs.
        known: addresses and names of people who may be named there.
    """
    return names_in_sources(notebook_file.texts(copy), cleaning.pseudonyms_for(notebook, known).matcher)


def with_names(
    findings: Sequence[NotebookFinding], names: Mapping[int | None, Sequence[str]], line: str
) -> list[NotebookFinding]:
    """Return the findings, with those of people in cells replaced by the names that a copy still contains.

    Args:
        line: the command that replaces the people.
    """
    others = [finding for finding in findings if not (names and finding.check in (_CHECK, _EXAMPLES))]
    listed = [
        NotebookFinding(_CHECK, ", ".join(found), f"`{line}` replaces people in cells too.", cell, SOURCE)
        for cell, found in names.items()
    ]
    return sorted([*others, *listed], key=lambda finding: -SEVERITIES.index(finding.severity))


def names_left(names: Mapping[int | None, Sequence[str]]) -> str:
    """Return the sentence about names in the cells of a copy."""
    distinct = list(dict.fromkeys(name for found in names.values() for name in found))
    cells = f"cell {next(iter(names))}" if len(names) == 1 else f"{counted(len(names), 'cell')}"
    verb = "is" if len(distinct) == 1 else "are"
    more = len(distinct) - limits.NAMES_IN_REASON
    shown = ", ".join(distinct[: limits.NAMES_IN_REASON]) + (f" and {more:,} more" if more > 0 else "")
    return f"{counted(len(distinct), 'name')} of people {verb} still in {cells}: {shown}"
