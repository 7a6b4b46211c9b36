"""docs: find a page of the documentation by the words of a task, a command, or a message."""

from __future__ import annotations

import re
import webbrowser
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click
from msgspec import Struct

from zenpro_nb import documentation, frames
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.framework.declare import Arg, CommandContext, ListOptions, Opt, listing, reading
from zenpro_nb.resources import Column, Display, Table
from zenpro_nb.syntax.unparse import spell_context

if TYPE_CHECKING:
    import pandas as pd

_MATCHES = 5  # pages that are shown for a topic
_EXACT, _COMMAND, _PHRASE, _TITLE, _NOUN, _SEARCH, _GUIDE = 60, 40, 12, 6, 5, 4, 3
_COMMAND_WORDS = 2  # a noun and a verb; more words are a question that begins with a noun, like "api key rotate"
_WORD = re.compile(r"[\w-]+")
# Words of a question that no page is found by.
_IGNORED = {
    "a", "an", "and", "are", "can", "do", "does", "for", "from", "how", "i", "in", "is", "it", "my", "of", "on", "or",
    "has", "have", "not", "the", "to", "we", "what", "when", "where", "which", "who", "why", "with",
}  # fmt: skip

DOCS = Table(
    noun="docs",
    help="Find a page of the documentation.\n\nWithout a topic, lists all pages.",
    columns=(
        Column("page", help="short name of the page, as in `--help` and errors"),
        Column("title", help="title of the page", display=Display.PROSE),
        Column("address", help="address of the page, or its file in a copy of the repository"),
    ),
    label="title",
    # No route: the list of pages is part of the package.
)
Topic = Annotated[tuple[str, ...], Arg(metavar="[TOPIC]…")]
Open = Annotated[bool, Opt("--open", help="Open the best match in the browser.")]


class _Page(Struct, frozen=True):
    name: str
    title: str
    phrases: tuple[str, ...]

    @property
    def address(self) -> str:
        """Return the address, or the file in a checkout, or else the short name."""
        if documentation.ADDRESS:
            return f"{documentation.ADDRESS}/{self.name}.html"
        file = Path(__file__).parents[3] / "docs" / f"{self.name}.md"
        return str(file) if file.is_file() else self.name


@listing(DOCS)
def docs(ctx: CommandContext, options: ListOptions, topic: Topic = (), open_: Open = False) -> pd.DataFrame:
    """Find a page of the documentation. Works offline.

    Examples:
        # Find the guide for a task
        docs offboard someone
        # Open the page about a problem in the browser
        docs my key expired --open
        # List all guides
        docs --where page~how-to --columns title
    """
    pages = _pages()
    matches = _matching(pages, topic) if topic else pages
    if topic and not matches:
        raise UnknownNameError(
            f"No page of the documentation is about {' '.join(topic)!r}",
            hint=f"Run `{ctx.ui.name} docs` to list all pages.",
        )
    if open_:
        _open(matches[0], topic)
    records = [{"page": page.name, "title": page.title, "address": page.address} for page in matches]
    frame = reading.computed_frame(DOCS, frames.from_records(DOCS, records), options)
    if topic:
        from zenpro_nb.commands.tool.docs_pages import VIEW  # registers the view

        frame.attrs["zenpro"] |= {"view": VIEW}
        if matches[0].address != matches[0].name and not open_:
            line = f"{ctx.ui.name} {spell_context(click.get_current_context())} --open"
            ctx.ui.say(f"to open the {'page' if len(matches) == 1 else 'first page'}: `{line}`")
    return frame


def _pages() -> list[_Page]:
    text = files("zenpro_nb").joinpath("documentation.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return [
        _Page(name, title, tuple(phrase for phrase in phrases.split("|") if phrase)) for name, title, phrases in rows
    ]


def _matching(pages: Sequence[_Page], topic: Sequence[str]) -> list[_Page]:
    """Return the pages about a topic, the best first."""
    words = " ".join(topic).split()
    about = documentation.pages_of(words) if _is_command(pages, words) else ()
    bonus = _COMMAND if len(words) <= _COMMAND_WORDS else _NOUN
    scores = {page.name: _score(page, words) + (bonus - place if page.name in about else 0)
              for place, page in enumerate(sorted(pages, key=lambda page: _place(page, about)))}  # fmt: skip
    best = sorted((page for page in pages if scores[page.name]), key=lambda page: -scores[page.name])
    return best[:_MATCHES]


def _place(page: _Page, about: Sequence[str]) -> int:
    return about.index(page.name) if page.name in about else len(about)


def _is_command(pages: Sequence[_Page], words: Sequence[str]) -> bool:
    return any(page.name == f"reference/commands/{words[0]}" for page in pages)


def _score(page: _Page, words: Sequence[str]) -> int:
    question = " ".join(words).casefold().strip("?")
    if question in (page.name, page.name.rpartition("/")[2]):
        return 2 * _EXACT
    exact = _EXACT if question in (page.title.casefold().strip("?"), *map(str.casefold, page.phrases)) else 0
    question_words = {word for word in _words(question) if word not in _IGNORED}
    title = question_words & _words(page.title)
    phrases = question_words & {word for phrase in page.phrases for word in _words(phrase)}
    has_phrase = any(" " in phrase and f" {phrase.casefold()} " in f" {question} " for phrase in page.phrases)
    score = exact + _TITLE * len(title) + _SEARCH * len(phrases) + _PHRASE * has_phrase
    return score + _GUIDE if score and page.name.startswith("how-to/") else score


def _words(text: str) -> set[str]:
    """Return the words of a text, without the plural."""
    return {word.casefold().removesuffix("s") for word in _WORD.findall(text)}


def _open(page: _Page, topic: Sequence[str]) -> None:
    if not topic:
        raise UsageError("--open requires a topic", hint="For example: docs offboard someone --open.")
    address = page.address
    if address == page.name:
        raise UsageError(
            f"{page.name} cannot be opened: the documentation is not installed with the package",
            hint="Open it in a copy of the repository, in the folder docs.",
        )
    webbrowser.open(address if "://" in address else Path(address).as_uri())
