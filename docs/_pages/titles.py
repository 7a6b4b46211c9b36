"""Titles and front matter of pages, read from their files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

DOCS = Path(__file__).parents[1]
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


def title_of(page: str) -> str:
    """Return the first heading of a page, given its short name."""
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    stem = page.rpartition("/")[2]  # the title of a page that includes another one
    return next((line[2:] for line in text.splitlines() if line.startswith("# ")), stem.capitalize())


def front_matter_of(path: Path) -> dict[str, Any]:
    """Return the settings at the beginning of a page."""
    found = _FRONT_MATTER.match(path.read_text(encoding="utf-8"))
    loaded = yaml.safe_load(found[1]) if found else None
    return loaded if isinstance(loaded, dict) else {}


def lead_of(path: Path) -> str:
    """Return the first sentence below the title of a page."""
    text = path.read_text(encoding="utf-8").partition("\n# ")[2].partition("\n\n")[2]
    paragraph = " ".join(text.partition("\n\n")[0].split())
    return re.split(r"(?<=[.?]) ", paragraph, maxsplit=1)[0]
