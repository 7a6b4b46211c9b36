"""Fill in forms and read their contents without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ipywidgets as widgets
from click.testing import CliRunner

from zenpro_nb.commands.tool.form import write_commands
from zenpro_nb.commands.tree import tree
from zenpro_nb.forms.widgets.view import FormView

# The words of every command that has a form.
FORMS = [" ".join(words) for words, _ in write_commands(tree)]


@contextmanager
def answering(*answers: str) -> Iterator[Any]:
    """Simulate a user at a terminal who types these answers, one per line."""
    with CliRunner().isolation(input="\n".join(answers) + "\n") as streams:
        yield streams


def input_of(view: FormView, name: str) -> Any:
    """The input of a field."""
    return view.row(name)._input  # type: ignore[attr-defined]


def text_of(view: FormView) -> str:
    """Return all text of the form."""
    found: list[str] = []

    def walk(widget: widgets.Widget) -> None:
        found.append(re.sub(r'<span class="zenpro-word">([^<]*)</span>', r"\1", str(getattr(widget, "value", ""))))
        for child in getattr(widget, "children", ()):
            walk(child)

    walk(view.root)
    return re.sub(r"<style>.*?</style>", "", "\n".join(found), flags=re.DOTALL)
