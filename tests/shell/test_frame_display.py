"""The display of DataFrames: those of zenpro in its own format, all others exactly as without the extension."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from tests.shell.conftest import Shell
from zenpro_nb import frames
from zenpro_nb.errors import BlockedError
from zenpro_nb.frontends.magic import ZenProMagics
from zenpro_nb.frontends.notebook import NotebookUI

OTHERS = {
    "plain": pd.DataFrame({"a": [1, None], "b": ["x", "<b>"]}),
    "long": pd.DataFrame({"a": range(200)}),
    "wide": pd.DataFrame({f"column_{number}": [number] for number in range(40)}),
    "empty": pd.DataFrame(),
    "levels": pd.DataFrame({"a": [1]}, index=pd.MultiIndex.from_tuples([("x", "y")])),
    "in a list": [pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"b": [1]})],
    "a series": pd.Series([1, 2]),
}


class Sub(pd.DataFrame):
    """A foreign DataFrame with an HTML representation."""

    def _repr_html_(self) -> str:
        return "<i>sub</i>"


@pytest.fixture
def own() -> pd.DataFrame:
    """A DataFrame that is marked as one of zenpro."""
    frame = pd.DataFrame({"name": ["ops"], "on": [True]})
    frame.attrs["zenpro"] = {"noun": "teams"}
    return frame


def display_data(shell: Any, value: object) -> dict[str, Any]:
    data: dict[str, Any] = getattr(shell, "ip", shell).display_formatter.format(value)[0]
    return data


def new_shell(**settings: Any) -> InteractiveShell:
    config = Config()
    config.HistoryManager.enabled = False
    config.ZenProMagics.update(settings)
    return InteractiveShell(config=config)


@pytest.mark.parametrize("name", OTHERS)
def test_every_other_frame_is_shown_as_before(bare_shell: Shell, name: str) -> None:
    assert display_data(bare_shell, OTHERS[name]) == display_data(new_shell(), OTHERS[name])


def test_a_subclass_keeps_its_own_looks(bare_shell: Shell) -> None:
    assert display_data(bare_shell, Sub({"a": [1]}))["text/html"] == "<i>sub</i>"


def test_an_existing_formatter_keeps_all_other_frames(own: pd.DataFrame) -> None:
    for register in (
        lambda item, show: item.for_type(pd.DataFrame, show),
        lambda item, show: item.for_type_by_name(pd.DataFrame.__module__, "DataFrame", show),
    ):
        shell = new_shell()
        html, text = (shell.display_formatter.formatters[kind] for kind in ("text/html", "text/plain"))
        register(html, lambda frame: "<u>theirs</u>")
        register(text, lambda frame, printer, cycle: printer.text("theirs"))
        theirs = {"text/html": "<u>theirs</u>", "text/plain": "theirs"}
        assert display_data(shell, OTHERS["plain"]) == theirs
        shell.run_cell("%load_ext zenpro_nb")
        assert display_data(shell, OTHERS["plain"]) == theirs
        assert "zenpro-look" in display_data(shell, own)["text/html"]
        shell.run_cell("%unload_ext zenpro_nb")
        assert display_data(shell, own) == theirs


def test_unloading_gives_pandas_back(own: pd.DataFrame) -> None:
    shell = new_shell()
    before = display_data(shell, own)
    for _ in range(2):
        shell.run_cell("%load_ext zenpro_nb")
        assert "zenpro-look" in display_data(shell, own)["text/html"]
        assert "ops   ✓" in display_data(shell, own)["text/plain"]
        shell.run_cell("%unload_ext zenpro_nb")
        assert display_data(shell, own) == before


def test_a_frame_that_cannot_be_formatted_is_shown_as_pandas_does(
    bare_shell: Shell, own: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.attrs["zenpro"] = {"rows": "many", "filters": 7}
    assert display_data(bare_shell, own) == display_data(new_shell(), own)


def test_config_turns_it_off_and_lists_the_choices(
    bare_shell: Shell, own: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    bare_shell.run("%config ZenProMagics.display = 'pandas'")
    assert display_data(bare_shell, own) == display_data(new_shell(), own)
    bare_shell.run("%config ZenProMagics.display = 'zenpro'")
    assert "zenpro-look" in display_data(bare_shell, own)["text/html"]
    bare_shell.run("%config ZenProMagics")
    text = capsys.readouterr().out
    assert "ZenProMagics.display=<Enum>" in text
    assert "Choices: any of ['zenpro', 'pandas', 'interactive']" in text
    bare_shell.ip.run_cell("%config ZenProMagics.display = 'spreadsheet'")
    assert "zenpro-look" in display_data(bare_shell, own)["text/html"]


def test_ipythons_settings_files_apply(own: pd.DataFrame) -> None:
    shell = new_shell(display="pandas")
    shell.run_cell("%load_ext zenpro_nb")
    assert display_data(shell, own) == display_data(new_shell(), own)


def test_the_settings_are_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    for name, trait in ZenProMagics.class_own_traits(config=True).items():
        assert f"| `{name}` | `{trait.default_value!r}` |".replace("'", "") in page
        assert trait.help


def test_the_settings_complete(bare_shell: Shell) -> None:
    line = "%config ZenProMagics.di"
    _, found = bare_shell.ip.complete(line, line, len(line))
    assert "ZenProMagics.display" in found
    _, found = bare_shell.ip.complete("", "%config ZenPro", len("%config ZenPro"))
    assert "ZenProMagics" in found


def test_a_listing_and_its_derived_frame_look_alike(shell: Shell) -> None:
    for line in ("%zenpro users --limit 5", "df = %zenpro users --limit 5\ndf[['email']].head(2)"):
        data = display_data(shell, shell.run(line))
        assert "zenpro-look" in data["text/html"]
        assert "ada@example.com" in data["text/plain"]
        assert '<span class="zp-pill">sandbox</span> · there may be more' in data["text/html"]
    assert "2 rows of 5 users from all organizations" in data["text/html"]
    assert list(shell.value("df").columns[:2]) == ["email", "name"]


def test_a_question_about_many_changes_shows_them_all(bare_shell: Shell) -> None:
    for rows, visible in ((80, 80), (101, 10)):
        frame = pd.DataFrame({"target": [f"row{number}." for number in range(rows)], "action": "remove"})
        frame.attrs["zenpro"] = {"noun": "plan", "dry_run": True}
        text = display_data(bare_shell, frames.for_confirmation(frame))["text/plain"]
        assert sum(f"row{number}." in text for number in range(rows)) == visible
        assert "nothing has been sent yet" in text
        assert "dry run" not in text


def test_the_plan_above_a_question_does_not_say_that_it_is_a_dry_run(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables: list[Any] = []
    monkeypatch.setattr(NotebookUI, "show", lambda ui, value: tables.append(value))
    monkeypatch.setattr(NotebookUI, "confirm", lambda ui, question: False)
    assert "Nothing was sent" in str(shell.error("%zenpro users offboard katherine@example.com"))
    (table,) = tables
    text = display_data(shell, table)["text/plain"]
    assert "nothing has been sent yet" in text
    assert "dry run" not in text
    # Empty columns take no width from the others.
    assert list(table.columns) == ["step", "action", "target", "skipped_reason"]


def test_a_blocked_plan_names_the_line_that_skips_the_blocked_rows_if_that_leaves_any(shell: Shell) -> None:
    shell.run("%zenpro teams create Blocked --quiet")
    shell.run("%zenpro teams add Blocked --user ada@example.com --quiet")
    shell.run("log = %zenpro journal --limit 2")
    first = shell.value("log")["command_id"].iloc[-1][:8]
    # The team has members, and its creation is the only row.
    error = shell.error(f"%zenpro undo {first} --yes")
    assert isinstance(error, BlockedError)
    assert "--skip-blocked" not in error.hint
    shell.run("%zenpro teams delete Blocked --yes")
    # Your own roles are blocked, and those of the other person are not.
    line = "%zenpro users offboard ada@example.com linus@example.com --yes"
    error = shell.error(line)
    assert isinstance(error, BlockedError)
    assert f"add --skip-blocked. For example: `{line} --skip-blocked`." in error.hint
