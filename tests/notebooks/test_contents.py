"""The page that the demo and Binder open."""

from __future__ import annotations

import re

from docs._pages.notebooks import contents
from tests.support.notebooks import FOLDER, NOTEBOOKS

PAGE = FOLDER / "README.md"


def test_it_is_generated_from_the_notebooks() -> None:
    assert PAGE.read_text(encoding="utf-8") == contents(), "python docs/generate.py"


def test_it_links_exactly_the_notebooks() -> None:
    links = re.findall(r"\]\((.+?)\)", PAGE.read_text(encoding="utf-8"))
    # the first one is also recommended for beginners
    assert links[0] == NOTEBOOKS[0].name
    assert sorted(links[1:]) == [path.name for path in NOTEBOOKS]
