"""The commands in a `%%zenpro` cell."""

from __future__ import annotations

import re


def commands_of(cell: str) -> list[tuple[int, str]]:
    """Return the commands of a cell with their line numbers; a backslash at the end of a line continues it."""
    commands: list[tuple[int, str]] = []
    number, pending = 0, ""
    lines = cell.splitlines()
    for index, text in enumerate(lines, start=2):  # the first line of the cell is the magic itself
        number = number if pending else index
        # The backslash must follow a blank: one at the end of a Windows folder or in a comment continues nothing.
        is_continued = text.endswith((" \\", "\t\\")) and not text.lstrip().startswith("#")
        pending += text[:-1] if is_continued else text
        if is_continued and index <= len(lines):
            continue
        command = re.sub(r"^%zenpro(\s+|$)", "", pending.strip())
        if command and not command.startswith("#"):
            commands.append((number, command))
        pending = ""
    return commands
