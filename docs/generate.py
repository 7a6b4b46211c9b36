"""Write the pages that are made from the declarations and from the notebooks: `python docs/generate.py`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat

from zenpro_nb.commands import reference
from zenpro_nb.resources import routes

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
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
    paths = sorted(NOTEBOOKS.glob("*.ipynb"))
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


PAGES: dict[Path, Callable[[], str]] = {
    ROOT / "docs" / "reference" / "commands.md": reference.as_markdown,
    ROOT / "docs" / "reference" / "routes.md": routes.as_markdown,
    NOTEBOOKS / "README.md": contents,
}


def main() -> None:
    """Write each page."""
    for path, text in PAGES.items():
        path.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
