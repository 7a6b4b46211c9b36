"""A notebook under inspection, with the data that several checks need."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from msgspec import Struct

from zenpro_nb.sharing import cleaning, notebook_file, source
from zenpro_nb.sharing.notebook_file import NotebookText
from zenpro_nb.sharing.people.addresses import is_reserved
from zenpro_nb.sharing.people.named_people import NamedPerson
from zenpro_nb.sharing.people.names_in_sources import names_in_sources
from zenpro_nb.sharing.people.pseudonyms import Pseudonyms
from zenpro_nb.sharing.words.matching import Matcher


class LineProblem(Struct, frozen=True):
    """The problem with a `%zenpro` line: it does not parse (`command`), or it waits for input (`interactive`)."""

    check: str
    problem: str
    fix: str


LineCheck = Callable[[str, "str | None"], Iterable[LineProblem]]


class NotebookScan(Struct, dict=True):
    """A notebook under inspection, with data that several checks need.

    Attributes:
        allowed: domains and addresses that may appear in it.
        line_check: returns the problem with a line and the cell text below it.
        known: addresses and names of people who may be named in it without their address.
    """

    notebook: Any
    allowed: frozenset[str] = frozenset()
    known: cleaning.KnownNames = ()
    line_check: LineCheck = lambda _line, _body: ()

    @cached_property
    def texts(self) -> list[NotebookText]:
        """Return every text of the notebook."""
        return list(notebook_file.texts(self.notebook))

    @cached_property
    def people(self) -> list[NamedPerson]:
        """Return everyone named in it, except those who are allowed."""
        people = cleaning.people_of(self.notebook, self.texts, self.known)
        return [person for person in people if not self.allows(person.address)]

    @cached_property
    def matcher(self) -> Matcher:
        """Return the matcher of these people: their addresses, accounts and names, and parts of these."""
        return Pseudonyms(self.people).matcher

    @cached_property
    def names_in_sources(self) -> dict[int | None, list[str]]:
        """Return the people who are named in the cells themselves, by the number of the cell."""
        return names_in_sources(self.texts, self.matcher)

    @cached_property
    def _names_of_examples(self) -> set[str]:
        names: dict[bool, set[str]] = {True: set(), False: set()}
        for person in self.people:
            names[is_reserved(person.address)].update(name.casefold() for name in person.names)
        return names[True] - names[False]

    def is_example(self, name: str) -> bool:
        """Return whether an address, or the name of its owner, is only an example."""
        return is_reserved(name) or name.casefold() in self._names_of_examples

    @cached_property
    def code(self) -> list[tuple[int, source.Code]]:
        """Return its parsed code cells."""
        cells = notebook_file.cells(self.notebook)
        return [(number, source.read(cell.source)) for number, cell in cells if cell.cell_type == "code"]

    def allows(self, address: str) -> bool:
        """Return whether an address may appear in it."""
        folded_address = address.casefold()
        return folded_address in self.allowed or folded_address.rpartition("@")[2] in self.allowed
