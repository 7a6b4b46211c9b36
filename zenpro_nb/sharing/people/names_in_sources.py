"""Find the people who are named in the cells of a notebook themselves: in code, text, and headings."""

from __future__ import annotations

from collections.abc import Iterable

from zenpro_nb.sharing.notebook_file import SOURCE, NotebookText
from zenpro_nb.sharing.words.matching import Matcher


def names_in_sources(texts: Iterable[NotebookText], matcher: Matcher) -> dict[int | None, list[str]]:
    """Return the addresses and full names of people in the sources of cells, by the number of the cell.

    Args:
        texts: every text of a notebook.
        matcher: the matcher of the people who may be named there.
    """
    found: dict[int | None, list[str]] = {}
    for text in texts:
        if text.place != SOURCE:
            continue
        names = [
            inner.text[start:end]
            for inner in text.inner
            for start, end, term, _ in matcher.find(inner.text)
            if "@" in term or " " in term  # one word can be a variable
        ]
        if names:
            found[text.cell] = list(dict.fromkeys(names))
    return found
