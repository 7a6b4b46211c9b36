"""The guides: their list by group, and the links from each guide to its commands and its notebook."""

from __future__ import annotations

from pathlib import Path

from docs._pages.titles import DOCS, front_matter_of, lead_of, title_of
from zenpro_nb import documentation
from zenpro_nb.commands.tree import tree

FOLDER = DOCS / "how-to"
NOTEBOOKS = DOCS.parent / "notebooks"
GROUPS = {
    "people": "People",
    "access": "Access",
    "keys": "API keys",
    "runs": "Runs and usage",
    "automation": "Automation",
    "sharing": "Sharing and forms",
    "operations": "Operations",
}
# Guides that come first in their group; the others follow by title.
_FIRST = (
    "onboard", "offboard", "idp-groups", "who-may-do-what", "quarterly-review", "compare-with-last-month",
    "access-as-code",
    "leaked-keys", "rotate-keys", "failed-runs", "usage", "lists", "slow-lists", "ci", "papermill-and-schedules",
    "share-a-notebook", "install", "troubleshooting",
)  # fmt: skip
_MARK = "<!-- The links below are written by `python docs/generate.py`. -->"
_HEAD = """# Guides

One page per task. Each guide ends with the commands that it uses, and with a notebook to run.

<!-- Made by `python docs/generate.py` from the front matter of each guide. -->
"""


def pages() -> dict[Path, str]:
    """Return the text of the list of guides, and of each guide with its links."""
    return {FOLDER / "index.md": _index(), **{path: _with_links(path) for path in _guides()}}


def _guides() -> list[Path]:
    return sorted(path for path in FOLDER.glob("*.md") if path.stem != "index")


def _index() -> str:
    parts = [_HEAD]
    for group, title in GROUPS.items():
        paths = sorted((path for path in _guides() if _group(path) == group), key=_order)
        rows = [f"| [{title_of(f'how-to/{path.stem}')}]({path.name}) | {lead_of(path)} |" for path in paths]
        parts.append(f"## {title}\n\n| guide | result |\n|---|---|\n" + "\n".join(rows) + "\n")
        names = "\n".join(path.stem for path in paths)
        parts.append(f"```{{toctree}}\n:hidden:\n:caption: {title}\n\n{names}\n```\n")
    return "\n".join(parts)


def _group(path: Path) -> str:
    group = front_matter_of(path).get("group")
    return group if group in GROUPS else "operations"


def _order(path: Path) -> tuple[int, str]:
    return (_FIRST.index(path.stem) if path.stem in _FIRST else len(_FIRST), title_of(f"how-to/{path.stem}"))


def _with_links(path: Path) -> str:
    text = path.read_text(encoding="utf-8").partition(_MARK)[0].rstrip()
    links = [link for link in (_commands(path), _notebook(path)) if link]
    return f"{text}\n\n{_MARK}\n\n## See also\n\n" + "\n".join(links) + "\n" if links else f"{text}\n"


def _commands(path: Path) -> str:
    known = documentation.commands_of(f"how-to/{path.stem}")
    links = [_link(words) for words in known if words.split()[0] in tree.commands]
    if path.stem == Path(documentation.LISTS).stem:
        links.append("[all commands](../reference/commands/index.md)")
    return f"- Commands: {', '.join(links)}" if links else ""


def _link(words: str) -> str:
    noun = words.split()[0]
    anchor = f"#{words.replace(' ', '-')}" if words != noun else ""
    return f"[`{words}`](../reference/commands/{noun}.md{anchor})"


def _notebook(path: Path) -> str:
    name = front_matter_of(path).get("notebook")
    file = NOTEBOOKS / f"{name}.ipynb"
    if not name or not file.exists():
        return ""
    return f"- Notebook: [{_title(file)}](../../notebooks/{file.name})"


def _title(file: Path) -> str:
    import nbformat

    first = next(cell.source for cell in nbformat.read(file, as_version=4).cells if cell.cell_type == "markdown")
    return first.splitlines()[0].removeprefix("# ")
