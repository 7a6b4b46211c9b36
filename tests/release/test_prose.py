"""`.ci/prose.py` finds phrases that are hard to read, where people read them, and nothing in code."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def prose() -> Any:
    """Return the script as a module."""
    spec = importlib.util.spec_from_file_location("prose", ROOT / ".ci/prose.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["prose"] = module
    spec.loader.exec_module(module)
    return module


def names(prose: Any, path: str, source: str, allowed: tuple[str, ...] = ()) -> list[tuple[int, str]]:
    """Return line and phrase of each hit."""
    return [(hit.line, hit.phrase.name) for hit in prose.find(path, source, allowed)]


@pytest.mark.parametrize(
    ("sentence", "phrase"),
    [
        ("A saved list is no plan file.", "is no"),
        ("The value stands behind the name.", "stands"),
        ("Each finding has a command that mends it.", "mend"),
        ("Whoever has no account is invited.", "whoever"),
        ("What is done already is no step.", "free relative"),
        ("A list shows the users that you see, and those that you may see.", "you may"),
        ("It is looked at the object.", "looked at"),
        ("Is it another one, nothing is missing.", "inverted if"),
        ("The table has one row a change.", "a row a change"),
        ("The command takes it back.", "take back"),
    ],
)
def test_a_phrase_is_found_in_pages_docstrings_comments_and_messages(prose: Any, sentence: str, phrase: str) -> None:
    assert phrase in dict(map(reversed, names(prose, "docs/page.md", f"# Title\n\n{sentence}\n")))
    source = f'"""Module.\n\n{sentence}\n"""\n# {sentence}\nMESSAGE = "{sentence}"\n'
    found = [line for line, name in names(prose, "zenpro_nb/module.py", source) if name == phrase]
    assert found == [1, 6, 5]
    notebook = json.dumps({"cells": [{"cell_type": "markdown", "source": [sentence]}]})
    assert phrase in dict(map(reversed, names(prose, "notebooks/page.ipynb", notebook)))


@pytest.mark.parametrize(
    "sentence",
    [
        "There is no account with this name.",
        "The key is no longer valid.",
        "The row may have changed.",
        "The name is looked up once.",
        "Ask the server's administrators.",
        "What is a capture?",
        "The pattern `is no plan` is code.",
    ],
)
def test_plain_sentences_are_left_alone(prose: Any, sentence: str) -> None:
    assert names(prose, "docs/page.md", sentence) == []


def test_code_on_a_page_is_not_read_and_lines_are_right(prose: Any) -> None:
    row = "| c | whoever reads the list |\n"
    page = "# Title\n\n```{shell}\necho whoever reads the list\n```\n\nText.\n\n| a | b |\n|---|---|\n" + row
    assert names(prose, "docs/page.md", page) == [(11, "whoever")]


def test_an_allowed_part_keeps_a_sentence(prose: Any) -> None:
    allowed = prose.allowed_parts("# comment\n\ndocs/page.md: whoever owns the key\n")
    assert allowed == {"docs/page.md": ["whoever owns the key"]}
    text = "ZenML says: whoever owns the key can use it.\n\nWhoever reads this can stop.\n"
    assert names(prose, "docs/page.md", text, tuple(allowed["docs/page.md"])) == [(3, "whoever")]
