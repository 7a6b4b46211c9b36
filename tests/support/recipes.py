"""The code in the recipes of CONTRIBUTING.md."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

PAGE = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^## Recipe: ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
BLOCK = re.compile(r"^ *```python\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def blocks(recipe: str) -> list[str]:
    return [textwrap.dedent(code) for code in BLOCK.findall(RECIPES[recipe])]


def run(code: str, place: ModuleType | dict[str, Any], **more: Any) -> dict[str, Any]:
    """Run code with the names of a module, which stays unchanged; return all names."""
    names = {**(place if isinstance(place, dict) else vars(place)), **more}
    exec(compile(code, "CONTRIBUTING.md", "exec"), names)  # noqa: S102 - our own page
    return names


def line_of(recipe: str, start: str) -> str:
    """Return the code of a recipe that stands in a sentence, or in a block of text, and begins like this."""
    (code,) = re.findall(rf"^ *({re.escape(start)}[^\n]*)|`({re.escape(start)}[^`]*)`", RECIPES[recipe], re.MULTILINE)[
        :1
    ]
    return "".join(code)
