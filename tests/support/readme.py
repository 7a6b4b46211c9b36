"""The commands in the table and the sentences of the README."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
_BLOCK = re.compile(r"^```\w*\n.*?^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`]+)`")
_MAGIC = "%zenpro"


def rows_of_the_table() -> list[list[str]]:
    """Return the commands of each row of the table, without the leading ``%zenpro``."""
    lines = README.read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("|---"))
    cells = []
    for line in lines[first + 1 :]:
        if not line.startswith("|"):
            break
        cells.append(_CODE.findall(line.split("|")[1]))
    return [[command.removeprefix(_MAGIC).strip() for command in commands] for commands in cells]


def commands_in_sentences() -> list[str]:
    """Return the commands outside the table and the blocks, including the leading ``%zenpro`` or ``zenpro``."""
    text = _BLOCK.sub("", README.read_text(encoding="utf-8"))
    sentences = "\n".join(line for line in text.splitlines() if not line.startswith("|"))
    found = (code for code in _CODE.findall(sentences) if code.partition(" ")[0] in (_MAGIC, "zenpro"))
    return [code for code in found if " " in code]
