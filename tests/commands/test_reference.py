"""The generated pages are current, and describe each command once."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import click
import pytest

from docs import generate
from docs._pages import commands
from docs._pages.columns import DTYPES
from docs._pages.errors import classes, what_to_do
from docs._pages.groups import grouped
from zenpro_nb import errors
from zenpro_nb.commands.tool.form import write_commands
from zenpro_nb.commands.tree import tree
from zenpro_nb.frames import kinds
from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.resources import DataType


@cache
def pages() -> dict[Path, str]:
    """The generated text of each page."""
    return generate.pages()


def test_each_page_is_current() -> None:
    outdated = [path.stem for path, text in pages().items() if path.read_text(encoding="utf-8") != text]
    assert outdated == [], "python docs/generate.py"


def test_no_page_of_a_removed_command_is_left() -> None:
    assert generate.left_over() == []


def test_a_command_without_a_group_names_the_file_that_lists_them() -> None:
    with pytest.raises(LookupError, match=r"^Enter audit-logs in a group of _GROUPS in docs/_pages/groups\.py\.$"):
        grouped(["users", "audit-logs"])


@pytest.mark.parametrize("noun", [command.name for section in tree.sections.values() for command in section.commands])
def test_each_noun_is_in_a_group_of_the_reference_pages(noun: str) -> None:
    assert sum(noun in nouns for nouns in grouped([noun]).values()) == 1


def test_each_command_has_a_section_and_only_one() -> None:
    headings = [
        line.lstrip("# ") for text in commands.pages().values() for line in text.splitlines() if line[:1] == "#"
    ]
    words = [" ".join(command) for command in _commands(tree)]
    assert sorted(set(words) - set(headings)) == []
    assert [word for word in words if headings.count(word) > 1] == []


def test_a_write_mentions_its_form_and_the_form_has_no_section() -> None:
    text = "\n".join(commands.pages().values())
    for words, command in write_commands(tree):
        assert isinstance(command, WriteCommand)
        assert text.count(f"a form: `%zenpro form {' '.join(words)}`.\n") == 1
    assert re.findall(r"^#+ form .*", text, re.MULTILINE) == []


def test_each_error_has_a_next_step() -> None:
    assert [cls.__name__ for cls in classes() if not what_to_do(cls)] == []
    assert {cls.__name__ for cls in classes()} == set(errors.__all__) - {"ZenProError"}


def test_the_types_of_columns_are_those_of_the_frames() -> None:
    for kind in DataType:
        told = DTYPES[kind].partition(":")[0]
        assert told in ("str", str(kinds.dtype_of(kind)))
        assert (told == "str") == (kind in (DataType.TEXT, DataType.ID))


def _commands(group: click.Group, before: tuple[str, ...] = ()):
    for name, command in group.commands.items():
        if command.hidden:
            continue
        yield (*before, name)
        if isinstance(command, click.Group) and name != "form":
            yield from _commands(command, (*before, name))
