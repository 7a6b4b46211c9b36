"""The links in README and CONTRIBUTING exist, and every block is run by a test, or has a reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / name for name in ("CHANGELOG.md", "SECURITY.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!\w+:|#)([^)\s]+)\)|<img src=\"(?!\w+:)([^\"]+)\"")
# Blocks of the README that are not run, by their beginning, with the reason. Each starts JupyterLab.
NOT_RUN = {
    'pip install -e ".[demo]" && zenpro demo': "installs, and starts the demo, which tests/cli/test_demo.py does",
    "export ZENML_PRO_API_URL=": "speaks to ZenML Pro itself",
    'pip install -e ".[test]" && pytest': "runs all tests",
}


def _blocks(language: str) -> list[str]:
    return [text for found, text in BLOCK.findall(PAGES[0].read_text(encoding="utf-8")) if found == language]


def test_bash_blocks_that_are_not_run_have_a_reason() -> None:
    blocks = _blocks("bash")
    assert len(blocks) == len(NOT_RUN)
    assert [block for block in blocks if not block.startswith(tuple(NOT_RUN))] == []


def test_every_block_is_covered() -> None:
    languages = [language for language, _ in BLOCK.findall(PAGES[0].read_text(encoding="utf-8"))]
    assert sorted(set(languages)) == ["bash", "python", "text"]


@pytest.mark.parametrize("page", [page for page in PAGES if page.exists()], ids=lambda page: page.stem)
def test_relative_links_exist(page: Path) -> None:
    targets = {"".join(found).partition("#")[0] for found in LINK.findall(page.read_text(encoding="utf-8"))}
    assert sorted(target for target in targets if not (page.parent / target).exists()) == []


CREATED = {  # by the examples of the recipes
    "zenpro_nb/commands/organization/audit_logs.py",
    "zenpro_nb/sandbox/routes/audit_logs.py",
    "zenpro_nb/commands/organization/domains.py",
    "tests/sandbox/test_audit_logs.py",
    "tests/shell/test_domains.py",
}


def test_each_path_in_contributing_is_there() -> None:
    """The map and the recipes name files and folders that exist, below the repository or the package."""
    text = re.sub(r"^ *```.*?^ *```$", "", PAGES[1].read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    named = {path for path in re.findall(r"`([\w./-]+)`", text) if "/" in path and not path.startswith("/")}
    assert len(named) > 40
    inside = (
        "",
        "zenpro_nb",
        *(f"zenpro_nb/{room}" for room in ("commands", "framework", "access", "frames", "forms")),
    )
    missing = {path for path in named if not any((ROOT / place / path).exists() for place in inside)}
    assert missing - CREATED == set()
