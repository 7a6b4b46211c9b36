"""The list of pages that the package contains, for the command `docs`: short name, title, and search terms."""

from __future__ import annotations

from pathlib import Path

from docs._pages.titles import DOCS, front_matter_of, title_of
from zenpro_nb import documentation

FILE = Path(documentation.__file__).with_name("documentation.tsv")
_KINDS = ("tutorial", "how-to", "reference", "explanation")


def text(made: dict[Path, str]) -> str:
    """Return a line for each page for users; `made` are the texts of generated pages."""
    paths = {path for kind in _KINDS for path in (DOCS / kind).rglob("*.md")} | {
        path for path in made if path.suffix == ".md" and path.is_relative_to(DOCS)
    }
    lines = []
    for path in sorted(paths):
        name = path.relative_to(DOCS).with_suffix("").as_posix()
        title = _title(made[path]) if path in made else title_of(name)
        terms = front_matter_of(path).get("search", []) if path.exists() else []
        lines.append(f"{name}\t{title.replace('`', '')}\t{'|'.join(map(str, terms))}")
    return "\n".join(lines) + "\n"


def _title(made: str) -> str:
    return next(line[2:] for line in made.splitlines() if line.startswith("# "))
