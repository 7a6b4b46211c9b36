"""The page of messages quotes messages that the package has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import zenpro_nb

PAGE = Path(__file__).parents[2] / "docs/reference/messages.md"
ROW = re.compile(r"^\| (`+) ?(?P<message>.+?) ?\1 \|", re.MULTILINE)
SHORTEST = 4  # letters of a part between two placeholders that is looked for


def _messages() -> list[str]:
    return [row["message"] for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))]


@cache
def _texts() -> str:
    """Return every text in the source, with a mark for each value that is inserted."""
    paths = Path(zenpro_nb.__file__).parent.rglob("*.py")
    return "\n".join(text for path in paths for text in _of(ast.parse(path.read_text(encoding="utf-8"))))


def _of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
            yield "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_the_page_has_rows() -> None:
    assert len(_messages()) > 40


@pytest.mark.parametrize("message", _messages())
def test_each_message_is_in_the_source(message: str) -> None:
    parts = [part.strip() for part in message.split("…") if len(part.strip()) >= SHORTEST]
    assert parts
    assert [part for part in parts if part not in _texts()] == []
