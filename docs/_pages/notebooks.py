"""The page that the demo and Binder open on: what each notebook is for."""

from __future__ import annotations

from pathlib import Path

import nbformat

FOLDER = Path(__file__).parents[2] / "notebooks"
CONTENTS = """\
# Notebooks

Each notebook runs from top to bottom, in any order, as often as you like. It uses the server that is set in your
environment. `zenpro demo` and Binder use a **sandbox**: a control plane with fictional people, workspaces, and runs,
not ZenML Pro. Your changes in the sandbox are lost when it stops.

**Start with [{first}]({file})**, then pick any.

{entries}
---
`%zenpro --help` lists every command, and each command has its own `--help`. The last part of the first notebook
explains how to use your own organization.

<!-- Made from the notebooks by `python docs/generate.py`; a test holds it to them. -->
"""


def contents() -> str:
    """Return the page that the demo and Binder open on: each notebook's title, first paragraph and headings."""
    paths = sorted(FOLDER.glob("*.ipynb"))
    titles = {path: _title_and_lead(path) for path in paths}
    entries = [f"## [{title}]({path.name})\n\n{lead}\n{_headings(path)}" for path, (title, lead) in titles.items()]
    return CONTENTS.format(first=titles[paths[0]][0], file=paths[0].name, entries="\n".join(entries))


def _title_and_lead(path: Path) -> tuple[str, str]:
    heading, lead, *_ = _texts(path)[0].split("\n\n")
    return heading.removeprefix("# "), lead


def _headings(path: Path) -> str:
    found = [line[3:] for text in _texts(path) for line in text.splitlines() if line.startswith("## ")]
    return f"\n*Contents:* {' · '.join(found)}\n" if found else ""


def _texts(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
