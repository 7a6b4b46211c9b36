"""The commands in a `%%zenpro` cell."""

from __future__ import annotations

import re


def commands_of(cell: str) -> list[tuple[int, str]]:
    """Return the commands of a cell with their line numbers; a backslash at the end of a line continues it."""
    found: list[tuple[int, str]] = []
    number, begun = 0, ""
    lines = cell.splitlines()
    for index, text in enumerate(lines, start=2):  # the first line of the cell is the magic itself
        number = number if begun else index
        # The backslash must follow a blank: one at the end of a Windows folder or in a comment continues nothing.
        goes_on = text.endswith((" \\", "\t\\")) and not text.lstrip().startswith("#")
        begun += text[:-1] if goes_on else text
        if goes_on and index <= len(lines):
            continue
        command = re.sub(r"^%zenpro(\s+|$)", "", begun.strip())
        if command and not command.startswith("#"):
            found.append((number, command))
        begun = ""
    return found
