"""The commands of the README, in their order: of its blocks, its table, and its sentences."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
_BLOCK = re.compile(r"^```\w*\n.*?^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| (`.+?`) \| .*\|$", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")
_MAGIC = "%zenpro"


def commands() -> list[str]:
    """Return every command in the order of the page, including its `%zenpro` or `zenpro`."""
    text = README.read_text(encoding="utf-8")
    found: list[tuple[int, str]] = []
    for block in _BLOCK.finditer(text):
        found += [(block.start(), line) for line in _commands_in(block[0].splitlines()[1:-1])]
    masked = _BLOCK.sub(lambda block: " " * len(block[0]), text)
    for row in _ROW.finditer(masked):
        found += [
            (row.start(), f"{_MAGIC} {code.removeprefix(_MAGIC).strip()}".strip()) for code in _CODE.findall(row[1])
        ]
    masked = _ROW.sub(lambda row: " " * len(row[0]), masked)
    for code in _CODE.finditer(masked):
        if code[1].startswith((f"{_MAGIC} ", "zenpro ")):
            found.append((code.start(), code[1]))
    return [command for _, command in sorted(found, key=lambda place: place[0])]


def _commands_in(lines: list[str]) -> list[str]:
    """Return the commands of a block: of a cell of several commands, or those with their own `%zenpro`."""
    if lines[:1] == [f"%{_MAGIC}"]:
        return [f"{_MAGIC} {line}" for line in lines[1:]]
    return [line for line in lines if line.startswith(f"{_MAGIC} ")]


def tree() -> str:
    """Return the access tree that the first screen shows, without the command above it."""
    block = next(block[0] for block in _BLOCK.finditer(README.read_text(encoding="utf-8")) if "├─" in block[0])
    return "\n".join(block.splitlines()[3:-1])
