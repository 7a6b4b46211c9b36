"""`form` without a command lists the forms by task, on one screen."""

from __future__ import annotations

from tests.forms.conftest import run
from tests.support.forms import FORMS
from zenpro_nb import frames
from zenpro_nb.commands.tool.form_tasks import OTHER
from zenpro_nb.framework.cli.context import CommandContext


def test_the_list_fits_on_a_screen_and_names_every_form(ctx: CommandContext) -> None:
    frame = run(ctx, "form")
    assert OTHER not in set(frame["task"])
    text = frames.text(frame, 80)
    assert len(text.splitlines()) <= 24
    assert max(map(len, text.splitlines()[:-1])) <= 80
    for words in FORMS:
        noun, _, verb = words.partition(" ")
        assert noun in text
        assert verb in text
    assert "<th>people join and leave</th>" in (frames.html(frame) or "")


def test_a_part_of_the_list_is_shown_as_such(ctx: CommandContext) -> None:
    frame = run(ctx, "form")
    part = frames.text(frame[frame["form"].str.startswith("teams ")], 80)
    assert "teams add, create" in part
    assert "users" not in part.partition("try next")[0]
