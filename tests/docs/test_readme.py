"""The links in README and CONTRIBUTING exist, and their blocks of Python and bash run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.shell.conftest import Shell, bare_shell, shell  # noqa: F401 - fixtures

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / name for name in ("CHANGELOG.md", "SECURITY.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!\w+:|#)([^)\s]+)\)|<img src=\"(?!\w+:)([^\"]+)\"")
# Blocks of the README that are not run, by their beginning, with the reason. Each starts JupyterLab.
NOT_RUN = {
    'pip install -e ".[demo]" && zenpro demo': "installs, and starts the demo, which tests/cli/test_demo.py does",
    "export ZENML_PRO_API_URL=": "speaks to ZenML Pro itself",
}


def _blocks(language: str) -> list[str]:
    return [text for found, text in BLOCK.findall(PAGES[0].read_text(encoding="utf-8")) if found == language]


@pytest.mark.parametrize("block", _blocks("python"))
def test_python_blocks_run(shell: Shell, block: str) -> None:  # noqa: F811 - the fixture
    assert shell.run(block) is not None


def test_bash_blocks_that_are_not_run_have_a_reason() -> None:
    blocks = _blocks("bash")
    assert len(blocks) == len(NOT_RUN)
    assert [block for block in blocks if not block.startswith(tuple(NOT_RUN))] == []


def test_every_block_is_covered() -> None:
    languages = [language for language, _ in BLOCK.findall(PAGES[0].read_text(encoding="utf-8"))]
    assert sorted(set(languages)) == ["bash", "python"]


@pytest.mark.parametrize("page", [page for page in PAGES if page.exists()], ids=lambda page: page.stem)
def test_relative_links_exist(page: Path) -> None:
    targets = {"".join(found).partition("#")[0] for found in LINK.findall(page.read_text(encoding="utf-8"))}
    assert sorted(target for target in targets if not (page.parent / target).exists()) == []
