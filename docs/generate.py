"""Write the pages that are made from the declarations: `python docs/generate.py`."""

from __future__ import annotations

from pathlib import Path

from zenpro_nb.commands import reference
from zenpro_nb.resources import routes

PAGES = {"reference.md": reference.as_markdown, "routes.md": routes.as_markdown}


def main() -> None:
    """Write each page beside this script."""
    for name, text in PAGES.items():
        (Path(__file__).parent / name).write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
