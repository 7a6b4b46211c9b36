"""Rows of table files with their numbers, and what is wrong with single rows.

A CSV file is read line by line: an editor shows the same line numbers, and one broken line does not hide the others.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.errors import UsageError
from zenpro_nb.syntax.counts import counted, enumerated, plural

if TYPE_CHECKING:
    import pandas as pd

_FIX = "Nothing was sent. Correct the file, and run the command again."
_QUOTES = "Put quotes around a value that contains the separator."
# The messages of Python's csv module, by their beginning.
_MISTAKES = {
    "unexpected end of data": "a quotation mark is not closed",
    "',' expected after": "text follows a closing quotation mark",
    "field larger": "a value is too long",
}

NumberedCells = tuple[int, Sequence[str]]


class TableRows(Struct, frozen=True):
    """The rows of a table.

    Attributes:
        frame: the rows without the broken ones.
        places: the position of each of these rows, such as `line 12`.
        blank: the positions of blank lines before the last row.
        problems: by position, what is wrong with the broken rows.
    """

    frame: pd.DataFrame
    places: Sequence[str]
    blank: Sequence[str] = ()
    problems: Mapping[str, str] = {}


def of_frame(frame: pd.DataFrame) -> TableRows:
    """Return the rows of a DataFrame, counted from 1."""
    return TableRows(frame, [f"row {number}" for number in range(1, len(frame) + 1)])


def of_csv(path: Path) -> TableRows:
    """Read a CSV file. IDs and names stay unchanged; empty cells become missing values.

    Raises:
        ValueError: it has no header, or is not a text.
    """
    problems: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return of_cells(_cells(file.readlines(), problems), "line", problems)
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text; in Excel, save it as 'CSV UTF-8'") from None


def of_cells(numbered: Iterable[NumberedCells], unit: str, problems: dict[str, str]) -> TableRows:
    """Return a table of cells, of which the first row is the header.

    Args:
        unit: the word before a number: line, row.
        problems: those that are known; problems with the number of cells are added.

    Raises:
        ValueError: the header is missing or not unique.
    """
    import pandas as pd

    rows = iter(numbered)
    header = next((cells for _, cells in rows if any(cells)), None)
    if header is None:
        raise ValueError("it is empty")
    names = [name or f"Unnamed: {at}" for at, name in enumerate(header)]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise ValueError(f"its header contains {twice[0]!r} twice")
    table, places = list[list[str | None]](), list[str]()
    blank, blank_at_end = list[str](), list[str]()
    for number, cells in rows:
        if not cells:
            blank_at_end.append(f"{unit} {number}")
            continue
        blank, blank_at_end = [*blank, *blank_at_end], []
        if len(cells) > len(names):
            problems[f"{unit} {number}"] = f"{counted(len(cells), 'value')}, but the header has {len(names)}"
            continue
        table.append([cell or None for cell in cells] + [None] * (len(names) - len(cells)))
        places.append(f"{unit} {number}")
    return TableRows(pd.DataFrame(table, columns=names, dtype="string"), places, blank, problems)


def refusal(name: str, problems: Sequence[tuple[str, str]], more: Sequence[str] = ()) -> UsageError:
    """Return the one error about all broken rows of a table.

    Args:
        problems: positions, each with what is wrong there.
        more: further sentences for the hint.

    >>> print(refusal("people.csv", [("line 7", "'ada' is not an email address")]).message)
    people.csv, line 7: 'ada' is not an email address
    """
    places: dict[str, list[str]] = {}
    for place, problem in sorted(problems, key=lambda item: _number(item[0])):
        places.setdefault(problem, []).append(place)
    quotes = _QUOTES if any("the header has" in problem for problem in places) else ""
    hint = " ".join(filter(None, (_FIX, quotes, *more)))
    bad = {place for place, _ in problems}
    unit = problems[0][0].split()[0]
    shown = [f"{numbers(rows)}: {problem}" for problem, rows in [*places.items()][: limits.BAD_LINES_NAMED]]
    if len(bad) == 1:
        text = "; ".join(places)
        return UsageError(f"{name}, {problems[0][0]}: {text}", hint=hint)
    left_out = {place for rows in [*places.values()][limits.BAD_LINES_NAMED :] for place in rows}
    text = "; ".join([*shown, *([f"and {counted(len(left_out), unit)} more"] if left_out else [])])
    return UsageError(f"{name} has {counted(len(bad), f'bad {unit}')}: {text}", hint=hint)


def numbers(places: Sequence[str]) -> str:
    """Return positions as words.

    >>> numbers(["line 7"]), numbers(["line 7", "line 9"])
    ('line 7', 'lines 7 and 9')
    """
    if len(places) == 1:
        return places[0]
    only_numbers = [place.partition(" ")[2] for place in places]
    return f"{plural(places[0].split()[0])} {enumerated(only_numbers, limits.BAD_LINES_NAMED)}"


def _number(place: str) -> int:
    return int(number) if (number := place.split()[-1]).isdigit() else 0


def _cells(lines: Sequence[str], problems: dict[str, str]) -> Iterator[NumberedCells]:
    """Yield the cells of each line, with the number of its first line; note what is wrong with the others."""
    delimiter = _delimiter(next(filter(str.strip, lines), ""))
    reader = csv.reader(lines, strict=True, delimiter=delimiter)
    while True:
        number = reader.line_num + 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = str(error).replace(f"'{delimiter}'", "','")
            words = (text for start, text in _MISTAKES.items() if message.startswith(start))
            problems[f"line {number}"] = next(words, "it cannot be read as CSV")


def _delimiter(header: str) -> str:
    r"""Return what separates the values of a header: Excel writes semicolons in many languages.

    >>> _delimiter("email;role"), _delimiter("email,role"), _delimiter("email\trole"), _delimiter("email")
    (';', ',', '\t', ',')
    """
    return next((sign for sign in ",;\t" if sign in header), ",")
