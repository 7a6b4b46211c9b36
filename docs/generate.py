"""Write the pages that are made from the declarations and from the notebooks: `python docs/generate.py`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from docs._pages import (  # noqa: E402 - behind the path
    access_file,
    commands,
    errors,
    first_screen,
    guides,
    notebooks,
    pages_list,
    routes,
)

REFERENCE = ROOT / "docs" / "reference"


def pages() -> dict[Path, str]:
    """Return the text of every page that is made, and of the modules with the summaries of commands, by its path."""
    made = {
        **guides.pages(),
        **{REFERENCE / "commands" / f"{name}.md": text for name, text in commands.pages().items()},
        REFERENCE / "access-yaml.md": access_file.page(),
        REFERENCE / "routes.md": routes.page(),
        REFERENCE / "errors.md": errors.page(),
        notebooks.FOLDER / "README.md": notebooks.contents(),
    }
    modules = {first_screen.FILE: first_screen.module(), first_screen.VERBS_FILE: first_screen.verbs_module()}
    return {**made, pages_list.FILE: pages_list.text(made), **modules}


def left_over() -> list[Path]:
    """Return the pages of commands that no longer exist."""
    return sorted(set((REFERENCE / "commands").glob("*.md")) - set(pages()))


def main() -> None:
    """Write each page, and remove those of commands that no longer exist."""
    try:
        texts = pages()
    except LookupError as error:
        sys.exit(str(error))
    for path in left_over():
        path.unlink()
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
