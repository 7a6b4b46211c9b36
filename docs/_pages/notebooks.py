"""The page that the demo and Binder open on: what each notebook is for."""

from __future__ import annotations

from pathlib import Path

import nbformat

FOLDER = Path(__file__).parents[2] / "notebooks"
CONTENTS = """\
# What would you like to do?

Each notebook runs from top to bottom by itself, in any order, as often as you like. They ask whatever server your
environment names: `zenpro demo` and Binder name a **sandbox**, a control plane with made-up people, workspaces and
runs, which is not ZenML Pro and says so. What you change there is gone with it.

**Begin with [{first}]({file})**; after that, take what you need.

{entries}
---
`%zenpro --help` lists every command, each of which has its own `--help`. The last part of the first notebook says how
to see your own organization.

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
    return f"\n*In it:* {' · '.join(found)}\n" if found else ""


def _texts(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
