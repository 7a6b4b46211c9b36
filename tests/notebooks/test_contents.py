"""The page that the demo and Binder open on."""

from __future__ import annotations

import re

from docs._pages.notebooks import contents
from tests.support.notebooks import FOLDER, NOTEBOOKS

PAGE = FOLDER / "README.md"


def test_it_is_made_from_the_notebooks() -> None:
    assert PAGE.read_text(encoding="utf-8") == contents(), "python docs/generate.py"


def test_it_leads_to_each_notebook_and_to_nothing_else() -> None:
    links = re.findall(r"\]\((.+?)\)", PAGE.read_text(encoding="utf-8"))
    assert links == [NOTEBOOKS[0].name, *(path.name for path in NOTEBOOKS)]  # the first is also what to begin with
