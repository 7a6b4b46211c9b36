"""What is looked for in a notebook before it is given away: each check declared once, and what they find."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.errors import UsageError
from zenpro_nb.sharing import locations, media, notebook_file, source
from zenpro_nb.sharing.matching import Matcher
from zenpro_nb.sharing.notebook_file import METADATA, OUTPUT, SOURCE, Text
from zenpro_nb.sharing.people import Person, addresses, is_reserved, people_in
from zenpro_nb.sharing.pseudonyms import Pseudonyms
from zenpro_nb.sharing.secrets import secret_fields, secrets_in

SEVERITIES = ("info", "low", "medium", "high")  # from the least on
PARAMETERS = "parameters"  # the tag of papermill's cell
_CLEAN = "`notebooks clean` makes a copy without outputs, or with --pseudonyms one with made-up people."


class Finding(Struct, frozen=True):
    """Something that should be looked at before a notebook is given away.

    Attributes:
        cell: the number of the cell, from 1 on; None where it is about the notebook.
        place: where in the cell.
        check: which check has found it.
        found: what it is, in a few words that tell no secret.
        do: what to do.
    """

    check: str
    found: str
    do: str
    cell: int | None = None
    place: str = ""

    @property
    def severity(self) -> str:
        """Return how bad it is."""
        return CHECKS[self.check].severity


class LineProblem(Struct, frozen=True):
    """What is wrong with a line of `%zenpro`: it does not parse (`line`), or asks somebody (`asks`)."""

    check: str
    found: str
    do: str


LineCheck = Callable[[str, "str | None"], Iterable[LineProblem]]


class Looked(Struct, dict=True):
    """A notebook that is looked through, with what several checks need of it.

    Attributes:
        allowed: domains and addresses that may stand in it.
        line_check: says what is wrong with a line, and with the cell below it.
    """

    notebook: Any
    allowed: frozenset[str] = frozenset()
    line_check: LineCheck = lambda _line, _body: ()

    @cached_property
    def texts(self) -> list[Text]:
        """Return every text of the notebook."""
        return list(notebook_file.texts(self.notebook))

    @cached_property
    def people(self) -> list[Person]:
        """Return everybody who is named in it, and not allowed to be."""
        found = people_in(self.texts, notebook_file.records(self.notebook))
        return [person for person in found if not self.allows(person.address)]

    @cached_property
    def matcher(self) -> Matcher:
        """Return what finds them: by their addresses, accounts and names, and by parts of these."""
        return Pseudonyms(self.people).matcher

    @cached_property
    def code(self) -> list[tuple[int, source.Code]]:
        """Return its cells of code, read."""
        cells = notebook_file.cells(self.notebook)
        return [(number, source.read(cell.source)) for number, cell in cells if cell.cell_type == "code"]

    def allows(self, address: str) -> bool:
        """Return whether an address may stand in it."""
        folded = address.casefold()
        return folded in self.allowed or folded.rpartition("@")[2] in self.allowed


class Check(Struct, frozen=True):
    """One thing that is looked for."""

    name: str
    severity: str
    text: str
    find: Callable[[Looked], Iterator[Finding]]


def look_through(path: Path, allowed: Collection[str] = (), line_check: LineCheck | None = None) -> list[Finding]:
    """Return what is found in a notebook, the worst first; a file that is none is one finding.

    Raises:
        UsageError: there is no such file.
    """
    if not path.is_file():
        raise UsageError(f"There is no file {path}")
    try:
        notebook = notebook_file.read(path)
    except UsageError as error:
        return [Finding("file", error.message, "Open it in JupyterLab, or get it again from where it came.")]
    return look_at(notebook, allowed, line_check)


def look_at(notebook: Any, allowed: Collection[str] = (), line_check: LineCheck | None = None) -> list[Finding]:
    """Return what is found in a notebook that was read, the worst first."""
    looked = Looked(notebook, frozenset(text.casefold().removeprefix("@") for text in allowed))
    if line_check is not None:
        looked.line_check = line_check
    found = list(dict.fromkeys(finding for check in CHECKS.values() for finding in check.find(looked)))
    return sorted(found, key=lambda finding: (-SEVERITIES.index(finding.severity), finding.cell or 0))


def _secrets(looked: Looked) -> Iterator[Finding]:
    do = "Revoke it, since it has been written down, and take it out: the environment or `login` is the place for it."
    for text in looked.texts:
        for inner in text.inner:
            for spelling in {inner.text, inner.words}:
                for found in secrets_in(spelling, code=inner.code):
                    yield Finding("secret", found, do, text.cell, text.place)
    for number, cell in notebook_file.cells(looked.notebook):
        for found in secret_fields(notebook_file.records_of(cell.get("outputs", []))):
            yield Finding("secret", found, do, number, OUTPUT)
    for found in secret_fields(notebook_file.records_of(looked.notebook.metadata)):
        yield Finding("secret", found, do, None, METADATA)


def _people(looked: Looked) -> Iterator[Finding]:
    """Find people in what a run has left: outputs, the state of widgets, metadata."""
    if not looked.people:
        return
    by_place: dict[tuple[int | None, str], dict[str, None]] = {}
    for text in looked.texts:
        if text.place == SOURCE:
            continue
        named = by_place.setdefault((text.cell, text.place), {})
        for spelling in {spelling for inner in text.inner for spelling in (inner.text, inner.words)}:
            named.update((name, None) for _, _, name, _ in looked.matcher.find(spelling))
    for (cell, place), named in by_place.items():
        if named:
            yield Finding("person", _listed(list(named)), _CLEAN, cell, place)


def _people_in_sources(looked: Looked) -> Iterator[Finding]:
    do = "Make it a parameter, or say --allow with the address or its domain where it is meant to stand there."
    for text in looked.texts:
        if text.place == SOURCE:
            there = [
                found
                for inner in text.inner
                for found in addresses(inner.text)
                if not (looked.allows(found) or is_reserved(found))
            ]
            if there:
                yield Finding("person-in-source", _listed(list(dict.fromkeys(there))), do, text.cell, SOURCE)


def _homes(looked: Looked) -> Iterator[Finding]:
    return _paths(looked, "home-path", locations.homes_in, "It names whose machine it was. " + _CLEAN)


def _other_paths(looked: Looked) -> Iterator[Finding]:
    return _paths(looked, "path", locations.paths_in, "No other machine has it: write a relative path or a parameter.")


def _paths(looked: Looked, check: str, find: Callable[[str], Iterator[str]], do: str) -> Iterator[Finding]:
    for text in looked.texts:
        found = list(dict.fromkeys(path for inner in text.inner for path in find(inner.words)))
        if found:
            yield Finding(check, _listed(found), do, text.cell, text.place)


def _asks(looked: Looked) -> Iterator[Finding]:
    for number, code in looked.code:
        for name in code.asks:
            yield Finding("asks", f"{name}() waits for somebody to type", "Make it a parameter.", number, SOURCE)


def _lines(looked: Looked) -> Iterator[Finding]:
    """Find what is wrong with lines; a line that asks is found here, too."""
    for number, code in looked.code:
        if code.error:
            yield Finding("line", f"the cell is no Python: {code.error}", "Mend it, or make it text.", number, SOURCE)
        for line, body in code.lines:
            for problem in looked.line_check(line, body):
                yield Finding(problem.check, problem.found, problem.do, number, SOURCE)


def _parameters(looked: Looked) -> Iterator[Finding]:
    if not looked.code or any(is_parameters(cell) for cell in looked.notebook.cells):
        return
    do = "Put what others will change into one cell near the top, and give it the tag `parameters`."
    yield Finding("parameters", "no cell has the tag `parameters`", do)


def _order(looked: Looked) -> Iterator[Finding]:
    last = 0
    for number, cell in notebook_file.cells(looked.notebook):
        count = cell.get("execution_count")
        if not isinstance(count, int):
            continue
        if count <= last:
            found = f"was run as number {count}, and a cell above it as number {last}"
            yield Finding("order", found, "Restart the kernel, run all cells, and save.", number, OUTPUT)
            return
        last = count


def _pictures(looked: Looked) -> Iterator[Finding]:
    for number, cell in notebook_file.cells(looked.notebook):
        outputs = [output.get("data", {}) for output in cell.get("outputs", ())]
        held = [outputs, cell.get("attachments", {}), cell.source if cell.cell_type != "code" else ""]
        seen = sorted(
            {
                *notebook_file.pictures_in(held),
                *(media.plain(mime) for data in outputs for mime in data if not media.is_text(mime)),
            }
        )
        if seen:
            do = "Look at it: what is drawn there is read by nobody here."
            yield Finding("picture", f"a picture ({', '.join(seen)})", do, number, OUTPUT)


def is_parameters(cell: Any) -> bool:
    """Return whether a cell is the one whose values papermill replaces."""
    tags = cell.metadata.get("tags", ())
    return cell.cell_type == "code" and isinstance(tags, list) and PARAMETERS in tags


def _listed(names: list[str]) -> str:
    more = len(names) - limits.NAMED
    return ", ".join(names[: limits.NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _never(_: Looked) -> Iterator[Finding]:
    yield from ()


_EVERY = (
    Check("file", "high", "The file can be read as a notebook.", _never),
    Check("secret", "high", "Keys, tokens and passwords: in sources, outputs, widgets, metadata.", _secrets),
    Check("person", "medium", "Addresses, and names beside them, in what a run has left.", _people),
    Check("home-path", "medium", "Paths in somebody's home directory.", _homes),
    Check("asks", "medium", "Cells that wait for an answer: login, a question without --yes, input().", _asks),
    Check("line", "medium", "Lines of %zenpro that this version does not take, cells that are no Python.", _lines),
    Check("person-in-source", "low", "Addresses in cells, those of example.com aside.", _people_in_sources),
    Check("path", "low", "Other absolute paths.", _other_paths),
    Check("parameters", "low", "A cell with the tag `parameters`.", _parameters),
    Check("order", "low", "Cells were run from top to bottom.", _order),
    Check("picture", "info", "Pictures, in which nobody reads here.", _pictures),
)
CHECKS = {check.name: check for check in _EVERY}
