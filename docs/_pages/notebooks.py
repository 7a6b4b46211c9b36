"""The page that the demo and Binder open on: what each notebook is for."""

from __future__ import annotations

from pathlib import Path

import nbformat

from zenpro_nb import documentation
from zenpro_nb.sharing.launch_lines import binder_address_in

FOLDER = Path(__file__).parents[2] / "notebooks"
GROUPS = {
    "start": "First steps",
    "daily": "Daily",
    "weekly": "Weekly",
    "quarterly": "Quarterly",
    "incident": "Incident",
}
CONTENTS = """\
# Notebooks

Each notebook begins with a question and ends with the next steps. Run its cells from top to bottom. You can run the
notebooks in any order, as often as you like. They use the server that is set in your environment. `zenpro demo` and
Binder use a **sandbox**: a control plane with fictional people, workspaces, and runs, not ZenML Pro. Your changes in
the sandbox are lost when it stops.

**Start with [{first}]({file})**, then pick any.{binder}

{groups}
---
`%zenpro docs TOPIC` finds the page about a task, and each command has its own `--help`. The last part of the first
notebook explains how to use your own organization.

<!-- Made from the notebooks by `python docs/generate.py`; a test compares it with them. -->
"""


def contents() -> str:
    """Return the page that the demo and Binder open on: each notebook's title, first paragraph, time and headings."""
    paths = sorted(FOLDER.glob("*.ipynb"))
    groups = [f"## {title}\n\n" + "".join(_entry(path) for path in paths if _group(path) == group)
              for group, title in GROUPS.items()]  # fmt: skip
    first = paths[0]
    title = _paragraphs(first)[0][2:]
    return CONTENTS.format(first=title, file=first.name, groups="".join(groups), binder=_binder())


def _binder() -> str:
    """Return the sentence with the link to Binder; empty until the project has an address."""
    if not documentation.REPOSITORY:
        return ""
    address = binder_address_in(documentation.REPOSITORY, "notebooks/README.md")
    return f" [Open them in Binder]({address}) to run them in your browser, without installing anything."


def _group(path: Path) -> str:
    group: str = nbformat.read(path, as_version=4).metadata.get("zenpro", {}).get("group", "weekly")
    return group


def _entry(path: Path) -> str:
    heading, lead, *rest = _paragraphs(path)
    table = next((text for text in rest if text.startswith("| time |")), "")
    duration, permissions, when = (cell.strip() for cell in table.splitlines()[2].strip("|").split("|"))
    facts = f"*Time:* {duration} · *permissions:* {permissions} · *when:* {when}"
    return f"### [{heading[2:]}]({path.name})\n\n{lead}\n\n{facts}\n{_headings(path)}\n"


def _paragraphs(path: Path) -> list[str]:
    return _texts(path)[0].split("\n\n")


def _headings(path: Path) -> str:
    found = [line[3:] for text in _texts(path) for line in text.splitlines() if line.startswith("## ")]
    return f"\n*Contents:* {' · '.join(found)}\n" if found else ""


def _texts(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
