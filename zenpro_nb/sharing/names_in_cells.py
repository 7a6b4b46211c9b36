"""The people who are still named in the cells of a copy without outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zenpro_nb import limits
from zenpro_nb.sharing import cleaning, notebook_file
from zenpro_nb.sharing.checks import SEVERITIES, NotebookFinding
from zenpro_nb.sharing.notebook_file import SOURCE
from zenpro_nb.sharing.notebook_scan import NotebookScan
from zenpro_nb.sharing.people.names_in_sources import names_in_sources
from zenpro_nb.syntax.counts import enumerated

_CHECK, _EXAMPLES = "person-in-source", "example-person"
NamesByCell = Mapping[int | None, Sequence[str]]


def names_in_cells(original: NotebookScan, copy: Any) -> dict[int | None, list[str]]:
    """Return the names and addresses of people in the cells of a copy, by the number of the cell.

    Addresses at `example.com` are included: in a sandbox, they are those of its people.

    Args:
        original: the notebook, whose outputs may show whose name is next to which address.
        copy: the copy without outputs.
    """
    matcher = cleaning.pseudonyms_for(original.notebook, original.known).matcher
    return names_in_sources(notebook_file.texts(copy), matcher)


def with_names(
    findings: Sequence[NotebookFinding], names: NamesByCell, original: NotebookScan, line: str
) -> list[NotebookFinding]:
    """Return the findings, with those of people in cells replaced by the names that a copy still contains.

    Args:
        line: the command that replaces the people.
    """
    others = [finding for finding in findings if not (names and finding.check in (_CHECK, _EXAMPLES))]
    for cell, found in names.items():
        for check, is_example in ((_CHECK, False), (_EXAMPLES, True)):
            if listed := [name for name in found if original.is_example(name) == is_example]:
                fix = f"`{line}` replaces people in cells too."
                others.append(NotebookFinding(check, ", ".join(listed), fix, cell, SOURCE))
    return sorted(others, key=lambda finding: -SEVERITIES.index(finding.severity))


def names_left(names: NamesByCell, original: NotebookScan) -> str:
    """Return how many people a copy still names, and where: "2 people in cell 3: Ada Lovelace, bob@corp.com"."""
    distinct = list(dict.fromkeys(name for found in names.values() for name in found))
    people = len({_person(name, original) for name in distinct})
    numbers = [str(cell) for cell in names]
    cells = f"cell{'s' if len(numbers) > 1 else ''} {enumerated(numbers, limits.NAMES_IN_REASON)}"
    more = len(distinct) - limits.NAMES_IN_REASON
    shown = ", ".join(distinct[: limits.NAMES_IN_REASON]) + (f" and {more:,} more" if more > 0 else "")
    return f"{'1 person' if people == 1 else f'{people:,} people'} in {cells}: {shown}"


def _person(name: str, original: NotebookScan) -> str:
    """Return the address of the person with this name or address; the name if none is known."""
    folded = name.casefold()
    for person in original.people:
        if folded in {person.address.casefold(), *(known.casefold() for known in person.names)}:
            return person.address.casefold() or folded
    return folded
