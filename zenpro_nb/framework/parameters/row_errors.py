"""One error about all rows of a table of people: broken ones, and those with names that do not exist."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import click

from zenpro_nb.errors import UnknownNameError, UsageError, ZenProError
from zenpro_nb.errors.joined import joined
from zenpro_nb.framework.parameters.person_in_table import PeopleTable, tables_of
from zenpro_nb.framework.parameters.table_rows import refusal

_UNSEEN = ", or you cannot see it"
_QUESTION = "Did you mean "


class RowErrors:
    """Collects the errors of look-ups for people, so that one error names all rows that need a correction.

    Args:
        people: the people as they were named, some of them in tables.
    """

    def __init__(self, people: Sequence[str]) -> None:
        self._tables = tables_of(people)
        self._errors: dict[tuple[str, str], UsageError] = {}

    def texts(self, kind: str) -> list[str]:
        """Return the texts of a kind in all rows, each once, including those of broken rows."""
        return list(dict.fromkeys(text for table in self._tables for of, text in table.places if of == kind))

    def look_up(self, kind: str, text: str, find: Callable[[str], object]) -> None:
        """Find what a text names: `role`, `team`, or `grant`. An error is kept for `raise_all`."""
        try:
            find(text)
        except UsageError as error:
            self._errors[kind, text] = error
        except click.UsageError as error:  # the text has the wrong form
            self._errors[kind, text] = UsageError(error.message)

    def raise_all(self) -> None:
        """Refuse the command if a look-up failed or a row is broken.

        Raises:
            UsageError: the error names all of them: first those of the line, otherwise those of a table.
        """
        for table in self._tables:
            errors = {key: error for key, error in self._errors.items() if key in table.places}
            of_line = [error for key, error in self._errors.items() if key not in table.places]
            if not of_line and (errors or table.problems):
                raise _refusal(table, errors)
        unknown = [error for error in self._errors.values() if isinstance(error, UnknownNameError)]
        for error in self._errors.values():
            raise joined(unknown) if len(unknown) == len(self._errors) else error


def require_sound(tables: Iterable[PeopleTable]) -> None:
    """Refuse tables with broken rows that the command has not refused itself.

    Raises:
        UsageError: a row of a table is broken.
    """
    for table in tables:
        if table.problems:
            raise _refusal(table, {})


def _refusal(table: PeopleTable, errors: Mapping[tuple[str, str], ZenProError]) -> UsageError:
    problems = [*table.problems.items()]
    hints = []
    for key, error in errors.items():
        text = error.message.removesuffix(_UNSEEN)
        question, is_suggested, _ = error.hint.partition("?")
        if is_suggested and question.startswith(_QUESTION):
            text = f"{text} ({question[0].lower()}{question[1:]}?)"
        elif error.hint:
            hints.append(error.hint)
        problems += [(place, f"{text[0].lower()}{text[1:]}") for place in table.places[key]]
    return refusal(table.name, problems, more=(*dict.fromkeys(hints), table.empty))
