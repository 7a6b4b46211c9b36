"""Every short page name in help and errors is the name of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from zenpro_nb import documentation, errors
from zenpro_nb.commands.tree import tree
from zenpro_nb.errors import CredentialError, SettingsError, UsageError, ZenProError

DOCS = Path(__file__).parents[2] / "docs"
CLASSES: list[type[ZenProError]] = [getattr(errors, name) for name in errors.__all__]


def _words(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if not command.hidden:
            yield (*before, name)
            if isinstance(command, click.Group) and name != "form":
                yield from _words(command, (*before, name))


def _missing(pages: set[str]) -> list[str]:
    return sorted(page for page in pages if not (DOCS / f"{page}.md").is_file())


def test_each_page_that_help_mentions_is_there() -> None:
    mentioned = {page for words in [(), *_words(tree)] for page in documentation.pages_of(words)}
    assert _missing(mentioned) == []


def test_each_command_with_pages_of_its_own_exists() -> None:
    pages = [path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md")]
    commands = {command for page in pages for command in documentation.commands_of(page)}
    assert commands
    assert commands <= {" ".join(words) for words in _words(tree)}


def test_each_page_that_an_error_mentions_is_there() -> None:
    assert _missing({cls.page for cls in CLASSES if cls.page}) == []


def test_an_error_mentions_its_page_in_its_one_line() -> None:
    told = "Documentation: reference/settings"
    assert SettingsError("It cannot be read").lines() == [f"SettingsError: It cannot be read. {told}"]
    assert CredentialError("There is none", page="reference/settings").lines() == [
        f"CredentialError: There is none. {told}"
    ]
    assert UsageError("No").lines() == ["UsageError: No"]


def test_every_mentioned_page_is_in_the_table() -> None:
    """A short name in a message or a comment is found by its kind."""
    kinds = "|".join(path.name for path in DOCS.iterdir() if (path / "index.md").is_file())
    name = re.compile(rf"\b(?:{kinds})/[a-z/-]*[a-z](?![\w/-])")
    texts = [path.read_text(encoding="utf-8") for path in Path(documentation.__file__).parent.rglob("*.py")]
    assert _missing({item for text in texts for item in name.findall(text)}) == []


def test_a_url_is_shown_if_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert documentation.reference_to(["how-to/sql", "how-to/reviews"]) == "Documentation: how-to/sql, how-to/reviews"
    monkeypatch.setattr(documentation, "ADDRESS", "https://pages.example.com/en")
    assert documentation.reference_to(["how-to/sql"]) == "Documentation: https://pages.example.com/en/how-to/sql.html"
