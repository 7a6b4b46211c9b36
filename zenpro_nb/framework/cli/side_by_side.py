"""Refuse two columns that are meant row by row: `users onboard {df.email} --team {df.team}`.

The values of an option apply to everyone in the line. Read that way, such a line would add all people to all teams.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from zenpro_nb.errors import UsageError
from zenpro_nb.syntax.placeholders import Placeholders
from zenpro_nb.syntax.unparse import quoted

_COLUMN = re.compile(r"\{\s*([A-Za-z_]\w*)(?:\.(\w+)|\[['\"]([^'\"]+)['\"]\])\s*\}")
_EMAIL = "email"


def columns_per_person(params: Sequence[click.Parameter]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the parameters whose files have columns per person, and the kind of each option that sets one for all.

    Both are empty for a command that reads no such columns.
    """
    people = [param for param in params if _reads(param)]
    kinds = {str(param.name): str(param.name).removesuffix("s") for param in params if isinstance(param, click.Option)}
    read = {kind for param in people for kind in _reads(param)}
    return tuple(str(param.name) for param in people), {name: kind for name, kind in kinds.items() if kind in read}


def _reads(param: click.Parameter) -> Sequence[str]:
    reads: Sequence[str] = getattr(param.type, "reads", ())
    return reads


def refuse_columns_side_by_side(
    values: Placeholders,
    options: Mapping[str, Any],
    people: Sequence[str],
    for_everyone: Mapping[str, str],
    complete: Callable[[str, str, str], str],
) -> None:
    """Refuse a column of people next to a column of roles, teams or grants with as many rows.

    Args:
        complete: returns the line that reads both row by row, from the two columns as typed and the new word for them.

    Raises:
        UsageError: there are such columns; the hint contains the line that reads them row by row.
    """
    columns = [column for name in people for column in _columns(values, options.get(name))]
    wide_columns = [column for column in columns if len(column[0]) > 1]
    for name, kind in for_everyone.items():
        for cells, source in _columns(values, options.get(name)):
            for persons, of_people in wide_columns:
                if len(cells) == len(persons):
                    raise UsageError(
                        f"{of_people} and {source} are not read row by row: an option applies to all "
                        f"{len(persons):,} people",
                        hint=_advice(of_people, source, kind, complete),
                    )


def _columns(values: Placeholders, words: Any) -> list[tuple[list[Any], str]]:
    """Return the list-like values among the words, each with the text that refers to it."""
    words_given = words if isinstance(words, list | tuple) else [words]
    columns = [(values.items_of(word), word) for word in words_given if isinstance(word, str)]
    return [(items, values.as_typed(word)) for items, word in columns if items is not None]


def _advice(of_people: str, source: str, kind: str, complete: Callable[[str, str, str], str]) -> str:
    people, cells = _COLUMN.fullmatch(of_people), _COLUMN.fullmatch(source)
    if people is not None and cells is not None and people[1] == cells[1]:
        headings = [(match[2] or match[3]).casefold() for match in (people, cells)]
        if headings[0] == _EMAIL and headings[1] in (kind, f"{kind}s"):
            return f"Use `{complete(of_people, source, f'${people[1]}')}`: it reads the columns per person."
    columns = ", ".join(f'"{name}": {text.strip("${} ")}' for name, text in ((_EMAIL, of_people), (kind, source)))
    frame = f"people = pd.DataFrame({{{columns}}})"
    return f"Run `{frame}` and then `{complete(of_people, source, '$people')}`: it reads the columns per person."


def line_with(words: Sequence[str], values: Placeholders, of_people: str, source: str, table: str) -> list[str]:
    """Return the words of a line with a table in place of the two columns, and without the option of the second."""
    texts = [values.as_typed(word) for word in words]
    spellings = [quoted(word) if text == word else text for word, text in zip(words, texts, strict=True)]
    line: list[str] = []
    for text, spelling in zip(texts, spellings, strict=True):
        if text == source and line:
            line.pop()  # the option before it
        elif text == of_people:
            line[-1:] = [*([] if line[-1:] and line[-1].startswith("--") else line[-1:]), table]
        elif not text.endswith(f"={source}"):
            line.append(spelling)
    return line
