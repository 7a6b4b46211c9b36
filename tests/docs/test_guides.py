"""Guides and commands link to each other, and each guide belongs to a group."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs._pages import guides, permissions
from docs._pages.groups import grouped
from docs._pages.titles import front_matter_of
from zenpro_nb.commands.tree import tree

PATHS = [path for path in guides.FOLDER.glob("*.md") if path.stem != "index"]
COMMANDS = [name for name, command in tree.commands.items() if not command.hidden]
REFERENCE = guides.DOCS / "reference/commands"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_each_guide_has_a_group_search_terms_and_links(path: Path) -> None:
    settings = front_matter_of(path)
    assert settings["group"] in guides.GROUPS
    assert settings["search"]
    text = path.read_text(encoding="utf-8")
    assert "](../reference/commands/" in text
    assert "notebook" not in settings or f"](../../notebooks/{settings['notebook']}.ipynb)" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_page_links_to_a_guide(name: str) -> None:
    text = (REFERENCE / f"{name}.md").read_text(encoding="utf-8").partition("## See also")[2]
    assert "](../../how-to/" in text or "](../../explanation/" in text
    assert "exit-codes.md" in text


def test_each_command_is_in_one_group() -> None:
    listed = [name for names in grouped(COMMANDS).values() for name in names]
    assert sorted(listed) == sorted(COMMANDS)


def test_permissions_of_commands() -> None:
    def of(words: str) -> str:
        noun, _, verb = words.partition(" ")
        command = tree.commands[noun]
        return permissions.permission_of(words, command.commands[verb] if verb else command)  # type: ignore[attr-defined]

    assert of("teams create") == "`create` on `team`: *Organization Admin*, *Organization Manager*"
    assert of("teams add") == "`update` on `team`: *Organization Admin*, *Organization Manager*"
    assert of("runs").startswith("`read` on `pipeline_run` in the workspace: *Organization Admin*, *Workspace Admin*")
    assert of("users create") == "superuser of the instance"
    assert of("me") == ""
