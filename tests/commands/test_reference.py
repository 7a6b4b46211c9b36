"""The reference page is current."""

from __future__ import annotations

from pathlib import Path

from zenpro_nb.commands.reference import as_markdown

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_markdown(), "python docs/generate.py"
