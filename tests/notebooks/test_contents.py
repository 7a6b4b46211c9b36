"""The page that the demo and Binder open."""

from __future__ import annotations

import re

import pytest

from docs._pages.notebooks import contents
from tests.support.notebooks import FOLDER, NOTEBOOKS
from zenpro_nb import documentation

PAGE = FOLDER / "README.md"


def test_it_is_generated_from_the_notebooks() -> None:
    assert PAGE.read_text(encoding="utf-8") == contents(), "python docs/generate.py"


def test_it_links_exactly_the_notebooks() -> None:
    links = re.findall(r"\]\((.+?)\)", PAGE.read_text(encoding="utf-8"))
    # the first one is also recommended for beginners
    assert links[0] == NOTEBOOKS[0].name
    assert sorted(links[1:]) == [path.name for path in NOTEBOOKS]


def test_it_links_binder_as_soon_as_the_project_has_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documentation, "REPOSITORY", "")
    assert "mybinder.org" not in contents()
    monkeypatch.setattr(documentation, "REPOSITORY", "https://github.com/example/zenpro_nb")
    assert "](https://mybinder.org/v2/gh/example/zenpro_nb/HEAD?urlpath=lab/tree/notebooks/README.md)" in contents()
